"""Quantiles of what is partly known by bounds only, without any guess of where in them it lies."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.estimate import Floats, quantile, share_error


class Bounded(NamedTuple):
    """Values of draws, each between `low` and `high` (the same where it is exact; infinite where nothing is known)."""

    low: Floats
    high: Floats

    @property
    def size(self) -> int:
        """How many draws."""
        return int(self.low.size)

    def quantile(self, q: float) -> Between:
        """A quantile: what it is at least and at most, whatever the values are within their bounds."""
        low, high = (quantile(np.sort(side), q) for side in (self.low, self.high))
        errors = [found.error for found in (low, high) if found.error is not None and math.isfinite(found.error)]
        return Between(low.value, high.value, max(errors, default=None))

    def shares(self, least: float) -> Shares:
        """How many surely are above `least`, surely below −`least`, surely between, and how many nobody can say."""
        n = self.size
        if not n:
            return Shares(*[math.nan] * 5)
        above, below = int((self.low > least).sum()), int((self.high < -least).sum())
        between = int(((self.low >= -least) & (self.high <= least)).sum())
        rest = n - above - below - between
        return Shares(above / n, share_error(above / n, n), below / n, between / n, rest / n)


class Between(NamedTuple):
    """A quantile is at least `low` and at most `high`; None: not known on that side. error: one standard error."""

    low: float | None
    high: float | None
    error: float | None

    @property
    def value(self) -> float | None:
        """The quantile, where both agree."""
        return self.low if self.low is not None and self.low == self.high else None


class Shares(NamedTuple):
    """Shares of the draws, which add up to 1 without the error of the first."""

    helps: float
    error: float
    harms: float
    same: float
    unclear: float


Marks = NDArray[np.bool_]


def bounded(values: Floats, exact: Marks, at_least: Marks, at_most: Marks) -> Bounded:
    """Differences and how well they are known; what is marked by none of the three is not known at all."""
    low = np.where(exact | at_least, values, -np.inf)
    high = np.where(exact | at_most, values, np.inf)
    return Bounded(low, high)


def as_json(found: Between) -> dict[str, Any]:
    """As `summary.json` has it."""
    return {"at_least": found.low, "at_most": found.high, "error": found.error}
