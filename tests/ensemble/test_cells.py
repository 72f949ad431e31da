"""What draws give of tables as columns: the same as of their rows; and these columns on their way between processes."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from sim.ensemble.cells import Cells, Dated, columns_of_cells
from sim.ensemble.encode import Texts, Values, encode, kind_of
from sim.ensemble.packed import pack, unpack
from sim.ensemble.part import Part
from sim.scenario import load
from sim.tables.rates import Rates
from sim.tables.series import series_columns, series_columns_of
from sim.tables.table import Column
from sim.tables.trajectory import COLUMNS, trajectory_rows, trajectory_table
from sim.world import simulate
from tests.cli.command import SCENARIOS


@pytest.fixture(scope="module")
def rates() -> list[Rates]:
    """Of two worlds, one of which has ended when the other goes on."""
    ends = ("2026-09-01", "2027-03-15")
    return [Rates(simulate(load(SCENARIOS / "two-blocs.yaml", sets=[f"end={end}"]).draw())) for end in ends]


def plain(values: Values) -> list[Any]:
    """Each value by itself; what is none as None."""
    if isinstance(values, Texts):
        return [None if code < 0 else values.words[code] for code in values.codes]
    return [None if value != value else value for value in values.tolist()]


def of_rows(columns: list[Column], rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    found = zip(columns, zip(*rows, strict=True), strict=True)
    return [plain(encode(kind_of(column), values)) for column, values in found]


def test_the_trajectory_is_that_of_its_rows(rates: list[Rates]) -> None:
    rows = [row for each in rates for row in trajectory_table(each.record, each).rows]
    found = columns_of_cells(COLUMNS, [trajectory_rows(each.record, each) for each in rates])
    assert len({row[6] for row in rows}) > 10
    assert [plain(values) for values in found] == of_rows(COLUMNS, rows)


def test_series_are_those_of_their_rows(rates: list[Rates]) -> None:
    dates = {0.0: "2026-01-01", 181.0: "2026-07-01", 273.0: "2026-10-01"}
    columns = series_columns(rates[0].record.draw)
    cells: list[Cells] = []
    rows: list[tuple[Any, ...]] = []
    for each in rates:
        days, lines = series_columns_of(each.record, each, columns, tuple(dates))
        cells.append(Dated([dates[day] for day in days], lines))
        rows += [(dates[day], *(line[n] for line in lines)) for n, day in enumerate(days)]
    assert [len(each) for each in cells] == [2, 3]
    columns = [Column("date", "date", "when"), *columns]
    assert [plain(values) for values in columns_of_cells(columns, cells)] == of_rows(columns, rows)


@pytest.mark.parametrize("rows", [0, 3])
def test_a_part_comes_to_another_process_as_it_was(rows: int) -> None:
    words = ["a", "b"]
    tables: dict[str, list[Values]] = {
        "one": [np.arange(rows), np.linspace(0.0, 1.0, rows), Texts(np.arange(rows, dtype=np.int32) - 1, words)],
        "none": [np.zeros(0), np.zeros(0, dtype=np.int8)],
        "two": [np.arange(5).astype("datetime64[s]"), np.ones(5, dtype=np.int8), np.full(5, np.nan)],
    }
    part = Part(3, 6, tables, [1.0, 2.0, 3.0], [(4, "why", True)])
    found = pickle.loads(pickle.dumps(part))
    assert found._replace(tables={}) == part._replace(tables={})
    for of in (found.tables, unpack(pack(tables))):
        assert [*of] == [*tables]
        for name, columns in tables.items():
            for mine, its in zip(columns, of[name], strict=True):
                assert type(mine) is type(its)
                assert plain(mine) == plain(its)
                assert isinstance(mine, Texts) or mine.dtype == its.dtype
