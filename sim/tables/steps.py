"""Exact sums over step functions and exponential efficiencies."""

from __future__ import annotations

import math
from bisect import bisect_right, insort
from collections.abc import Iterator

from sim.base.piece import Piece
from sim.world.record import Steps


def value_at(steps: Steps, day: float) -> float:
    """Value on `day` (after what happened on it); 0 before the first step."""
    index = bisect_right(steps, (day, math.inf)) - 1
    return steps[index][1] if index >= 0 else 0.0


def integral(steps: Steps, start: float, end: float) -> float:
    """∫ value dt over [start, end), in value · days."""
    total = 0.0
    n, last = max(0, bisect_right(steps, (start, math.inf)) - 1), len(steps) - 1
    while n <= last:
        since, value = steps[n]
        if since >= end:
            break
        n += 1
        if value:
            until = steps[n][0] if n <= last else end
            left, right = since if since > start else start, until if until < end else end
            if right > left:
                total += value * (right - left)
    return total


def _sweep(lines: list[Steps]) -> Iterator[tuple[float, list[float]]]:
    """(day, values of those not 0, in their order) for each day on which a step function changes."""
    moves = sorted((day, n, value) for n, line in enumerate(lines) for day, value in line)
    every = sorted({day for day, _, _ in moves})
    values: dict[int, float] = {}
    active: list[int] = []
    position = 0
    for day in every:
        while position < len(moves) and moves[position][0] == day:
            _, n, value = moves[position]
            position += 1
            if value and n not in values:
                insort(active, n)
            elif n in values and not value:
                active.remove(n)
                del values[n]
            if value:
                values[n] = value
        yield day, [values[n] for n in active]


def total(lines: list[Steps]) -> Steps:
    """The sum of step functions, with a step on every day on which one of them changes."""
    result = []
    for day, values in _sweep(lines):
        now = 0.0
        for value in values:
            now += value
        result.append((day, now))
    return result


def capped_integral(piece: Piece, days: float, cap: float) -> float:
    """∫ min(A, cap) dt over the first `days` of a piece of something A that moves one way as efficiencies do."""
    if piece.value <= 0.0 or days <= 0.0:
        return 0.0
    if cap == math.inf:
        return piece.integral(days)
    last = piece.at(piece.day + days)
    if max(piece.value, last) <= cap:
        return piece.integral(days)
    if min(piece.value, last) >= cap:
        return cap * days
    crossing = min(days, max(0.0, piece.days_to(cap)))
    if piece.rate > 0.0:
        return piece.integral(crossing) + cap * (days - crossing)
    return cap * crossing + piece.moved(piece.day + crossing).integral(days - crossing)
