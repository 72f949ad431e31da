"""Picture 2: the AI workforce over time, by lab and model, with each lab's windows behind it."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.result_warnings import too_fast
from sim.show.axes import clean, dates, log_limits, log_scale, size_of
from sim.show.compared import words_of_level
from sim.show.deployed import Workforce, chain, intervals, workforces
from sim.show.findings import ends_beyond, sentence, workforce_headline
from sim.show.grid import MOST_PANELS, not_shown
from sim.show.page import MARGIN, Picture, empty, page
from sim.show.simulated import Row, Simulated, rows, span_of
from sim.show.style import (
    GREY,
    INK,
    SMALL,
    TEXT,
    WIDTH,
    cut,
    lab_colours,
    listed,
    text_width,
    tint,
)

SHADES = (1.0, 0.62, 0.36)
"""Tints that successive models of a lab take in turn."""
ROOM = 0.05
"""Inches in a strip that the name of a model leaves."""
DOMAIN_LINES: tuple[tuple[str, str], ...] = (("-", "#1f2328"), ("--", "#0072B2"), (":", "#D55E00"), ("-.", "#AA4499"))


def workforce(result: Simulated) -> Picture:
    """Copies running by model, and what they are worth in full-time humans by domain, log."""
    everything = workforces(result)
    if not everything:
        return empty(
            result.facts, "No copies ran: no fleet had a model and accelerators", "There is no workforce to show."
        )
    ranked = sorted(everything, key=lambda lab: -max(everything[lab].total.values()))
    labs = {lab: everything[lab] for lab in everything if lab in ranked[:MOST_PANELS]}
    draw = result.record.draw
    domains = sorted({domain for mine in labs.values() for domain in mine.equivalents})
    bases = sorted({draw.domains[domain].token_basis for domain in domains})
    subtitle = (
        "Left: copies that the simulated fleets run, by model. Right: their work in full-time humans, by domain, on "
        f"the tasks they can do (token basis: {listed(bases)}). Means over intervals of trajectory.csv. Shaded: the "
        f"lab's own windows, to a model {draw.stronger_by:g}× as strong."
    )
    alone = len(labs) == 1
    start, end = span_of(result)
    axis, gap = 1.12, 1.05
    width = WIDTH - MARGIN - axis - 0.1 if alone else (WIDTH - MARGIN - axis - gap - 0.1) / 2
    windows = rows(result, "windows")
    if any(form_of(chain(windows, lab), start, end, width) for lab in labs):
        subtitle += " In the strips: models by the last part of their names."
    if alone:
        subtitle = subtitle.replace("Left", "Above").replace("Right", "Below")
    left_out = ranked[MOST_PANELS:]
    notes = [not_shown(left_out, "fewer copies")] if left_out else []
    body = 6.0 if alone else 1.72 * len(labs) + 0.62
    title = workforce_headline(everything)
    if ends_beyond(result, everything):
        title += "; then more than chips can at peak"
        notes += [sentence(text) for text in too_fast(result.rates)]
    figure = page(result.facts, title, subtitle, body, legend=_legend(labs, domains), notes=notes)
    low, high = log_limits(value for mine in labs.values() for value in mine.total.values())
    limits = [
        (low, high),
        log_limits(
            value
            for mine in labs.values()
            for line in (*mine.equivalents.values(), *mine.humans.values())
            for value in line.values()
        ),
    ]
    limits = [(max(least, most / 1e7), most) for least, most in limits]
    colours = lab_colours(draw.labs)
    bottom, top = figure.body
    grid = intervals(result)
    each = (top - bottom - 0.3) / (2 if alone else len(labs))
    for n, (lab, mine) in enumerate(labs.items()):
        steps = chain(windows, lab)
        names = _names(mine, steps)
        for side in (0, 1):
            line = side if alone else n
            left = axis if alone or side == 0 else axis + width + gap
            axes = figure.panel(left, top - (line + 1) * each + 0.06, width, each - 0.48)
            clean(axes)
            log_scale(axes, *limits[side], most=5 if not alone else 6)
            dates(axes, start, end, labelled=(n == len(labs) - 1 and not alone) or (alone and side == 1))
            _windows(axes, steps, colours[lab], names, start, end, labelled=alone or side == 0)
            if side == 0:
                _copies(axes, mine, names, colours[lab], grid, end)
            else:
                _equivalents(axes, mine, domains, grid, end)
            words = "copies running" if alone else "copies"
            if side == 1:
                words = "full-time humans" if alone else "humans"
            axes.set_ylabel(f"{words} (log)", fontsize=SMALL, color=GREY)
            axes.yaxis.set_label_coords(-0.8 / width, 0.5)
            if not alone and side == 0:
                axes.text(
                    0.0,
                    1.0 + 0.19 / (each - 0.48),
                    cut(lab, TEXT + 0.5, width, bold=True),
                    transform=axes.transAxes,
                    fontsize=TEXT + 0.5,
                    weight="bold",
                    color=colours[lab],
                    va="bottom",
                )
    return figure


def _names(mine: Workforce, steps: list[Row]) -> dict[str, int]:
    """A number for each model, which picks its tint: its place in the strip, so that neighbours there differ, else its
    place in the order in which all came."""
    first = {
        model: min((x for x, value in line.items() if value > 0.0), default=math.inf)
        for model, line in mine.copies.items()
    }
    order = {row["model"]: row["opens"] for row in steps}
    names = sorted({*first, *order}, key=lambda model: (order.get(model, first.get(model, math.inf)), model))
    places = {model: n for n, model in enumerate(order)}
    return {model: places.get(model, n) for n, model in enumerate(names)}


def _windows(
    axes: Axes, steps: list[Row], colour: str, names: dict[str, int], start: float, end: float, *, labelled: bool
) -> None:
    """The lab's windows as bands behind the data, named in a strip above."""
    width, height = size_of(axes)
    strip = 0.15 / height
    form = form_of(steps, start, end, width)
    for n, row in enumerate(steps):
        left = max(row["opens"], start)
        right = min(row["closes"] if row["closes"] is not None else end, end)
        if right <= left:
            continue
        shade = tint(colour, SHADES[names[row["model"]] % 3])
        axes.axvspan(left, right, facecolor="#eceff2" if n % 2 else "#fafbfc", zorder=0, gid=f"window:{row['model']}")
        axes.axvspan(
            left, right, ymin=1.0, ymax=1.0 + strip, facecolor=shade, clip_on=False, zorder=3, lw=0.0, gid="strip"
        )
        forms = _forms(row["model"], steps)
        words = forms[min(form, len(forms) - 1)]
        if text_width(words, SMALL - 0.5) > (right - left) / (end - start) * width - ROOM:
            words = ""
        if labelled and words:
            dark = SHADES[names[row["model"]] % 3] > 0.8
            axes.text(
                (left + right) / 2,
                1.0 + strip / 2,
                words,
                transform=axes.get_xaxis_transform(),
                ha="center",
                va="center",
                fontsize=SMALL - 0.5,
                color="white" if dark else INK,
                zorder=4,
                gid="window name",
            )


