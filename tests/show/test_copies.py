"""The copies picture shows what windows.csv says."""

from __future__ import annotations

import math

import pytest

from sim.show.copies import points, world_copies
from sim.show.pictures import figure
from sim.show.simulated import rows, span_of
from sim.show.style import number
from tests.show.reading import boxes, dots, tagged, words


@pytest.mark.parametrize("name", ["one_lab", "three_labs", "no_fleets", "far_future"])
@pytest.mark.parametrize(
    ("tag", "column"),
    [("training", "copies_from_training_compute"), ("fleet", "copies_at_open"), ("peak", "copies_peak")],
)
def test_points_are_the_columns_of_windows_csv(world, name, tag, column) -> None:
    result = world(name)
    start, _ = span_of(result)
    expected = sorted((max(row["opens"], start), row[column]) for row in rows(result, "windows") if row[column])
    drawn = [(x, y) for x, y in dots(figure(result, "copies"), tag) if not math.isnan(y)]
    assert drawn == expected


def test_the_world_is_the_sum_of_the_labs(world) -> None:
    result = world("three_labs")
    row = rows(result, "windows")[0]
    day = max(0.0, row["opens"] - span_of(result)[0])
    model = result.rates.models[row["lab"], row["model"]]
    total = sum(
        steps[-1][1] if steps[-1][0] <= day else next(v for d, v in reversed(steps) if d <= day)
        for steps in result.record.clusters.values()
    )
    inference = result.record.draw.labs[row["lab"]].inference
    each = result.rates.each(model, "H100", inference, day).copies
    assert world_copies(result, row) == pytest.approx(
        total * each * result.record.inference_efficiency[row["lab"]].at(day)
    )


def test_title_says_the_strongest_models_numbers(world) -> None:
    result = world("three_labs")
    top = max(
        (point for point in points(result) if point.training and point.fleet),
        key=lambda point: (point.strength, point.x),
    )
    title = words(figure(result, "copies"), "title")
    assert top.model in title
    assert number(top.training).replace("\u00a0", " ") in title
    assert number(top.fleet).replace("\u00a0", " ") in title


def test_speed_is_said_once_where_it_is_the_same_and_at_each_model_where_not(world) -> None:
    same = figure(world("one_lab"), "copies")
    assert "tokens/s" in words(same, "subtitle") and "human's thinking speed" in words(same, "subtitle")
    result = world("one_lab")
    table = result.table("windows")
    at = [column.name for column in table.columns].index("speed_tokens_per_s")
    kept = list(table.rows)
    try:
        table.rows[0] = (*kept[0][:at], kept[0][at] * 3.0, *kept[0][at + 1 :])
        labels = " ".join(text.get_text() for text in tagged(figure(result, "copies"), "label"))
        assert "tok/s" in labels
    finally:
        table.rows[:] = kept


@pytest.mark.parametrize("name", ["one_lab", "three_labs", "eight_labs", "many_models", "long", "old_models"])
def test_labels_cover_neither_each_other_nor_the_frame(world, name) -> None:
    drawn = figure(world(name), "copies")
    for axes in drawn.axes:
        labels = boxes(drawn, [text for text in axes.texts if text.get_gid() == "label"])
        frame = axes.get_window_extent()
        for n, (text, box) in enumerate(labels):
            assert (
                box.x0 >= frame.x0 - 3 and box.x1 <= frame.x1 + 3 and box.y0 >= frame.y0 - 3 and box.y1 <= frame.y1 + 3
            ), text
            for other, around in labels[:n]:
                overlap = (
                    min(box.x1, around.x1) - max(box.x0, around.x0),
                    min(box.y1, around.y1) - max(box.y0, around.y0),
                )
                assert min(overlap) <= 2.0, f"{text!r} covers {other!r}"


def test_every_model_is_named_where_there_is_room(world) -> None:
    drawn = figure(world("one_lab"), "copies")
    labels = " ".join(text.get_text() for text in tagged(drawn, "label"))
    for model in world("one_lab").record.models:
        assert model.name in labels
