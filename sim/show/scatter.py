"""Picture: the two inputs that a result goes with most, each draw a dot, those that are open marked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator, NullFormatter, NullLocator
from numpy.typing import NDArray

from sim.ensemble.estimate import Floats, quantile
from sim.ensemble.factors import Factor
from sim.ensemble.observed import Observed
from sim.show.axes import clean, dates, ticks
from sim.show.facts import PictureFacts
from sim.show.page import MARGIN, Picture, page
from sim.show.ranking import GUESSED, SOURCED, label
from sim.show.style import GREY, INK, SMALL, WIDTH, cut, listed, number, short, styled, text_width
from sim.show.told import name_of, what_is_done

HEIGHT = 3.6
SLICES = 8
"""Slices of as many draws each, of which medians are drawn."""
FEW = 8
"""Draws of a slice below which it has no median."""
WIDE = 8.0
"""From this ratio of the 99% and 1% quantiles on an axis is logarithmic."""


def figure(observed: Observed, factors: Sequence[Factor], inputs: Sequence[Floats], facts: PictureFacts) -> Picture:
    """A panel for each of the inputs (two at most). inputs: the values of each in all draws."""
    known = observed.known
    open_ = observed.open & known
    legend = [(Line2D([], [], ls="none", marker="o", ms=4.0, color=GREY, alpha=0.6), "a draw")]
    if open_.any():
        words = "not reached by the end: later than this" if observed.dated else "open at the end: longer than this"
        legend.append((Line2D([], [], ls="none", marker="^", ms=5.0, mfc="white", mec=GREY), words))
    legend.append((Line2D([], [], color=INK, lw=1.6), f"median of each {_part()} of the draws, by the input"))
    done = "; ".join(what_is_done(observed))
    notes = [f"{done[0].upper()}{done[1:]}."] if done else []
    title = f"{name_of(observed)[0].upper()}{name_of(observed)[1:]} against {listed([f.path for f in factors])}"
    with styled():
        made = page(facts, title, "The inputs that it goes with most. Orange: the input's range is a guess.", HEIGHT,
                    legend=legend, notes=notes)  # fmt: skip
        bottom, top = made.body
        left, gap = 1.0, 0.35
        width = (WIDTH - left - MARGIN - 0.1 - gap * (len(factors) - 1)) / len(factors)
        for n, (factor, values) in enumerate(zip(factors, inputs, strict=True)):
            axes = made.panel(left + n * (width + gap), bottom + 0.55, width, top - bottom - 0.65)
            clean(axes, "both")
            colour = GUESSED if factor.guess else SOURCED
            closed = known & ~open_
            axes.plot(values[closed], observed.values[closed], ls="none", marker="o", ms=3.2, mew=0.0, color=colour,
                      alpha=_opacity(int(known.sum())), gid="draws")  # fmt: skip
            if open_.any():
                axes.plot(values[open_], observed.values[open_], ls="none", marker="^", ms=4.6, mfc="white", mec=colour,
                          mew=0.8, gid="open")  # fmt: skip
            middles, medians = _medians(values[known], observed.values[known], open_[known])
            _scale(axes, "y", observed.values[known], observed.column.unit)
            _scale(axes, "x", values[known], factor.quantity.unit)
            axes.plot(middles, medians, color="white", lw=3.4, zorder=3)
            axes.plot(middles, medians, color=INK, lw=1.6, zorder=4, gid="medians")
            unit = _unit(factor)
            words = cut(label(factor), SMALL, width - text_width(unit, SMALL))
            axes.set_xlabel(f"{words}{unit}", fontsize=SMALL, color=GREY)
            if n:
                axes.tick_params(labelleft=False)
        made.write(0.14, (top + bottom) / 2.0 + 0.2, cut(_y_label(observed), SMALL, top - bottom), size=SMALL,
                   color=GREY, rotation=90, va="center", ha="left")  # fmt: skip
    return made


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


def _scale(axes: Axes, which: str, values: Floats, unit: str) -> None:
    """Limits, ticks and their words: dates, factors of ten where it is wide, else numbers."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    set_limits = axes.set_xlim if which == "x" else axes.set_ylim
    low, high = float(values.min()), float(values.max())
    room = max((high - low) * 0.05, abs(high) * 1e-9, 1e-12)
    if unit == "date":
        if which == "x":
            dates(axes, low - room, high + room)
            return
        set_limits(low - room, high + room)
        places, words, _ = ticks(low - room, high + room, 0.38 * HEIGHT * (text_width("2028", SMALL) / 0.2))
        axis.set_major_locator(FixedLocator(places))
        axis.set_major_formatter(FixedFormatter(words))
        return
    near, far = (float(np.quantile(values, q)) for q in (0.01, 0.99))
    if low > 0.0 and far > WIDE * near:
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
        set_limits(low / 1.15, high * 1.15)
        places = _decades(low / 1.15, high * 1.15)
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
    else:
        set_limits(low - room, high + room)
        places = [float(place) for place in MaxNLocator(5).tick_values(low, high) if low - room <= place <= high + room]
    axis.set_major_locator(FixedLocator(places))
    axis.set_major_formatter(FixedFormatter([_tick(place, unit) for place in places]))


def _decades(low: float, high: float) -> list[float]:
    """Whole factors of ten, or 1, 2, 5 between them, at most seven."""
    first, last = int(np.floor(np.log10(low))), int(np.ceil(np.log10(high)))
    every = [factor * 10.0**k for k in range(first, last + 1) for factor in (1.0, 2.0, 5.0)]
    inside = [place for place in every if low <= place <= high]
    if len(inside) > 7:
        inside = [10.0**k for k in range(first, last + 1) if low <= 10.0**k <= high]
        inside = inside[:: -(-len(inside) // 7)]
    return inside


def _tick(value: float, unit: str) -> str:
    if unit == "share":
        return f"{100.0 * value:.3g}%"
    if unit in ("x", "x/year"):
        return f"{number(value)}×"
    return f"-{short(-value)}" if value < 0.0 else short(value, 3)
