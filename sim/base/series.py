"""Values that change with time: dated series, and the growth law of an efficiency."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

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
        """Whether it has the same value on all days."""
        return len(self.points) == 1 and not self.growth_per_day

    def at(self, day: float) -> float:
        """Value at `day`; the first point's value before it."""
        points = self.points
        if len(points) == 1 and not self.growth_per_day:
            return points[0][1]
        index = bisect_right(points, (day, math.inf)) - 1
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


def grown_span(rate: float, span: float) -> float:
    """∫ e^(rate·t) dt over [0, span), in days (`rate` per day); exact to rounding for rates of any size."""
    growth = rate * span
    return span * (1.0 + growth / 2.0) if abs(growth) < 1e-9 else math.expm1(growth) / rate


BEYOND = 1e300
"""More than any efficiency that can be computed with; times nothing it is nothing."""

MOST_LOG = 690.0
"""ln of about as much."""


class Piece(NamedTuple):
    """How an efficiency moves from `day` on: in closed form, whatever the law that made it.

    A(t) = value · (1 + (rate/power)·g(t))^power with g(t) = (e^(pull·t) − 1)/pull, and t counted from `day`; g(t) = t
    at pull 0. power 0 stands for its limit, value · e^(rate·t). `rate` is d ln A/dt on `day`, per day. It is what
    A' = d·A^(1−β) + c·A gives for a constant drive d, with power 1/β and pull β·c; a power of it is of the same form.
    At a negative power A has a pole; beyond it, where the piece means nothing, it is `BEYOND`.
    """

    day: float
    value: float
    rate: float
    power: float = 0.0
    pull: float = 0.0

    def at(self, day: float) -> float:
        """The efficiency A (a factor) on a day."""
        rate = self.rate
        if not rate:
            return self.value
        span, power = day - self.day, self.power
        if not power:
            return self.value * math.exp(rate * span)
        grown = self._grown(span)
        if grown <= -1.0 and power < 0.0:
            return BEYOND
        log = power * math.log1p(grown)
        return self.value * math.exp(log) if log < MOST_LOG else BEYOND

    def _grown(self, span: float) -> float:
        """(rate/power)·g(span)."""
        if self.pull:
            span = math.expm1(self.pull * span) / self.pull
        return self.rate / self.power * span

    def moved(self, day: float) -> Piece:
        """The same curve, written from another day on."""
        if day == self.day:
            return self
        if not self.power or not self.rate:
            return Piece(day, self.at(day), self.rate)
        span = day - self.day
        grown = self._grown(span)
        rate = self.rate * math.exp(self.pull * span) / (1.0 + grown)
        return Piece(day, self.value * math.exp(self.power * math.log1p(grown)), rate, self.power, self.pull)

    def later(self, days: float) -> Piece:
        """The same curve, later by some days."""
        return Piece(self.day + days, self.value, self.rate, self.power, self.pull)

    def raised(self, exponent: float) -> Piece:
        """The piece of A to the power `exponent`."""
        return Piece(self.day, self.value**exponent, self.rate * exponent, self.power * exponent, self.pull)

    def days_to(self, value: float) -> float:
        """Days from `day` until A has come to `value`: negative if that was before; infinite if never."""
        if not self.rate:
            return 0.0 if value == self.value else math.inf
        log = math.log(value / self.value)
        if not self.power:
            return log / self.rate
        span = math.expm1(log / self.power) * self.power / self.rate
        if not self.pull:
            return span
        return math.log1p(self.pull * span) / self.pull if self.pull * span > -1.0 else math.inf

    def between(self, left: float, right: float, times: float = 1.0) -> float:
        """∫ times·A dt over [left, right), in days."""
        if not self.power or not self.rate:
            return times * self.at(left) * grown_span(self.rate, right - left)
        here = self.moved(left)
        return Piece(here.day, times * here.value, here.rate, here.power, here.pull).integral(right - left)

    def rate_where(self, value: float) -> float:
        """d ln A/dt where A has come to `value`, per day."""
        if not self.power or not self.rate:
            return self.rate
        if self.pull:
            return self.moved(self.day + self.days_to(value)).rate
        return float(self.rate * (self.value / value) ** (1.0 / self.power))

    def integral(self, span: float) -> float:
        """∫ A dt over `span` days from `day` on; by quadrature, to rounding, where there is a pull."""
        if not self.power or not self.rate:
            return self.value * grown_span(self.rate, span)
        if not self.pull:
            steep = self.rate / self.power
            if steep * span <= -1.0:
                return BEYOND
            slow = math.log1p(steep * span)
            grown = (self.power + 1.0) * slow
            if abs(grown) < 1e-9:
                return self.value * slow / steep * (1.0 + grown / 2.0)
            if grown > MOST_LOG:
                return BEYOND
            return self.value * math.expm1(grown) / (steep * (self.power + 1.0))
        parts = max(1, math.ceil(abs(math.log(self.at(self.day + span) / self.value)) / MOST_LOG_GROWTH))
        width = span / parts
        return width * sum(
            weight * self.at(self.day + width * (k + place)) for k in range(parts) for place, weight in GAUSS_LEGENDRE
        )


