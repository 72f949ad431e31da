"""The exact date on which something that grows between events crosses a threshold."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Final

from sim.base.calendar import TICKS_PER_DAY
from sim.base.growth import Growth
from sim.base.piece import Piece

Part = tuple[float, Growth | None]
"""(value at efficiency 1, the efficiency that multiplies it or None)."""


ROUNDING: Final = 1e-9
"""Share of a number by which a sum of accelerators may miss it: rounding."""


def to_rounding(number: float) -> float:
    """What a sum of accelerators has to be, to count as `number`."""
    return number * (1.0 - ROUNDING)


def value_of(parts: Iterable[Part], day: float) -> float:
    """The sum of parts on a day."""
    total = 0.0
    for base, law in parts:
        total += base if law is None else base * law.at(day)
    return total


def first_day(value: Callable[[float], float], met: Callable[[float], bool], target: float, left: float, right: float,
              cuts: Iterable[float] = ()) -> float | None:  # fmt: skip
    """The first tick in [left, right) on which `met(value(day))`; None if there is none.

    The value is positive and, between `cuts`, monotone. Found by secants of its logarithm (one is enough where it
    grows at a constant rate) with bisection as a safeguard, so it holds for any law.
    """
    days = [left, *sorted({cut for cut in cuts if left < cut < right}), right]
    below = value(left)
    for since, until in pairwise(days):
        if met(below):
            return since
        above = value(until)
        if not met(above):
            below = above
            continue
        low, high = math.floor(since * TICKS_PER_DAY), math.ceil(until * TICKS_PER_DAY)
        for tries in range(200):
            if high - low <= 1:
                break
            middle = (low + high) // 2
            if tries % 3 < 2 and below > 0.0 and above > 0.0 and target > 0.0 and above != below:
                part = math.log(target / below) / math.log(above / below)
                middle = low + math.ceil(part * (high - low))
            middle = min(max(middle, low + 1), high - 1)
            now = value(middle / TICKS_PER_DAY)
            if met(now):
                high, above = middle, now
            else:
                low, below = middle, now
        day = high / TICKS_PER_DAY
        if day < right:
            return day
    return None


def cuts_of(parts: Iterable[Part], since: float) -> list[float]:
    """The days after `since` on which the law of one of the parts changes."""
    return [
        piece.day
        for _, law in parts
        if law is not None and law.pieces[-1].day > since
        for piece in law.pieces[bisect_right(law.pieces, since, key=_day_of) :]
    ]


def _day_of(piece: Piece) -> float:
    return piece.day
