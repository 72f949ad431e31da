"""Series from CSV files: read beside the file that names them, inlined, and refused by line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.model.declare import parameters
from sim.model.draw import Draw
from sim.scenario import Scenario, ScenarioError, load

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


EVERY_DATED = {
    "Supply.stock": ("labs: {A: {compute: {stock: #, every: 1 month}}}", "5000 H100", "7000 H100"),
    "Supply.share_of_world": ("labs: {A: {compute: {share_of_world: #}}}", "10%", "20%"),
    "Fleet.demand_tokens_per_s": ("labs: {A: {fleets: {serving: {demand: #}}}}", "1e6 tokens/s", "1e7 tokens/s"),
    "Inference.sparsity": ("inference: {sparsity: #}", "4x", "8x"),
    "Lab.use": ("labs: {A: {use: {training: #, serving: 10%}}}", "10%", "20%"),
    "Lab.staff": ("labs: {A: {staff: {ai_research: #}}}", "50", "90"),
    "Alignment.elsewhere": ("alignment: {elsewhere: #}", "50", "90"),
    "Domain.workforce": ("domains: {general: {workforce: #}}", "1e6 people", "2e6 people"),
    "Shock.rate": ("shocks: {fire: {rate: #, cluster_lost: 10%}}", "0.5 per year", "2 per year"),
    "Hazard.rate": ("hazards: {fire: {rate: #}}", "0.5 per year", "2 per year"),
    "Theft.rate": (
        "labs: {A: {compute: {count: 10 H100}}, B: {compute: {count: 10 H100}}}\n"
        "thefts: {t: {by: A, from: B, rate: #}}",
        "0.5 per year",
        "2 per year",
    ),
    "Covert.found": (
        "labs: {A: {compute: {count: 10 H100}}, B: {covert: yes}}\n"
        "pause: {stops: training, covert: {lab: B, compute: 1%, software: 50%, found: #}}",
        "0.5 per year",
        "2 per year",
    ),
    "Software.training_efficiency": ("software: {training_efficiency: #}", "1x", "3x"),
    "Software.inference_efficiency": ("software: {inference_efficiency: #}", "1x", "4x"),
}


def test_every_dated_number_may_come_from_a_file(folder: Callable[..., Path]) -> None:
    """Those are all there are by the declarations; a price, once there is one, must be added here."""
    found, blocks = set(), [Draw]
    while blocks:
        of = blocks.pop()
        for name, parameter in parameters(of).items():
            if parameter.kind.startswith("dated"):
                found.add(f"{of.__name__}.{name}")
            if parameter.of is not None:
                blocks.append(parameter.of)
    assert found == set(EVERY_DATED)
    head = "start: 2026-01-01\nend: 2028-01-01\nworld: {compute: {count: 100 H100}}\n"
    for name, (text, one, two) in EVERY_DATED.items():
        for settings in ("", ", interpolate: exponential"):
            folder({"s.csv": f"date,value,lab\n1/15/2026,9,B\n1/1/2026,{one},A\n7/31/2026,{two},A\n"})
            read = "{csv: s.csv, dates: month/day/year, where: {lab: A}" + settings + "}"
            written = "{2026-01-01: " + one + ", 2026-07-31: " + two + settings + "}"
            lab = "" if "labs:" in text else "labs: {A: {compute: {count: 10 H100}}}\n"
            if "compute" not in text and "labs:" in text:
                text = text.replace("{A: {", "{A: {compute: {count: 10 H100}, ")
            draws = [load("f.yaml", text=head + lab + text.replace("#", each)).draw() for each in (read, written)]
            assert draws[0] == draws[1], name


@pytest.mark.parametrize(
    ("dates", "text", "message"),
    [
        ("month/day/year", "13/1/2026", "there is no date '13/1/2026' (month/day/year)"),
        ("month/day/year", "2026-01-01", "expected a date such as 3/31/2022 (month/day/year), got '2026-01-01'"),
        ("day/month/year", "1/13/2026", "there is no date '1/13/2026' (day/month/year)"),
        ("day.month.year", "1/3/2026", "expected a date such as 31.3.2022 (day.month.year), got '1/3/2026'"),
        ("month/day/year", "1/1/26", "expected a date such as 3/31/2022 (month/day/year), got '1/1/26'"),
        ("year-month-day", "1/1/2026", "expected a date such as 2026-03-01, got '1/1/2026'"),
    ],
)
def test_dates_in_another_order_are_refused_by_line(
    folder: Callable[..., Path], base: str, lines: Callable[..., list[str]], dates: str, text: str, message: str
) -> None:
    series = f"{{csv: c.csv, dates: {dates}}}"
    good = {"month/day/year": "1/1/2020", "day/month/year": "1/1/2020", "day.month.year": "1.1.2020"}.get(dates, "2020")
    folder({"my.yaml": with_csv(base, series), "c.csv": f"date,value\n{good},5 H100\n{text},6 H100\n"})
    where = "c.csv:3:1: labs.Aurora.compute.stock: "
    assert lines(path="my.yaml") == [f"{where}{message} [read by my.yaml:5:28]"]


def test_an_unknown_order_of_dates_offers_the_nearest(
    folder: Callable[..., Path], base: str, lines: Callable[..., list[str]]
) -> None:
    folder({"my.yaml": with_csv(base, "{csv: c.csv, dates: month/day}"), "c.csv": "date,value\n2026,5 H100\n"})
    assert lines(path="my.yaml") == [
        "my.yaml:5:42: labs.Aurora.compute.stock.dates: dates are written year-month-day, month/day/year,"
        " day/month/year or day.month.year, got 'month/day' (did you mean 'month/day/year'?)"
    ]


def test_what_is_read_can_be_read_again(folder: Callable[..., Path], base: str) -> None:
    """The effective scenario, with the rows in it, keeps to the limits of a scenario file."""

    def rows(count: int) -> str:
        return "date,value\n" + "".join(f"{1000 + k // 28}-01-{k % 28 + 1:02},{k + 1}\n" for k in range(count))

    folder({"my.yaml": with_csv(base, "{csv: c.csv, unit: H100}"), "c.csv": rows(9_900)})
    scenario = load("my.yaml")
    assert load("effective.yaml", text=scenario.effective_yaml()).hash == scenario.hash
    folder({"c.csv": rows(10_000)})
    with pytest.raises(ScenarioError, match="can be read again: take fewer rows"):
        load("my.yaml")
