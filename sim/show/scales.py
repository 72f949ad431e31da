"""Axes of numbers and dates on either side of a plot: logarithmic where what they show is wide."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator, NullFormatter, NullLocator

from sim.ensemble.estimate import Floats
from sim.show.axes import dates, size_of, ticks
from sim.show.style import SMALL, number, short, text_width

WIDE = 8.0
"""From this ratio of the 99% and 1% quantiles on an axis is logarithmic."""
GAP = 0.12
"""Inches between words under an axis, at least."""


def scale(axes: Axes, which: str, values: Floats, unit: str, room: float = 0.05) -> None:
    """Limits around values, ticks and their words. which: x or y. room: at either end, as a share of the whole."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    set_limits = axes.set_xlim if which == "x" else axes.set_ylim
    low, high = float(values.min()), float(values.max())
    more = max((high - low) * room, abs(high) * 1e-9, 1e-12)
    if unit == "date":
        if which == "x":
            dates(axes, low - more, high + more)
            return
        set_limits(low - more, high + more)
        # As many as there is height for: a line of text takes half the width of a year.
        places, words, _ = ticks(low - more, high + more, size_of(axes)[1] * text_width("2028", SMALL) / 0.5)
        axis.set_major_locator(FixedLocator(places))
        axis.set_major_formatter(FixedFormatter(words))
        return
    near, far = (float(np.quantile(values, q)) for q in (0.01, 0.99))
    if low > 0.0 and far > WIDE * near:
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
        factor = max((high / low) ** room, 1.02)
        set_limits(low / factor, high * factor)
        choices = _decades(low / factor, high * factor)
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
    else:
        set_limits(low - more, high + more)
        choices = _steps(low - more, high + more)
    places = next((each for each in choices if which == "y" or _fit(axes, each, unit)), choices[-1])
    axis.set_major_locator(FixedLocator(places))
    axis.set_major_formatter(FixedFormatter([tick(place, unit) for place in places]))


def _fit(axes: Axes, places: list[float], unit: str) -> bool:
    """Whether the words of these places stand apart under an x axis."""
    middles = [axes.transAxes.inverted().transform(axes.transData.transform((place, 0.0)))[0] for place in places]
    halves = [text_width(tick(place, unit), SMALL) / 2.0 for place in places]
    width = size_of(axes)[0]
    pairs = zip(pairwise(middles), pairwise(halves), strict=True)
    return all((right - left) * width >= one + other + GAP for (left, right), (one, other) in pairs)


def _steps(low: float, high: float) -> list[list[float]]:
    """Round places at equal steps: at most six, then fewer and fewer."""
    return [[float(place) for place in MaxNLocator(most).tick_values(low, high) if low <= place <= high]
            for most in (5, 4, 3, 2, 1)]  # fmt: skip


def _decades(low: float, high: float) -> list[list[float]]:
    """1, 2, 5 and their factors of ten, at most seven; then 1 and 3, then whole factors of ten, fewer and fewer."""
    first, last = int(np.floor(np.log10(low))), int(np.ceil(np.log10(high)))
    found = []
    for factors in ((1.0, 2.0, 5.0), (1.0, 3.0), (1.0,)):
        every = [factor * 10.0**k for k in range(first, last + 1) for factor in factors]
        found.append([place for place in every if low <= place <= high])
    whole = found.pop()
    least = max(1, -(-len(whole) // 7))
    return [each for each in found if len(each) <= 7] + [whole[::n] for n in range(least, least + 4)]


def tick(value: float, unit: str) -> str:
    """A number on an axis."""
    if unit == "share":
        return f"{100.0 * value:.3g}%"
    if unit in ("x", "x/year"):
        return f"{number(value)}×"
    return f"-{short(-value)}" if value < 0.0 else short(value, 3)
