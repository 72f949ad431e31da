"""What a draw gives of a table: rows, or what is cheaper to make and to encode. Those of several draws as columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from sim.ensemble.encode import DATE, NUMBER, TEXT, WHOLE, Texts, Values, encode, kind_of
from sim.tables.table import Column
from sim.tables.trajectory_rows import Label, TrajectoryRows

Row = tuple[Any, ...]


class Dated:
    """A row for each of some dates, the first of those that all draws share; a list for each column of numbers."""

    __slots__ = ("dates", "lines")

    def __init__(self, dates: list[str], lines: list[list[float]]) -> None:
        self.dates, self.lines = dates, lines

    def __len__(self) -> int:
        return len(self.dates)

    @property
    def rows(self) -> list[Row]:
        """Each with its date first."""
        return list(zip(self.dates, *self.lines, strict=True))


Cells = list[Row] | Dated | TrajectoryRows


def columns_of_cells(columns: Sequence[Column], found: Sequence[Any]) -> list[Values]:
    """The columns of what draws give, one draw after another; all give the same kind of it."""
    if found and isinstance(found[0], Dated):
        return _of_dated(found)
    if found and isinstance(found[0], TrajectoryRows):
        return _of_trajectory(found)
    rows = list(chain.from_iterable(found))
    values: Any = zip(*rows, strict=True) if rows else ((),) * len(columns)
    return [encode(kind_of(column), each) for column, each in zip(columns, values, strict=True)]


def _of_dated(found: Sequence[Dated]) -> list[Values]:
    dates: Any = encode(DATE, max((each.dates for each in found), key=len))
    when = np.concatenate([dates[: len(each)] for each in found])
    columns: list[list[float]] = [[] for _ in found[0].lines]
    for each in found:
        for column, line in zip(columns, each.lines, strict=True):
            column += line
    return [when, *(encode(NUMBER, column) for column in columns)]


def _of_trajectory(found: Sequence[TrajectoryRows]) -> list[Values]:
    """Texts are encoded once for each label that any draw has."""
    labels: dict[Label, int] = {}
    places = []
    for each in found:
        mine: Any = encode(WHOLE, [labels.setdefault(label, len(labels)) for label in each.labels])
        places.append(mine[encode(WHOLE, each.places)])
    place = np.concatenate(places)
    texts: Any = (encode(TEXT, of) for of in zip(*labels, strict=True))
    lab, model, use, accelerator, domain, series, unit, kind = (Texts(codes[place], words) for codes, words in texts)
    dates: Any = encode(DATE, list(chain.from_iterable(each.dates for each in found)))
    date = np.repeat(dates, np.concatenate([np.diff(each.ends, prepend=0) for each in found]))
    value = np.concatenate([encode(NUMBER, each.values) for each in found])
    return [date, lab, model, use, accelerator, domain, series, value, unit, kind]
