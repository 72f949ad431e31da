"""Values that change with time: dated series, and the growth law of an efficiency."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sim.base.calendar import Recurrence, tick


@dataclass(frozen=True, slots=True)
class Series:
    """A dated value. `points` are (day, value), days ascending since the scenario's start.

    `staircase`: a value holds from its day on. `exponential`: between points the value grows at a
    constant rate; users of the series move it in declared steps (`every`), except the two software
    efficiencies, which follow it in closed form. After the last point the value holds, or grows by
    `growth_per_day` (natural log) if that is stated.
    """

    points: tuple[tuple[float, float], ...]
    exponential: bool = False
    every: Recurrence | None = None
    growth_per_day: float = 0.0

    @property
    def constant(self) -> bool:
        return len(self.points) == 1 and not self.growth_per_day

    def at(self, day: float) -> float:
        """Value at `day`; the first point's value before it."""
        points = self.points
        index = bisect_right(points, day, key=lambda point: point[0]) - 1
        if index < 0:
            return points[0][1]
        day0, value0 = points[index]
        if index == len(points) - 1:
            return value0 * math.exp(self.growth_per_day * (day - day0)) if self.growth_per_day else value0
        if not self.exponential:
            return value0
        day1, value1 = points[index + 1]
        if value0 <= 0.0 or value1 <= 0.0:
            return value0 + (value1 - value0) * (day - day0) / (day1 - day0)
        return float(value0 * (value1 / value0) ** ((day - day0) / (day1 - day0)))


def fixed(value: float) -> Series:
    """The series that always has `value`."""
    return Series(((0.0, value),))


def grown_span(rate: float, span: float) -> float:
    """∫ e^(rate·t) dt over [0, span); exact to rounding for rates of any size."""
    growth = rate * span
    return span * (1.0 + growth / 2.0) if abs(growth) < 1e-9 else math.expm1(growth) / rate


@dataclass(frozen=True, slots=True)
class Growth:
    """An efficiency as exact pieces: A(t) = value · exp(rate · (t − day)) from each piece's day on.

    The first piece also holds before its day, so that models older than the start have an efficiency: growth at a
    stated rate goes back in time, and a dated series, which begins with a flat piece, has its first value there.
    """

    pieces: tuple[tuple[float, float, float], ...]

    def at(self, day: float) -> float:
        pieces = self.pieces
        if len(pieces) == 1:
            day0, value, rate = pieces[0]
        else:
            index = bisect_right(pieces, day, key=lambda piece: piece[0]) - 1
            day0, value, rate = pieces[index if index > 0 else 0]
        return value * math.exp(rate * (day - day0)) if rate else value

    def segments(self, start: float, end: float) -> Iterator[tuple[float, float, float, float]]:
        """(from, to, value at from, rate per day) for the pieces inside [start, end)."""
        if end <= start:
            return
        pieces = self.pieces
        cuts = [start, *(piece[0] for piece in pieces[1:] if start < piece[0] < end), end]
        for left, right in pairwise(cuts):
            index = max(0, bisect_right(pieces, left, key=lambda piece: piece[0]) - 1)
            yield left, right, self.at(left), pieces[index][2]

    def integral(self, start: float, end: float) -> float:
        """∫ A dt over [start, end), in days."""
        total = 0.0
        for left, right, value, rate in self.segments(start, end):
            span = right - left
            total += value * grown_span(rate, span)
        return total


def growth_from(series: Series) -> Growth:
    """The exact growth law of a dated efficiency: staircase pieces, or exponential ones between points.

    As in the series, the first value also holds before its day.
    """
    points = series.points
    pieces = []
    for index, (day, value) in enumerate(points):
        rate = 0.0
        if index == len(points) - 1:
            rate = series.growth_per_day
        elif series.exponential:
            next_day, next_value = points[index + 1]
            rate = math.log(next_value / value) / (next_day - day)
        pieces.append((day, value, rate))
    first_day, first_value, first_rate = pieces[0]
    if first_rate:
        pieces.insert(0, (first_day, first_value, 0.0))
    return Growth(tuple(pieces))


def steps_of(series: Series, end: float, start: date, default_every: Recurrence) -> list[tuple[float, float]]:
    """The days in (0, end) on which the series takes a new value, with the value: its declared steps.

    A staircase steps at its points; an exponential one at its points and at every occurrence of `every`.
    """
    points = series.points
    days = {tick(day) for day, _ in points}
    if series.exponential or series.growth_per_day:
        every = series.every or default_every
        first = points[0][0]
        k, day = 1, every.occurrence(1, first, start)
        last = end if series.growth_per_day else points[-1][0]
        while day < min(end, last):
            days.add(day)
            k += 1
            day = every.occurrence(k, first, start)
    steps = []
    value = series.at(0.0)
    for day in sorted(days):
        if 0.0 < day < end:
            new = series.at(day)
            if new != value:
                steps.append((day, new))
                value = new
    return steps
