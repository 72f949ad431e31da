"""Picture: one input at a time at its 10% and its 90%, the widest first."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.analysis.tornado import HIGH, LOW, Ends, Tornado
from sim.ensemble.factors import Factor
from sim.scenario.draw_error import quantile_text
from sim.show.axes import clean
from sim.show.facts import PictureFacts
from sim.show.page import MARGIN, Picture, empty, page
from sim.show.ranking import LABEL, STATED, label, not_shown
from sim.show.scales import scale
from sim.show.style import GREY, INK, SMALL, WIDTH, cut, styled
from sim.show.support import bar, legend_of
from sim.show.told import name_of, value_of

ROW = 0.3
FEWEST, MOST, SMALLEST = 5, 22, 0.01
"""Inputs shown: those that move it by a hundredth of what the widest does, but at least and at most so many."""

PLAIN, HATCHED = (0.4, 1.0), (0.35, 0.75)
"""How much of its colour fills the bar of the 10% and that of the 90%, without a hatch and with one."""

SUBTITLE = (
    "One input at a time at its 10% (pale, above) and its 90% (dark, below), all others at their medians, with the "
    "same random events; what is correlated with it follows it. Line: all at their medians. At the right the 10% and "
    "the 90%."
)


def headline(found: Tornado) -> str:
    """The finding: what the widest input does alone."""
    name = name_of(found.observed)
    factor, ends = found.factors[0], found.ends[0]
    low = _told(found, ends.low, ends.low_open, ends.low_failed)
    high = _told(found, ends.high, ends.high_open, ends.high_failed)
    what = f"{name[0].upper()}{name[1:]}"
    return f"{what}: {factor.path} alone ({factor.support.value}) takes it from {low} to {high}"


def figure(found: Tornado, facts: PictureFacts) -> Picture:
    """Two bars for each input that moves the result, from what it is with all inputs at their medians."""
    name = name_of(found.observed)
    moving = len(found.moving)
    if not moving or math.isnan(found.middle):
        why = "No input moves it." if not moving else "With all inputs at their medians there is none."
        return empty(facts, f"{name[0].upper()}{name[1:]}", why)
    shown = min(max(found.at_least(SMALLEST), FEWEST), MOST, moving)
    rows = list(zip(found.factors[:shown], found.ends[:shown], strict=True))
    legend = legend_of((factor.support for factor, _ in rows), PLAIN, HATCHED, ": at 10%, at 90%")
    if any(ends.low_open or ends.high_open for _, ends in rows):
        words = "not reached by the end" if found.observed.dated else "open at the end: at least this"
        legend.append((Line2D([], [], ls="none", marker=">", ms=5.0, color=INK), words))
    lacking = [end in ends.failed for _, ends in rows for end, value in (("low", ends.low), ("high", ends.high))
               if math.isnan(value)]  # fmt: skip
    if lacking:
        told = ["there is none then"] * (not all(lacking)) + ["the run failed"] * any(lacking)
        legend.append((Line2D([], [], ls="none", marker="x", ms=5.0, color=INK), ", or ".join(told)))
    notes = [not_shown("Not shown, they move it less", found.factors[shown:moving]),
             not_shown("They move nothing at all", found.unmoved)]  # fmt: skip
    with styled():
        made = page(facts, headline(found), SUBTITLE, ROW * shown + 0.6, legend=legend,
                    notes=[note for note in notes if note])  # fmt: skip
        top = made.body[1]
        height = ROW * shown
        left = MARGIN + LABEL
        axes = made.panel(left, top - height, WIDTH - MARGIN - left - STATED, height)
        _bars(axes, found, rows)
        for n, (factor, _) in enumerate(rows):
            middle = top - ROW * (n + 0.5)
            made.write(MARGIN, middle, label(factor.path, len(factor.same)), size=SMALL, va="center", color=INK)
            made.write(WIDTH - MARGIN - STATED + 0.12, middle, cut(_ends_of(factor), SMALL, STATED - 0.12), size=SMALL,
                       color=GREY, va="center")  # fmt: skip
    return made


def _told(found: Tornado, value: float, open_: bool, failed: str | None) -> str:
    if math.isnan(value):
        return "none" if failed is None else "a run that failed"
    return value_of(found.observed, value, open_)


def _ends_of(factor: Factor) -> str:
    low, high = (quantile_text(factor.quantity, q) for q in (LOW, HIGH))
    (number, _, unit), (_, _, same) = low.partition(" "), high.partition(" ")
    return f"{number if unit == same and factor.quantity.unit != 'date' else low} … {high}"


def _bars(axes: Axes, found: Tornado, rows: list[tuple[Factor, Ends]]) -> None:
    clean(axes, "x")
    known = [value for _, ends in rows for value in (ends.low, ends.high) if not math.isnan(value)]
    unit = "date" if found.observed.dated else found.observed.column.unit
    scale(axes, "x", np.array([*known, found.middle]), unit)
    for n, (factor, ends) in enumerate(rows):
        pale, dark = (bar(factor.support, *shares) for shares in zip(PLAIN, HATCHED, strict=True))
        both = (("low", n - 0.19, ends.low, ends.low_open, pale), ("high", n + 0.19, ends.high, ends.high_open, dark))
        for which, at, value, open_, drawn in both:
            if math.isnan(value):
                axes.plot([found.middle], [at], marker="x", ms=4.5, color=INK, gid="none")
                continue
            axes.barh(at, value - found.middle, 0.36, left=found.middle, gid=f"{which}:{factor.path}", **drawn)
            if open_:
                axes.plot([value], [at], marker=">", ms=4.5, color=INK, clip_on=False, gid="open")
    axes.axvline(found.middle, color=INK, lw=1.0, gid="middle")
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    words = name_of(found.observed)
    unit = found.observed.column.unit
    extra = "" if found.observed.dated or unit in ("", "1") or unit in words else f", {unit}"
    axes.set_xlabel(f"{words}{extra}", fontsize=SMALL, color=GREY)
