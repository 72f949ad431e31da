"""Models that labs other than their own come to run: weights that are open, or stolen."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.base.calendar import tick
from sim.model.software import Theft
from sim.world import uptake
from sim.world.agenda import Order
from sim.world.hazard import HazardState
from sim.world.record import ModelRecord

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.world import World


def open_weights(what: tuple[LabState, ModelRecord, int]) -> None:
    """A model's weights are open: every other lab may run it, for itself and for the public."""
    owner, model, cause = what
    world = owner.world
    if model.opened is None:
        model.opened = world.agenda.day  # it was kept secret until now
    causes = (cause,) if cause >= 0 else ()
    event = world.event(owner.name, "model_open", model.name, model.effective_flop, "FLOP", None, causes)
    for lab in world.labs:
        if lab is not owner and lab.there:
            adopt(lab, model, event, public=True)


def adopt_all_open(lab: LabState, event: int) -> None:
    """A lab that begins late finds the models whose weights are open by then, in the order in which they opened."""
    labs = {other.name: other for other in lab.world.labs}
    for _, owner, kind, name, *_ in list(lab.world.record.events):
        if kind == "model_open":
            adopt(lab, labs[owner].models[name], event, public=True)


def adopt(lab: LabState, model: ModelRecord, event: int, *, public: bool) -> None:
    """A lab gets another lab's model from today on, known there as lab/model; its fleets may use it.

    public: also those that serve the public.
    """
    world = lab.world
    name = f"{model.lab}/{model.name}"
    had = lab.models.get(name)
    if had is None:
        mine = replace(model, lab=lab.name, name=name, internal=world.agenda.day, public=None)
        lab.models[name] = world.record.foreign[lab.name, name] = mine
        lab.usable.add(name)
        if lab.trust is not None:
            lab.trust.consider(mine, event)
        uptake.take_up(lab, mine, False, event)
        if world.interventions is not None:
            world.interventions.available(lab, mine, event)
    else:
        mine = had
    if public and mine.public is None:
        mine.public = world.agenda.day
        uptake.take_up(lab, mine, True, event)


def set_up_thefts(world: World) -> None:
    """Put every theft of the draw on a clock, or make it a hazard."""
    for name in sorted(world.draw.thefts or {}):
        theft = world.draw.thefts[name]
        what = (world, theft)
        if theft.on is not None:
            day = tick(theft.on)
            if 0.0 <= day < world.end:
                world.clock("thefts", Order.RELEASE, theft.thief).at(day, _steal, what)
        elif theft.rate is not None:
            hazard = HazardState(world, f"theft/{name}", theft.thief, theft.rate, partial(_stolen, what))
            world.thefts.append((theft, hazard))


def _stolen(what: tuple[World, Theft], number: int) -> None:
    _steal(what)


def _steal(what: tuple[World, Theft]) -> None:
    world, theft = what
    labs = {lab.name: lab for lab in world.labs}
    thief, victim = labs[theft.thief], labs[theft.victim]
    day = world.agenda.day
    for lab in (thief, victim):
        if not lab.there:
            reason = f"{lab.name} is {'not there yet' if day < lab.entry else 'no more'}"
            world.event(thief.name, "theft_failed", theft.name, None, "", {"reason": reason}, ())
            return
    if theft.what == "software":
        theirs = world.record.training_efficiency[victim.name].at(day)
        assert thief.progress is not None
        theirs = min(theirs, thief.progress.limit)
        mine = world.record.training_efficiency[thief.name].at(day)
        details: dict[str, Any] = {"from": victim.name, "jump_x": max(1.0, theirs / mine)}
        causes = (victim.progress.event,) if victim.progress is not None and victim.progress.event >= 0 else ()
        unit = "effective per physical FLOP"
        event = world.event(thief.name, "software_stolen", theft.name, theirs, unit, details, causes)
        if theirs > mine:
            thief.progress.raise_to(theirs, event)
        return
    usable = [model for name, model in sorted(victim.models.items()) if name in victim.usable and "/" not in name]
    best = max(usable, key=lambda model: model.effective_flop, default=None)
    if best is None:
        world.event(thief.name, "theft_failed", theft.name, None, "", {"reason": f"{victim.name} has no model"}, ())
        return
    details = {"from": victim.name, "model": best.name}
    causes = (best.event,) if best.event >= 0 else ()
    event = world.event(thief.name, "model_stolen", theft.name, best.effective_flop, "FLOP", details, causes)
    adopt(thief, best, event, public=False)
