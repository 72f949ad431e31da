"""The training programme: when each of a lab's runs is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.model.training_run import TrainingRun
from sim.world.agenda import Order
from sim.world.clock import Clock
from sim.world.run import Run, flop_per_day, stated_flop

if TYPE_CHECKING:
    from sim.world.lab import LabState


def plan(lab: LabState, spec: TrainingRun) -> None:
    """Put an explicit run, or the next one of a cadence, on a clock of its own."""
    clock = lab.world.clock("runs", Order.SERIES, lab.name)
    if spec.every is not None:
        _plan_next(clock, lab, spec, 0.0 if spec.starts is None else spec.starts, 0)
        return
    due = start_of(spec, lab)
    if due < lab.world.end:
        flop = flop_of(spec, lab, due if spec.internal is None else spec.internal)
        run = Run(spec, spec.name or lab.name, 0, due, flop, lab.name)
        clock.at(max(0.0, due), become_due, (lab, run))


def _plan_next(clock: Clock, lab: LabState, spec: TrainingRun, first: float, k: int) -> None:
    every, start = spec.every, lab.world.draw.start
    assert every is not None
    due = every.occurrence(k, first, start)
    while due < 0.0:
        k += 1
        due = every.occurrence(k, first, start)
    if due < lab.world.end and (spec.until is None or due < spec.until):
        clock.at(due, _cadence, (clock, lab, spec, first, k))


def _cadence(what: tuple[Clock, LabState, TrainingRun, float, int]) -> None:
    clock, lab, spec, first, k = what
    day = lab.world.agenda.day
    flop = flop_of(spec, lab, day)
    if flop is not None and spec.flop_grows is not None:
        flop *= spec.flop_grows**k
    become_due((lab, Run(spec, f"{spec.name or lab.name}-{k + 1}", k + 1, day, flop, lab.name)))
    _plan_next(clock, lab, spec, first, k + 1)


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
            accelerators = lab.world.draw.accelerators
            days += tick(
                phase.target / flop_per_day(held, accelerators, spec.training.precision, spec.training.utilisation)
            )
    return tick(spec.internal) - days


def flop_of(spec: TrainingRun, lab: LabState, day: float) -> float | None:
    """FLOP that a run of one lab states, or that follows from its parameters on a day."""
    return stated_flop(spec, lambda when: lab.world.sparsity(lab.spec, when), day)


def become_due(what: tuple[LabState, Run]) -> None:
    """A run of the programme is due: it starts when the lab decides, or waits."""
    lab, run = what
    world = lab.world
    day = world.agenda.day
    run.due_event = world.event(lab.name, "run_due", run.name, run.flop, "FLOP" if run.flop else "", None, ())
    if run.due < 0.0:
        run.backdated = -run.due
    else:
        run.due = run.log.due = day  # later than planned if its clock was paused
    lab.due.append(run)
    lab.due.sort(key=lambda other: (other.due, other.name))
    world.record.runs.append(run.log)
    lab.changed(run.due_event)
