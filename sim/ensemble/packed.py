"""Columns of several tables as one array of each type: how they go from one process to another.

A part has more than a hundred columns of a few draws: each alone costs several times what is in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.encode import Texts, Values


class Packed(NamedTuple):
    """arrays: of each type, all columns one after another. tables: of each its rows, and of each column its place among
    `arrays` and, of texts, its words.
    """

    arrays: list[NDArray[Any]]
    tables: dict[str, tuple[int, list[tuple[int, Sequence[str] | None]]]]


def pack(tables: Mapping[str, Sequence[Values]]) -> Packed:
    """All columns of tables; those of a table are of one length."""
    of_type: dict[Any, tuple[int, list[NDArray[Any]]]] = {}
    packed = {}
    for name, columns in tables.items():
        rows, places = 0, []
        for column in columns:
            words = None
            if isinstance(column, Texts):
                column, words = column
            place, arrays = of_type.setdefault(column.dtype, (len(of_type), []))
            arrays.append(column)
            places.append((place, words))
            rows = len(column)
        packed[name] = rows, places
    return Packed([np.concatenate(arrays) for _, arrays in of_type.values()], packed)


def unpack(packed: Packed) -> dict[str, list[Values]]:
    """The tables again."""
    begins = [0] * len(packed.arrays)
    tables = {}
    for name, (rows, places) in packed.tables.items():
        columns: list[Values] = []
        for place, words in places:
            begin = begins[place]
            begins[place] = end = begin + rows
            array = packed.arrays[place][begin:end]
            columns.append(array if words is None else Texts(array, words))
        tables[name] = columns
    return tables
