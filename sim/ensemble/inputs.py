"""The values that uncertain inputs have in draws, as columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.encode import Values
from sim.scenario.quantity import Quantity
from sim.tables import Column

_EPOCH = date(1970, 1, 1).toordinal()


def input_columns(paths: Sequence[str], inputs: Sequence[Quantity | None]) -> list[Column]:
    """A column for each input, in the order of the input map, in the input's canonical unit."""
    return [
        Column(path, "quantile", "quantile of an input that this scenario does not have") if quantity is None
        else Column(path, quantity.unit or "1", f"the uncertain input, stated as {quantity.text}")
        for path, quantity in zip(paths, inputs, strict=True)
    ]  # fmt: skip


def encoded_inputs(inputs: Sequence[Quantity | None], quantiles: NDArray[np.float64]) -> list[Values]:
    """Columns of the values at quantiles (a row a draw, a column an input)."""
    found: list[Values] = []
    for quantity, column in zip(inputs, quantiles.T, strict=True):
        if quantity is None:
            found.append(np.ascontiguousarray(column))
            continue
        values = np.array([quantity.quantile(q) for q in column.tolist()])
        if quantity.unit == "date":
            found.append(np.round((values - _EPOCH) * 86_400.0).astype(np.int64).view("datetime64[s]"))
        else:
            found.append(values)
    return found
