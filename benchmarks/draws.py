"""What making a draw costs beside simulating it: CPU time of each, and their ratio, for scenarios small and large."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import sim
from sim.ensemble import Sampler
from sim.model.draw import Draw
from sim.world.simulate import SimulationError, simulate

SCENARIOS = Path(__file__).parents[1] / "scenarios"
FILES = ("finnveden.yaml", "one-lab.yaml", "frontier.yaml", "frontier-2032.yaml")
DRAWS = 24


def milliseconds(what: Callable[[], object]) -> float:
    begun = time.process_time()
    what()
    return 1e3 * (time.process_time() - begun)


def simulated(draw: Draw) -> None:
    with contextlib.suppress(SimulationError):  # until a draw stops it costs what it costs
        simulate(draw)


def measured(name: str) -> None:
    scenario = sim.load(SCENARIOS / name)
    sampler = Sampler(scenario)
    rows = list(enumerate(sampler.quantiles(0, DRAWS)))
    draws = [sampler.draw(i, row) for i, row in rows]
    making = median(milliseconds(partial(sampler.draw, i, row)) for i, row in rows)
    running = median(milliseconds(partial(simulated, draw)) for draw in draws)
    print(f"{name:22} {len(sampler.paths):9} {making:9.3f} {running:14.2f} {making / running:6.1%}")


def main() -> None:
    print(f"medians of {DRAWS} draws")
    print(f"{'scenario':22} {'uncertain':>9} {'draw ms':>9} {'simulation ms':>14} {'ratio':>6}")
    for name in FILES:
        measured(name)
    sampler = Sampler(sim.load(SCENARIOS / "frontier.yaml"))
    spent = milliseconds(lambda: sampler.quantiles(0, 10_240)) / 10_240
    print(f"quantiles of a draw of {len(sampler.paths)} inputs: {1e3 * spent:.1f} µs")


if __name__ == "__main__":
    main()
