"""What tables cost as models and intervals are added; prints ratios, so that the machine's speed cancels.

The claims: cost grows with models, not with their square (windows, closings, trajectory), and with intervals.
"""

from __future__ import annotations

import time

from sim.scenario import load
from sim.tables import tabulate
from sim.tables.rates import Rates
from sim.world import RunRecord, simulate

WORLD = """
question: What do tables cost?
start: 2026-01-01
end: 2036-01-01
labs:
  Lab:
    compute: {{stock: 100000 H100e, grows: 1.5x per year, every: 3 months}}
    use: {{training: 10%, experiments: 50%, research: 10%, serving: 30%}}
    runs: {{starts: 2026-01-05, every: {every} days, length: {length} days, public_after: 3 days}}
    after_training: {{move: 100%, to: research, for: {length} days}}
trajectory: {interval} days
"""
NAMES = ("windows", "closings", "trajectory")
DAYS = 3652.0


def record(models: int, intervals: int) -> RunRecord:
    """Ten years of one lab with so many runs one after another."""
    every = DAYS / models
    text = WORLD.format(every=every, length=0.6 * every, interval=DAYS / intervals)
    return simulate(load("benchmark.yaml", text=text).draw())


def cost(made: RunRecord, name: str) -> float:
    """Seconds for a table with nothing cached but the holdings, the best of five."""
    tabulate(made, name)
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        tabulate(made, name, Rates(made))
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    print("cost of a model against that with 30 models, 120 intervals:")
    ones: dict[str, float] = {}
    for models in (30, 120, 480):
        made = record(models, 120)
        each = {name: cost(made, name) / len(made.models) for name in NAMES}
        ones = ones or each
        ratios = ", ".join(f"{name} {each[name] / ones[name]:.2f}" for name in NAMES)
        print(f"  {len(made.models):4d} models: {ratios}")
    print("cost of an interval of the trajectory against that with 30 intervals, 120 models:")
    one = 0.0
    for intervals in (30, 120, 480):
        each_interval = cost(record(120, intervals), "trajectory") / intervals
        one = one or each_interval
        print(f"  {intervals:4d} intervals: {each_interval / one:.2f}")


if __name__ == "__main__":
    main()
