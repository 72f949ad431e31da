"""Uncertain numbers: what every distribution can say, and the normal families, each with its exact quantile.

`a to b` is a 90% interval (5th to 95th percentile): lognormal if both ends are positive, else normal.
All parameters are in the canonical unit of the quantity. Families between two ends are in `between`, those made of
others in `compound`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol

from sim.scenario.problem import Unreadable

_STANDARD = NormalDist()
Z90 = _STANDARD.inv_cdf(0.9)
Z95 = _STANDARD.inv_cdf(0.95)
_ROOT_2 = math.sqrt(2.0)

FARTHEST = 2.0**-33
"""No draw is farther out in a tail than this: its quantiles lie between it and 1 − it."""


class Distribution(Protocol):
    """An uncertain number X."""

    def quantile(self, q: float) -> float:
        """The least x with P(X ≤ x) ≥ q, 0 < q < 1."""
        ...

    def cdf(self, x: float) -> float:
        """P(X ≤ x)."""
        ...

    def below(self, x: float) -> float:
        """P(X < x): less than `cdf(x)` only where x itself has a probability."""
        ...


class Continuous(ABC):
    """A distribution in which no single number has a probability."""

    __slots__ = ()

    @abstractmethod
    def cdf(self, x: float) -> float:
        """P(X ≤ x)."""

    def below(self, x: float) -> float:
        """P(X < x), which is P(X ≤ x)."""
        return self.cdf(x)


class OfScores(Continuous):
    """A distribution that is worked out from standard normal numbers, many at a time at little cost."""

    __slots__ = ()

    def quantile(self, q: float) -> float:
        """The x with P(X ≤ x) = q, 0 < q < 1."""
        return self.quantiles((q,))[0]

    @abstractmethod
    def quantiles(self, at: Sequence[float]) -> list[float]:
        """`quantile` at each of several q."""


@dataclass(frozen=True, slots=True)
class Normal(OfScores):
    mean: float
    sd: float

    def __post_init__(self) -> None:
        need(self.sd > 0, f"the standard deviation must be above 0, got {self.sd:g}")

    def quantiles(self, at: Sequence[float]) -> list[float]:
        mean, sd, score = self.mean, self.sd, _STANDARD.inv_cdf
        return [mean + sd * score(q) for q in at]

    def cdf(self, x: float) -> float:
        return standard_cdf((x - self.mean) / self.sd)


@dataclass(frozen=True, slots=True)
class LogNormal(OfScores):
    """exp of a normal number: `median`, and `gsd`, the factor that one standard deviation is."""

    median: float
    gsd: float

    def __post_init__(self) -> None:
        need(self.median > 0, f"the median of a lognormal must be above 0, got {self.median:g}")
        need(self.gsd > 1, f"the geometric standard deviation must be above 1, got {self.gsd:g}")

    def quantiles(self, at: Sequence[float]) -> list[float]:
        median, sd, exp, score = self.median, math.log(self.gsd), math.exp, _STANDARD.inv_cdf
        return [median * exp(sd * score(q)) for q in at]

    def cdf(self, x: float) -> float:
        return standard_cdf(math.log(x / self.median) / math.log(self.gsd)) if x > 0.0 else 0.0


@dataclass(frozen=True, slots=True)
class Percentiles(Continuous):
    """Two half (log)normals that meet at the median: exact at the 10th, 50th and 90th percentile."""

    p10: float
    p50: float
    p90: float
    log: bool

    def __post_init__(self) -> None:
        need(
            self.p10 < self.p50 < self.p90,
            f"percentiles must rise: p10 {self.p10:g}, p50 {self.p50:g}, p90 {self.p90:g}",
        )
        need(not self.log or self.p10 > 0, f"the percentiles of a lognormal must be above 0, got p10 {self.p10:g}")

    def quantile(self, q: float) -> float:
        z = _STANDARD.inv_cdf(q) / Z90
        outer = self.p90 if z > 0 else self.p10
        if self.log:
            return self.p50 * math.exp(abs(z) * math.log(outer / self.p50))
        return self.p50 + abs(z) * (outer - self.p50)

    def cdf(self, x: float) -> float:
        if self.log and x <= 0.0:
            return 0.0
        outer, sign = (self.p90, 1.0) if x > self.p50 else (self.p10, -1.0)
        if self.log:
            away = math.log(x / self.p50) / math.log(outer / self.p50)
        else:
            away = (x - self.p50) / (outer - self.p50)
        return standard_cdf(sign * away * Z90)


def interval(low: float, high: float) -> Distribution:
    """The distribution of the 90% interval `low to high`."""
    rising(low, high)
    if low > 0:
        return LogNormal(_geometric_mean(low, high), math.exp(math.log(high / low) / (2.0 * Z95)))
    return Normal((low + high) / 2.0, (high - low) / (2.0 * Z95))


def _geometric_mean(low: float, high: float) -> float:
    product = low * high
    return math.sqrt(product) if 1e-290 < product < 1e290 else math.sqrt(low) * math.sqrt(high)


def normal_interval(low: float, high: float) -> Normal:
    """The normal of a 90% interval, whatever its sign (dates)."""
    rising(low, high)
    return Normal((low + high) / 2.0, (high - low) / (2.0 * Z95))


def standard_cdf(z: float) -> float:
    """P(a standard normal number is at most z)."""
    return 0.5 * math.erfc(-z / _ROOT_2)


def standard_quantile(q: float) -> float:
    """The number that a standard normal one is at most with probability q, 0 < q < 1."""
    return _STANDARD.inv_cdf(q)


def rising(low: float, high: float) -> None:
    """Raises `Unreadable` unless low < high."""
    need(low < high, "the low end of a range must be below its high end")


def need(holds: bool, message: str) -> None:
    """Raises `Unreadable` with the message unless it holds."""
    if not holds:
        raise Unreadable(message)
