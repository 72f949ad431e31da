"""Picture: how long each level lasts, from its first crossing to the next level's: the base against changed worlds."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from sim.base.units import DAYS_PER_MONTH
from sim.show.axes import clean
from sim.show.compared import BASE, Compared, colours, facts_of, rows_of, signed, span, words_of_level
from sim.show.page import MARGIN, Picture, empty, page
from sim.show.simulated import Row
from sim.show.style import GREY, INK, SMALL, TEXT, WIDTH, brief, cut, number, text_width, tint

SUBTITLE = (
    "Time from the first crossing of a level by any lab to the first crossing of the next. An open bar goes on beyond "
    "the end; a level that is not reached before the end has none."
)
SHARES = "Pale: the part of the alignment work in it that people do, dark: trusted AIs'."
BAR, GAP, HEAD = 0.2, 0.06, 0.3
MOST_NAME = 2.1
"""Inches for the name of a world."""


def headline(comparison: Compared) -> str:
    """The finding: the largest change of a dwell."""
    rows = [row for row in rows_of(comparison, "levels") if row["dwell_bought_days"]]
    if not rows:
        return "Time between levels: no change that is known"
    top = max(rows, key=lambda row: abs(row["dwell_bought_days"]))
    gap = f"{words_of_level(top['level'])} to {words_of_level(top['next_level'])}"
    change = signed(top["dwell_bought_days"], top["dwell_bound"])
    return f"From {gap}: {change} under {brief(top['scenario'], 40)} ({span(top['dwell_base_days'])} in the base)"


def dwell(comparison: Compared) -> Picture:
    """Bars for each pair of neighbouring levels, the base first."""
    facts = facts_of(comparison)
    names = [pair.name for pair in comparison.pairs]
    every = {(row["level"], row["scenario"]): row for row in rows_of(comparison, "levels")}
    rows = {key: row for key, row in every.items() if row["next_level"]}
    gaps: list[tuple[str, Row]] = []
    for (level, _), row in rows.items():
        if level not in [found for found, _ in gaps]:
            gaps.append((level, row))
    gaps = [(level, row) for level, row in gaps
            if any(rows[level, name]["dwell_base_days"] is not None or rows[level, name]["dwell_days"] is not None
                   for name in names if (level, name) in rows)]  # fmt: skip
    if not gaps:
        return empty(
            facts, "No time between levels is known", "The scenario has fewer than two levels that are reached."
        )
    colour = colours(comparison)
    each = HEAD + (BAR + GAP) * (len(names) + 1)
    told = f"{SUBTITLE} {SHARES}" if comparison.table("alignment").rows else SUBTITLE
    figure = page(facts, headline(comparison), told, each * len(gaps) + 0.75)
    bottom, top = figure.body
    height = top - bottom - 0.6
    wide = max(text_width(brief(name, 48), SMALL) for name in ["base", *names])
    left = MARGIN + min(wide, MOST_NAME) + 0.12
    axes = clean(figure.panel(left, bottom + 0.5, WIDTH - MARGIN - left - 0.1, height), "x")
    longest = max(value for level, _ in gaps for name in names for row in [rows.get((level, name))] if row
                  for value in (row["dwell_base_days"], row["dwell_days"]) if value is not None)  # fmt: skip
    scale, unit = (DAYS_PER_MONTH, "months") if longest > 120.0 else (1.0, "days")
    y = 0.0
    for level, any_row in gaps:
        words = f"{words_of_level(level)} → {words_of_level(any_row['next_level'])}"
        _beside(axes, y + HEAD - 0.1, cut(words, TEXT, WIDTH - 1.0, bold=True), MARGIN - left, fontsize=TEXT,
                weight="bold", va="baseline")  # fmt: skip
        y += HEAD
        some = next(name for name in names if (level, name) in rows)
        for name in [None, *names]:
            if name and (level, name) not in rows:
                continue
            row = rows[level, name or some]
            days = row["dwell_days"] if name else row["dwell_base_days"]
            after = every[row["next_level"], name or some]
            still_open = (after["date"] if name else after["date_base"]) is None
            fill = colour[name] if name else BASE
            humans = _humans(comparison, level, name or some, "" if name else "_base")
            _beside(axes, y + BAR / 2, cut(name or "base", SMALL, MOST_NAME), -0.08, fontsize=SMALL, va="center",
                    ha="right")  # fmt: skip
            if days is not None and humans is not None:
                axes.barh(y + BAR / 2, days / scale, BAR, color=fill, lw=0.0)
                axes.barh(y + BAR / 2, humans[0] * days / scale, BAR, color=tint(fill, 0.4), lw=0.0)
            elif days is not None:
                axes.barh(
                    y + BAR / 2,
                    days / scale,
                    BAR,
                    color=tint(fill, 0.45) if still_open else fill,
                    hatch="////" if still_open else None,
                    edgecolor=fill if still_open else "none",
                    lw=0.0,
                )
            text = "not reached before the end" if days is None else f"{'> ' if still_open else ''}{span(days)}"
            if name and days is not None and row["dwell_bound"]:
                text += f"  ({signed(row['dwell_bought_days'], row['dwell_bound'])})"
            if days is not None and humans is not None:
                text += f"; {number(humans[1])} researcher-years"
            axes.text((days or 0.0) / scale + 0.006 * longest / scale, y + BAR / 2, text, fontsize=SMALL, va="center",
                      color=INK if days is not None else GREY)  # fmt: skip
            y += BAR + GAP
    axes.set_ylim(y + 0.02, 0.0)
    aligned = bool(comparison.table("alignment").rows)
    axes.set_xlim(0.0, (1.75 if aligned else 1.35) * longest / scale)
    axes.set_yticks([])
    axes.set_xlabel(unit, fontsize=SMALL, color=GREY)
    return figure


def _beside(axes: Axes, y: float, words: str, inches: float, **options: Any) -> None:
    """Words at a height of the bars, so many inches right of their zero."""
    axes.annotate(words, (0.0, y), xycoords=axes.get_yaxis_transform(), xytext=(72.0 * inches, 0.0),
                  textcoords="offset points", color=INK, annotation_clip=False, **options)  # fmt: skip


def _humans(comparison: Compared, level: str, scenario: str, side: str) -> tuple[float, float] | None:
    """The share of people in the alignment work of a dwell, and the work in researcher-years; None if not counted."""
    found = {
        row["by"]: row[f"dwell_researcher_years{side}"]
        for row in rows_of(comparison, "alignment", scenario)
        if row["level"] == level
    }
    whole = found.get("all")
    return None if not whole else (found["humans"] / whole, whole)
