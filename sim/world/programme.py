"""The training programme: when each of a lab's runs is due, and how large it is to be."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from sim.base.calendar import tick
from sim.base.limits import MOST_FLOP, check_size
from sim.base.series import power
from sim.model.training_run import EACH, TrainingRun
from sim.world.agenda import Order
from sim.world.claim import by_date
from sim.world.clock import Clock
from sim.world.pause_rule import PauseState
from sim.world.record import ModelRecord
from sim.world.run import Run, RunError, stated_flop
from sim.world.run_length import follows_progress
from sim.world.start_rule import RuleState

if TYPE_CHECKING:
    from sim.world.lab import LabState


def plan(lab: LabState, spec: TrainingRun) -> None:
    """Put an explicit run, the next one of a cadence, or what a rule waits for, on a clock of its own."""
    clock = lab.world.clock("runs", Order.SERIES, lab.name)
    today, entry = clock.now, lab.entry - lab.late
    if spec.pause_when is not None:
        PauseState(lab, spec.pause_when, clock, spec.name or lab.name)
    if spec.base == EACH:
        lab.for_each.append((spec, clock))
    elif spec.continuous:
        first = entry if spec.starts is None else max(entry, tick(spec.starts))
        clock.at(first, become_due, (lab, Run(spec, spec.name or lab.name, 0, first, None, lab.name)))
    elif spec.start_when is not None:
        RuleState(lab, spec, clock)
    elif spec.every is not None:
        _plan_next(clock, lab, spec, entry if spec.starts is None else spec.starts, 0, today)
    else:
        due = start_of(spec, lab)
        if due < lab.world.end:
            flop = flop_of(spec, lab, (due if spec.internal is None else spec.internal) + lab.late)
            run = Run(spec, spec.name or lab.name, 0, due, flop, lab.name)
            clock.at(max(today, due), become_due, (lab, run))


def follow(lab: LabState, base: ModelRecord, event: int) -> None:
    """The lab's runs with `base: each` are due for a new general model, some time after it can be used."""
    for stated, clock in lab.for_each:
        spec = copy(stated)
        spec.base, spec.name = base.name, f"{base.name} {stated.name}"
        if spec.name in lab.models:
            raise RunError(f"{lab.name}: what run {stated.name} makes of {base.name} has the name of another model")
        after = stated.after_days or 0.0
        due = tick(lab.world.agenda.day + after)
        run = Run(spec, spec.name, 0, due, flop_of(spec, lab, due), lab.name)
        clock.at(tick(clock.now + after), _follows, (lab, run, event))


def _follows(what: tuple[LabState, Run, int]) -> None:
    lab, run, event = what
    become_due((lab, run), None, (event,))


def _plan_next(clock: Clock, lab: LabState, spec: TrainingRun, first: float, k: int, since: float = 0.0) -> None:
    every, start = spec.every, lab.world.draw.start
    assert every is not None
    due = every.occurrence(k, first, start)
    while due < since:
        k += 1
        due = every.occurrence(k, first, start)
    if due < lab.world.end and (spec.until is None or due < spec.until):
        clock.at(due, _cadence, (clock, lab, spec, first, k))


def _cadence(what: tuple[Clock, LabState, TrainingRun, float, int]) -> None:
    clock, lab, spec, first, k = what
    become_due((lab, numbered(lab, spec, k + 1, lab.world.agenda.day)))
    _plan_next(clock, lab, spec, first, k + 1)


def numbered(lab: LabState, spec: TrainingRun, k: int, day: float) -> Run:
    """The k-th run (from 1) of a cadence or rule, due on `day`."""
    flop = flop_of(spec, lab, day)
    if flop is not None and spec.flop_grows is not None:
        flop *= power(spec.flop_grows, k - 1)
    return Run(spec, f"{spec.name or lab.name}-{k}", k, day, flop, lab.name)


def start_of(spec: TrainingRun, lab: LabState) -> float:
    """Day on which an explicit run is due: stated, or such that it ends on its pinned internal date."""
    if spec.starts is not None:
        return tick(spec.starts)
    assert spec.internal is not None
    flop = flop_of(spec, lab, spec.internal)
    run = Run(spec, spec.name or lab.name, 0, 0.0, flop, lab.name)
    days = 0.0
    for phase in run.phases:
        if phase.timed:
            days += phase.target
        else:
            held = {kind: count * phase.accelerators_share for kind, count in (spec.accelerators or {}).items()}
            days += tick(phase.target / lab.world.effort(spec.training).flop_per_day(held))
    return tick(spec.internal) - days


def flop_of(spec: TrainingRun, lab: LabState, day: float) -> float | None:
    """FLOP that a run of one lab states, or that follows from its parameters on a day."""
    if spec.params is None:
        return spec.flop
    return stated_flop(spec, lambda when: lab.world.sparsity(lab.spec, when - lab.late), day)


def become_due(what: tuple[LabState, Run], details: dict[str, Any] | None = None, causes: tuple[int, ...] = ()) -> None:
    """A run of the programme is due: it starts when the lab decides, or waits."""
    lab, run = what
    world = lab.world
    day = world.agenda.day
    check_size(run.flop or 0.0, MOST_FLOP, "training FLOP of run {}/{}", lab.name, run.name)
    run.due_event = world.event(lab.name, "run_due", run.name, run.flop, "FLOP" if run.flop else "", details, causes)
    if run.due < 0.0:
        run.backdated = -run.due
    else:
        run.due = run.log.due = day  # later than planned if its clock was paused
    lab.due.append(run)
    if len(lab.due) > 1:
        lab.due.sort(key=by_date)
    if follows_progress(run):
        lab.unsized.append(run)
    world.record.runs.append(run.log)
    lab.changed(run.due_event)
