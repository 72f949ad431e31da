"""Hiring: people of a domain multiplied or added at the bound labs, at once or in ten steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.base.calendar import tick
from sim.world import dated
from sim.world.agenda import Order
from sim.world.lever import Lever
from sim.world.record import step

if TYPE_CHECKING:
    from sim.world.intervention import InterventionState
    from sim.world.lab import LabState

STEPS: Final = 10
"""Steps in which people come, where that takes time."""


class Hire(Lever):
    """The people that one intervention brings to each lab that it binds."""

    __slots__ = ("state", "hired")

    def __init__(self, state: InterventionState) -> None:
        self.state = state
        self.hired: dict[tuple[str, str], tuple[float, float]] = {}
        """(lab, domain) -> (factor, people besides) at present."""

    def begin(self) -> None:
        for lab in self.state.labs:
            if lab.there:
                self.entered(lab)

    def entered(self, lab: LabState) -> None:
        world = self.state.world
        over, since = self.state.spec.hire_over or 0.0, max(world.agenda.day, lab.entry)
        for k in range(1, STEPS + 1) if over else (STEPS,):
            day = tick(since + (over * k / STEPS if over else 0.0))
            if day <= world.agenda.day:
                self._come((lab, k))
            elif day < world.end:
                world.agenda.at(day, Order.SERIES, lab.name, self._come, (lab, k))

    def _come(self, what: tuple[LabState, int]) -> None:
        """People who are hired come."""
        lab, k = what
        spec = self.state.spec
        if not self.state.in_force or not lab.there:
            return
        part = spec.holds * k / STEPS
        factors, more = spec.hire or {}, spec.hire_people or {}
        for domain in sorted({*factors, *more}):
            self._set(lab, domain, (1.0 + part * (factors.get(domain, 1.0) - 1.0), part * more.get(domain, 0.0)))

    def _set(self, lab: LabState, domain: str, hired: tuple[float, float]) -> None:
        before = self.hired.get((lab.name, domain), (1.0, 0.0))
        if hired == before:
            return
        world = lab.world
        if (lab.name, domain) not in world.record.staff:
            step(world.record.staff, (lab.name, domain), 0.0, 0.0)
        self.hired[lab.name, domain] = hired
        hires = lab.hires.setdefault(domain, [])
        if before != (1.0, 0.0):
            hires.remove(before)
        if hired != (1.0, 0.0):
            hires.append(hired)
        people = dated.people_in(lab, domain)
        told = world.event(lab.name, "people_hired", domain, people, "people", None, (self.state.event,))
        dated.tell_staff(lab, domain, told)

    def end(self) -> None:
        for lab in self.state.labs:
            for name, domain in sorted(self.hired):
                if name == lab.name:
                    self._set(lab, domain, (1.0, 0.0))
