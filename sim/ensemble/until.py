"""Stopping early: once the Monte Carlo error of a named result is small enough."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from sim.ensemble.encode import DATE, join, kind_of
from sim.ensemble.estimate import Ordered, quantile
from sim.ensemble.part import OUTCOMES
from sim.ensemble.store import Store, chunks_of
from sim.ensemble.summary import ordered
from sim.scenario.problem import nearest
from sim.tables.table import Column

LEAST = 256
"""Draws below which no error is believed."""


class UntilError(ValueError):
    """No such result, or no such error."""


class Ending(Protocol):
    """When draws are enough: `Until`, or anything that has these.

    error: the one that is small enough, a share of the result if `relative`. unit: of both, if it is not.
    """

    @property
    def name(self) -> str: ...

    @property
    def error(self) -> float: ...

    @property
    def relative(self) -> bool: ...

    @property
    def unit(self) -> str: ...

    def error_of(self, store: Store, draws: int) -> float | None:
        """The error of the first draws, as `error` is one; None if they are too few to tell, inf as a share of 0."""
        ...

    def facts(self) -> dict[str, Any]: ...


def small_enough(asked: Ending, error: float | None, draws: int) -> bool:
    """Whether so many draws with such an error may end."""
    return draws >= LEAST and error is not None and error <= asked.error


@dataclass(frozen=True, slots=True)
class Until:
    """The result (a column of `outcomes`), and the error of its median that is small enough: in its unit, days for a
    date, or a share of the median if `relative`.
    """

    name: str
    error: float
    relative: bool
    unit: str

    def facts(self) -> dict[str, Any]:
        """As `summary.json` has it."""
        return {"result": self.name, "error": self.error, "relative": self.relative}

    def error_of(self, store: Store, draws: int) -> float | None:
        """The error of the first draws; None if they are too few to tell."""
        parts = [next(store.read(OUTCOMES, [self.name], chunk.n))[self.name] for chunk in chunks_of(draws)]
        line: NDArray[Any] = join(parts)  # type: ignore[assignment]
        return self.error_among(ordered(line))

    def error_among(self, values: Ordered) -> float | None:
        """The same of the result's values in ascending order."""
        value, error = quantile(values, 0.5)
        return None if value is None or error is None else as_asked(error, abs(value), self.relative)


def as_asked(error: float, value: float, relative: bool) -> float:
    """An error as a share of what it is of, if it is asked for so; infinite where that is 0 and the error is not."""
    if not relative or not error:
        return error
    return error / value if value else math.inf


def parse_until(text: str, columns: Sequence[Column]) -> Until:
    """`own_window_median_days=2%`, or `=5` in the result's unit (days for dates). Raises UntilError."""
    name, _, amount = (word.strip() for word in text.partition("="))
    column = next((column for column in columns if column.name == name), None)
    if column is None:
        near = nearest(name, [column.name for column in columns])
        hint = f" (did you mean {near!r}?)" if near else f"; there are {', '.join(column.name for column in columns)}"
        raise UntilError(f"no draw gives {name!r}{hint}")
    found = re.fullmatch(r"([0-9.]+(?:e[+-]?[0-9]+)?)\s*(%|[a-z ]*)", amount, re.IGNORECASE)
    unit = "days" if kind_of(column) == DATE else column.unit
    if found is None or not above_0(found[1]) or found[2].strip() not in ("", "%", unit):
        raise UntilError(f"expected an error such as {name}=2% or {name}=5 (in {unit}), got {amount!r}")
    relative = found[2] == "%"
    if relative and kind_of(column) == DATE:
        raise UntilError(f"{name} is a date: its error is a number of days, as in {name}=10 days")
    return Until(name, float(found[1]) / (100.0 if relative else 1.0), relative, unit)


def above_0(text: str) -> bool:
    """Whether a text of digits and points is a number above 0."""
    try:
        return float(text) > 0.0
    except ValueError:  # several points
        return False
