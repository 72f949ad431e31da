"""What a changed world gives up: compute not used, tokens and AI work not done; and both worlds over time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sim.analysis.compare_alignment import BY, researcher_days
from sim.analysis.pair import Pair, World
from sim.base.calendar import date_text
from sim.base.units import DAYS_PER_YEAR
from sim.model.alignment import ALIGNMENT
from sim.tables.steps import integral, value_at
from sim.tables.table import Column
from sim.tables.trajectory import boundaries
from sim.world.record import RunRecord

IN_UNIT = "as in unit"
"""Unit of numbers whose unit another column of the row has."""

COST = [
    Column("lab", "", "whose; empty for all labs together"),
    Column(
        "what",
        "",
        "compute: H100e-days by use; training_flop: FLOP of the runs that ended, and of continuous ones until their "
        "last model; tokens; models; ai_work; ai_work_by: of all domains, by models that have reached a level; "
        "other_work_by: of that all but alignment's, where fleets work on it",
    ),
    Column("of", "", "the use, the domain of work, or the level"),
    Column("base", IN_UNIT, "in the base, from the start to the common end"),
    Column("value", IN_UNIT, "the same in the changed world"),
    Column("change", IN_UNIT, "the second less the first: negative is what is given up"),
    Column("unit", "", "unit of the three"),
]

OVER_TIME = [
    Column("date", "date", "start of the interval"),
    Column(
        "series",
        "",
        "means: human_equivalents; human_equivalents_by (of all domains, by models that have reached a "
        "level); alignment_work. At the end: best_effective_flop, training_efficiency, cluster",
    ),
    Column(
        "of", "", "the domain of work, or the level; of alignment work all, humans or models; empty where there is none"
    ),
    Column("base", IN_UNIT, "in the base, all labs; the best lab's of effective FLOP and of efficiency"),
    Column("value", IN_UNIT, "the same in the changed world"),
    Column("difference", IN_UNIT, "the second less the first"),
    Column("unit", "", "unit of the three"),
]

Rows = Iterator[tuple[Any, ...]]
Costs = dict[tuple[str, str], tuple[float, str]]
"""(what, of) -> amount and unit."""


def _costs(world: World, pair: Pair, lab: str) -> Costs:
    """What one lab (or all, if empty) used and did from the start to the common end."""
    record, end = world.record, pair.end - world.later
    accelerators = record.draw.accelerators
    found: Costs = {}
    own = _since_the_last(record)

    def add(what: str, of: str, amount: float, unit: str) -> None:
        found[what, of] = (found.get((what, of), (0.0, ""))[0] + amount, unit)

    for (owner, use, _, kind), steps in sorted(record.holdings.items()):
        if lab in ("", owner):
            add("compute", use, integral(steps, 0.0, end) * accelerators[kind].h100e, "H100e-days")
    for model in record.models:
        if lab in ("", model.lab) and not model.existing and model.internal < end:
            add("models", "", 1.0, "models")
            add("training_flop", "", own.get((model.lab, model.name), model.training_flop or 0.0), "FLOP")
    done = world.done(pair.ends)
    add("tokens", "", done.tokens_until(pair.end, lab), "tokens")
    for domain in sorted({domain for owner, domain, _ in done.work if lab in ("", owner)}):
        add("ai_work", domain, done.work_until(domain, pair.end, lab) / DAYS_PER_YEAR, "human-years")
    aligning = any(domain == ALIGNMENT and lab in ("", owner) for owner, domain, _ in done.work)
    for level in pair.levels:
        whole = done.work_until("", pair.end, lab, level) / DAYS_PER_YEAR
        add("ai_work_by", level, whole, "human-years")
        if aligning:
            ours = done.work_until(ALIGNMENT, pair.end, lab, level) / DAYS_PER_YEAR
            add("other_work_by", level, whole - ours, "human-years")
    return found


def _since_the_last(record: RunRecord) -> dict[tuple[str, str], float]:
    """(lab, model of continuous training) -> FLOP since the one before: its `training_flop` is of all of them."""
    found: dict[tuple[str, str], float] = {}
    before: dict[tuple[str, str], float] = {}
    for _, lab, kind, model, flop, *_ in record.events:
        if kind == "checkpoint":
            run = lab, model.rpartition("-")[0]
            found[lab, model] = (flop or 0.0) - before.get(run, 0.0)
            before[run] = flop or 0.0
    return found


def cost_rows(pair: Pair) -> Rows:
    """cost: all labs together first, then each."""
    for lab in ("", *pair.labs):
        old, new = _costs(pair.base, pair, lab), _costs(pair.world, pair, lab)
        for key in sorted({*old, *new}):
            unit = (old.get(key) or new[key])[1]
            before, after = (_amount(side, *key) for side in (old, new))
            yield pair.name, lab or None, key[0], key[1] or None, before, after, after - before, unit


def _amount(costs: Costs, what: str, of: str) -> float:
    """An amount of one world: 0 where there is none, all of the AI work where no fleet works on alignment."""
    if what == "other_work_by" and (what, of) not in costs:
        what = "ai_work_by"
    return costs.get((what, of), (0.0, ""))[0]


def intervals(pair: Pair) -> list[float]:
    """Days at which the intervals of the trajectory of both worlds begin, and the common end."""
    days = [day for day in boundaries(pair.base.record) if day < pair.end]
    return [*days, pair.end]


def over_time_rows(pair: Pair) -> Rows:
    """over_time: by interval, then by series."""
    days = intervals(pair)
    series = [_series(world, pair, days) for world in (pair.base, pair.world)]
    start = pair.base.record.draw.start
    for n, day in enumerate(days[:-1]):
        for name, of, unit in series[0]:
            old, new = (side[name, of, unit][n] for side in series)
            yield pair.name, date_text(day, start), name, of or None, old, new, new - old, unit


def _series(world: World, pair: Pair, days: list[float]) -> dict[tuple[str, str, str], list[float]]:
    """(series, of, unit) -> its value for each interval; 0 where the world has not begun."""
    record, later = world.record, world.later
    draw = record.draw
    found: dict[tuple[str, str, str], list[float]] = {}
    done = world.done(pair.ends)
    rates = [("human_equivalents", domain, domain, "") for domain in pair.domains]
    rates += [("human_equivalents_by", level, "", level) for level in pair.levels]
    for name, of, domain, level in rates:
        until = [done.work_until(domain, day, "", level) for day in days]
        found[name, of, "full-time humans"] = [
            (after - before) / (right - left)
            for (before, after), (left, right) in zip(pairwise(until), pairwise(days), strict=True)
        ]
    if pair.aligned:
        work = world.alignment(pair.end, tuple(days))
        for by in BY:
            found["alignment_work", by, "researcher-years a year"] = [
                researcher_days(work, left - later, right - later, by) / (right - left)
                for left, right in pairwise(days)
            ]
    leaders = world.leaders
    when = [crossing.day for crossing, _ in leaders]
    ends = days[1:]
    made = [bisect_left(when, day) for day in ends]
    found["best_effective_flop", "", "FLOP"] = [leaders[n - 1][1].effective_flop if n else 0.0 for n in made]
    found["training_efficiency", "", "effective per physical FLOP"] = [
        max((record.training_efficiency[lab].at(day - later) for lab in draw.labs), default=0.0) for day in ends
    ]
    lines = [(steps, draw.accelerators[kind].h100e) for (_, kind), steps in sorted(record.clusters.items())]
    found["cluster", "", "H100e"] = [
        sum(value_at(steps, day - later - 2.0**-20) * each for steps, each in lines) for day in ends
    ]
    return found
