"""Clusters: what is on hand, what arrives, and what retires."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.base.limits import MOST_ACCELERATORS, check_size
from sim.model.cluster import Batch
from sim.world.agenda import Order
from sim.world.record import step
from sim.world.supply import WorldStock, batches, shared_batches

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.world import World


def keep_world(world: World, world_batches: list[Batch]) -> None:
    """Record the stock of `world:` as step functions by type."""
    changes: dict[str, list[tuple[float, float]]] = {}
    for batch in world_batches:
        since = max(0.0, tick(batch.day))
        changes.setdefault(batch.accelerator, []).append((since, batch.count))
        if batch.retires_after_days is not None:
            changes[batch.accelerator].append((max(0.0, tick(batch.day + batch.retires_after_days)), -batch.count))
    for kind, line in sorted(changes.items()):
        stock = 0.0
        for day, change in sorted(line):
            stock += change
            if not stock <= MOST_ACCELERATORS:
                world.agenda.at(day, Order.DELIVERY, "", _too_large, (kind, stock))
                break
            step(world.record.world, kind, day, stock)


def _too_large(what: tuple[str, float]) -> None:
    kind, stock = what
    check_size(stock, MOST_ACCELERATORS, f"accelerators of type {kind} in the world")


def set_up_cluster(lab: LabState, shared: WorldStock) -> None:
    """Put on hand what a lab has at the start and on clocks what comes. shared: the stock of `world:`."""
    world = lab.world
    draw = world.draw
    on_hand: dict[str, float] = {}
    for supply in lab.spec.compute:
        clock = world.clock("deliveries", Order.DELIVERY, lab.name)
        if supply.share_of_world is not None:
            coming = shared_batches(supply, shared, world.end, draw.start, lab.entry)
        else:
            coming = batches(supply, world.end, draw.start, lab.entry)
        for batch in coming:
            if batch.day <= 0.0:
                life = batch.retires_after_days
                if life is not None and batch.day + life <= 0.0:
                    continue
                on_hand[batch.accelerator] = on_hand.get(batch.accelerator, 0.0) + batch.count
                _plan_retirement(lab, batch)
            elif batch.day < world.end:
                clock.at(tick(batch.day), _deliver, (lab, batch))
    kinds = {supply.accelerator for supply in lab.spec.compute if supply.accelerator}
    if any(supply.share_of_world is not None for supply in lab.spec.compute):
        kinds.update(kind for kind, _ in (shared[-1][1] if shared else ()))
    for kind in sorted(kinds):
        count = on_hand.get(kind, 0.0)
        check_size(count, MOST_ACCELERATORS, f"{lab.name}: accelerators of type {kind} on hand")
        lab.resize(kind, count)
        if count:
            event = world.event(lab.name, "on_hand", kind, count, "accelerators", None, ())
            if world.frontier.by_cluster:
                world.frontier.cluster_changed(lab, event)


def _plan_retirement(lab: LabState, batch: Batch, late: float = 0.0, delivered: int = -1) -> None:
    """Put a batch's retirement on a clock that is as late as its delivery was."""
    if batch.retires_after_days is not None and batch.count > 0.0:
        day = tick(batch.day + batch.retires_after_days)
        if day + late < lab.world.end:
            clock = lab.world.clock("retirement", Order.RETIREMENT, lab.name)
            clock.behind = late
            clock.at(day, _retire, (lab, batch, delivered, lab.kept.get(batch.accelerator, 1.0)))


def _deliver(what: tuple[LabState, Batch]) -> None:
    lab, batch = what
    world = lab.world
    if batch.count < 0.0:
        lab.lose(batch.accelerator, -batch.count * lab.kept.get(batch.accelerator, 1.0), "withdrawal")
        return
    if lab.lost:
        batch = replace(batch, count=batch.count * (1.0 - lab.lost))
        if batch.count <= 0.0:
            return
    event = world.event(lab.name, "delivery", batch.accelerator, batch.count, "accelerators", None, ())
    lab.receive(batch.accelerator, batch.count, event)
    if batch.retires_after_days is not None:
        _plan_retirement(lab, batch, world.agenda.day - tick(batch.day), event)
    if world.frontier.by_cluster:
        world.frontier.cluster_changed(lab, event)


def _retire(what: tuple[LabState, Batch, int, float]) -> None:
    lab, batch, delivered, kept = what
    count = batch.count
    if lab.kept:  # part of the batch was lost since
        count *= lab.kept.get(batch.accelerator, 1.0) / kept if kept else 0.0
    lab.lose(batch.accelerator, count, "retirement", (delivered,) if delivered >= 0 else ())
