"""Running draws of which only the summary is kept: workers count, and what they counted is added up in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise

from sim.ensemble.counting import Counter, Failing, Progress
from sim.ensemble.reduce import Reduced, Reduction
from sim.ensemble.reduced_store import ReducedStore
from sim.ensemble.sketch import Gathering, Sketch
from sim.ensemble.store import CHUNK
from sim.ensemble.workers import Spread

SECONDS_BETWEEN = 20.0
"""How often what was counted so far is kept while draws are made: so much is lost by a crash."""

FEWEST = 8
"""Draws that a worker takes at once at least, few as long as there are few; at most a chunk."""


def run_reduced(
    reduction: Reduction,
    store: ReducedStore,
    draws: int,
    spread: Spread,
    told: Callable[[Progress], None] | None = None,
    enough: Callable[[Sketch, int], bool] | None = None,
) -> int:
    """Simulate the draws that the store has not counted, and count them. Returns of how many draws its counts are.

    told: called after each part. enough: asked with the counts of the first draws, after each chunk of them; once it
    says yes no more are counted, whatever else was begun: so the answer depends on no worker.
    Raises TooManyFailures, OSError, and what `spread` raises.
    """
    begun, done, failed = store.load(reduction.lines)
    gathering, failing = Gathering(begun), Failing(draws)
    counter = Counter(reduction.plan, store, draws, told)
    counter.done = done
    counter.tell()
    failing.add(0, done, failed)
    failing.count(done)
    kept = time.monotonic()
    waiting: dict[int, Reduced] = {}
    ended = done >= draws or (enough is not None and done % CHUNK == 0 and enough(begun, done))
    with closing(spread(reduction.reduced, () if ended else spans(done, draws))) as made:
        for _, reduced in made:
            waiting[reduced.start] = reduced
            counter.add(reduced)
            failing.add(reduced.start, reduced.stop, reduced.failed)
            while not ended and done in waiting:
                next_one = waiting.pop(done)
                gathering.add(next_one.sketch)
                done = next_one.stop
                failing.count(done)
                if enough is not None and (done % CHUNK == 0 or done == draws):
                    ended = enough(gathering.sum(), done)
                    if ended:
                        failing.check(done)
            if ended or time.monotonic() - kept > SECONDS_BETWEEN:
                store.save(gathering.sum(), reduction.lines, done, failing.failed)
                kept = time.monotonic()
            if ended:
                break
    store.save(gathering.sum(), reduction.lines, done, failing.failed)
    return done


def spans(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The parts (start, stop) that are given to workers: none goes over the end of a chunk."""
    at_once = min(CHUNK, max(FEWEST, (stop - start) // CHUNK))
    for first in range(start - start % CHUNK, stop, CHUNK):
        cuts = range(max(first, start), min(first + CHUNK, stop), at_once)
        yield from pairwise([*cuts, min(first + CHUNK, stop)])
