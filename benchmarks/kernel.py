"""What a simulated event costs, against bare SimPy in the same run; and how cost grows with labs and events.

Prints ratios: the machine's speed cancels. A row is a row of events.csv. The claims: at most 12 times a
bare SimPy timeout per row, under 2 ms for 220 rows, and linear in labs and in years.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Generator
from typing import Any

import simpy

from sim.model.draw import Draw
from sim.scenario import load
from sim.world import simulate

WORLD = """
question: What does a simulated event cost?
start: 2026-01-01
end: {end}-01-01
labs:
{labs}
"""
LAB = """
  Lab{n:03d}:
    compute: {{stock: {stock} H100e, grows: 3x per year, every: 3 months}}
    use: {{training: 10%, experiments: 50%, research: 10%, serving: 30%}}
    runs: {{starts: 2026-{month:02d}-01, every: 9 months, length: 90 days, public_after: 30 days}}
    after_training: {{move: 100%, to: research, for: 60 days}}
"""


def world(labs: int, years: int) -> Draw:
    """Labs with quarterly deliveries, a run every nine months and an earmark after each."""
    text = "".join(LAB.format(n=n, stock=100_000 + 10_000 * n, month=n % 9 + 1) for n in range(labs))
    return load("benchmark.yaml", text=WORLD.format(end=2026 + years, labs=text)).draw()


def timeouts(count: int) -> Callable[[], None]:
    """A bare SimPy process of so many timeouts."""

    def process(env: simpy.Environment) -> Generator[simpy.Event, Any, None]:
        for _ in range(count):
            yield env.timeout(1.0)

    def go() -> None:
        env = simpy.Environment()
        env.process(process(env))
        env.run()

    return go


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def per_row(draw: Draw, rows: int, rounds: int) -> float:
    """Seconds for a row, the best of some rounds."""
    return min(seconds(lambda: simulate(draw)) for _ in range(max(5, rounds))) / rows


def without_collector(draw: Draw, rows: int, rounds: int) -> float:
    """The same with the collector off: it walks the growing record again and again, which is no work of the kernel."""
    gc.disable()
    try:
        return per_row(draw, rows, rounds)
    finally:
        gc.enable()


def main() -> None:
    """Alternate the two, so that both see the same machine; the best of many rounds is the cost."""
    draw = world(3, 5)
    rows = len(simulate(draw).events)
    bare = mine = float("inf")
    ratios = []
    for _ in range(300):
        one, two = seconds(timeouts(1000)) / 1000, seconds(lambda: simulate(draw))
        bare, mine = min(bare, one), min(mine, two)
        ratios.append(two / rows / one)
    ratios.sort()
    print(f"three labs, five years, {rows} rows of events.csv")
    print(f"  cost of a row over a bare SimPy timeout: {mine / rows / bare:.1f} (best of both rounds)")
    print(f"  the same as the median of {len(ratios)} pairs: {ratios[len(ratios) // 2]:.1f}")
    print(f"  220 rows: {mine / rows * 220 * 1e3:.2f} ms; a bare timeout: {bare * 1e6:.2f} us")
    five = mine / rows
    print("cost of a row against one lab's, and the same without Python's cyclic garbage collector:")
    costs = {}
    for labs in (1, 10, 100):
        draw = world(labs, 5)
        rows = len(simulate(draw).events)
        costs[labs] = per_row(draw, rows, 200 // labs), without_collector(draw, rows, 200 // labs)
        ratios = [cost / one for cost, one in zip(costs[labs], costs[1], strict=True)]
        print(f"  {labs:3d} labs: {rows:6d} rows, {ratios[0]:.2f}, {ratios[1]:.2f}")
    for years in (5, 10, 50):
        draw = world(3, years)
        rows = len(simulate(draw).events)
        cost = per_row(draw, rows, 20)
        print(f"  {years:3d} years: {rows:6d} rows, cost of a row against five years': {cost / five:.2f}")


if __name__ == "__main__":
    main()
