"""Picture 4: how long each model stays unsurpassed: by 2, 10 and 100 times, at its lab and anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.show.axes import clean, dates
from sim.show.page import MARGIN, Picture, empty, page
from sim.show.simulated import Simulated, rows, span_of
from sim.show.style import GREY, INK, PALE, SMALL, TEXT, WIDTH, cut, lab_colours, number, plural, text_width, tint
from sim.tables.closings import FACTORS

SHADES = {2.0: 1.0, 10.0: 0.55, 100.0: 0.25}
FRONTIER = "#57606a"
ROW = 0.29
MOST_ROWS = 60


@dataclass
class Strip:
    """One model: (scope, factor) -> (closes or the end, open at the end, length in days)."""

    lab: str
    model: str
    opens: float
    closings: dict[tuple[str, float], tuple[float, bool, float]] = field(default_factory=dict)


def strips(result: Simulated, kind: str = "internal") -> list[Strip]:
    """Strips by lab and opening date, from closings.csv."""
    _, end = span_of(result)
    found: dict[tuple[str, str], Strip] = {}
    for row in rows(result, "closings"):
        if row["dates"] == kind:
            strip = found.setdefault((row["lab"], row["model"]), Strip(row["lab"], row["model"], row["opens"]))
            closes = end if row["censored"] else row["closes"]
            strip.closings[row["scope"], row["factor"]] = closes, row["censored"], row["length_days"]
    order = {lab: n for n, lab in enumerate(result.record.draw.labs)}
    return sorted(found.values(), key=lambda strip: (order[strip.lab], strip.opens, strip.model))


def headline(found: list[Strip], start: float) -> str:
    """The finding: median windows at the first factor, own and frontier.

    Models from before the start do not count, nor those that were surpassed on their first day.
    """
    factor = FACTORS[0]

    def closed(scope: str) -> list[float]:
        return [
            strip.closings[scope, factor][2]
            for strip in found
            if strip.opens >= start and not strip.closings[scope, factor][1] and strip.closings[scope, factor][2] > 0.0
        ]

    own, anywhere = closed("own"), closed("frontier")
    if not own and not anywhere:
        longest = max(found, key=lambda strip: strip.closings["own", factor][2])
        days = longest.closings["own", factor][2]
        if len(found) == 1:
            return f"{longest.model}'s window is still open after {number(days, 3)} days"
        return f"No window has closed: {longest.model} has gone unsurpassed for {number(days, 3)} days"
    if len({strip.lab for strip in found}) == 1:
        return f"A model twice as strong came after {_days(own)} (median of {plural(len(own), 'closed window')})"
    first = f"A model twice as strong came after {_days(anywhere)} from any lab" if anywhere else ""
    second = f"after {_days(own)} from the same lab" if own else "from the same lab not yet"
    return f"{first}, {second} (medians)" if first else f"A model twice as strong came {second} (median)"


def _days(values: list[float]) -> str:
    return f"{median(values):,.0f} days"


def windows(result: Simulated) -> Picture:
    """Strips from release to closing at 2, 10 and 100 times, own and frontier; open ones with arrows."""
    everything = strips(result)
    if not everything:
        return empty(result.facts, "No model became usable before the end", "There are no windows to show.")
    found = _most_important(result, everything)
    start, end = span_of(result)
    heads = len({strip.lab for strip in found})
    height = ROW * len(found) + 0.3 * heads + 0.72
    notes = []
    if len(found) < len(everything):
        notes.append(
            f"{plural(len(everything) - len(found), 'model')} of {len(everything)} not shown (the less strong)."
        )
    title = headline(everything, start)
    if "median" in title and any(strip.opens < start for strip in found):
        notes.append("Models from before the scenario's start are not in the medians.")
    surpassed = sum(1 for strip in found if strip.opens >= start and strip.closings["frontier", FACTORS[0]][2] == 0.0)
    if "median" in title and surpassed:
        notes.append(f"Nor {plural(surpassed, 'model')} surpassed elsewhere on the first day, nor windows still open.")
    subtitle = (
        "From the day the lab can use a model to the day it, or any lab, can use one 2, 10 or 100 times as strong "
        "(effective FLOP)."
    )
    figure = page(
        result.facts, title, subtitle, max(1.5, height), legend=_legend(), notes=[" ".join(notes)] if notes else []
    )
    _draw(figure, found, list(result.record.draw.labs), start, end)
    return figure


def _most_important(result: Simulated, everything: list[Strip]) -> list[Strip]:
    if len(everything) <= MOST_ROWS:
        return everything
    weight = {(model.lab, model.name): (model.flagship, model.effective_flop) for model in result.record.models}
    kept = sorted(everything, key=lambda strip: weight[strip.lab, strip.model], reverse=True)[:MOST_ROWS]
    return [strip for strip in everything if strip in kept]


def _draw(figure: Picture, found: list[Strip], order: list[str], start: float, end: float) -> None:
    names = min(1.75, 0.12 + max(text_width(strip.model, SMALL) for strip in found))
    names = max(names, 0.9)
    right_columns = 1.3
    bottom, top = figure.body
    colours = lab_colours(order)
    width = WIDTH - 2 * MARGIN - names - right_columns
    axes = figure.panel(MARGIN + names, bottom + 0.3, width, top - bottom - 0.3 - 0.34)
    clean(axes, grid="x")
    earliest = min(strip.opens for strip in found)
    pad = (end - start) * 0.012
    left = max(earliest, start - 0.2 * (end - start)) - pad
    dates(axes, left, end + 2.5 * pad)
    axes.axvline(end, color=GREY, lw=0.9, ls=(0, (4, 2)), zorder=1)
    y, lab = 0.0, None
    inches = top - bottom - 0.64
    heads = len({strip.lab for strip in found})
    total = len(found) * ROW + heads * 0.3
    axes.set_ylim(max(total, inches), 0.0)
    axes.set_yticks([])
    figure_x = axes.get_yaxis_transform()
    axes.text(
        1.0 + 0.58 / width, -0.1, "any lab", transform=figure_x, ha="right", va="bottom", fontsize=SMALL, color=FRONTIER
    )
    axes.text(
        1.0 + 1.24 / width, -0.1, "same lab", transform=figure_x, ha="right", va="bottom", fontsize=SMALL, color=INK
    )
    axes.text(
        1.0 + 1.24 / width,
        -0.26,
        "days to 2× as strong",
        transform=figure_x,
        ha="right",
        va="bottom",
        fontsize=SMALL,
        color=GREY,
    )
    stripe = False
    for strip in found:
        if strip.lab != lab:
            lab = strip.lab
            axes.text(
                -names / width,
                y + 0.2,
                cut(lab, TEXT, width + names, bold=True),
                transform=figure_x,
                ha="left",
                va="center",
                fontsize=TEXT,
                weight="bold",
                color=colours[lab],
            )
            y += 0.3
            stripe = False
        if stripe:
            axes.axhspan(
                y, y + ROW, xmin=-names / width, xmax=1.0 + 1.3 / width, facecolor=PALE, zorder=0, clip_on=False
            )
        stripe = not stripe
        _row(axes, strip, y, colours[strip.lab], left, end)
        axes.text(
            -0.08 / width,
            y + ROW / 2,
            cut(strip.model, SMALL, names - 0.1),
            transform=figure_x,
            ha="right",
            va="center",
            fontsize=SMALL,
            gid="model",
        )
        for place, scope in ((0.58, "frontier"), (1.24, "own")):
            _, is_open, length = strip.closings[scope, FACTORS[0]]
            axes.text(
                1.0 + place / width,
                y + ROW / 2,
                f"{'>' if is_open else ''}{length:,.0f}",
                transform=figure_x,
                ha="right",
                va="center",
                fontsize=SMALL,
                color=INK if scope == "own" else FRONTIER,
            )
        y += ROW


def _row(axes: Axes, strip: Strip, y: float, colour: str, left: float, end: float) -> None:
    for scope, offset, height, base in (("own", 0.045, 0.12, colour), ("frontier", 0.18, 0.07, FRONTIER)):
        since = strip.opens
        middle = y + offset + height / 2
        for factor in FACTORS:
            until, is_open, _ = strip.closings[scope, factor]
            if until > since:
                axes.barh(
                    middle,
                    until - since,
                    left=since,
                    height=height,
                    color=tint(base, SHADES[factor]),
                    zorder=2,
                    gid=f"{scope}:{factor:g}:{strip.lab}/{strip.model}",
                )
            since = max(since, until)
            if is_open:
                axes.plot(
                    [end],
                    [middle],
                    marker=">",
                    ms=6.0 if scope == "own" else 4.5,
                    color=tint(base, SHADES[factor]),
                    mec=base,
                    mew=0.7,
                    clip_on=False,
                    zorder=4,
                    gid="open",
                )
                break
        if strip.closings[scope, FACTORS[0]][0] <= strip.opens:
            axes.plot([strip.opens], [middle], marker="|", ms=7.0, mew=1.6, color=base, zorder=3, gid="closed at once")
        if strip.opens < left:
            axes.plot([left], [middle], marker="<", ms=4.5, color=base, clip_on=False, zorder=4)


def _legend() -> list[tuple[object, str]]:
    found: list[tuple[object, str]] = []
    for scope, base, words in (("own", "#333333", "same lab, until"), ("frontier", "#333333", "any lab, until")):
        thick = 7.0 if scope == "own" else 3.5
        for factor in FACTORS:
            line = Line2D([], [], color=tint(base, SHADES[factor]), lw=thick, solid_capstyle="butt")
            found.append((line, f"{words if factor == FACTORS[0] else ''} {factor:g}×".strip()))
    found.append((Line2D([], [], ls="none", marker=">", color=GREY, ms=6.0), "open at the end"))
    found.append((Line2D([], [], ls="none", marker="|", color=GREY, ms=8.0, mew=1.6), "surpassed before it opened"))
    return found
