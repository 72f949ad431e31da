"""What a supply means: the batches that it delivers, day by day on its own clock."""

from __future__ import annotations

from datetime import date

from sim.base.series import steps_of
from sim.base.units import DAYS_PER_YEAR
from sim.model.cluster import Batch, Supply


def batches(supply: Supply, end: float, start: date) -> list[Batch]:
    """Every batch of one supply before `end`, ascending by day; the first may be on hand (day 0 or earlier)."""
    kind = supply.accelerator
    assert kind is not None
    life = supply.life_days
    if supply.count is not None:
        return [Batch(0.0 if supply.on is None else supply.on, kind, supply.count, life)]
    every = supply.every
    assert every is not None
    until = min(end, supply.until) if supply.until is not None else end
    result = []
    if supply.deliver is not None:
        first = supply.starts
        k, anchor = (0, first) if first is not None else (1, 0.0)
        day = every.occurrence(k, anchor, start)
        growth = supply.deliveries_grow or 1.0
        first_day = day
        while day < until:
            result.append(Batch(day, kind, supply.deliver * growth ** ((day - first_day) / DAYS_PER_YEAR), life))
            k += 1
            day = every.occurrence(k, anchor, start)
        return result
    stock = supply.stock
    assert stock is not None
    if supply.grows is None:
        first_day, held = max(stock.points[0][0], 0.0), stock.at(0.0)
        if first_day < until:
            result.append(Batch(first_day, kind, held, life))
        for day, value in steps_of(stock, until, start, every):
            result.append(Batch(day, kind, value - held, life))
            held = value
        return result
    held = stock.at(0.0)
    base = held
    result.append(Batch(0.0, kind, base, life))
    anchor = max(0.0, supply.starts or 0.0)  # growth counts from here; until then the stock is as stated
    k, day = 1, every.occurrence(1, anchor, start)
    while day < until:
        stock_now = base * supply.grows ** ((day - anchor) / DAYS_PER_YEAR)
        result.append(Batch(day, kind, stock_now - held, life))
        held = stock_now
        k += 1
        day = every.occurrence(k, anchor, start)
    return result


def shared_batches(supply: Supply, world: list[Batch], end: float, start: date) -> list[Batch]:
    """Batches of a lab that has a dated share of the world: its part of each of the world's, and changes of share."""
    share = supply.share_of_world
    assert share is not None
    result = []
    steps = [(0.0, share.at(0.0)), *steps_of(share, end, start, supply.every_or_month())]
    stock: dict[str, float] = {}
    held: dict[str, float] = {}
    retiring: list[tuple[float, str, float]] = [
        (max(0.0, batch.day + batch.retires_after_days), batch.accelerator, batch.count)
        for batch in world
        if batch.retires_after_days is not None
    ]
    moments = sorted(
        {day for day, _ in steps} | {max(batch.day, 0.0) for batch in world} | {day for day, _, _ in retiring}
    )
    for day in moments:
        if day >= end:
            break
        for batch in world:
            if max(batch.day, 0.0) == day:
                stock[batch.accelerator] = stock.get(batch.accelerator, 0.0) + batch.count
        for gone, kind, count in retiring:
            if gone == day:
                stock[kind] -= count
        now = [value for from_day, value in steps if from_day <= day][-1]
        for kind in sorted(stock):
            wanted = stock[kind] * now
            change = wanted - held.get(kind, 0.0)
            if change:
                result.append(Batch(day, kind, change, None))
                held[kind] = wanted
    return result
