"""Dated values: staircases, growth between dates and after them, and what comes before."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from sim.base.calendar import Recurrence
from sim.base.series import Series
from sim.scenario import Scenario, load


def stock(base: str, text: str) -> Series:
    scenario = load("f.yaml", text=base.replace("{stock: 1.2e6 H100e, grows: 3x per year}", f"{{stock: {text}}}"))
    found = scenario.draw().labs["Aurora"].compute[0].stock
    assert found is not None
    return found


def test_a_number_is_a_series_that_never_changes(base: str) -> None:
    assert stock(base, "5 H100") == Series(((0.0, 5.0),))


def test_dates_in_any_order_make_a_staircase(base: str) -> None:
    found = stock(base, "{2027-01-01: 7 H100, 2025: 3 H100, 2026-07: 5 H100}")
    assert found == Series(((-365.0, 3.0), (181.0, 5.0), (365.0, 7.0)))
    assert [found.at(day) for day in (0.0, 180.9, 181.0, 9999.0)] == [3.0, 3.0, 5.0, 7.0]


def test_growth_between_the_dates_and_after_them(base: str) -> None:
    text = "{2026-01-01: 1 H100, 2027-01-01: 4 H100, interpolate: exponential, every: 2 weeks, then: 2x per year}"
    found = stock(base, text)
    assert found.every == Recurrence(days=14.0)
    assert found.at(182.5) == pytest.approx(2.0)
    assert found.at(365.0 + 365.25) == pytest.approx(8.0)
    assert found.growth_per_day == pytest.approx(math.log(2.0) / 365.25)


def test_steps_are_a_month_if_not_stated(base: str) -> None:
    assert stock(base, "{2026-01-01: 1 H100, then: 2x per year}").every == Recurrence(months=1.0)
    assert stock(base, "{2026-01-01: 1 H100}").every is None


def test_a_stock_is_nothing_before_its_first_date(base: str) -> None:
    found = stock(base, "{2026-02-01: 5 H100}")
    assert [found.at(day) for day in (-9.0, 0.0, 30.9, 31.0)] == [0.0, 0.0, 0.0, 5.0]
    grown = stock(base, "{2026-02-01: 5 H100, 2026-03-01: 10 H100, interpolate: exponential}")
    assert [grown.at(day) for day in (0.0, 30.9, 31.0, 59.0)] == [0.0, 0.0, 5.0, 10.0]


def test_before(base: str) -> None:
    found = stock(base, "{2026-02-01: 5 H100, before: 2 H100}")
    assert [found.at(day) for day in (-99.0, 0.0, 30.9, 31.0)] == [2.0, 2.0, 2.0, 5.0]
    early = stock(base, "{2025-02-01: 5 H100, before: 2 H100}")
    assert [early.at(day) for day in (-9999.0, -335.0, -334.0, 0.0)] == [2.0, 2.0, 5.0, 5.0]
    grown = stock(base, "{2026-02-01: 5 H100, 2026-03-01: 10 H100, before: 2 H100, interpolate: exponential}")
    assert [grown.at(day) for day in (0.0, 30.9, 31.0)] == pytest.approx([2.0, 2.0, 5.0])


def test_points_may_have_sources_and_be_uncertain(base: str, again: Callable[[Scenario], Scenario]) -> None:
    text = base.replace(
        "stock: 1.2e6 H100e, grows: 3x per year",
        "stock: {source: all, 2026-01-01: {value: 2 to 8 H100, source: one}, 2027-01-01: 9 H100, guess: yes}",
    )
    scenario = load("f.yaml", text=text)
    rows = {row.path: row for row in scenario.inputs if ".stock" in row.path}
    assert {path: (row.text, row.source, row.guess) for path, row in rows.items()} == {
        "labs.Aurora.compute.stock.2026-01-01": ("2 to 8 H100", "one", False),
        "labs.Aurora.compute.stock.2027-01-01": ("9 H100", "all", True),
    }
    assert "labs.Aurora.compute.stock.2026-01-01" in scenario.uncertain
    drawn = again(scenario).draw({"labs.Aurora.compute.stock.2026-01-01": 0.95}).labs["Aurora"].compute[0].stock
    assert drawn is not None
    assert drawn.points == ((0.0, pytest.approx(8.0)), (365.0, 9.0))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{2026-01-01: 3 H100, 2027-01-01: 4 A100}",
            "f.yaml:5:22: labs.Aurora.compute.stock: all numbers of a series must name the same accelerator, got"
            " A100, H100",
        ),
        (
            "{2026-01-01: 3 H100, 2026: 4 H100}",
            "f.yaml:5:43: labs.Aurora.compute.stock.2026: the date 2026 is stated twice",
        ),
        ("{2026-01-32: 3 H100}", "f.yaml:5:23: labs.Aurora.compute.stock.2026-01-32: there is no date '2026-01-32'"),
        (
            "{2026-01-01: -3 H100}",
            "f.yaml:5:35: labs.Aurora.compute.stock.2026-01-01: must be at least 0, got '-3 H100'",
        ),
        (
            "{2026-01-01: 3 H100, interpolate: linear}",
            "f.yaml:5:56: labs.Aurora.compute.stock.interpolate: interpolate is staircase or exponential, got 'linear'",
        ),
        (
            "{2026-01-01: 3 H100, every: 3 days}",
            "f.yaml:5:50: labs.Aurora.compute.stock.every: `every` is the step of `interpolate: exponential` or"
            " `then:`,"
            " and neither is stated",
        ),
        (
            "{2026-01-01: 3 H100, then: 3}",
            "f.yaml:5:49: labs.Aurora.compute.stock.then: expected a growth such as '3x per year', got '3'",
        ),
        (
            "{2026-01-01: 3 H100, intrpolate: x}",
            "f.yaml:5:43: labs.Aurora.compute.stock.intrpolate: expected a date such as 2026-01-01, or one of"
            " before, correlation, every,"
            " interpolate, then, source, note, guess; got 'intrpolate' (did you mean 'interpolate'?)",
        ),
        (
            "{source: x}",
            "f.yaml:5:22: labs.Aurora.compute.stock: a dated series needs at least one date, such as 2026-01-01: 10%",
        ),
        (
            "[3 H100]",
            "f.yaml:5:22: labs.Aurora.compute.stock: expected a number of accelerators such as '1000 H100', got a list",
        ),
    ],
)
def test_refused(base: str, lines: Callable[..., list[str]], text: str, message: str) -> None:
    assert lines(base.replace("{stock: 1.2e6 H100e, grows: 3x per year}", f"{{stock: {text}}}")) == [message]


def test_a_series_needs_a_value_at_the_start(base: str, lines: Callable[..., list[str]]) -> None:
    assert lines(base.replace("training: 10%", "training: {2026-01-02: 10%}")) == [
        "f.yaml:6:34: labs.Aurora.use.training: no value at the start: the first date is 2026-01-02;"
        " add `before:` or an earlier date"
    ]
    load("f.yaml", text=base.replace("training: 10%", "training: {2026-01-01: 10%}"))
    load("f.yaml", text=base.replace("training: 10%", "training: {2027-01-01: 10%, before: 5%}"))
