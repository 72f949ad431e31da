"""Random events at a dated rate: each fires when its integrated rate reaches a unit exponential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.base.keyed import unit_exponential
from sim.base.units import DAYS_PER_YEAR
from sim.world.agenda import Order

if TYPE_CHECKING:
    from sim.world.simulate import World


class HazardState:
    """One hazard. A changed rate moves the next event and redraws nothing."""

    __slots__ = ("world", "name", "lab", "rate", "integrated", "anchor", "k", "version", "target")

    def __init__(self, world: World, name: str, lab: str, rate_per_year: float) -> None:
        self.world = world
        self.name = name
        self.lab = lab
        self.rate = rate_per_year / DAYS_PER_YEAR
        self.integrated = 0.0
        self.anchor = 0.0
        self.k = 0
        self.version = 0
        self.target = self._draw()
        self._project()

    def _draw(self) -> float:
        draw = self.world.draw
        return unit_exponential(draw.seed, draw.draw, f"hazard/{self.name}", self.k)

    def set_rate(self, rate_per_year: float) -> None:
        """The rate changes today."""
        day = self.world.agenda.day
        self.integrated += self.rate * (day - self.anchor)
        self.anchor = day
        self.rate = rate_per_year / DAYS_PER_YEAR
        self._project()

    def _project(self) -> None:
        self.version += 1
        if self.rate > 0.0:
            day = tick(self.anchor + max(0.0, self.target - self.integrated) / self.rate)
            if day < self.world.end:
                self.world.agenda.at(day, Order.FAILURE, self.lab, self._fire, self.version)

    def _fire(self, version: int) -> None:
        if version != self.version:
            return
        self.world.event(self.lab, "hazard", self.name, self.k + 1.0, "events", None, ())
        self.k += 1
        self.integrated = 0.0
        self.anchor = self.world.agenda.day
        self.target = self._draw()
        self._project()
