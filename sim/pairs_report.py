"""What draws in pairs say, in words for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.base.words import plural, plural_is
from sim.ensemble_report import table
from sim.pairs_cost_report import cost_lines
from sim.scenario.support import NONE_AMONG, counted
from sim.show.bought import UNCLEAR, between, signed, size
from sim.show.compared import words_of_level
from sim.tables.percent import percent

ABOUT = (
    "Helps (harms): at least half a day more (less) for certain, in so many of the draws. ± is one standard error, as "
    "there are so many draws only;\nwhat is unclear is not in it (pictures: `25% to 28%` is without and with that).\n"
    "A level that a world does not reach before its end gives a bound (> and <), or leaves open what the change does."
)
MOST_DAYS = 120.0
"""Longer times are told in months."""


def report_text(summary: Mapping[str, Any]) -> str:
    """Chance that each change helps at each level, time and dwell bought."""
    failed = f", of which {summary['failed']:,} failed (see failures-*.parquet)" if summary["failed"] else ""
    names = ", ".join(summary["scenarios"])
    lines = [
        f"{summary['base']} against {names}: {plural(summary['draws'], 'draw')} ({summary['method']}, "
        f"seed {summary['seed']}){failed}",
        f"{plural_is(summary['uncertain_inputs'], 'input')} uncertain; "
        f"{counted(summary['guesses_among_them'], summary.get(NONE_AMONG, 0))}. Each draw with and without the change.",
    ]
    for what, title in (("time", "Time bought: how much later any lab first reaches a level"),
                        ("dwell", "Dwell bought: how much longer a level lasts until the next")):  # fmt: skip
        rows = [row for name, found in summary["scenarios"].items() for row in _rows(name, found["levels"], what)]
        if rows:
            heads = ("change", "level", "helps", "same", "harms", "unclear", "median", "90% of draws", "central case")
            lines += ["", title, *table([heads if what == "time" else heads[:-1], *rows])]
    lines += ["", *cost_lines(summary), *(f"warning: {text}" for text in summary["warnings"]), "", ABOUT]
    return "\n".join(lines)


def _rows(name: str, levels: Mapping[str, Any], what: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for level, line in levels.items():
        shares = line if what == "time" else line.get("dwell")
        if shares is None:
            continue
        found = line["time_bought_days"] if what == "time" else shares["bought_days"]
        error = found["median"]["error"]
        days = max((abs(end) for of in found.values() for end in (of["at_least"], of["at_most"]) if end), default=0.0)
        months = days > MOST_DAYS
        median = between(found["median"], months) + (f" ± {size(error, months)}" if error and error > 0.05 else "")
        low, high = between(found["p5"], months), between(found["p95"], months)
        ends = low if low == high else f"{low} to {high}"
        unit = "months" if months else "days"
        row = (name, words_of_level(level), f"{percent(shares['helps'])} ± {percent(shares['helps_error'])}",
               percent(shares["same"]), percent(shares["harms"]), percent(shares["unclear"]),
               *(text if text == UNCLEAR else f"{text} {unit}" for text in (median, ends)))  # fmt: skip
        rows.append((*row, _central(line["central"], months)) if what == "time" else row)
    return rows


def _central(found: Mapping[str, Any], months: bool) -> str:
    if found["time_bought_days"] is None:
        return UNCLEAR
    mark = {"at least": "> ", "at most": "< "}.get(found["bound"], "")
    return f"{mark}{signed(found['time_bought_days'], months)}"
