"""The runs that Sobol indices take: counted first, kept on the way, gone on with."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from sim.analysis.variance import Variance, blocks_of, saltelli_rows, variance
from sim.aside import Busy, discard, working
from sim.base import interrupt
from sim.base.choices import EXAMPLES
from sim.base.limits import MOST_EVENTS
from sim.ensemble.changes import changes
from sim.ensemble.design import Stated, Told, plan_of_stated, run_many, second_points
from sim.ensemble.estimate import Floats
from sim.ensemble.factors import acting, factors_of
from sim.ensemble.files import holds_only
from sim.ensemble.observed import Results
from sim.ensemble.program import CELLS, program
from sim.ensemble.run import central_record, spec_of
from sim.ensemble.sampler import Sampler
from sim.ensemble.store import SPEC, Store, chunks_of
from sim.output import OutputError
from sim.scenario import Scenario
from sim.scenario.files import EFFECTIVE
from sim.tables.chance import has_chance

MOST_RUNS = 10_000
"""Runs that are made without being asked for by number."""
POINTS = 128


class TooManyRuns(ValueError):
    """Sobol indices would take more runs than were allowed."""


def sobol_indices(
    scenario: Scenario,
    of: str,
    seed: int,
    *,
    points: int = POINTS,
    most_runs: int = MOST_RUNS,
    workers: int | None = None,
    folder: Path | None = None,
    resume: bool = False,
    say: Callable[[str], None] | None = None,
    told: Told | None = None,
) -> tuple[Variance, Floats]:
    """Shares of a result's variance, and the values of all inputs at the points A (dates as days since 1970-01-01).

    say: is told how many runs there will be before any is made. folder: keeps them on the way, and with `resume` goes
    on with what it holds; gone when all is done. Raises TooManyRuns, OutputError, and what `run_draws` raises.
    """
    factors = acting(factors_of(scenario))
    blocks = blocks_of(factors, has_chance(central_record(scenario, seed).draw))
    runs = points * (len(blocks) + 2)
    count = f"{points:,} points × ({len(blocks):,} inputs + 2) = {runs:,} runs"
    if runs > most_runs:
        raise TooManyRuns(f"Sobol indices take {count}, more than {most_runs:,}: take fewer points, or allow more runs")
    if say is not None:
        say(f"Sobol indices: {count}")
    sampler = Sampler(scenario, seed)
    rows, events = saltelli_rows(sampler.paths, blocks, sampler.quantiles(0, points), second_points(sampler, points))
    stated = Stated(scenario, seed, rows, events)
    stated.method = "saltelli"
    plan = plan_of_stated(scenario, stated)
    spec = {**spec_of(scenario, stated, runs, MOST_EVENTS, EXAMPLES), "program": program(CELLS),
            "blocks": [list(block.paths) for block in blocks]}  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="sim-sobol-") as temporary:
        kept = Path(temporary) if folder is None else folder
        try:
            kept.mkdir(parents=True, exist_ok=True)
            with working(kept):
                if not resume and not holds_only(kept, {SPEC, EFFECTIVE}):
                    raise OutputError(f"{kept}: holds unfinished runs; add --resume to go on with them, or delete it")
                store = Store(kept)
                different = changes(store, spec, scenario) if store.spec is not None else []
                if different:
                    raise OutputError(f"{kept}: holds runs of something else ({'; '.join(different)}); delete it, or "
                                      "choose another folder with --out")  # fmt: skip
                store.begin(spec, {EFFECTIVE: scenario.effective_yaml()})
                run_many(plan, runs, kept, workers, told)
                store.drop_after(chunks_of(runs))  # of more points, asked for before
                results = Results(store, runs)
                found = variance(blocks, results.observed(of), seed)
                inputs = results.inputs([factor.path for factor in factors])[:: len(blocks) + 2]
                if folder is not None:
                    discard(folder)
        except Busy:
            raise OutputError(f"{kept}: another is at work there") from None
        except KeyboardInterrupt as stop:
            done = sum(chunk["draws"][1] - chunk["draws"][0] for chunk in Store(kept).chunks())
            if folder is not None and done:
                interrupt.note(stop, f"{done:,} of {runs:,} runs are kept in {kept}/: go on with --resume")
            raise
    return found, inputs
