"""What a built-in policy reads of its lab."""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.accelerator import Accelerator
from sim.world.fleet import Earmark
from sim.world.record import ModelRecord
from sim.world.run import Holding, Run


class View:
    """What a built-in policy reads, set by the kernel before each call; a user's gets `own_policy.OwnView`."""

    __slots__ = (
        "day", "lab", "total", "in_training", "taken", "shares", "training_share", "idle_share", "parts", "owed_share",
        "experiments_share", "fleet_parts", "due", "running", "elastic", "earmarks", "usable_models", "accelerators",
        "public_models",
    )  # fmt: skip

    day: float
    lab: str
    total: Mapping[str, float]
    in_training: Holding
    """What runs in progress hold."""
    taken: Holding
    """What runs in progress and earmarks hold."""
    shares: Mapping[str, float]
    training_share: float
    idle_share: float
    """Declared idle: what the shares leave of 100%."""
    parts: list[tuple[str, float]]
    """Uses that have work (training apart), each with its part of what they share; the parts add up to 1."""
    owed_share: float
    """Declared shares of those uses together."""
    experiments_share: float
    fleet_parts: list[tuple[str, float]]
    """Fleets that have work, each with its part of what the fleets share; the parts add up to 1."""
    due: list[Run]
    running: list[Run]
    elastic: list[Run]
    earmarks: list[Earmark]
    usable_models: set[str]
    accelerators: dict[str, Accelerator]
    public_models: list[ModelRecord]
    """Of all labs, in the order of their release."""

    @property
    def free(self) -> Holding:
        """What neither runs in progress nor firm earmarks hold."""
        free = dict(self.total)
        for kind, count in self.in_training.items():
            free[kind] -= count
        for mark in self.earmarks:
            if mark.active and mark.firm:
                for kind, count in mark.held.items():
                    free[kind] -= count
        return free
