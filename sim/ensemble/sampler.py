"""Draws of a scenario by number: which quantile every uncertain input has in draw i, and the draw itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.base.choices import METHODS, SOBOL
from sim.ensemble import columns, sobol
from sim.ensemble.copula import Copula
from sim.model.draw import Draw
from sim.scenario import Scenario
from sim.scenario.correlation import Pairs
from sim.scenario.input_order import dimensions, of_any_scenario


class Sampler:
    """Makes draws of a scenario. Draw i of a seed is the same for ever: in any order, anywhere, however many are made.

    seed: instead of the scenario's. method: how quantiles are spread: `sobol` (scrambled Sobol points), `random`, or
    `latin` (a Latin hypercube for each 256 draws). inputs: a stored map of inputs, whose columns stay as they were;
    what the scenario has besides is appended. Columns of inputs that the scenario does not have stay, and move nothing.
    correlations: of the columns, in place of the scenario's (those of several worlds together).
    order: in place of the scenario's `input_order`.
    Raises `ValueError` for another method, and for an input listed twice.

    paths: the input map, one path a column. order: of inputs. dimensions: the Sobol dimension of each of these, and of
    defaults; from the 1,024th on they have random points under `sobol`.
    """

    def __init__(
        self, scenario: Scenario, seed: int | None = None, method: str = SOBOL, inputs: Sequence[str] | None = None,
        correlations: Pairs | None = None, order: Sequence[str] | None = None,
    ) -> None:  # fmt: skip
        if method not in METHODS:
            raise ValueError(f"the method is one of {', '.join(METHODS)}; got {method!r}")
        stored = tuple(inputs or ())
        if len(set(stored)) < len(stored):
            twice = next(path for path in stored if stored.count(path) > 1)
            raise ValueError(f"the input map lists {twice!r} twice")
        self._draws = scenario.many_draws()
        self.seed = int(scenario.draw(listed=False).seed if seed is None else seed)
        self.method = method
        known = set(stored)
        self.paths: tuple[str, ...] = (*stored, *(path for path in scenario.uncertain if path not in known))
        places = dict.fromkeys((*(scenario.input_order if order is None else order), *self.paths))
        self.order: tuple[str, ...] = tuple(path for path in places if path not in of_any_scenario())
        self.dimensions = dimensions(self.order)
        own = set(scenario.uncertain)
        self._own = [(column, path) for column, path in enumerate(self.paths) if path in own]
        pairs = scenario.correlations if correlations is None else correlations
        self._copula = Copula(self.paths, pairs) if pairs else None
        if method == "sobol":
            self._placed = [k for k, path in enumerate(self.paths) if self.dimensions[path] < sobol.DIMENSIONS]
            placed = [self.paths[column] for column in self._placed]
            made = [sobol.scrambled(self.dimensions[path], self.seed, path) for path in placed]
            self._sobol = np.array(made, dtype=np.uint32).reshape(-1, sobol.BITS + 1).T.copy()

    def quantiles(self, start: int, stop: int) -> NDArray[np.float64]:
        """Quantiles of draws `start` to `stop` (exclusive): one row a draw, one column for each of `paths`, in (0, 1).

        Raises `ValueError` unless 0 ≤ start ≤ stop ≤ 2^32.
        """
        if not 0 <= start <= stop <= sobol.MOST_POINTS:
            raise ValueError(f"draws are numbered from 0 to 2^32, got {start} to {stop}")
        found = self._independent(start, stop)
        self.correlate(found)
        return found

    def correlate(self, quantiles: NDArray[np.float64]) -> None:
        """Turn independent `quantiles` (a row a draw, a column a path) into those that go together, in place."""
        if self._copula is not None:
            self._copula.apply(quantiles)

    def _independent(self, start: int, stop: int) -> NDArray[np.float64]:
        if self.method == "latin":
            parts = [columns.latin(self.seed, path, start, stop) for path in self.paths]
        elif self.method == "random":
            parts = [columns.uniform(self.seed, path, start, stop) for path in self.paths]
        else:
            found = sobol.points(self._sobol, start, stop)
            if len(self._placed) == len(self.paths):
                return found
            placed = dict(zip(self._placed, found.T, strict=True))
            parts = [placed[column] if column in placed else columns.uniform(self.seed, path, start, stop)
                     for column, path in enumerate(self.paths)]  # fmt: skip
        return np.array(parts, dtype=np.float64).reshape(len(self.paths), stop - start).T.copy()

    def values(self, quantiles: NDArray[np.float64]) -> list[list[float]]:
        """What inputs are in draws with given `quantiles` (a row a draw, a column a path): a list for each of `paths`.

        Of those that the scenario does not have, the quantiles themselves.
        """
        found: list[list[float]] = quantiles.T.tolist()
        for column, path in self._own:
            found[column] = self._draws.values(path, found[column])
        return found

    def draw(self, i: int, quantiles_row: NDArray[np.float64]) -> Draw:
        """Draw number `i` with the given quantiles, one for each of `paths`: what `Scenario.draw` gives for them."""
        return self.draw_with(i, [column[0] for column in self.values(quantiles_row[None, :])])

    def draw_with(self, i: int, values_row: Sequence[float]) -> Draw:
        """Draw number `i` in which inputs have the given values, one for each of `paths`, as `values` gives them."""
        return self._draws.draw_with(dict(zip(self.paths, values_row, strict=True)), self.seed, i)
