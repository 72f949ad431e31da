"""Draws of a branch: what is drawn anew from its ranges, given what is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

from sim.ensemble import columns, sobol
from sim.ensemble.branch import BranchError, Place, Range
from sim.ensemble.copula import Copula
from sim.ensemble.estimate import Floats
from sim.ensemble.sampler import Sampler
from sim.model.draw import Branch, Draw
from sim.scenario import Scenario

MOST_TRIES = 1_000
"""Of points outside of the ranges."""


class BranchSampler(Sampler):
    """Makes draws of a branch: draw i of it is the same for ever, as those of a `Sampler` are.

    ranges: path -> which quantiles of it are drawn anew; all other inputs have those of draw `place.number`. What goes
    together with inputs that are kept is drawn given those.
    """

    def __init__(self, scenario: Scenario, seed: int, method: str, place: Place, ranges: Mapping[str, Range]) -> None:
        super().__init__(scenario, seed, method)
        self.place, self.ranges = place, dict(ranges)
        self.row = super().quantiles(place.number, place.number + 1)[0]
        self._anew = [column for column, path in enumerate(self.paths) if path in ranges]
        self._kept = [column for column, path in enumerate(self.paths) if path not in ranges]
        named = {path for pair in scenario.correlations for path in pair}
        self._limits = [(column, *ranges[self.paths[column]]) for column in self._anew]
        self._alone = [limit for limit in self._limits if self.paths[limit[0]] not in named]
        self._given: Copula | None = None
        self._independent_row = self.row
        if named:
            order = [self.paths[column] for column in (*self._kept, *self._anew)]
            self._given = Copula(order, scenario.correlations, self.paths)
            self._independent_row = self._given.undone(self.row)
        if method == "sobol":
            names = enumerate(self._names[: sobol.DIMENSIONS])
            made = [sobol.scrambled(k, self.seed, name) for k, name in names]
            self._points = np.array(made, dtype=np.uint32).reshape(-1, sobol.BITS + 1).T.copy()

    @property
    def _names(self) -> list[str]:
        return [f"{self.paths[column]}/{self.place.name}" for column in self._anew]

    def quantiles(self, start: int, stop: int) -> Floats:
        """As of `Sampler`: the first point of each draw that lies within the ranges."""
        found = self._together(self._fresh(start, stop))
        for n in np.flatnonzero(~self._inside(found)).tolist():
            found[n] = next(self.again(start + n))
        return found

    def again(self, i: int) -> Iterator[Floats]:
        """Further points of draw `i` within the ranges, in order, at random. Raises BranchError if there are none."""
        tried = 0
        for attempt in count(1):
            parts = [columns.uniform(self.seed, f"{name}/{attempt}", i, i + 1) for name in self._names]
            row = self._together(np.array(parts).reshape(-1, 1).T)
            if self._inside(row)[0]:
                tried = 0
                yield row[0]
            tried += 1
            if tried > MOST_TRIES:
                raise BranchError(f"no point in {MOST_TRIES:,} lies within the ranges that leave the past as it is")

    def _fresh(self, start: int, stop: int) -> Floats:
        names = self._names
        if self.method == "sobol" and names:
            rest = names[sobol.DIMENSIONS :]
            first = sobol.points(self._points, start, stop)
            more = [columns.uniform(self.seed, name, start, stop) for name in rest]
            return np.column_stack([first, *more]) if more else first
        of = columns.latin if self.method == "latin" else columns.uniform
        return np.array([of(self.seed, name, start, stop) for name in names]).reshape(len(names), stop - start).T

    def _together(self, fresh: Floats) -> Floats:
        """Rows of all inputs, from independent numbers for those that are drawn anew."""
        found: Floats = np.repeat(self._independent_row[None, :], len(fresh), axis=0)
        found[:, self._anew] = fresh
        for column, low, high in self._alone:
            found[:, column] = low + (high - low) * found[:, column]
        if self._given is not None:
            self._given.apply(found)
        found[:, self._kept] = self.row[self._kept]
        return found

    def _inside(self, rows: Floats) -> NDArray[np.bool_]:
        inside = np.ones(len(rows), dtype=bool)
        for column, low, high in self._limits:
            inside &= (rows[:, column] >= low) & (rows[:, column] <= high)
        return inside

    def draw_with(self, i: int, values_row: Sequence[float]) -> Draw:
        """Draw number `i` of the branch."""
        draw = super().draw_with(self.place.number, values_row)
        draw.branch = Branch(self.place.day, f"{self.place.name}/{i}")
        return draw
