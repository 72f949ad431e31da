"""Distributions between two ends: uniform, loguniform, triangular, beta and PERT, each with its exact quantile."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.scenario.distribution import Continuous, need, rising


@dataclass(frozen=True, slots=True)
class Uniform(Continuous):
    low: float
    high: float

    def __post_init__(self) -> None:
        rising(self.low, self.high)

    def quantile(self, q: float) -> float:
        return self.low + q * (self.high - self.low)

    def cdf(self, x: float) -> float:
        return min(1.0, max(0.0, (x - self.low) / (self.high - self.low)))


@dataclass(frozen=True, slots=True)
class LogUniform(Continuous):
    low: float
    high: float

    def __post_init__(self) -> None:
        rising(self.low, self.high)
        need(self.low > 0, f"the low end of a loguniform must be above 0, got {self.low:g}")

    def quantile(self, q: float) -> float:
        return self.low * (self.high / self.low) ** q

    def cdf(self, x: float) -> float:
        if x <= self.low:
            return 0.0
        return min(1.0, math.log(x / self.low) / math.log(self.high / self.low))


@dataclass(frozen=True, slots=True)
class Triangular(Continuous):
    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        rising(self.low, self.high)
        need(self.low <= self.mode <= self.high, "the mode of a triangular must lie between its ends")

    def quantile(self, q: float) -> float:
        width = self.high - self.low
        below = (self.mode - self.low) / width
        if q <= below:
            return self.low + math.sqrt(q * width * (self.mode - self.low))
        return self.high - math.sqrt((1.0 - q) * width * (self.high - self.mode))

    def cdf(self, x: float) -> float:
        x = min(self.high, max(self.low, x))
        width = self.high - self.low
        if x < self.mode:
            return (x - self.low) ** 2 / (width * (self.mode - self.low))
        return 1.0 - (self.high - x) ** 2 / (width * (self.high - self.mode)) if x < self.high else 1.0


@dataclass(frozen=True, slots=True)
class Beta(Continuous):
    """Beta(alpha, beta), stretched from 0 and 1 to `low` and `high`."""

    alpha: float
    beta: float
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        rising(self.low, self.high)
        for name, value in (("alpha", self.alpha), ("beta", self.beta)):
            need(0.0 < value <= 1e6, f"{name} of a beta must be above 0 and at most 1e6, got {value:g}")

    def quantile(self, q: float) -> float:
        from scipy.special import betaincinv  # SciPy is slow to import, and few scenarios need it

        return self.low + (self.high - self.low) * float(betaincinv(self.alpha, self.beta, q))

    def cdf(self, x: float) -> float:
        from scipy.special import betainc

        return float(betainc(self.alpha, self.beta, min(1.0, max(0.0, (x - self.low) / (self.high - self.low)))))


def pert(low: float, mode: float, high: float) -> Beta:
    """The beta of a least, a likeliest and a greatest value, its mean (low + 4·mode + high)/6 (Clark 1962)."""
    rising(low, high)
    need(low <= mode <= high, "the mode of a PERT must lie between its ends")
    width = high - low
    return Beta(1.0 + 4.0 * (mode - low) / width, 1.0 + 4.0 * (high - mode) / width, low, high)
