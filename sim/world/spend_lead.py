"""A lab that leads and spends its lead: what it stops goes on when the others have caught up, or after that time.

The lead is in effective FLOP, by the dates on which labs have their models: so many days before it stopped the leader
was as strong as the strongest model that any other lab has today.
"""

from __future__ import annotations

from math import inf, log
from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.model.intervention import ITS_LENGTH
from sim.world.lever import Lever
from sim.world.own_calendar import own_day
from sim.world.record import ModelRecord

if TYPE_CHECKING:
    from sim.world.intervention import InterventionState
    from sim.world.lab import LabState


class SpendLead(Lever):
    """Ends its intervention when the lead of the lab that it binds is spent."""

    __slots__ = ("state", "since", "lead")

    def __init__(self, state: InterventionState) -> None:
        self.state = state
        self.since = 0.0
        self.lead = inf

    def begin(self) -> None:
        state = self.state
        world, spec = state.world, state.spec
        self.since = world.agenda.day
        if len(state.labs) != 1:
            world.warn("", spec.name, "no one lab has a lead to spend: it binds " + (
                ", ".join(lab.name for lab in state.labs) or "nobody"))  # fmt: skip
            return
        self._look((state.event,))
        left = spec.lead_left or 0.0
        if spec.spend_lead == ITS_LENGTH and left < self.lead < inf:
            state.end_on(tick(self.since + self.lead - left))

    def available(self, lab: LabState, model: ModelRecord, event: int) -> None:
        state = self.state
        if len(state.labs) == 1 and lab is not state.labs[0] and state.spec.spend_lead != ITS_LENGTH:
            self._look((event, state.event))

    def _look(self, causes: tuple[int, ...]) -> None:
        """Measure the lead; tell of it if it has changed, and end if it is spent."""
        state = self.state
        leader = state.labs[0]
        lead = lead_of(leader, self.since)
        if lead == self.lead:
            return
        self.lead = lead
        event = state.world.event(leader.name, "lead_left", state.spec.name, lead, "days", None, causes)
        if lead <= (state.spec.lead_left or 0.0):
            state.end_now((event,))


def is_spent(state: InterventionState) -> bool:
    """Whether no more of the lead is left today than is to be kept, before the intervention has stopped anything."""
    if len(state.labs) != 1:
        return False
    return lead_of(state.labs[0], state.world.agenda.day) <= (state.spec.lead_left or 0.0)


def lead_of(leader: LabState, stopped: float) -> float:
    """Days by which a lab that stopped on a day was ahead of what any other has today; infinite if none has a model.

    It is 0 when another has a model as strong as its best. Between two of its best models it counts as having grown by
    the same factor each day. Days on which the whole world stood still do not count.
    """
    stands = leader.world.stands
    rivals = [lab for lab in leader.world.labs if lab is not leader and lab.name not in leader.world.secret]
    best = max((lab.models[name].effective_flop for lab in rivals for name in lab.usable), default=0.0)
    if not best:
        return inf
    day = strength = 0.0
    for model in sorted((leader.models[name] for name in leader.usable), key=lambda model: model.internal):
        now = model.effective_flop
        if now > best:
            part = log(best / strength) / log(now / strength) if strength else 1.0
            return max(0.0, own_day(stands, stopped) - (day + part * (own_day(stands, model.internal) - day)))
        if now > strength:
            day, strength = own_day(stands, model.internal), now
    return 0.0
