"""Dated values of a lab that move in steps: shares, staff, demand, and the dates of inference tricks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.base.calendar import Recurrence, tick
from sim.base.limits import MOST_OTHER, check_size
from sim.base.series import Series, steps_of
from sim.model.alignment import ALIGNMENT
from sim.model.domain import RESEARCH
from sim.model.intervention import HUMANS
from sim.world.agenda import Order
from sim.world.record import step

if TYPE_CHECKING:
    from sim.world.lab import LabState

MONTHLY = Recurrence(months=1.0)
"""How often a series that grows smoothly moves, where it does not say."""


def follow_all(lab: LabState) -> None:
    """Put every dated value of a lab on a clock of its own, from today on."""
    spec, world = lab.spec, lab.world
    record, today = world.record, world.agenda.day - lab.late
    for use in sorted(spec.use):
        if not spec.use[use].constant:
            _follow(lab, f"use:{use}", "share", spec.use[use], _set_share, (lab, use))
    for domain in sorted(spec.staff):
        people = spec.staff[domain].at(0.0) if lab.entry <= 0.0 else 0.0
        step(record.staff, (lab.name, domain), 0.0, people)
        lab.people[domain] = people
        _follow(lab, f"staff:{domain}", "people", spec.staff[domain], _set_staff, (lab, domain))
    for fleet in lab.fleets:
        demand = fleet.spec.demand_tokens_per_s
        if demand is not None:
            lab.demand[fleet.name] = demand.at(0.0) if lab.entry <= 0.0 else 0.0
            step(record.demand, (lab.name, fleet.name), 0.0, lab.demand[fleet.name])
            if lab.entry <= 0.0 and fleet.name in lab.demand_factors:  # a covert project that begins after a shock
                tell_demand(lab, fleet.name, -1)
            _follow(lab, f"demand:{fleet.name}", "tokens/s", demand, _set_demand, (lab, fleet.name))
        for trick in fleet.spec.inference.tricks or ():
            if trick.since is not None and today < trick.since < world.end:
                clock = world.clock("tricks", Order.SERIES, lab.name)
                clock.at(tick(trick.since), _trick, (lab, f"{fleet.name}:{trick.name}"))


def _follow(lab: LabState, subject: str, unit: str, series: Series, take: Any, what: Any) -> None:
    late = lab.entry > 0.0 and take is not _set_share  # before it begins a lab has nobody, and no demand
    if series.constant and not late:
        return
    world = lab.world
    clock = world.clock(subject, Order.SERIES, lab.name)
    entry_day = lab.entry - lab.late  # of its own calendar: a covert project may begin when all have stood still
    if late and lab.entry == world.agenda.day and take is _set_demand:  # a covert project: its fleets choose at once
        _step((lab, subject, unit, take, what, series.at(entry_day)))
    elif late:  # before its fleets choose what they run: with no demand all models would do the same work
        entry = world.clock(f"entry:{subject}", Order.DELIVERY, lab.name)
        entry.at(entry_day, _step, (lab, subject, unit, take, what, series.at(entry_day)))
    begins = entry_day if late else clock.now
    for day, value in steps_of(series, world.end, world.draw.start, MONTHLY):
        if day > begins:
            clock.at(day, _step, (lab, subject, unit, take, what, value))


def _step(what: tuple[LabState, str, str, Any, Any, float]) -> None:
    lab, subject, unit, take, args, value = what
    check_size(value, MOST_OTHER, "{}: {}", lab.name, subject)
    event = lab.world.event(lab.name, "series_value", subject, value, unit, None, ())
    take(args, value, event)


def _set_share(what: tuple[LabState, str], value: float, event: int) -> None:
    lab, use = what
    lab.declare_share(use, value)
    lab.changed(event)


def _set_staff(what: tuple[LabState, str], value: float, event: int) -> None:
    lab, domain = what
    lab.people[domain] = value
    tell_staff(lab, domain, event)


def people_in(lab: LabState, domain: str) -> float:
    """Who works in a domain today: those stated, times and besides those hired, as far as interventions let them."""
    people = lab.people.get(domain, 0.0)
    if not lab.there:
        return 0.0
    if lab.hires:
        hires = sorted(lab.hires.get(domain, ()))
        for factor, _ in hires:
            people *= factor
        people += sum(more for _, more in hires)
    if domain == RESEARCH and lab.limits is not None:
        people *= lab.limits.share(HUMANS)
    return people


def tell_staff(lab: LabState, domain: str, event: int) -> None:
    """Record who works in a domain from today on."""
    step(lab.world.record.staff, (lab.name, domain), lab.world.agenda.day, people_in(lab, domain))
    if lab.progress is not None:
        lab.progress.touch((event,))
    if lab.trust is not None and domain == ALIGNMENT:
        lab.trust.staff_changed()


def limit_researchers(lab: LabState, event: int) -> None:
    """From today on those who do research may as far as interventions leave it."""
    if (lab.name, RESEARCH) in lab.world.record.staff:
        tell_staff(lab, RESEARCH, event)


def _set_demand(what: tuple[LabState, str], value: float, event: int) -> None:
    lab, fleet = what
    lab.demand[fleet] = value
    tell_demand(lab, fleet, event)


def tell_demand(lab: LabState, fleet: str, event: int) -> None:
    """Record what is asked of a fleet from today on: the stated demand, times the factors of shocks."""
    asked = lab.demand[fleet]
    for factor in sorted(lab.demand_factors.get(fleet, ())):
        asked *= factor
    step(lab.world.record.demand, (lab.name, fleet), lab.world.agenda.day, asked)
    if lab.progress is not None:
        lab.progress.touch((event,))


def _trick(what: tuple[LabState, str]) -> None:
    lab, subject = what
    event = lab.world.event(lab.name, "trick", subject, None, "", None, ())
    if lab.progress is not None:
        lab.progress.touch((event,))
