"""Picture 7: its areas are the trajectory, its bars and lines the dwells and levels of alignment.csv."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.show.alignment import Dwell, headline, span_words, work_by_dwell, work_by_month
from sim.show.page import title_of
from tests.show.reading import tagged, words
from tests.still import still
from tests.world.observe import only


def rows_of(result: Any, name: str) -> list[dict[str, Any]]:
    table = result.table(name)
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def test_areas_are_the_worlds_work(world, drawing) -> None:
    result, drawn = world("aligned"), drawing("aligned", "alignment")
    months = work_by_month(result)
    total = sum(value for line in months.values() for value in line.values())
    series = ("alignment_work_humans", "alignment_work_ai")
    assert total == pytest.approx(sum(row["value"] for row in rows_of(result, "trajectory")
                                      if row["lab"] == "world" and row["series"] in series))  # fmt: skip
    whole = max(sum(line.get(x, 0.0) for line in months.values()) for x in months[0])
    areas = [only(tagged(drawn, f"work:{place}")) for place in months]
    assert max(area.get_paths()[0].vertices[:, 1].max() for area in areas) == pytest.approx(whole)
    assert len(months) > 2


def test_bars_are_the_dwells(world, drawing) -> None:
    result, drawn = world("aligned"), drawing("aligned", "alignment")
    dwells = work_by_dwell(result)
    assert [dwell.name for dwell in dwells] == ["start", "coder", "researcher"]
    for dwell in dwells:
        bars = tagged(drawn, f"dwell:{dwell.name}:", start=True)
        wide = sum(bar.get_width() for bar in bars)
        table = [row for row in rows_of(result, "alignment") if (row["dwell"], row["lab"]) == (dwell.name, "world")]
        assert wide == pytest.approx(sum(row["researcher_years"] for row in table))
        assert dwell.serial_days == pytest.approx(sum(row["serial_days"] for row in table))
    lines = tagged(drawn, "level:", start=True)
    assert [line.get_gid() for line in lines] == [f"level:{dwell.name}" for dwell in dwells if dwell.name != "start"]
    assert [line.get_xdata()[0] for line in lines] == [dwell.since for dwell in dwells if dwell.name != "start"]


def test_a_dwell_in_a_level_that_was_reached_before_the_start_is_named_by_the_start() -> None:
    one = Dwell("coder", "researcher", 100.0, 250.0, {}, 0.0, "")
    assert span_words(one, 100.0) == "start → researcher"
    assert span_words(one, 90.0) == "coder → researcher"
    assert span_words(one._replace(until=None), 90.0) == "coder → the end"


def test_the_title_is_the_break_even(world, drawing) -> None:
    title = title_of(drawing("aligned", "alignment")).replace("\u00a0", " ")
    assert title == headline(world("aligned")).replace("\u00a0", " ")
    assert "is enough for a job below" in title and "serial days" in title


def test_without_alignment_work_it_says_what_to_state(drawing) -> None:
    drawn = drawing("one_lab", "alignment")
    assert "No alignment work is counted" in words(drawn, "title")


OPEN = still("models: {name: Open, public: 2025-06-01, open: 2025-06-01, flop: 1e28 FLOP}", """\
  B: {compute: {stock: 1e5 H100e}, use: {alignment: 100%}, staff: {alignment: 100}}
alignment: {}
""")  # fmt: skip


def test_work_of_another_labs_model_is_not_peoples() -> None:
    """B's 100 people, one year; the rest is what the open model of A, the first of its lab, adds."""
    result = sim.simulate(sim.load("open.yaml", text=OPEN))
    people, model = (row for row in rows_of(result, "alignment") if row["lab"] == "world")
    assert (people["by"], model["model"], model["generation"]) == ("humans", "B/A/Open", 1)
    (dwell,) = work_by_dwell(result)
    assert model["researcher_years"] > 1.0
    assert dwell.by == pytest.approx({0: people["researcher_years"], 1: model["researcher_years"]})
    assert sorted(work_by_month(result)) == [0, 1]
