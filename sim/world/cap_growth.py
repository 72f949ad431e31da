"""Controlled scaling: a cap on capability that starts at the strongest model known and grows at a stated pace."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Any, Final

from sim.base.calendar import tick
from sim.base.series import power
from sim.base.units import DAYS_PER_YEAR
from sim.model.intervention import Intervention
from sim.world.agenda import Order
from sim.world.lever import Lever
from sim.world.standstill import OWN

if TYPE_CHECKING:
    from sim.world.intervention import InterventionState
    from sim.world.world import World

STEP_DAYS: Final = DAYS_PER_YEAR / 12.0
ROUNDING_DAYS: Final = 1e-6


def strongest_known(world: World) -> float:
    """Effective FLOP of the strongest model in use at labs that do not work in secret."""
    known = (lab for lab in world.labs if lab.name not in world.secret)
    return max((lab.models[name].effective_flop for lab in known for name in lab.usable), default=0.0)


def growing_cap(world: World, spec: Intervention) -> float:
    """Effective FLOP that a model may have today: the strongest known at the start, times the growth since."""
    assert world.interventions is not None
    state = next(state for state in world.interventions.states if state.spec is spec)
    days = world.agenda.day - state.since - (spec.cap_growth_after or 0.0) + ROUNDING_DAYS
    steps = max(0, floor(days / STEP_DAYS))
    return state.strongest * power(spec.cap_growth or 1.0, steps / 12.0)


class CapGrowth(Lever):
    """Lets runs that wait for the cap look at it anew whenever it has grown: whole ones under `wait`; under `cut` those
    with nothing left below it."""

    __slots__ = ("state", "k")

    def __init__(self, state: InterventionState) -> None:
        self.state = state
        self.k = 0

    def begin(self) -> None:
        self._plan()

    def _plan(self) -> None:
        self.k += 1
        state = self.state
        day = tick(state.since + (state.spec.cap_growth_after or 0.0) + self.k * STEP_DAYS)
        if day < state.world.end:
            state.world.agenda.put(day, Order.SERIES, "", self._grow, None, OWN)

    def _grow(self, _: Any) -> None:
        """A cap on capability has grown."""
        state = self.state
        if not state.in_force:
            return
        for lab in state.labs:
            if lab.due:
                lab.changed(state.event)
        self._plan()
