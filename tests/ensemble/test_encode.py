"""Columns of tables as arrays and as Parquet: what went in comes out, in whatever parts it came."""

from __future__ import annotations

import io
import json
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.ensemble.encode import DATE, FLAG, JSON, NUMBER, TEXT, WHOLE, Texts, decode, encode, join, kind_of, parquet
from sim.scenario import load
from sim.tables import TABLES, Column, tabulate
from sim.world import simulate
from tests.cli.command import SCENARIOS

COLUMNS = [
    Column("draw", "", "number of the draw"), Column("x", "days", "a number"), Column("closed", "", "true if so"),
    Column("opens", "date", "a day"), Column("lab", "", "whose"), Column("more", "", "it (JSON)"),
]  # fmt: skip
ROWS: list[tuple[Any, ...]] = [
    (0, 1.5, True, "2026-01-01", "Aurora", {"b": 1, "a": [2]}),
    (0, None, None, None, None, None),
    (1, 1e300, False, "2031-12-31 23:59:59", "Börse", {}),
    (2, -0.0, True, "1969-07-20 20:17:40", "Aurora", {"a": "é"}),
]


def encoded(rows: list[tuple[Any, ...]]) -> list[Any]:
    columns = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS)
    return [encode(kind_of(column), values) for column, values in zip(COLUMNS, columns, strict=True)]


def test_kinds() -> None:
    assert [kind_of(column) for column in COLUMNS] == [WHOLE, NUMBER, FLAG, DATE, TEXT, JSON]


def test_a_file_has_the_values_units_and_meanings() -> None:
    table = pq.read_table(io.BytesIO(parquet(COLUMNS, [encoded(ROWS)])))
    assert table.to_pydict() == {
        "draw": [0, 0, 1, 2], "x": [1.5, None, 1e300, -0.0], "closed": [True, None, False, True],
        "opens": [datetime(2026, 1, 1), None, datetime(2031, 12, 31, 23, 59, 59), datetime(1969, 7, 20, 20, 17, 40)],
        "lab": ["Aurora", None, "Börse", "Aurora"], "more": ['{"a":[2],"b":1}', None, "{}", '{"a":"\\u00e9"}'],
    }  # fmt: skip
    assert table.schema.field("x").metadata == {b"unit": b"days", b"meaning": b"a number"}


@pytest.mark.parametrize("cuts", [[0, 4], [0, 1, 4], [0, 1, 2, 3, 4], [0, 0, 4]])
def test_parts_make_the_same_bytes(cuts: list[int]) -> None:
    parts = [encoded(ROWS[start:stop]) for start, stop in pairwise(cuts)]
    joined = [join(each) for each in zip(*parts, strict=True)]
    assert parquet(COLUMNS, [joined]) == parquet(COLUMNS, [encoded(ROWS)])


def test_what_is_read_back_is_what_was_encoded() -> None:
    for rows in (ROWS, []):
        data = parquet(COLUMNS, [encoded(rows)])
        table = pq.ParquetFile(io.BytesIO(data), read_dictionary=["lab", "more"]).read()
        for column, values in zip(COLUMNS, encoded(rows), strict=True):
            found = decode(table.column(column.name))
            if isinstance(values, Texts):
                assert isinstance(found, Texts)
                assert [found.words[n] for n in found.codes if n >= 0] == [values.words[n] for n in values.codes
                                                                           if n >= 0]  # fmt: skip
                assert ((found.codes < 0) == (values.codes < 0)).all()
            else:
                assert found.dtype == values.dtype
                np.testing.assert_array_equal(found, values)


def test_every_value_of_every_table_is_of_its_columns_kind() -> None:
    types: dict[str, type | tuple[type, ...]] = {NUMBER: (int, float), FLAG: bool, DATE: str, TEXT: str,
                                                 JSON: (dict, list)}  # fmt: skip
    record = simulate(load(SCENARIOS / "two-blocs.yaml", sets=["end=2027-06-01"]).draw())
    for name in TABLES:
        table = tabulate(record, name)
        for n, column in enumerate(table.columns):
            for value in {type(row[n]): row[n] for row in table.rows if row[n] is not None}.values():
                assert isinstance(value, types[kind_of(column)]), (name, column.name, value)
                assert kind_of(column) != NUMBER or not isinstance(value, bool), (name, column.name)


def test_details_are_written_as_each_alone() -> None:
    """Also where a text among them is what stands between them while they are written together."""
    marked = [{"a": "x"}, {"b": ["x", "\0between", "y"]}, {"c": 1}]
    for values in ([{"a": [1, {"b": "é"}]}, None, {}], marked, [None], []):
        texts = encode(JSON, values)
        assert isinstance(texts, Texts)
        found = [None if code < 0 else json.loads(texts.words[code]) for code in texts.codes]
        assert found == values


def test_dates_are_texts_or_seconds() -> None:
    seconds = [None, 0, 1_767_225_600, -86_400, 1_767_225_599]
    texts = [None, "1970-01-01", "2026-01-01", "1969-12-31", "2025-12-31 23:59:59"]
    one, two = encode(DATE, seconds), encode(DATE, texts)
    assert not isinstance(one, Texts) and not isinstance(two, Texts)
    assert one.dtype == two.dtype
    np.testing.assert_array_equal(one, two)
