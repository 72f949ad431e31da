"""Interventions in the kernel: when they start and end, whom they bind, and what the labs are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.base.calendar import tick
from sim.model.intervention import (
    AI_USE,
    ALL,
    EXPERIMENTS,
    HUMANS,
    LEADER,
    SOFTWARE,
    STOPPABLE,
    Breaks,
    Intervention,
    Trigger,
    trigger_of,
)
from sim.world import capability_cap, deal
from sim.world.agenda import Order
from sim.world.cap_growth import strongest_known
from sim.world.chance import RandomBreak
from sim.world.lever import Lever
from sim.world.limits import Limits
from sim.world.secret import known_day
from sim.world.spend_lead import SpendLead, is_spent
from sim.world.standstill import OWN, Standstill, go_on, stand_still

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.world import World


class InterventionState:
    """One intervention: waiting, in force, or over."""

    __slots__ = ("world", "spec", "labs", "event", "index", "in_force", "over", "start", "end", "stands",
                 "breaking", "broken", "software", "levers", "strongest")  # fmt: skip

    def __init__(self, world: World, spec: Intervention) -> None:
        self.world = world
        self.spec = spec
        self.labs: list[LabState] = []
        self.event = -1
        self.index = -1
        self.in_force = self.over = False
        self.start: Trigger | None = None
        self.end: Trigger | None = None
        """What it waits for at present, to start or to end."""
        self.breaking: Trigger | None = None
        """What would break it."""
        self.broken = False
        self.software: list[deal.Software] = []
        self.stands: list[Standstill] = []
        self.strongest = 0.0
        """Effective FLOP of the strongest model known when it started, where its cap grows from there."""
        self.levers: list[Lever] = []
        """What it does besides limiting, while it is in force."""
        if isinstance(spec.starts, str):
            self.start = trigger_of(spec.starts)
            self.event = world.event("", "intervention_waits", spec.name, None, "", {"for": spec.starts}, ())
            if self._has_happened(spec.starts):  # by what the labs have at the start
                self.start = None
                self._put(0.0, Order.INTERVENTION_START, self._begin, (self.event,))
        else:
            self._put(tick(spec.starts or 0.0), Order.INTERVENTION_START, self._begin, ())

    @property
    def since(self) -> float:
        """The day on which it started."""
        return self.world.record.interventions[self.index][1]

    def _put(self, day: float, order: int, happen: Any, causes: tuple[int, ...]) -> None:
        if day < self.world.end:
            self.world.agenda.put(day, order, "", happen, causes, OWN)

    def hear(self, trigger: Trigger, event: int) -> None:
        """Something that may start or end it has happened today."""
        day = self.world.agenda.day
        secret = trigger.lab in self.world.secret
        if self.start is not None and _meets(trigger, self.start, secret):
            self.start = None
            self._put(day, Order.INTERVENTION_START, self._begin, (event, self.event))
        elif self.end is not None and _meets(trigger, self.end, secret):
            self.end = None
            self._put(day, Order.INTERVENTION_END, self._finish, (event,))
        elif self.breaking is not None and _meets(trigger, self.breaking, secret):
            self.breaking = None
            self._put(day, Order.INTERVENTION_END, self._break, (event,))

    def _begin(self, causes: tuple[int, ...]) -> None:
        """It starts; at the very start of a scenario, when the labs have made their first decisions."""
        if self.world.agenda.day > 0.0:
            self._start(causes)
        else:
            self.world.at_rest.append(lambda: self._start_at_once(causes))

    def _start_at_once(self, causes: tuple[int, ...]) -> None:
        """It starts when all else of the instant is over: the labs decide again."""
        self._start(causes)
        self.world.agenda.another_round()

    def _start(self, causes: tuple[int, ...]) -> None:
        world, spec = self.world, self.spec
        day = world.agenda.day
        self.labs = bound(world, spec)
        names = [lab.name for lab in self.labs]
        details: dict[str, Any] = {"binds": names}
        if spec.stops:
            details["stops"] = list(spec.stops)
        shares = {what: spec.share(what) for what in STOPPABLE if spec.share(what) < 1.0}
        if shares and not spec.stops_everything:
            details["continues"] = shares
        self.event = world.event("", "intervention_start", spec.name, None, "", details, causes)
        self.index = len(world.record.interventions)
        world.record.interventions.append((spec.name, day, None, names))
        if not names:
            world.warn("", spec.name, "binds nobody: no lab that it names takes part then")
        if spec.lasts is not None:
            self._put(tick(day + spec.lasts), Order.INTERVENTION_END, self._finish, (self.event,))
        elif self._has_happened(spec.ends):
            self._put(day, Order.INTERVENTION_END, self._finish, (self.event,))
        elif isinstance(spec.ends, str):
            self.end = trigger_of(spec.ends)
        elif spec.ends is not None:
            self._put(tick(spec.ends), Order.INTERVENTION_END, self._finish, (self.event,))
        if spec.lasts == 0.0 or spec.holds == 0.0 or self._is_over_as_it_starts():
            return  # it never happens, or nobody keeps to it
        self.in_force = True
        goes_on = [lab.name for lab in self.labs if _software_goes_on(lab, spec)]
        if goes_on:
            why = "follows a stated rate and goes on: state `software` in `stops` or `continues` if it should not"
            world.warn("", spec.name, f"software of {', '.join(goes_on)} {why}")
        if spec.cap_growth is not None:
            self.strongest = strongest_known(world)
            if not self.strongest:
                world.warn("", spec.name, "its cap that grows lets no run start: nobody has a model when it starts")
        if spec.cap_run_flop is not None or capability_cap.is_stated(spec):
            for lab in self.labs:
                if any(run.continuous for run in lab.spec.runs):
                    world.warn(lab.name, spec.name, "its cap on runs does not hold for continuous training")
        if spec.breaks is not None:
            self._may_break(spec.breaks)
        if spec.stops_everything:
            world.at_rest.append(self._stand_still)
        assert world.interventions is not None
        world.interventions.begin(self)

    def _has_happened(self, what: float | str | None) -> bool:
        """Whether a date has come, or a level or milestone is reached."""
        if what is None or not isinstance(what, str):
            return what is not None and tick(what) <= self.world.agenda.day
        trigger, record = trigger_of(what), self.world.record
        assert trigger is not None
        if trigger.intervention is not None:
            states = self.world.interventions  # none are there yet at the very start, when none is over
            return states is not None and trigger in states.over
        if trigger.level is None:
            return trigger.milestone in record.milestones
        if trigger.lab is None:
            return known_day(self.world, trigger.level) is not None
        return (trigger.level, trigger.lab) in record.levels

    def _is_over_as_it_starts(self) -> bool:
        """Whether what would end or break it is already past, so that it never comes into force."""
        world, spec = self.world, self.spec
        if spec.lasts is None and self._has_happened(spec.ends):
            world.warn("", spec.name, "the intervention does nothing: what ends it is past when it starts")
        elif spec.breaks is not None and self._has_happened(spec.breaks.when):
            world.warn("", spec.name, "the intervention does nothing: what breaks it is past when it starts")
            self._put(world.agenda.day, Order.INTERVENTION_END, self._break, ())
        elif spec.spend_lead is not None and is_spent(self):
            SpendLead(self).begin()
        else:
            return False
        return True

    def _may_break(self, breaks: Breaks) -> None:
        if breaks.rate:
            RandomBreak(self, breaks.rate, self._break)
        if isinstance(breaks.when, str):
            self.breaking = trigger_of(breaks.when)
        elif breaks.when is not None:
            self._put(tick(breaks.when), Order.INTERVENTION_END, self._break, ())
        if self.spec.on_break is not None and self.spec.on_break.hidden:
            self.software = [deal.Software(lab) for lab in self.labs]

    def end_on(self, day: float) -> None:
        """Let it end on a day, if it has not before."""
        self._put(day, Order.INTERVENTION_END, self._finish, (self.event,))

    def end_now(self, causes: tuple[int, ...]) -> None:
        """Let it end today, when the instant's other ends have their turn."""
        self._put(self.world.agenda.day, Order.INTERVENTION_END, self._finish, causes)

    def break_now(self, causes: tuple[int, ...]) -> None:
        """Let it break today."""
        self._put(self.world.agenda.day, Order.INTERVENTION_END, self._break, causes)

    def _break(self, causes: tuple[int, ...]) -> None:
        """It breaks, if it is not over."""
        if not self.over:
            self.broken = True
            told = dict.fromkeys((*causes, self.event))
            event = self.world.event("", "intervention_breaks", self.spec.name, None, "", None, tuple(told))
            self._finish((event,))

    def tell(self, lab: LabState, kind: str) -> int:
        """Tell a bound lab; the event."""
        return self.world.event(lab.name, kind, self.spec.name, None, "", None, (self.event,))

    def limit_anew(self, event: int) -> None:
        """What it asks for has changed: let its labs be limited by it from today on."""
        for lab in self.labs:
            limit(self.world, lab, event)

    def _stand_still(self) -> None:
        """When the instant is over: everything stops at the bound labs, where it has not already."""
        if not self.in_force:
            return
        stand_still(self.world, [lab for lab in self.labs if lab.standstill is None])
        self.stands = [lab.standstill for lab in self.labs if lab.standstill is not None]
        for stand in self.stands:
            stand.holders += 1

    def _finish(self, causes: tuple[int, ...]) -> None:
        """It ends."""
        world, spec = self.world, self.spec
        if self.over:
            return
        assert world.interventions is not None
        self.over = True
        self.end = self.breaking = None
        name, since, _, names = world.record.interventions[self.index]
        world.record.interventions[self.index] = (name, since, world.agenda.day, names)
        days = world.agenda.day - since
        told = dict.fromkeys((*causes, self.event))
        self.event = world.event("", "intervention_end", spec.name, days, "days", None, tuple(told))
        if self.in_force:
            self.in_force = False
            for stand in self.stands:
                stand.holders -= 1
            go_on(world, [lab for lab in self.labs if lab.standstill is not None and not lab.standstill.holders])
            world.interventions.end(self)
        else:
            world.interventions.ended(self)


