"""Models come into use: which fleets take them up, at once, by a ramp or beside the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.base.calendar import tick
from sim.model.domain import RESEARCH
from sim.world import choice, deployment, old_models
from sim.world.agenda import Order
from sim.world.clock import Clock
from sim.world.fleet import RAMP_STEPS, FleetState
from sim.world.record import ModelRecord

if TYPE_CHECKING:
    from sim.world.lab import LabState


def take_up(lab: LabState, model: ModelRecord, public: bool, event: int) -> None:
    """Fleets of that kind take up a model if it is the best that they may use; earmarks for it begin."""
    fleets = lab.public_fleets if public else lab.internal_fleets
    if lab.trust is not None and model.name not in lab.trust.trusted:
        fleets = [fleet for fleet in fleets if not fleet.gated]
    _offer(lab, fleets, model, event)


def take_up_trusted(lab: LabState, model: ModelRecord, event: int) -> None:
    """A model that the lab has is trusted from today: the fleets that wait for that may use it."""
    public = any(other is model for other in lab.world.public_models)
    if "/" in model.name:  # another lab's: public here as soon as it has that date
        public = model.public is not None
    _offer(lab, [fleet for fleet in lab.fleets if fleet.gated and (public or not fleet.public)], model, event)


def _offer(lab: LabState, fleets: list[FleetState], model: ModelRecord, event: int) -> None:
    """Fleets may use a model from now on: they run it if that is their best; their earmarks for the model begin."""
    young = [fleet for fleet in fleets if fleet.domain == RESEARCH] if lab.model_age else []
    for fleet in fleets:
        if fleet in young:
            old_models.wait_for(lab, model, event)
            continue
        if fleet.counts_work:
            fleet.usable.append(model)
            choose(lab, fleet, (event,))
        elif choice.as_strong(fleet, model):
            run_model(lab, fleet, model, None, (event,))
    for mark in lab.earmarks:
        if not mark.active and mark.model is model and mark.fleet in fleets and mark.fleet not in young:
            deployment.begin(lab, mark, event)
    lab.changed(event)


def run_model(
    lab: LabState, fleet: FleetState, model: ModelRecord, why: dict[str, Any] | None, causes: tuple[int, ...]
) -> None:
    """A fleet goes over to a model, in the way that it declares. why: what the event says besides."""
    old = fleet.best
    fleet.replaced_by(model)
    lab.uses = []
    if old is None:
        lab.view.weigh()
    details: dict[str, Any] | None = None
    if old is not None and lab.world.details:
        details = {"replaces": old.name, "how": fleet.replace}
    if why is not None:
        details = {**(details or {}), **why}
    told = lab.world.event(lab.name, "fleet_model", f"{fleet.name}:{model.name}", None, "", details, causes)
    if old is not None and fleet.replace == "ramp":
        _ramp(lab, fleet, told)
    if not causes:
        lab.changed(told)


def plan_choices(lab: LabState) -> None:
    """Fleets that go by work look again every month: efficiency, demand and accelerators move what is best."""
    for fleet in lab.fleets:
        if fleet.counts_work:
            k, start, today = 1, lab.world.draw.start, lab.world.agenda.day - lab.late
            while choice.EVERY.occurrence(k, 0.0, start) <= today:
                k += 1
            _plan_choice(lab.world.clock("choices", Order.SERIES, lab.name), lab, fleet, k)


def _plan_choice(clock: Clock, lab: LabState, fleet: FleetState, k: int) -> None:
    day = choice.EVERY.occurrence(k, 0.0, lab.world.draw.start)
    if day < lab.world.end:
        clock.at(day, _choice_due, (clock, lab, fleet, k))


def _choice_due(what: tuple[Clock, LabState, FleetState, int]) -> None:
    clock, lab, fleet, k = what
    choose(lab, fleet, ())
    _plan_choice(clock, lab, fleet, k + 1)


def choose(lab: LabState, fleet: FleetState, causes: tuple[int, ...]) -> None:
    """A fleet that goes by work takes the model with the most of it, if that is another than it has."""
    found = choice.most_work(lab, fleet) if fleet.usable else None
    if found is not None:
        run_model(lab, fleet, *found, causes)


def _ramp(lab: LabState, fleet: FleetState, event: int) -> None:
    days = fleet.spec.ramp_days or 0.0
    clock = lab.ramps
    now = clock.now
    for k in range(RAMP_STEPS):
        what = (lab, fleet, fleet.ramp_version, (k + 1) / RAMP_STEPS, event)
        clock.at(tick(now + days * (k + 0.5) / RAMP_STEPS), _ramp_step, what)


def _ramp_step(what: tuple[LabState, FleetState, int, float, int]) -> None:
    lab, fleet, version, weight, cause = what
    if version != fleet.ramp_version:
        return
    fleet.ramp_to(weight)
    lab.uses = []
    assert fleet.best is not None
    lab.changed(
        lab.world.event(lab.name, "ramp_step", f"{fleet.name}:{fleet.best.name}", weight, "share", None, (cause,))
    )
