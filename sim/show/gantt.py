"""Picture 5: a Gantt chart of training runs (waits, phases, suspensions) and of the models that came out."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.base.words import plural
from sim.show.page import Picture, empty, page
from sim.show.simulated import Simulated, span_of, start_of
from sim.show.strips import Column, bar, body_height, chosen, draw, leading, left_out
from sim.show.style import GREY, number, tint
from sim.show.suspended import BAND, FAINTLY, Stretch, band, in_force, names_above, outside, suspensions
from sim.world.record import ModelRecord, RunLog

PHASES = {"pretraining": (1.0, ""), "post-training": (0.62, "////"), "evaluation": (0.3, "....")}
SUSPENDED = "||||"
"""Hatch of a stretch in which a run was interrupted."""


@dataclass
class Line:
    """One row: a run, the model that it made, or both."""

    lab: str
    name: str
    run: RunLog | None = None
    model: ModelRecord | None = None
    bars: list[tuple[str, float, float]] = field(default_factory=list)
    """(phase, from, to) in days."""
    waits: list[Stretch] = field(default_factory=list)
    suspended: list[Stretch] = field(default_factory=list)
    """In the middle of a phase: what is left of bars and waits is outside of these."""

    @property
    def first(self) -> float:
        """The first day on which anything of it is drawn."""
        days = [day for _, day, _ in self.bars] + [day for day, _ in self.waits]
        if self.run is not None:
            days.append(self.run.due if self.run.started is None else min(self.run.due, self.run.started))
        return min(days) if days else self.model.internal if self.model else 0.0

    @property
    def last(self) -> float:
        """The last day of its run, or of waiting for it; of a model without a run its internal date."""
        days = [day for _, _, day in self.bars] + [day for _, day in (*self.waits, *self.suspended)]
        return max([self.first, *days])


def lines_of(result: Simulated) -> list[Line]:
    """Rows by lab and first day."""
    record = result.record
    end = record.end
    models = {(model.lab, model.name): model for model in record.models}
    stops = suspensions(record)
    found = []
    for run in record.runs:
        line = Line(run.lab, run.name, run, models.pop((run.lab, run.name), None))
        line.suspended = cut = stops.get((run.lab, run.name), [])
        for phase, since, until, _ in (*run.lost, *run.phases):
            line.bars += [(phase, *part) for part in outside((since, end if until is None else until), cut)]
        for since, wait_end, _ in run.waits:
            line.waits += outside((since, end if wait_end is None else wait_end), cut)
        found.append(line)
    found += [Line(lab, name, None, model) for (lab, name), model in models.items()]
    order = {lab: n for n, lab in enumerate(record.draw.labs)}
    return sorted(found, key=lambda line: (order[line.lab], line.first, line.name))


def headline(found: list[Line], end: float) -> str:
    """The finding: how long runs took, waits, and how long models were used inside before the public had them."""
    done = [line for line in found if line.run and line.run.finished is not None and line.run.started is not None]
    whole = [line for line in done if line.model is None or line.model.base is None]
    lengths, later = (
        [(line.run.finished or 0.0) - (line.run.started or 0.0) for line in lines if line.run]
        for lines in (whole or done, [line for line in done if line not in whole] if whole else [])
    )
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
            + (f", post-training {_days(later)}" if later else "")
        )
    if inside:
        parts.append(
            f"the model then stayed internal for {_days(inside)}"
            if len(inside) == 1
            else f"models then stayed internal for a median of {_days(inside)}"
        )
    if not parts:
        never = sum(1 for line in found if line.run)
        return (
            "The only run was not finished by the end"
            if never == 1
            else f"None of {never} runs was finished by the end"
            if never
            else f"{plural(len(found), 'model')}, and no training run"
        )
    if waited:
        parts.append(f"{len(waited)} of {plural(sum(1 for line in found if line.run), 'run')} had to wait")
    stopped = sum(1 for line in found if line.suspended)
    if stopped:
        parts.append(f"{plural(stopped, 'run')} {'was' if stopped == 1 else 'were'} suspended")
    text = "; ".join(parts)
    return text[0].upper() + text[1:]


def _days(values: list[float]) -> str:
    return f"{number(median(values), 2 if median(values) < 100 else 3)}\u00a0days"


def gantt(result: Simulated) -> Picture:
    """Runs and models by lab, a row each."""
    everything = lines_of(result)
    if not everything:
        return empty(result.facts, "There was no training run and no model", "There is nothing to show.")
    first, words = leading(result.record.models)
    found = chosen(everything, lambda line: bool(line.suspended) or (line.lab, line.name) in first)
    stopped = "suspended runs, " if any(line.suspended for line in everything) else ""
    which = f"{stopped}{words}some of each lab's runs and models, spread evenly"
    start, end = span_of(result)
    spans = in_force(result.record)
    columns = [Column("run, days", 0.75, _length)]
    figure = page(
        result.facts,
        headline(everything, result.record.end),
        "Training runs, and the dates from which the lab, then all, can use the model.",
        body_height(found, columns),
        legend=_legend(found, result.record.end, [name for name, *_ in spans]),
        notes=left_out(everything, found, which, "models.csv and events.csv"),
    )
    zero = start_of(result)
    left = min(start, max(zero + min(line.first for line in found), start - 0.12 * (end - start)))

    def one(axes: Axes, line: Line, middle: float, height: float, colour: str) -> None:
        for _, since, until, labs in spans:
            if line.lab in labs:
                band(axes, zero + since, zero + until, middle, height)
        _row(axes, line, middle, 0.5 * height, colour, zero, left, end)

    axes = draw(figure, found, columns, (left, end), list(result.record.draw.labs), one)
    names_above(axes, [(name, zero + since, zero + until) for name, since, until, _ in spans])
    return figure


def _length(line: Line) -> str:
    run = line.run
    if run is None:
        return ""
    if run.started is None:
        return "never"
    return "" if run.finished is None else f"{run.finished - run.started:,.0f}"


def _row(axes: Axes, line: Line, y: float, thick: float, colour: str, zero: float, left: float, end: float) -> None:
    for since, until in line.waits:
        if until > since:
            bar(
                axes,
                zero + since,
                zero + until,
                y,
                thick * 0.75,
                facecolor="white",
                edgecolor=GREY,
                hatch="//////",
                linewidth=0.6,
                zorder=2,
                gid=f"wait:{line.lab}/{line.name}",
            )
    for since, until in line.suspended:
        bar(axes, zero + since, zero + until, y, thick, zorder=3, gid=f"suspended:{line.lab}/{line.name}",
            facecolor="white", edgecolor=colour, hatch=SUSPENDED, linewidth=0.6)  # fmt: skip
    for phase, since, until in line.bars:
        share, hatch = PHASES.get(phase, (0.8, "xx"))
        if until > since:
            bar(
                axes,
                zero + since,
                zero + until,
                y,
                thick,
                facecolor=tint(colour, share),
                hatch=hatch,
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
        axes.plot([end], [y], marker=">", ms=6.0, mfc="white", mec=colour, clip_on=False, zorder=5, gid="not public")


def _legend(found: list[Line], end: float, names: list[str]) -> list[tuple[object, str]]:
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
    if any(line.suspended for line in found):
        legend.append((Patch(facecolor="white", edgecolor="#444444", hatch=SUSPENDED, lw=0.6), "suspended"))
    if any(line.waits for line in found):
        legend.append((Patch(facecolor="white", edgecolor=GREY, hatch="//////", lw=0.6), "waits"))
    if any(line.run and line.run.started is not None and line.run.finished is None for line in found):
        legend.append((Line2D([], [], ls="none", marker=">", ms=6.0, color="#444444"), "unfinished at the end"))
    models = [line.model for line in found if line.model and line.model.internal < end]
    if models:
        legend += [
            (Line2D([], [], color="#444444", lw=1.3, marker="o", ms=5.0, markevery=[0]), "usable inside the lab"),
            (Line2D([], [], ls="none", marker="D", ms=4.8, mfc="white", mec="#444444", mew=1.3), "public"),
        ]
    if any(model.public is None or model.public >= end for model in models):
        legend.append(
            (Line2D([], [], ls="none", marker=">", ms=6.0, mfc="white", mec="#444444"), "not public at the end")
        )
    if names:
        words = "intervention in force" if len(names) == 1 else "interventions in force"
        legend.append((Patch(facecolor=BAND, alpha=FAINTLY, lw=0.0), words))
    return legend
