"""A fleet in the kernel: which models it runs, and what part of it each has."""

from __future__ import annotations

from typing import Final

from sim.model.fleet import Fleet
from sim.world.record import ModelRecord
from sim.world.run import NOTHING, Holding, sum_of
from sim.world.split import Deployed

RAMP_STEPS: Final = 10


def total_of(deployed: list[Deployed]) -> Holding:
    """Accelerators of a fleet by type, of all models together."""
    result = NOTHING
    for _, _, held in deployed:
        result = sum_of(result, held)
    return result


class FleetState:
    """`parts` are (model, weight) of the fleet's share; earmarked accelerators run the best model.

    What it holds of each is in its lab's `deployed`.
    """

    __slots__ = (
        "spec", "name", "public", "best", "parts", "alone", "ramp_version", "counts_work", "usable",
        "worths", "gated", "place", "_domain", "_replace",
    )  # fmt: skip

    def __init__(self, spec: Fleet, gated: bool = False) -> None:
        self.spec = spec
        self.name = spec.name
        self.public = spec.models == "public"
        self.place = 0
        """Its place among its lab's uses, of which experiments are the first."""
        self.best: ModelRecord | None = None
        self.parts: list[tuple[ModelRecord, float]] = []
        self.alone: str | None = None
        """Name of the best model, if it has the whole share."""
        self.ramp_version = 0
        self.gated = gated
        """Whether it may run only models that its lab trusts with alignment work."""
        self.counts_work = spec.choose == "most_work"
        self.usable: list[ModelRecord] = []
        """Models that it may use, as they came; kept only where it chooses by work."""
        self.worths: dict[int, float] = {}
        """id of each of them -> human-equivalents of one token/s, where no trick changes that."""

        self._domain = self._replace = ""

    @property
    def domain(self) -> str:
        """The domain that its work counts in; looked up when it is first asked for, as is what follows."""
        if not self._domain:
            self._domain = self.spec.domain
        return self._domain

    @property
    def replace(self) -> str:
        """How a new model takes over from the one before."""
        if not self._replace:
            self._replace = self.spec.replace
        return self._replace

    def replaced_by(self, model: ModelRecord) -> None:
        """Take `model` as the best; by the fleet's rule it gets all of the fleet, or a first part of it."""
        old = self.best
        self.best = model
        self.ramp_version += 1
        if old is None or self.replace == "at once":
            self.parts = [(model, 1.0)]
        elif self.replace == "beside":
            share = 0.5 if self.spec.beside_share is None else self.spec.beside_share
            self.parts = [(model, share), (old, 1.0 - share)] if share < 1.0 else [(model, 1.0)]
        else:
            self.parts = [(model, 0.0), (old, 1.0)]
        self.alone = model.name if len(self.parts) == 1 else None

    def ramp_to(self, weight: float) -> None:
        """Give the best model `weight` of the fleet, and the one before it the rest."""
        assert self.best is not None
        old = self.parts[-1][0]
        self.parts = [(self.best, 1.0)] if weight >= 1.0 else [(self.best, weight), (old, 1.0 - weight)]
        self.alone = self.best.name if weight >= 1.0 else None


class Earmark:
    """Accelerators promised to a fleet. Pending until the fleet may use the model; then active until `until`,
    a day of the lab's clock of earmarks."""

    __slots__ = ("fleet", "model", "held", "firm", "active", "until", "for_days", "milestone", "event", "cut")

    def __init__(
        self,
        fleet: FleetState,
        model: ModelRecord,
        held: Holding,
        firm: bool,
        for_days: float | None,
        until: float | None,
        milestone: str | None = None,
    ) -> None:
        self.fleet = fleet
        self.model = model
        self.held = held
        self.firm = firm
        self.for_days = for_days
        self.until = until
        self.milestone = milestone
        self.active = False
        self.event = -1
        self.cut = 0.0

    def take(self, kind: str, count: float) -> None:
        """Cut the earmark by some accelerators."""
        self.held = {**self.held, kind: self.held[kind] - count}
        self.cut += count
