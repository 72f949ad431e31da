"""Random events at a dated rate: each fires when its integrated rate reaches a unit exponential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.base.keyed import unit_exponential
from sim.base.series import steps_of
from sim.base.units import DAYS_PER_YEAR
from sim.model.level import Hazard
from sim.world.agenda import Order
from sim.world.dated import MONTHLY

if TYPE_CHECKING:
    from sim.world.world import World


class HazardState:
    """One hazard, on a clock of its own. A changed rate moves the next event and redraws nothing."""

    __slots__ = ("world", "name", "lab", "clock", "rate", "integrated", "anchor", "k", "version", "target")

    def __init__(self, world: World, spec: Hazard) -> None:
        self.world = world
        self.name = spec.name
        self.lab = spec.lab or ""
        self.clock = world.clock("hazards", Order.SERIES, self.lab)
        self.rate = spec.rate.at(0.0) / DAYS_PER_YEAR
        self.integrated = 0.0
        self.anchor = 0.0
        self.k = 0
        self.version = 0
        self.target = self._draw()
        self._project()
        for day, rate in steps_of(spec.rate, world.end, world.draw.start, MONTHLY):
            self.clock.at(day, self.set_rate, rate)

    def _draw(self) -> float:
        draw = self.world.draw
        return unit_exponential(draw.seed, draw.draw, f"hazard/{self.name}", self.k)

    def set_rate(self, rate_per_year: float) -> None:
        """The rate changes today."""
        day = self.clock.now
        self.integrated += self.rate * (day - self.anchor)
        self.anchor = day
        self.rate = rate_per_year / DAYS_PER_YEAR
        self._project()

    def _project(self) -> None:
        self.version += 1
        if self.rate > 0.0:
            day = tick(self.anchor + max(0.0, self.target - self.integrated) / self.rate)
            if day < self.world.end:
                self.clock.at(day, self._fire, self.version, Order.FAILURE)

    def _fire(self, version: int) -> None:
        if version != self.version:
            return
        self.world.event(self.lab, "hazard", self.name, self.k + 1.0, "events", None, ())
        self.k += 1
        self.integrated = 0.0
        self.anchor = self.clock.now
        self.target = self._draw()
        self._project()
