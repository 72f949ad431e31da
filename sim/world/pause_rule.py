"""A training programme that pauses while demand for a fleet is low."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from sim.base.calendar import tick
from sim.model.programme import PauseRule
from sim.world.clock import Clock
from sim.world.watch import Threshold

if TYPE_CHECKING:
    from sim.world.lab import LabState


class PauseState:
    """Stops the clock of a programme while demand is below a share of what the fleet can make.

    Demand d is below the share s of what the fleet makes when the fleet makes more than d/s.
    """

    __slots__ = ("lab", "rule", "clock", "name", "own", "paused", "since", "event", "waiting", "asked")

    def __init__(self, lab: LabState, rule: PauseRule, clock: Clock, name: str) -> None:
        from sim.world.agenda import Order

        self.lab = lab
        self.rule = rule
        self.clock = clock
        self.name = name
        self.own = lab.world.clock("pauses", Order.SERIES, lab.name)
        self.paused = False
        self.since: float | None = None
        self.event = -1
        self.waiting: Threshold | None = None
        self.asked = 0.0
        watch = lab.world.watching()
        watch.hear("series_value", f"demand:{rule.fleet}", self._demand)
        watch.hear("demand_changed", rule.fleet, self._demand)
        self.own.at(0.0, self._wait)

    def _demand(self, lab: str, _: int) -> bool:
        """Demand has changed: what the fleet must make for a pause has too."""
        if lab == self.lab.name and self.waiting is not None:
            self.lab.world.watching().drop(self.waiting)
            self._wait(None)
        return True

    def _wait(self, _: Any) -> None:
        """Wait for the change of mind, not before it is allowed."""
        line = self.lab.world.record.demand.get((self.lab.name, self.rule.fleet))
        asked = (line[-1][1] if line else 0.0) / self.rule.demand_below
        least = max(math.nextafter(asked, math.inf), TINY)  # demand that is just the share is not below it
        watch = self.lab.world.watching()
        self.waiting = watch.add(Threshold([self.lab], "tokens_per_s", self.rule.fleet, self.paused, least, self._turn))

    def _turn(self, _: str, cause: int) -> None:
        self.waiting = None
        self.paused = not self.paused
        world = self.lab.world
        kind = "programme_paused" if self.paused else "programme_resumed"
        details = {"reason": f"demand for {self.rule.fleet} is {'below' if self.paused else 'back to'} "
                   f"{self.rule.demand_below:.4g} of what it can make"}  # fmt: skip
        causes = tuple(dict.fromkeys(index for index in (cause, self.event) if index >= 0))
        self.event = world.event(self.lab.name, kind, self.name, None, "", details, causes)
        if self.paused:
            self.clock.pause()
        else:
            self.clock.resume()
        self.own.at(tick(self.own.now + (self.rule.apart_days or 0.0)), self._wait)


TINY: Final = 1e-300
