"""Picture 4: how long each model stays unsurpassed: by 2, 10 and 100 times, at its lab and anywhere."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.show.closing_strips import Strip, closed, strips
from sim.show.findings import windows_headline
from sim.show.page import Picture, empty, page
from sim.show.simulated import Simulated, span_of
from sim.show.strips import Column, bar, body_height, chosen, draw, leading, left_out
from sim.show.style import GREY, tint
from sim.tables.closings import FACTORS

SHADES = {2.0: 1.0, 10.0: 0.55, 100.0: 0.25}
FRONTIER = "#57606a"


def windows(result: Simulated) -> Picture:
    """Strips from release to closing at 2, 10 and 100 times, own and frontier; open ones with arrows."""
    everything = strips(result)
    if not everything:
        return empty(result.facts, "No model became usable before the end", "There are no windows to show.")
    first, words = leading(result.record.models)
    found = chosen(everything, lambda strip: (strip.lab, strip.name) in first)
    start, end = span_of(result)
    which = f"{words}some of each lab's models, spread evenly"
    title = windows_headline(everything, start)
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
