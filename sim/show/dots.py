"""The dates on which AI work equals shares of a workforce: a dot each, with its share where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from sim.show.labels import Box, covers, marker_box
from sim.show.simulated import date_number
from sim.show.style import INK, SMALL, text_width

PLACES = ((-4, 3), (5, -4), (5, 3), (-4, -4), (-4, 12), (5, -13))
"""Points right and up of a dot at which its share may stand, the best first: work rises, so left of it and above."""


def parity_dots(axes: Axes, reached: Sequence[dict[str, Any]], texts: Sequence[Text]) -> None:
    """Dots for rows of parity.csv, filled where the workforce is the world's.

    Shares are written at the first place that covers none of `texts` (those are drawn already), no other share and no
    dot, and not at all where there is none. At the start only the largest share that work then equals is written.
    """
    named = {}
    for row in sorted(reached, key=lambda row: row["share"]):
        key = (row["workforce"], "" if row["at_start"] else row["share"])
        named[key] = row
    spots = {id(row): marker_box(axes, date_number(row["date"]), row["human_equivalents"]) for row in reached}
    taken = [_box_of(text) for text in texts]
    scale = axes.get_figure().dpi  # type: ignore[union-attr]
    frame = axes.get_window_extent()
    inside = frame.x0 / scale, frame.y0 / scale, frame.x1 / scale, frame.y1 / scale
    for row in sorted(reached, key=lambda row: (row["workforce"] != "world", -row["share"])):
        x, y = date_number(row["date"]), row["human_equivalents"]
        filled = row["workforce"] == "world"
        axes.plot(
            [x], [y], marker="o", ms=5.0, mfc=INK if filled else "white", mec=INK, mew=0.9, ls="none",
            zorder=8 if filled else 7, clip_on=False, gid=f"parity:{row['domain']}:{row['workforce']}:{row['share']}",
        )  # fmt: skip
        if not any(row is other for other in named.values()):
            continue
        words = f"{row['share'] * 100:g}%"
        width, height = text_width(words, SMALL, filled) + 0.02, SMALL / 72.0
        dot = spots[id(row)]
        at = (dot[0] + dot[2]) / 2.0, (dot[1] + dot[3]) / 2.0
        others = [*taken, *(spot for key, spot in spots.items() if key != id(row) and spot != dot)]
        for right, up in PLACES:
            left = at[0] + right / 72.0 - (0.0 if right > 0 else width)
            low = at[1] + up / 72.0 - (0.0 if up > 0 else height)
            box = left, low, left + width, low + height
            within = box[0] >= inside[0] and box[1] >= inside[1] and box[2] <= inside[2] and box[3] <= inside[3]
            if within and not covers(box, others):
                taken.append(box)
                axes.annotate(
                    words, (x, y), xytext=(right, up), textcoords="offset points", ha="left" if right > 0 else "right",
                    va="bottom" if up > 0 else "top", fontsize=SMALL, color=INK, zorder=7,
                    weight="bold" if filled else "normal", path_effects=[withStroke(linewidth=2.0, foreground="white")],
                )  # fmt: skip
                break


def _box_of(text: Text) -> Box:
    scale = text.axes.get_figure().dpi  # type: ignore[union-attr]
    box = text.get_window_extent()
    return box.x0 / scale, box.y0 / scale, box.x1 / scale, box.y1 / scale
