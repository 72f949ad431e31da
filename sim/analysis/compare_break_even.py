"""What alignment work is enough for in a changed world and the base: until each level, in each dwell, for the job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sim.analysis.compare_columns import BOUND
from sim.analysis.pair import Amount, Pair, World, bought
from sim.tables.alignment import enough, suffices
from sim.tables.alignment_work import AlignmentWork
from sim.tables.table import Column

BREAK_EVEN = [
    Column("level", "", "before its first crossing; empty: until the common end"),
    Column("researcher_years_base", "researcher-years", "the largest job that the base's work is enough for"),
    Column("researcher_years", "researcher-years", "the same in the changed world"),
    Column("serial_days_base", "days", "serial days that such a job may have at most, in the base"),
    Column("serial_days", "days", "the same in the changed world"),
    Column("waits_for_base", "", "the level whose part of the job (`needs`) holds the base's down; empty if none does"),
    Column("waits_for", "", "the same in the changed world"),
    BOUND,
    Column("dwell_researcher_years_base", "researcher-years", "what the work of the dwell that begins is enough for"),
    Column("dwell_researcher_years", "researcher-years", "the same in the changed world"),
    Column("dwell_serial_days_base", "days", "its serial days in the base"),
    Column("dwell_serial_days", "days", "the same in the changed world"),
    Column("dwell_bound", "", "how well the four before it are known"),
    Column("job_researcher_years", "researcher-years", "what the job needs that is due by then (`alignment.job`)"),
    Column("job_serial_days", "days", "serial days that it needs"),
    Column("enough_base", "true/false", "whether the base does it in time; empty: it is not done, and the level is not "
                                        "reached before the end"),
    Column("enough", "true/false", "the same in the changed world, by its own `alignment.job`"),
]  # fmt: skip


class Line(NamedTuple):
    """What one world's work is enough for until a level or in a dwell."""

    years: float | None = None
    days: float | None = None
    waits: str | None = None
    end: Amount = Amount(None)


def break_even_rows(pair: Pair) -> Iterator[tuple[Any, ...]]:
    """break_even: a row for each level, and one until the end; none unless both worlds count alignment work."""
    if not pair.aligned:
        return
    works = [(world, world.alignment(pair.end)) for world in (pair.base, pair.world)]
    levels: list[str | None] = [*pair.levels, None]
    for n, level in enumerate(levels):
        old, new = (_line(work, world, pair, None, level) for world, work in works)
        known = bought(old.end, new.end).bound if level is not None else "exact"
        before, after, dwell = Line(), Line(), ""
        if n + 1 < len(pair.levels):
            before, after = (_line(work, world, pair, level, levels[n + 1]) for world, work in works)
            dwell = bought(before.end, after.end).bound
        job = works[1][1].spec.job
        asked = job is not None and job.by == level
        yield (
            pair.name, level, old.years, new.years, old.days, new.days, old.waits, new.waits, known,
            before.years, after.years, before.days, after.days, dwell or None,
            job.researcher_years if asked and job else None, job.serial_days if asked and job else None,
            *(_done(work, line, level) for (_, work), line in zip(works, (old, new), strict=True)),
        )  # fmt: skip


def _line(work: AlignmentWork, world: World, pair: Pair, since: str | None, until: str | None) -> Line:
    first = Amount(world.later) if since is None else world.day_reached(since, pair.end)
    last = Amount(pair.end) if until is None else world.day_reached(until, pair.end)
    if first.value is None or last.value is None or first.open:
        return Line()
    years, days, waits = enough(work, max(0.0, first.value - world.later), max(0.0, last.value - world.later))
    return Line(years, days, waits, last)


def _done(work: AlignmentWork, line: Line, level: str | None) -> bool | None:
    job = work.spec.job
    if job is None or job.by != level or line.years is None or line.days is None:
        return None
    if suffices(job, line.years, line.days):
        return True
    return None if line.end.open else False
