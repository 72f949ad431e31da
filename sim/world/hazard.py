"""Random events at a dated rate: each fires when its integrated rate reaches a unit exponential."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.base.series import Series, steps_of
from sim.base.units import DAYS_PER_YEAR
from sim.world.agenda import Order
from sim.world.chance import unit_of
from sim.world.dated import MONTHLY

if TYPE_CHECKING:
    from sim.world.world import World


class HazardState:
    """One hazard, on a clock of its own. A changed rate moves the next event and redraws nothing."""

    __slots__ = ("world", "stream", "happen", "clock", "rate", "integrated", "anchor", "k", "version", "target",
                 "stated", "factor")  # fmt: skip

    def __init__(self, world: World, stream: str, lab: str, rate: Series, happen: Callable[[int], None]) -> None:
        """It begins today. stream: name of its random numbers. happen: called with the number of the event, from 1."""
        self.world = world
        self.stream = stream
        self.happen = happen
        self.clock = world.clock("hazards", Order.SERIES, lab, foreseen=False)
        today = self.clock.now
        self.stated = rate.at(today)
        """A year, as the scenario states it."""
        self.factor = 1.0
        """What interventions leave of it."""
        self.rate = self.stated / DAYS_PER_YEAR
        self.integrated = 0.0
        self.anchor = today
        self.k = 0
        self.version = 0
        self.target = self._draw()
        self._project()
        world.random.append(self)
        for day, value in steps_of(rate, world.end, world.draw.start, MONTHLY):
            if day > today:
                self.clock.at(day, self.set_rate, value)

    def _draw(self) -> float:
        return unit_of(self.world, self.stream, self.k)

    def set_rate(self, rate_per_year: float) -> None:
        """The rate changes today."""
        day = self.clock.now
        self.integrated += self.rate * (day - self.anchor)
        self.anchor = day
        self.stated = rate_per_year
        self.rate = rate_per_year * self.factor / DAYS_PER_YEAR
        self._project()

    def scale(self, factor: float) -> None:
        """From today on the rate is this share of what is stated."""
        if factor != self.factor:
            self.factor = factor
            self.set_rate(self.stated)

    def draw_anew(self) -> None:
        """What is left until the next event is drawn from the branch's stream."""
        self.integrated = 0.0
        self.anchor = self.clock.now
        self.target = self._draw()
        self._project()

    def expected(self) -> float:
        """How many events were to be expected until today, since it began."""
        past = sum(unit_of(self.world, self.stream, k) for k in range(self.k))
        return past + self.integrated + self.rate * (self.clock.now - self.anchor)

    def _project(self) -> None:
        self.version += 1
        if self.rate > 0.0:
            day = tick(self.anchor + max(0.0, self.target - self.integrated) / self.rate)
            if day < self.world.end:
                self.clock.at(day, self._fire, self.version, Order.FAILURE)

    def _fire(self, version: int) -> None:
        if version != self.version:
            return
        self.k += 1
        self.happen(self.k)
        self.integrated = 0.0
        self.anchor = self.clock.now
        self.target = self._draw()
        self._project()
