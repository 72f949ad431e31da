"""The values that uncertain inputs have in draws, as columns of a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.encode import Values
from sim.scenario.derive import derived_value
from sim.scenario.problem import Unreadable
from sim.scenario.quantity import Quantity
from sim.tables import Column

Columns = Sequence[Sequence[float]]
"""For each input of the map its values in some draws, as `Sampler.values` gives them."""

_EPOCH = date(1970, 1, 1).toordinal()


def input_columns(paths: Sequence[str], inputs: Sequence[Quantity | None]) -> list[Column]:
    """A column for each input, in the order of the input map, in the input's canonical unit."""
    return [
        Column(path, "quantile", "quantile of an input that this scenario does not have") if quantity is None
        else Column(path, quantity.unit or "1", f"the uncertain input, stated as {quantity.text}")
        for path, quantity in zip(paths, inputs, strict=True)
    ]  # fmt: skip


def derived_columns(derived: Sequence[Quantity]) -> list[Column]:
    """A column for each derived input."""
    return [Column(each.path, each.unit or "1", f"derived: {each.derived.formula}") for each in derived if each.derived]


def encoded_derived(derived: Sequence[Quantity], paths: Sequence[str], values: Columns) -> list[Values]:
    """Columns of the values of derived inputs where those of `paths` have theirs.

    Empty in a draw that has none: it fails, and `failures` says why.
    """
    if not derived:
        return []
    columns = derived_values(derived, paths, values)
    return [_encoded(each, column) for each, column in zip(derived, columns, strict=True)]


def derived_values(
    derived: Sequence[Quantity], paths: Sequence[str], values: Columns, check: bool = False
) -> NDArray[np.float64]:
    """A row for each derived input, a column for each draw; nan where it has no value.

    check: also where its field cannot have it.
    """
    rows = [_row(derived, dict(zip(paths, row, strict=True)), check) for row in zip(*values, strict=True)]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(derived)).T


def _row(derived: Sequence[Quantity], at: dict[str, float], check: bool) -> list[float]:
    known: dict[str, float] = {}

    def value(quantity: Quantity) -> float:
        if quantity.derived is None:
            return at[quantity.path] if quantity.uncertain and quantity.path in at else quantity.central
        if quantity.path not in known:
            known[quantity.path] = derived_value(quantity, value, check)
        return known[quantity.path]

    found = []
    for each in derived:
        try:
            found.append(value(each))
        except Unreadable:
            found.append(math.nan)
    return found


def encoded_inputs(inputs: Sequence[Quantity | None], values: Columns) -> list[Values]:
    """Columns of what the inputs are: an array for each. Of those that the scenario does not have, quantiles."""
    columns = np.array(values, dtype=np.float64)
    return [column if quantity is None else _encoded(quantity, column)
            for quantity, column in zip(inputs, columns, strict=True)]  # fmt: skip


def _encoded(quantity: Quantity, values: NDArray[np.float64]) -> Values:
    if quantity.unit != "date":
        return np.ascontiguousarray(values)
    seconds = np.round((np.nan_to_num(values) - _EPOCH) * 86_400.0).astype(np.int64).view("datetime64[s]")
    seconds[np.isnan(values)] = np.datetime64("NaT")
    return seconds
