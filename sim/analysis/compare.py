"""Paired comparison: what a changed world has later, longer, more and less than the same world without the change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isfinite, log10
from typing import Any

from sim.analysis.compare_alignment import ALIGNMENT, alignment_rows
from sim.analysis.compare_break_even import BREAK_EVEN, break_even_rows
from sim.analysis.compare_columns import BOUND, FIRST_LABS, IN_FORCE, LEVEL, RETURNED_DAYS, SCENARIO, TIME_BOUGHT
from sim.analysis.compare_cost import COST, OVER_TIME, cost_rows, over_time_rows
from sim.analysis.compare_windows import LEADS, WINDOWS, lead_rows, window_rows
from sim.analysis.leaky import new_leaks
from sim.analysis.pair import BOUNDS, Amount, Bought, Crossing, Pair, World, bought
from sim.analysis.rebound import REBOUND, rebound_rows
from sim.base.calendar import date_text
from sim.base.units import DAYS_PER_YEAR
from sim.model.level import threshold
from sim.tables.table import Column, Table

LEVELS = [
    SCENARIO,
    LEVEL,
    Column("date_base", "date", "first crossing by any lab in the base; empty if none before the end"),
    Column("date", "date", "the same in the changed world"),
    *FIRST_LABS,
    TIME_BOUGHT,
    BOUND,
    Column("next_level", "", "the next level"),
    Column("dwell_base_days", "days", "time to the first crossing of the next level in the base"),
    Column("dwell_days", "days", "the same in the changed world"),
    Column("dwell_bought_days", "days", "the second less the first"),
    Column("dwell_bound", "", "how well that is known, as in `bound`"),
    IN_FORCE,
    RETURNED_DAYS,
]

WORK = [
    SCENARIO,
    LEVEL,
    Column("domain", "", "domain of work"),
    Column("by", "", "all models, or those that have reached this level"),
    Column("work_base", "human-years", "AI work of all labs from the start to the base's first crossing of the level"),
    Column("work", "human-years", "the same in the changed world, to its own crossing"),
    Column("work_bought", "human-years", "the second less the first"),
    BOUND,
    Column("dwell_work_base", "human-years", "AI work from there to the next level in the base"),
    Column("dwell_work", "human-years", "the same in the changed world"),
    Column("dwell_work_bought", "human-years", "the second less the first"),
    Column("dwell_bound", "", "how well that is known"),
]

LADDER = [
    SCENARIO,
    Column("effective_flop", "FLOP", "a strength of models: each that was the strongest anywhere in either world"),
    Column("date_base", "date", "first model of the base that is as strong"),
    Column("date", "date", "first model of the changed world that is as strong"),
    Column("model_base", "", "which, as lab/model"),
    Column("model", "", "which, as lab/model"),
    Column("time_bought_days", "days", "the second date less the first"),
    BOUND,
]

Rows = Iterator[tuple[Any, ...]]


def date_of(pair: Pair, day: float | None) -> str | None:
    """A day of the comparison's clock as a date."""
    return None if day is None else date_text(day, pair.base.record.draw.start)


def _before_end(crossing: Crossing | None, pair: Pair) -> Crossing | None:
    return None if crossing is None or crossing.day >= pair.end else crossing


def level_rows(pair: Pair) -> Rows:
    """levels: a row for each level."""
    levels = pair.levels
    for n, level in enumerate(levels):
        old, new = (_before_end(world.crossings.get(level), pair) for world in (pair.base, pair.world))
        time = pair.time_bought(level)
        before, after = pair.dwell(pair.base, level), pair.dwell(pair.world, level)
        dwell = bought(before, after) if n + 1 < len(levels) else Bought(None, "")
        spent = pair.world.intervened(new.day if new else pair.end)
        returned = (
            spent - time.value if spent is not None and time.value is not None and time.bound == "exact" else None
        )
        yield (
            pair.name, level, date_of(pair, old and old.day), date_of(pair, new and new.day), old and old.lab,
            new and new.lab, time.value, time.bound, levels[n + 1] if n + 1 < len(levels) else None, before.value,
            after.value, dwell.value, dwell.bound or None, spent, returned,
        )  # fmt: skip


ALL_MODELS = "all"


def _work(pair: Pair, world: World, level: str, domain: str, able: str) -> Amount:
    """Human-years of a domain until a level's first crossing, open if there is none before the end."""
    day = world.day_reached(level, pair.end)
    assert day.value is not None
    return Amount(world.done(pair.ends).work_until(domain, day.value, "", able) / DAYS_PER_YEAR, day.open)


