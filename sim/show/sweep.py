"""Picture of a sweep: lines over one input, a heat map over two."""

from __future__ import annotations

from datetime import date
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

from sim.analysis.axis import Axis
from sim.base.units import DAYS_PER_MONTH
from sim.show.axes import clean, dates
from sim.show.compared import words_of_level
from sim.show.facts import PictureFacts
from sim.show.page import MARGIN, Picture, empty, page
from sim.show.simulated import EPOCH
from sim.show.style import FAINT, GREY, INK, LABS, SMALL, TALLEST, WIDTH, brief, cut, number, styled
from sim.show.sweep_outputs import Swept, chosen, rows_of
from sim.tables.chance import has_chance

MOST_LABELLED = 14
"""Cells a row or column of a heat map up to which each has its number."""


def figure(sweep: Swept, output: str | None = None) -> Picture:
    """The picture of a sweep. Raises ValueError, with the columns that there are, for another output."""
    names = chosen(sweep, output)
    with styled():
        if len(sweep.plan.axes) == 1:
            return _lines(sweep, names)
        if len(sweep.plan.axes) == 2:
            return _map(sweep, names[0])
        return empty(_facts(sweep), f"A sweep over {len(sweep.plan.axes)} inputs", "Its numbers are in sweep.csv.")


def _facts(sweep: Swept) -> PictureFacts:
    scenario = sweep.plan.scenario
    seed = sweep.plan.seed if has_chance(scenario.draw(seed=sweep.plan.seed, listed=False)) else None
    return PictureFacts(question=scenario.question, name=f"{scenario.name}, {len(sweep.table.rows):,} cells", seed=seed)


def _words(name: str) -> str:
    kind, _, of = name.partition("[")
    kind = kind.replace("_", " ")
    return f"{kind} at {words_of_level(of[:-1])}" if of else kind


def _scale(sweep: Swept, names: list[str], rows: list[dict[str, Any]]) -> tuple[float, str]:
    """What numbers are divided by, and the unit to write: months for long times."""
    unit = next(column.unit for column in sweep.table.columns if column.name == names[0])
    values = [abs(row[name]) for name in names for row in rows if isinstance(row[name], float)]
    if unit == "days" and max(values, default=0.0) > 120.0:
        return DAYS_PER_MONTH, "months"
    return 1.0, unit


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        return float(date.fromisoformat(value[:10]).toordinal() - EPOCH)
    return value if value is None else float(value)


def _bound(name: str) -> str:
    kind, _, of = name.partition("[")
    return f"{ {'time_bought': 'bound', 'dwell': 'dwell_bound'}.get(kind, kind) }[{of}"


def _lines(sweep: Swept, names: list[str]) -> Picture:
    axis = sweep.plan.axes[0]
    rows = rows_of(sweep)
    scale, unit = _scale(sweep, names, rows)
    places, _ = _places(axis)
    colours = {name: LABS[n % len(LABS)] for n, name in enumerate(names)}
    time = unit in ("months", "days") and axis.days_each is not None and names[0].startswith("time_bought")
    legend: list[tuple[Any, str]] = [
        (Line2D([], [], color=colours[name], lw=1.8, marker="o", ms=4), _words(name)) for name in names
    ]
    if time:
        legend.append((Line2D([], [], color=GREY, lw=1.0, ls=(0, (4, 3))), "as long as what is set"))
    head = f"{_words(names[-1])[:1].upper()}{_words(names[-1])[1:]} by {axis.path}"
    subtitle = "Each dot is one simulated world. " + (
        "Open dots: at least (at most) that much, as the end came first in one of the two worlds. Where a dot is "
        "missing nothing is known. Models are discrete, so what lies between two dots may be a step."
        if names[0].startswith("time_bought")
        else "Where a dot is missing nothing is known. Models are discrete, so between two dots there may be a step."
    )
    figure = page(
        _facts(sweep), _finding(sweep, axis, names[-1], rows, scale, unit) or head, subtitle, 4.3, legend=legend
    )
    bottom, top = figure.body
    axes = clean(figure.panel(0.95, bottom + 0.6, WIDTH - MARGIN - 1.05, top - bottom - 0.75), "both")
    top_value = 0.0
    for name in names:
        values = [_number(row[name]) for row in rows]
        known = [(place, value / scale) for place, value in zip(places, values, strict=True) if value is not None]
        axes.plot(*zip(*known, strict=True), color=colours[name], lw=1.4) if known else None
        for place, value, row in zip(places, values, rows, strict=True):
            if value is None:
                continue
            top_value = max(top_value, value / scale)
            exact = row.get(_bound(name), "exact") in ("exact", None)
            axes.plot([place], [value / scale], "o", ms=5.0, mec=colours[name], mew=1.2,
                      mfc=colours[name] if exact else "white")  # fmt: skip
    if time:
        each = (axis.days_each or 1.0) / (DAYS_PER_MONTH if unit == "months" else 1.0)
        axes.plot([min(places), max(places)], [min(places) * each, max(places) * each], color=GREY, lw=1.0,
                  ls=(0, (4, 3)))  # fmt: skip
    answer = sweep.solution
    if answer is not None and answer.target.output in names and unit != "date":
        axes.axhline(answer.target.value / scale, color=INK, lw=1.0, ls=(0, (1, 1.5)))
        axes.text(1.0, answer.target.value / scale, f"{answer.target.text.partition('=')[2]} ", ha="right", va="bottom",
                  transform=axes.get_yaxis_transform(), fontsize=SMALL, color=INK)  # fmt: skip
    if names[0].startswith(("time_bought", "dwell")):
        axes.axhline(0.0, color=INK, lw=0.8)
    if unit == "date":
        _date_axis(axes)
    elif top_value >= 1e4:
        axes.yaxis.set_major_formatter(lambda value, _: number(value))
    axes.set_ylabel(unit if unit != "date" else "", fontsize=SMALL, color=GREY)
    _input_axis(axes, axis, "x")
    return figure


