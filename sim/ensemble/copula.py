"""Quantiles that go together: independent ones turned into those of a Gaussian copula."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.scenario.correlation import Pairs, factor, matrix_of
from sim.scenario.distribution import FARTHEST, standard_cdf, standard_quantile


class Copula:
    """For columns of quantiles, named by `paths`. The first of those that go together keeps its quantiles."""

    def __init__(self, paths: Sequence[str], pairs: Pairs, order: Sequence[str] | None = None) -> None:
        """order: the columns' names in their order, where `paths` is another order of them."""
        named = {path for pair in pairs for path in pair}
        place = {path: column for column, path in enumerate(order or paths)}
        paths = [path for path in paths if path in named]
        self._columns = [place[path] for path in paths]
        lower = factor(matrix_of(paths, pairs))
        assert lower is not None, "checked when the scenario was read"
        self._rows = lower

    def apply(self, quantiles: NDArray[np.float64]) -> None:
        """Turns independent quantiles (a row a draw, a column a path) into correlated ones, in place."""
        scores: list[NDArray[np.float64]] = []
        given = [quantiles[:, column].copy() for column in self._columns]
        for independent in given:
            scores.append(np.array([standard_quantile(q) for q in independent.tolist()]))
        for row, column in zip(self._rows, self._columns, strict=True):
            used = [k for k, weight in enumerate(row) if weight]
            if len(used) == 1 and abs(abs(row[used[0]]) - 1.0) < 1e-12:  # alone, or one quantity in two places
                same = given[used[0]]
                quantiles[:, column] = same if row[used[0]] > 0.0 else 1.0 - same
                continue
            mixed = sum(row[k] * scores[k] for k in used)
            made = np.array([standard_cdf(z) for z in np.asarray(mixed).tolist()])
            quantiles[:, column] = np.clip(made, FARTHEST, 1.0 - FARTHEST)

    def undone(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        """The independent quantiles from which `apply` makes one row (where it is free, the middle)."""
        found = row.copy()
        scores: list[float] = []
        for weights, column in zip(self._rows, self._columns, strict=True):
            k = len(scores)
            rest = standard_quantile(row[column]) - sum(weights[j] * scores[j] for j in range(k))
            scores.append(rest / weights[k] if weights[k] else 0.0)
            found[column] = min(max(standard_cdf(scores[k]), FARTHEST), 1.0 - FARTHEST)
        return found
