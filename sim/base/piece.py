"""How an efficiency moves in closed form between two events: one piece of its growth law."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, NamedTuple


def grown_span(rate: float, span: float) -> float:
    """∫ e^(rate·t) dt over [0, span), in days (`rate` per day); exact to rounding for rates of any size."""
    growth = rate * span
    return span * (1.0 + growth / 2.0) if -1e-9 < growth < 1e-9 else _expm1(growth) / rate


_expm1: Final[Callable[[float], float]] = math.expm1  # compiled, it is looked up once


BEYOND: Final = 1e300
"""More than any efficiency that can be computed with; times nothing it is nothing."""

MOST_LOG: Final = 690.0
"""ln of about as much."""


class Piece(NamedTuple):
    """How an efficiency moves from `day` on: in closed form, whatever the law that made it.

    A(t) = value · (1 + (rate/power)·g(t))^power with g(t) = (e^(pull·t) − 1)/pull, and t counted from `day`; g(t) = t
    at pull 0. power 0 stands for its limit, value · e^(rate·t). `rate` is d ln A/dt on `day`, per day. It is what
    A' = d·A^(1−β) + c·A gives for a constant drive d, with power 1/β and pull β·c; a power of it is of the same form.
    At a negative power A has a pole; beyond it, where the piece means nothing, A and its integrals are `BEYOND`.
    """

    day: float
    value: float
    rate: float
    power: float = 0.0
    pull: float = 0.0

    def at(self, day: float) -> float:
        """The efficiency A (a factor) on a day."""
        since, value, rate, power, pull = self
        if not rate:
            return value
        span = day - since
        if not power:
            return value * math.exp(rate * span)
        grown = _grown(rate, power, pull, span)
        if grown <= -1.0 and power < 0.0:
            return BEYOND
        log = power * math.log1p(grown)
        return value * math.exp(log) if log < MOST_LOG else BEYOND

    def moved(self, day: float) -> Piece:
        """The same curve, written from another day on; beyond a pole a constant."""
        since, value, rate, power, pull = self
        if day == since:
            return self
        if not power or not rate:
            return piece_of(day, self.at(day), rate)
        span = day - since
        grown = _grown(rate, power, pull, span)
        log = MOST_LOG if grown <= -1.0 and power < 0.0 else power * math.log1p(grown)
        if log >= MOST_LOG:
            return piece_of(day, BEYOND, 0.0)
        return piece_of(day, value * math.exp(log), rate * math.exp(pull * span) / (1.0 + grown), power, pull)

    def later(self, days: float) -> Piece:
        """The same curve, later by some days."""
        return Piece(self.day + days, self.value, self.rate, self.power, self.pull)

    def raised(self, exponent: float) -> Piece:
        """The piece of A to the power `exponent`."""
        day, value, rate, power, pull = self
        return piece_of(day, value**exponent, rate * exponent, power * exponent, pull)

    def days_to(self, value: float) -> float:
        """Days from `day` until A has come to `value`: negative if that was before; infinite if never."""
        _, begun, rate, power, pull = self
        if not rate:
            return 0.0 if value == begun else math.inf
        log = math.log(value / begun)
        if not power:
            return log / rate
        span = math.expm1(log / power) * power / rate
        if not pull:
            return span
        return math.log1p(pull * span) / pull if pull * span > -1.0 else math.inf

    def between(self, left: float, right: float, times: float = 1.0) -> float:
        """∫ times·A dt over [left, right), in days."""
        if not self.power or not self.rate:
            return times * self.at(left) * grown_span(self.rate, right - left)
        here = self.moved(left)
        if not times or here.value == BEYOND:
            return BEYOND if times and right > left else 0.0
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
        end = self.at(self.day + span)
        if end == BEYOND:
            return BEYOND
        parts = max(1, math.ceil(abs(math.log(end / self.value)) / MOST_LOG_GROWTH))
        width = span / parts
        return width * sum(
            weight * self.at(self.day + width * (k + place)) for k in range(parts) for place, weight in GAUSS_LEGENDRE
        )


_PLAIN: Final = Piece  # compiled, it is looked up once


def value_on(piece: Piece, day: float) -> float:
    """`Piece.at`: compiled, a call of a function costs a fraction of that of a named tuple's method."""
    since, value, rate, power, _ = piece
    if power or type(piece) is not _PLAIN:
        return piece.at(day)
    return value * math.exp(rate * (day - since)) if rate else value


def at_each(piece: Piece, days: list[float]) -> list[float]:
    """A on each of `days`: as `Piece.at`, without a call for each."""
    if piece.power or type(piece) is not _PLAIN:
        return [piece.at(day) for day in days]
    since, value, rate = piece.day, piece.value, piece.rate
    if not rate:
        return [value] * len(days)
    return [value * math.exp(rate * (day - since)) for day in days]


new_tuple: Final = tuple.__new__


def piece_of(day: float, value: float, rate: float, power: float = 0.0, pull: float = 0.0) -> Piece:
    """A `Piece`, in a quarter of the time that its class takes."""
    return new_tuple(Piece, (day, value, rate, power, pull))


def _grown(rate: float, power: float, pull: float, span: float) -> float:
    """(rate/power)·g(span)."""
    if pull:
        span = math.expm1(pull * span) / pull
    return rate / power * span


MOST_LOG_GROWTH: Final = 0.25
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
