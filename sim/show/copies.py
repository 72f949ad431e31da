"""Picture 1: how many copies of each model could run the day that its lab could use it."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.base.words import plural
from sim.result_warnings import too_fast
from sim.show.axes import clean, dates, log_limits, log_scale, size_of
from sim.show.findings import BEYOND, beyond, copies_headline, sentence
from sim.show.grid import MOST_PANELS, grid, lab_title, lines_for, not_shown
from sim.show.labels import Box, Label, line_box, marker_box, place
from sim.show.openings import Point, best, points, shown, world_words
from sim.show.page import COUNT, Picture, empty, page
from sim.show.simulated import Simulated, span_of
from sim.show.style import GREY, INK, SMALL, brief, lab_colours, number, short, text_width, times, tint


def same_speed(found: list[Point]) -> str | None:
    """The speed of a copy in words, if that of all models is about the same."""
    speeds = [(point.speed, point.vs_human or 0.0) for point in found if point.speed]
    if not speeds or max(speeds)[0] > 1.05 * min(speeds)[0]:
        return None
    speed, against = max(speeds)
    return f"{number(speed)} tokens/s" + (f" ({times(against)} a human's thinking speed)" if against else "")


def copies(result: Simulated) -> Picture:
    """Copies against date, log: training chips alone, the lab's fleets, their peak, the world; with speeds."""
    everything = points(result)
    if not everything:
        return empty(result.facts, "No model became usable before the end", "There are no copies to show.")
    found = shown(everything)
    if not any(point.known for point in found):
        return empty(result.facts, copies_headline(found), "There are no copies to show.")
    top = best(found)
    labs = list(dict.fromkeys(point.lab for point in found))
    most = {lab: max(point.fleet + point.training for point in found if point.lab == lab) for lab in labs}
    labs.sort(key=lambda lab: (top is None or lab != top.lab, -most[lab]))
    left_out = labs[MOST_PANELS:]
    labs = labs[:MOST_PANELS]
    drawn = [point for point in found if point.lab in labs]
    alike = same_speed(found)
    subtitle = "Copies that could run on a model's first day in its lab" + (
        f", each at {alike}." if alike else ". With the speed of a copy: tokens/s, and times a human's thinking speed."
    )
    each = 4.0 if len(labs) == 1 else 2.3
    figure = page(
        result.facts,
        copies_headline(found) + BEYOND * beyond(result, found),
        subtitle,
        each * lines_for(len(labs)) + 0.3,
        legend=_legend(result, drawn),
        notes=[*_notes(everything, found, left_out), *map(sentence, too_fast(result.rates))],
    )
    figure.fill(_panels(figure, result, drawn, labs, not alike))
    return figure


def _panels(figure: Picture, result: Simulated, drawn: list[Point], labs: list[str], speeds: bool) -> int:
    """Draw the panels; the number of models that are named."""
    left, right = span_of(result)
    across = (right - left) * 0.03
    colours = lab_colours(result.record.draw.labs)
    low, high = log_limits(value for point in drawn for value in point.known)
    named = 0
    for axes, lab, edge in grid(figure, labs, y_label="copies (log scale)"):
        clean(axes)
        log_scale(axes, low, high * 1.6)
        room = text_width("999 million", SMALL, bold=True) + 0.12
        beyond = (right - left + across) * room / max(size_of(axes)[0] - room, 1.0)
        dates(axes, left - across, right + beyond, labelled=edge.bottom, until=right)
        axes.axvline(right, color=GREY, lw=0.8, ls=(0, (4, 2)), zorder=1)
        if len(labs) > 1:
            lab_title(axes, lab, colours[lab])
        named += _panel(axes, [point for point in drawn if point.lab == lab], colours[lab], speeds)
    return named


def _notes(everything: list[Point], found: list[Point], left_out: list[str]) -> list[str]:
    shown_here = sum(1 for point in found if point.lab not in left_out)
    notes = [f"Named: {COUNT} of {plural(shown_here, 'model')}; all are in windows.csv."]
    if left_out:
        notes.append(not_shown(left_out, "fewer copies"))
    earlier = len(everything) - len(found)
    if earlier:
        notes.append(f"Not shown: {plural(earlier, 'model')} older and weaker than the lab's best at the start.")
    if any(point.before_start for point in found):
        notes.append("Hollow: models from before the scenario's start, with the accelerators of its first day.")
    if any(point.post_training for point in found):
        notes.append("Small pale triangles: post-training runs, which hold only some of the chips.")
    if any(point.training > point.fleet > 0.0 for point in found):
        notes.append("Where a dot is below its triangle, the fleets held less that day than the run had held.")
    return [" ".join(notes)]


