"""The dates on which AI work equals shares of a workforce: a dot each, with its share where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from sim.show.labels import Box, covers, marker_box
from sim.show.simulated import date_number
from sim.show.style import INK, SMALL, text_width

PLACES = ((-4, 3), (5, -4), (5, 3), (-4, -4), (-4, 12), (5, -13), (5, 12), (-4, -13), (5, 22), (12, -24))
"""Points right and up of a dot at which its share may stand, the best first: work rises, so left of it and above."""

STEP = 0.05
"""Inches between the places of a line that are kept free, where there is another place."""


def parity_dots(axes: Axes, reached: Sequence[dict[str, Any]], texts: Sequence[Text]) -> None:
    """Dots for rows of parity.csv, filled where the workforce is the world's.

    Shares are written at the first place that covers none of `texts` (those are drawn already), no other share, no dot
    and, if there is such a place, no line; and not at all where there is none. At the start only the largest share that
    work then equals is written, and where two dots are one that of the world's workforce.
    """
    named = {}
    for row in sorted(reached, key=lambda row: row["share"]):
        key = (row["workforce"], "" if row["at_start"] else row["share"])
        named[key] = row
    spots = {id(row): marker_box(axes, date_number(row["date"]), row["human_equivalents"]) for row in reached}
    taken = [_box_of(text) for text in texts]
    lines = _line_boxes(axes)
    scale = axes.get_figure().dpi  # type: ignore[union-attr]
    frame = axes.get_window_extent()
    inside = frame.x0 / scale, frame.y0 / scale, frame.x1 / scale, frame.y1 / scale
    ranked = sorted(reached, key=lambda row: (row["workforce"] != "world", -row["share"]))
    for row in ranked:
        x, y = date_number(row["date"]), row["human_equivalents"]
        filled = row["workforce"] == "world"
        axes.plot(
            [x], [y], marker="o", ms=5.0, mfc=INK if filled else "white", mec=INK, mew=0.9, ls="none",
            zorder=8 if filled else 7, clip_on=False, gid=f"parity:{row['domain']}:{row['workforce']}:{row['share']}",
        )  # fmt: skip
        here = [other for other in ranked if spots[id(other)] == spots[id(row)]
                and any(other is one for one in named.values())]  # fmt: skip
        if not here or here[0] is not row:
            continue
        words = f"{row['share'] * 100:g}%"
        width, height = text_width(words, SMALL, filled) + 0.02, SMALL / 72.0
        dot = spots[id(row)]
        at = (dot[0] + dot[2]) / 2.0, (dot[1] + dot[3]) / 2.0
        others = [*taken, *(spot for spot in spots.values() if spot != dot)]
        offers: list[tuple[bool, int, Box, int, int]] = []
        for right, up in PLACES:
            left = at[0] + right / 72.0 - (0.0 if right > 0 else width)
            low = at[1] + up / 72.0 - (0.0 if up > 0 else height)
            box = left, low, left + width, low + height
            within = box[0] >= inside[0] and box[1] >= inside[1] and box[2] <= inside[2] and box[3] <= inside[3]
            if within and not covers(box, others):
                offers.append((covers(box, lines), len(offers), box, right, up))
        if offers:
            _, _, box, right, up = min(offers)
            taken.append(box)
            axes.annotate(
                words, (x, y), xytext=(right, up), textcoords="offset points", ha="left" if right > 0 else "right",
                va="bottom" if up > 0 else "top", fontsize=SMALL, color=INK, zorder=7,
                weight="bold" if filled else "normal", path_effects=[withStroke(linewidth=2.0, foreground="white")],
            )  # fmt: skip


def _line_boxes(axes: Axes) -> list[Box]:
    """Small boxes along the lines of work and of people."""
    scale = axes.get_figure().dpi  # type: ignore[union-attr]
    boxes = []
    for line in axes.lines:
        if not str(line.get_gid()).startswith(("total", "work:", "people:")):
            continue
        points = axes.transData.transform(line.get_xydata())
        for (left, low), (right, high) in pairwise((float(x) / scale, float(y) / scale) for x, y in points):
            if not (isfinite(low) and isfinite(high)):
                continue
            # steps: along, then up or down
            count = max(1, int((right - left) / STEP)), max(1, int(abs(high - low) / STEP))
            spots = [(left + (right - left) * k / count[0], low) for k in range(count[0] + 1)]
            spots += [(right, low + (high - low) * k / count[1]) for k in range(count[1] + 1)]
            boxes += [(x - 0.015, y - 0.015, x + 0.015, y + 0.015) for x, y in spots]
    return boxes


def _box_of(text: Text) -> Box:
    scale = text.axes.get_figure().dpi  # type: ignore[union-attr]
    box = text.get_window_extent()
    return box.x0 / scale, box.y0 / scale, box.x1 / scale, box.y1 / scale
