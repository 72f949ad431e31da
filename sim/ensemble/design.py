"""Runs whose quantiles are stated, not drawn: paired runs, and the designs of variance-based indices."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.base.limits import MOST_EVENTS
from sim.ensemble import columns, sobol
from sim.ensemble.counting import Progress, TooManyFailures
from sim.ensemble.estimate import Floats
from sim.ensemble.part import LONG, Plan, simulate_part
from sim.ensemble.run import central_record, plan_of, run_draws, spans
from sim.ensemble.sampler import Sampler
from sim.ensemble.store import Store, chunks_of
from sim.ensemble.workers import spread
from sim.model.draw import Draw
from sim.scenario import Scenario

Told = Callable[[Progress], None]


class Stated(Sampler):
    """Run i has the i-th of the stated rows of quantiles, and the random events of draw `events[i]` of the seed.

    rows: a row a run, a column for each of `paths`.
    """

    def __init__(self, scenario: Scenario, seed: int, rows: Floats, events: NDArray[np.int64]) -> None:
        super().__init__(scenario, seed)
        self.rows, self.events = rows, events

    def quantiles(self, start: int, stop: int) -> Floats:
        """The stated rows `start` to `stop` (exclusive)."""
        return self.rows[start:stop]

    def draw_with(self, i: int, values_row: Sequence[float]) -> Draw:
        """Run number `i` in which the inputs have the given values."""
        return super().draw_with(int(self.events[i]), values_row)


def second_points(sampler: Sampler, stop: int) -> Floats:
    """As many more points as draws 0 to `stop` (exclusive), independent of those: in the first Sobol columns that are
    free.
    """
    paths, taken = [f"{path}/second" for path in sampler.paths], {sampler.dimensions[path] for path in sampler.paths}
    free = [k for k in range(sobol.DIMENSIONS) if k not in taken][: len(paths)]
    if len(free) < len(paths):
        found = np.column_stack([columns.uniform(sampler.seed, path, 0, stop) for path in paths])
    else:
        words = [sobol.scrambled(k, sampler.seed, path) for k, path in zip(free, paths, strict=True)]
        found = sobol.points(np.array(words, dtype=np.uint32).T.copy(), 0, stop)
    sampler.correlate(found)
    return found


def plan_of_stated(scenario: Scenario, sampler: Stated, most_events: int = MOST_EVENTS) -> Plan:
    """What every stated run is asked: no trajectory and no events."""
    plan = plan_of(scenario, sampler, central_record(scenario, sampler.seed, most_events), most_events=most_events)
    return dataclasses.replace(plan, examples=0)


def run_pairs(plan: Plan, runs: int, store: Store, workers: int | None = None) -> dict[int, str]:
    """Simulate stated runs and write them. Returns those that fail, and why: they have no result, and stop no other.

    Raises TooManyFailures for one that fails by a fault of this program: nothing can be said of what it would have
    been. Raises OSError, and what `sim.ensemble.workers.spread` raises.
    """
    failed: dict[int, str] = {}
    kept = {name: found for name, found in plan.columns.items() if name not in LONG}
    for chunk in chunks_of(runs):
        made = spread(partial(simulate_part, plan), spans(chunk, chunk.stop), workers or os.cpu_count() or 1)
        with closing(made):
            parts = [part for _, part in sorted(made, key=lambda each: each[0])]
        store.write(chunk, kept, [part.tables for part in parts], sum(len(part.failed) for part in parts))
        for run, why, ours in (each for part in parts for each in part.failed):
            if ours:
                raise TooManyFailures(f"run {run} of {runs:,} fails by a fault of this program: {why}", ours)
            failed[run] = why
    return failed


def run_many(plan: Plan, runs: int, folder: Path, workers: int | None = None, told: Told | None = None) -> Store:
    """Simulate the stated runs that a folder does not hold. Raises what `sim.ensemble.run.run_draws` raises."""
    store = Store(folder)
    run_draws(plan, store, runs, partial(spread, workers=workers or os.cpu_count() or 1), told, counted="runs")
    return store
