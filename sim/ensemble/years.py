"""Means over the year before each date, across draws: of what comes and goes quantiles on single dates tell little.

Where runs are short and far between, most draws train nothing on any one date, and those that do all of it.
"""

from __future__ import annotations

import numpy as np

from sim.ensemble.bands import Band
from sim.ensemble.estimate import Floats, quantile_alone
from sim.ensemble.fan import values_of
from sim.ensemble.store import Store

YEAR = 364.5
"""Days; dates are a month apart or a day, and twelve months less a day are no year."""
MOST_DRAWS = 2560
"""The first draws, which are taken: what more of them would move is less than a line is wide."""


def band_of_years(store: Store, band: Band, draws: int) -> Band:
    """Quantiles across draws of `means` of a series, over the first draws.

    draws: how many the store has; it keeps the rows of draws.
    """
    days = np.round(band.days * 86_400.0).astype("datetime64[s]")
    sizes, lines_of = values_of(store, days, [band.series], min(draws, MOST_DRAWS))
    lines = means(band.days, lines_of[band.series])
    lines.sort(axis=1)
    at = {q: np.array([quantile_alone(line[:size], q) if size else np.nan
                       for line, size in zip(lines, sizes, strict=True)]) for q in band.at}  # fmt: skip
    return Band(band.series, band.unit, band.days, band.draws, at, means(band.days, band.central))


def means(days: Floats, values: Floats) -> Floats:
    """On each day the mean of the values (rows) on it and on those of the year before, as far as there are any."""
    first = np.searchsorted(days, days - YEAR, side="right")
    sums = np.concatenate([np.zeros_like(values[:1]), np.cumsum(values, axis=0)])
    count = (np.arange(len(days)) + 1 - first).reshape(-1, *[1] * (values.ndim - 1))
    found: Floats = (sums[1:] - sums[first]) / count
    found[np.abs(found) * count <= 1e-12 * np.abs(sums[1:])] = 0.0  # what rounding leaves of a year of zeros
    return found
