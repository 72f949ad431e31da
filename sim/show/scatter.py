"""Picture: the two inputs that a result goes with most, each draw a dot, those that are open marked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from sim.ensemble.estimate import Floats, quantile
from sim.ensemble.factors import Factor
from sim.ensemble.observed import Observed
from sim.show.axes import clean
from sim.show.facts import PictureFacts
from sim.show.page import MARGIN, Picture, page
from sim.show.scales import scale
from sim.show.style import GREY, INK, SMALL, WIDTH, cut, listed, styled, text_width
from sim.show.support import COLOURS
from sim.show.told import name_of, what_is_done

HEIGHT = 3.6
SLICES = 8
"""Slices of as many draws each, of which medians are drawn."""
FEW = 8
"""Draws of a slice below which it has no median."""


def figure(observed: Observed, factors: Sequence[Factor], inputs: Sequence[Floats], facts: PictureFacts) -> Picture:
    """A panel for each of the inputs (two at most). inputs: the values of each in all draws.

    Of a design (`facts.made`) it is the points that runs were made from, which are no draws.
    """
    known = observed.known
    open_ = observed.open & known
    many = "points" if facts.made else "draws"
    legend = [(Line2D([], [], ls="none", marker="o", ms=4.0, color=GREY, alpha=0.6), f"a {many[:-1]}")]
    if open_.any():
        words = "not reached by the end: later than this" if observed.dated else "open at the end: longer than this"
        legend.append((Line2D([], [], ls="none", marker="^", ms=5.0, mfc="white", mec=GREY), words))
    if known.sum() >= SLICES * FEW:
        legend.append((Line2D([], [], color=INK, lw=1.6), f"median of each {_part()} of the {many}, by the input"))
    done = "; ".join(what_is_done(observed, many))
    notes = [f"{done[0].upper()}{done[1:]}."] if done else []
    if facts.made:
        notes.append(f"Dots: a run at each of {observed.values.size:,} points; the other runs move inputs from these.")
    title = f"{name_of(observed)[0].upper()}{name_of(observed)[1:]} against {listed([f.path for f in factors])}"
    with styled():
        made = page(facts, title, f"The inputs that it goes with most: {_resting(factors)}.", HEIGHT,
                    legend=legend, notes=notes)  # fmt: skip
        bottom, top = made.body
        left, gap = 1.0, 0.35
        width = (WIDTH - left - MARGIN - 0.1 - gap * (len(factors) - 1)) / len(factors)
        for n, (factor, values) in enumerate(zip(factors, inputs, strict=True)):
            axes = made.panel(left + n * (width + gap), bottom + 0.55, width, top - bottom - 0.65)
            clean(axes, "both")
            colour = COLOURS[factor.support]
            closed = known & ~open_
            axes.plot(values[closed], observed.values[closed], ls="none", marker="o", ms=3.2, mew=0.0, color=colour,
                      alpha=_opacity(int(known.sum())), gid="draws")  # fmt: skip
            if open_.any():
                axes.plot(values[open_], observed.values[open_], ls="none", marker="^", ms=4.6, mfc="white", mec=colour,
                          mew=0.8, gid="open")  # fmt: skip
            middles, medians = _medians(values[known], observed.values[known], open_[known])
            scale(axes, "y", observed.values[known], observed.column.unit)
            scale(axes, "x", values[known], factor.quantity.unit)
            axes.plot(middles, medians, color="white", lw=3.4, zorder=3)
            axes.plot(middles, medians, color=INK, lw=1.6, zorder=4, gid="medians")
            unit = _unit(factor)
            more = f" (+{len(factor.same)})" if factor.same else ""
            words = cut(factor.path + more, SMALL, width - text_width(unit, SMALL))
            axes.set_xlabel(f"{words}{unit}", fontsize=SMALL, color=GREY)
            if n:
                axes.tick_params(labelleft=False)
        made.write(0.14, (top + bottom) / 2.0 + 0.2, cut(_y_label(observed), SMALL, top - bottom), size=SMALL,
                   color=GREY, rotation=90, va="center", ha="left")  # fmt: skip
    return made


def _resting(factors: Sequence[Factor]) -> str:
    """The inputs, each with what its range rests on."""
    return listed([f"{each.path} ({each.support.value})" for each in factors])


def _part() -> str:
    return {8: "eighth", 10: "tenth"}.get(SLICES, f"1/{SLICES}")


def _opacity(draws: int) -> float:
    return max(0.12, min(0.75, 250.0 / max(draws, 1)))


def _y_label(observed: Observed) -> str:
    unit = observed.column.unit
    return name_of(observed) + ("" if observed.dated or unit in ("1", "", observed.name) or unit in name_of(observed)
                                else f", {unit}")  # fmt: skip


def _unit(factor: Factor) -> str:
    quantity = factor.quantity
    unit = quantity.accelerator or {"1": "", "share": "", "x": "", "x/year": "", "date": "", "day": "days",
                                    "month": "months"}.get(quantity.unit, quantity.unit)  # fmt: skip
    return f", {unit}" if unit else ""


def _medians(inputs: Floats, values: Floats, open_: NDArray[np.bool_]) -> tuple[list[float], list[float]]:
    """The middle input and the median result of each slice; none where it lies among open ones."""
    middles, medians = [], []
    for part in np.array_split(np.argsort(inputs, kind="stable"), SLICES):
        found = quantile(np.sort(np.where(open_[part], np.inf, values[part])), 0.5).value if part.size >= FEW else None
        if part.size:
            middles.append(float(np.median(inputs[part])))
            medians.append(np.nan if found is None else found)
    return middles, medians
