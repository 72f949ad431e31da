"""An explained intervention as text, at most 100 columns wide."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from sim.analysis import derivation
from sim.analysis.explain_limits import limits
from sim.analysis.explain_step import num
from sim.analysis.later_starts import later_text
from sim.tables.chance import broken
from sim.tables.covert import covert_projects
from sim.tables.percent import percent
from sim.tables.table import Table

if TYPE_CHECKING:
    from sim.analysis.explain_intervention import InterventionExplanation

WIDE = 100
MOST = 20
"""Rows of a table that are shown."""


def text(found: InterventionExplanation) -> str:
    """The whole explanation."""
    spec = found.spec
    if found.since is None:
        return f"{found.name}: never in force: it waited for {spec.starts}, or its date is after the end\n"
    span = f"{_day(found, found.since)} to " + (
        "the end, " + _day(found, found.record.end) if found.until is None else _day(found, found.until)
    )
    length = (found.record.end if found.until is None else found.until) - found.since
    lines = _wrapped(f"{found.name}: in force {span} ({derivation.days(round(length))}); binds "
                     f"{', '.join(found.labs) or 'nobody'}")  # fmt: skip
    lines += _wrapped(f"Why: {_why(found, 'intervention_start')}")
    if found.until is not None:
        lines += _wrapped(f"It ended: {_why(found, 'intervention_end')}")
    chance = broken(found.record, found.name)
    lines += _wrapped(f"Chance: {chance}") if chance else []
    lines += ["", "What it limits (it " + (f"holds by {percent(spec.holds)})" if spec.holds < 1.0 else "holds wholly)")]
    lines += [f"  {words}" for words in _limits(found)]
    lines += ["", "What that did"]
    late = later_text(found.pair, found.labs, found.since + found.pair.world.later)
    lines += [*_did(found), *(_wrapped(late, "  ") if late else [])] or ["  no run was suspended, or starts later"]
    covert = covert_projects(found.record).get(found.name)
    if covert is not None:
        lines += ["", "Behind it", *_wrapped(covert, "  ")]
    lines += ["", "Meanwhile"]
    lines += _meanwhile(found)
    lines += ["", "Against the same world without it"]
    lines += _bought(found)
    return "\n".join(lines) + "\n"


def _wrapped(line: str, indent: str = "") -> list[str]:
    return textwrap.wrap(line, WIDE, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False,
                         break_on_hyphens=False)  # fmt: skip


def _day(found: InterventionExplanation, day: float) -> str:
    return (found.date(day) or "")[:10]


def _why(found: InterventionExplanation, kind: str) -> str:
    """What caused its start or end, in words."""
    events = found.record.events
    event = next(event for event in events if event[2:4] == (kind, found.name))
    causes = [events[n] for n in event[7] if events[n][3] != found.name]
    told = [f"{lab + ': ' if lab else ''}{what.replace('_', ' ')} {subject}" for _, lab, what, subject, *_ in causes]
    broke = any(events[n][2] == "intervention_breaks" for n in event[7])
    return ", ".join([*(["it broke"] if broke else []), *told]) or "its date"


def _limits(found: InterventionExplanation) -> list[str]:
    lines = [f"{what} stops" if not share else f"{what} at {share:.4g} of it" for what, share in found.limits()]
    return [*lines, *limits(found.spec)] or ["nothing"]


def _did(found: InterventionExplanation) -> list[str]:
    rows = _dicts(found.did_table)
    lines = []
    for row in rows[:MOST]:
        subject = "" if row["subject"] == found.name else f" {row['subject']}"
        line = f"  {row['from'][:10]}  {row['lab']}: {row['what'].replace('_', ' ')}{subject}"
        if row["until"] is not None:
            line += f" until {row['until'][:10]} ({derivation.days(round(row['days']))})"
        elif row["what"] in ("run_suspended", "run_waits"):
            line += " to the end"
        if row["value"] is not None:
            amount = f"{100.0 * row['value']:.3g}%" if row["unit"] == "share" else f"{num(row['value'])} {row['unit']}"
            line += f": {amount}"
        lines += _wrapped(line.strip(), "  ")
    if len(rows) > MOST:
        lines.append(f"  and {len(rows) - MOST} more (.did)")
    return lines


def _meanwhile(found: InterventionExplanation) -> list[str]:
    rows = _dicts(found.meanwhile_table)
    wide = max((len(row["lab"]) for row in rows), default=0)
    lines = []
    for row in rows:
        both = f"{num(row['before']):>10} -> {num(row['after']):>10} {row['unit']:<15}"
        factor = "" if row["factor"] is None else f" x{num(row['factor'])}"
        lines.append(f"  {row['lab']:<{wide}}  {row['what']:<22}{both}{factor}")
    return lines


def _bought(found: InterventionExplanation) -> list[str]:
    lines = []
    returned = {row["level"]: row for row in _dicts(found.returned_table)}
    courses = {row["level"]: row for row in _dicts(found.bought_table)}
    pair = found.pair
    for level in pair.levels:
        time = pair.time_bought(level)
        if time.value is None:
            lines.append(f"  {level}: not reached before the end, with it or without")
            continue
        if time.bound != "exact":
            lines.append(f"  {level}: {time.bound} {derivation.days(round(time.value))} bought: the end comes first")
            continue
        row = courses.get(level)
        if row is None or not row["intervention_days"]:
            continue  # reached before it began
        lines += _wrapped(f"{level}: {derivation.course(row)}", "  ")
        lines += _wrapped(f"{row['model']} against {row['model_base']}: {num(row['stronger_x'])}x as strong = chips "
                          f"x{num(row['chips_x'])}, software x{num(row['software_x'])}, share of the cluster "
                          f"x{num(row['share_x'])}, duration x{num(row['duration_x'])}, other x{num(row['other_x'])}",
                          "    ")  # fmt: skip
        if not row["binds_first"]:
            lines += _wrapped(f"{row['model'].split('/')[0]} is first, whom it does not bind", "    ")
        elif level in returned:
            lines += _wrapped(derivation.balance(returned[level]), "    ")
    return lines or ["  every level had been reached when it began, or there are none"]


def _dicts(table: Table) -> list[dict[str, Any]]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]