def _meets(what: Trigger, wanted: Trigger, secret: bool) -> bool:
    """Whether what has happened is what is waited for; of a lab that works in secret only if it is named."""
    if wanted.level is None:
        return what == wanted
    return what.level == wanted.level and (wanted.lab == what.lab or (wanted.lab is None and not secret))


def limit(world: World, lab: LabState, event: int) -> None:
    """Let what interventions allow a lab be what those in force say; where everything stands still, afterwards."""
    assert world.interventions is not None
    if lab.standstill is not None:
        return  # it is called again when all goes on
    binding = world.interventions.binding(lab)
    if lab.limits is None and binding:
        lab.limits = Limits(lab)
    if lab.limits is not None:
        lab.limits.set(binding, event)
        if not binding:
            lab.limits = None


def _software_goes_on(lab: LabState, spec: Intervention) -> bool:
    """Whether an intervention limits what a lab's research consists of, and not its software, which is not driven."""
    law = lab.world.record.training_efficiency[lab.name]
    if lab.progress is not None or not any(piece.rate for piece in law.pieces) or spec.stops_everything:
        return False
    return spec.share(SOFTWARE) == 1.0 and any(spec.share(what) < 1.0 for what in (EXPERIMENTS, AI_USE, HUMANS))


def own_best(lab: LabState) -> float:
    """Effective FLOP of the strongest model in use at a lab that is its own: not stolen, or by open weights."""
    return max((lab.models[name].effective_flop for name in lab.usable if "/" not in name), default=0.0)


def bound(world: World, spec: Intervention) -> list[LabState]:
    """The labs that an intervention binds if it starts today; one that works in secret only if it is named."""
    known = [lab for lab in world.labs if lab.name not in world.secret]
    if ALL in spec.binds:
        return known
    names = set(spec.binds)
    if LEADER in names:
        best = {lab.name: own_best(lab) for lab in known}
        names |= set([name for name in sorted(best, key=lambda name: (-best[name], name)) if best[name]][:1])
    return [lab for lab in world.labs if lab.name in names or (lab.spec.bloc in names and lab in known)]
