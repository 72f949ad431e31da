"""Picture: by when each level and milestone is reached across draws, and how long each level then lasts."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.ensemble.central import reference
from sim.ensemble.estimate import Floats
from sim.ensemble.part import OUTCOMES
from sim.ensemble.summary import days_of, gathered
from sim.ensemble.survival import Survival, kaplan_meier
from sim.show.axes import clean, dates
from sim.show.compared import words_of_level
from sim.show.lengths import bar, central, central_of, legend_of, longest_of, share, to_told, unit_of, with_error
from sim.show.many import Many
from sim.show.page import MARGIN, Picture, empty, page
from sim.show.simulated import date_number, month
from sim.show.style import GREY, INK, LABS, SMALL, TEXT, WIDTH, cut, tint
from sim.tables.percent import percent

MOST = 5
"""Levels, and milestones, that are shown: the highest, and the first."""
ROW = 0.3
ABOUT = (
    "Share of draws in which any lab has reached it by a date; pale: ± two standard errors. Dots: {central}. "
    "What a draw has not reached when it ends counts as later (Kaplan-Meier)."
)
DWELL = "Below: how long a level lasts, from its first crossing to that of the next, in the draws that reach it."


def levels(many: Many) -> Picture:
    """Curves over time; below them a bar for each level but the last."""
    summary = many.summary
    shown = [("level", name, found) for name, found in list(summary["levels"].items())[-MOST:]]
    shown += [("milestone", name, found) for name, found in list(summary["milestones"].items())[:MOST]]
    gathered_ = gathered(many.store, OUTCOMES, [*(f"{kind}[{name}]" for kind, name, _ in shown), "end"])
    days = {name: days_of(line) for name, line in gathered_.items()}
    if not shown or not days["end"].size:
        return empty(many.facts, "No levels and no milestones", "There is nothing to show.")
    dwells = [row for row in summary["dwell"] if row["draws"]]
    end = str(summary["end"])[:10]
    colours = {(kind, name): LABS[n % len(LABS)] for n, (kind, name, _) in enumerate(shown)}
    legend = [(Line2D([], [], color=INK, lw=2.0), "levels")]
    if summary["milestones"]:
        legend.append((Line2D([], [], color=INK, lw=1.2, ls=(0, (4, 2))), "milestones"))
    legend.append(central_of(many))
    single = reference(summary)
    about = ABOUT.format(central=single if "branch" in summary else f"the {single}")
    if dwells:
        legend += legend_of(LABS[0], "longer than seen, share open at the end")
    body = 3.3 + (0.75 + ROW * len(dwells) if dwells else 0.0)
    figure = page(many.facts, _headline(shown, end), f"{about} {DWELL}" if dwells else about, body, legend=legend,
                  notes=to_told(dwells))  # fmt: skip
    bottom, top = figure.body
    foot = 0.75 + ROW * len(dwells) if dwells else 0.0
    left, right = 0.75, 2.35
    width = WIDTH - left - right
    axes = clean(figure.panel(left, bottom + foot + 0.3, width, top - bottom - foot - 0.45), "both")
    first = float(many.bands["h100e"].days[0]) if "h100e" in many.bands else float(days["end"].min()) - 365.0
    last = float(days["end"].max())
    axes.set_ylim(0.0, 1.02)
    axes.set_yticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0%", "25%", "50%", "75%", "100%"])
    dates(axes, first, last)
    ends = []
    for kind, name, found in shown:
        line = _reached(days[f"{kind}[{name}]"], days["end"])
        colour = colours[kind, name]
        share_ = _curve(axes, line, first, last, colour, dashed=kind == "milestone")
        ends.append((share_, f"{words_of_level(name)} {percent(share_)}", colour))
        if found["central"] is not None:
            x = max(first, date_number(found["central"]))
            axes.plot([x], [_at(line, x)], "o", ms=6.0, color=colour, mec="white", mew=0.9, zorder=5, clip_on=False,
                      gid="central")  # fmt: skip
    _names(axes, ends, right - 0.25, top - bottom - foot - 0.45, width)
    axes.text(1.0 + 0.1 / width, 1.06, f"reached by {end}", transform=axes.transAxes, fontsize=SMALL, color=GREY)
    if dwells:
        _dwells(figure, dwells, {name: colours["level", name] for kind, name, _ in shown if kind == "level"})
    return figure


def _reached(line: Floats, end: Floats) -> Survival:
    """Not reached yet, over time. What was reached at the end or later was not seen."""
    closed = np.isfinite(line)
    return kaplan_meier(np.where(closed, line, end), closed)


def _curve(axes: Axes, line: Survival, first: float, last: float, colour: str, dashed: bool) -> float:
    """Draws the share that has reached it, and returns it at the end."""
    inside = (line.times >= first) & (line.times <= last)
    before = line.share[line.times < first]
    since = 1.0 - (before[-1] if before.size else 1.0)
    x = np.concatenate([[first], line.times[inside], [last]])
    y = np.concatenate([[since], 1.0 - line.share[inside], [0.0]])
    y[-1] = y[-2]
    error = np.concatenate([[0.0], (line.share * np.sqrt(line.sum_of))[inside], [0.0]])
    error[-1] = error[-2]
    style: dict[str, Any] = {"lw": 1.2, "ls": (0, (4, 2))} if dashed else {"lw": 2.0}
    axes.fill_between(x, np.clip(y - 2.0 * error, 0.0, 1.0), np.clip(y + 2.0 * error, 0.0, 1.0), step="post", lw=0.0,
                      color=tint(colour, 0.2))  # fmt: skip
    axes.plot(x, y, drawstyle="steps-post", color=colour, gid="reached", **style)
    return float(y[-1])


def _at(line: Survival, x: float) -> float:
    n = int(np.searchsorted(line.times, x, side="right"))
    return 1.0 - float(line.share[n - 1]) if n else 0.0


def _names(axes: Axes, ends: list[tuple[float, str, str]], room: float, height: float, width: float) -> None:
    """Names at the right of the curves' ends, the highest first, apart from each other."""
    step = 0.17 / height
    places: list[tuple[float, str, str]] = []
    for place, words, colour in sorted(ends, key=lambda item: -item[0]):
        place = place / 1.02 if not places else min(place / 1.02, places[-1][0] - step)
        places.append((place, words, colour))
    lift = max(0.0, 0.03 - places[-1][0])
    for n, (place, words, colour) in enumerate(places):
        most = 1.0 - n * step
        axes.text(1.0 + 0.1 / width, min(place + lift, most), cut(words, SMALL, room), transform=axes.transAxes,
                  fontsize=SMALL, va="center", color=colour, gid="name")  # fmt: skip


