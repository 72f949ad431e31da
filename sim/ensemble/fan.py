"""Bands over time: quantiles across draws on each date, exact, with memory that does not grow with the draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.encode import Texts
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
    for dates, names in _blocks(len(texts), [column.name for column in series], draws):
        days = np.array(texts[dates.start : dates.stop], dtype="datetime64[s]")
        sizes, lines_of = values_of(store, days, names, draws)
        for name, lines in lines_of.items():
            lines.sort(axis=1)
            for n, size, line in zip(dates, sizes, lines, strict=True):
                values = line[:size]
                found[name, texts[n]] = (size, *(quantile_alone(values, q) for q in QUANTILES))
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


def values_of(
    store: Store, days: NDArray[np.datetime64], names: Sequence[str], draws: int
) -> tuple[list[int], dict[str, Floats]]:
    """How many of the first `draws` draws have each date; for each series a row for each date, their values or nan."""
    sizes = np.zeros(len(days), dtype=np.int64)
    found = {name: np.full((len(days), draws), np.nan) for name in names}
    done = 0
    for chunk in store.read(SERIES, ["draw", "date", *names]):
        draw, when = chunk["draw"], chunk["date"]
        assert not isinstance(draw, Texts) and not isinstance(when, Texts)
        which = done + np.cumsum(np.diff(draw, prepend=draw[:1]) != 0)  # rows stand by draw
        row = np.minimum(np.searchsorted(days, when), len(days) - 1)
        here = (days[row] == when) & (which < draws)
        place = (row * draws + which)[here]
        for name in names:
            found[name].reshape(-1)[place] = chunk[name][here]
        sizes += np.bincount(row[here], minlength=len(days))
        done = int(which[-1]) + 1 if which.size else done
        if done >= draws:
            break
    return sizes.tolist(), found
