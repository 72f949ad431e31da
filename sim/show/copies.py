"""Picture 1: how many copies of each model could run the day that its lab could use it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.show.axes import clean, dates, log_limits, log_scale
from sim.show.grid import grid, lab_title
from sim.show.labels import Box, Label, line_box, marker_box, place
from sim.show.page import Picture, empty, page
from sim.show.simulated import Row, Simulated, rows, span_of, start_of
from sim.show.style import GREY, INK, lab_colours, number, plural, short, times, tint
from sim.tables.steps import value_at

MOST_PANELS = 6


@dataclass(frozen=True)
class Point:
    """One model at its opening. Copies are 0 where they are unknown."""

    lab: str
    model: str
    x: float
    training: float
    fleet: float
    peak: float
    world: float
    speed: float | None
    vs_human: float | None
    strength: float
    flagship: bool
    before_start: bool
    post_training: bool = False

    @property
    def known(self) -> list[float]:
        """The numbers of copies that there are."""
        return [value for value in (self.training, self.fleet, self.peak, self.world) if value > 0.0]


def points(result: Simulated) -> list[Point]:
    """A point for each row of windows.csv; models older than the scenario stand at its start."""
    start, _ = span_of(result)
    made = {(model.lab, model.name): model for model in result.record.models}
    found = []
    for row in rows(result, "windows"):
        model = made[row["lab"], row["model"]]
        found.append(
            Point(
                row["lab"],
                row["model"],
                max(row["opens"], start),
                row["copies_from_training_compute"] or 0.0,
                row["copies_at_open"] or 0.0,
                row["copies_peak"] or 0.0,
                world_copies(result, row),
                row["speed_tokens_per_s"],
                row["speed_vs_human"],
                model.effective_flop,
                model.flagship,
                bool(row["opened_before_start"]),
                model.base is not None,
            )
        )
    return found


def world_copies(result: Simulated, row: Row) -> float:
    """Copies of a model if all accelerators of the world ran it on the day its window opens."""
    record, rates = result.record, result.rates
    day = max(0.0, row["opens"] - start_of(result))
    if record.world:
        held = {kind: value_at(steps, day) for kind, steps in record.world.items()}
    else:
        held = {}
        for (_, kind), steps in sorted(record.clusters.items()):
            held[kind] = held.get(kind, 0.0) + value_at(steps, day)
    held = {kind: count for kind, count in held.items() if count > 0.0}
    model = rates.models[row["lab"], row["model"]]
    return rates.on(model, held, record.draw.labs[model.lab].inference, model.lab, day)[1] if held else 0.0


def world_words(result: Simulated) -> str:
    """What "the world" is in this scenario."""
    if result.record.world:
        return "the world's accelerators"
    return "all labs' accelerators" if len(result.record.draw.labs) > 1 else "the lab's whole cluster"


def shown(found: list[Point]) -> list[Point]:
    """Points without what the labs had already surpassed: of models older than the start only the best."""
    best: dict[str, Point] = {}
    for point in found:
        if point.before_start and (point.lab not in best or point.strength > best[point.lab].strength):
            best[point.lab] = point
    return [point for point in found if not point.before_start or best[point.lab] is point]


def headline(found: list[Point]) -> str:
    """The finding: the strongest model's copies, from its training chips alone and from the lab's whole fleet.

    Of a whole training run, if there is one: a post-training run holds only some of the chips.
    """
    both = [point for point in found if point.training and point.fleet]
    both = [point for point in both if not point.post_training] or both
    some = both or [point for point in found if point.fleet] or [point for point in found if point.training]
    if not some:
        return "No copies could run: no fleet holds accelerators when a model opens"
    top = max(some, key=lambda point: (point.strength, point.x))
    if not top.training:
        return f"{top.model}: {top.lab}'s fleets could run {number(top.fleet)} copies the day that it opened"
    if not top.fleet:
        return f"{top.model}'s training chips alone could run {number(top.training)} copies"
    return (
        f"{top.model}'s training chips alone could run {number(top.training)} copies; "
        f"{top.lab}'s whole fleet {number(top.fleet)}"
    )


def same_speed(found: list[Point]) -> str | None:
    """The speed of a copy in words, if that of all models is about the same."""
    speeds = [(point.speed, point.vs_human or 0.0) for point in found if point.speed]
    if not speeds or max(speeds)[0] > 1.05 * min(speeds)[0]:
        return None
    speed, against = max(speeds)
    return f"{number(speed)} tokens/s" + (f", {times(against)} a human's thinking speed" if against else "")


def copies(result: Simulated) -> Picture:
    """Copies against date, log: training chips alone, the lab's fleets, their peak, the world; with speeds."""
    everything = points(result)
    if not everything:
        return empty(result.facts, "No model became usable before the end", "There are no copies to show.")
    found = shown(everything)
    if not any(point.known for point in found):
        return empty(result.facts, headline(found), "There are no copies to show.")
    labs = list(dict.fromkeys(point.lab for point in found))
    labs.sort(key=lambda lab: -max(point.fleet + point.training for point in found if point.lab == lab))
    left_out = labs[MOST_PANELS:]
    order = list(result.record.draw.labs)
    labs = sorted(labs[:MOST_PANELS], key=order.index)
    left, right = span_of(result)
    pad = (right - left) * 0.025
    alike = same_speed(found)
    subtitle = "Copies that could run on the day from which the lab can use the model. " + (
        f"Each at {alike}." if alike else "With the speed of a copy: tokens/s, and times a human's thinking speed."
    )
    notes = []
    if left_out:
        notes.append(f"The {MOST_PANELS} labs with the most copies of {len(labs) + len(left_out)}.")
    earlier = len(everything) - len(found)
    if earlier:
        notes.append(f"Not shown: {plural(earlier, 'model')} older and weaker than the lab's best at the start.")
    if any(point.before_start for point in found):
        notes.append("Hollow: models from before the scenario's start, with the accelerators of its first day.")
    if any(point.post_training for point in found):
        notes.append("Small pale triangles: post-training runs, which hold only some of the chips.")
    rows_of_panels = 1 if len(labs) <= 3 else 2
    figure = page(
        result.facts,
        headline(found),
        subtitle,
        4.3 if rows_of_panels == 1 else 5.6,
        legend=_legend(result),
        notes=[" ".join(notes)] if notes else [],
    )
    colours = lab_colours(order)
    low, high = log_limits(value for point in found if point.lab in labs for value in point.known)
    high *= 1.6
    for axes, lab, edge in grid(figure, labs, y_label="copies (log scale)"):
        clean(axes)
        log_scale(axes, low, high)
        dates(axes, left - pad, right + pad, labelled=edge.bottom)
        if not edge.left:
            axes.tick_params(labelleft=False)
        if len(labs) > 1:
            lab_title(axes, lab, colours[lab])
        _panel(axes, [point for point in found if point.lab == lab], colours[lab], len(labs) == 1, not alike)
    return figure


