"""Dated values of a lab that move in steps: shares, staff, demand, and the dates of inference tricks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.base.calendar import Recurrence, tick
from sim.base.series import Series, steps_of
from sim.world.agenda import Order
from sim.world.record import step

if TYPE_CHECKING:
    from sim.world.lab import LabState

MONTHLY = Recurrence(months=1.0)
"""How often a series that grows smoothly moves, where it does not say."""

UNITS = {"use": "share", "staff": "people", "demand": "tokens/s"}


def follow_all(lab: LabState) -> None:
    """Put every dated value of a lab on a clock of its own."""
    spec, world = lab.spec, lab.world
    record = world.record
    for use in sorted(spec.use):
        _follow(lab, f"use:{use}", spec.use[use], _set_share, (lab, use))
    for domain in sorted(spec.staff):
        step(record.staff, (lab.name, domain), 0.0, spec.staff[domain].at(0.0))
        _follow(lab, f"staff:{domain}", spec.staff[domain], _set_primitive, (lab, record.staff, domain))
    for fleet in lab.fleets:
        demand = fleet.spec.demand_tokens_per_s
        if demand is not None:
            step(record.demand, (lab.name, fleet.name), 0.0, demand.at(0.0))
            _follow(lab, f"demand:{fleet.name}", demand, _set_primitive, (lab, record.demand, fleet.name))
        for trick in fleet.spec.inference.tricks or ():
            if trick.since is not None and 0.0 < trick.since < world.end:
                clock = world.clock("tricks", Order.SERIES, lab.name)
                clock.at(tick(trick.since), _trick, (lab, f"{fleet.name}:{trick.name}"))


def _follow(lab: LabState, subject: str, series: Series, take: Any, what: Any) -> None:
    if series.constant:
        return
    world = lab.world
    clock = world.clock(subject, Order.SERIES, lab.name)
    for day, value in steps_of(series, world.end, world.draw.start, MONTHLY):
        clock.at(day, _step, (lab, subject, take, what, value))


def _step(what: tuple[LabState, str, Any, Any, float]) -> None:
    lab, subject, take, args, value = what
    event = lab.world.event(lab.name, "series_value", subject, value, UNITS[subject.split(":")[0]], None, ())
    take(args, value, event)


def _set_share(what: tuple[LabState, str], value: float, event: int) -> None:
    lab, use = what
    lab.shares[use] = value
    lab.weigh()
    lab.changed(event)


def _set_primitive(what: tuple[LabState, Any, str], value: float, event: int) -> None:
    lab, steps, name = what
    step(steps, (lab.name, name), lab.world.agenda.day, value)


def _trick(what: tuple[LabState, str]) -> None:
    lab, subject = what
    lab.world.event(lab.name, "trick", subject, None, "", None, ())
