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
    made = plan(sim.load(SCENARIOS / "one-lab.yaml"), [axis("labs.Aurora.use.training", "1:50:0.5%")])
    cells = made.cells
    spent = min(seconds(lambda: [row(made, cell) for cell in cells]) for _ in range(3)) / len(cells)
    draw = made.scenario.draw()
    run = min(seconds(lambda: [sim.simulate(draw) for _ in range(50)]) for _ in range(3)) / 50
    ratio = spent / run
    print(
        f"one-lab: a cell of a sweep {1000 * spent:.1f} ms = {ratio:.1f} simulations; 1,000 cells {1000 * spent:.1f} s"
    )


if __name__ == "__main__":
    main()
