"""Windows and leads of a changed world beside those of the base."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.analysis.compare_columns import FIRST_LABS, LEVEL
from sim.analysis.pair import Amount, Pair, World, bought
from sim.base.calendar import date_text
from sim.tables.capacity import capacity
from sim.tables.closings import Closing, Closings, sorted_models
from sim.tables.table import Column
from sim.world.record import ModelRecord

WINDOWS = [
    Column("lab", "", "whose model"),
    Column("model", "", "the model: the one of the same name in both worlds"),
    Column("opens_base", "date", "usable inside the lab in the base; empty if there is no such model"),
    Column("opens", "date", "the same in the changed world"),
    Column("opens_later_days", "days", "the second less the first"),
    Column("length_base_days", "days", "length of its own window in the base, to the end if open there"),
    Column("length_days", "days", "the same in the changed world"),
    Column("longer_days", "days", "the second less the first"),
    Column(
        "bound", "", "exact; at least or at most: the window is open at the end in one of the two; unknown: in both"
    ),
    Column("frontier_length_base_days", "days", "length of its frontier window in the base, to the end if open there"),
    Column("frontier_length_days", "days", "the same in the changed world"),
    Column("frontier_longer_days", "days", "the second less the first"),
    Column("frontier_bound", "", "as `bound`, of the frontier window"),
    Column(
        "tokens_per_s_at_open_base", "tokens/s", "could run if all fleets of its lab ran it on that day, in the base"
    ),
    Column("tokens_per_s_at_open", "tokens/s", "the same in the changed world"),
    Column("copies_at_open_base", "copies", "copies that could run then in the base"),
    Column("copies_at_open", "copies", "the same in the changed world"),
    Column("changed", "true/false", "whether a date or a length is another"),
]

LEADS = [
    LEVEL,
    *FIRST_LABS,
    Column("another_first", "true/false", "whether these are two labs; empty if a world has none"),
    Column("lead_base_days", "days", "time until another lab reached it in the base, to the end if none did"),
    Column("lead_days", "days", "the same in the changed world"),
    Column("longer_days", "days", "the second less the first"),
    Column("bound", "", "exact; at least or at most: no other lab reached it in one of the two; unknown: in both"),
]

Rows = Iterator[tuple[Any, ...]]
SECOND = 1.0 / 86_400.0
"""Dates are written to the second: what is less apart is the same."""


def _closings(world: World) -> dict[tuple[str, str], tuple[ModelRecord, Closing, Closing]]:
    """(lab, model) -> the model, and its own and its frontier window."""
    closings, found = Closings(world.record), {}
    factor = world.record.draw.stronger_by
    for model in sorted_models(world.record):
        own = closings.closing(model, factor, "own", "internal")
        frontier = closings.closing(model, factor, "frontier", "internal")
        if own is not None and frontier is not None:
            found[model.lab, model.name] = model, own, frontier
    return found


def _length(closing: Closing, world: World, end: float) -> Amount:
    """A window's length up to the common end."""
    opens = closing.opens + world.later
    if closing.closes is None or closing.closes + world.later >= end:
        return Amount(end - opens, True)
    return Amount(closing.length)


def window_rows(pair: Pair) -> Rows:
    """windows: a row for each model that either world has before the common end, by lab and date."""
    sides = [(world, _closings(world)) for world in (pair.base, pair.world)]
    start = pair.base.record.draw.start
    both = [{key: side for key, side in found.items() if side[1].opens + world.later < pair.end}
            for world, found in sides]  # fmt: skip

    def order(key: tuple[str, str]) -> tuple[str, float, str]:
        world, found = next((world, found[key]) for (world, _), found in zip(sides, both, strict=True) if key in found)
        return key[0], found[1].opens + world.later, key[1]

    for key in sorted({*both[0], *both[1]}, key=order):
        opens: list[float | None] = []
        lengths: list[list[Amount]] = []
        capacities: list[tuple[float | None, float | None]] = []
        for (world, _), found in zip(sides, both, strict=True):
            if key not in found:
                opens.append(None)
                lengths.append([Amount(None), Amount(None)])
                capacities.append((None, None))
                continue
            model, own, frontier = found[key]
            opens.append(own.opens + world.later)
            lengths.append([_length(own, world, pair.end), _length(frontier, world, pair.end)])
            at_open = capacity(world.rates, model, max(0.0, own.opens))
            capacities.append((at_open.tokens_per_s, at_open.copies))
        longer = [bought(old, new) for old, new in zip(*lengths, strict=True)]
        later = opens[1] - opens[0] if opens[0] is not None and opens[1] is not None else None
        moved = [later, *(found.value for found in longer if found.bound != "unknown")]
        changed = None in opens or any(days is not None and abs(days) > SECOND for days in moved)
        dates = [None if day is None else date_text(day, start) for day in opens]
        mine, anywhere = longer
        yield (
            pair.name, *key, *dates, later, lengths[0][0].value, lengths[1][0].value, mine.value, mine.bound,
            lengths[0][1].value, lengths[1][1].value, anywhere.value, anywhere.bound,
            capacities[0][0], capacities[1][0], capacities[0][1], capacities[1][1], changed,
        )  # fmt: skip


def _lead(world: World, level: str, end: float) -> tuple[str | None, Amount]:
    """Who was first at a level before the end, and the time until another lab was there; none in a world of one lab."""
    reached = sorted((day + world.later, lab) for (name, lab), (day, _) in world.record.levels.items()
                     if name == level and lab and day + world.later < end)  # fmt: skip
    if not reached:
        return None, Amount(None)
    day, lab = reached[0]
    if len(world.record.draw.labs) == 1:
        return lab, Amount(None)
    return lab, Amount(reached[1][0] - day) if len(reached) > 1 else Amount(end - day, True)


def lead_rows(pair: Pair) -> Rows:
    """leads: a row for each level."""
    for level in pair.levels:
        (one, old), (other, new) = (_lead(world, level, pair.end) for world in (pair.base, pair.world))
        longer = bought(old, new)
        another = None if one is None or other is None else one != other
        yield pair.name, level, one, other, another, old.value, new.value, longer.value, longer.bound
