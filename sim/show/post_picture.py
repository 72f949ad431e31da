"""Picture: the tables of a comparison that fit a post."""

from __future__ import annotations

from typing import NamedTuple

from matplotlib.lines import Line2D

from sim.show.break_even import break_even
from sim.show.compared import Compared, facts_of
from sim.show.page import INNER, MARGIN, Picture, page
from sim.show.post import post_alone
from sim.show.style import FAINT, GREY, INK, SMALL, text_width, wrap

STEP, ROOM, BETWEEN = 0.165, 0.12, 0.28
"""Inches: from line to line, above a row, between two tables."""
MOST_NAME = 2.3


class Cells(NamedTuple):
    """A table cut into lines: headings and rows, each cell a list of lines; width of the first column and of others."""

    heads: list[list[str]]
    rows: list[list[list[str]]]
    first: float
    width: float

    @property
    def top(self) -> float:
        """Height of the headings in inches."""
        return max(map(len, self.heads)) * STEP + ROOM

    def tall(self, row: list[list[str]]) -> float:
        """Height of a row in inches."""
        return max(map(len, row)) * STEP + ROOM

    @property
    def height(self) -> float:
        """Of the whole table in inches."""
        return self.top + sum(map(self.tall, self.rows))


def table(comparison: Compared) -> Picture:
    """Time bought, work and what is given up; below it what alignment work is enough for, where it is counted."""
    found = [each for each in (post_alone(comparison), break_even(comparison)) if each[1]]
    cut = [_cells(heads, rows) for heads, rows, _ in found]
    facts = facts_of(comparison)
    body = sum(each.height for each in cut) + BETWEEN * (len(cut) - 1) + 0.2
    notes = [note for _, _, notes in found for note in notes]
    figure = page(facts, facts.question or facts.name, "", body, notes=notes)
    y = figure.body[1]
    for each in cut:
        y = _write(figure, each, y) - BETWEEN
    return figure


def _cells(heads: list[str], rows: list[list[str]]) -> Cells:
    names = max(text_width(row[0], SMALL, bold=True) for row in rows) + 0.15
    first = min(MOST_NAME, max(names, 1.0))
    width = (INNER - first) / max(1, len(heads) - 1)
    head = [_lines(text, width - ROOM, bold=True) for text in heads]
    body = [[_lines(text, (first if n == 0 else width) - ROOM, bold=n == 0) for n, text in enumerate(row)]
            for row in rows]  # fmt: skip
    return Cells(head, body, first, width)


def _lines(text: str, width: float, bold: bool) -> list[str]:
    """Text in lines; words that are too long for one are broken at their hyphens."""
    words = [word if text_width(word, SMALL, bold) <= width else word.replace("-", "- ") for word in text.split(" ")]
    return wrap(" ".join(words), SMALL, width, bold)


def _write(figure: Picture, cells: Cells, y: float) -> float:
    """Write a table from a height down; the height at which it ends."""

    def put(lines: list[str], n: int, top: float, **options: object) -> None:
        right = MARGIN + cells.first + cells.width * n
        for k, text in enumerate(lines):
            place = (MARGIN, "left") if n == 0 else (right - 0.04, "right")
            figure.write(place[0], top - 0.14 - k * STEP, text, size=SMALL, ha=place[1], va="baseline", **options)

    for n, lines in enumerate(cells.heads):
        put(lines, n, y - (max(map(len, cells.heads)) - len(lines)) * STEP, color=GREY, weight="bold")
    y -= cells.top
    for row in cells.rows:
        _rule(figure, y + 0.01, FAINT)
        for n, lines in enumerate(row):
            put(lines, n, y, color=INK, weight="bold" if n == 0 else "normal")
        y -= cells.tall(row)
    _rule(figure, y + 0.01, GREY)
    return y


def _rule(figure: Picture, y: float, colour: str) -> None:
    across, up = figure.get_size_inches()
    figure.add_artist(Line2D([MARGIN / across, 1.0 - MARGIN / across], [y / up, y / up], color=colour, lw=0.8))
