"""Labels that cover neither each other, nor what they name, nor the frame: the important ones first.

A label that is not beside its mark, or that is as near to another mark, gets a line to its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from sim.show.style import INK, SMALL, text_width

LINE = 1.24
NEAR = 0.1
"""Inches: a label closer to its mark needs no line, unless another mark is about as close."""
CLEARLY = 0.06
"""Inches: how much farther another mark must be."""
BEFORE = 2.0 / 72.0
"""Inches between the end of a line and its mark."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in inches."""


@dataclass(frozen=True)
class Label:
    """Words for a point, or for a vertical mark from `low` to `high` around it; what weighs more is placed first."""

    x: float
    y: float
    text: str
    low: float | None = None
    high: float | None = None
    weight: float = 0.0
    size: float = SMALL
    colour: str = INK
    bold: bool = False
    gap: float = 0.07
    beside: bool = False
    """Only right or left of the point, else left out."""
    always: bool = False
    """With a line even when it is next to its mark."""
    above: bool = False
    """Only straight above the mark, with an upright line to it, else left out: of many in a row lines would cross."""


def place(
    axes: Axes, labels: Sequence[Label], taken: Sequence[Box] = (), *, layer: float = 3.5, pad: float = 0.02
) -> list[Text]:
    """Write labels by falling weight; those without room are left out. Limits of the axes must be set before.

    layer: what has a lower `zorder` is behind them, and shows faintly within `pad` (of the size of type) around them.
    """
    scale = axes.get_figure().dpi  # type: ignore[union-attr]
    frame = axes.get_window_extent()
    inside = tuple(edge / scale for edge in (frame.x0, frame.y0, frame.x1, frame.y1))
    boxes = list(taken)
    names: list[Box] = []
    written = []
    columns = [float(axes.transData.transform((label.x, label.y))[0]) / scale for label in labels if label.above]
    for label in sorted(labels, key=lambda item: -item.weight):
        x, y = (float(part) / scale for part in axes.transData.transform((label.x, label.y)))
        lines = label.text.split("\n")
        width = max(text_width(line, label.size, label.bold) for line in lines) + 0.03
        height = label.size / 72.0 * LINE * len(lines)
        low, high = (
            y if end is None else float(axes.transData.transform((label.x, end))[1]) / scale
            for end in (label.low, label.high)
        )
        offers = (_above(x, high, width, height, label.gap, inside[3], columns) if label.above
                  else _offers(x, y, low, high, width, height, label.gap))  # fmt: skip
        for left, bottom in offers[:2] if label.beside else offers:
            box = left, bottom, left + width, bottom + height
            if box[0] < inside[0] or box[1] < inside[1] or box[2] > inside[2] or box[3] > inside[3]:
                continue
            if covers(box, boxes):
                continue
            line = [] if label.beside else _leader(box, x, y, low, high, taken, label.always)
            if line and _covers_any(line, names):
                continue
            boxes += [box, *line]
            names.append(box)
            if line:
                _draw_leader(axes, (x, y, low, high), box, layer)
            written.append(_write(axes, label, (x, y, low, high), box, layer, pad))
            break
    return written


def covers(box: Box, others: Sequence[Box]) -> bool:
    """Whether a box overlaps any of the others."""
    left, bottom, right, top = box
    for other in others:  # noqa: SIM110  (half of the time of `any`, and there are a hundred thousand)
        if left < other[2] and other[0] < right and bottom < other[3] and other[1] < top:
            return True
    return False


def _covers_any(boxes: Sequence[Box], others: Sequence[Box]) -> bool:
    return any(covers(box, others) for box in boxes)


def _apart(box: Box, other: Box) -> float:
    """Inches between two boxes; 0 if they touch."""
    across = max(box[0] - other[2], other[0] - box[2], 0.0)
    up = max(box[1] - other[3], other[1] - box[3], 0.0)
    return float((across * across + up * up) ** 0.5)


def _leader(
    box: Box, x: float, y: float, low: float, high: float, marks: Sequence[Box], always: bool = False
) -> list[Box]:
    """The places that a line from a label to its mark takes; none if the label is plainly beside it."""
    at = high if box[1] > high else low if box[3] < low else min(max(y, low), high)
    end = min(max(x, box[0]), box[2]), min(max(at, box[1]), box[3])
    away = _apart(box, (x, low, x, high))
    others = [mark for mark in marks if not mark[0] <= x <= mark[2]]
    if not always and away <= NEAR and all(_apart(box, mark) >= away + CLEARLY for mark in others):
        return []
    parts = 10
    dots = [(x + (end[0] - x) * k / parts, at + (end[1] - at) * k / parts) for k in range(1, parts)]
    return [(a - 0.012, b - 0.012, a + 0.012, b + 0.012) for a, b in dots]


