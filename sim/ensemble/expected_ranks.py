"""Ranks of values of which some are only known to be at least so large."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.estimate import Floats
from sim.ensemble.survival import kaplan_meier


def expected_ranks(values: Floats, open_: NDArray[np.bool_] | None = None) -> Floats:
    """The share of all that is below each value, equal ones counted half: from 0 to 1.

    open_: values that are only known to be at least so large. Each has the rank to be expected of it, given that it is
    larger (Kaplan-Meier): 1 − S/2, S being the share that lasts longer; others 1 − (S before + S after)/2. These are
    the scores of the Wilcoxon test of censored values (R. Peto and J. Peto 1972). Values that are all open at the
    same end are tied at the top.
    """
    if open_ is None:
        open_ = np.zeros(values.size, dtype=bool)
    line = kaplan_meier(values, ~open_)
    share = np.concatenate([[1.0], line.share])
    after = share[np.searchsorted(line.times, values, side="right")]
    before = share[np.searchsorted(line.times, values, side="left")]
    ranks: Floats = 1.0 - np.where(open_, after, before + after) / 2.0
    return ranks
