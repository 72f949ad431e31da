"""What a built-in policy reads of its lab."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sim.model.accelerator import Accelerator
from sim.model.lab import EXPERIMENTS, TRAINING
from sim.world.fleet import Earmark
from sim.world.record import ModelRecord
from sim.world.run import NOTHING, Holding, Run, sum_of

if TYPE_CHECKING:
    from sim.world.lab import LabState


class View:
    """What a built-in policy reads, set by the kernel before each call; a user's gets `own_policy.OwnView` of it."""

    __slots__ = (
        "day", "lab", "total", "in_training", "taken", "shares", "training_share", "idle_share", "owed_share",
        "experiments_share", "uses", "weights", "fleet_weights", "due", "running", "elastic", "earmarks",
        "usable_models", "accelerators", "public_models", "_fleets", "_agenda",
    )  # fmt: skip

    day: float
    lab: str
    total: Holding
    in_training: Holding
    """What runs in progress hold."""
    taken: Holding
    """What runs in progress and earmarks hold."""
    shares: dict[str, float]
    training_share: float
    idle_share: float
    """Declared idle: what the shares leave of 100%."""
    owed_share: float
    """Declared shares of the uses that have work, training apart, together."""
    experiments_share: float
    uses: list[str]
    """Experiments, then each fleet."""
    weights: list[float]
    """What each of them has of what they share, 0 if it has no work; they add up to 1."""
    fleet_weights: list[float]
    """What each fleet has of what the fleets share, 0 if it has no work; they add up to 1."""
    due: list[Run]
    running: list[Run]
    elastic: Sequence[Run]
    earmarks: list[Earmark]
    usable_models: set[str]
    accelerators: dict[str, Accelerator]
    public_models: list[ModelRecord]
    """Of all labs, in the order of their release."""

    def __init__(self, lab: LabState) -> None:
        self.lab = lab.name
        self.total = lab.total
        self.shares = lab.shares
        self.due = lab.due
        self.running = lab.running
        self.earmarks = lab.earmarks
        self.usable_models = lab.usable
        self.accelerators = lab.world.draw.accelerators
        self.public_models = lab.world.public_models
        self._fleets = lab.fleets
        self.uses = [EXPERIMENTS, *(fleet.name for fleet in lab.fleets)]
        self._agenda = lab.world.agenda

    def weigh(self) -> None:
        """Work out each use's part anew; called when shares change or a fleet gets its first model."""
        shares, fleets = self.shares, self._fleets
        self.training_share = shares.get(TRAINING, 0.0)
        idle = 1.0 - _sum(list(shares.values()))
        self.idle_share = idle if idle > 1e-12 else 0.0
        self.experiments_share = shares.get(EXPERIMENTS, 0.0)
        of_fleets = [0.0 if fleet.best is None else max(0.0, shares[fleet.name]) for fleet in fleets]
        working = [max(0.0, self.experiments_share), *of_fleets]
        self.owed_share = _sum(working)
        self.weights = _weights(working)
        self.fleet_weights = _weights(of_fleets)

    @property
    def parts(self) -> list[tuple[str, float]]:
        """Uses that have work (training apart), each with its part of what they share; the parts add up to 1."""
        return [(use, weight) for use, weight in zip(self.uses, self.weights, strict=True) if weight]

    @property
    def fleet_parts(self) -> list[tuple[str, float]]:
        """Fleets that have work, each with its part of what the fleets share; the parts add up to 1."""
        return [(use, weight) for use, weight in zip(self.uses[1:], self.fleet_weights, strict=True) if weight]

    def look(self) -> None:
        """Set what may have changed since the last decision to what is the case."""
        self.day = self._agenda.day
        elastic: Sequence[Run] = ()
        taken = NOTHING
        for run in self.running:
            taken = sum_of(taken, run.held) if taken else run.held
            if run.elastic and not run.suspended:
                elastic = [*elastic, run]
        self.elastic = elastic
        self.in_training = taken
        for mark in self.earmarks:
            if mark.active:
                taken = sum_of(taken, mark.held) if taken else mark.held
        self.taken = taken

    @property
    def free(self) -> Holding:
        """What neither runs in progress nor firm earmarks hold."""
        return left_free(self.total, (self.in_training,), self.earmarks)


def _weights(shares: list[float]) -> list[float]:
    whole = _sum(shares)
    return [share / whole if share else 0.0 for share in shares]


def _sum(shares: list[float]) -> float:
    total = 0.0
    for share in shares:
        total += share
    return total


def left_free(total: Holding, in_training: Iterable[Holding], earmarks: Iterable[Earmark]) -> Holding:
    """Accelerators of a cluster that neither runs, holding these, nor firm earmarks hold."""
    free = total.copy()
    for held in in_training:
        for kind, count in held.items():
            free[kind] -= count
    for mark in earmarks:
        if mark.active and mark.firm:
            for kind, count in mark.held.items():
                free[kind] -= count
    return free
