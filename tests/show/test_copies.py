"""The copies picture shows what windows.csv says."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim.show.openings import best, points, world_copies
from sim.show.pictures import figure
from sim.show.simulated import rows, span_of
from sim.show.style import brief, number, short
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


def test_speed_is_said_once_where_it_is_the_same_and_at_each_model_where_not(world, drawing) -> None:
    same = drawing("one_lab", "copies")
    assert "tokens/s" in words(same, "subtitle") and "human's thinking speed" in words(same, "subtitle")
    result = world("one_lab")
    table = result.table("windows")
    at = [column.name for column in table.columns].index("speed_tokens_per_s")
    kept = list(table.rows)
    try:
        table.rows[0] = (*kept[0][:at], kept[0][at] * 3.0, *kept[0][at + 1 :])
        labels = " ".join(text.get_text() for text in tagged(figure(result, "copies"), "label"))
        assert "tokens/s" in labels
    finally:
        table.rows[:] = kept


LABELLED = [
    "one_lab", "three_labs", "many_models", "long", "old_models",
    "twelve_labs", "crowd", "long_name",
]  # fmt: skip


@pytest.mark.parametrize("picture", ["copies", "compute"])
@pytest.mark.parametrize("name", LABELLED)
def test_labels_cover_neither_each_other_nor_the_frame(world, drawing, name, picture) -> None:
    drawn = drawing(name, picture)
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


@pytest.mark.parametrize("name", LABELLED)
def test_a_name_away_from_its_mark_has_a_line_to_it(world, drawing, name) -> None:
    drawn = drawing(name, "copies")
    for axes in drawn.axes:
        marks = _marks(axes)
        for label in (text for text in axes.texts if text.get_gid() == "label"):
            ((_, box),) = boxes(drawn, [label])
            away = {x: _distance(box, x, low, high) / drawn.dpi for x, (low, high) in marks.items()}
            own = min(marks, key=lambda x: abs(x - axes.transData.transform((label.xy[0], 1.0))[0]))
            near = away[own] < 0.16 and own == min(away, key=lambda x: away[x])
            led = [
                end
                for start, end in _leaders(axes)
                if box.x0 - 8 <= start[0] <= box.x1 + 8 and box.y0 - 8 <= start[1] <= box.y1 + 8
            ]
            low, high = marks[own]
            assert near or any(abs(x - own) <= 5 and low - 5 <= y <= high + 5 for x, y in led), (
                f"{label.get_text()!r} could be anybody's"
            )


def _leaders(axes) -> list[Any]:
    """Both ends of each line from a label to its mark, in pixels, the label's first."""
    lines = (line for line in axes.lines if line.get_gid() == "leader")
    return [line.get_transform().transform(line.get_xydata()) for line in lines]


def _marks(axes) -> dict[float, tuple[float, float]]:
    """x -> lowest and highest mark there of training chips, fleet and peak, in pixels."""
    found: dict[float, tuple[float, float]] = {}
    for line in axes.lines:
        if line.get_gid() in ("training", "fleet", "peak", "world"):
            for x, y in axes.transData.transform(list(zip(line.get_xdata(), line.get_ydata(), strict=True))):
                if not math.isnan(y):
                    low, high = found.get(x, (y, y))
                    found[x] = min(low, y), max(high, y)
    return found


def _distance(box, x: float, low: float, high: float) -> float:
    return math.hypot(max(box.x0 - x, x - box.x1, 0.0), max(box.y0 - high, low - box.y1, 0.0))


def test_names_are_counted_in_the_note(world) -> None:
    for name in ("one_lab", "crowd"):
        result = world(name)
        drawn = figure(result, "copies")
        names = {brief(model.name) for model in result.record.models}
        named = sum(1 for text in tagged(drawn, "label") if text.get_text().split("\n")[0] in names)
        assert f"Named: {named} of " in words(drawn, "footer")


def test_the_headlines_model_is_named_with_its_numbers(world) -> None:
    for name in ("crowd", "twelve_labs"):
        result = world(name)
        top = best(points(result))
        assert top is not None
        labels = [text.get_text() for text in figure(result, "copies").axes[0].texts if text.get_gid() == "label"]
        assert f"{brief(top.model)}\n△ {short(top.training)}  ● {short(top.fleet)}" in labels


def test_every_model_is_named_where_there_is_room(world, drawing) -> None:
    drawn = drawing("one_lab", "copies")
    labels = " ".join(text.get_text() for text in tagged(drawn, "label"))
    for model in world("one_lab").record.models:
        assert model.name in labels
