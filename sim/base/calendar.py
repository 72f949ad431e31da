"""Dates as days since a scenario's start, and recurrences that go by the calendar.

The kernel counts days (floats) since `start`. Every event time is rounded up to a multiple of 2^-30
day (80 microseconds), so that sums and differences of times are exact and "simultaneous" means equal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from math import ceil
from typing import Any, Final

from sim.base.units import DAYS_PER_MONTH

TICKS_PER_DAY: Final = 2.0**30

TICK: Final = 1.0 / TICKS_PER_DAY

COARSE: Final = 2.0**52 / TICKS_PER_DAY
"""From here to twice as far floats are a tick apart, so that adding it rounds to ticks."""


def tick(day: float) -> float:
    """`day` rounded up to the kernel's resolution of 2^-30 day."""
    if 0.0 <= day < COARSE:
        nearest = (day + COARSE) - COARSE
        return nearest if nearest >= day else nearest + TICK
    return ceil(day * TICKS_PER_DAY) / TICKS_PER_DAY


def day_of(when: date, start: date) -> float:
    """Days from `start` (midnight) to `when`; a `datetime` keeps its time of day."""
    day = float(when.toordinal() - start.toordinal())
    if isinstance(when, datetime):
        clock = when.time()
        seconds = clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1e6
        day += seconds / 86_400.0
    return day


_MINUTES: Final = [f" {n // 60:02d}:{n % 60:02d}:" for n in range(24 * 60)]
_SECONDS: Final = [f"{n:02d}" for n in range(60)]

_ISO_TEXTS: Final[dict[int, str]] = {}
"""Proleptic ordinal of a day -> its text. Kept: tables and draws write the same days again."""


def date_text(day: float, start: date) -> str:
    """ISO text of `start` + `day` days, to the second; the time of day is left out at midnight."""
    return _text(day, start.toordinal())


class DateTexts:
    """`date_text` from one start, kept by the day: the tables of a run write the same ones again."""

    __slots__ = ("_start", "_known")

    def __init__(self, start: date) -> None:
        self._start: int = start.toordinal()
        self._known: dict[float, str] = {}

    def of(self, day: float) -> Any:
        """As `date_text` writes a day (since the start)."""
        text = self._known.get(day)
        if text is None:
            text = self._known[day] = _text(day, self._start)
        return text


class DateSeconds(DateTexts):
    """The same dates as whole seconds since 1970: for columns of dates, to which a text would have to be read again."""

    __slots__ = ()

    def of(self, day: float) -> Any:
        """The second that `date_text` writes for a day (since the start)."""
        return _seconds(day) + (self._start - _FIRST) * 86_400


_FIRST: Final = date(1970, 1, 1).toordinal()


def _seconds(day: float) -> int:
    """The whole second next to a day, both since the same midnight."""
    exact = day * 86_400.0
    seconds = math.floor(exact)
    over = exact - seconds
    if over > 0.5 or (over == 0.5 and seconds % 2):
        seconds += 1  # as round() does it, at half its price
    return seconds


def _text(day: float, start: int) -> str:
    seconds = _seconds(day)
    days = seconds // 86_400
    ordinal = start + days
    text = _ISO_TEXTS.get(ordinal)
    if text is None:
        text = _ISO_TEXTS[ordinal] = date.fromordinal(ordinal).isoformat()
    rest = seconds - days * 86_400
    if not rest:
        return text
    minutes = rest // 60
    return text + _MINUTES[minutes] + _SECONDS[rest - minutes * 60]


_DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def add_months(when: date, months: int) -> date:
    """`when` moved by whole calendar months; the day is cut to the month's length (31 Jan + 1 = 28 Feb)."""
    year, month = divmod(when.year * 12 + when.month - 1 + months, 12)
    day = when.day
    if day > 28:
        last = _DAYS_IN_MONTH[month]
        if month == 1 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
            last = 29
        day = min(day, last)
    return date(year, month + 1, day)


@lru_cache(maxsize=65_536)
def _months_later(ordinal: int, months: int) -> int:
    """`add_months` on proleptic ordinals of days. Kept: labs, draws and years ask for the same dates again."""
    return add_months(date.fromordinal(ordinal), months).toordinal()


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A repeated date: every `months` calendar months plus every `days` days.

    The k-th occurrence is counted from the anchor, never from the one before, so that it cannot drift:
    `add_months(anchor, floor(k*months))` plus the rest of a month as a length, plus `k*days`.
    """

    months: float = 0.0
    days: float = 0.0

    def __reduce__(self) -> tuple[Any, ...]:
        return Recurrence, (self.months, self.days)  # frozen: nothing may be set on a copy that is made empty

    def occurrence(self, k: int, anchor_day: float, start: date) -> float:
        """Day (since `start`) of the k-th occurrence; the 0th is the anchor itself."""
        if not self.months:
            return tick(anchor_day + k * self.days)
        whole_days = math.floor(anchor_day)
        zero = start.toordinal()
        whole = math.floor(k * self.months + 1e-9)
        rest = max(0.0, k * self.months - whole)
        moved = _months_later(zero + whole_days, whole) - zero
        return tick(moved + (anchor_day - whole_days) + rest * DAYS_PER_MONTH + k * self.days)

    def occurrences(self, first: int, anchor_day: float, start: date, until: float) -> tuple[float, ...]:
        """Days of the occurrences from the `first`-th on that are before `until`, ascending."""
        return _occurrences(self, first, anchor_day, start, until)

    @property
    def mean_days(self) -> float:
        """Mean length of one period, in days."""
        return self.months * DAYS_PER_MONTH + self.days


@lru_cache(maxsize=256)
def _occurrences(every: Recurrence, first: int, anchor_day: float, start: date, until: float) -> tuple[float, ...]:
    """Kept: labs and draws with the same recurrence ask for the same days again."""
    result = []
    k, day = first, every.occurrence(first, anchor_day, start)
    while day < until:
        result.append(day)
        k += 1
        day = every.occurrence(k, anchor_day, start)
    return tuple(result)