def form_of(steps: list[Row], start: float, end: float, width: float) -> int:
    """The first of the forms of names (see `_forms`) in which every model of a lab fits that fits in any of them."""
    worst = 0
    for row in steps:
        left, right = max(row["opens"], start), min(end if row["closes"] is None else row["closes"], end)
        room = (right - left) / (end - start) * width - ROOM
        forms = _forms(row["model"], steps)
        worst = max(worst, next((n for n, words in enumerate(forms) if text_width(words, SMALL - 0.5) <= room), 0))
    return worst


def _forms(model: str, steps: list[Row]) -> list[str]:
    """A model's name, and shorter ones if others of its lab share its first word."""
    found = [model]
    for mark in (" ", "-"):
        head, _, rest = model.partition(mark)
        if rest and sum(1 for row in steps if row["model"].startswith(head + mark)) > 1:
            numbered = [word for word in rest.split() if any(letter.isdigit() for letter in word)]
            found += [rest, (numbered or rest.split() or [rest])[0]]
    return found


def _steps(line: dict[float, float], grid: list[float], end: float) -> tuple[list[float], list[float]]:
    """A staircase over all intervals, with gaps where there is none of it."""
    values = [value if value > 0.0 else math.nan for value in (line.get(x, 0.0) for x in grid)]
    return [*grid, end], [*values, values[-1]] if values else [math.nan]


def _copies(
    axes: Axes, mine: Workforce, names: dict[str, int], colour: str, grid: list[float], end: float
) -> None:
    xs, values = _steps(mine.total, grid, end)
    axes.fill_between(xs, values, axes.get_ylim()[0], step="post", color=tint(colour, 0.16), lw=0.0, zorder=1)
    axes.plot(xs, values, drawstyle="steps-post", color=tint(colour, 0.45), lw=2.6, zorder=2, gid="total")
    for model, line in mine.copies.items():
        n = names[model]
        xs, values = _steps(line, grid, end)
        axes.plot(
            xs,
            values,
            drawstyle="steps-post",
            color=tint(colour, max(0.55, SHADES[n % 3])),
            lw=1.2,
            zorder=3,
            gid=f"copies:{model}",
        )
    if any(mine.busy.get(x, 0.0) < 0.999 * value for x, value in mine.total.items()):
        xs, values = _steps(mine.busy, grid, end)
        axes.plot(xs, values, drawstyle="steps-post", color=INK, ls=(0, (1, 1.5)), lw=1.3, zorder=4, gid="busy")


def _equivalents(axes: Axes, mine: Workforce, domains: list[str], grid: list[float], end: float) -> None:
    for n, domain in enumerate(domains):
        dash, colour = DOMAIN_LINES[n % len(DOMAIN_LINES)]
        if domain in mine.equivalents:
            xs, values = _steps(mine.equivalents[domain], grid, end)
            axes.plot(
                xs, values, drawstyle="steps-post", color=colour, ls=dash, lw=1.7, zorder=3, gid=f"equivalents:{domain}"
            )
        if any(mine.humans.get(domain, {}).values()):
            xs, values = _steps(mine.humans[domain], grid, end)
            axes.plot(
                xs,
                values,
                drawstyle="steps-post",
                color=colour,
                ls=dash,
                lw=0.8,
                marker="|",
                ms=4.0,
                markevery=max(1, len(xs) // 12),
                zorder=2,
                gid=f"humans:{domain}",
            )


def _legend(labs: dict[str, Workforce], domains: list[str]) -> list[tuple[object, str]]:
    found: list[tuple[object, str]] = [
        (Line2D([], [], color="#9aa3ab", lw=2.6), "all models"),
        (Line2D([], [], color="#4b535b", lw=1.2), "one model (tints as in the strip above)"),
    ]
    if any(mine.busy.get(x, 0.0) < 0.999 * value for mine in labs.values() for x, value in mine.total.items()):
        found.append((Line2D([], [], color=INK, lw=1.3, ls=(0, (1, 1.5))), "busy"))
    for n, domain in enumerate(domains):
        dash, colour = DOMAIN_LINES[n % len(DOMAIN_LINES)]
        found.append((Line2D([], [], color=colour, ls=dash, lw=1.7), f"AI work, {words_of_level(domain)}"))
    if any(any(line.values()) for mine in labs.values() for line in mine.humans.values()):
        found.append((Line2D([], [], color=INK, lw=0.8, marker="|", ms=4.0), "the lab's own staff"))
    return found
