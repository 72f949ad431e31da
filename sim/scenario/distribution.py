"""Families of distributions for uncertain inputs, each with its exact quantile.

`a to b` is a 90% interval (5th to 95th percentile): lognormal if both ends are positive, else normal.
All parameters are in the canonical unit of the quantity.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol

from sim.scenario.problem import Unreadable

_STANDARD = NormalDist()
Z90 = _STANDARD.inv_cdf(0.9)
Z95 = _STANDARD.inv_cdf(0.95)


class Distribution(Protocol):
    """An uncertain number."""

    def quantile(self, q: float) -> float:
        """The value that is exceeded with probability 1 − q, 0 < q < 1."""
        ...


@dataclass(frozen=True, slots=True)
class Normal:
    mean: float
    sd: float

    def __post_init__(self) -> None:
        _need(self.sd > 0, f"the standard deviation must be above 0, got {self.sd:g}")

    def quantile(self, q: float) -> float:
        return self.mean + self.sd * _STANDARD.inv_cdf(q)


@dataclass(frozen=True, slots=True)
class LogNormal:
    """exp of a normal number: `median`, and `gsd`, the factor that one standard deviation is."""

    median: float
    gsd: float

    def __post_init__(self) -> None:
        _need(self.median > 0, f"the median of a lognormal must be above 0, got {self.median:g}")
        _need(self.gsd > 1, f"the geometric standard deviation must be above 1, got {self.gsd:g}")

    def quantile(self, q: float) -> float:
        return self.median * math.exp(math.log(self.gsd) * _STANDARD.inv_cdf(q))


@dataclass(frozen=True, slots=True)
class Uniform:
    low: float
    high: float

    def __post_init__(self) -> None:
        _rising(self.low, self.high)

    def quantile(self, q: float) -> float:
        return self.low + q * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class LogUniform:
    low: float
    high: float

    def __post_init__(self) -> None:
        _rising(self.low, self.high)
        _need(self.low > 0, f"the low end of a loguniform must be above 0, got {self.low:g}")

    def quantile(self, q: float) -> float:
        return self.low * (self.high / self.low) ** q


@dataclass(frozen=True, slots=True)
class Triangular:
    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        _rising(self.low, self.high)
        _need(self.low <= self.mode <= self.high, "the mode of a triangular must lie between its ends")

    def quantile(self, q: float) -> float:
        width = self.high - self.low
        below = (self.mode - self.low) / width
        if q <= below:
            return self.low + math.sqrt(q * width * (self.mode - self.low))
        return self.high - math.sqrt((1.0 - q) * width * (self.high - self.mode))


@dataclass(frozen=True, slots=True)
class Discrete:
    """Some values, each with its weight. The quantile is the least value whose share up to it is at least q."""

    values: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        _need(bool(self.values), "a discrete distribution needs at least one value")
        _need(all(w >= 0 for w in self.weights), "weights must not be negative")
        _need(sum(self.weights) > 0, "one weight at least must be above 0")

    def quantile(self, q: float) -> float:
        pairs = sorted(pair for pair in zip(self.values, self.weights, strict=True) if pair[1] > 0)
        total = math.fsum(weight for _, weight in pairs)
        sums, so_far = [], 0.0
        for _, weight in pairs:
            so_far += weight
            sums.append(so_far / total)
        return pairs[min(bisect_left(sums, q - 1e-12), len(pairs) - 1)][0]


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Two half (log)normals that meet at the median: exact at the 10th, 50th and 90th percentile."""

    p10: float
    p50: float
    p90: float
    log: bool

    def __post_init__(self) -> None:
        _need(
            self.p10 < self.p50 < self.p90,
            f"percentiles must rise: p10 {self.p10:g}, p50 {self.p50:g}, p90 {self.p90:g}",
        )
        _need(not self.log or self.p10 > 0, f"the percentiles of a lognormal must be above 0, got p10 {self.p10:g}")

    def quantile(self, q: float) -> float:
        z = _STANDARD.inv_cdf(q) / Z90
        outer = self.p90 if z > 0 else self.p10
        if self.log:
            return self.p50 * math.exp(abs(z) * math.log(outer / self.p50))
        return self.p50 + abs(z) * (outer - self.p50)


def interval(low: float, high: float) -> Distribution:
    """The distribution of the 90% interval `low to high`."""
    _rising(low, high)
    if low > 0:
        return LogNormal(_geometric_mean(low, high), math.exp(math.log(high / low) / (2.0 * Z95)))
    return Normal((low + high) / 2.0, (high - low) / (2.0 * Z95))


def _geometric_mean(low: float, high: float) -> float:
    product = low * high
    return math.sqrt(product) if 1e-290 < product < 1e290 else math.sqrt(low) * math.sqrt(high)


def normal_interval(low: float, high: float) -> Normal:
    """The normal of a 90% interval, whatever its sign (dates)."""
    _rising(low, high)
    return Normal((low + high) / 2.0, (high - low) / (2.0 * Z95))


def _rising(low: float, high: float) -> None:
    _need(low < high, "the low end of a range must be below its high end")


def _need(holds: bool, message: str) -> None:
    if not holds:
        raise Unreadable(message)
