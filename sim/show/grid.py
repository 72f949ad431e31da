"""Small multiples: one panel a lab, on one page, with one scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from sim.show.page import MARGIN, Picture
from sim.show.style import GREY, SMALL, TEXT, WIDTH, cut


@dataclass(frozen=True)
class Edge:
    """Whether a panel is the first of its row, and whether nothing is below it."""

    left: bool
    bottom: bool
    top: bool


def columns_for(count: int) -> int:
    """Panels side by side: up to three."""
    return {1: 1, 2: 2, 4: 2}.get(count, 3)


def grid(
    figure: Picture,
    labs: Sequence[str],
    *,
    y_label: str,
    axis: float = 1.12,
    gap: float = 0.4,
    head: float = 0.3,
) -> Iterator[tuple[Axes, str, Edge]]:
    """Panels for labs in rows, in the body of a page. `axis` is the room for the y axis at the left."""
    columns = columns_for(len(labs))
    lines = -(-len(labs) // columns)
    bottom, top = figure.body
    bottom += 0.27
    width = (WIDTH - MARGIN - axis - 0.15 - gap * (columns - 1)) / columns
    each = (top - bottom) / lines
    for n, lab in enumerate(labs):
        line, column = divmod(n, columns)
        edge = Edge(column == 0, n + columns >= len(labs), line == 0)
        lift = 0.05
        panel = figure.panel(
            axis + column * (width + gap),
            top - (line + 1) * each + lift,
            width,
            each - lift - (head if len(labs) > 1 else 0.1),
        )
        if edge.left:
            panel.set_ylabel(y_label, fontsize=SMALL + 0.5, color=GREY)
            panel.yaxis.set_label_coords(-(axis - 0.3) / width, 0.5)
        yield panel, lab, edge


def lab_title(axes: Axes, lab: str, colour: str) -> None:
    """The lab's name over its panel."""
    width = axes.get_position().width * axes.get_figure().get_size_inches()[0]  # type: ignore[union-attr]
    lab = cut(lab, TEXT + 1.0, width, bold=True)
    axes.set_title(lab, loc="left", fontsize=TEXT + 1.0, fontweight="bold", color=colour, pad=5)
