"""Values that change with time: dated series."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

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

    def __reduce__(self) -> tuple[Any, ...]:
        # frozen: nothing may be set on a copy that is made empty
        return Series, (self.points, self.exponential, self.every, self.growth_per_day)

    @property
    def constant(self) -> bool:
        """Whether it has the same value on all days."""
        return len(self.points) == 1 and not self.growth_per_day

    def at(self, day: float) -> float:
        """Value at `day`; the first point's value before it."""
        points = self.points
        if len(points) == 1 and not self.growth_per_day:
            return points[0][1]
        index, last = 0, len(points)
        while index < last:  # as bisect_right, of the days alone
            middle = (index + last) // 2
            if day < points[middle][0]:
                last = middle
            else:
                index = middle + 1
        index -= 1
        if index < 0:
            return points[0][1]
        day0, value0 = points[index]
        if index == len(points) - 1:
            return value0 * _exp(self.growth_per_day * (day - day0)) if self.growth_per_day else value0
        if not self.exponential:
            return value0
        day1, value1 = points[index + 1]
        if value0 <= 0.0 or value1 <= 0.0:
            return value0 + (value1 - value0) * (day - day0) / (day1 - day0)
        return float(value0 * (value1 / value0) ** ((day - day0) / (day1 - day0)))


def power(base: float, exponent: float) -> float:
    """`base` to a power; infinite where that is too large for a float."""
    try:
        return float(base**exponent)
    except OverflowError:
        return math.inf


def _exp(exponent: float) -> float:
    try:
        return math.exp(exponent)
    except OverflowError:
        return math.inf


def fixed(value: float) -> Series:
    """The series that always has `value`."""
    return Series(((0.0, value),))


def steps_of(series: Series, end: float, start: date, default_every: Recurrence) -> list[tuple[float, float]]:
    """The days in (0, end) on which the series takes a new value, with the value: its declared steps.

    A staircase steps at its points; an exponential one at its points and at every occurrence of `every`.
    """
    points = series.points
    days = {tick(day) for day, _ in points}
    if series.exponential or series.growth_per_day:
        every = series.every or default_every
        first = points[0][0]
        last = end if series.growth_per_day else points[-1][0]
        days.update(every.occurrences(1, first, start, min(end, last)))
    steps = []
    value = series.at(0.0)
    for day in sorted(days):
        if 0.0 < day < end:
            new = series.at(day)
            if new != value:
                steps.append((day, new))
                value = new
    return steps
