"""Interventions that break: when, and what then becomes of what they held back."""

from __future__ import annotations

import math
from functools import reduce
from typing import TYPE_CHECKING

from sim.model.intervention import DESTROY, DESTROYED, RESUME, Intervention, OnBreak
from sim.world import deliveries, limited_runs, shocks, training
from sim.world.own_calendar import today
from sim.world.progress import ROUNDING
from sim.world.run import NOTHING, sum_of

if TYPE_CHECKING:
    from sim.world.lab import LabState


class Software:
    """A lab's training efficiency when an intervention started, and how fast it grew then."""

    __slots__ = ("lab", "day", "efficiency", "rate")

    def __init__(self, lab: LabState) -> None:
        law = lab.world.record.training_efficiency[lab.name]
        self.lab = lab
        day = lab.world.agenda.day
        self.day = today(lab)
        self.efficiency = law.at(day)
        self.rate = law.rate_at(day)

    def missed(self) -> float:
        """ln of the growth that there would have been since then at that rate, and was not; standstills left out."""
        day = self.lab.world.agenda.day
        grown = math.log(self.lab.world.record.training_efficiency[self.lab.name].at(day) / self.efficiency)
        return max(0.0, self.rate * (today(self.lab) - self.day) - grown)


def come_out(before: list[Software], rule: OnBreak, event: int) -> None:
    """What was found in secret is there at once."""
    for software in before:
        missed = rule.hidden * software.missed()
        if missed > ROUNDING:
            shocks.jump(software.lab, math.exp(missed), "hidden_progress", event)


def release(lab: LabState, spec: Intervention, event: int) -> None:
    """An intervention breaks: runs that it keeps suspended and deliveries that it alone still holds back are destroyed,
    if they are to be. What others hold is theirs."""
    limits, rule = lab.limits, spec.on_break
    if rule is None or limits is None or spec not in limits.specs:
        return  # it never came to hold anything, as all stood still
    working = [run.held for run in lab.running if not run.suspended and not run.spec.elastic]
    held = reduce(sum_of, working, NOTHING)
    for run in [run for run in lab.due if run.suspended and not run.spec.continuous]:
        if rule.suspended != RESUME and spec in limited_runs.holders(limits, run, held):
            if rule.suspended == DESTROY:
                training.give_up(lab, run, event)
            else:
                training.begin_anew(lab, run)
    if rule.banked == DESTROYED:
        deliveries.let_go(lab, {other.name for other in limits.specs if other is not spec}, event, destroyed=True)
