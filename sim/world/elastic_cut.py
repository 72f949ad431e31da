"""An elastic run that works for a stated length and is cut: it ends as soon as it has the FLOP that it may have.

How many days that takes depends on its size: they are found anew whenever it is resized, and are never more than it was
meant to work.
"""

from __future__ import annotations

from math import floor, inf
from typing import TYPE_CHECKING

from sim.base.calendar import TICKS_PER_DAY
from sim.world.run import Run

if TYPE_CHECKING:
    from sim.world.lab import LabState


def works_for_days(run: Run) -> bool:
    """Whether it is an elastic run that ends after some days of training, whatever FLOP it then has."""
    return run.spec.elastic and any(phase.timed and phase.trains for phase in run.phases)


def flop_in_all(lab: LabState, run: Run) -> float:
    """Training FLOP that it has when it ends, if its size stays as it is: no more than it may have."""
    most = inf if run.cut_to is None else run.cut_to
    return min(uncut_flop(lab, run), most)


def uncut_flop(lab: LabState, run: Run) -> float:
    """The same, if from now on it was not cut."""
    done, days, flop = _course(lab, run)
    return done + (flop * _days_uncut(run, days) / days if days else 0.0)


def cut(lab: LabState, run: Run, most: float) -> float:
    """Let it have so many FLOP in all; days of training that are left at its present size. It is settled."""
    if run.uncut_days is None:
        run.uncut_days = days_of(run)
    run.cut_to = most
    keep_to_cut(lab, run)
    return _course(lab, run)[1]


def days_of(run: Run) -> float:
    """Days of training of all its phases."""
    return sum(phase.target for phase in run.phases if phase.trains)


def keep_to_cut(lab: LabState, run: Run) -> None:
    """Let it work for as long as it may at its present size. It is settled."""
    if run.cut_to is None:
        return
    done, days, flop = _course(lab, run)
    if not days:
        return
    rest, whole = _days_uncut(run, days), True
    if flop * rest > (run.cut_to - done) * days:
        rest, whole = max(0.0, run.cut_to - done) * days / flop, False
    for n, phase in enumerate(run.phases[run.phase :]):
        if phase.trains:
            so_far = 0.0 if n else run.done
            ticks = (phase.target - so_far) * (rest / days) * TICKS_PER_DAY
            # Rounded down to a tick where it is cut: it would else have more FLOP than it may.
            phase.target = so_far + (round(ticks) if whole else floor(ticks)) / TICKS_PER_DAY


def _course(lab: LabState, run: Run) -> tuple[float, float, float]:
    """(FLOP that it has, days of training that are left as it is cut, FLOP in these at its present size)."""
    since = lab.world.agenda.day - run.anchor
    worked, made = run.done + run.rate * since, run.phase_flop + run.flop_rate * since
    rate = lab.world.effort(run.spec.training).flop_per_day(run.held)
    rate /= run.phases[run.phase].accelerators_share
    days = flop = 0.0
    for n, phase in enumerate(run.phases[run.phase :]):
        if phase.trains:
            rest = phase.target - (0.0 if n else worked)
            days += rest
            flop += rest * rate * phase.accelerators_share
    return run.flop_done + made, days, flop


def _days_uncut(run: Run, days: float) -> float:
    """Days of training that would be left if it was not cut."""
    if run.uncut_days is None:
        return days
    return max(0.0, days + run.uncut_days - days_of(run))
