"""What a supply means: the batches that it delivers, day by day on its own clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sim.base.limits import MOST_ACCELERATORS
from sim.base.series import power, steps_of
from sim.base.units import DAYS_PER_YEAR
from sim.model.cluster import Supply


@dataclass(slots=True, init=False)
class Batch:
    """Accelerators of one type that join (or, negative, leave) a cluster on a day of the supply's clock."""

    day: float
    accelerator: str
    count: float
    retires_after_days: float | None

    def __init__(self, day: float, accelerator: str, count: float, retires_after_days: float | None = None) -> None:
        self.day = day
        self.accelerator = accelerator
        self.count = count
        self.retires_after_days = retires_after_days


def batches(supply: Supply, end: float, start: date, entry: float = 0.0) -> list[Batch]:
    """Every batch of one supply before `end`, ascending by day; the first may be on hand (day 0 or earlier).

    entry: day on which its lab begins, from which counts what states no date. Nothing comes after a stock or a batch
    that is too large to compute with.
    """
    kind = supply.accelerator
    assert kind is not None
    life = supply.life_days
    if supply.count is not None:
        return [Batch(entry if supply.on is None else supply.on, kind, supply.count, life)]
    every = supply.every
    assert every is not None
    until = min(end, supply.until) if supply.until is not None else end
    result: list[Batch] = []
    if supply.deliver is not None:
        first = supply.starts
        k, anchor = (0, first) if first is not None else (1, entry)
        days = every.occurrences(k, anchor, start, until)
        growth = supply.deliveries_grow or 1.0
        for day in days:
            count = supply.deliver * power(growth, (day - days[0]) / DAYS_PER_YEAR)
            result.append(Batch(day, kind, count, life))
            if count > MOST_ACCELERATORS:
                break
        return result
    stock = supply.stock
    assert stock is not None
    grows = supply.grows
    if grows is None:
        first_day = max(stock.points[0][0], entry)
        held = stock.at(first_day)
        if first_day < until:
            result.append(Batch(first_day, kind, held, life))
        for day, value in steps_of(stock, until, start, every):
            if day <= first_day:
                continue
            result.append(Batch(day, kind, value - held, life))
            held = value
        return result
    held = stock.at(0.0)
    base = held
    result.append(Batch(entry, kind, base, life))
    anchor = max(entry, supply.starts or 0.0)  # growth counts from here; until then the stock is as stated
    for day in every.occurrences(1, anchor, start, until):
        stock_now = base * power(grows, (day - anchor) / DAYS_PER_YEAR)
        result.append(Batch(day, kind, stock_now - held, life))
        if stock_now > MOST_ACCELERATORS:
            break
        held = stock_now
    return result


WorldStock = list[tuple[float, list[tuple[str, float]]]]
"""(day of a delivery or retirement, [(accelerator, accelerators in the world from then on)]), days ascending."""


def world_stock(world: list[Batch]) -> WorldStock:
    """The world's stock after each of its batches: made once, for all labs that have a share of it."""
    changes: dict[float, list[tuple[str, float]]] = {}
    for batch in world:
        changes.setdefault(max(batch.day, 0.0), []).append((batch.accelerator, batch.count))
    for batch in world:
        if batch.retires_after_days is not None:
            gone = max(0.0, batch.day + batch.retires_after_days)
            changes.setdefault(gone, []).append((batch.accelerator, -batch.count))
    stock: dict[str, float] = {}
    result = []
    for day in sorted(changes):
        for kind, count in changes[day]:
            stock[kind] = stock.get(kind, 0.0) + count
        result.append((day, sorted(stock.items())))
    return result


def shared_batches(supply: Supply, world: WorldStock, end: float, start: date, entry: float = 0.0) -> list[Batch]:
    """Batches of a lab that has a dated share of the world: its part of each of the world's, and changes of share.

    entry: day on which the lab begins; it then gets its part of what there is.
    """
    share = supply.share_of_world
    assert share is not None
    now = share.at(0.0)
    shares = {0.0: now, **dict(steps_of(share, end, start, supply.every_or_month()))}
    stocks = dict(world)
    stock: list[tuple[str, float]] = []
    held: dict[str, float] = {}
    result = []
    for day in sorted({entry, *shares, *stocks}):
        if day >= end:
            break
        stock, now = stocks.get(day, stock), shares.get(day, now)
        if day < entry:
            continue
        for kind, count in stock:
            wanted = count * now
            change = wanted - held.get(kind, 0.0)
            if change:
                result.append(Batch(day, kind, change, None))
                held[kind] = wanted
    return result
