"""Moves after training runs on a panel of compute: names of the runs, and arrows to what their chips then did."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from sim.show.axes import size_of
from sim.show.bands import INFERENCE, MOVED, TRAINING
from sim.show.labels import Box, Label, marker_box, place
from sim.show.style import INK, brief, short
from sim.show.uses import Array, Earmark, Move, Uses

THIN = 0.25
"""Bands of at most this part of the axis, next to those of runs, are kept free of names."""
SMALLEST_NAMED, SMALLEST_ARROW = 0.06, 0.08
"""Runs that held less than this part of the axis get no name, or no arrow: their blocks can hardly be seen."""


def one_a_run(moves: list[Move]) -> list[Move]:
    """The largest move of each run: one with phases frees its accelerators in several."""
    best: dict[str, Move] = {}
    for move in moves:
        if move.run not in best or move.h100e > best[move.run].h100e:
            best[move.run] = move
    return list(best.values())


def draw_moves(
    axes: Axes,
    uses: Uses,
    moves: list[Move],
    earmarks: list[Earmark],
    heights: dict[str, Array],
    start: float,
    whole: Array,
) -> int:
    """Names over the runs that freed the most, arrows to what an earmark made of it; how many runs are named.

    heights: band -> its height on the axes on the days of `uses`; whole: H100e that are 1 there. start: the date
    number of day 0.
    """
    if TRAINING not in heights:
        return 0
    none = np.zeros(len(uses.days))
    training, moved = heights[TRAINING], heights.get(MOVED, none)
    limit = axes.get_ylim()[1] or 1.0
    left, right = axes.get_xlim()
    inch = (right - left) / size_of(axes)[0]
    marks = {mark.model: mark for mark in earmarks}

    def share(move: Move) -> float:
        return move.h100e / float(whole[_before(uses, move.day)]) / limit

    ranked = sorted(
        (move for move in one_a_run(moves) if share(move) >= SMALLEST_NAMED),
        key=lambda move: (-round(share(move), 2), -move.h100e),
    )
    below = training + moved
    for band, line in heights.items():
        if band == INFERENCE or (band not in (TRAINING, MOVED) and line.max() <= THIN * limit):
            below = below + line
        elif band not in (TRAINING, MOVED):
            break
    taken = _columns(axes, start + uses.days, below)
    labels = []
    for rank, move in enumerate(ranked[: int(size_of(axes)[0])]):
        top = float(training[_before(uses, move.day)])
        x = start + move.day - 0.03 * inch
        labels.append(Label(x, top, f"{brief(move.run)}: {short(move.h100e)}", weight=-rank, always=True, above=True))
    written = place(axes, labels, taken, layer=7.0, pad=0.05) or place(axes, labels[:1], layer=7.0, pad=0.05)
    named = {text.get_text() for text in written}
    for move in ranked:
        if f"{brief(move.run)}: {short(move.h100e)}" not in named:
            continue
        index = _before(uses, move.day)
        top, held = float(training[index]), move.h100e / float(whole[index])
        x = start + move.day
        mark = marks.get(move.run)
        if mark is None or share(move) < SMALLEST_ARROW:
            continue
        then = int(np.searchsorted(uses.days, mark.since, side="right")) - 1
        low = float(training[then] + moved[then]) - mark.h100e / float(whole[then]) / 2
        axes.annotate(
            "",
            (min(start + mark.since + 0.13 * inch, right), max(low, 0.0)),
            (x - 0.1 * inch, top - held / 2),
            gid="move",
            zorder=6,
            arrowprops={
                "arrowstyle": "-|>,head_width=0.2,head_length=0.4",
                "color": INK,
                "lw": 1.2,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
    return len(written)


def _columns(axes: Axes, xs: Array, tops: Array) -> list[Box]:
    """The places, in inches, that bands from the axis up take: labels stand above them."""
    left, right = axes.get_xlim()
    edges = np.linspace(left, right, 1 + int(size_of(axes)[0] / 0.08))
    found = []
    for a, b in pairwise(edges):
        first, last = (max(0, int(np.searchsorted(xs, x, side="right")) - 1) for x in (a, b))
        low, high = marker_box(axes, a, 0.0, 0.0), marker_box(axes, b, float(tops[first : last + 1].max()), 0.0)
        found.append((low[0], low[1], high[2], high[3]))
    return found


def _before(uses: Uses, day: float) -> int:
    """The last interval before a day."""
    return max(0, int(np.searchsorted(uses.days, day, side="left")) - 1)
