"""alignment.csv: alignment work in each dwell between levels, by whom; and what it is enough for."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from sim.base.calendar import date_text
from sim.base.units import DAYS_PER_YEAR
from sim.model.alignment import DWELL, LEAD, Job, Risk
from sim.model.level import threshold
from sim.physics.alignment import enough_for, risk_at
from sim.tables.alignment_done import HUMANS, WORLD
from sim.tables.alignment_work import REASONS, AlignmentWork, counts_alignment
from sim.tables.leads import LEVEL, leads_table
from sim.tables.rates import Rates
from sim.tables.table import Column, Table
from sim.world.record import RunRecord

START = "start"
"""The dwell before the first level is reached."""

COLUMNS = [
    Column("dwell", "", "the level that it begins with (by its first crossing); `start`: before the first of them"),
    Column("until", "", "the level that ends it; empty: the end of the run"),
    Column("from", "date", "first day"),
    Column("to", "date", "last day (exclusive)"),
    Column("days", "days", "its length"),
    Column("lab", "", "whose, on its own; `world`: all labs and the people elsewhere, as one field"),
    Column("by", "", "humans, or model"),
    Column("model", "", "lab/model that did it"),
    Column("generation", "", "number of the model among those of the lab that made it"),
    Column("researcher_years", "researcher-years", "work done: of humans what they would do alone, of models the rest"),
    Column("counted_researcher_years", "researcher-years", "of it what counts (`relevance`)"),
    Column("serial_days", "days", "days at a human's speed, while this was the fastest worker that is good enough"),
    Column("counted_serial_days", "days", "of them what counts (`relevance`)"),
    Column("workers", "workers", "mean number: people, or AI workers for which there was demand"),
    Column("human_equivalents", "full-time humans", "mean work before oversight and verification"),
    Column("used_human_equivalents", "full-time humans", "mean work that counts: after oversight, and verified"),
    Column("bound_by", "", "what held the work down on most days: the limit that, lifted alone, would give most"),
    *(Column(f"bound_{reason.replace(' ', '_')}", "share", f"share of the days on which that was {reason}")
      for reason in REASONS),
]  # fmt: skip


def alignment_work(record: RunRecord, rates: Rates) -> AlignmentWork:
    """The alignment work of a record, made once for all tables."""
    if rates.alignment is None:
        from sim.tables.trajectory import boundaries

        rates.alignment = AlignmentWork(rates, boundaries(record))
    return rates.alignment


def dwells(record: RunRecord) -> list[tuple[str, str | None, float, float]]:
    """(level or `start`, the next or None at the end, first day, last day) of the dwells between first crossings."""
    reached = sorted(
        ((day, level) for (level, lab), (day, _) in record.levels.items() if lab == ""),
        key=lambda item: (item[0], threshold(record.draw, item[1]), item[1]),
    )
    before = [level for day, level in reached if day <= 0.0]
    later = [(day, level) for day, level in reached if 0.0 < day < record.end]
    marks = [(0.0, before[-1] if before else START), *later, (record.end, None)]
    return [(name, after, left, right) for (left, name), (right, after) in pairwise(marks)
            if name is not None and right > left]  # fmt: skip


def alignment_table(record: RunRecord, rates: Rates) -> Table:
    """A row for each dwell, lab (and the world), and humans or model that did any work; none without such work."""
    rows: list[tuple[Any, ...]] = []
    if counts_alignment(record):
        work, start = alignment_work(record, rates), record.draw.start
        generations = {key: model.generation for key, model in rates.models.items()}
        for dwell, until, left, right in dwells(record):
            head = (dwell, until, date_text(left, start), date_text(right, start), right - left)
            for scope in (*work.labs, WORLD):
                done = work.between(left, right, scope)
                whole = sum(done.bound.values())
                bound = [done.bound.get(reason, 0.0) / whole if whole else None for reason in REASONS]
                most = max(done.bound, key=lambda reason: done.bound[reason]) if done.bound else None
                used = {by for part in (done.work, done.serial, done.workers) for by, value in part.items() if value}
                for by in sorted(used, key=lambda by: (by != HUMANS, by[0], generations.get(by, 0), by[1])):
                    who = ("humans", None, None) if by == HUMANS else ("model", "/".join(by), generations.get(by))
                    rows.append((
                        *head, scope, *who,
                        done.work.get(by, 0.0) / DAYS_PER_YEAR, done.counted.get(by, 0.0) / DAYS_PER_YEAR,
                        done.serial.get(by, 0.0), done.serial_counted.get(by, 0.0),
                        *(part.get(by, 0.0) / (right - left) for part in (done.workers, done.offered, done.used)),
                        most, *bound,
                    ))  # fmt: skip
    return Table("alignment", COLUMNS, rows)


def counted(work: AlignmentWork, start: float, end: float, scope: str = WORLD) -> tuple[float, float]:
    """(researcher-years, serial days) of a scope that count in [start, end)."""
    done = work.between(start, end, scope)
    return sum(done.counted.values()) / DAYS_PER_YEAR, sum(done.serial_counted.values())


def enough(work: AlignmentWork, start: float, end: float, scope: str = WORLD) -> tuple[float, float, str | None]:
    """(researcher-years, serial days) of the largest job that the work in [start, end) is enough for, with `needs`; and
    the level, if any, whose share of the job is what holds the researcher-years down.

    A level that was not reached by then leaves its share of the job undone: nothing is enough.
    """
    years, days = counted(work, start, end, scope)
    parts: list[tuple[float, float, float]] = [(1.0, years, days)]
    waits = None
    for level, share in sorted(work.spec.needs.items()):
        crossed = work.crossed(level, scope)
        since = end if crossed is None else min(end, max(start, crossed))
        parts.append((share, *counted(work, since, end, scope)))
        if enough_for((part, some) for part, some, _ in parts) < years:
            years, waits = enough_for((part, some) for part, some, _ in parts), level
    return years, enough_for((part, some) for part, _, some in parts), waits


def alignment_summary(record: RunRecord, rates: Rates) -> dict[str, Any]:
    """What summary.json says of alignment work: break-even at each level, the stated job, curves of risk.

    `break_even`: a row for each level reached (and the end): what all the work until then is enough for, and what that
    of the dwell that it ends is; both for the world, `labs` has them for each lab until its own crossing.
    """
    work, start = alignment_work(record, rates), record.draw.start
    rows = [_break_even(work, dwell, until, left, right) for dwell, until, left, right in dwells(record)]
    result: dict[str, Any] = {"break_even": rows}
    result["labs"] = {lab: [_of_lab(work, lab, row) for row in rows] for lab in work.labs}
    if work.spec.job is not None:
        result["job"] = _job(work)
    if work.spec.risk:
        result["risk"] = {name: _risk(work, risk) for name, risk in sorted(work.spec.risk.items())}
    for row in rows:
        row["date"] = date_text(row.pop("day"), start)
    return result


def _break_even(work: AlignmentWork, dwell: str, until: str | None, left: float, right: float) -> dict[str, Any]:
    years, days, waits = enough(work, 0.0, right)
    dwell_years, dwell_days, _ = enough(work, left, right)
    done = work.between(left, right)
    return {
        "before": until, "day": right, "researcher_years": years, "serial_days": days,
        "dwell": dwell, "dwell_days": right - left, "dwell_researcher_years": dwell_years,
        "dwell_serial_days": dwell_days, "dwell_by_humans": done.counted.get(HUMANS, 0.0) / DAYS_PER_YEAR,
        "bound_by": max(done.bound, key=lambda reason: done.bound[reason]) if done.bound else None, "waits_for": waits,
    }  # fmt: skip


def _of_lab(work: AlignmentWork, lab: str, row: dict[str, Any]) -> dict[str, Any]:
    """What a lab's own work is enough for until it is itself at that level, or until the end."""
    level = row["before"]
    crossed = work.crossed(level, lab) if level is not None else None
    day = work.record.end if crossed is None else max(0.0, crossed)
    years, days, _ = enough(work, 0.0, day, lab)
    reached = level is None or crossed is not None
    return {"before": level, "reached": reached, "date": date_text(day, work.draw.start), "researcher_years": years,
            "serial_days": days}  # fmt: skip


