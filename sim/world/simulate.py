"""One draw, simulated: sets the world up, lets it run, and hands back the record."""

from __future__ import annotations

from collections.abc import Mapping

import simpy

from sim.model.draw import Draw
from sim.world import training
from sim.world.agenda import LoopError
from sim.world.policy import Policy, PolicyError
from sim.world.record import RunRecord
from sim.world.run import RunError
from sim.world.setup import set_up
from sim.world.world import World


class SimulationError(RuntimeError):
    """A run of the kernel could not go on. `record` holds what happened until then, `day` when it stopped."""

    def __init__(self, message: str, record: RunRecord, day: float) -> None:
        super().__init__(message)
        self.record = record
        self.day = day


def simulate(draw: Draw, policies: Mapping[str, Policy] | None = None) -> RunRecord:
    """Simulate a draw from its start to its end.

    policies: lab -> a policy of the user's own, in place of the declared one.
    Raises SimulationError, with the record so far, when events loop at one instant, a policy gives out
    accelerators that are not there, or a run in progress would have ended before the start.
    """
    world = World(draw, policies or {})
    try:
        set_up(world)
        env = simpy.Environment()
        env.process(world.agenda.run(env, world.end, world.decide, world.settled))
        env.run()
    except (LoopError, PolicyError, RunError) as error:
        raise SimulationError(str(error), world.record, world.agenda.day) from error
    for lab in world.labs:
        training.close(lab)
    return world.record
