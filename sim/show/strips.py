"""Rows by lab: a name at the left, room for a strip over time, numbers at the right; as many as one page can hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sim.base.words import plural
from sim.show.axes import clean, dates
from sim.show.page import MARGIN, Picture
from sim.show.style import GREY, INK, PALE, SMALL, TALLEST, TEXT, WIDTH, brief, cut, lab_colours, text_width
from sim.world.record import ModelRecord

HEAD = 0.27
"""Inches for the name of a lab."""
LEAST_ROW, MOST_ROW = 0.185, 0.29
ROOM = TALLEST - 3.6
"""Inches for rows and heads: what titles, legend, date axis and the texts below leave of the page."""


class Row(Protocol):
    """What has a lab and a name."""

    @property
    def lab(self) -> str: ...

    @property
    def name(self) -> str: ...


AnyRow = TypeVar("AnyRow", bound=Row)


@dataclass(frozen=True)
class Column:
    """Numbers at the right: heading, width in inches, and the words for a row."""

    head: str
    width: float
    words: Callable[[Any], str]
    colour: str = INK


def leading(models: Sequence[ModelRecord]) -> tuple[set[tuple[str, str]], str]:
    """Models, by lab and name, that a page of many is to have first, and what the note says of them."""
    flagships = {(model.lab, model.name) for model in models if model.flagship}
    if flagships:
        return flagships, "flagships first, then "
    whole = {(model.lab, model.name) for model in models if model.base is None}
    return (whole, "models made from no other first, then ") if len(whole) < len(models) else (set(), "")


def chosen(rows: Sequence[AnyRow], first: Callable[[AnyRow], bool]) -> list[AnyRow]:
    """As many rows as fit on a page, in the order given: every lab has its share, spread evenly over its rows.

    Rows that are `first` come before a lab's others. Where even one row a lab is too much, those with most stay.
    """
    by_lab: dict[str, list[AnyRow]] = {}
    for row in rows:
        by_lab.setdefault(row.lab, []).append(row)
    labs = sorted(by_lab, key=lambda lab: -len(by_lab[lab]))[: max(1, int(ROOM / (HEAD + LEAST_ROW)))]
    left = int((ROOM - HEAD * len(labs)) / LEAST_ROW)
    kept: set[int] = set()
    for n, lab in enumerate(reversed(labs)):  # the smallest first: what they do not need is for the others
        most = left // (len(labs) - n)
        mine = _spread([row for row in by_lab[lab] if first(row)], most)
        mine += _spread([row for row in by_lab[lab] if not first(row)], most - len(mine))
        left -= len(mine)
        kept.update(id(row) for row in mine)
    return [row for row in rows if id(row) in kept]


def _spread(rows: Sequence[AnyRow], count: int) -> list[AnyRow]:
    """`count` rows at even distances, the last of them always; all if there are no more."""
    if count >= len(rows):
        return list(rows)
    return [rows[-1 - round(k * (len(rows) - 1) / max(1, count - 1))] for k in range(count)]


def left_out(rows: Sequence[Row], kept: Sequence[Row], which: str, table: str) -> list[str]:
    """A note on the rows that are not drawn, if there are any."""
    if len(kept) == len(rows):
        return []
    return [f"Shown: {which}. And {plural(len(rows) - len(kept), 'more model')} in {table}."]


def row_height(rows: Sequence[Row]) -> float:
    """Inches for each row."""
    return min(MOST_ROW, max(LEAST_ROW, (ROOM - HEAD * _heads(rows)) / len(rows)))


def body_height(rows: Sequence[Row], columns: Sequence[Column]) -> float:
    """Inches for rows, heads, headings of the columns and the date axis."""
    return max(1.0, row_height(rows) * len(rows) + HEAD * _heads(rows)) + 0.36 + _top(columns)


def _heads(rows: Sequence[Row]) -> int:
    return len({row.lab for row in rows})


def _top(columns: Sequence[Column]) -> float:
    return 0.16 * max(column.head.count("\n") + 1 for column in columns) + 0.06


def draw(
    figure: Picture,
    rows: Sequence[AnyRow],
    columns: Sequence[Column],
    span: tuple[float, float],
    labs: Sequence[str],
    strip: Callable[[Axes, AnyRow, float, float, str], None],
) -> Axes:
    """Names, numbers, stripes and the date axis; `strip(axes, row, middle, height, colour)` draws a row.

    On the axes y is in inches from the top. span: first date on the axis and the scenario's end (a dashed line).
    """
    left, end = span
    height = row_height(rows)
    names = max(0.9, min(1.9, 0.14 + max(text_width(brief(row.name), SMALL) for row in rows)))
    right = sum(column.width for column in columns) + 0.1
    bottom, top = figure.body
    width = WIDTH - 2 * MARGIN - names - right
    inches = top - bottom - 0.3 - _top(columns)
    height = min(height, (inches - HEAD * _heads(rows)) / len(rows))
    axes = figure.panel(MARGIN + names, bottom + 0.3, width, inches)
    clean(axes, grid="x")
    pad = (end - left) * 0.012
    dates(axes, left - pad, end + 1.5 * pad, until=end)
    axes.axvline(end, color=GREY, lw=0.9, ls=(0, (4, 2)), zorder=1)
    axes.set_ylim(inches, 0.0)
    axes.set_yticks([])
    ends = [1.0 + (0.02 + sum(column.width for column in columns[: n + 1])) / width for n in range(len(columns))]
    for column, at in zip(columns, ends, strict=True):
        _write(axes, at, -0.05, column.head, color=column.colour, va="bottom", gid="column")
    y, lab, stripe = 0.0, None, False
    colours = lab_colours(labs)
    for row in rows:
        if row.lab != lab:
            lab, stripe = row.lab, False
            words = cut(lab, TEXT, width + names, bold=True)
            _write(
                axes,
                -names / width,
                y + 0.155,
                words,
                ha="left",
                fontsize=TEXT,
                weight="bold",
                color=colours[lab],
                gid="lab",
            )
            y += HEAD
        if stripe:
            axes.axhspan(
                y,
                y + height,
                xmin=-names / width,
                xmax=1.0 + right / width,
                facecolor=PALE,
                zorder=0,
                clip_on=False,
            )
        stripe = not stripe
        middle = y + height / 2
        _write(axes, -0.08 / width, middle, cut(brief(row.name), SMALL, names - 0.1), color=INK, gid="model")
        strip(axes, row, middle, height, colours[lab])
        for column, at in zip(columns, ends, strict=True):
            _write(axes, at, middle, column.words(row), color=column.colour, gid="number")
        y += height
    return axes


def bar(axes: Axes, since: float, until: float, middle: float, height: float, **options: Any) -> None:
    """A bar of a strip, from date to date."""
    # As an artist: the limits of the axes are set, and a patch would be measured for them.
    axes.add_artist(Rectangle((since, middle - height / 2), until - since, height, **{"linewidth": 0.0, **options}))


def _write(axes: Axes, x: float, y: float, words: str, **options: Any) -> None:
    style = {"ha": "right", "va": "center", "fontsize": SMALL, **options}
    axes.text(x, y, words, transform=axes.get_yaxis_transform(), linespacing=1.15, **style)
