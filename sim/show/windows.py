"""Picture 4: how long each model stays unsurpassed: by 2, 10 and 100 times, at its lab and anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.show.page import Picture, empty, page
from sim.show.simulated import Simulated, rows, span_of
from sim.show.strips import Column, bar, body_height, chosen, draw, leading, left_out
from sim.show.style import GREY, brief, number, plural, tint
from sim.tables.closings import FACTORS

SHADES = {2.0: 1.0, 10.0: 0.55, 100.0: 0.25}
FRONTIER = "#57606a"


@dataclass
class Strip:
    """One model: (scope, factor) -> (closes or the end, open at the end, length in days)."""

    lab: str
    name: str
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
    return sorted(found.values(), key=lambda strip: (order[strip.lab], strip.opens, strip.name))


def closed(found: list[Strip], scope: str, start: float) -> list[float]:
    """Lengths (days) of the windows, at the first factor, that closed.

    Models from before the start do not count, nor those that were surpassed on their first day.
    """
    ends = [strip.closings[scope, FACTORS[0]] for strip in found if strip.opens >= start]
    return [length for _, is_open, length in ends if not is_open and length > 0.0]


def at_once(found: list[Strip], scope: str, start: float) -> int:
    """How many models from after the start were surpassed on their first day: `closed` leaves them out."""
    ends = [strip.closings[scope, FACTORS[0]] for strip in found if strip.opens >= start]
    return sum(1 for _, is_open, length in ends if not is_open and length <= 0.0)


def headline(found: list[Strip], start: float) -> str:
    """The finding: median closed windows at the first factor, own and frontier."""
    factor = FACTORS[0]
    own, anywhere = (closed(found, scope, start) for scope in ("own", "frontier"))
    if not own and not anywhere:
        longest = max(found, key=lambda strip: strip.closings["own", factor][2])
        days = longest.closings["own", factor][2]
        if len(found) == 1:
            return f"{brief(longest.name)}'s window is still open after {number(days, 3)}\u00a0days"
        return f"No window has closed: {brief(longest.name)} has gone unsurpassed for {number(days, 3)}\u00a0days"
    besides = [at_once(found, scope, start) for scope in ("own", "frontier")]
    if len({strip.lab for strip in found}) == 1:
        left = f", besides {besides[0]} surpassed on their first day" if besides[0] else ""
        return f"A model twice as strong came after {_days(own)} (median of {plural(len(own), 'closed window')}{left})"
    parts = []
    for values, count, where in ((own, besides[0], "the same lab"), (anywhere, besides[1], "any lab")):
        left = f" (besides {count} of {len(values) + count} surpassed on their first day)" if count else ""
        parts += [f"{_days(values)} at {where}{left}"] if values else []
    return f"Median time until a model twice as strong: {', '.join(parts)}"


def _days(values: list[float]) -> str:
    return f"{median(values):,.0f}\u00a0days"


def windows(result: Simulated) -> Picture:
    """Strips from release to closing at 2, 10 and 100 times, own and frontier; open ones with arrows."""
    everything = strips(result)
    if not everything:
        return empty(result.facts, "No model became usable before the end", "There are no windows to show.")
    first, words = leading(result.record.models)
    found = chosen(everything, lambda strip: (strip.lab, strip.name) in first)
    start, end = span_of(result)
    which = f"{words}some of each lab's models, spread evenly"
    title = headline(everything, start)
    notes = [*left_out(everything, found, which, "windows.csv"), *_about(everything, start)]
    columns = [
        Column("days to 2×:\nsame lab", 0.78, lambda strip: _length(strip, "own")),
        Column("\nany lab", 0.62, lambda strip: _length(strip, "frontier"), FRONTIER),
    ]
    figure = page(
        result.facts,
        title,
        "From a model's first day inside its lab to that of one 2, 10 or 100 times as strong (effective FLOP).",
        body_height(found, columns),
        legend=_legend(found),
        notes=[" ".join(notes)] if notes else [],
    )
    left = max(min(strip.opens for strip in found), start - 0.2 * (end - start))

    def one(axes: Axes, strip: Strip, middle: float, height: float, colour: str) -> None:
        _strip(axes, strip, middle, height, colour, left, end)

    draw(figure, found, columns, (left, end), list(result.record.draw.labs), one)
    return figure


def _about(everything: list[Strip], start: float) -> list[str]:
    """What the medians of the title are of."""
    own, anywhere = (closed(everything, scope, start) for scope in ("own", "frontier"))
    if not own and not anywhere:
        return []
    return [
        "Medians of windows that opened after the scenario's start, have closed and lasted longer than a moment: "
        f"{len(own)} of {len(everything)} at the same lab, {len(anywhere)} at any lab."
    ]


def _length(strip: Strip, scope: str) -> str:
    _, is_open, length = strip.closings[scope, FACTORS[0]]
    return f"{'>' if is_open else ''}{length:,.0f}"


def _strip(axes: Axes, strip: Strip, y: float, row: float, colour: str, left: float, end: float) -> None:
    thick, thin = 0.42 * row, 0.24 * row
    for scope, middle, height, base in (
        ("own", y - 0.4 * row + thick / 2, thick, colour),
        ("frontier", y + 0.4 * row - thin / 2, thin, FRONTIER),
    ):
        since = strip.opens
        for factor in FACTORS:
            until, is_open, _ = strip.closings[scope, factor]
            if until > since:
                bar(
                    axes,
                    since,
                    until,
                    middle,
                    height,
                    facecolor=tint(base, SHADES[factor]),
                    zorder=2,
                    gid=f"{scope}:{factor:g}:{strip.lab}/{strip.name}",
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
            axes.plot([strip.opens], [middle], marker="|", ms=6.0, mew=1.6, color=base, zorder=3, gid="closed at once")
        if strip.opens < left:
            axes.plot([left], [middle], marker="<", ms=4.5, color=base, clip_on=False, zorder=4)


def _legend(found: list[Strip]) -> list[tuple[object, str]]:
    legend: list[tuple[object, str]] = []
    for thick, words in ((7.0, "same lab, until"), (3.5, "any lab, until")):
        for factor in FACTORS:
            line = Line2D([], [], color=tint("#333333", SHADES[factor]), lw=thick, solid_capstyle="butt")
            legend.append((line, f"{words if factor == FACTORS[0] else ''} {factor:g}×".strip()))
    closings = [closing for strip in found for closing in strip.closings.values()]
    if any(is_open for _, is_open, _ in closings):
        legend.append((Line2D([], [], ls="none", marker=">", color=GREY, ms=6.0), "open at the end"))
    if any(strip.closings[scope, FACTORS[0]][0] <= strip.opens for strip in found for scope in ("own", "frontier")):
        legend.append(
            (Line2D([], [], ls="none", marker="|", color=GREY, ms=8.0, mew=1.6), "surpassed on its first day")
        )
    return legend
