"""What is counted while draws are made: how many are done, the running median, and those that fail."""

from __future__ import annotations

import time
from bisect import insort
from collections.abc import Callable
from math import isnan
from typing import NamedTuple, Protocol

from sim.ensemble.part import OUTCOMES, Asked, Failed
from sim.ensemble.store import Chunk, Store

MOST_FAILING = 0.01
MOST_REMEMBERED = 100_000
"""Draws that the running median counts: after so many it moves no more."""


class Progress(NamedTuple):
    """Draws done, of how many, how many of them in this call, in how many seconds; median of the main result so far."""

    done: int
    draws: int
    new: int
    seconds: float
    median: float | None


class TooManyFailures(RuntimeError):
    """More fail than may: over 1% of the draws, or a stated run by a fault of this program.

    ours: whether this program is to blame for any.
    """

    def __init__(self, message: str, ours: bool) -> None:
        super().__init__(message)
        self.ours = ours


class Failing:
    """Draws that fail, counted in order from the first on: so what is said of them depends on no worker."""

    def __init__(self, draws: int, counted: str = "draws") -> None:
        """counted: what they are, in the plural."""
        self.draws, self.words = draws, counted
        self.waiting: dict[int, tuple[int, list[Failed]]] = {}
        self.counted = 0
        self.failed: list[Failed] = []

    def add(self, start: int, stop: int, failed: list[Failed]) -> None:
        """Draws that are there; counted once all before them are."""
        self.waiting[start] = stop, failed

    def count(self, stop: int) -> None:
        """Count up to a draw (exclusive). Raises TooManyFailures as soon as they are too many of all draws."""
        while self.counted < stop and self.counted in self.waiting:
            self.counted, failed = self.waiting.pop(self.counted)
            self.failed += failed
            self.check(self.draws)

    def check(self, draws: int) -> None:
        """Raises TooManyFailures if those counted are too many of so many draws."""
        if len(self.failed) > MOST_FAILING * draws:
            first, message, _ = self.failed[0]
            raise TooManyFailures(f"{len(self.failed):,} of the first {self.counted:,} {self.words} fail, more than 1% "
                                  f"of {draws:,}; the first: {self.words.removesuffix('s')} {first}: {message}",
                                  any(ours for _, _, ours in self.failed))  # fmt: skip


class Done(Protocol):
    """Draws `start` to `stop` that were just made: the main result of each."""

    @property
    def start(self) -> int: ...

    @property
    def stop(self) -> int: ...

    @property
    def main(self) -> list[float]: ...


class Counter:
    """What is done so far, and the running median."""

    def __init__(self, plan: Asked, store: Store, draws: int, told: Callable[[Progress], None] | None) -> None:
        self.store, self.draws, self.told, self.main = store, draws, told, plan.main
        self.done = self.new = 0
        self.values: list[float] = []
        self.began = time.monotonic()

    def found(self, chunk: Chunk) -> None:
        """A chunk that is there already."""
        self.done += chunk.stop - chunk.start
        if self.told is not None and len(self.values) < MOST_REMEMBERED:
            column = next(self.store.read(OUTCOMES, [self.main], chunk.n))[self.main]
            self.remember(column.tolist())  # type: ignore[union-attr]

    def add(self, part: Done) -> None:
        """Draws that were just made."""
        self.done += part.stop - part.start
        self.new += part.stop - part.start
        if self.told is not None:
            self.remember(part.main)
            self.tell()

    def remember(self, values: list[float]) -> None:
        for value in values:
            if not isnan(value) and len(self.values) < MOST_REMEMBERED:
                insort(self.values, value)

    def tell(self) -> None:
        if self.told is not None:
            median = self.values[len(self.values) // 2] if self.values else None
            self.told(Progress(self.done, self.draws, self.new, time.monotonic() - self.began, median))