class Tail(Piece):
    """The curve of another piece from a day of its own on, to the bit: how a law goes on after a standstill.

    Its fields are those of the curve on that day, so that it can be read as any piece.
    """

    origin: Piece

    @classmethod
    def of(cls, piece: Piece, day: float) -> Tail:
        """The curve of `piece` from `day` on."""
        origin = piece.origin if isinstance(piece, Tail) else piece
        made = cls(*origin.moved(day))
        made.origin = origin
        return made

    def at(self, day: float) -> float:
        return self.origin.at(day)

    def moved(self, day: float) -> Piece:
        return self if day == self.day else self.origin.moved(day)

    def days_to(self, value: float) -> float:
        return Piece(*self).days_to(value)

    def rate_where(self, value: float) -> float:
        return self.origin.rate_where(value)

    def raised(self, exponent: float) -> Piece:
        return Tail.of(self.origin.raised(exponent), self.day)

    def integral(self, span: float) -> float:
        return Piece(*self).integral(span)

    def _replace(self, **changes: Any) -> Piece:  # type: ignore[override]
        return Piece(*self)._replace(**changes)

    def later(self, days: float) -> Piece:
        return Tail.of(self.origin.later(days), self.day + days)


MOST_LOG_GROWTH = 0.25
"""ln of the growth over which the quadrature below is exact to rounding."""

GAUSS_LEGENDRE = tuple(
    (0.5 + sign * place / 2.0, weight / 2.0)
    for place, weight in (
        (0.1834346424956498, 0.3626837833783620),
        (0.5255324099163290, 0.3137066458778873),
        (0.7966664774136267, 0.2223810344533745),
        (0.9602898564975363, 0.1012285362903763),
    )
    for sign in (-1.0, 1.0)
)
"""(place in [0, 1], weight) of the quadrature of 8 points, exact for polynomials up to degree 15."""


