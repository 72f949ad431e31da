"""Numbers of which only a range is known, to ask what a check says of all draws at once: interval arithmetic.

What is worked out of ranges holds whatever numbers they stand for. Sums, products and quotients of floats are rounded
in order, so that the ends of a result are those of its range; powers and logarithms are given room for rounding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

ROUNDING = 1e-12
"""Room for powers and logarithms, whose rounding nothing promises: as a share."""


class Undecided(Exception):
    """The answer differs within a range, or cannot be told."""


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """A number from `low` to `high`, both finite. It does and answers what a float does; else it raises `Undecided`."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            raise Undecided

    def __add__(self, other: float | Range) -> Range:
        it = _range(other)
        return Range(self.low + it.low, self.high + it.high)

    def __neg__(self) -> Range:
        return Range(-self.high, -self.low)

    def __sub__(self, other: float | Range) -> Range:
        return self + -_range(other)

    def __rsub__(self, other: float) -> Range:
        return _range(other) - self

    def __mul__(self, other: float | Range) -> Range:
        it = _range(other)
        return _around(self.low * it.low, self.low * it.high, self.high * it.low, self.high * it.high)

    def __truediv__(self, other: float | Range) -> Range:
        it = _range(other)
        if it.low <= 0.0 <= it.high:
            raise Undecided
        return _around(self.low / it.low, self.low / it.high, self.high / it.low, self.high / it.high)

    def __rtruediv__(self, other: float) -> Range:
        return _range(other) / self

    def __pow__(self, other: float | Range) -> Range:
        it = _range(other)
        if self.low <= 0.0:
            raise Undecided
        try:
            return _roomy(self.low**it.low, self.low**it.high, self.high**it.low, self.high**it.high)
        except OverflowError:
            raise Undecided from None

    def __abs__(self) -> Range:
        return self if self.low >= 0.0 else -self if self.high <= 0.0 else Range(0.0, max(-self.low, self.high))

    __radd__, __rmul__ = __add__, __mul__

    def __lt__(self, other: float | Range) -> bool:
        it = _range(other)
        return _decided(self.high < it.low, self.low >= it.high)

    def __le__(self, other: float | Range) -> bool:
        it = _range(other)
        return _decided(self.high <= it.low, self.low > it.high)

    def __gt__(self, other: float | Range) -> bool:
        return not self <= other

    def __ge__(self, other: float | Range) -> bool:
        return not self < other

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, float | int | Range):
            return False
        it = _range(other)
        return _decided(self.low == self.high == it.low == it.high, self.high < it.low or it.high < self.low)

    def __bool__(self) -> bool:
        return self != 0.0

    def __float__(self) -> float:
        raise Undecided

    def __str__(self) -> str:
        raise Undecided

    __hash__ = None  # type: ignore[assignment]


def log10(number: float) -> float:
    """The logarithm to base 10, of a float or a `Range`."""
    if not isinstance(number, Range):
        return math.log10(number)
    if number.low <= 0.0:
        raise Undecided
    return _roomy(math.log10(number.low), math.log10(number.high))


def _range(number: float | Range) -> Range:
    return number if isinstance(number, Range) else Range(number, number)


def _around(*numbers: float) -> Range:
    return Range(min(numbers), max(numbers))


def _roomy(*numbers: float) -> Range:
    room = ROUNDING * max(map(abs, numbers))
    return Range(min(numbers) - room, max(numbers) + room)


def _decided(yes: bool, no: bool) -> bool:
    if yes == no:
        raise Undecided
    return yes
