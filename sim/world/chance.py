"""What happens by chance, and a branch of a draw: from its day on, all of that is drawn anew.

Time to an event at a rate is exponential, so it has no memory: given that it has not happened yet, what is left of its
unit exponential is a unit exponential again. A branch takes it from a stream of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from sim.base.calendar import tick
from sim.base.keyed import unit_exponential
from sim.base.units import DAYS_PER_YEAR
from sim.world.agenda import Order
from sim.world.standstill import OWN

if TYPE_CHECKING:
    from sim.world.intervention import InterventionState
    from sim.world.world import World


class Random(Protocol):
    """One stream of random events."""

    @property
    def stream(self) -> str: ...

    def expected(self) -> float:
        """How many were to be expected until today: the integrated rate."""
        ...

    def draw_anew(self) -> None:
        """What is left until the next one is drawn from the branch's stream."""
        ...


def unit_of(world: World, stream: str, k: int) -> float:
    """Exponential number of mean 1: the integrated rate at which the k-th event of a stream fires."""
    draw, branch = world.draw, world.draw.branch
    if branch is not None and world.agenda.day >= branch.day:
        stream = f"{branch.key}/{stream}"
    return unit_exponential(draw.seed, draw.draw, stream, k)


def set_up_branch(world: World) -> None:
    """Put the branch's day on the agenda, ahead of all else that is on that day."""
    branch = world.draw.branch
    if branch is not None and branch.day < world.end:
        world.agenda.put(branch.day, Order.REPAIR, "", _branch, world)


def _branch(world: World) -> None:
    """What happens by chance is drawn anew."""
    for each in world.random:
        each.draw_anew()


def expected(world: World) -> dict[str, float]:
    """Stream -> how many events were to be expected until today."""
    return {each.stream: each.expected() for each in world.random}


class RandomBreak:
    """What breaks an intervention at a constant rate."""

    __slots__ = ("state", "stream", "rate", "happen", "since", "version")

    def __init__(self, state: InterventionState, rate: float, happen: Callable[[tuple[int, ...]], None]) -> None:
        """The intervention starts today. rate: a year. happen: called, without causes, when it breaks."""
        self.state, self.rate, self.happen = state, rate, happen
        self.stream = f"intervention/{state.spec.name}/breaks"
        self.since = state.world.agenda.day
        self.version = 0
        state.world.random.append(self)
        self._project()

    def _project(self) -> None:
        world = self.state.world
        life = unit_of(world, self.stream, 0)
        day = tick(world.agenda.day + life / self.rate * DAYS_PER_YEAR)
        if day < world.end:
            world.agenda.put(day, Order.INTERVENTION_END, "", self._break, self.version, OWN)

    def _break(self, version: int) -> None:
        """It breaks at random."""
        if version == self.version:
            self.happen(())

    def draw_anew(self) -> None:
        """As `Random.draw_anew`."""
        self.version += 1
        if not self.state.over:
            self._project()

    def expected(self) -> float:
        """As `Random.expected`."""
        state = self.state
        until = state.world.record.interventions[state.index][2] if state.over else None
        return self.rate * ((state.world.agenda.day if until is None else until) - self.since) / DAYS_PER_YEAR
