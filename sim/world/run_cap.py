"""A cap on training runs: how large a run is meant to be, and how it is cut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, Final

from sim.base.calendar import TICKS_PER_DAY
from sim.model.intervention import Intervention
from sim.world import cut_runs, elastic_cut, training
from sim.world.claim import SLACK
from sim.world.run import Holding, Run, plan_phases

if TYPE_CHECKING:
    from sim.world.lab import LabState


ROUNDING: Final = 1e-12
"""Share by which a run whose FLOP follow from its accelerators stays below a cap, lest rounding take it above."""


def _flop_per_day(lab: LabState, run: Run, held: Holding) -> float:
    return lab.world.effort(run.spec.training).flop_per_day(held)


def planned_flop(lab: LabState, run: Run, held: Holding) -> float:
    """Training FLOP of a run that is to start with these accelerators; infinite if it never ends."""
    if run.flop is not None:
        return run.flop
    rate = _flop_per_day(lab, run, held)
    return sum(rate * phase.accelerators_share * phase.target for phase in run.phases if phase.trains)


def flop_in_all(lab: LabState, run: Run) -> float:
    """Training FLOP that a run that has started is meant to have when it ends; 0 if it never does."""
    if run.spec.continuous:
        return 0.0
    if run.flop is not None:
        return run.flop
    if elastic_cut.works_for_days(run):
        return elastic_cut.flop_in_all(lab, run)
    rate = _flop_per_day(lab, run, run.claim or run.held)
    left = [phase for phase in run.phases[run.phase :] if phase.trains]
    return run.flop_done + sum(
        phase.target * (rate * phase.accelerators_share if phase.timed else 1.0) for phase in left
    )


def uncut_flop(lab: LabState, run: Run, planned: float) -> float:
    """Training FLOP that a run that is to have so many was meant to have before it was cut."""
    if run.cut_to is not None:
        return elastic_cut.uncut_flop(lab, run)
    return planned if run.uncut_flop is None else run.uncut_flop


def cut(lab: LabState, run: Run, held: Holding, most: float) -> Holding:
    """Cut a run that is to start to so much FLOP; the accelerators that it then takes.

    It takes fewer of them, for as long as it would have worked. An elastic one, which takes what there is, is shorter.
    """
    planned = planned_flop(lab, run, held)
    if planned <= most * (1.0 + SLACK) or planned == inf:
        return held
    part = most / planned
    if run.flop is None:
        part *= 1.0 - ROUNDING
    else:
        run.flop = most
        run.phases = plan_phases(run.spec, run.length, most)
    if not run.spec.elastic:
        return {kind: count * part for kind, count in held.items()}
    if run.flop is None:
        assert run.length is not None
        # Rounded down to a tick: a run of minutes would else be larger than allowed.
        run.length = max(1.0, math.floor(run.length * part * TICKS_PER_DAY)) / TICKS_PER_DAY
        run.phases = plan_phases(run.spec, run.length, None)
    return held


def cut_in_progress(lab: LabState, run: Run, most: float, wait: bool, by: Sequence[Intervention]) -> bool:
    """Whether a run that has started may go on, what is left of it cut by some to so much FLOP in all."""
    planned = flop_in_all(lab, run)
    run.settle(lab.world.agenda.day)
    whole = run.claim or run.held
    done = run.flop_done + run.phase_flop
    full = _flop_per_day(lab, run, whole)
    if not run.claim:
        full /= run.phases[run.phase].accelerators_share  # an elastic one has what the present phase takes
    left = days = 0.0
    for n, phase in enumerate(run.phases[run.phase :]):
        if phase.trains:
            rest = phase.target - (0.0 if n else run.done)
            rate = full * phase.accelerators_share
            left += rest * rate if phase.timed else rest
            days += rest if phase.timed else rest / rate if rate else inf
    if wait or done >= most or not left:
        return False
    if elastic_cut.works_for_days(run):
        days = elastic_cut.cut(lab, run, most)
        cut_runs.tell(lab, run, by, planned, most, days_left=days)
        if not run.suspended:
            training.schedule_end(lab, run)
        return True
    part = min(1.0, (most - done) / left)
    cut_runs.tell(lab, run, by, done + left, done + left * part, days_left=days * part)
    for n, phase in enumerate(run.phases[run.phase :]):
        if phase.trains:
            so_far = 0.0 if n else run.done
            phase.target = so_far + (phase.target - so_far) * part
    if run.uncut_flop is None:
        run.uncut_flop = planned
    run.flop = None  # what it does is counted from now on, not what was stated
    if not run.suspended:
        training.schedule_end(lab, run)
    return True