def _draw_leader(axes: Axes, mark: tuple[float, float, float, float], box: Box, layer: float) -> None:
    """A line from a label's box to just before its mark. (Matplotlib's arrows search for both ends: 10 ms each.)"""
    x, y, low, high = mark
    at = high if box[1] > high else low if box[3] < low else y
    from_x = min(max(x, box[0]), box[2])
    from_y = box[3] if box[3] < at else box[1] if box[1] > at else (box[1] + box[3]) / 2
    length = math.hypot(x - from_x, at - from_y)
    part = max(0.0, 1.0 - BEFORE / length) if length > 0.0 else 0.0
    line = Line2D(
        [from_x, from_x + (x - from_x) * part],
        [from_y, from_y + (at - from_y) * part],
        color="#6e7781",
        lw=0.7,
        zorder=layer,
        transform=axes.get_figure().dpi_scale_trans,  # type: ignore[union-attr]
        clip_on=False,
        gid="leader",
    )
    axes.add_artist(line)


def _write(
    axes: Axes, label: Label, mark: tuple[float, float, float, float], box: Box, layer: float, pad: float
) -> Text:
    x, y, low, high = mark
    side = box[1] > high or box[3] < low
    end = label.y if not side else (label.high if box[1] > high else label.low)
    target = label.y if end is None else end
    at = y if not side else (high if box[1] > high else low)
    return axes.annotate(
        label.text,
        (label.x, target),
        xytext=((box[0] + 0.015 - x) * 72.0, ((box[1] + box[3]) / 2 - at) * 72.0),
        textcoords="offset points",
        ha="left",
        va="center",
        fontsize=label.size,
        color=label.colour,
        gid="label",
        weight="bold" if label.bold else "normal",
        linespacing=1.1,
        annotation_clip=False,
        zorder=layer,
        bbox={"boxstyle": f"square,pad={pad}", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
    )


def _offers(
    x: float, y: float, low: float, high: float, width: float, height: float, gap: float
) -> list[tuple[float, float]]:
    """Lower left corners to try, the nearest first."""
    right, left, middle = x + gap, x - gap - width, x - width / 2
    found = [(right, y - height / 2), (left, y - height / 2), (middle, high + gap), (middle, low - gap - height)]
    for away in (0.0, 0.1, 0.2, 0.32, 0.46, 0.62, 0.8, 1.0):
        above, below = high + gap * 0.5 + away, low - gap * 0.5 - away - height
        slid = [x - width * part for part in (0.25, 0.75, 1.0, 0.0)]
        found += [(place, level) for level in (above, below) for place in ([middle, *slid] if away else slid)]
        found += [(left - away, above), (right + away, below), (right, y + away), (left, y - away - height)]
    for aside in (0.25, 0.5, 0.8, 1.1, 1.4):
        for level in (y - height / 2, high + gap, y + 0.3, high + 0.3, low - gap - height):
            found += [(left - aside, level), (right + aside, level)]
    return found


def _above(
    x: float, high: float, width: float, height: float, gap: float, top: float, columns: Sequence[float]
) -> list[tuple[float, float]]:
    """Lower left corners to try straight above a mark, so that a line upright meets the label: first those over no
    other mark, then the highest, which leave room for the others' labels below, the nearest first.

    columns: where lines to all such marks are.
    """
    first = high + gap * 0.5
    levels = [first + 0.5 * height * k for k in range(max(0, int((top - first) / (0.5 * height))))]
    lefts = [x - width * part for part in (0.5, 0.25, 0.75, 0.0, 1.0)]
    free = [left for left in lefts if not any(left < other < left + width and other != x for other in columns)]
    return [(left, level) for level in levels for left in free] + [
        (left, level) for level in reversed(levels) for left in lefts if left not in free]  # fmt: skip


def marker_box(axes: Axes, x: float, y: float, half: float = 0.045) -> Box:
    """The place that a marker takes, in inches."""
    scale = axes.get_figure().dpi  # type: ignore[union-attr]
    across, up = (float(part) / scale for part in axes.transData.transform((x, y)))
    return across - half, up - half, across + half, up + half


def line_box(axes: Axes, x: float, low: float, high: float, half: float = 0.02) -> Box:
    """The place that a vertical line takes, in inches."""
    left, bottom, right, _ = marker_box(axes, x, low, half)
    return left, bottom, right, marker_box(axes, x, high, half)[3]