def _date_axis(axes: Axes) -> None:
    axes.yaxis.set_major_formatter(lambda value, _: date.fromordinal(int(value) + EPOCH).isoformat())


def _finding(sweep: Swept, axis: Axis, name: str, rows: list[dict[str, Any]], scale: float, unit: str) -> str:
    """The first and the last value, and the largest where it lies between, unless another may be larger; nothing if the
    ends are not known.
    """
    values = [_number(row[name]) for row in rows]
    if values[0] is None or values[-1] is None or unit == "date":
        return ""

    def said(n: int) -> str:
        value = values[n]
        assert value is not None
        mark = {"at least": "at least ", "at most": "at most "}.get(rows[n].get(_bound(name), "exact") or "", "")
        return f"{mark}{number(value / scale, 3)} {unit}".rstrip()

    head = f"{_words(name)[:1].upper()}{_words(name)[1:]}"
    last, first = len(values) - 1, 0
    top = max((n for n, value in enumerate(values) if value is not None), key=lambda n: (values[n], -n))
    larger = any(row.get(_bound(name)) == "at least" for n, row in enumerate(rows) if n != top)
    if larger or said(top) in (said(first), said(last)):
        told = f": {said(last)} with {axis.path} = {axis.values[last]}, {said(first)} with {axis.values[first]}"
    else:
        told = (f" is largest with {axis.path} = {axis.values[top]}: {said(top)}; {said(last)} with "
                f"{axis.values[last]}, {said(first)} with {axis.values[first]}")  # fmt: skip
    return f"{head}{told}".replace("-", "−")


def _spread(known: list[float], unit: str) -> str:
    """The least and the largest number of a map, or the one."""
    low, high = number(min(known), 3), number(max(known), 3)
    return f"{low} {unit} in all" if low == high else f"{low} to {high} {unit}".rstrip()


def _where(
    values: dict[tuple[int, ...], float | None], bounds: dict[tuple[int, ...], str | None], across: Axis, up: Axis
) -> str:  # fmt: skip
    """At which two inputs the largest number of a map is; nothing if it is at several, or another may be larger."""
    top = max(value for value in values.values() if value is not None)
    cells = [cell for cell, value in values.items() if value == top]
    if len(cells) > 1 or len(values) == 1 or any(bounds[cell] == "at least" for cell in values if cell != cells[0]):
        return ""
    i, j = cells[0]
    return f", largest with {across.path} = {across.values[i]}, {up.path} = {up.values[j]}"


def _places(axis: Axis) -> tuple[list[float], bool]:
    """Where each value stands, and whether the axis has a scale (else values stand in a row)."""
    if axis.numbers is None:
        return [float(n) for n in range(len(axis.values))], False
    return [n - EPOCH if axis.unit == "date" else n for n in axis.numbers], True


