"""The curve of a piece of growth, read from a later day on."""

from __future__ import annotations

from typing import Any

from sim.base.piece import Piece


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
