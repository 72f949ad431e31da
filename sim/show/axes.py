"""Axes: dates as years, months or days, and logarithmic numbers that stay readable."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, NullFormatter, NullLocator

from sim.base.calendar import add_months
from sim.show.simulated import EPOCH, MONTHS, as_date
from sim.show.style import FAINT, GREY, SMALL, short, text_width


def clean(axes: Axes, grid: str = "y") -> Axes:
    """No frame but the time axis, faint grid lines behind the data."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GREY)
    axes.tick_params(axis="y", length=0, labelsize=SMALL, pad=4)
    axes.tick_params(axis="x", length=3.5, labelsize=SMALL, pad=3)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis=grid, color=FAINT, linewidth=0.7)  # type: ignore[arg-type]
    return axes


def ticks(left: float, right: float, width: float) -> tuple[list[float], list[str], list[float]]:
    """(places, words, minor places) of dates on an axis `width` inches long."""
    days = right - left
    for months in (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400):
        if months < 12 and days > 1000.0:
            continue
        room = width * months * 30.4 / max(days, 1e-9)
        if room >= (text_width("Mar 2028", SMALL) + 0.12 if months < 12 else text_width("2028", SMALL) + 0.12):
            break
    if days < 45.0:
        step = max(1, math.ceil(days * (text_width("28 Mar 2028", SMALL) + 0.15) / width))
        found = [float(x) for x in range(math.ceil(left), math.floor(right) + 1, step)]
        whens = [as_date(x) for x in found]
        return found, [f"{when.day} {MONTHS[when.month - 1]} {when.year}" for when in whens], []
    first = as_date(left)
    if months >= 12:
        years = months // 12
        when = date(max(1, first.year - first.year % years), 1, 1)
    else:
        when = date(first.year, 1, 1)
    places, words, minor = [], [], []
    small = {1: 1, 3: 1, 6: 3, 12: 3, 24: 12, 60: 12}.get(months, months)
    step, k = 0, 0
    while k < 5000:
        try:
            day = add_months(when, step)
        except ValueError:
            break
        x = float(day.toordinal() - EPOCH)
        if x > right + 0.5:
            break
        if x >= left - 0.5:
            if step % months == 0:
                places.append(x)
                words.append(str(day.year) if months >= 12 else f"{MONTHS[day.month - 1]} {day.year}")
            else:
                minor.append(x)
        step += small
        k += 1
    return places, words, minor


def size_of(axes: Axes) -> tuple[float, float]:
    """Width and height of a panel in inches."""
    across, up = axes.get_figure().get_size_inches()  # type: ignore[union-attr]
    place = axes.get_position()
    return float(place.width * across), float(place.height * up)


def dates(axes: Axes, left: float, right: float, *, labelled: bool = True, until: float | None = None) -> None:
    """A date axis from `left` to `right` (date numbers); no marks after `until`."""
    if right <= left:
        right = left + 1.0
    axes.set_xlim(left, right)
    last = right if until is None else min(until, right)
    places, words, minor = ticks(left, last, size_of(axes)[0] * (last - left) / (right - left))
    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_major_formatter(FixedFormatter(words))
    if minor:  # one line of marks: a tenth of the cost of Matplotlib's minor ticks
        axes.plot(
            minor,
            [0.0] * len(minor),
            ls="none",
            marker=3,
            ms=2.5,
            color=GREY,
            mew=0.7,
            clip_on=False,
            transform=axes.get_xaxis_transform(),
            scalex=False,
            scaley=False,
            gid="minor ticks",
        )
    axes.tick_params(axis="x", labelbottom=labelled)


def log_limits(values: Iterable[float], *, most_decades: float = 15.0) -> tuple[float, float]:
    """Limits in quarters of decades around the positive values; zeros are left out, never an error."""
    positive = [value for value in values if value > 0.0 and math.isfinite(value)]
    if not positive:
        return 1.0, 10.0
    high = math.ceil(math.log10(max(positive)) * 4.0 + 0.3) / 4.0
    low = math.floor(math.log10(min(positive)) * 4.0 - 0.6) / 4.0
    low = max(low, high - most_decades)
    return 10.0**low, 10.0 ** max(high, low + 1.0)


def log_scale(axes: Axes, low: float, high: float, *, most: int = 7) -> None:
    """A logarithmic y axis with words at whole decades (every second or third if there are many)."""
    axes.set_yscale("log", nonpositive="mask")
    axes.set_ylim(low, high)
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    step = max(1, math.ceil((last - first + 1) / most))
    places = [10.0**k for k in range(first, last + 1) if (k - last) % step == 0 or step == 1]
    if len(places) < 2:
        places = sorted({factor * 10.0**k for k in range(first - 1, last + 1) for factor in (1.0, 2.0, 5.0)})
        places = [place for place in places if low <= place <= high]
    axes.yaxis.set_major_locator(FixedLocator(places))
    axes.yaxis.set_major_formatter(FixedFormatter([short(place) for place in places]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