def _input_axis(axes: Axes, axis: Axis, which: str) -> None:
    words = axis.path if axis.unit in ("", "date") else f"{axis.path} ({axis.unit})"
    places, scaled = _places(axis)
    if axis.unit == "date":
        room = 0.03 * max(1.0, max(places) - min(places))
        dates(axes, min(places) - room, max(places) + room)
    elif not scaled:
        axes.set_xticks(places, [cut(value, SMALL, 1.3) for value in axis.values])
    elif len(places) > 3 and min(places) > 0.0 and max(places) / min(places) > 50.0:
        axes.set_xscale("log")
    axes.set_xlabel(cut(words, SMALL, WIDTH - 2.0), fontsize=SMALL, color=GREY)


def _map(sweep: Swept, name: str) -> Picture:
    across, up = sweep.plan.axes
    rows = rows_of(sweep)
    scale, unit = _scale(sweep, [name], rows)
    values = {cell: _number(row[name]) for cell, row in zip(sweep.plan.cells, rows, strict=True)}
    bounds = {cell: row.get(_bound(name), "exact") for cell, row in zip(sweep.plan.cells, rows, strict=True)}
    known = [value / scale for value in values.values() if value is not None]
    if not known:
        return empty(_facts(sweep), f"{_words(name)}: nothing is known in any cell", "See the problems in sweep.csv.")
    head = f"{_words(name)[:1].upper()}{_words(name)[1:]}"
    spread = "" if unit == "date" else f": {_spread(known, unit)}{_where(values, bounds, across, up)}".replace("-", "−")
    subtitle = "Each cell is one simulated world. > and <: at least, at most; a grey cell: nothing is known."
    body = min(TALLEST - 4.0, max(2.6, 0.3 * min(len(up.values), 16) + 1.0))
    figure = page(_facts(sweep), head + spread, subtitle, body)
    bottom, top = figure.body
    left = 1.1
    width, height = WIDTH - MARGIN - left - 0.9, top - bottom - 0.75
    axes = clean(figure.panel(left, bottom + 0.6, width, height), "")
    grid = [[values[i, j] for i in range(len(across.values))] for j in range(len(up.values))]
    shown = [[float("nan") if value is None else value / scale for value in line] for line in grid]
    axes.set_facecolor(FAINT)
    low, high = min(known), max(known)
    reach = max(abs(low), abs(high))
    diverging = low < 0.0 < high
    wide = low > 0.0 and high > 8.0 * low and unit not in ("date", "days", "months")
    ends = (-reach, reach) if diverging else (low, max(high, low + 1e-9))
    scaling = LogNorm(*ends) if wide else Normalize(*ends)
    image = axes.imshow(
        shown,
        origin="lower",
        aspect="auto",
        cmap="RdBu" if diverging else "Blues",
        norm=scaling,
    )
    bar = figure.colorbar(image, cax=figure.panel(left + width + 0.15, bottom + 0.6, 0.14, height))
    bar.ax.tick_params(labelsize=SMALL, length=0)
    bar.outline.set_visible(False)
    if unit == "date":
        bar.ax.yaxis.set_major_formatter(lambda value, _: date.fromordinal(int(value) + EPOCH).isoformat())
    else:
        bar.ax.yaxis.set_major_formatter(lambda value, _: number(value, 3).replace("-", "−"))
        places = [low * (high / low) ** (k / 4.0) for k in range(5)] if wide else None
        if places is not None:
            bar.ax.yaxis.set_major_locator(FixedLocator(places))
            bar.ax.yaxis.set_minor_locator(NullLocator())
        bar.set_label(unit, fontsize=SMALL, color=GREY)
    if len(across.values) <= MOST_LABELLED and len(up.values) <= 2 * MOST_LABELLED and unit != "date":
        for (i, j), value in values.items():
            if value is None:
                continue
            mark = {"at least": ">", "at most": "<"}.get(bounds[i, j] or "", "")
            share = float(scaling(value / scale))
            dark = abs(share - 0.5) > 0.33 if diverging else share > 0.55
            axes.text(i, j, f"{mark}{number(value / scale, 3)}".replace("-", "−"), ha="center", va="center",
                      fontsize=SMALL - 0.5, color="white" if dark else INK)  # fmt: skip
    for axis, place, ticks in ((across, "x", axes.set_xticks), (up, "y", axes.set_yticks)):
        step = max(1, -(-len(axis.values) // (10 if place == "x" else 24)))
        where = list(range(0, len(axis.values), step))
        ticks(where, [brief(axis.values[n], 14) for n in where])
    axes.set_xlabel(cut(across.path, SMALL, width), fontsize=SMALL, color=GREY)
    axes.set_ylabel(cut(up.path, SMALL, height), fontsize=SMALL, color=GREY)
    return figure