def _panel(axes: Axes, mine: list[Point], colour: str, wide: bool, speeds: bool) -> None:
    low, _ = axes.get_ylim()
    mine = sorted(mine, key=lambda point: point.x)
    taken: list[Box] = []
    size = 7.5 if wide else 6.0
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
        ("world", "D", "white", GREY, 0.75),
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
                values = [getattr(point, name) or math.nan for point in some]
                axes.plot(
                    [point.x for point in some],
                    values,
                    ls="none",
                    marker=marker,
                    ms=size * scale * (0.75 if small_mark else 1.0),
                    mfc="white" if hollow else fill,
                    mec=light if small_mark else edge,
                    mew=1.3 if marker == "_" else 1.1,
                    zorder=4,
                    gid=name,
                )
    most = 15 if wide else 9
    many = len(mine) > most
    flagships = any(point.flagship for point in mine)
    strongest = sorted(mine, key=lambda point: -point.strength)[:most]
    labels = []
    for point in mine:
        if not point.known or (many and not (point.flagship if flagships else point in strongest)):
            continue
        text = point.model
        if speeds and point.speed:
            text += f"\n{short(point.speed)} tok/s" + (f", {times(point.vs_human)}" if point.vs_human else "")
        marks = [value for value in (point.training, point.fleet, point.peak) if value > low] or [point.known[0]]
        at = point.fleet if point.fleet > low else marks[0]
        weight = math.log10(point.strength or 1.0) + (1e3 if point.flagship else 0.0)
        labels.append(Label(point.x, max(marks) if wide else at, text, min(marks), max(marks), weight, bold=wide))
        if wide and len(mine) <= 12:
            for n, value in enumerate((point.training, point.fleet, point.peak)):
                clear = n < 2 or value > 1.3 * point.fleet
                if value > low and clear:
                    labels.append(Label(point.x, value, short(value), weight=2e3 - n, colour=GREY, beside=True))
    for text_ in place(axes, labels, taken):
        text_.set_bbox({"boxstyle": "square,pad=0.02", "facecolor": "white", "edgecolor": "none", "alpha": 0.8})
        text_.set_zorder(3.5)


def _legend(result: Simulated) -> list[tuple[Line2D, str]]:
    def mark(marker: str, fill: str, edge: str, size: float) -> Line2D:
        return Line2D([], [], ls="none", marker=marker, mfc=fill, mec=edge, ms=size, mew=1.2)

    return [
        (mark("^", "white", INK, 6.5), "training chips alone"),
        (mark("o", INK, INK, 6.5), "the lab's fleets at opening"),
        (Line2D([], [], color="#b0b5ba", lw=3.5), "and at most until a stronger model"),
        (mark("D", "white", GREY, 5.0), world_words(result)),
    ]
