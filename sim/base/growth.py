"""The growth law of an efficiency: pieces in closed form, one after another."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim.base.piece import Piece, at_each, value_on
from sim.base.series import Series
from sim.base.tail import Tail


@dataclass(frozen=True, slots=True)
class Growth:
    """An efficiency as exact pieces, each from its day on; days ascending.

    The first piece also holds before its day, so that models older than the start have an efficiency: growth at a
    stated rate goes back in time, and a dated series, which begins with a flat piece, has its first value there.
    """

    pieces: Sequence[Piece]

    def __reduce__(self) -> tuple[Any, ...]:
        return Growth, (self.pieces,)  # frozen: nothing may be set on a copy that is made empty

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
        return value_on(pieces[0] if len(pieces) == 1 else self.piece_at(day), day)

    def on_each(self, days: list[float]) -> list[float]:
        """A on each of `days`: as `at`, without a call for each."""
        pieces = self.pieces
        return at_each(pieces[0], days) if len(pieces) == 1 else [self.at(day) for day in days]

    def before(self, day: float) -> float:
        """A just before a day: what jumps or steps on it has not done so yet."""
        if len(self.pieces) == 1:
            return value_on(self.pieces[0], day)
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
