"""Counts of values in bins that all sketches share: those of many draws are the sum of those of a few, in any order.

A bin of a number is what the first 8 bits of its mantissa do not tell apart: at most 0.4% wide, so that its middle is
at most 0.2% from any value in it. It is cut from the bits of the number, so it is the same on every machine. Whole
numbers and dates have bins of 1, and are exact. What is the same in all draws is exact too, as least and most are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.estimate import Floats

BITS = 8
SHIFT = np.int64(52 - BITS)
ROOM = np.int64(1) << np.int64(40)
"""Bins that each line has room for."""
MIDDLE = ROOM // 2
NEVER = MIDDLE - 1
"""The bin of what is not reached (inf)."""


class Sketch(NamedTuple):
    """keys: line · ROOM + bin + MIDDLE, ascending; counts: of each. least, most: of each line (inf, -inf if empty)."""

    keys: NDArray[np.int64]
    counts: NDArray[np.int64]
    least: Floats
    most: Floats


def empty(lines: int) -> Sketch:
    """A sketch of so many lines without values."""
    none = np.zeros(0, dtype=np.int64)
    return Sketch(none, none, np.full(lines, np.inf), np.full(lines, -np.inf))


def sketch_of(lines: NDArray[np.int64], values: Floats, whole: NDArray[np.bool_]) -> Sketch:
    """The sketch of values, each of a line. whole: of each line there is, whether its values are whole numbers."""
    found = empty(whole.size)
    np.minimum.at(found.least, lines, values)
    np.maximum.at(found.most, lines, values)
    keys, counts = np.unique(lines * ROOM + bins_of(values, whole[lines]) + MIDDLE, return_counts=True)
    return found._replace(keys=keys, counts=counts.astype(np.int64))


def bins_of(values: Floats, whole: NDArray[np.bool_] | bool) -> NDArray[np.int64]:
    """The bin of each value."""
    bits = np.abs(values).view(np.int64) >> SHIFT
    relative = np.where(values < 0.0, -bits - 1, bits)
    exact = np.floor(np.where(np.isfinite(values) & whole, values, 0.0)).astype(np.int64)
    return np.where(whole, np.where(np.isfinite(values), exact, NEVER), relative)


def edges(bins: NDArray[np.int64], whole: bool) -> tuple[Floats, Floats]:
    """Where each bin begins and ends."""
    if whole:
        never = bins == NEVER
        return np.where(never, np.inf, bins.astype(np.float64)), np.where(never, np.inf, bins + 1.0)
    size = np.where(bins < 0, -bins - 1, bins)
    near, far = (size << SHIFT).view(np.float64), ((size + (size > 0)) << SHIFT).view(np.float64)  # 0 is 0
    return np.where(bins < 0, -far, near), np.where(bins < 0, -near, far)


class Gathering:
    """A sum of sketches that is being made: what has a bin already is counted there; new bins wait."""

    LEAST = 200_000
    """New keys that may wait at any time."""

    def __init__(self, begun: Sketch) -> None:
        self._sum = Sketch(begun.keys, begun.counts.copy(), begun.least.copy(), begun.most.copy())
        self._new: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        self._size = 0

    def add(self, sketch: Sketch) -> None:
        """Add one."""
        keys, counts, least, most = self._sum
        np.minimum(least, sketch.least, out=least)
        np.maximum(most, sketch.most, out=most)
        known = np.zeros(sketch.keys.size, dtype=bool)
        if keys.size:
            place = np.minimum(np.searchsorted(keys, sketch.keys), keys.size - 1)
            known = keys[place] == sketch.keys
            counts[place[known]] += sketch.counts[known]
        self._new.append((sketch.keys[~known], sketch.counts[~known]))
        self._size += self._new[-1][0].size
        if self._size > max(self.LEAST, keys.size // 4):
            self.sum()

    def sum(self) -> Sketch:
        """All of them as one; it changes when more are added."""
        if self._size:
            keys, same = np.unique(np.concatenate([keys for keys, _ in self._new]), return_inverse=True)
            counts = np.zeros(keys.size, dtype=np.int64)
            np.add.at(counts, same, np.concatenate([more for _, more in self._new]))
            place = np.searchsorted(self._sum.keys, keys)
            self._sum = self._sum._replace(
                keys=np.insert(self._sum.keys, place, keys), counts=np.insert(self._sum.counts, place, counts)
            )
        self._new, self._size = [], 0
        return self._sum


class Binned:
    """Values in ascending order, each the middle of its bin: what `estimate` and `survival` need of an array.

    values: of the bins, ascending. counts: how many each stands for. size: of all.
    """

    def __init__(self, values: Floats, counts: NDArray[np.int64]) -> None:
        self.values, self.counts = values, counts
        self._until = np.cumsum(counts)
        self.size = int(self._until[-1]) if counts.size else 0

    def __getitem__(self, n: int) -> np.float64:
        found: np.float64 = self.values[np.searchsorted(self._until, n, side="right")]
        return found

    def searchsorted(self, value: float, side: Any = "left") -> int:
        """How many are below a value (`right`: or equal to it)."""
        place = int(np.searchsorted(self.values, value, side=side))
        return int(self._until[place - 1]) if place else 0


def binned(sketch: Sketch, line: int, whole: bool) -> Binned:
    """The values of one line."""
    first, last = np.searchsorted(sketch.keys, (line * ROOM, (line + 1) * ROOM))
    begin, end = edges(sketch.keys[first:last] - line * ROOM - MIDDLE, whole)
    if not begin.size:
        return Binned(begin, sketch.counts[first:last])
    if whole:
        return Binned(begin, sketch.counts[first:last])
    begin, end = np.maximum(begin, sketch.least[line]), np.minimum(end, sketch.most[line])
    return Binned(begin + (end - begin) / 2.0, sketch.counts[first:last])


def together(parts: Sequence[Binned]) -> Binned:
    """The values of several lines as one."""
    values, place = np.unique(np.concatenate([part.values for part in parts]), return_inverse=True)
    counts = np.zeros(values.size, dtype=np.int64)
    np.add.at(counts, place, np.concatenate([part.counts for part in parts]))
    return Binned(values, counts)
