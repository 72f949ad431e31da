"""Milestones that are about to be reached: random races with such, and earmarks of the second simulator that wait."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from sim.model.draw import Draw
from sim.model.level import Milestone
from tests.second.plan import HOURS, NEVER, Impossible, Job
from tests.second.rule_scenarios import ruled
from tests.second.rules import GROWS, Ruled, Ruler
from tests.world.build import after

END = 45.0


class Awaiter(Ruler):
    """A lab with earmarks that end when a milestone is reached."""

    def happen(self) -> None:
        self.drop()
        super().happen()
        for mark in self.marks:
            if mark.rule.until_milestone:  # so that no start ends it
                mark.until = min(mark.until, NEVER - 1.0)

    def finish(self, job: Job) -> None:
        super().finish(job)
        self.drop()

    def drop(self) -> None:
        over = self.world.stones
        self.promised, self.marks = ([mark for mark in marks if mark.rule.until_milestone not in over]
                                     for marks in (self.promised, self.marks))  # fmt: skip


class Awaited(Ruled):
    lab = Awaiter


@st.composite
def awaited(pick: Any) -> Draw:
    """What milestones look at is by a fifth too little at the start."""
    draw = pick(ruled())
    draw.end = END
    for name, quantity in (("red", "human_equivalents"), ("blue", "public_effective_flop"),
                           ("green", "demand_tokens_per_s")):  # fmt: skip
        draw.milestones[name] = Milestone(name=name, **{quantity: 1e-9})
    for lab in [lab for lab in draw.labs.values() if lab.fleets]:
        for run in [run for run in lab.runs if run.after_training or run.every or run.start_when]:
            rule = run.after_training or after(pick(st.sampled_from(sorted(lab.fleets))))
            run.after_training = replace(rule, until_milestone=pick(st.sampled_from([None, *draw.milestones])))
    number(draw)
    return draw


def number(draw: Draw) -> None:
    end, draw.end = draw.end, 1.0 / HOURS
    try:
        first = Awaited(draw, early=True)
    except Impossible:
        return
    finally:
        draw.end = end
    for spec in [spec for spec in draw.milestones.values() if spec.quantity]:
        values = [base * (lab.efficiency(0.0, GROWS[what]) if what in GROWS else 1.0)
                  for what, lab, base in first.quantities(spec)]  # fmt: skip
        known = sum(values) if spec.together else max(values, default=0.0)
        if known > 0.0:
            setattr(spec, spec.quantity, 1.2 * known)
