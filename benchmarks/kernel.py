"""What a simulated event costs, against bare SimPy in the same run; and how cost grows with labs and events.

Prints ratios: the machine's speed cancels. A row is a row of events.csv. The claims: at most 12 times a
bare SimPy timeout per row, under 2 ms for 220 rows, linear in labs and in years, and with continuous training in steps
of software.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Generator
from typing import Any

import simpy

from sim import compiled
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


FOLLOWS = """
    staff: {{ai_research: {{2026-01-01: 1000, then: 1.3x per year, every: 3 months}}}}
    models: {{name: old, public: 2025-06-01, flop: 1e26 FLOP}}
"""


def race(labs: int, years: int) -> Draw:
    """The same labs with staff that grows, whose software follows research: AI labour feeds back."""
    lab = LAB + FOLLOWS.lstrip("\n")
    text = "".join(lab.format(n=n, stock=100_000 + 10_000 * n, month=n % 9 + 1) for n in range(labs))
    software = "software: {training: 4x per year, feedback: on}\n"
    return load("benchmark.yaml", text=WORLD.format(end=2026 + years, labs=text) + software).draw()


ENDLESS = """
  Lab:
    compute: {{stock: 100000 H100e}}
    use: {{training: 20%, experiments: 70%, research: 10%}}
    staff: {{ai_research: 1000}}
    models: {{name: old, public: 2025-06-01, flop: 1e26 FLOP}}
    runs: {{name: C, length_rule: {{rule: continuous, release_each: 1e6x}}}}
software: {{training: 4x per year, feedback: on, step: {step}x}}
"""


def endless(step: float) -> Draw:
    """One lab, whose cluster stays as it is, trains without end while its software grows in steps of a factor."""
    return load("benchmark.yaml", text=WORLD.format(end=2032, labs=ENDLESS.format(step=step))).draw()


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


def against_timeouts(draw: Draw, rounds: int) -> tuple[int, float, float, float]:
    """(rows, seconds of a bare timeout and of the whole run, best of all rounds; median ratio of a row's cost).

    The two alternate, so that both see the same machine.
    """
    rows = len(simulate(draw).events)
    bare = mine = float("inf")
    ratios = []
    for _ in range(rounds):
        one, two = seconds(timeouts(1000)) / 1000, seconds(lambda: simulate(draw))
        bare, mine = min(bare, one), min(mine, two)
        ratios.append(two / rows / one)
    ratios.sort()
    return rows, bare, mine, ratios[len(ratios) // 2]


def main() -> None:
    """A row's cost, then how it grows with labs and years, then a race with feedback."""
    print(f"simulation {compiled.state()}")
    rows, bare, mine, typical = against_timeouts(world(3, 5), 300)
    print(f"three labs, five years, {rows} rows of events.csv")
    print(f"  cost of a row over a bare SimPy timeout: {mine / rows / bare:.1f} (best of both rounds)")
    print(f"  the same as the median of 300 pairs: {typical:.1f}")
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
    rows, bare, mine, typical = against_timeouts(race(3, 10), 60)
    steps = sum(event[2] == "software_step" for event in simulate(race(3, 10)).events)
    print(f"a race with feedback: three labs, ten years, {rows} rows, of which {steps} steps of software")
    print(f"  {mine * 1e3:.1f} ms; a row over a bare timeout: {mine / rows / bare:.1f} (best), {typical:.1f} (median)")
    one = 0.0
    for labs in (1, 10, 100):
        draw = race(labs, 10)
        rows = len(simulate(draw).events)
        cost = without_collector(draw, rows, 30 // labs)
        one = one or cost
        print(f"  {labs:3d} labs: {rows:6d} rows, cost of a row against one lab's: {cost / one:.2f}")
    print("continuous training, six years on a fixed cluster, by the size of software's steps:")
    one = 0.0
    for step in (1.1, 1.03, 1.01, 1.003):
        draw = endless(step)
        rows = len(simulate(draw).events)
        cost = without_collector(draw, rows, 5)
        one = one or cost
        print(f"  steps of {step}: {rows:6d} rows, cost of a row against steps of 1.1: {cost / one:.2f}")


if __name__ == "__main__":
    main()
