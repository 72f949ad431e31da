"""Clusters: what is on hand, what arrives, and what retires."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.base.limits import MOST_ACCELERATORS, check_size
from sim.world import cluster
from sim.world.agenda import Order
from sim.world.record import step
from sim.world.supply import Batch, WorldStock, batches, shared_batches

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
    check_size(stock, MOST_ACCELERATORS, "accelerators of type {} in the world", kind)


class Brought:
    """What one supply was to bring of a type until now, and what of it came and was not lost to shocks since.

    Kept of supplies that also withdraw accelerators.
    """

    __slots__ = ("planned", "actual", "losses")

    def __init__(self) -> None:
        self.planned = 0.0
        self.actual = 0.0
        self.losses = 0

    def add(self, planned: float, actual: float, left: Sequence[float]) -> None:
        """A batch. left: share of the lab's accelerators of the type that each loss until now has left."""
        self._lose(left)
        self.planned += planned
        self.actual += actual

    def withdraw(self, planned: float, left: Sequence[float]) -> float:
        """Accelerators that go when `planned` were to go: the same part of what is there as of what was to be."""
        self._lose(left)
        count = planned if self.actual == self.planned else self.actual * planned / self.planned
        self.planned -= planned
        self.actual -= count
        return count

    def _lose(self, left: Sequence[float]) -> None:
        if len(left) > self.losses:
            self.actual *= math.prod(left[self.losses :])
            self.losses = len(left)


Delivery = tuple["LabState", Batch, Brought | None]


class Banked:
    """A delivery of which interventions hold back a part until they are over."""

    __slots__ = ("batch", "so_far", "banks", "most", "gone")

    def __init__(self, batch: Batch, so_far: Brought | None, lab: LabState) -> None:
        self.batch = batch
        """What was to come, less what shocks cut off."""
        self.so_far = so_far
        self.banks = dict(lab.banks)
        """Intervention -> share of it that this one lets come."""
        self.most = lab.let_through
        """Share that is not lost."""
        self.gone = min(self.most, *self.banks.values())
        """Share that nobody holds back any more: it has come, or is destroyed or lost."""


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
        brought: dict[str, Brought] = {}
        for batch in coming:
            if batch.count < 0.0:
                brought = {kind: Brought() for kind in {batch.accelerator for batch in coming}}
                break
        dated: list[tuple[float, Delivery]] = []
        for batch in coming:
            day, kind = batch.day, batch.accelerator
            so_far = brought.get(kind)
            if day > 0.0:
                if day < world.end:
                    dated.append((tick(day), (lab, batch, so_far)))
                continue
            count, life = batch.count, batch.retires_after_days
            if life is None or day + life > 0.0:
                on_hand[kind] = on_hand.get(kind, 0.0) + count
                if so_far is not None:
                    so_far.add(count, count, ())
                _plan_retirement(lab, batch)
        clock.each_at(dated, _deliver)
    kinds = {supply.accelerator for supply in lab.spec.compute if supply.accelerator}
    if any(supply.share_of_world is not None for supply in lab.spec.compute):
        kinds.update(kind for kind, _ in (shared[-1][1] if shared else ()))
    for kind in sorted(kinds):
        count = on_hand.get(kind, 0.0)
        check_size(count, MOST_ACCELERATORS, "{}: accelerators of type {} on hand", lab.name, kind)
        cluster.resize(lab, kind, count)
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
            clock.at(day, _retire, (lab, batch, delivered, len(lab.losses.get(batch.accelerator, ()))))


def _deliver(what: Delivery) -> None:
    lab, batch, so_far = what
    world = lab.world
    kind, count = batch.accelerator, batch.count
    if so_far is not None:
        left = lab.losses.get(kind, ())
        if count < 0.0:
            cluster.lose(lab, kind, so_far.withdraw(-count, left), "withdrawal")
            return
        so_far.add(count, count * (1.0 - lab.lost), left)
    if lab.banks and min(lab.banks.values()) < lab.let_through:
        whole = count * math.prod(1.0 - cut for cut in sorted(lab.cuts))
        lab.banked.append(Banked(replace(batch, count=whole), so_far, lab))
    if lab.lost:
        count *= 1.0 - lab.lost
        batch = replace(batch, count=count)
        if count <= 0.0:
            return
    event = world.event(lab.name, "delivery", kind, count, "accelerators", None, ())
    cluster.receive(lab, kind, count, event)
    if batch.retires_after_days is not None:
        _plan_retirement(lab, batch, world.agenda.day - tick(batch.day), event)
    if world.frontier.by_cluster:
        world.frontier.cluster_changed(lab, event)


def lost_share(lab: LabState) -> float:
    """Share of a delivery that does not come, by shocks and interventions together: what they leave multiplies."""
    kept = 1.0
    for cut in sorted(lab.cuts):
        kept *= 1.0 - cut
    if lab.withheld:
        kept *= 1.0 - lab.withheld
    return 1.0 - kept if lab.cuts or lab.withheld else 0.0


def let_go(lab: LabState, banking: set[str], cause: int, destroyed: bool = False) -> None:
    """What no intervention of these holds back any more comes today, or is destroyed."""
    world = lab.world
    for item in lab.banked:
        share = min((part for name, part in item.banks.items() if name in banking), default=item.most)
        share = min(share, item.most)
        if share <= item.gone:
            continue
        batch = replace(item.batch, count=item.batch.count * (share - item.gone))
        item.gone = share
        kind = "delivery_destroyed" if destroyed else "delivery_released"
        event = world.event(lab.name, kind, batch.accelerator, batch.count, "accelerators", None, (cause,))
        if destroyed:
            continue
        if item.so_far is not None:
            item.so_far.actual += batch.count
        cluster.receive(lab, batch.accelerator, batch.count, event)
        _plan_retirement(lab, batch, world.agenda.day - tick(batch.day), event)
        if world.frontier.by_cluster:
            world.frontier.cluster_changed(lab, event)
    lab.banked = [item for item in lab.banked if item.gone < item.most]


def _retire(what: tuple[LabState, Batch, int, int]) -> None:
    lab, batch, delivered, losses = what
    count = batch.count
    if lab.losses:  # part of the batch was lost since
        count *= math.prod(lab.losses.get(batch.accelerator, ())[losses:])
    cluster.lose(lab, batch.accelerator, count, "retirement", (delivered,) if delivered >= 0 else ())
