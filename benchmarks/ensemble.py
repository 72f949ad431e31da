"""What a draw of an ensemble costs against one simulation, how processes add up, memory: ratios taken in one run.

The claims: a draw costs at most 1.3 times one simulation of the scenario with its windows, models and levels (told
besides: over one whose draw is there already, which no ensemble has); processes give at least 85% of what as many
independent busy ones get on the same machine in the same run; memory does not grow with the draws.
Wall times mean something on a machine with nothing else to do only: how much of the processors this run got is told.
`python benchmarks/ensemble.py 10000 100000` also makes so many draws (of the three labs, and of a small world), else
their time and memory are worked out from fewer, and said to be.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

from sim import compiled
from sim.ensemble.part import Plan, simulate_part
from sim.ensemble.run import central_record, plan_of
from sim.ensemble.sampler import Sampler
from sim.model.draw import Draw
from sim.scenario import Scenario, load
from sim.scenario.policy_code import simulate_draw
from sim.tables.rates import Rates
from sim.tables.tabulate import tabulate
from sim.world import simulate

WORLD = """
question: What does a draw cost?
start: 2026-01-01
end: 2031-01-01
levels: {{near: {{effective_flop: 1e28 FLOP}}, far: {{effective_flop: 1e30 FLOP}}}}
labs:
{labs}
"""
FEEDBACK = """
software: {training: 2x to 4x per year, inference: 2x to 4x per year, feedback: on}
"""
STAFF = """
    staff: {{ai_research: 200 to 800}}
"""
LAB = """
  Lab{n}:
    compute: {{stock: 50000 to {most} H100e, grows: 2x to 4x per year, every: 3 months}}
    use: {{training: 10%, experiments: 50%, research: 10%, serving: 30%}}
    runs: {{starts: 2026-0{month}-01, every: 6 to 12 months, length: 60 to 120 days, public_after: 30 days}}
    after_training: {{move: 100%, to: research, for: 60 days}}
