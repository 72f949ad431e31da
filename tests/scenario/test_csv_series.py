"""Series from CSV files: read beside the file that names them, inlined, and refused by line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import Scenario, load

ROWS = """\
lab,quarter,h100e,comment
Aurora,2026-01-01,1000,"first, of all"
Other,2026-01-01,7,
Aurora,2026-07-01,2.5e3,

Aurora,2027-01-01,4000,
"""


def with_csv(base: str, text: str) -> str:
    return base.replace("{stock: 1.2e6 H100e, grows: 3x per year}", f"{{stock: {text}}}")


SERIES = "{csv: data/chips.csv, date: quarter, value: h100e, where: {lab: Aurora}, unit: H100e, then: 2x per year}"


def test_a_csv_is_inlined(folder: Callable[..., Path], base: str, again: Callable[[Scenario], Scenario]) -> None:
    root = folder({"sub/my.yaml": with_csv(base, SERIES), "sub/data/chips.csv": ROWS})
    scenario = load("sub/my.yaml")
    points = ((0.0, 1000.0), (181.0, 2500.0), (365.0, 4000.0))
    stock = scenario.draw().labs["Aurora"].compute[0].stock
    assert stock is not None
    assert stock.points == points
    rows = {row.path: (row.text, row.source, row.origin) for row in scenario.inputs if ".stock." in row.path}
    assert rows["labs.Aurora.compute.stock.2026-07-01"] == ("2.5e3 H100e", "data/chips.csv", "sub/data/chips.csv:4:1")
    (root / "sub/data/chips.csv").unlink()
    assert again(scenario).draw() == scenario.draw()
    assert again(scenario).effective_yaml() == scenario.effective_yaml()
    assert "2026-07-01: 2.5e3 H100e" in scenario.effective_yaml()
    assert "csv:" not in scenario.effective_yaml()


def test_columns_default_to_date_and_value(folder: Callable[..., Path], base: str) -> None:
    folder(
        {"my.yaml": with_csv(base, "{csv: c.csv, source: a report}"), "c.csv": "value,date\n5 A100,2026\n6 A100,2027\n"}
    )
    scenario = load("my.yaml")
    assert list(scenario.draw().accelerators) == ["A100"]
    assert {row.source for row in scenario.inputs if ".stock." in row.path} == {"a report"}


@pytest.mark.parametrize(
    ("series", "rows", "messages"),
    [
        ("{csv: d.csv}", "", ["my.yaml:5:28: d.csv: no such file (did you mean 'c.csv'?)"]),
        ("{csv: c.csv}", "", ["my.yaml:5:28: labs.Aurora.compute.stock: c.csv has no rows"]),
        (
            "{csv: c.csv}",
            "day,value\n2026,5\n",
            ["my.yaml:5:22: labs.Aurora.compute.stock.date: no column 'date'; the columns are 'day', 'value'"],
        ),
        (
            "{csv: c.csv, date: dya}",
            "day,value\n2026,5\n",
            [
                "my.yaml:5:41: labs.Aurora.compute.stock.date: no column 'dya'; the columns are 'day', 'value'"
                " (did you mean 'day'?)"
            ],
        ),
        (
            "{csv: c.csv, where: {lb: A}}",
            "date,value,lab\n2026,5,A\n",
            [
                "my.yaml:5:43: labs.Aurora.compute.stock.where.lb: no column 'lb'; the columns are 'date',"
                " 'value', 'lab'"
                " (did you mean 'lab'?)"
            ],
        ),
        (
            "{csv: c.csv, where: {lab: B}}",
            "date,value,lab\n2026,5,A\n",
            ["my.yaml:5:28: labs.Aurora.compute.stock: no row of c.csv fits `where`"],
        ),
        (
            "{csv: c.csv, unt: A100}",
            "date,value\n2026,5 A100\n",
            ["my.yaml:5:35: labs.Aurora.compute.stock.unt: unknown key 'unt' in a CSV series (did you mean 'unit'?)"],
        ),
        (
            "{csv: c.csv, unit: H100}",
            "date,value\n2026,5\nsoon,6\n2027\n2028,\n2029,many\n2030,-1\n2026,9\n",
            [
                "c.csv:3:1: labs.Aurora.compute.stock: expected a date such as 2026-03-01, got 'soon' [read by"
                " my.yaml:5:28]",
                "c.csv:4:1: labs.Aurora.compute.stock: this row has 1 cell, the header 2 [read by my.yaml:5:28]",
                "c.csv:5:1: labs.Aurora.compute.stock.2028: this row has no value [read by my.yaml:5:28]",
                "c.csv:6:1: labs.Aurora.compute.stock.2029: expected a number of accelerators such as '1000 H100',"
                " got 'many' [read by my.yaml:5:28]",
                "c.csv:7:1: labs.Aurora.compute.stock.2030: must be at least 0, got '-1 H100' [read by my.yaml:5:28]",
                "c.csv:8:1: labs.Aurora.compute.stock.2026: the date 2026 is stated twice (first on line 2)"
                " [read by my.yaml:5:28]",
            ],
        ),
        (
            "{csv: c.csv}",
            'date,value\n2026,"5 A100\n',
            [
                "c.csv:2:1: this is not CSV: a quote is opened here and never closed [read by my.yaml:5:28]",
            ],
        ),
    ],
)
def test_refused(
    folder: Callable[..., Path], base: str, lines: Callable[..., list[str]], series: str, rows: str, messages: list[str]
) -> None:
    folder({"my.yaml": with_csv(base, series), "c.csv": rows})
    found = [line for line in lines(path="my.yaml") if "needs at least one date" not in line]
    assert found == messages
