"""The world before its first event: laws, clusters, dated values, models, programmes and hazards."""

from __future__ import annotations

from sim.base.calendar import tick
from sim.model.level import Hazard
from sim.model.software import RELATIVE
from sim.world import dated, deliveries, diffusion, programme, release, shocks, trust, uptake, weights
from sim.world.agenda import Order
from sim.world.chance import set_up_branch
from sim.world.efficiency import check_growth, inference_law, training_law
from sim.world.hazard import HazardState
from sim.world.interventions import set_up_interventions
from sim.world.lab import LabState
from sim.world.progress import Progress
from sim.world.supply import Batch, batches, world_stock
from sim.world.watch import watch_milestones
from sim.world.world import World


def set_up(world: World) -> None:
    """Put on the agenda everything that the draw dates, and the first decision of each lab."""
    draw = world.draw
    set_up_branch(world)
    world_batches: list[Batch] = []
    if draw.world is not None:
        for supply in draw.world.compute:
            world_batches.extend(batches(supply, world.end, draw.start))
        deliveries.keep_world(world, world_batches)
    shared = world_stock(world_batches)
    weights.set_up_thefts(world)
    on_hand: list[release.OnHand] = []
    for lab in world.labs:
        _software(world, lab)
    if draw.diffusion:
        diffusion.set_up(world)
    for lab in world.labs:
        if lab.progress is not None and lab.progress.looks_ahead:
            world.agenda.watched[lab.name] = lab.progress.known
    trust.follow_elsewhere(world)
    for lab in world.labs:
        if lab.spec.covert:
            trust.set_up(lab)
            continue  # it begins when a deal lets it (sim/world/covert.py)
        if lab.entry > 0.0:
            world.clock("entry", Order.DELIVERY, lab.name).at(lab.entry, _enter, lab)
        deliveries.set_up_cluster(lab, shared)
        dated.follow_all(lab)
        trust.set_up(lab)
        uptake.plan_choices(lab)
        for existing in sorted(lab.spec.models, key=lambda model: (model.internal, model.name)):
            on_hand += release.add_existing(lab, existing)
        for spec in sorted(lab.spec.runs, key=lambda run: run.name or ""):
            programme.plan(lab, spec)
        lab.changed(-1)
        lab.causes.clear()
    for _, _, _, happen, what in sorted(on_hand, key=lambda item: item[:3]):
        world.agenda.at(0.0, Order.RELEASE, "", happen, what)
    world.agenda.another_round()
    for name in sorted(draw.hazards):
        _hazard(world, draw.hazards[name])
    for name in sorted(draw.shocks or {}):
        shocks.plan(world, draw.shocks[name])
    set_up_interventions(world)
    if world.frontier.watched:
        watch_milestones(world.watching(), world.frontier.watched, world.frontier.reach)


def _hazard(world: World, spec: Hazard) -> None:
    lab = spec.lab or ""

    def happen(number: int) -> None:
        world.event(lab, "hazard", spec.name, float(number), "events", None, ())

    HazardState(world, f"hazard/{spec.name}", lab, spec.rate, happen)


def _enter(lab: LabState) -> None:
    lab.changed(lab.world.event(lab.name, "lab_enters", lab.name, None, "", None, ()))


def _software(world: World, lab: LabState) -> None:
    law = lab.spec.software
    trained = training_law(law, world.draw.base_date)
    inference = inference_law(law, trained, world.draw.base_date)
    if lab.spec.covert:  # nothing grows where nobody is yet
        trained, inference = trained.held(0.0), inference.held(0.0)
    world.record.training_efficiency[lab.name] = trained
    world.record.inference_efficiency[lab.name] = inference
    if law.feedback:
        begins = law.feedback_from
        if begins is None:
            begins = max(0.0, world.draw.base_date)
        begins = max(tick(begins), lab.entry)
        lab.progress = Progress(lab, begins)
        if law.experiments_count == RELATIVE:
            world.relative.append(lab.progress)
        if begins < world.end:
            world.agenda.at(begins, Order.SERIES, lab.name, lab.progress.begin)
    check_growth(lab, trained, inference)