def _panel(axes: Axes, mine: list[Point], colour: str, speeds: bool) -> int:
    """One lab's models; how many of them are named."""
    low, _ = axes.get_ylim()
    width = size_of(axes)[0]
    mine = sorted(mine, key=lambda point: point.x)
    taken = _marks(axes, mine, colour, 7.5 if width > 5.0 and len(mine) <= 20 else 6.0)
    top = best(mine)
    values_beside = width > 5.0 and len(mine) <= 12
    labels = []
    ranked = sorted(mine, key=lambda point: (point is not top, not point.flagship, -point.length_days, point.model))
    for rank, point in enumerate(ranked[: int(width * 2.2)]):
        if not point.known:
            continue
        text = brief(point.model)
        if point is top and not values_beside:
            known = (("△", point.training), ("●", point.fleet))
            text += "\n" + "  ".join(f"{mark} {short(value)}" for mark, value in known if value)
        if speeds and point.speed:
            text += f"\n{short(point.speed)} tokens/s" + (f", {times(point.vs_human)}" if point.vs_human else "")
        marks = [value for value in (point.training, point.fleet, point.peak) if value > low] or [point.known[0]]
        at = point.fleet if point.fleet > low else marks[0]
        weight = 4e3 if point is top else 1e3 - rank
        labels.append(Label(point.x, at, text, min(marks), max(marks), weight, bold=point is top))
        for n, value in enumerate((point.training, point.fleet, point.peak)):
            if values_beside and value > low and (n < 2 or value > 1.3 * point.fleet):
                more = {"colour": colour, "bold": True} if point is top and n < 2 else {"colour": GREY}
                weight = 2e3 - n + (3e3 if point is top else 0.0)
                labels.append(Label(point.x, value, short(value), weight=weight, beside=True, **more))
    names = {label.text for label in labels if not label.beside}
    written = place(axes, labels, taken)
    return sum(1 for text in written if text.get_text() in names)


def _marks(axes: Axes, mine: list[Point], colour: str, size: float) -> list[Box]:
    """Triangles, dots, peaks and what joins them; the places that they take."""
    low, _ = axes.get_ylim()
    taken: list[Box] = []
    for point in mine:
        ends = [value for value in (point.training, point.fleet) if value > low]
        if len(ends) == 2:
            axes.plot([point.x] * 2, ends, color=colour, lw=1.2, zorder=3, gid="span")
            taken.append(line_box(axes, point.x, min(ends), max(ends)))
        if point.peak > point.fleet > low:
            axes.plot(
                [point.x] * 2,
                [point.fleet, point.peak],
                color=tint(colour, 0.4),
                lw=3.0,
                zorder=2,
                solid_capstyle="butt",
                gid="to peak",
            )
            taken.append(line_box(axes, point.x, point.fleet, point.peak, 0.03))
        taken += [marker_box(axes, point.x, value, 0.05) for value in point.known if value > low]
    light = tint(colour, 0.45)
    for name, marker, fill, edge, scale in (
        ("world", "D", "white", "#8c959f", 0.6),
        ("peak", "_", tint(colour, 0.55), tint(colour, 0.55), 1.3),
        ("fleet", "o", colour, colour, 1.0),
        ("training", "^", "white", colour, 1.0),
    ):
        for hollow, small in ((False, False), (True, False), (False, True)):
            small_mark = small and name == "training"
            some = [
                point
                for point in mine
                if point.before_start == hollow and (point.post_training == small if name == "training" else not small)
            ]
            if some:
                axes.plot(
                    [point.x for point in some],
                    [getattr(point, name) or math.nan for point in some],
                    ls="none",
                    marker=marker,
                    ms=size * scale * (0.75 if small_mark else 1.0),
                    mfc="white" if hollow else fill,
                    mec=light if small_mark else edge,
                    mew=1.3 if marker == "_" else 1.1,
                    zorder=4,
                    gid=name,
                )
    return taken


def _legend(result: Simulated, drawn: list[Point]) -> list[tuple[Line2D, str]]:
    def mark(marker: str, fill: str, edge: str, size: float) -> Line2D:
        return Line2D([], [], ls="none", marker=marker, mfc=fill, mec=edge, ms=size, mew=1.2)

    legend = [
        (mark("^", "white", INK, 6.5), "training chips alone"),
        (mark("o", INK, INK, 6.5), "all of the lab's inference fleets"),
    ]
    if any(point.peak > point.fleet > 0.0 for point in drawn):
        legend.append((Line2D([], [], color="#b0b5ba", lw=3.5), "at most, until a stronger model"))
    return [*legend, (mark("D", "white", "#8c959f", 4.5), world_words(result))]
