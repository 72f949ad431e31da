"""The table of what each world's alignment work is enough for: until levels, in the dwell between two, for the job."""

from __future__ import annotations

from typing import Any

from sim.analysis.pair import AT_LEAST, AT_MOST, UNKNOWN
from sim.show.compared import Compared, rows_of, words_of_level
from sim.show.style import number

MOST_LEVELS = 2
NOTE = (
    "Alignment work of the whole world is enough if the job is below so many researcher-years, of which at most so "
    "many serial days (of work one after another, at a human's speed). It rests on guesses, and nobody knows how large "
    "the job is. >: the level is not reached before the end."
)


def break_even(comparison: Compared) -> tuple[list[str], list[list[str]], list[str]]:
    """Headings, rows and notes; all empty unless alignment work is counted and a level is reached after the start."""
    pairs = [(pair, {row["level"]: row for row in rows_of(comparison, "break_even", pair.name)})
             for pair in comparison.pairs]  # fmt: skip
    pairs = [(pair, rows) for pair, rows in pairs if rows]
    if not pairs:
        return [], [], []
    first, rows = pairs[0]
    reached = first.base.crossings
    levels = [level for level in first.levels if not (level in reached and reached[level].day <= 0.0)][-MOST_LEVELS:]
    job = next((row["level"] for _, mine in pairs for row in mine.values() if _asked(row)), "")
    heads = [""]
    for n, level in enumerate(levels):
        heads += [f"enough before {words_of_level(level)}: researcher-years", "serial days"]
        if n + 1 < len(levels):
            heads += [f"in the dwell to {words_of_level(levels[n + 1])} alone: researcher-years", "serial days"]
    heads += ["the job as stated"] if job != "" else []
    lines = [["base", *_cells(rows, levels, "_base"), *([_verdict(rows.get(job), "_base")] if job != "" else [])]]
    lines += [[pair.name, *_cells(mine, levels, ""), *([_verdict(mine.get(job), "")] if job != "" else [])]
              for pair, mine in pairs]  # fmt: skip
    return heads, lines, [NOTE, *([_job(rows, job)] if job != "" else [])]


def _asked(row: dict[str, Any]) -> bool:
    return row["job_researcher_years"] is not None or row["job_serial_days"] is not None


def _cells(rows: dict[Any, dict[str, Any]], levels: list[str], side: str) -> list[str]:
    open_here = (AT_MOST if side else AT_LEAST, UNKNOWN)
    cells = []
    for n, level in enumerate(levels):
        row = rows[level]
        for what in ("", "dwell_") if n + 1 < len(levels) else ("",):
            mark = "> " if row[f"{what}bound"] in open_here else ""
            both = row[f"{what}researcher_years{side}"], row[f"{what}serial_days{side}"]
            cells += ["unknown" if value is None else f"{mark}{number(value)}" for value in both]
    return cells


def _verdict(row: dict[str, Any] | None, side: str) -> str:
    if row is None or not _asked(row):
        return ""
    return {True: "enough", False: "NOT enough", None: "not done before the end"}[row[f"enough{side}"]]


def _job(rows: dict[Any, dict[str, Any]], level: str | None) -> str:
    row = rows[level]
    needs = [f"{number(row[f'job_{key}'])} {unit}" for key, unit in (("researcher_years", "researcher-years"),
             ("serial_days", "serial days")) if row[f"job_{key}"] is not None]  # fmt: skip
    return f"The job as stated: {' and '.join(needs)} before {words_of_level(level) if level else 'the end'}."
