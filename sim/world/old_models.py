"""AI research with older models only: which a fleet may run, and when the next is old enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.model.domain import RESEARCH
from sim.model.intervention import Intervention
from sim.world import deployment, uptake
from sim.world.agenda import Order
from sim.world.fleet import FleetState
from sim.world.own_calendar import own_day_of, today
from sim.world.record import ModelRecord

if TYPE_CHECKING:
    from sim.world.lab import LabState


def limit(lab: LabState, specs: list[Intervention], event: int) -> None:
    """From today on fleets in AI research run only models as old as these interventions ask for."""
    age = max((spec.holds * (spec.research_models_older_than or 0.0) for spec in specs), default=0.0)
    if age == lab.model_age:
        return
    lab.model_age = age
    for name in sorted(lab.usable):
        if not old_enough(lab, lab.models[name]):
            wait_for(lab, lab.models[name], event)
    look(lab, event)


def wait_for(lab: LabState, model: ModelRecord, event: int) -> None:
    """Look again on the day on which a model is old enough."""
    lab.world.agenda.put(_ready_on(lab, model) + lab.late, Order.RELEASE, lab.name, _ready, (lab, lab.model_age, event))


def _ready(what: tuple[LabState, float, int]) -> None:
    """A model is old enough for AI research."""
    lab, age, event = what
    if lab.model_age == age:
        look(lab, event)


def look(lab: LabState, event: int) -> None:
    """Let each fleet in AI research run the best model that it may, and earmarks begin that waited for its age."""
    for fleet in lab.fleets:
        if fleet.spec.domain != RESEARCH:
            continue
        models = [model for model in _usable(lab, fleet) if old_enough(lab, model)]
        if (fleet.name in lab.barred) != (not models and bool(lab.model_age)):
            lab.barred ^= {fleet.name}
            lab.changed(event)
        if fleet.counts_work:
            fleet.usable = models
            uptake.choose(lab, fleet, (event,))
        elif models:
            domain = fleet.spec.domain
            best = max(models, key=lambda model: (model.capability(domain), model.internal))
            if best is not fleet.best:
                uptake.run_model(lab, fleet, best, {"reason": _why(lab)}, (event,))
                lab.changed(event)
        for mark in [mark for mark in lab.earmarks if mark.fleet is fleet and not mark.active]:
            if any(model is mark.model for model in models):
                deployment.begin(lab, mark, event)


def old_enough(lab: LabState, model: ModelRecord) -> bool:
    """Whether AI research may use a model today."""
    return _ready_on(lab, model) <= today(lab)


def _ready_on(lab: LabState, model: ModelRecord) -> float:
    """The day, of the lab's own calendar, on which a model is old enough: days on which it stood still do not count."""
    return tick(own_day_of(lab, model.internal) + lab.model_age)


def _why(lab: LabState) -> str:
    return f"the best that is {lab.model_age:.4g} days old" if lab.model_age else "every model may be used again"


def _usable(lab: LabState, fleet: FleetState) -> list[ModelRecord]:
    """Models that a fleet could use if their age did not matter, as they came."""
    day = lab.world.agenda.day
    models = sorted((lab.models[name] for name in lab.usable), key=lambda model: (model.internal, model.name))
    return [model for model in models if not fleet.public or (model.public is not None and model.public <= day)]
