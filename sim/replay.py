"""One draw of an ensemble on its own, with all its tables and pictures."""

from __future__ import annotations

from sim.base.limits import MOST_EVENTS
from sim.ensemble.sampler import Sampler
from sim.result import Result, simulated
from sim.scenario import Scenario
from sim.world.simulate import SimulationError


def replay(
    scenario: Scenario, number: int, *, seed: int | None = None, method: str = "sobol", most_events: int = MOST_EVENTS
) -> Result:
    """Simulate draw `number` of a scenario: the same world as in any ensemble of this seed and method.

    Raises ValueError for a number that no draw has, `sim.scenario.draw_error.DrawError` (a ValueError) for a draw that
    contradicts itself, and `sim.world.simulate.SimulationError` as `simulate` does.
    """
    sampler = Sampler(scenario, seed, method)
    draw = sampler.draw(number, sampler.quantiles(number, number + 1)[0])
    try:
        result = simulated(draw, scenario, most_events)
    except SimulationError as error:
        error.result.number = number
        raise
    result.number = number
    return result
