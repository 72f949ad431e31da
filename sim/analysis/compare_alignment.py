"""Alignment work of a changed world beside the base's: until each level and in the dwell after it, by whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.analysis.compare_columns import BOUND, LEVEL
from sim.analysis.pair import Amount, Pair, World, bought
from sim.base.units import DAYS_PER_YEAR
from sim.tables.alignment_done import HUMANS, By
from sim.tables.alignment_work import AlignmentWork
from sim.tables.table import Column

ALIGNMENT = [
    LEVEL,
    Column("by", "", "all, humans, or models: the trusted ones, whose work counts"),
    Column("researcher_years_base", "researcher-years", "work that counts, of the world, until the base's crossing"),
    Column("researcher_years", "researcher-years", "the same in the changed world, to its own crossing"),
    Column("researcher_years_bought", "researcher-years", "the second less the first"),
    Column("serial_days_base", "days", "serial days that count until then in the base, at a human's speed"),
    Column("serial_days", "days", "the same in the changed world"),
    Column("serial_days_bought", "days", "the second less the first"),
    BOUND,
    Column("dwell_researcher_years_base", "researcher-years", "work from there to the next level in the base"),
    Column("dwell_researcher_years", "researcher-years", "the same in the changed world"),
    Column("dwell_researcher_years_bought", "researcher-years", "the second less the first"),
    Column("dwell_serial_days_base", "days", "serial days from there to the next level in the base"),
    Column("dwell_serial_days", "days", "the same in the changed world"),
    Column("dwell_serial_days_bought", "days", "the second less the first"),
    Column("dwell_bound", "", "how well the four before it are known"),
]

ALL, PEOPLE, MODELS = BY = ("all", "humans", "models")


def alignment_rows(pair: Pair) -> Iterator[tuple[Any, ...]]:
    """alignment: for each level a row for all, humans and models; none unless both worlds count alignment work."""
    if not pair.aligned:
        return
    works = [(world, world.alignment(pair.end)) for world in (pair.base, pair.world)]
    for n, level in enumerate(pair.levels):
        for by in BY:
            row: list[Any] = [pair.name, level, by]
            known = ""
            for serial in (False, True):
                old, new = (_until(work, world, pair, level, by, serial) for world, work in works)
                whole = bought(old, new)
                row += [old.value, new.value, whole.value]
                known = whole.bound
            row.append(known)
            if n + 1 == len(pair.levels):
                yield (*row, *[None] * 7)
                continue
            for serial in (False, True):
                old, new = (_dwell(work, world, pair, n, by, serial) for world, work in works)
                whole = bought(old, new)
                row += [old.value, new.value, whole.value]
                known = whole.bound
            yield (*row, known)


def researcher_days(work: AlignmentWork, start: float, end: float, by: str) -> float:
    """Researcher-days that count between two days of the world's own clock."""
    return _by(work.between(start, end).counted, by)


def _by(parts: dict[By, float], by: str) -> float:
    return sum(value for who, value in parts.items() if by == ALL or (who == HUMANS) == (by == PEOPLE))


def _sum(work: AlignmentWork, start: float, end: float, by: str, serial: bool) -> float:
    """Researcher-years, or serial days, that count between two days of the world's own clock."""
    if serial:
        return _by(work.between(start, end).serial_counted, by)
    return researcher_days(work, start, end, by) / DAYS_PER_YEAR


def _until(work: AlignmentWork, world: World, pair: Pair, level: str, by: str, serial: bool) -> Amount:
    day = world.day_reached(level, pair.end)
    assert day.value is not None
    return Amount(_sum(work, 0.0, day.value - world.later, by, serial), day.open)


def _dwell(work: AlignmentWork, world: World, pair: Pair, n: int, by: str, serial: bool) -> Amount:
    here, after = (world.day_reached(level, pair.end) for level in pair.levels[n : n + 2])
    if here.open or here.value is None or after.value is None:
        return Amount(None)
    return Amount(_sum(work, here.value - world.later, after.value - world.later, by, serial), after.open)
