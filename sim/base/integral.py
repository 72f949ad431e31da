"""The integral of an efficiency over a long time, of which each piece is integrated once."""

from __future__ import annotations

from bisect import bisect_right
from math import inf

from sim.base.growth import Growth


class RunningIntegral:
    """∫ A dt from a day on, known up to the piece that holds at present.

    Pieces are added up in their order, as `Growth.integral` does: the sum is the same to the bit, however often it was
    moved on. The law may take another course from the day on to which it was moved, not before.
    """

    __slots__ = ("start", "since", "total")

    def __init__(self, start: float) -> None:
        self.start = start
        self.since = start
        """The day on which the present piece begins, or `start`."""
        self.total = 0.0
        """The integral from `start` to there, in days."""

    def move_on(self, law: Growth, day: float) -> None:
        """Take in the pieces that are over on a day."""
        index = bisect_right(law.pieces, (day, inf)) - 1
        if index > 0 and (begins := law.pieces[index].day) > self.since:  # the first holds before its day too
            for left, right, piece in law.segments(self.since, begins):
                self.total += piece.integral(right - left)
            self.since = begins

    def until(self, law: Growth, day: float) -> float:
        """∫ A dt over [start, day), in days; `day` is not before one that it was moved on to."""
        self.move_on(law, day)
        return self.total + law.integral(self.since, day)
