"""Picture 5: a Gantt chart of training runs (waits, phases) and of the models that came out (internal, public)."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.show.axes import clean, dates
from sim.show.page import MARGIN, Picture, empty, page
from sim.show.simulated import Simulated, span_of, start_of
from sim.show.style import GREY, INK, PALE, SMALL, TEXT, WIDTH, cut, lab_colours, number, plural, text_width, tint
from sim.world.record import ModelRecord, RunLog

ROW = 0.235
MOST_ROWS = 70
PHASES = {"pretraining": (1.0, ""), "post-training": (0.62, "////"), "evaluation": (0.3, "....")}


@dataclass
class Line:
    """One row: a run, the model that it made, or both."""

    lab: str
    name: str
    run: RunLog | None = None
    model: ModelRecord | None = None
    bars: list[tuple[str, float, float]] = field(default_factory=list)
    """(phase, from, to) in days."""
    waits: list[tuple[float, float]] = field(default_factory=list)

    @property
    def first(self) -> float:
        """The first day on which anything of it is drawn."""
        days = [day for _, day, _ in self.bars] + [day for day, _ in self.waits]
        if self.run is not None:
            days.append(self.run.due if self.run.started is None else min(self.run.due, self.run.started))
        return min(days) if days else self.model.internal if self.model else 0.0


def lines_of(result: Simulated) -> list[Line]:
    """Rows by lab and first day."""
    record = result.record
    end = record.draw.end
    models = {(model.lab, model.name): model for model in record.models}
    found = []
    for run in record.runs:
        line = Line(run.lab, run.name, run, models.pop((run.lab, run.name), None))
        for phase, since, until, _ in run.phases:
            line.bars.append((phase, since, end if until is None else until))
        for since, wait_end, _ in run.waits:
            line.waits.append((since, end if wait_end is None else wait_end))
        found.append(line)
    found += [Line(lab, name, None, model) for (lab, name), model in models.items()]
    order = {lab: n for n, lab in enumerate(record.draw.labs)}
    return sorted(found, key=lambda line: (order[line.lab], line.first, line.name))


def headline(found: list[Line], end: float) -> str:
    """The finding: how long runs took, waits, and how long models were used inside before the public had them."""
    lengths = [
        line.run.finished - line.run.started
        for line in found
        if line.run and line.run.finished is not None and line.run.started is not None
    ]
    inside = [
        line.model.public - line.model.internal
        for line in found
        if line.model and line.run and line.model.public is not None and line.model.public < end
    ]
    waited = [line for line in found if sum(until - since for since, until in line.waits) >= 1.0]
    parts = []
    if lengths:
        parts.append(
            f"{'a training run took' if len(lengths) == 1 else 'training runs took a median of'} {_days(lengths)}"
        )
    if inside:
        parts.append(
            f"{'the' if len(inside) == 1 else 'then'} model{'' if len(inside) == 1 else 's'} "
            f"{'was' if len(inside) == 1 else 'were'} the lab's alone for {_days(inside)}"
        )
    if not parts:
        never = sum(1 for line in found if line.run)
        return (
            f"None of {plural(never, 'run')} finished"
            if never
            else f"{plural(len(found), 'model')}, and no training run"
        )
    if waited:
        parts.append(f"{len(waited)} of {plural(sum(1 for line in found if line.run), 'run')} had to wait")
    text = "; ".join(parts)
    return text[0].upper() + text[1:]


def _days(values: list[float]) -> str:
    return f"{number(median(values), 2 if median(values) < 100 else 3)} days"


def gantt(result: Simulated) -> Picture:
    """Runs and models by lab, a row each."""
    everything = lines_of(result)
    if not everything:
        return empty(result.facts, "There was no training run and no model", "There is nothing to show.")
    found = _most_important(everything)
    start, end = span_of(result)
    heads = len({line.lab for line in found})
    notes = []
    if len(found) < len(everything):
        notes.append(f"{len(everything) - len(found)} of {plural(len(everything), 'row')} not shown (the less strong).")
    subtitle = (
        "Training runs, and the dates from which the lab, then all, can use the model. Right: length of the run, days."
    )
    figure = page(
        result.facts,
        headline(everything, result.record.draw.end),
        subtitle,
        max(1.4, ROW * len(found) + 0.28 * heads + 0.55),
        legend=_legend(found),
        notes=notes,
    )
    _draw(figure, result, found, start, end)
    return figure


def _most_important(everything: list[Line]) -> list[Line]:
    if len(everything) <= MOST_ROWS:
        return everything

    def weight(line: Line) -> tuple[bool, float]:
        return (line.model.flagship, line.model.effective_flop) if line.model else (False, 0.0)

    kept = {id(line) for line in sorted(everything, key=weight, reverse=True)[:MOST_ROWS]}
    return [line for line in everything if id(line) in kept]


def _draw(figure: Picture, result: Simulated, found: list[Line], start: float, end: float) -> None:
    names = max(0.9, min(1.75, 0.12 + max(text_width(line.name, SMALL) for line in found)))
    right_room = 0.55
    bottom, top = figure.body
    width = WIDTH - 2 * MARGIN - names - right_room
    height = top - bottom - 0.3 - 0.08
    axes = figure.panel(MARGIN + names, bottom + 0.3, width, height)
    clean(axes, grid="x")
    pad = (end - start) * 0.012
    zero = start_of(result)
    earliest = zero + min(line.first for line in found)
    left = min(start, max(earliest, start - 0.12 * (end - start))) - pad
    dates(axes, left, end + 1.5 * pad)
    axes.axvline(end, color=GREY, lw=0.9, ls=(0, (4, 2)), zorder=1)
    axes.set_ylim(height, 0.0)
    axes.set_yticks([])
    beside = axes.get_yaxis_transform()
    colours = lab_colours(result.record.draw.labs)
    y, lab, stripe = 0.0, None, False
    for line in found:
        if line.lab != lab:
            lab = line.lab
            axes.text(
                -names / width,
                y + 0.17,
                cut(lab, TEXT, width + names, bold=True),
                transform=beside,
                va="center",
                fontsize=TEXT,
                weight="bold",
                color=colours[lab],
            )
            y += 0.28
            stripe = False
        if stripe:
            axes.axhspan(
                y, y + ROW, xmin=-names / width, xmax=1.0 + right_room / width, facecolor=PALE, zorder=0, clip_on=False
            )
        stripe = not stripe
        middle = y + ROW / 2
        axes.text(
            -0.08 / width,
            middle,
            cut(line.name, SMALL, names - 0.1),
            transform=beside,
            ha="right",
            va="center",
            fontsize=SMALL,
            gid="model",
        )
        _row(axes, line, middle, colours[line.lab], zero, left, end)
        run = line.run
        words = (
            ""
            if run is None
            else "never"
            if run.started is None
            else ""
            if run.finished is None
            else f"{run.finished - run.started:,.0f}"
        )
        axes.text(
            1.0 + (right_room - 0.08) / width,
            middle,
            words,
            transform=beside,
            ha="right",
            va="center",
            fontsize=SMALL,
            color=INK,
        )
        y += ROW


def _row(axes: Axes, line: Line, y: float, colour: str, zero: float, left: float, end: float) -> None:
    thick = 0.135
    for since, until in line.waits:
        if until > since:
            axes.barh(
                y,
                until - since,
                left=zero + since,
                height=thick * 0.75,
                facecolor="white",
                edgecolor=GREY,
                hatch="//////",
                lw=0.6,
                zorder=2,
                gid=f"wait:{line.lab}/{line.name}",
            )
    for phase, since, until in line.bars:
        share, hatch = PHASES.get(phase, (0.8, "xx"))
        if until > since:
            axes.barh(
                y,
                until - since,
                left=zero + since,
                height=thick,
                facecolor=tint(colour, share),
                hatch=hatch,
                lw=0.0,
                edgecolor="white" if share > 0.5 else colour,
                zorder=3,
                gid=f"run:{phase}:{line.lab}/{line.name}",
            )
    if line.run is not None and line.run.started is not None and line.run.finished is None:
        axes.plot([end], [y], marker=">", ms=6.0, color=colour, clip_on=False, zorder=5, gid="unfinished")
    model = line.model
    if model is None or zero + model.internal >= end:
        return
    internal = zero + model.internal
    public = None if model.public is None else zero + model.public
    axes.plot(
        [max(internal, left), end if public is None else min(public, end)],
        [y, y],
        color=colour,
        lw=1.3,
        zorder=2,
        gid="inside",
    )
    if internal >= left:
        axes.plot(
            [internal],
            [y],
            marker="o",
            ms=5.6,
            color=colour,
            mec="white",
            mew=0.8,
            zorder=5,
            gid=f"internal:{line.lab}/{line.name}",
        )
    else:
        axes.plot([left], [y], marker="<", ms=5.0, color=colour, clip_on=False, zorder=5)
    if public is not None and left <= public < end:
        axes.plot(
            [public],
            [y],
            marker="D",
            ms=4.8,
            mfc="white",
            mec=colour,
            mew=1.3,
            zorder=6,
            gid=f"public:{line.lab}/{line.name}",
        )
    elif public is None or public >= end:
        axes.plot([end], [y], marker=4, ms=5.0, color=colour, clip_on=False, zorder=5, gid="not public")


def _legend(found: list[Line]) -> list[tuple[object, str]]:
    there = {phase for line in found for phase, _, _ in line.bars}
    legend: list[tuple[object, str]] = []
    for phase in [*[name for name in PHASES if name in there], *sorted(there - set(PHASES))]:
        share, hatch = PHASES.get(phase, (0.8, "xx"))
        legend.append(
            (
                Patch(
                    facecolor=tint("#444444", share),
                    hatch=hatch,
                    edgecolor="white" if share > 0.5 else "#444444",
                    lw=0.0,
                ),
                phase,
            )
        )
    if any(line.waits for line in found):
        legend.append((Patch(facecolor="white", edgecolor=GREY, hatch="//////", lw=0.6), "waits"))
    legend += [
        (Line2D([], [], color="#444444", lw=1.3, marker="o", ms=5.0, markevery=[0]), "usable inside the lab"),
        (Line2D([], [], ls="none", marker="D", ms=4.8, mfc="white", mec="#444444", mew=1.3), "public"),
    ]
    return legend
