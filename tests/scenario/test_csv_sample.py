"""Samples and percentiles from CSV files, as distributions; and the same again from the effective scenario."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.scenario import Scenario, ScenarioError, load

DAYS = [61.0, 75.0, 80.0, 95.5, 118.0]


def test_an_empirical_length(base: str, folder: Callable[..., Path], again: Callable[[Scenario], Scenario]) -> None:
    lines = [f"run {k},{'big' if days > 70 else 'small'},{days}" for k, days in enumerate(DAYS)]
    folder({"runs.csv": "run,size,days\n" + "\n".join(lines) + "\n"})
    text = base.replace("60 days", "{empirical: {csv: runs.csv, value: days, unit: days, where: {size: big}}}")
    path = "labs.Aurora.runs.length"
    scenario = load("f.yaml", text=text)
    for each in (scenario, again(scenario)):
        for q in (0.1, 0.5, 0.77):
            found = each.draw({path: q}).labs["Aurora"].runs[0].length_days
            assert found == pytest.approx(np.quantile(DAYS[1:], q))
    row = next(item for item in scenario.inputs if item.path == path)
    assert (row.source, row.uncertain) == ("runs.csv", True)
    assert row.text == "{empirical: [75.0 days, 80.0 days, 95.5 days, 118.0 days]}"


def test_a_series_of_percentiles(base: str, folder: Callable[..., Path], again: Callable[[Scenario], Scenario]) -> None:
    folder({"stock.csv": "date,low,mid,high\n2026-01-01,1e5,2e5,5e5\n2027-01-01,3e5,4e5,6e5\n"})
    stock = "{csv: stock.csv, p10: low, p50: mid, p90: high, unit: H100e}"
    scenario = load("f.yaml", text=base.replace("stock: 1.2e6 H100e, grows: 3x per year", f"stock: {stock}"))
    first, second = (f"labs.Aurora.compute.stock.{year}-01-01" for year in (2026, 2027))
    for each in (scenario, again(scenario)):
        for q, values in ((0.1, (1e5, 3e5)), (0.5, (2e5, 4e5)), (0.9, (5e5, 6e5))):
            series = each.draw({first: q, second: q}).labs["Aurora"].compute[0].stock
            assert [value for _, value in series.points] == pytest.approx(values)


@pytest.mark.parametrize(
    ("length", "problems"),
    [
        ("{empirical: {csv: runs.csv, value: dys}}",
         ["f.yaml:7:72: labs.Aurora.runs.length.empirical.value: no column 'dys'; the columns are 'run', 'days' "
          "(did you mean 'days'?)"]),
        ("{empirical: {csv: runs.csv, value: days, unit: days, date: run}}",
         ["f.yaml:7:90: labs.Aurora.runs.length.empirical.date: unknown key 'date' in a sample from a CSV file"]),
        ("{empirical: {csv: runs.csv, value: days, where: {run: c}}}",
         ["f.yaml:7:55: labs.Aurora.runs.length.empirical: no row of runs.csv fits `where`"]),
        ("{empirical: {csv: none.csv, value: days}}",
         ["f.yaml:7:55: none.csv: no such file (did you mean 'runs.csv'?)"]),
    ],
)  # fmt: skip
def test_bad_samples(base: str, folder: Callable[..., Path], length: str, problems: list[str]) -> None:
    folder({"runs.csv": "run,days\na,60\nb,70\n"})
    with pytest.raises(ScenarioError) as caught:
        load("f.yaml", text=base.replace("60 days", length))
    assert [str(problem) for problem in caught.value.problems] == problems


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        ("{empirical: {csv: bad.csv, value: days, unit: days}}",
         ["bad.csv:3:1: quantities.n: expected a length of time such as '90 days', got 'abc' [read by f.yaml:1:35]"]),
        ("{empirical: {csv: none.csv, value: days}}", ["f.yaml:1:35: none.csv: no such file"]),
        ("{truncate: {empirical: {csv: empty.csv, value: days, unit: days}}, min: 3 days}",
         ["f.yaml:1:46: quantities.n.truncate.empirical: empty.csv has no rows"]),
        ("{empirical: [3 days, 4 days, five days]}",
         ["f.yaml:1:46: quantities.n: expected a length of time such as '90 days', got 'five days'"]),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_by_its_line_and_nothing_is_told_twice(
    base: str, folder: Callable[..., Path], value: str, problems: list[str]
) -> None:
    folder({"bad.csv": "run,days\na,60\nb,abc\n", "empty.csv": "run,days\n"})
    with pytest.raises(ScenarioError) as caught:
        load("f.yaml", text=f"quantities: {{n: {value}}}\n{base}")
    assert [str(problem) for problem in caught.value.problems] == problems
