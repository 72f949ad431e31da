"""The page of a picture: title, subtitle, legend, room for the plots, and the facts that stand under it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple

from sim.show.canvas import canvas, renderer
from sim.show.facts import PictureFacts
from sim.show.png import png
from sim.show.style import (
    DPI,
    FOOT,
    GREY,
    INK,
    SMALL,
    SUBTITLE,
    TALLEST,
    TITLE,
    WIDTH,
    balanced,
    cut,
    styled,
    text_width,
    wrap,
)

MARGIN = 0.3
INNER = WIDTH - 2.0 * MARGIN
COUNT = "\ue000"
"""Stands in a note for a number that `Picture.fill` writes."""
COULD_RUN = "Copies are what the chips could run, not a count of what was deployed."


class Picture(Figure):
    """A Matplotlib figure that notebooks show without pyplot. Lengths are inches from the lower left corner."""

    body: tuple[float, float] = (0.0, 0.0)
    """Lower and upper edge of the room for plots."""

    def panel(self, left: float, bottom: float, width: float, height: float, **options: Any) -> Axes:
        """Axes at a place in inches."""
        across, up = self.get_size_inches()
        return self.add_axes((left / across, bottom / up, width / across, height / up), **options)

    def write(self, left: float, bottom: float, text: str, **options: Any) -> None:
        """Text at a place in inches."""
        across, up = self.get_size_inches()
        self.text(left / across, bottom / up, text, **options)

    def fill(self, count: int) -> None:
        """Write a number that is known only after drawing where the texts below the picture have COUNT."""
        for text in self.texts:
            text.set_text(text.get_text().replace(COUNT, f"{count:,}"))

    def pixels(self) -> Any:
        """The drawn picture: rows of red, green, blue and opacity, 0 to 255 each, in an array."""
        across, up = (round(edge) for edge in self.bbox.size)
        drawing = renderer(across, up, self.dpi)
        self.draw(drawing)
        return np.asarray(drawing.buffer_rgba())

    def _repr_png_(self) -> bytes:
        with styled():
            return png(self.pixels(), self.dpi)


def central_case(seed: int | None) -> str:
    """What a single run is called: where something happens at random it is not the central case of that."""
    return "Central case (1 draw)" if seed is None else f"Medians of the inputs, one draw of chance (seed {seed})"


def footer(facts: PictureFacts, notes: Sequence[str]) -> list[str]:
    """Paragraphs under a picture; empty facts are left out."""
    draws = facts.made or (f"{facts.draws:,} draws" if facts.draws != 1 else central_case(facts.seed))
    first = [
        f"Question: {facts.question}" if facts.question else "",
        f"Scenario: {facts.name}" if facts.name else "",
        draws,
    ]
    last = [f"Token basis: {facts.token_basis}" if facts.token_basis else "", facts.h100e, facts.sourcing, COULD_RUN]
    joined = (" · ".join(part.rstrip(" .") for part in parts if part) + "." for parts in (first, last))
    stopped = [f"INCOMPLETE: the run {facts.stopped.rstrip('.')}."] if facts.stopped else []
    return [*stopped, *notes, *joined]


def page(
    facts: PictureFacts,
    title: str,
    subtitle: str,
    body: float,
    *,
    legend: Sequence[tuple[Any, str]] = (),
    notes: Sequence[str] = (),
) -> Picture:
    """A page whose height is that of its texts and `body` inches for plots, but at most TALLEST.

    legend: (handle, words) of each entry.
    """
    titles = balanced(title, TITLE, INNER, bold=True)
    if len(titles) > 3:
        titles = [*titles[:2], cut(f"{titles[2]} …", TITLE, INNER, bold=True)]
    subtitles = wrap(subtitle, SUBTITLE, INNER)[:4] if subtitle else []
    foot: list[str] = []
    for paragraph in footer(facts, notes):
        lines = wrap(paragraph, FOOT, INNER)
        foot += lines if len(lines) <= 3 else [*lines[:2], cut(f"{lines[2]}…", FOOT, INNER)]
    title_step, subtitle_step, foot_step = 0.27, 0.19, 0.155
    legend_lines = _legend_rows(legend)
    head = 0.24 + title_step * len(titles) + subtitle_step * len(subtitles) + 0.22 * len(legend_lines) + 0.1
    below = 0.22 + foot_step * len(foot)
    body = min(body, TALLEST - head - below)
    height = round((head + body + below) * DPI) / DPI
    figure = Picture(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    canvas(figure)
    figure.body = (below, below + body)
    y = height - 0.24 - 0.14
    for line in titles:
        figure.write(MARGIN, y, line, size=TITLE, weight="bold", color=INK, va="baseline", gid="title")
        y -= title_step
    y += 0.035
    for line in subtitles:
        figure.write(MARGIN, y, line, size=SUBTITLE, color=GREY, va="baseline", gid="subtitle")
        y -= subtitle_step
    _legend(figure, legend_lines, y + 0.085)
    y = 0.12 + foot_step * (len(foot) - 1)
    for line in foot:
        figure.write(MARGIN, y, line, size=FOOT, color=GREY, va="baseline", gid="footer")
        y -= foot_step
    return figure


def _legend_rows(legend: Sequence[tuple[Any, str]]) -> list[list[tuple[Any, str]]]:
    rows: list[list[tuple[Any, str]]] = []
    room = 0.0
    for entry in legend:
        need = text_width(entry[1], SMALL) + 0.44
        if not rows or room < need:
            rows.append([])
            room = INNER
        rows[-1].append(entry)
        room -= need
    return rows


def _legend(figure: Picture, rows: list[list[tuple[Any, str]]], top: float) -> None:
    across, up = figure.get_size_inches()
    for n, row in enumerate(rows):
        made = figure.legend(
            [handle for handle, _ in row],
            [text for _, text in row],
            loc="upper left",
            ncols=len(row),
            frameon=False,
            bbox_to_anchor=((MARGIN - 0.02) / across, (top - 0.22 * n) / up),
            borderpad=0.0,
            borderaxespad=0.0,
            fontsize=SMALL,
            handlelength=1.7,
            handletextpad=0.5,
            columnspacing=1.3,
            labelcolor=INK,
            handler_map={tuple: HandlerTuple(ndivide=None)},
        )
        made.set_gid("legend")


def title_of(figure: Figure) -> str:
    """The words of a picture's title."""
    return " ".join(text.get_text() for text in figure.texts if text.get_gid() == "title")


def empty(facts: PictureFacts, title: str, why: str) -> Picture:
    """A picture that says why there is nothing to plot."""
    figure = page(facts, title, "", 1.2)
    bottom, top = figure.body
    figure.write(WIDTH / 2, (bottom + top) / 2, why, size=11.0, color=GREY, ha="center", va="center")
    return figure
