"""What came back after an intervention, in days: as chips went on arriving, as software went on, and the rest.

Further runs of the changed world stop deliveries, or software, or both for as long as the intervention is in force:
what time is bought then more is what they gave back. Where both are stopped it does not matter which is taken first:
each part is the mean of both orders (Shapley), so that the parts add up. Known only where the intervention is over by
the crossing in all of these worlds, and holds in full: what is added to one that holds by half would stop by half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sim.analysis.compare_columns import IN_FORCE, LEVEL, RETURNED_DAYS, TIME_BOUGHT
from sim.analysis.pair import EXACT, Pair, World
from sim.model.intervention import DELIVERIES, EVERYTHING, PAUSE, SOFTWARE
from sim.scenario import Scenario
from sim.tables.table import Column
from sim.world.record import RunRecord

RETURNED = [
    LEVEL,
    IN_FORCE,
    TIME_BOUGHT,
    RETURNED_DAYS,
    Column("chips_days", "days", "of that: because chips went on arriving meanwhile"),
    Column("software_days", "days", "of that: because software went on to improve meanwhile"),
    Column("runs_days", "days", "the rest, if the run that reached it had been suspended: a minus is what it does "
                                "again; 0 if not"),
    Column("other_days", "days", "the rest, if it was not: dates that went on, labs that are not bound, models that "
                                 "are discrete; 0 if it was"),
]

WHAT: tuple[tuple[str, ...], ...] = ((DELIVERIES,), (SOFTWARE,), (DELIVERIES, SOFTWARE))
"""What else is stopped in each of the further runs."""


def stopping(record: RunRecord, more: tuple[str, ...], only: str | None = None) -> list[str]:
    """Settings by which each intervention of a scenario (or `only` one) stops `more` too."""
    sets = []
    named = {f"interventions.{name}": spec for name, spec in sorted(record.draw.interventions.items())}
    one = {PAUSE: record.draw.pause} if record.draw.pause is not None else {}
    for path, spec in {**named, **one}.items():
        if EVERYTHING in spec.stops or only not in (None, spec.name):
            continue
        stops = list(dict.fromkeys([*spec.stops, *more]))
        sets.append(f"{path}.stops=[{', '.join(stops)}]")
        sets += [f"{path}.continues.{what}=null" for what in more if what in spec.continues]
    return sets


def returned_rows(pair: Pair, scenario: Scenario, run: Callable[[Scenario], World]) -> Iterator[tuple[Any, ...]]:
    """returned: a row for each level that both worlds reach, after an intervention began. run: simulates a world."""
    wanted = []
    for level in pair.levels:
        found = pair.world.crossings.get(level)
        spent = pair.world.intervened(found.day) if found is not None and found.day < pair.end else None
        bought = _bought(pair, level, spent) if spent else None
        if spent and bought is not None:
            wanted.append((level, spent, bought))
    if not wanted:
        return
    worlds: list[Pair] = []
    for more in WHAT if _in_full(pair.world.record) else ():
        sets = stopping(pair.world.record, more, pair.world.only)
        worlds.append(Pair(pair.base, run(scenario.changed(sets=sets)), pair.ends) if sets else pair)
    for level, spent, bought in wanted:
        row: list[Any] = [pair.name, level, spent, bought, spent - bought]
        times = [_bought(other, level, spent) for other in worlds]
        known = [time for time in times if time is not None]
        if len(known) < len(WHAT):
            yield (*row, None, None, None, None)
            continue
        chips, software, both = known
        by_chips = ((chips - bought) + (both - software)) / 2.0
        by_software = ((software - bought) + (both - chips)) / 2.0
        rest = (spent - both, 0.0) if _was_suspended(pair.world, level) else (0.0, spent - both)
        yield (*row, by_chips, by_software, *rest)


def _was_suspended(world: World, level: str) -> bool:
    """Whether an intervention (of those that count) had suspended the run that made the first model at a level."""
    record, first = world.record, world.crossings[level]
    own = {n for n, event in enumerate(record.events) if event[2] == "suspended" and world.only in (None, event[3])}
    return any(event[1:4] == (first.lab, "run_suspended", first.model) and not own.isdisjoint(event[7])
               for event in record.events)  # fmt: skip


def _in_full(record: RunRecord) -> bool:
    """Whether all interventions to which something could be added stop it wholly."""
    specs = [*record.draw.interventions.values(), *([record.draw.pause] if record.draw.pause is not None else [])]
    return all(spec.holds == 1.0 or EVERYTHING in spec.stops for spec in specs)


def _bought(pair: Pair, level: str, spent: float) -> float | None:
    """Time bought at a level, if it is exact and the intervention was in force for as long before it."""
    time = pair.time_bought(level)
    found = pair.world.crossings.get(level)
    if time.bound != EXACT or found is None or abs((pair.world.intervened(found.day) or 0.0) - spent) > 1e-6:
        return None
    return time.value
