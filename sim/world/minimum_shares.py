"""Minimum shares that rise: from what they are when an intervention starts to what it states, in ten equal steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.base.calendar import tick
from sim.model.intervention import Intervention
from sim.world.agenda import Order
from sim.world.lever import Lever
from sim.world.standstill import OWN

if TYPE_CHECKING:
    from sim.world.intervention import InterventionState
    from sim.world.world import World

STEPS: Final = 10


def minimum_shares(world: World, spec: Intervention) -> dict[str, float]:
    """The shares that an intervention asks for today, by use."""
    stated = spec.minimum_shares or {}
    if spec.minimum_shares_over is None:
        return stated
    assert world.interventions is not None
    state = next(state for state in world.interventions.states if state.spec is spec)
    k = sum(day <= world.agenda.day for day in steps_of(state))
    first = spec.minimum_shares_from or {}
    return {use: share + (first.get(use, share) - share) * (1.0 - k / STEPS) for use, share in stated.items()}


def steps_of(state: InterventionState) -> list[float]:
    """The days on which the shares rise."""
    over = state.spec.minimum_shares_over or 0.0
    return [tick(state.since + over * k / STEPS) for k in range(1, STEPS + 1)]


class Rise(Lever):
    """Tells the bound labs of each step."""

    __slots__ = ("state",)

    def __init__(self, state: InterventionState) -> None:
        self.state = state

    def begin(self) -> None:
        world = self.state.world
        for day in steps_of(self.state):
            if day < world.end:
                world.agenda.put(day, Order.INTERVENTION_START, "", self._rise, None, OWN)

    def _rise(self, _: Any) -> None:
        """Minimum shares rise by a step."""
        state = self.state
        world, spec = state.world, state.spec
        if state.in_force:
            details = {"shares": minimum_shares(world, spec)}
            told = world.event("", "minimum_shares_raised", spec.name, None, "", details, (state.event,))
            state.limit_anew(told)
