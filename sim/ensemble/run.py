"""Running an ensemble: which draws are missing, who simulates them, and what is kept of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

from sim.base.choices import ALL, EXAMPLE_DRAWS, EXAMPLES, SUMMARY
from sim.base.limits import MOST_DRAWS, MOST_EVENTS
from sim.ensemble.chunk_writer import ChunkWriter
from sim.ensemble.counting import Counter, Failing, Progress
from sim.ensemble.part import (
    FAILURE_COLUMNS,
    FAILURES,
    OUTCOMES,
    SERIES,
    Asked,
    Failed,
    Part,
    Plan,
    columns_of,
    failed_text,
)
from sim.ensemble.program import program
from sim.ensemble.sampler import Sampler
from sim.ensemble.store import CHUNK, Chunk, Store, chunks_of
from sim.ensemble.workers import Spread
from sim.scenario import Scenario
from sim.scenario.policy_code import simulate_draw
from sim.scenario.quantities import derived_quantities, uncertain_quantities
from sim.tables.series import dates_of
from sim.tables.table import Column
from sim.world.record import RunRecord
from sim.world.simulate import SimulationError

PART, LARGEST = 8, 32
"""Draws that a worker takes at once: few at the end, so that all workers end at about the same time. Before that more:
what a part costs besides its draws is as much for many.
"""

LEFT = 64
"""A part is at most one in so many of the draws that are left."""

REDUCED = (OUTCOMES, "windows", SERIES, FAILURES)
"""Tables that are made of draws of which only the summary is kept."""


def examples_of(keep: str) -> int:
    """The first draws, of which long tables are kept."""
    return MOST_DRAWS if keep == ALL else EXAMPLE_DRAWS


def central_record(scenario: Scenario, seed: int, most_events: int = MOST_EVENTS) -> RunRecord:
    """The central case; one that could not go on to its end is as good as it went. Raises what nothing can follow."""
    try:
        return simulate_draw(scenario.draw(seed=seed, listed=False), most_events=most_events)
    except SimulationError as error:
        if error.day <= 0.0:
            raise
        return error.record


def plan_of(
    scenario: Scenario, sampler: Sampler, central: RunRecord, *, most_events: int = MOST_EVENTS, keep: str = EXAMPLES
) -> Plan:
    """What every draw is asked."""
    quantities = uncertain_quantities(scenario)
    inputs = tuple(quantities.get(path) for path in sampler.paths)
    examples = examples_of(keep)
    derived = tuple(each for path, each in derived_quantities(scenario).items() if path not in sampler.paths)
    columns = columns_of(central, tuple(sampler.paths), inputs, derived)
    if keep == SUMMARY:
        examples, columns = 0, {name: columns[name] for name in REDUCED}
    return Plan(sampler, most_events, examples, inputs, derived, dates_of(central), columns)


def spec_of(scenario: Scenario, sampler: Sampler, draws: int, most_events: int, keep: str) -> dict[str, Any]:
    """What `ensemble.json` says: all but the number of draws must agree for draws to be added."""
    return {
        "program": program(),
        "name": scenario.name,
        "scenario_hash": scenario.hash,
        "seed": sampler.seed,
        "method": sampler.method,
        "chunk": CHUNK,
        "keep": keep,
        "max_events": most_events,
        "inputs": list(sampler.paths),
        "draws": draws,
    }


def run_draws(
    plan: Asked,
    store: Store,
    draws: int,
    spread: Spread,
    told: Callable[[Progress], None] | None = None,
    enough: Callable[[int], bool] | None = None,
    counted: str = "draws",
) -> int:
    """Simulate the draws that the store does not hold, and write them chunk by chunk. Returns how many draws there are.

    told: called after each part. enough: asked with the number of draws from the first on that are there, whole chunks
    in order; once it says yes no more are made, whatever else was begun: so the answer depends on no worker.
    counted: what they are called. Raises TooManyFailures, OSError, and what `spread` raises.
    """
    counter = Counter(plan, store, draws, told)
    chunks = chunks_of(draws)
    missing = []
    for chunk in chunks:
        if store.holds(chunk):
            counter.found(chunk)
        else:
            missing.append(chunk)
    counter.tell()
    lacking = {chunk.n for chunk in missing}
    through = _Through(chunks, lacking, enough, Failing(draws, counted))
    for chunk in chunks:
        if chunk.n not in lacking:
            through.failing.add(chunk.start, chunk.stop, failures_of(store, chunk, plan.columns[FAILURES]))
    if through.reached():
        return draws if through.stop is None else through.stop
    by_start = {span: chunk for chunk in missing for span in spans(chunk, draws)}
    without_examples = {name: columns for name, columns in plan.columns.items() if name not in plan.long}
    waiting: dict[int, dict[int, Part]] = {}

    def written(wait: bool) -> bool:
        """Whether the draws are enough, now that the chunk that was begun may be there."""
        chunk = writer.written(wait)
        if chunk is not None:
            lacking.discard(chunk.n)
        return through.reached()

    with ChunkWriter(store) as writer, closing(spread(plan.simulate, by_start)) as made:
        for span, part in made:
            chunk = by_start[span]
            parts = waiting.setdefault(chunk.n, {})
            parts[part.start] = part
            counter.add(part)
            through.failing.add(part.start, part.stop, part.failed)
            whole = sum(each.stop - each.start for each in parts.values()) == chunk.stop - chunk.start
            if written(wait=whole):
                break
            if not whole:
                continue
            ordered = [parts[start] for start in sorted(parts)]
            columns = plan.columns if chunk.start < plan.examples else without_examples
            writer.begin(chunk, columns, [each.tables for each in ordered], sum(len(p.failed) for p in ordered))
            del waiting[chunk.n]
        else:
            written(wait=True)
    return draws if through.stop is None else through.stop


def spans(chunk: Chunk, draws: int) -> list[tuple[int, int]]:
    """The parts of a chunk: (start, stop). draws: of all chunks."""
    at_once = max(PART, min(LARGEST, (draws - chunk.start) // LEFT))
    return [(start, min(start + at_once, chunk.stop)) for start in range(chunk.start, chunk.stop, at_once)]


def failures_of(store: Store, chunk: Chunk, columns: Sequence[Column]) -> list[Failed]:
    """Draws of a chunk that is there which could not be simulated. columns: of `failures`."""
    if not (store.listed(chunk.n) or {}).get("failed", 0):
        return []
    where = [column.name for column in columns[: -len(FAILURE_COLUMNS)]]
    found: Any = next(store.read(FAILURES, ["draw", "kind", "message", "ours", *where], chunk.n))
    kinds, messages, *worlds = ([texts.words[code] if code >= 0 else "" for code in texts.codes]
                                for texts in (found[name] for name in ("kind", "message", *where)))  # fmt: skip
    return [(int(draw), failed_text((world[n] for world in worlds), messages[n] or kinds[n]), bool(ours == 1))
            for n, (draw, ours) in enumerate(zip(found["draw"], found["ours"], strict=True))]  # fmt: skip


class _Through:
    """Whether the draws from the first on are enough, asked once for each chunk, in order."""

    def __init__(
        self, chunks: list[Chunk], lacking: set[int], enough: Callable[[int], bool] | None, failing: Failing
    ) -> None:
        self.chunks, self.lacking, self.enough, self.failing = chunks, lacking, enough, failing
        self.next = 0
        self.stop: int | None = None

    def reached(self) -> bool:
        """Raises TooManyFailures."""
        while self.stop is None and self.next < len(self.chunks):
            stop = self.chunks[self.next].stop
            self.failing.count(stop)
            if self.next in self.lacking:
                return False
            self.next += 1
            if self.enough is not None and self.enough(stop):
                self.failing.check(stop)
                self.stop = stop
        return self.stop is not None
