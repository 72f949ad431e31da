"""Why a level came back sooner than an intervention was long: the first models at it in both worlds, set side by side.

The effective FLOP of the changed world's first model at a level over that of the base's is split exactly (see
`explain_split`): what chips and software gave it that went on meanwhile, and what of it had been done before it was
suspended.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from sim.analysis.compare_columns import IN_FORCE, LEVEL, RETURNED_DAYS, TIME_BOUGHT
from sim.analysis.explain_split import run_of, split
from sim.analysis.pair import Pair, World, covered
from sim.tables.table import Column
from sim.world.record import ModelRecord

REBOUND = [
    LEVEL,
    Column("model_base", "", "first model at it in the base, as lab/model"),
    Column("model", "", "first model at it in the changed world"),
    IN_FORCE,
    TIME_BOUGHT,
    RETURNED_DAYS,
    Column("started_later_days", "days", "of time bought: later start of the second model's run than of the first's"),
    Column("worked_longer_days", "days", "of that: longer work of its run, what had to be done again included"),
    Column("waited_longer_days", "days", "of that: longer waits of its run, suspended or at a standstill"),
    Column("used_later_days", "days", "of that: longer from the end of its run until the lab could use it"),
    Column("stronger_x", "x", "effective FLOP of the second model over that of the first"),
    Column("chips_x", "x", "of that: more (or fewer) chips in the cluster when its run began"),
    Column("software_x", "x", "of that: training efficiency when its phases began"),
    Column("share_x", "x", "of that: its share of the cluster"),
    Column("duration_x", "x", "of that: days of work"),
    Column("other_x", "x", "of that: all else (utilisation, precision, post-training, phases, what was stated)"),
    Column("binds_first", "true/false", "true if an intervention bound the second model's lab before; empty without"),
    Column("suspended_days", "days", "time for which its run was suspended or waited"),
    Column("done_before_share", "share", "share of its work, by time, that was done before it first had to wait"),
]

OWN = ("chips", "software", "share", "duration")


def rebound_rows(pair: Pair) -> Iterator[tuple[Any, ...]]:
    """rebound: a row for each level that both worlds reach by a model made in them."""
    for level in pair.levels:
        found = [_first(world, level, pair.end) for world in (pair.base, pair.world)]
        old, new = found
        if old is None or new is None or (old.existing and new.existing):
            continue
        time = pair.time_bought(level)
        spent = pair.world.intervened(new.internal + pair.world.later)
        back = None if spent is None or time.value is None else spent - time.value
        factors = {part.name: part.factor for part in split(pair.base.record, old, new, pair.world.record)}
        other = 1.0
        for name, factor in factors.items():
            if name not in OWN:
                other *= factor
        started, worked, idle, used = course_of(pair, old, new)
        waited, before = _waited(pair.world, new)
        yield (
            pair.name, level, f"{old.lab}/{old.name}", f"{new.lab}/{new.name}", spent, time.value, back, started,
            worked, idle, used, new.effective_flop / old.effective_flop, *(factors.get(name, 1.0) for name in OWN),
            other, _bound(pair.world, new), waited, before,
        )  # fmt: skip


class Course(NamedTuple):
    """Days of a model's run, or how they differ between two worlds: they add up to the day on which it is usable.

    started: since the comparison's start; worked, waited: between its start and its end; used: from then on.
    """

    started: float | None = None
    worked: float | None = None
    waited: float | None = None
    used: float | None = None


def course_of(pair: Pair, old: ModelRecord, new: ModelRecord) -> Course:
    """How much later the changed world's model started, how much longer it worked, waited, and until it was used."""
    before, after = _course(pair.base, old), _course(pair.world, new)
    if before is None or after is None:
        return Course()
    return Course(*(late - soon for late, soon in zip(after, before, strict=True)))


def _course(world: World, model: ModelRecord) -> tuple[float, float, float, float] | None:
    log = run_of(world.record, model)
    if log is None or log.started is None or log.finished is None:
        return None
    held = [(day, bool(chips)) for day, lab, run, chips in world.record.gangs
            if (lab, run) == (model.lab, model.name) and day <= log.finished]  # fmt: skip
    idle = [(max(since, log.started), until) for (since, busy), (until, _) in pairwise([*held, (log.finished, False)])
            if not busy]  # fmt: skip
    idle += [(max(since, log.started), min(until, log.finished))
             for since, until in world.record.standstills.get(model.lab, ())]  # fmt: skip
    waited = covered(idle)
    return log.started + world.later, log.finished - log.started - waited, waited, model.internal - log.finished


def _bound(world: World, model: ModelRecord) -> bool | None:
    """Whether an intervention has bound a model's lab before it was usable; None if there was none."""
    bound = [labs for name, since, _, labs in world.record.interventions
             if world.only in (None, name) and since < model.internal]  # fmt: skip
    return any(model.lab in labs for labs in bound) if bound else None


def _first(world: World, level: str, end: float) -> ModelRecord | None:
    crossing = world.crossings.get(level)
    if crossing is None or crossing.day >= end:
        return None
    return world.rates.models.get((crossing.lab, crossing.model))


def _waited(world: World, model: ModelRecord) -> tuple[float | None, float | None]:
    """Days for which a model's run waited after it had begun, and the share of its time of work before that."""
    log = run_of(world.record, model)
    if log is None or log.started is None or log.finished is None:
        return None, None
    waits = [(since, until if until is not None else log.finished) for since, until, _ in log.waits
             if since >= log.started]  # fmt: skip
    days = sum(until - since for since, until in waits)
    if not days:
        return 0.0, 0.0
    worked = log.finished - log.started - days
    return days, (waits[0][0] - log.started) / worked if worked > 0.0 else None
