"""The Gantt chart shows the record's runs, waits and dates."""

from __future__ import annotations

import pytest

from sim.show.pictures import figure
from sim.show.simulated import span_of
from tests.show.reading import dots, tagged, words


@pytest.mark.parametrize("name", ["one_lab", "three_labs", "waiting"])
def test_bars_are_phases_and_waits(world, name) -> None:
    result = world(name)
    start, end = span_of(result)
    drawn = figure(result, "gantt")
    expected = sorted(
        (f"run:{phase}:{run.lab}/{run.name}", start + since, end if until is None else start + until)
        for run in result.record.runs
        for phase, since, until, _ in run.phases
    )
    bars = tagged(drawn, "run:", start=True)
    assert sorted((bar.get_gid(), bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars) == [
        (gid, pytest.approx(since), pytest.approx(until)) for gid, since, until in expected
    ]
    waits = sum(1 for run in result.record.runs for since, until, _ in run.waits if until is None or until > since)
    assert len(tagged(drawn, "wait:", start=True)) == waits
    assert (waits > 0) == (name == "waiting")


def test_markers_are_internal_and_public_dates(world) -> None:
    result = world("three_labs")
    start, end = span_of(result)
    drawn = figure(result, "gantt")
    left = drawn.axes[0].get_xlim()[0]
    for model in result.record.models:
        for tag, day in (("internal", model.internal), ("public", model.public)):
            found = dots(drawn, f"{tag}:{model.lab}/{model.name}")
            shown = day is not None and left <= start + day < end
            assert [x for x, _ in found] == ([pytest.approx(start + day)] if shown and day is not None else [])


def test_title_says_median_length_and_waits(world, drawing) -> None:
    assert "median of 100 days" in words(drawing("one_lab", "gantt"), "title")
    assert "2 of 3 runs had to wait" in words(drawing("waiting", "gantt"), "title")
    lengths = [text.get_text() for text in drawing("waiting", "gantt").axes[0].texts]
    assert "never" in lengths and "60" in lengths
