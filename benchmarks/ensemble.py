"""What a draw of an ensemble costs against one simulation; how processes add up; memory: ratios where it can be.

The claims: a draw costs at most 1.3 times one simulation with its windows, models and levels; processes give at least
85% of what as many independent busy ones get on the same machine in the same run; memory does not grow with the draws.
`python benchmarks/ensemble.py 100000` also runs that many draws of a small world, for their peak memory.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from sim.ensemble.part import Plan, simulate_part
from sim.ensemble.run import central_record, plan_of
from sim.ensemble.sampler import Sampler
from sim.scenario import Scenario, load
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
LAB = """
  Lab{n}:
    compute: {{stock: 50000 to {most} H100e, grows: 2x to 4x per year, every: 3 months}}
    use: {{training: 10%, experiments: 50%, research: 10%, serving: 30%}}
    runs: {{starts: 2026-0{month}-01, every: 6 to 12 months, length: 60 to 120 days, public_after: 30 days}}
    after_training: {{move: 100%, to: research, for: 60 days}}
"""
PATH = Path(__file__).parents[1]


def world_text(labs: int = 3) -> str:
    """Labs with quarterly deliveries, a run every six to twelve months and an earmark after each; five years."""
    return WORLD.format(labs="".join(LAB.format(n=n, most=200_000 + 20_000 * n, month=n % 9 + 1) for n in range(labs)))


def plan(scenario: Scenario, examples: int) -> Plan:
    """What every draw is asked; trajectory and events of the first ones."""
    import dataclasses

    sampler = Sampler(scenario)
    return dataclasses.replace(plan_of(scenario, sampler, central_record(scenario, sampler.seed)), examples=examples)


def spent(action: Callable[[], object]) -> float:
    """Processor seconds of an action."""
    gc.collect()
    start = time.process_time()
    action()
    return time.process_time() - start


def per_draw(scenario: Scenario, draws: int, rounds: int) -> tuple[float, float, float]:
    """(ms of one simulation with its tables, best and median ratio of a draw's cost to it), the two alternating."""
    made = plan(scenario, 0)
    quantiles = made.sampler.quantiles(0, draws)
    worlds = [made.sampler.draw(i, row) for i, row in enumerate(quantiles)]

    def alone() -> None:
        for draw in worlds:
            record = simulate(draw)
            rates = Rates(record)
            for name in ("windows", "models", "levels"):
                tabulate(record, name, rates)

    pairs = [(spent(alone), spent(lambda: simulate_part(made, (0, draws)))) for _ in range(rounds)]
    best = min(each for _, each in pairs) / min(one for one, _ in pairs)
    return min(one for one, _ in pairs) / draws * 1e3, best, median(each / one for one, each in pairs)


def busy(count: int) -> None:
    """Some work for one processor."""
    total = 0.0
    for n in range(count):
        total += n % 7


def seconds_of_busy(processes: int, count: int) -> float:
    """Wall seconds until so many independent processes have each done the work."""
    context = multiprocessing.get_context("fork")
    made = [context.Process(target=busy, args=(count,)) for _ in range(processes)]
    start = time.perf_counter()
    for each in made:
        each.start()
    for each in made:
        each.join()
    return time.perf_counter() - start


def run(file: Path, draws: int, workers: int, folder: Path) -> tuple[float, float]:
    """(wall seconds of the whole command, MB of its peak memory) of `sim run -n`."""
    code = (
        "import resource, sys; from sim.cli import main; status = main(sys.argv[1:]); "
        "most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)); "
        "print(most, file=sys.stderr); sys.exit(status)"
    )
    line = [sys.executable, "-c", code, "run", str(file), "-n", str(draws), "--workers", str(workers), "--out",
            str(folder / f"{draws}-{workers}")]  # fmt: skip
    start = time.perf_counter()
    done = subprocess.run(line, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(PATH)})
    return time.perf_counter() - start, int(done.stderr.split()[-1]) / 1024.0


def speed_up(file: Path, workers: int, folder: Path, rounds: int, draws: int) -> tuple[float, float]:
    """(speed-up of the ensemble, what independent busy processes reach), the best of some alternating rounds each."""
    count = 20_000_000
    ones, manys, lone, several = [], [], [], []
    for n in range(rounds):
        at = folder / f"round-{n}"
        lone.append(seconds_of_busy(1, count))
        ones.append(run(file, draws, 1, at)[0])
        several.append(seconds_of_busy(workers, count))
        manys.append(run(file, draws, workers, at)[0])
    return min(ones) / min(manys), workers * min(lone) / min(several)


def main() -> None:
    """All of it: a few minutes."""
    scenario = load("benchmark.yaml", text=world_text())
    print("a draw (record, windows, models, levels, outcomes, series, encoded) over one simulation with its tables:")
    for name, of, draws, rounds in (
        ("three labs, five years", scenario, 40, 9),
        ("one-lab", load(PATH / "scenarios" / "one-lab.yaml"), 40, 9),
        ("frontier", load(PATH / "scenarios" / "frontier.yaml"), 8, 5),
        ("frontier-2032", load(PATH / "scenarios" / "frontier-2032.yaml"), 2, 5),
    ):
        one, best, typical = per_draw(of, draws, rounds)
        print(f"  {name}: {one:.1f} ms alone; {best:.2f} (best), {typical:.2f} (median)")
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        file = folder / "world.yaml"
        file.write_text(world_text(), encoding="utf-8")
        took, peak = run(file, 1000, workers, folder)
        size = sum(path.stat().st_size for path in (folder / f"1000-{workers}").iterdir())
        print(f"1,000 draws, three labs over five years, whole process, {workers} workers: {took:.1f} s, {peak:.0f} MB"
              f" in its largest process, {size / 1e3:.1f} kB a draw on disk")  # fmt: skip
        if workers > 1:
            got, reached = speed_up(file, workers, folder, 3, 1000)
            print(f"{workers} workers: {got:.2f} times as fast as 1; independent busy processes: {reached:.2f}; "
                  f"{100.0 * got / reached:.0f}% of that")  # fmt: skip
        small = folder / "small.yaml"
        small.write_text(world_text(1).replace("2031", "2027"), encoding="utf-8")
        for draws in (1000, 4000, *(int(word) for word in sys.argv[1:])):
            took, peak = run(small, draws, workers, folder)
            print(f"{draws:,} draws of a small world: {took:.1f} s, peak {peak:.0f} MB in its largest process")
    print(f"(this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0:.0f} MB)")


if __name__ == "__main__":
    main()
