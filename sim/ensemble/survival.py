"""Kaplan-Meier: how long windows last, where some are still open at the end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Survival:
    """The share that lasts longer than a length, for each length at which some closed.

    times: those lengths, ascending. at_risk: how many lasted at least so long. closed: how many closed at it.
    share: the share that lasts longer. sum_of: Greenwood's sum of closed / (at_risk · (at_risk − closed)).
    of: how many were observed. open_ones: how many of them were open when they were last seen.
    Source: E. L. Kaplan and P. Meier (1958); M. Greenwood (1926).
    """

    times: Floats
    at_risk: NDArray[Any]
    closed: NDArray[Any]
    share: Floats
    sum_of: Floats
    of: float
    open_ones: float

    @property
    def open_share(self) -> float:
        """Share of what was observed that was still open when last seen; nan if nothing was observed."""
        return self.open_ones / self.of if self.of else math.nan

    def quantile(self, q: float) -> float | None:
        """The length within which a share `q` closes, 0 < q < 1; None if so many have not closed in any length seen."""
        return self._first(self.share, 1.0 - q)

    def interval(self, q: float, z: float = 1.0) -> tuple[float | None, float | None]:
        """Where the quantile may lie, as it comes from so many observations only: `z` standard errors each way.

        Lengths at which the share, less or more `z` Greenwood errors, passes 1 − q. None: beyond any length seen.
        """
        error = self.share * np.sqrt(self.sum_of)
        low, high = (self._first(self.share + sign * z * error, 1.0 - q) for sign in (-1.0, 1.0))
        return low, high

    def _first(self, line: Floats, wanted: float) -> float | None:
        # Shares are products of fractions: one that is exactly `wanted` may be off in its last bits.
        found = np.flatnonzero(line <= wanted + 1e-12)
        return float(self.times[found[0]]) if found.size else None

    def facts(self, z: float = 1.0) -> dict[str, float | None]:
        """What is told of lengths, in days: the share open, the median with its error (`z` Greenwood errors), 5%, 95%.

        None where so many are still open that it was not seen, and where nothing was observed.
        """
        low, high = self.interval(0.5, z)
        return {
            "open_at_end": self.open_share if self.of else None,
            "median_days": self.quantile(0.5),
            "median_error_days": None if low is None or high is None else (high - low) / 2.0,
            "p5_days": self.quantile(0.05),
            "p95_days": self.quantile(0.95),
        }


def kaplan_meier(lengths: Floats, closed: NDArray[np.bool_], counts: NDArray[Any] | None = None) -> Survival:
    """The survival of lengths, of which those not `closed` are only known to be at least so long.

    counts: how often each was observed, or its weight; once if None. What is last seen at a length counts as at risk
    there. Raises ValueError for arrays of different sizes.
    """
    lengths, closed = np.asarray(lengths, dtype=np.float64), np.asarray(closed, dtype=np.bool_)
    if lengths.shape != closed.shape:
        raise ValueError(f"{lengths.size} lengths, but {closed.size} marks of whether they closed")
    often = np.ones(lengths.size, dtype=np.int64) if counts is None else counts
    order = np.argsort(lengths, kind="stable")
    shorter = np.concatenate([[0], np.cumsum(often[order])])
    line, ends = lengths[order], closed[order]
    lasted = line[ends]
    first = np.ones(lasted.size, dtype=bool)
    first[1:] = lasted[1:] != lasted[:-1]
    times = lasted[first]
    ended = np.bincount(np.cumsum(first) - 1, often[order][ends], times.size).astype(often.dtype)
    at_risk = shorter[-1] - shorter[np.searchsorted(line, times, side="left")]
    share = np.cumprod(1.0 - ended / at_risk, dtype=np.float64)
    left = at_risk - ended
    some = left > 1e-9 * at_risk  # none left, to the rounding of weights: the share is 0
    terms = np.divide(ended, at_risk * left, out=np.zeros(times.size), where=some)
    return Survival(times, at_risk.astype(often.dtype), ended, share, np.cumsum(terms), shorter[-1].item(),
                    (shorter[-1] - ended.sum()).item())  # fmt: skip
