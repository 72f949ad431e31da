"""The shipped scenarios, each loaded and simulated once in a process: to be read, not to be changed."""

from __future__ import annotations

from functools import cache

from sim.result import Result, simulate
from sim.scenario import Scenario, load
from sim.world.record import RunRecord
from sim.world.simulate import simulate as simulate_draw
from tests.cli.command import SCENARIOS


@cache
def scenario(name: str) -> Scenario:
    """The scenario of a file below scenarios/, by its name without `.yaml`: `interventions/flop-cap`."""
    return load(SCENARIOS / f"{name}.yaml")


@cache
def record(name: str) -> RunRecord:
    """What happens in its central case."""
    return simulate_draw(scenario(name).draw())


@cache
def result(name: str) -> Result:
    """The result of its central case, with note of what was read."""
    return simulate(scenario(name), track=True)
