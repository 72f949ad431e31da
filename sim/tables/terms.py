"""What is added to a sum on each day of a walk."""

from __future__ import annotations


class Terms:
    """Numbers that are added to a sum one after another: as a rule there is but one, and no list of them."""

    __slots__ = ("_none", "_first", "_more")

    def __init__(self) -> None:
        self._none, self._first = True, 0.0
        self._more: list[float] = []

    def clear(self) -> None:
        """From now on there are none but those that are put."""
        self._none, self._first = True, 0.0
        if self._more:
            self._more = []

    def put(self, value: float) -> None:
        """One more."""
        if self._none:
            self._none, self._first = False, value
        else:
            self._more.append(value)

    def added_to(self, total: float) -> float:
        """A sum with all of them."""
        total += self._first
        for each in self._more:
            total += each
        return total