@dataclass(frozen=True, slots=True)
class Growth:
    """An efficiency as exact pieces, each from its day on; days ascending.

    The first piece also holds before its day, so that models older than the start have an efficiency: growth at a
    stated rate goes back in time, and a dated series, which begins with a flat piece, has its first value there.
    """

    pieces: Sequence[Piece]

    def piece_at(self, day: float) -> Piece:
        """The piece that holds on a day (after what happened on it)."""
        pieces = self.pieces
        last = pieces[-1]
        if last.day <= day or len(pieces) == 1:
            return last
        index = bisect_right(pieces, (day, math.inf)) - 1
        return pieces[index if index > 0 else 0]

    def at(self, day: float) -> float:
        """The efficiency A (a factor) on a day."""
        pieces = self.pieces
        return pieces[0].at(day) if len(pieces) == 1 else self.piece_at(day).at(day)

    def before(self, day: float) -> float:
        """A just before a day: what jumps or steps on it has not done so yet."""
        index = bisect_left(self.pieces, (day,)) - 1
        return self.pieces[max(0, index)].at(day)

    def rate_at(self, day: float) -> float:
        """d ln A/dt on a day, per day."""
        return self.piece_at(day).moved(day).rate

    def jumped(self, day: float, factor: float) -> Growth:
        """The same law with an efficiency `factor` times as large from a day on: it then goes on at the same rates."""
        here = self.piece_at(day).moved(day)
        before = [piece for piece in self.pieces if piece.day < day] or [self.pieces[0].moved(day - 1.0)]
        later = [piece._replace(value=piece.value * factor) for piece in self.pieces if piece.day > day]
        if len(later) == len(self.pieces):
            later = later[1:]  # the first piece holds before its day too: it has begun
        return Growth((*before, here._replace(value=here.value * factor), *later))

    def held(self, day: float) -> Growth:
        """The same law until a day; from then on the efficiency stays as it is."""
        return Growth((*self._until(day), Piece(day, self.at(day), 0.0)))

    def stood(self, since: float, until: float, meanwhile: Growth) -> Growth:
        """`meanwhile` until a standstill from `since` to `until` is over; then this law, later, to the bit."""
        days = until - since
        here = Tail.of(self.piece_at(since).later(days), until)
        after = (piece.later(days) for piece in self.pieces if piece.day > since)
        return Growth((*meanwhile._until(until), here, *after))

    def at_pace(self, own: float, day: float, pace: float) -> Growth:
        """This law as it goes on from `day` at a share of its speed, from where it stands on its own day `own`."""
        if pace == 1.0:
            tail = Tail.of(self.piece_at(own).later(day - own), day)
            return Growth((tail, *(piece.later(day - own) for piece in self.pieces if piece.day > own)))
        here = self.piece_at(own).moved(own)
        pieces = [Piece(day, here.value, here.rate * pace, here.power, here.pull * pace)]
        for piece in self.pieces if pace else ():
            if piece.day > own:
                since = day + (piece.day - own) / pace
                pieces.append(Piece(since, piece.value, piece.rate * pace, piece.power, piece.pull * pace))
        return Growth(tuple(pieces))

    def then(self, day: float, other: Growth) -> Growth:
        """This law until a day, and another from there on."""
        return Growth((*self._until(day), *other.pieces))

    def _until(self, day: float) -> list[Piece]:
        """The pieces that begin before a day; the first, which holds before its day too, has begun by then."""
        return [piece for piece in self.pieces if piece.day < day] or [Tail.of(self.pieces[0], day - 1.0)]

    def segments(self, start: float, end: float) -> Iterator[tuple[float, float, Piece]]:
        """(first day, last day, the piece from there on) for the pieces inside [start, end)."""
        left = start
        for piece, right in self.pieces_until(start, end):
            yield left, right, piece.moved(left)
            left = right

    def pieces_until(self, start: float, end: float) -> list[tuple[Piece, float]]:
        """The pieces that hold in [start, end) as they stand, each with the day until which it does."""
        if end <= start:
            return []
        pieces = self.pieces
        if len(pieces) == 1:
            return [(pieces[0], end)]
        found = []
        index, left = max(0, bisect_right(pieces, (start, math.inf)) - 1), start
        while left < end:
            right = min(end, pieces[index + 1].day) if index + 1 < len(pieces) else end
            if right > left:
                found.append((pieces[index], right))
                left = right
            index += 1
        return found

    def integral(self, start: float, end: float) -> float:
        """∫ A dt over [start, end), in days."""
        total = 0.0
        for left, right, piece in self.segments(start, end):
            total += piece.integral(right - left)
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
        pieces.append(Piece(day, value, rate))
    if pieces[0].rate:
        pieces.insert(0, pieces[0]._replace(rate=0.0))
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
