"""Distributions of given values, or made of other distributions: discrete, empirical, mixture, truncated."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from sim.scenario.distribution import Continuous, Distribution, need


class Discrete:
    """Some values, each with its weight."""

    __slots__ = ("_sums", "values")

    def __init__(self, values: Sequence[float], weights: Sequence[float]) -> None:
        need(bool(values), "a discrete distribution needs at least one value")
        pairs = sorted(pair for pair in zip(values, _shares(weights), strict=True) if pair[1] > 0)
        self.values = [value for value, _ in pairs]
        self._sums = list(accumulate(share for _, share in pairs))

    def quantile(self, q: float) -> float:
        return self.values[min(bisect_left(self._sums, q - 1e-12), len(self.values) - 1)]

    def cdf(self, x: float) -> float:
        return self._up_to(bisect_right(self.values, x))

    def below(self, x: float) -> float:
        return self._up_to(bisect_left(self.values, x))

    def _up_to(self, count: int) -> float:
        return 1.0 if count == len(self.values) else self._sums[count - 1] if count else 0.0


class Empirical(Continuous):
    """A sample: its order statistics at equal steps of q from 0 to 1, straight lines between (NumPy's default)."""

    __slots__ = ("values",)

    def __init__(self, values: Sequence[float]) -> None:
        need(len(values) > 1, "an empirical distribution needs at least two values")
        self.values = sorted(values)
        need(self.values[0] < self.values[-1], "all values of the empirical distribution are the same")

    def quantile(self, q: float) -> float:
        place = q * (len(self.values) - 1)
        index = min(int(place), len(self.values) - 2)
        low, high = self.values[index], self.values[index + 1]
        return low + (high - low) * (place - index)

    def cdf(self, x: float) -> float:
        values = self.values
        if x >= values[-1]:
            return 1.0
        index = bisect_right(values, x) - 1
        if index < 0:
            return 0.0
        low, high = values[index], values[index + 1]
        return (index + (x - low) / (high - low)) / (len(values) - 1)

    def below(self, x: float) -> float:
        """P(X < x): a value that the sample has several times has a probability of its own."""
        values = self.values
        index = bisect_left(values, x)
        if index == len(values):
            return 1.0
        if values[index] > x:
            return self.cdf(x)
        return index / (len(values) - 1)


class Certain:
    """One number: a part of a mixture."""

    __slots__ = ("value",)

    def __init__(self, value: float) -> None:
        self.value = value

    def quantile(self, q: float) -> float:
        return self.value

    def cdf(self, x: float) -> float:
        return 1.0 if x >= self.value else 0.0

    def below(self, x: float) -> float:
        return 1.0 if x > self.value else 0.0


class Mixture:
    """One of several distributions, each with its weight."""

    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[Distribution], weights: Sequence[float]) -> None:
        need(len(parts) > 1, "a mixture needs at least two parts")
        self.parts = [pair for pair in zip(_shares(weights), parts, strict=True) if pair[0] > 0]

    def quantile(self, q: float) -> float:
        # It lies between the least and the greatest quantile of a part; bisection ends at neighbouring floats.
        ends = [part.quantile(q) for _, part in self.parts]
        low, high = min(ends), max(ends)
        if self.cdf(low) >= q:
            return low
        while low < (middle := low + (high - low) / 2.0) < high:
            if self.cdf(middle) >= q:
                high = middle
            else:
                low = middle
        return high

    def cdf(self, x: float) -> float:
        return math.fsum(share * part.cdf(x) for share, part in self.parts)

    def below(self, x: float) -> float:
        return math.fsum(share * part.below(x) for share, part in self.parts)


class Truncated:
    """A distribution given that it is at least `low` and at most `high`."""

    __slots__ = ("_first", "_mass", "high", "low", "of")

    def __init__(self, of: Distribution, low: float, high: float) -> None:
        need(low < high, "`min` must be below `max`")
        self.of, self.low, self.high = of, low, high
        self._first = of.below(low)
        self._mass = of.cdf(high) - self._first
        need(self._mass > 1e-6, "it leaves next to nothing of the distribution (less than one part in a million)")

    def quantile(self, q: float) -> float:
        inner = self._first + q * self._mass
        value = self.of.quantile(inner) if 0.0 < inner < 1.0 else (self.low if inner <= 0.0 else self.high)
        return min(self.high, max(self.low, value))

    def cdf(self, x: float) -> float:
        if x >= self.high:
            return 1.0
        return max(0.0, (self.of.cdf(x) - self._first) / self._mass) if x >= self.low else 0.0

    def below(self, x: float) -> float:
        if x > self.high:
            return 1.0
        return max(0.0, (self.of.below(x) - self._first) / self._mass) if x > self.low else 0.0


def _shares(weights: Sequence[float]) -> list[float]:
    need(all(weight >= 0 for weight in weights), "weights must not be negative")
    total = math.fsum(weights)
    need(total > 0, "one weight at least must be above 0")
    return [weight / total for weight in weights]
