"""Small multiples: one panel a lab, on one page, with one scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from sim.base.words import plural
from sim.show.axes import size_of
from sim.show.page import MARGIN, Picture
from sim.show.style import GREY, SMALL, TEXT, WIDTH, brief, cut, listed

MOST_PANELS = 8
MOST_NAMED = 6


@dataclass(frozen=True)
class Edge:
    """Whether a panel is the first of its row, and whether nothing is below it."""

    left: bool
    bottom: bool


def not_shown(labs: Sequence[str], why: str) -> str:
    """A note that names the labs that have no panel; empty if all have one."""
    more = [plural(len(labs) - MOST_NAMED, "more lab")] if len(labs) > MOST_NAMED else []
    return f"Not shown ({why}): {listed([*map(brief, labs[:MOST_NAMED]), *more])}." if labs else ""


def columns_for(count: int) -> int:
    """Panels side by side: wide ones below each other up to three, else two columns."""
    return 1 if count <= 3 else 2


def lines_for(count: int) -> int:
    """Panels below each other."""
    return -(-count // columns_for(count))


def grid(
    figure: Picture,
    labs: Sequence[str],
    *,
    y_label: str,
    columns: int | None = None,
    axis: float = 1.02,
    gap: float = 0.35,
    head: float = 0.32,
) -> Iterator[tuple[Axes, str, Edge]]:
    """Panels for labs in rows, in the body of a page. `axis` is the room for the y axis at the left."""
    columns = columns or columns_for(len(labs))
    lines = -(-len(labs) // columns)
    bottom, top = figure.body
    bottom += 0.27
    width = (WIDTH - axis - MARGIN - 0.1 - gap * (columns - 1)) / columns
    each = (top - bottom) / lines
    for n, lab in enumerate(labs):
        line, column = divmod(n, columns)
        edge = Edge(column == 0, n + columns >= len(labs))
        lift = 0.05
        panel = figure.panel(
            axis + column * (width + gap),
            top - (line + 1) * each + lift,
            width,
            each - lift - (head if len(labs) > 1 else 0.1),
        )
        if edge.left:
            panel.set_ylabel(y_label, fontsize=SMALL, color=GREY)
            panel.yaxis.set_label_coords(-(axis - 0.22) / width, 0.5)
        else:
            panel.tick_params(labelleft=False)
        yield panel, lab, edge


def lab_title(axes: Axes, lab: str, colour: str, pad: float = 5.0) -> None:
    """The lab's name over its panel, `pad` points above it."""
    lab = cut(lab, TEXT + 1.0, size_of(axes)[0], bold=True)
    axes.set_title(lab, loc="left", fontsize=TEXT + 1.0, fontweight="bold", color=colour, pad=pad)