def _dwells(figure: Picture, rows: list[dict[str, Any]], colours: dict[str, str]) -> None:
    scale, unit = unit_of(longest_of(list(rows)))
    bottom, _ = figure.body
    names, numbers = 3.3, 1.9
    width = WIDTH - 2.0 * MARGIN - names - numbers
    axes = clean(figure.panel(MARGIN + names, bottom + 0.42, width, ROW * len(rows)), "x")
    axes.set_xlim(0.0, 1.08 * longest_of(list(rows)) / scale)
    axes.set_ylim(len(rows), 0.0)
    axes.set_yticks([])
    axes.set_xlabel(unit, fontsize=SMALL, color=GREY)
    across = axes.get_yaxis_transform()
    axes.text(-names / width, -0.2, "how long each lasts", transform=across, fontsize=TEXT, fontweight="bold",
              color=INK, va="bottom")  # fmt: skip
    for at, words in ((0.12, f"median, {unit}"), (1.27, "open at end")):
        axes.text(1.0 + at / width, -0.2, words, transform=across, fontsize=SMALL, color=GREY, va="bottom")
    for k, row in enumerate(rows):
        middle = k + 0.5
        colour = colours.get(row["level"], LABS[0])
        words = f"{words_of_level(row['level'])} → {words_of_level(row['next_level'])}"
        axes.text(-names / width, middle, cut(words, SMALL, names - 0.1), transform=across, fontsize=SMALL,
                  va="center", color=INK, gid="dwell")  # fmt: skip
        bar(axes, middle, 0.6, row, scale, colour)
        central(axes, middle, row, scale, colour)
        axes.text(1.0 + 0.12 / width, middle, with_error(row, scale), transform=across, fontsize=SMALL, va="center",
                  color=INK)  # fmt: skip
        share(axes, middle, 0.6, row, 1.0 + 1.27 / width, 0.26 / width)


def _headline(shown: list[tuple[str, str, dict[str, Any]]], end: str) -> str:
    """The median date of the highest level that half of the draws reach, with its range."""
    known = [(name, found) for kind, name, found in shown if kind == "level" and found["median"]]
    known = known or [(name, found) for _, name, found in shown if found["median"]]
    if not known:
        return f"Fewer than half of the draws reach any of these by {end}"
    name, found = known[-1]
    median, early, late = (month(date_number(found[key])) if found[key] else None for key in ("median", "p5", "p95"))
    words = words_of_level(name)
    never = found["not_reached"]
    more = f"; not by {end[:4] if end[5:] == '01-01' else end} in {percent(never)}" if never else ""
    said = f"{words[:1].upper()}{words[1:]}: {median} in the median draw"
    spread = " and in 90%" if early == median == late else f", {early} to {late or 'later than seen'} in 90%"
    return f"{said}{spread}{more}"