"""
PATH = Path(__file__).parents[1]


def world_text(labs: int = 3, feedback: bool = False) -> str:
    """Labs with quarterly deliveries, a run every six to twelve months and an earmark after each; five years.

    feedback: AI labour also speeds up software at each lab.
    """
    lab = LAB + STAFF * feedback
    made = WORLD.format(labs="".join(lab.format(n=n, most=200_000 + 20_000 * n, month=n % 9 + 1) for n in range(labs)))
    return made + FEEDBACK * feedback


def plan(scenario: Scenario, examples: int) -> Plan:
    """What every draw is asked; trajectory and events of the first ones."""
    import dataclasses

    sampler = Sampler(scenario)
    return dataclasses.replace(plan_of(scenario, sampler, central_record(scenario, sampler.seed)), examples=examples)


def size(scenario: Scenario, draws: int = 8) -> str:
    """How much happens in a draw: means."""
    sampler = Sampler(scenario)
    quantiles = sampler.quantiles(0, draws)
    made = [simulate_draw(sampler.draw(i, row)) for i, row in enumerate(quantiles)]
    events, models = (sum(map(len, lines)) / draws for lines in zip(*((r.events, r.models) for r in made), strict=True))
    return f"{len(sampler.paths)} uncertain inputs, {events:.0f} events, {models:.0f} models"


def spent(action: Callable[[], object]) -> float:
    """Processor seconds of an action."""
    gc.collect()
    start = time.process_time()
    action()
    return time.process_time() - start


class PerDraw(NamedTuple):
    """ms: of one simulation of the scenario (its draw made, simulated, windows, models and levels). best, median: of
    the ratio of a draw's cost to that. given: the best ratio to one simulation whose draw is there already.
    """

    ms: float
    best: float
    median: float
    given: float


def per_draw(scenario: Scenario, draws: int, rounds: int) -> PerDraw:
    """What a draw costs over one simulation, the two alternating.

    Best: each draw in its fastest round, so that what else the machine does cancels.
    """
    made = plan(scenario, 0)
    quantiles = made.sampler.quantiles(0, draws)
    worlds = [made.sampler.draw(i, row) for i, row in enumerate(quantiles)]
    points = [dict(zip(made.sampler.paths, row, strict=True)) for row in quantiles.tolist()]

    def alone(draw: Draw) -> None:
        record = simulate(draw)
        rates = Rates(record)
        for name in ("windows", "models", "levels"):
            tabulate(record, name, rates)

    ones, given, parts = [], [], []
    for _ in range(rounds):
        ones.append([spent(lambda at=at: alone(scenario.draw(quantiles=at))) for at in points])  # type: ignore[misc]
        given.append([spent(lambda draw=draw: alone(draw)) for draw in worlds])  # type: ignore[misc]
        parts.append([spent(lambda i=i: simulate_part(made, (i, i + 1))) for i in range(draws)])  # type: ignore[misc]
    # What a part costs besides its draws is shared by all of it: so many draws at once cost less than one by one.
    whole = [spent(lambda: simulate_part(made, (0, draws))) for _ in range(rounds)]
    one, other, single = (sum(map(min, zip(*lines, strict=True))) for lines in (ones, given, parts))
    best = min(single, *whole)
    typical = median(each / sum(line) for each, line in zip(whole, ones, strict=True))
    return PerDraw(one / draws * 1e3, best / one, typical, best / other)


def work(made: Plan, start: int, stop: int) -> None:
    """Draws, as a process of its own makes them that has nobody to tell."""
    for first in range(start, stop, 8):
        simulate_part(made, (first, min(first + 8, stop)))


def seconds_of_busy(made: Plan, processes: int, draws: int) -> float:
    """Wall seconds until independent processes have simulated the draws, each its share."""
    context = multiprocessing.get_context("fork")
    cuts = [round(draws * n / processes) for n in range(processes + 1)]
    busy = [context.Process(target=work, args=(made, *span)) for span in pairwise(cuts)]
    start = time.perf_counter()
    for each in busy:
        each.start()
    for each in busy:
        each.join()
    return time.perf_counter() - start


class Cost(NamedTuple):
    """Of a whole command: wall and processor seconds, MB of the largest process, bytes in its folder."""

    wall: float
    processor: float
    megabytes: float
    disk: int


def run(file: Path, draws: int, workers: int, folder: Path, *more: str) -> Cost:
    """`sim run -n`, whole, without pictures. Its result goes again."""
    code = (
        "import resource, sys; from sim.cli import main; status = main(sys.argv[1:]); "
        "most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)); "
        "print(most, file=sys.stderr); sys.exit(status)"
    )
    out = folder / "made"
    line = [sys.executable, "-c", code, "run", str(file), "-n", str(draws), "--workers", str(workers), "--no-pictures",
            "--out", str(out), *more]  # fmt: skip
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(PATH), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    done = subprocess.run(line, capture_output=True, text=True, check=True, env=environment)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    disk = sum(path.stat().st_size for path in out.iterdir())
    shutil.rmtree(out)
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Cost(wall, used, int(done.stderr.split()[-1]) / 1024.0, disk)


def speed_up(file: Path, made: Plan, workers: int, folder: Path, rounds: int, draws: int) -> tuple[float, float]:
    """(speed-up of the whole command, what independent busy processes reach), the best of rounds that alternate."""
    ones, manys, lone, several = [], [], [], []
    for _ in range(rounds):
        lone.append(seconds_of_busy(made, 1, draws))
        ones.append(run(file, draws, 1, folder).wall)
        several.append(seconds_of_busy(made, workers, draws))
        manys.append(run(file, draws, workers, folder).wall)
    return min(ones) / min(manys), min(lone) / min(several)


def main() -> None:
    """All of it: two minutes on a machine with nothing else to do."""
    asked = [int(word) for word in sys.argv[1:]]
    scenario = load("benchmark.yaml", text=world_text())
    quick = load("benchmark.yaml", text=world_text(feedback=True))
    print(f"simulation {compiled.state()}")
    print(f"three labs, five years, a draw: {size(scenario)}; with software feedback: {size(quick)}")
    print("a draw (made, simulated; windows, models, levels, outcomes, series, encoded) over one simulation:")
    for name, of, draws, rounds in (
        ("three labs, five years", scenario, 16, 7),
        ("the same with software feedback", quick, 8, 5),
        ("one-lab", load(PATH / "scenarios" / "one-lab.yaml"), 24, 7),
        ("frontier", load(PATH / "scenarios" / "frontier.yaml"), 4, 5),
        ("frontier-2032", load(PATH / "scenarios" / "frontier-2032.yaml"), 2, 3),
    ):
        cost = per_draw(of, draws, rounds)
        print(f"  {name}: {cost.ms:.1f} ms alone; {cost.best:.2f} (best), {cost.median:.2f} (median); over one whose "
              f"draw is there already {cost.given:.2f} (best)")  # fmt: skip
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        file = folder / "world.yaml"
        file.write_text(world_text(), encoding="utf-8")
        run(file, 1, 1, folder)
        fixed, thousand = run(file, 8, 1, folder), run(file, 1000, workers, folder)
        each = (thousand.processor - fixed.processor) / 992
        share = thousand.processor / thousand.wall / workers
        print(f"1,000 draws, three labs over five years, whole process, {workers} workers: {thousand.wall:.1f} s wall, "
              f"{thousand.processor:.1f} s of processors ({share:.0%} of what {workers} have), of which "
              f"{fixed.processor:.1f} s are there for 8 draws too")  # fmt: skip
        print(f"  with all of {workers} processors it takes {thousand.processor / workers:.1f} s or a little more; "
              f"10,000 draws, worked out from that: {(fixed.processor + 1e4 * each) / workers:.1f} s")  # fmt: skip
        for draws in (number for number in asked if number <= 20_000):
            cost = run(file, draws, workers, folder)
            print(f"  {draws:,} draws made: {cost.wall:.1f} s wall, {cost.processor:.1f} s of processors")
        other = folder / "feedback.yaml"
        other.write_text(world_text(feedback=True), encoding="utf-8")
        few, more = run(other, 8, 1, folder), run(other, 264, workers, folder)
        fed = (more.processor - few.processor) / 256
        print(f"  with software feedback: {1e3 * fed:.1f} ms of processor a draw, 1,000 worked out from 264: "
              f"{(few.processor + 992 * fed) / workers:.1f} s")  # fmt: skip
        counted = run(file, 1000, workers, folder, "--keep", "summary")
        for name, cost in (("rows", thousand), ("summary only", counted)):
            print(f"  {name}: {1e3 * (cost.processor - fixed.processor) / 992:.2f} ms of processor a draw, "
                  f"{cost.disk / 1e6:.2f} MB on disk, {cost.disk / 1000:,.0f} bytes a draw")  # fmt: skip
        if workers > 1:
            got, reached = speed_up(file, plan(scenario, 0), workers, folder, 2, 600)
            print(f"{workers} workers: {got:.2f} times as fast as 1, whole process, 600 draws; independent busy "
                  f"processes that simulate the same: {reached:.2f}; {got / reached:.0%} of that")  # fmt: skip
        small = folder / "small.yaml"
        small.write_text(world_text(1).replace("2031", "2027"), encoding="utf-8")
        print("memory, a small world (MB of the largest process, kB on disk):")
        for keep in ("examples", "summary"):
            peaks = []
            for draws in (1000, 4000, *(number for number in asked if number > 20_000)):
                cost = run(small, draws, workers, folder, "--keep", keep)
                peaks.append((draws, cost.megabytes))
                print(f"  --keep {keep}, {draws:,} draws: {cost.megabytes:.0f} MB, {cost.disk / 1e3:,.0f} kB")
            (few, one_peak), (many, other) = peaks[0], peaks[-1]
            if many < 100_000:
                whole = other + max(0.0, other - one_peak) / (many - few) * (100_000 - many)
                print(f"  --keep {keep}: 100,000 draws, worked out from these: {whole:.0f} MB")


if __name__ == "__main__":
    main()
