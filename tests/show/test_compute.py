"""The stacked uses are the record's, sum to the cluster, and show the moves after runs."""

from __future__ import annotations

import numpy as np
import pytest

from sim.show.bands import MOVED, bands_of, fleets_of
from sim.show.pictures import figure
from sim.show.simulated import rows, span_of
from sim.show.style import short
from sim.show.uses import earmarks_of, moves_of, uses_of
from sim.tables.steps import value_at
from tests.show.reading import tagged, words


@pytest.mark.parametrize("name", ["one_lab", "steady", "three_labs", "demand", "many_events", "waiting"])
def test_uses_sum_to_the_cluster(world, name) -> None:
    record = world(name).record
    for lab in record.draw.labs:
        uses = uses_of(record, lab)
        total = np.sum(list(uses.by_use.values()), axis=0)
        assert total == pytest.approx(uses.cluster, rel=1e-9)


def test_steps_are_the_holdings_and_agree_with_the_trajectory(world) -> None:
    result = world("steady")
    record = result.record
    uses = uses_of(record, "Steady")
    for day in (0.0, 50.0, 111.5, 400.0):
        for use in uses.by_use:
            expected = sum(
                value_at(steps, day) * record.draw.accelerators[kind].h100e
                for (_, held, _, kind), steps in record.holdings.items()
                if held == use
            )
            assert uses.at(use, day) == pytest.approx(expected)
    start, _ = span_of(result)
    trajectory = rows(result, "trajectory", ("h100e",))
    months = sorted({row["date"] for row in trajectory})
    left, right = months[3] - start, months[4] - start
    for use, line in uses.by_use.items():
        inside = np.clip(uses.days, left, right)
        mean = float((line[:-1] * np.diff(inside)).sum() / (right - left))
        assert mean == pytest.approx(
            sum(row["value"] for row in trajectory if row["date"] == months[3] and row["use"] == use)
        )


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("name", ["one_lab", "steady", "three_labs", "demand", "waiting"])
def test_bands_are_the_uses_by_another_cut(world, name, merged) -> None:
    record = world(name).record
    for lab in record.draw.labs:
        uses = uses_of(record, lab)
        fleets = fleets_of(record, set(uses.by_use))
        bands = bands_of(uses, earmarks_of(record, lab), fleets, merged=merged)
        assert np.sum(list(bands.values()), axis=0) == pytest.approx(uses.cluster, rel=1e-9)
        assert all(line.min() >= 0.0 for line in bands.values())
        none = np.zeros(len(uses.days))
        for band in ("training", "experiments"):
            assert bands.get(band, none) == pytest.approx(uses.by_use.get(band, none))
        if not merged:
            assert set(bands) <= {*uses.by_use, MOVED}


def test_what_earmarks_hold_is_a_band_from_their_first_day_to_their_last(world) -> None:
    record = world("steady").record
    uses = uses_of(record, "Steady")
    started = [row for row in record.events if row[2] == "earmark_started"]
    ended = {row[3]: row[0] for row in record.events if row[2] == "earmark_ended"}
    moved = bands_of(uses, earmarks_of(record, "Steady"), ["research", "serving"], merged=True)[MOVED]
    assert len(started) > 1
    for day, _, _, subject, _, _, details, _ in started:
        held = sum(
            count * record.draw.accelerators[kind].h100e for kind, count in (details or {})["accelerators"].items()
        )
        until = ended.get(subject, record.draw.end)
        inside = (uses.days >= day) & (uses.days < until)
        assert inside.any() and moved[inside] == pytest.approx(held)
    assert not moved[uses.days < started[0][0]].any()


def test_an_earmark_that_a_run_cuts_holds_less_from_that_day(world) -> None:
    record = world("cut_earmark").record
    cuts = [row for row in record.events if row[2] == "earmark_cut"]
    assert cuts
    for day, lab, _, subject, _, _, details, _ in cuts:
        (mark,) = [mark for mark in earmarks_of(record, lab) if f"{mark.fleet}:{mark.model}" == subject]
        left = sum(
            count * record.draw.accelerators[kind].h100e for kind, count in (details or {})["accelerators"].items()
        )
        assert (day, pytest.approx(left)) in mark.steps and left < mark.h100e


def test_areas_are_stacked_from_the_axis_to_the_whole(world, drawing) -> None:
    result = world("steady")
    drawn = figure(result, "compute")
    uses = uses_of(result.record, "Steady")
    areas = tagged(drawn, "band:", start=True)
    assert [area.get_gid()[5:] for area in areas] == ["training", MOVED, "research", "serving", "experiments"]
    assert areas[-1].get_paths()[0].vertices[:, 1].max() == pytest.approx(uses.cluster.max())
    assert areas[0].get_paths()[0].vertices[:, 1].max() == pytest.approx(uses.by_use["training"].max())
    shares = drawing("one_lab", "compute")
    assert shares.axes[0].get_ylim() == (0.0, 1.0)
    assert tagged(shares, "band:", start=True)[-1].get_paths()[0].vertices[:, 1].max() == pytest.approx(1.0)


def test_sizes_over_shares_are_the_cluster(world) -> None:
    result = world("one_lab")
    uses = uses_of(result.record, "Aurora")
    drawn = figure(result, "compute")
    start, _ = span_of(result)
    at = [float(tick) for tick in drawn.axes[0].get_xticks()]
    expected = {short(float(uses.cluster[np.searchsorted(uses.days, tick - start, side="right") - 1])) for tick in at}
    sizes = [text.get_text() for text in tagged(drawn, "size")]
    assert sizes and {size.removesuffix(" H100e") for size in sizes} <= expected


def test_moves_are_the_events_and_named_ones_have_arrows(world) -> None:
    result = world("steady")
    events = rows(result, "events")
    moved = [row for row in events if row["kind"] == "accelerators_moved" and row["details"].get("from") == "training"]
    assert [(move.run, move.accelerators) for move in moves_of(result.record, "Steady")] == [
        (row["subject"], row["value"]) for row in moved
    ]
    drawn = figure(result, "compute")
    labels = {text.get_text() for text in tagged(drawn, "label")}
    runs = {row["subject"] for row in moved}
    assert len(moved) > len(runs) == len(labels) == len(tagged(drawn, "move"))
    assert {label.split(": ")[0] for label in labels} == runs
    assert f"Named: {len(runs)} of {len(runs)} finished runs" in words(drawn, "footer")


def test_title_names_the_largest_move(world, drawing) -> None:
    largest = max(earmarks_of(world("waiting").record, "Patient"), key=lambda mark: mark.h100e)
    title = words(drawing("waiting", "compute"), "title")
    assert title.startswith(f"{largest.model}: 30,000 H100e") and "research" in title
    assert words(drawing("no_models", "compute"), "title") == "Of all compute, 100% went to experiments"
