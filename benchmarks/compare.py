"""What a comparison costs against single runs, and what a cell of a sweep costs, as ratios: the machine cancels.

The claims: a pair with all its tables costs at most 2.2 single runs with their tables; 1,000 cells of the one-lab
scenario take seconds. Each number is the best of some, taken in turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import sim
from sim.analysis.axis import axis
from sim.analysis.sweep import plan, row
from sim.world.simulate import simulate

SCENARIOS = Path(__file__).parents[1] / "scenarios"
PAUSE = SCENARIOS / "interventions" / "six-month-pause.yaml"


def seconds(call: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def main() -> None:
    base = sim.load(SCENARIOS / "frontier-2032.yaml")
    paused = base.changed(overlays=[PAUSE])

    def single() -> None:
        sim.simulate(base).tables()

    def pair() -> None:
        sim.compare(base, {"pause": paused}).tables()

    def kernel() -> None:
        sim.simulate(base)

    def kernels() -> None:
        _ = sim.compare(base, {"pause": paused}).pairs

    single(), pair()
    times = [(seconds(single), seconds(pair), seconds(kernel), seconds(kernels)) for _ in range(5)]
    one, two, alone, both = (min(column) for column in zip(*times, strict=True))
    print(f"frontier-2032 with its tables: {one:.3f} s of CPU time here, simulated alone: {alone:.3f} s")
    print(f"  a pair with six-month-pause, all tables: {two / one:.2f} runs with theirs (claim: at most 2.2)")
    print(
        f"  simulated alone: {both / alone:.2f} times the base; with all tables {two / alone:.2f} times the base alone"
    )
    scenario = sim.load(SCENARIOS / "one-lab.yaml")
    axes = [axis("labs.Aurora.use.training", "1:50:0.5%")]
    made = plan(scenario, axes)
    some = made.cells[::10]
    draws = [scenario.changed(sets=made.sets(cell)).draw(seed=made.seed, listed=False) for cell in some]
    calls: list[Callable[[], object]] = [
        lambda: [row(made, cell) for cell in some],
        lambda: [scenario.changed(sets=made.sets(cell)) for cell in some],
        lambda: [simulate(draw) for draw in draws],
    ]
    times = [[seconds(call) / len(some) for call in calls] for _ in range(15)]
    cell, read, run = (min(column) for column in zip(*times, strict=True))
    planned = min(seconds(lambda: plan(scenario, axes)) for _ in range(3))
    print(f"one-lab: a cell of a sweep {1000 * cell:.1f} ms = {cell / run:.1f} simulations, {read / run:.1f} of them "
          f"to read and check its scenario; 1,000 cells {1000 * cell + planned:.1f} s")  # fmt: skip


if __name__ == "__main__":
    main()
