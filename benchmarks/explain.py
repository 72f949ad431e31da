"""What explaining a model costs against one simulation of the same scenario, as a ratio: the machine cancels.

The claim: an explanation, with its table of days from small paired runs, takes less than 15 simulations: under a
second where one simulation of the frontier scenario takes 0.06 s.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import sim

FRONTIER = Path(__file__).parents[1] / "scenarios" / "frontier.yaml"


def best(call: Callable[[], object], times: int = 3) -> float:
    """CPU seconds of a call, the best of some."""
    found = float("inf")
    for _ in range(times):
        start = time.process_time()
        call()
        found = min(found, time.process_time() - start)
    return found


def main() -> None:
    scenario = sim.load(FRONTIER)
    result = sim.simulate(scenario)
    one = best(lambda: sim.simulate(scenario).table("windows"), 5)
    print(f"one simulation of {scenario.name} with its windows: {one:.3f} s of CPU time here")
    for name in ("GPT-4", "GPT-5.4", "Claude Opus 4", "GPT-5.5"):
        seconds = best(lambda name=name: str(result.explain(name)))  # type: ignore[misc]
        pairs = len(result.explain(name).sensitivity_table.rows)
        print(f"  explaining {name}: {seconds / one:.1f} simulations ({seconds:.2f} s), of which {pairs} paired runs")


if __name__ == "__main__":
    main()
