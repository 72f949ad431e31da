"""Exact sums over step functions and exponential efficiencies."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator

from sim.world.record import Steps


def value_at(steps: Steps, day: float) -> float:
    """Value on `day` (after what happened on it); 0 before the first step."""
    index = bisect_right(steps, (day, math.inf)) - 1
    return steps[index][1] if index >= 0 else 0.0


def pieces(steps: Steps, start: float, end: float) -> Iterator[tuple[float, float, float]]:
    """(from, to, value) of the pieces with a value other than 0 inside [start, end)."""
    index = max(0, bisect_right(steps, (start, math.inf)) - 1)
    for position in range(index, len(steps)):
        since, value = steps[position]
        if since >= end:
            return
        until = steps[position + 1][0] if position + 1 < len(steps) else end
        left, right = max(since, start), min(until, end)
        if value and right > left:
            yield left, right, value


def integral(steps: Steps, start: float, end: float) -> float:
    """∫ value dt over [start, end), in value · days."""
    return sum(value * (right - left) for left, right, value in pieces(steps, start, end))


def changes(lines: list[Steps], start: float, end: float) -> list[float]:
    """Ascending days in [start, end] between which every one of the step functions is constant; both ends included."""
    days = {start, end}
    for line in lines:
        first = bisect_right(line, (start, math.inf))
        for day, _ in line[first:]:
            if day >= end:
                break
            days.add(day)
    return sorted(days)


def capped_integral(value: float, rate: float, days: float, cap: float) -> float:
    """∫ min(value · e^(rate·t), cap) dt over [0, days)."""
    if value <= 0.0 or days <= 0.0:
        return 0.0

    def grown(since: float, until: float) -> float:
        at = value * math.exp(rate * since)
        return at * (math.expm1(rate * (until - since)) / rate if rate else until - since)

    last = value * math.exp(rate * days)
    if max(value, last) <= cap:
        return grown(0.0, days)
    if min(value, last) >= cap:
        return cap * days
    crossing = min(days, max(0.0, math.log(cap / value) / rate))
    if rate > 0.0:
        return grown(0.0, crossing) + cap * (days - crossing)
    return cap * crossing + grown(crossing, days)