def suffices(job: Job, years: float, days: float) -> bool:
    """Whether so many researcher-years and serial days are enough for a job."""
    return all(
        wanted is None or wanted <= found * (1.0 + 1e-12)
        for wanted, found in ((job.researcher_years, years), (job.serial_days, days))
    )


def _job(work: AlignmentWork) -> dict[str, Any]:
    """Whether the stated job was done in time."""
    job = work.spec.job
    assert job is not None
    crossed = None if job.by is None else work.crossed(job.by)
    day = work.record.end if crossed is None else max(0.0, crossed)
    years, days, _ = enough(work, 0.0, day)
    return {
        "before": job.by, "date": date_text(day, work.draw.start), "reached": job.by is None or crossed is not None,
        "needs_researcher_years": job.researcher_years, "needs_serial_days": job.serial_days,
        "researcher_years": years, "serial_days": days, "enough": suffices(job, years, days),
    }  # fmt: skip


def _risk(work: AlignmentWork, risk: Risk) -> dict[str, Any]:
    """A curve of risk at the time that this run gives; `at_most` where that time was still running at the end."""
    record, days, bound = work.record, None, False
    if risk.of == LEAD:
        for what, level, _, _, _, _, _, _, lead, censored in leads_table(record).rows:
            if (what, level) == (LEVEL, risk.level) and days is None:
                days, bound = lead, censored
    else:
        for dwell, until, left, right in dwells(record):
            if dwell == risk.level:
                days = right - left if risk.of == DWELL else counted(work, left, right)[1]
                bound = until is None
    points = [(point.at_days, point.risk) for point in risk.points]
    return {
        "author": risk.author, "of": risk.of, "level": risk.level, "days": days,
        "risk": None if days is None else risk_at(points, days), "still_running_at_end": bound,
    }  # fmt: skip
