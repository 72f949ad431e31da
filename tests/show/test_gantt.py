"""The Gantt chart shows the record's runs, waits and dates."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from sim.model.intervention import Intervention
from sim.result import simulate
from sim.show.pictures import figure
from sim.show.simulated import span_of
from tests.show.reading import dots, tagged, words
from tests.world import build


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


def test_tries_that_are_lost_are_drawn_until_they_were_broken_off() -> None:
    """Of 20 days each: begun on day 10, stopped on day 40, begun anew on day 50, given up on day 80."""
    halves = [build.phase("pretraining", flop_share=0.5), build.phase("post-training", flop_share=0.5)]
    made = build.run("M", starts=10.0, share=0.1, length_days=40.0, phases=halves)
    stops: dict[str, Any] = {"binds": ["all"], "holds": 1.0, "stops": ["training"], "continues": {}, "over_cap": "cut"}
    named = [
        Intervention(name=fate, starts=starts, lasts=10.0, suspended=fate, **stops)
        for fate, starts in (("restart", 40.0), ("destroy", 80.0))
    ]
    world = build.draw(build.lab("A", compute=[build.stock(1000.0)], runs=[made]), end=200.0)
    result = simulate(dataclasses.replace(world, interventions={item.name: item for item in named}))
    start, _ = span_of(result)
    bars = tagged(figure(result, "gantt"), "run:", start=True)
    assert sorted((bar.get_x() - start, bar.get_x() + bar.get_width() - start) for bar in bars) == [
        (10.0, 30.0), (30.0, 40.0), (50.0, 70.0), (70.0, 80.0)
    ]  # fmt: skip
    (stop,) = tagged(figure(result, "gantt"), "suspended:", start=True)
    assert (stop.get_x() - start, stop.get_width()) == (40.0, 10.0)


def test_a_suspension_is_no_training_and_the_intervention_is_behind_the_labs_that_it_binds() -> None:
    """40 days of training from day 10 on, stopped from day 30 to day 130 at A; B trains on."""
    pause = Intervention(name="pause", starts=30.0, lasts=100.0, suspended="resume", binds=["A"], holds=1.0,
                         stops=["training"], continues={}, over_cap="cut")  # fmt: skip
    labs = [build.lab(name, compute=[build.stock(1000.0)],
                      runs=[build.run("M", starts=10.0, share=0.1, length_days=40.0)]) for name in "AB"]  # fmt: skip
    world = build.draw(*labs, end=200.0)
    plain = figure(simulate(world), "gantt")
    result = simulate(dataclasses.replace(world, interventions={"pause": pause}))
    start, _ = span_of(result)
    drawn = figure(result, "gantt")

    def spans(tag: str) -> list[tuple[float, float]]:
        bars = tagged(drawn, tag, start=True)
        return sorted((bar.get_x() - start, bar.get_x() + bar.get_width() - start) for bar in bars)

    assert spans("run:pretraining:A/M") == [(10.0, 30.0), (130.0, 150.0)]
    assert spans("suspended:") == [(30.0, 130.0)] and not tagged(drawn, "wait:", start=True)
    assert spans("run:pretraining:B/M") == [(10.0, 50.0)]
    assert spans("in force") == [(30.0, 130.0)]
    assert [text.get_text() for text in tagged(drawn, "intervention")] == ["pause"]
    assert "1 run was suspended" in words(drawn, "title")
    assert not tagged(plain, "suspended:", start=True) and not tagged(plain, "in force", start=True)


def test_a_run_that_stands_still_with_all_else_is_suspended() -> None:
    """40 days of training from day 10 on; at A everything stops from day 30 to 130, training from day 120 to 140."""
    rest = {"suspended": "resume", "binds": ["A"], "holds": 1.0, "continues": {}, "over_cap": "cut"}
    stops = [Intervention(name="all", starts=30.0, lasts=100.0, stops=["everything"], **rest),
             Intervention(name="more", starts=120.0, lasts=20.0, stops=["training"], **rest)]  # fmt: skip
    labs = [build.lab(name, compute=[build.stock(1000.0)],
                      runs=[build.run("M", starts=10.0, share=0.1, length_days=40.0)]) for name in "AB"]  # fmt: skip
    result = simulate(build.draw(*labs, end=200.0, interventions={item.name: item for item in stops}))
    drawn, (start, _) = figure(result, "gantt"), span_of(result)

    def spans(tag: str) -> list[tuple[float, float]]:
        bars = tagged(drawn, tag, start=True)
        return sorted((bar.get_x() - start, bar.get_x() + bar.get_width() - start) for bar in bars)

    assert spans("suspended:") == [(30.0, 140.0)]
    assert spans("run:pretraining:A/M") == [(10.0, 30.0), (140.0, 160.0)]
    assert spans("run:pretraining:B/M") == [(10.0, 50.0)]


@pytest.mark.parametrize("stopped", [30, 31])
def test_a_suspended_run_is_among_the_rows_for_which_there_is_room(stopped: int) -> None:
    """Of 100 runs, each of 10 days, one stands still for 5: the title counts it, so it is drawn."""
    since = 20.0 * stopped + 5.0
    pause = Intervention(name="pause", starts=since, lasts=5.0, suspended="resume", binds=["all"], holds=1.0,
                         stops=["training"], continues={}, over_cap="cut")  # fmt: skip
    runs = [build.run(f"M{n}", starts=20.0 * n, share=0.1, length_days=10.0) for n in range(100)]
    world = build.draw(build.lab("A", compute=[build.stock(1000.0)], runs=runs), end=2100.0)
    result = simulate(dataclasses.replace(world, interventions={"pause": pause}))
    drawn, (start, _) = figure(result, "gantt"), span_of(result)
    (bar,) = tagged(drawn, "suspended:", start=True)
    assert bar.get_gid() == f"suspended:A/M{stopped}"
    assert (bar.get_x() - start, bar.get_width()) == (pytest.approx(since), pytest.approx(5.0))


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
