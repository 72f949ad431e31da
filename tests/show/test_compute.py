"""The stacked uses are the record's, sum to the cluster, and show the moves after runs."""

from __future__ import annotations

import numpy as np
import pytest

from sim.show.compute import order_of
from sim.show.pictures import figure
from sim.show.simulated import rows, span_of
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


def test_areas_are_stacked_from_the_axis_to_the_whole(world) -> None:
    result = world("steady")
    drawn = figure(result, "compute")
    uses = uses_of(result.record, "Steady")
    order = [artist.get_gid()[4:] for artist in tagged(drawn, "use:", start=True)]
    assert order == order_of(result.record, set(uses.by_use))
    tops = []
    for artist in tagged(drawn, "use:", start=True):
        points = artist.get_paths()[0].vertices
        tops.append(points[:, 1].max())
    assert tops[-1] == pytest.approx(uses.cluster.max())
    assert figure(world("one_lab"), "compute").axes[0].get_ylim() == (0.0, 1.0)


def test_moves_and_earmarks_are_the_events(world) -> None:
    result = world("steady")
    events = rows(result, "events")
    moved = [row for row in events if row["kind"] == "accelerators_moved" and row["details"].get("from") == "training"]
    assert [(move.run, move.accelerators) for move in moves_of(result.record, "Steady")] == [
        (row["subject"], row["value"]) for row in moved
    ]
    started = [row for row in events if row["kind"] == "earmark_started"]
    assert len(earmarks_of(result.record, "Steady")) == len(started) > 0
    drawn = figure(result, "compute")
    start, _ = span_of(result)
    blocks = tagged(drawn, "earmark:", start=True)
    assert [block.get_gid() for block in blocks] == [f"earmark:{row['subject']}" for row in started]
    for block, row in zip(blocks, started, strict=True):
        path = block.get_paths()[0].vertices
        assert path[:, 0].min() == pytest.approx(start + row["day"])
        assert path[:, 0].max() == pytest.approx(start + row["day"] + 60.0)
    labels = {text.get_text() for text in tagged(drawn, "label")}
    assert all(any(label.startswith(f"{row['subject']}: ") for label in labels) for row in moved)


def test_title_names_the_largest_move(world) -> None:
    largest = max(earmarks_of(world("waiting").record, "Patient"), key=lambda mark: mark.h100e)
    title = words(figure(world("waiting"), "compute"), "title")
    assert title.startswith(f"{largest.model}: 30,000 H100e") and "research" in title
    assert words(figure(world("no_models"), "compute"), "title") == "Of all compute, 100% went to experiments"
