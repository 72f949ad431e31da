"""Bands over time: quantiles across draws on each date, exact, with memory that does not grow with the draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sim.ensemble.estimate import Floats, quantile_alone
from sim.ensemble.part import SERIES, Plan
from sim.ensemble.store import Store
from sim.ensemble.summary import QUANTILES
from sim.tables.table import Column, Table

MOST_VALUES = 12_000_000
"""Numbers held at once (100 MB): with more draws, fewer dates and series are taken at a time."""

COLUMNS = [
    Column("series", "", "what is counted, of all labs"),
    Column("unit", "", "unit of the values"),
    Column("date", "date", "the day that they are of"),
    Column("draws", "draws", "how many draws have not ended by then"),
    *(Column(f"p{round(100 * q)}", "", f"quantile {q:g} across draws") for q in QUANTILES),
]


def fan_table(store: Store, plan: Plan, draws: int) -> Table:
    """fan.csv: a row for each series and date. draws: how many the store has."""
    texts = list(plan.dates.values())
    series = plan.columns[SERIES][1:]
    found = {}
    for dates, columns in _blocks(len(texts), [column.name for column in series], draws):
        for name, lines in _values(store, texts[dates.start : dates.stop], columns).items():
            for text, values in zip(texts[dates.start : dates.stop], lines, strict=True):
                values.sort()
                found[name, text] = (values.size, *(quantile_alone(values, q) for q in QUANTILES))
    rows = [(column.name, column.unit, text, *found[column.name, text]) for column in series for text in texts
            if found[column.name, text][0]]  # fmt: skip
    return Table("fan", COLUMNS, rows)


def _blocks(dates: int, names: Sequence[str], draws: int) -> Iterator[tuple[range, list[str]]]:
    """Dates and series that are taken together."""
    at_once = max(1, MOST_VALUES // max(1, draws))
    wide = max(1, min(dates, at_once))
    high = max(1, min(len(names), at_once // wide))
    for first in range(0, len(names), high):
        for begin in range(0, dates, wide):
            yield range(begin, min(dates, begin + wide)), list(names[first : first + high])


def _values(store: Store, texts: Sequence[str], names: list[str]) -> dict[str, list[Floats]]:
    """For each series and date, the values of all draws."""
    days = np.array(texts, dtype="datetime64[s]")
    parts: dict[str, list[list[Floats]]] = {name: [[] for _ in texts] for name in names}
    for chunk in store.read(SERIES, ["date", *names]):
        when: Any = chunk["date"]
        # Rows of a draw stand by date: a stable sort leaves those of a date by draw.
        order = np.argsort(when, kind="stable")
        sorted_dates = when[order]
        left, right = (np.searchsorted(sorted_dates, days, side=side) for side in ("left", "right"))
        for name in names:
            values: Any = chunk[name]
            column = values[order]
            for n, (begin, end) in enumerate(zip(left, right, strict=True)):
                parts[name][n].append(np.array(column[begin:end]))
    return {name: [np.concatenate(each) if each else np.zeros(0) for each in lines] for name, lines in parts.items()}
