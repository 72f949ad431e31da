"""Runs whose length follows the progress of software: when it is found, and from what.

Such a run that is due is sized when all else of the instant is over: labs have shared out what came, models and limits
of that instant included, and software has been predicted with that. Until then it, and what is due behind it, is no
matter for the policy. So its length is what it would be if it started an instant after everything else, and that it
takes accelerators from research itself does not count. One that waits from an earlier day, and would take the same
accelerators at any length, is sized only once the policy would start it: else all would be decided twice on each day on
which it waits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.base.units import DAYS_PER_YEAR
from sim.model.programme import SHORTER
from sim.model.training_run import TrainingRun
from sim.world.claim import by_date
from sim.world.run import Holding, Run

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.world import World


def follows_progress(run: Run) -> bool:
    """Whether its length follows how fast software progresses when it starts."""
    rule = run.spec.length_rule
    return rule is not None and rule.rule == SHORTER and run.spec.length_days is not None


def length_of(spec: TrainingRun, lab: LabState, day: float) -> float | None:
    """Length of a run that starts on `day`: as stated, or by its rule from how fast software progresses then.

    `shorter with progress`: length · (reference growth / growth)^exponent, both growths as logarithms; never longer
    than stated, nor shorter than the floor (or than stated, if that is less).
    """
    rule, stated = spec.length_rule, spec.length_days
    if rule is None or rule.rule != SHORTER or stated is None:
        return stated
    law = lab.world.record.training_efficiency[lab.name]
    at_reference = law.rate_at(0.0)
    if rule.reference_growth is not None:
        at_reference = math.log(rule.reference_growth) / DAYS_PER_YEAR
    now = law.rate_at(day)
    if now <= at_reference or at_reference <= 0.0:
        return stated
    exponent = 1.0 if rule.exponent is None else rule.exponent
    shorter: float = stated * (at_reference / now) ** exponent
    return max(shorter, min(stated, rule.floor_days or 0.0))


def hold_back(lab: LabState) -> None:
    """Let the policy see no run that has yet to be sized today, nor what is due behind it."""
    lab.view.due = lab.due
    lab.unsized = [run for run in lab.unsized if run.started is None and run in lab.due]
    today = _to_size(lab)
    if not today:
        return
    if lab.progress is None or not lab.progress.started:  # the rate is as stated, whatever is decided
        _size(lab, today)
        return
    _hide(lab, [run for run in today if not _waits_as_it_is(lab, run)])


def hold_start(lab: LabState, starts: Sequence[tuple[Run, Holding]]) -> bool:
    """Whether one that the policy would start has yet to be sized today: then it has to decide without it."""
    started = {run.name for run, _ in starts}
    today = [run for run in _to_size(lab) if run.name in started]
    _hide(lab, today)
    return bool(today)


def _hide(lab: LabState, runs: list[Run]) -> None:
    if not runs:
        return
    first = min(map(by_date, runs))
    lab.view.due = [run for run in lab.due if by_date(run) < first]
    lab.world.to_size.setdefault(lab, []).extend(lab.causes)


def _waits_as_it_is(lab: LabState, run: Run) -> bool:
    """Whether it has a length of an earlier day, which has nothing to do with whether it can start today."""
    capped = lab.limits is not None and lab.limits.caps_runs
    return run.sized_on is not None and not run.needs_length() and not capped


def size_all(world: World) -> None:
    """An instant is over but for runs that have yet to be sized: they get their lengths, and the labs decide again."""
    to_size, world.to_size = world.to_size, {}
    for lab, causes in to_size.items():
        runs = _to_size(lab)
        _size(lab, runs)
        for cause in dict.fromkeys(causes or [run.due_event for run in runs]):
            lab.changed(cause)
    world.agenda.another_round()


def _to_size(lab: LabState) -> list[Run]:
    """Runs that are due and have no length of today."""
    return [run for run in lab.unsized if run.sized_on != lab.world.agenda.day]


def _size(lab: LabState, runs: list[Run]) -> None:
    day = lab.world.agenda.day
    for run in runs:
        run.sized_on = day
        run.take_length(length_of(run.spec, lab, day))
