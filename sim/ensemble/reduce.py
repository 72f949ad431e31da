"""Draws reduced to a sketch where they are made, when only their summary is asked for: no row of them is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.dwell import lengths, level_names
from sim.ensemble.encode import DATE, Values, kind_of
from sim.ensemble.part import OUTCOMES, SERIES, Failed, Part, Plan
from sim.ensemble.sketch import Sketch, sketch_of
from sim.ensemble.summary import MOST_GENERATIONS, SCOPES, WINDOWS, days_of, new_windows
from sim.tables.table import Column

ALL = "all labs"
COUNTED = ("models", "windows")
"""Units of `outcomes` that are whole numbers."""


class Line(NamedTuple):
    """What one line of a sketch counts. name: parts of it, as in (`windows`, lab, k, `own`, `closed`)."""

    name: tuple[str, ...]
    whole: bool


@dataclass(frozen=True)
class Reduction:
    """What is counted of the draws of a plan. labs: of the scenario, by name."""

    plan: Plan
    labs: tuple[str, ...]

    @cached_property
    def lines(self) -> list[Line]:
        """The lines of a sketch, in order."""
        found = [Line((OUTCOMES, column.name), kind_of(column) == DATE or column.unit in COUNTED)
                 for column in self.plan.columns[OUTCOMES]]  # fmt: skip
        for here, _ in pairwise(level_names(self.plan.columns[OUTCOMES])):
            found += [Line(("dwell", here, how), False) for how in ("closed", "open")]
        generations = [str(k) for k in range(1, MOST_GENERATIONS + 1)]
        found += [Line(("windows", ALL, k, "draws"), True) for k in generations]
        for lab in self.labs:
            for k in generations:
                for scope in SCOPES:
                    found += [Line(("windows", lab, k, scope, how), False) for how in ("closed", "open")]
                found.append(Line(("windows", lab, k, "copies_at_open"), False))
        found += [Line((SERIES, column.name, date), False) for column in self.plan.columns[SERIES][1:]
                  for date in self.plan.dates.values()]  # fmt: skip
        return found

    @cached_property
    def place(self) -> dict[tuple[str, ...], int]:
        """Name of each line -> its number."""
        return {line.name: n for n, line in enumerate(self.lines)}

    @cached_property
    def whole(self) -> NDArray[np.bool_]:
        """Of each line, whether its values are whole numbers."""
        return np.array([line.whole for line in self.lines])

    def __getstate__(self) -> dict[str, Any]:
        return {"plan": self.plan, "labs": self.labs}

    def reduced(self, span: tuple[int, int]) -> Reduced:
        """Draws `span` (start, stop), simulated and counted."""
        part = self.plan.simulate(span)
        return Reduced(part.start, part.stop, self.sketch(part), part.main, part.failed)

    def sketch(self, part: Part) -> Sketch:
        """The sketch of some draws."""
        found = [*self._outcomes(part), *self._windows(part), *self._series(part)]
        lines = [np.broadcast_to(np.asarray(line, dtype=np.int64), values.shape) for line, values in found]
        values = np.concatenate([values for _, values in found]).astype(np.float64)
        return sketch_of(np.concatenate(lines), values, self.whole)

    def _columns(self, part: Part, name: str) -> dict[str, Any]:
        columns: list[Column] = self.plan.columns[name]
        values: list[Values] = part.tables[name]
        return dict(zip(("draw", *(column.name for column in columns)), values, strict=False))

    def _outcomes(self, part: Part) -> Iterator[tuple[Any, Any]]:
        columns = self._columns(part, OUTCOMES)
        days = {}
        for column in self.plan.columns[OUTCOMES]:
            line = columns[column.name]
            if kind_of(column) == DATE:
                days[column.name] = days_of(line)
                yield self.place[OUTCOMES, column.name], days[column.name]
            else:
                yield self.place[OUTCOMES, column.name], line[~np.isnan(line)]
        names = level_names(self.plan.columns[OUTCOMES])
        for here, after in pairwise(names):
            found, closed = lengths(days, here, after)
            yield self.place["dwell", here, "closed"], found[closed]
            yield self.place["dwell", here, "open"], found[~closed]

    def _windows(self, part: Part) -> Iterator[tuple[Any, Any]]:
        columns = self._columns(part, "windows")
        found = new_windows({name: columns[name] for name in ("draw", *WINDOWS)}, names := list(self.labs))
        assert len(names) == len(self.labs)
        first = self.place["windows", self.labs[0], "1", "own", "closed"]
        line = first + (found["lab"] * MOST_GENERATIONS + found["generation"] - 1) * (2 * len(SCOPES) + 1)
        for n, prefix in enumerate(SCOPES.values()):
            yield line + 2 * n + (found[f"{prefix}censored"] > 0), found[f"{prefix}length_days"]
        copies = found["copies_at_open"]
        known = ~np.isnan(copies)
        yield (line + 2 * len(SCOPES))[known], copies[known]
        once = np.unique(np.stack([found["generation"], found["draw"]]), axis=1)[0]
        yield self.place["windows", ALL, "1", "draws"] + once - 1, np.ones(once.size)

    def _series(self, part: Part) -> Iterator[tuple[Any, Any]]:
        columns = self._columns(part, SERIES)
        dates = np.array(list(self.plan.dates.values()), dtype="datetime64[s]")
        at = np.searchsorted(dates, columns["date"])
        first = next(iter(self.plan.dates.values()))
        for column in self.plan.columns[SERIES][1:]:
            yield self.place[SERIES, column.name, first] + at, columns[column.name]


class Reduced(NamedTuple):
    """Draws `start` to `stop` (exclusive): their sketch, the main result of each, those that failed."""

    start: int
    stop: int
    sketch: Sketch
    main: list[float]
    failed: list[Failed]
