"""The workforce picture shows what trajectory.csv and windows.csv say."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest

import sim
from sim.show.deployed import chain, workforces
from sim.show.pictures import figure
from sim.show.simulated import rows, span_of
from sim.show.style import number
from tests.show.reading import tagged, words


def steps(line) -> dict[float, float]:
    xs, ys = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    return {float(x): float(y) for x, y in zip(xs[:-1], ys[:-1], strict=True) if not math.isnan(y)}


@pytest.mark.parametrize("name", ["one_lab", "demand", "far_future", "all_open"])
def test_lines_are_the_trajectory(world, name) -> None:
    result = world(name)
    drawn = figure(result, "workforce")
    copies: dict[str, dict[float, float]] = defaultdict(lambda: defaultdict(float))
    worth: dict[str, dict[float, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows(result, "trajectory", ("copies", "human_equivalents")):
        if row["value"]:
            line = copies[row["model"]] if row["series"] == "copies" else worth[row["domain"]]
            line[row["date"]] += row["value"]
    assert {line.get_gid()[7:]: steps(line) for line in tagged(drawn, "copies:", start=True)} == copies
    assert {line.get_gid()[12:]: steps(line) for line in tagged(drawn, "equivalents:", start=True)} == worth
    total: dict[float, float] = defaultdict(float)
    for line in copies.values():
        for x, value in line.items():
            total[x] += value
    assert steps(tagged(drawn, "total")[0]) == pytest.approx(dict(total))


def test_busy_copies_are_drawn_where_demand_binds(world) -> None:
    assert tagged(figure(world("demand"), "workforce"), "busy")
    assert not tagged(figure(world("one_lab"), "workforce"), "busy")


def test_windows_follow_each_other_and_are_those_of_windows_csv(world) -> None:
    result = world("one_lab")
    start, end = span_of(result)
    windows = rows(result, "windows")
    links = chain(windows, "Aurora")
    for row, following in pairwise(links):
        assert row["closed_by"] == following["model"] and row["closes"] == following["opens"]
    drawn = figure(result, "workforce")
    for row in links:
        for band in tagged(drawn, f"window:{row['model']}"):
            closes = end if row["closes"] is None else row["closes"]
            assert band.get_x() == pytest.approx(max(row["opens"], start))
            assert band.get_x() + band.get_width() == pytest.approx(min(closes, end))


def test_title_says_first_and_last(world) -> None:
    labs = workforces(world("three_labs"))
    months = sorted({x for mine in labs.values() for x in mine.total})
    title = words(figure(world("three_labs"), "workforce"), "title")
    for x in (months[0], months[-1]):
        copies = sum(mine.total.get(x, 0.0) for mine in labs.values())
        assert number(copies).replace("\u00a0", " ") in title
    assert "token basis: task" in words(figure(world("three_labs"), "workforce"), "subtitle")


ENDING = """\
start: 2026-01-01
end: 2028-01-01
labs:
  Careful:
    compute: {count: 10000 H100}
    use: {training: 20%, experiments: 40%, serving: 40%, alignment: 0%}
    models: {name: Old, public: 2025-06-01, flop: 1e25 FLOP}
    runs: {every: 1 year, length: 90 days, public_after: 2 months}
    after_training: {move: 25%, to: alignment, for: 4 months}
"""


def test_work_of_a_fleet_that_ends_is_not_drawn_on_until_the_next() -> None:
    result = sim.simulate(sim.load("ending.yaml", text=ENDING))
    worked = {
        row["date"]
        for row in rows(result, "trajectory", ("human_equivalents",))
        if row["domain"] == "alignment" and row["value"]
    }
    (line,) = tagged(figure(result, "workforce"), "equivalents:alignment")
    xs, ys = line.get_xdata(), line.get_ydata()
    drawn = {x for x, y in zip(xs[:-1], ys[:-1], strict=True) if not math.isnan(y)}
    assert drawn == worked
    assert len(xs) - 1 == 24  # all months from start to end, also those without any of it
