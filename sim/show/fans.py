"""Pictures: AI workforce and compute over time, as bands across draws with some single worlds and the central case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator

from sim.ensemble.bands import Band, examples
from sim.ensemble.central import reference
from sim.ensemble.too_fast import warnings
from sim.ensemble.years import MOST_DRAWS, band_of_years, means
from sim.show.axes import clean, dates, log_limits, log_scale, size_of
from sim.show.compared import words_of_level
from sim.show.findings import sentence
from sim.show.many import Many
from sim.show.page import MARGIN, Picture, empty, page
from sim.show.simulated import month
from sim.show.style import GREY, INK, SMALL, TEXT, WIDTH, cut, number, short, tint
from sim.tables.outcomes import TOO_FAST
from sim.tables.percent import percent
from sim.tables.series import BEST, CLUSTER, COPIES

EXAMPLES = 6
"""The first draws, drawn as lines of their own."""
WORK = "human_equivalents["
COLOUR, USES = "#0072B2", "#D55E00"
SINGLE, LINE = "#57606a", 0.15
"""Colour of single worlds; inches between numbers at the right."""
MOST_FLEETS = 4
TRAINING, OF_A_YEAR = f"{CLUSTER}[training]", "yearly mean"
"""Runs come and go, and quantiles on single dates would jump between nothing and all of it."""
YEARLY = "runs come and go: what training uses is the mean of the year up to each date, or of the time since the start"
UNDER = 30.0
"""The axis goes so far under the lowest median: what is below, as where nothing is trained, is cut off."""

ABOUT = (
    "Dark band: half of the draws on that date; pale: 90%. Bands are quantiles date by date: no single world follows "
    "them. At the right: 95%, the median and 5% on the last date."
)


def workforce(many: Many) -> Picture:
    """Copies, and AI work by domain in full-time humans, across draws."""
    bands = many.bands
    work = [band for name, band in bands.items() if name.startswith(WORK) and band.at[0.95].any()]
    work.sort(key=lambda band: -band.at[0.5].max())
    shown = [(bands[COPIES], "copies that all labs' fleets can run")] if COPIES in bands else []
    shown += [(band, f"{words_of_level(_of(band))} work, in full-time humans, on the tasks that AI can do")
              for band in work[:3]]  # fmt: skip
    shown = [(band, words) for band, words in shown if band.at[0.95].any()]
    if not shown:
        return empty(many.facts, "No copies ran in any draw", "There is no workforce to show.")
    band = work[0] if work else shown[0][0]
    what = f"AI workforce ({words_of_level(_of(band))} tasks)" if work else "Copies"
    unit = " full-time humans" if work else ""
    median = f"{_words(band.at[0.5][-1])}{unit} in the median draw"
    share = many.summary["results"][TOO_FAST].get("share_of_draws", 0.0)
    beyond = f"; in {percent(share)} of draws more than chips can at peak" if share else ""
    return _page(many, f"{what} in {month(band.days[-1])}: {median}, {_range(band)}{beyond}", shown, COLOUR,
                 warnings(many.summary["results"]))  # fmt: skip


def compute(many: Many) -> Picture:
    """Accelerators of all labs and what they are used for, and the strongest model, across draws."""
    bands = many.bands
    if CLUSTER not in bands:
        return empty(many.facts, "No draw could be simulated", "There is no compute to show.")
    uses = [band for name, band in bands.items() if name.startswith(f"{CLUSTER}[") and band.at[0.95].any()]
    first = {"training": 0, "experiments": 1, "idle": 9}
    uses.sort(key=lambda band: (first.get(_of(band), 5), -band.at[0.5].max()))
    uses = [band for band in uses if _of(band) != "idle"][: MOST_FLEETS + 2]
    shown = [(bands[CLUSTER], "all clusters, in H100e")]
    draws = many.summary["draws"] - many.summary["failed"]
    for band in uses:
        words = f"used for {words_of_level(_of(band))}, in H100e"
        if band.series == TRAINING and many.store.has_rows:
            band = band_of_years(many.store, band, draws)
            words = f"used for {_of(band)}, {OF_A_YEAR}, in H100e"
        shown.append((band, words))
    if bands[BEST].at[0.95].any():
        shown.append((bands[BEST], "strongest model, effective FLOP"))
    band = bands[CLUSTER]
    title = (f"Compute in {month(band.days[-1])}: {_words(band.at[0.5][-1])} H100e in the median draw, "
             f"{_range(band)}")  # fmt: skip
    yearly = YEARLY + (f" (bands of the first {MOST_DRAWS:,} draws)" if draws > MOST_DRAWS else "")
    return _page(many, title, shown, USES, [yearly] * any(OF_A_YEAR in words for _, words in shown))


def _of(band: Band) -> str:
    return band.series.partition("[")[2].rstrip("]")


def _words(value: float) -> str:
    return number(float(value))


def _range(band: Band) -> str:
    low, high = band.at[0.05][-1], band.at[0.95][-1]
    return "with no spread" if low == high else f"{_words(low)} to {_words(high)} in 90%"


def _page(
    many: Many, title: str, shown: Sequence[tuple[Band, str]], colour: str, notes: Sequence[str] = ()
) -> Picture:  # fmt: skip
    lines = examples(many.store, [band.series for band, _ in shown], EXAMPLES)
    one = len(shown) <= 3
    columns = 1 if one else 2
    rows = -(-len(shown) // columns)
    each = 1.95 if one else 1.7
    count = len(lines[shown[0][0].series])
    legend = [
        (Line2D([], [], color=colour, lw=2.0), "median on each date"),
        (Patch(facecolor=tint(colour, 0.5)), "half of the draws"),
        (Patch(facecolor=tint(colour, 0.22)), "90%"),
        (Line2D([], [], color=INK, lw=1.3, ls=(0, (4, 2))), reference(many.summary)),
    ]
    if count:
        legend.append((Line2D([], [], color=SINGLE, lw=0.7), f"draws 0 to {count - 1}" if count > 1 else "draw 0"))
    least = min(int(band.draws.min()) for band, _ in shown)
    told = [f"Draws that have ended are left out: on the last date {least:,} are there."] if (
        least < many.summary["draws"] - many.summary["failed"]) else []  # fmt: skip
    figure = page(many.facts, title, ABOUT, each * rows + 0.3, legend=legend, notes=[*told, *map(sentence, notes)])
    bottom, top = figure.body
    axis, right, gap = 0.95, 1.15, 0.3
    width = (WIDTH - MARGIN - columns * (axis + right) - gap * (columns - 1) + 0.25) / columns
    each = (top + 0.12 - bottom - 0.28) / rows
    for n, (band, words) in enumerate(shown):
        row, column = divmod(n, columns)
        left = axis - 0.1 + column * (axis + width + right + gap - 0.25)
        axes = clean(figure.panel(left, top + 0.12 - (row + 1) * each + 0.08, width, each - 0.42))
        axes.set_title(cut(words[:1].upper() + words[1:], TEXT, width + right, bold=True), loc="left", fontsize=TEXT,
                       fontweight="bold", color=INK, pad=4.0)  # fmt: skip
        drawn = lines[band.series]
        if OF_A_YEAR in words:
            drawn = [(days, means(days, values)) for days, values in drawn]
        _fan(axes, band, drawn, colour)
        dates(axes, float(band.days[0]), float(band.days[-1]), labelled=n + columns >= len(shown))
        _ends(axes, band, right - 0.05)
    return figure


def _fan(axes: Axes, band: Band, lines: Sequence[tuple[Any, Any]], colour: str) -> None:
    low, high = _limits(band, lines)
    floor = low if low > 0.0 else None
    if floor is None:
        axes.set_ylim(0.0, high)
        places = [place for place in MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(0.0, high) if place <= high]
        axes.yaxis.set_major_locator(FixedLocator(places))
        axes.yaxis.set_major_formatter(FixedFormatter([short(place) for place in places]))
    else:
        log_scale(axes, low, high, most=5)

    def drawn(values: Any) -> Any:
        return values if floor is None else np.where(values > 0.0, values, np.nan)

    def clipped(values: Any) -> Any:
        return values if floor is None else np.maximum(values, floor)

    for a, b, share in ((0.05, 0.95, 0.22), (0.25, 0.75, 0.5)):
        axes.fill_between(band.days, clipped(band.at[a]), clipped(band.at[b]), color=tint(colour, share), lw=0.0,
                          gid=f"band:{a:g}", where=band.at[b] > (floor or -1.0))  # fmt: skip
    for days, values in lines:
        axes.plot(days, drawn(values), color=SINGLE, lw=0.6, alpha=0.75, gid="draw")
    axes.plot(band.days, drawn(band.at[0.5]), color=colour, lw=2.0, gid="median")
    axes.plot(band.days, drawn(band.central), color=INK, lw=1.3, ls=(0, (4, 2)), gid="central")


def _limits(band: Band, lines: Sequence[tuple[Any, Any]]) -> tuple[float, float]:
    """Of the y axis; from 0 on (linear) if nothing grows much."""
    every = [band.at[0.05], band.at[0.95], band.central, *(values for _, values in lines)]
    values = np.concatenate(every)
    values = values[np.isfinite(values) & (values > 0.0)]
    if not values.size or (values.max() < 8.0 * values.min() and (band.at[0.05] > 0.0).all()):
        return 0.0, 1.08 * float(values.max(initial=1.0))
    low, high = log_limits(values.tolist())
    medians = band.at[0.5][band.at[0.5] > 0.0]
    return max(low, float(medians.min()) / UNDER if medians.size else 0.0), high


def _ends(axes: Axes, band: Band, room: float) -> None:
    """The last values of the band at the right of the panel, apart from each other."""
    height = size_of(axes)[1]
    low, high = axes.get_ylim()
    log = axes.get_yscale() == "log"
    wanted = []
    for q, words in ((0.05, "5%"), (0.5, "50%"), (0.95, "95%")):
        value = float(band.at[q][-1])
        if log:
            place = np.log(max(value, low) / low) / np.log(high / low)
        else:
            place = value / high
        wanted.append((min(max(float(place), 0.0), 1.0) * height, f"{words} {short(value)}", q))
    middle = wanted[1][0]
    places = [min(wanted[0][0], middle - LINE), middle, max(wanted[2][0], middle + LINE)]
    lift = max(0.0, 0.05 - places[0]) - max(0.0, places[2] - height + 0.05)
    across = size_of(axes)[0]
    for (_, words, q), place in zip(wanted, places, strict=True):
        axes.text(1.0 + 0.06 / across, (place + lift) / height, cut(words, SMALL, room), transform=axes.transAxes,
                  fontsize=SMALL, va="center", color=INK if q == 0.5 else GREY, gid="end")  # fmt: skip