def work_rows(pair: Pair) -> Rows:
    """work: a row for each level, domain, and which models did it."""
    levels = pair.levels
    for n, level in enumerate(levels):
        for domain, able in ((domain, able) for domain in pair.domains for able in ("", *levels)):
            old, new = (_work(pair, world, level, domain, able) for world in (pair.base, pair.world))
            whole = bought(old, new)
            by = able or ALL_MODELS
            row: list[Any] = [pair.name, level, domain, by, old.value, new.value, whole.value, whole.bound]
            if n + 1 == len(levels):
                yield (*row, None, None, None, None)
                continue
            dwells = []
            for world, here in ((pair.base, old), (pair.world, new)):
                after = _work(pair, world, levels[n + 1], domain, able)
                known = not here.open and after.value is not None and here.value is not None
                dwells.append(Amount(after.value - here.value, after.open) if known else Amount(None))  # type: ignore[operator]
            dwell = bought(*dwells)
            yield (*row, dwells[0].value, dwells[1].value, dwell.value, dwell.bound)


def ladder_rows(pair: Pair) -> Rows:
    """ladder: a row for each strength that was the frontier in either world, the weakest first."""
    base, world = pair.base, pair.world
    strengths = sorted({model.effective_flop for side in (base, world) for _, model in side.leaders})
    last = 0.0
    for strength in strengths:
        if strength * (1.0 - 1e-9) <= last:
            continue  # the same, to rounding
        last = strength
        found = []
        for side in (base, world):
            reached = side.reached(strength)
            found.append(None if reached is None else _before_end(reached[0], pair))
        if all(crossing is not None and crossing.day <= 0.0 for crossing in found) or not any(found):
            continue
        days = [Amount(pair.end, True) if crossing is None else Amount(crossing.day) for crossing in found]
        time = bought(*days)
        old, new = found
        yield (
            pair.name, strength, date_of(pair, old and old.day), date_of(pair, new and new.day),
            old and f"{old.lab}/{old.model}", new and f"{new.lab}/{new.model}", time.value, time.bound,
        )  # fmt: skip


TABLES: dict[str, tuple[list[Column], Callable[[Pair], Rows]]] = {
    "levels": (LEVELS, level_rows),
    "work": (WORK, work_rows),
    "alignment": ([SCENARIO, *ALIGNMENT], alignment_rows),
    "break_even": ([SCENARIO, *BREAK_EVEN], break_even_rows),
    "windows": ([SCENARIO, *WINDOWS], window_rows),
    "leads": ([SCENARIO, *LEADS], lead_rows),
    "cost": ([SCENARIO, *COST], cost_rows),
    "ladder": (LADDER, ladder_rows),
    "rebound": ([SCENARIO, *REBOUND], rebound_rows),
    "over_time": ([SCENARIO, *OVER_TIME], over_time_rows),
}
"""Name of each table of a comparison -> its columns, and the rows of one pair."""


def compare_table(pairs: Sequence[Pair], name: str) -> Table:
    """One table of a comparison (see `TABLES`): the rows of each pair after another."""
    columns, rows = TABLES[name]
    return Table(name, list(columns), [row for pair in pairs for row in rows(pair)])


def counts(pair: Pair) -> dict[str, int]:
    """How many levels' time bought is exact, a bound or unknown."""
    found = [pair.time_bought(level).bound for level in pair.levels]
    return {bound: found.count(bound) for bound in BOUNDS}


def warnings_of(pair: Pair) -> list[str]:
    """What makes a pair less than one world with and without a change; then what its run warns of, the base's not."""
    base, world = pair.base.record.draw, pair.world.record.draw
    found = []
    for name in sorted(set(base.levels) | set(world.levels)):
        if (name in base.levels) != (name in world.levels):
            found.append(f"only one of the two has the level {name}: it is left out")
            continue
        one, other = threshold(base, name), threshold(world, name)
        if one != other and not (isfinite(one) and isfinite(other) and abs(one - other) < 1e-9):
            found.append(f"the level {name} is not at the same effective FLOP in both ({_power(one)}, {_power(other)})")
    labs = {**base.labs, **world.labs}
    missing = sorted(name for name in set(base.labs) ^ set(world.labs) if not labs[name].covert)
    if missing:
        found.append(f"only one of the two has {', '.join(missing)}")
    if pair.base.end != pair.world.end:
        found.append(f"they do not end on the same day: compared until {date_of(pair, pair.end)}")
    if pair.world.later:
        found.append(f"they do not start on the same day: {pair.world.later:+g} days")
    for side in (pair.base, pair.world):
        if side.record.stopped is not None:
            found.append(f"{side.name or 'the base'} {side.record.stop_text}")
    found += new_leaks(pair)
    known = {(lab, subject, message) for _, lab, subject, message in pair.base.record.warnings}
    new = dict.fromkeys(item[1:] for item in pair.world.record.warnings if item[1:] not in known)
    return found + [f"{lab + '/' if lab else ''}{subject}: {message}" for lab, subject, message in new]


def _power(log: float) -> str:
    return f"1e{log:.2f}" if isfinite(log) else "never"


def strength_of(level_flop: float) -> float:
    """log10 of effective FLOP: where a strength stands on the axis of capability."""
    return log10(level_flop)
