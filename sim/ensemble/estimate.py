"""Quantiles across draws, each with its Monte Carlo error, and where one value lies among them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Ordered(Protocol):
    """Values in ascending order: an array, or what stands for one."""

    @property
    def size(self) -> int: ...

    def __getitem__(self, n: int, /) -> Any: ...

    def searchsorted(self, value: float, /, side: Any = "left") -> Any: ...


class Estimate(NamedTuple):
    """A quantile, and its Monte Carlo error (one standard error). None where too few draws have a value."""

    value: float | None
    error: float | None


def quantile(ordered: Ordered, q: float) -> Estimate:
    """Quantile `q` of values in ascending order (inf: not reached in that draw), with its error.

    The error is half of what lies between the values n·q ± sqrt(n·q·(1 − q)) ranks from the first: it needs no density,
    holds for any distribution, and is that of independent draws (Sobol points do better). A quantile that
    falls among draws that did not reach it is None; an error that does is None.
    """
    value = quantile_alone(ordered, q)
    if value is None:
        return Estimate(None, None)
    low, high = _about(ordered, q)
    return Estimate(value, None if math.isinf(high) else (high - low) / 2.0)


def quantile_alone(ordered: Ordered, q: float) -> float | None:
    """The same without its error."""
    n = ordered.size
    value = float(_at(ordered, n * q)) if n else math.inf
    return None if math.isinf(value) else value


def distinct(values: NDArray[Any]) -> int:
    """How many different values there are. (`numpy.unique` imports masked arrays, which takes longer than all else.)"""
    line = np.sort(values)
    return 1 + int(np.count_nonzero(line[1:] != line[:-1])) if line.size else 0


def error_factor(ordered: Ordered, q: float) -> float | None:
    """The same error as a factor: the square root of the ratio of the two values whose difference it is half of.

    What is distributed as widely as on a log scale is about that many times more or less. None where a value is not
    above 0, or not reached.
    """
    if not ordered.size:
        return None
    low, high = _about(ordered, q)
    return math.sqrt(high) / math.sqrt(low) if low > 0.0 and not math.isinf(high) else None


def _about(ordered: Ordered, q: float) -> tuple[float, float]:
    """The values one standard error of ranks below a quantile, and above it."""
    n = ordered.size
    spread = math.sqrt(n * q * (1.0 - q))
    return float(_at(ordered, n * q - spread)), float(_at(ordered, n * q + spread))


def _at(ordered: Ordered, rank: float) -> np.float64:
    """The value at a rank from 0 to n, between the middles of two draws in proportion."""
    position = min(max(rank - 0.5, 0.0), ordered.size - 1.0)
    below = math.floor(position)
    above = min(below + 1, ordered.size - 1)
    part = position - below
    low, high = ordered[below], ordered[above]
    if not part or low == high:
        result: np.float64 = low
        return result
    return low * (1.0 - part) + high * part


def weighted_quantile(values: Floats, weights: Floats, q: float) -> Estimate:
    """Quantile `q` of values with weights, as `quantile` has it where all weights are the same.

    The error is as of so many independent draws as the weights are worth (`effective`).
    """
    order = np.argsort(values, kind="stable")
    line, share = values[order], weights[order] / weights.sum()
    middles = np.cumsum(share) - share / 2.0
    spread = math.sqrt(q * (1.0 - q) / effective(weights))
    value, low, high = (float(np.interp(at, middles, line)) for at in (q, q - spread, q + spread))
    return Estimate(value, (high - low) / 2.0)


def effective(weights: Floats) -> float:
    """How many draws of equal weight draws with these weights are worth: (Σw)²/Σw².

    Source: L. Kish, Survey Sampling (1965).
    """
    squares = float(np.square(weights).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def share_error(share: float, of: float) -> float:
    """Monte Carlo error of a share of `of` draws: about sqrt(p·(1 − p)/n), and more than 0 for none or all of them.

    The standard deviation of Jeffreys' distribution, Beta(k + ½, n − k + ½) for k of n: that none of 30 draws does
    something leaves open that 1 of 60 does. nan of no draws.
    Source: L. D. Brown, T. T. Cai and A. DasGupta, Interval Estimation for a Binomial Proportion (2001).
    """
    if not of:
        return math.nan
    some, others = share * of + 0.5, (1.0 - share) * of + 0.5
    return math.sqrt(some * others / (of + 2.0)) / (of + 1.0)


def place(ordered: Ordered, value: float) -> float | None:
    """Share of ordered values below a value, those equal to it counted half. None if there are none."""
    if not ordered.size:
        return None
    low, high = ordered.searchsorted(value, side="left"), ordered.searchsorted(value, side="right")
    return float(low + high) / 2.0 / ordered.size


def same(ordered: Ordered, value: float) -> float | None:
    """Share of ordered values that are equal to a value. None if there are none."""
    if not ordered.size:
        return None
    low, high = ordered.searchsorted(value, side="left"), ordered.searchsorted(value, side="right")
    return float(high - low) / ordered.size
