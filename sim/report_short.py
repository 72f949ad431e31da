"""The answer of a run in short, in sentences: levels and who is first, blocs, work, copies, windows, workforce."""

from __future__ import annotations

from datetime import date
from typing import Any

from sim.base.calendar import date_text
from sim.model.level import threshold
from sim.report_blocs import blocs_of, firsts
from sim.report_text import day_text, human
from sim.report_work import between
from sim.result import Result
from sim.show.compared import words_of_level
from sim.show.findings import TOO_FAST, findings
from sim.show.style import listed, number
from sim.tables.beyond_peak import beyond_peak
from sim.tables.parity import EVERYTHING
from sim.tables.steps import value_at

MOST_LEVELS = 3
"""Levels that are told; a ladder of more is in the lines on levels."""


def in_short(result: Result) -> list[str]:
    """Sentences, what the scenario has beyond copies and windows first."""
    return [*_levels(result), *_blocs(result), *_experts(result), *_alignment(result), *_backtest(result),
            *findings(result), *_uplift(result), *_interventions(result)]  # fmt: skip


def _rows(result: Result, table: str) -> list[dict[str, Any]]:
    names = [column.name for column in result.table(table).columns]
    return [dict(zip(names, row, strict=True)) for row in result.table(table).rows]


def _levels(result: Result) -> list[str]:
    """When each level that was not reached at the start is, by whom, how long before the next lab, with what copies."""
    start = result.record.draw.start.isoformat()
    wanted = [row for row in _rows(result, "levels") if row["date"] is None or row["date"][:10] > start]
    wanted.sort(key=lambda row: threshold(result.record.draw, row["level"]))
    if len(wanted) > MOST_LEVELS:
        return []
    copies = {(row["lab"], row["model"]): row["copies_at_open"] for row in _rows(result, "windows")}
    end = date_text(result.record.end, result.record.draw.start)[:10]
    leads, told = result.summary["leads"]["levels"], []
    fast = beyond_peak(result.rates)
    before: tuple[str, float] | None = None
    for row in wanted:
        name = words_of_level(row["level"])
        name = name[:1].upper() + name[1:]
        if row["date"] is None:
            told.append(f"{name}: not reached before the end, {end}.")
            continue
        who = row["first_lab"], row["first_model"]
        line = f"{name}: {day_text(row['date'])}, first by {'/'.join(who)}"
        lead = leads.get(row["level"])
        if lead is not None:
            other = lead["next_lab"] or "any other lab"
            line += f", {'more than ' if lead['censored'] else ''}{_days(lead['lead_days'])} before {other}"
        if before is not None:
            line += f", {_days(before[1])} after {before[0]}"
        if copies.get(who):
            line += f"; its inference fleets could run {number(copies[who])} copies of it that day"
            line += TOO_FAST * (who in fast)
        told.append(f"{line}.")
        length = row["dwell_days_to_next"]
        before = None if length is None else (words_of_level(row["level"]), length)
    return told


def _days(length: float) -> str:
    return f"{length:,.0f} day{'' if round(length) == 1 else 's'}"


def _blocs(result: Result) -> list[str]:
    """How long the first lab of one bloc reaches a level before the first of the other, and with what compute."""
    blocs, told = blocs_of(result.record), []
    for level, first in firsts(result.record).items() if len(blocs) > 1 else ():
        words, (day, bloc) = words_of_level(level), first[0]
        if len(first) < 2:
            others = listed([name for name in blocs if name != bloc])
            told.append(f"At {words} {bloc} is first; no lab of {others} is there before the end.")
            continue
        then, second = first[1]
        amounts = [_h100e(result, who, when) for when, who in first[:2]]
        told.append(f"At {words} {bloc} is {_days(then - day)} before {second}, with {human(amounts[0])} H100e then "
                    f"against {second}'s {human(amounts[1])} when it gets there.")  # fmt: skip
    return told


def _h100e(result: Result, bloc: str, day: float) -> float:
    """H100e of the labs of a bloc on a day."""
    draw = result.record.draw
    return sum(value_at(steps, day) * draw.accelerators[kind].h100e
               for (lab, kind), steps in result.record.clusters.items() if draw.labs[lab].bloc == bloc)  # fmt: skip


def _experts(result: Result) -> list[str]:
    """AI work that equals a tenth of a world's workforce before an expert-level model, and how far these are apart."""
    work = result.summary["ai_work"]
    experts = {domain: found for domain, found in work["expert_level"].items() if found}
    told: list[str] = []
    start = result.record.draw.start.isoformat()
    for item in work["parity"]:
        days = item["days_before_expert_level"]
        if item["share"] != 0.1 or item["workforce"] != "world" or not days or days < 0.0 or item["date"] <= start:
            continue
        done = work["human_years_before_expert_level"].get(item["domain"], {})
        total = sum(sum(bands.values()) for bands in done.values())
        made = f"; until then {human(total)} human-years, {_kinds(result, done, total)}" if total > 0.0 else ""
        told.append(f"AI work in {words_of_level(item['domain'])} equals 10% of that of the world's humans who do it "
                    f"on {item['date'][:10]}, {_days(days)} before the first expert-level model{made}.")  # fmt: skip
    dates = sorted((found["date"], domain) for domain, found in experts.items() if domain != EVERYTHING)
    if dates:
        last = experts.get(EVERYTHING)
        first = f"First expert-level model: {dates[0][0][:10]} in {words_of_level(dates[0][1])}"
        apart = (date.fromisoformat(last["date"][:10]) - date.fromisoformat(dates[0][0][:10])).days if last else 0
        told.append(f"{first}; {_days(apart)} later one is so in every domain." if last else
                    f"{first}; none in every domain before the end.")  # fmt: skip
    return told


def _kinds(result: Result, done: dict[str, dict[str, float]], total: float) -> str:
    """How much of work is below expert quality, and how much of it specialised models do."""
    edges = result.record.draw.quality_bands
    low = sum(value for bands in done.values() for name, value in bands.items() if edges[name] < 1.0)
    tuned = sum(done.get("specialised", {}).values())
    return f"{low / total:.0%} of them below expert quality and {tuned / total:.0%} by specialised models"


def _alignment(result: Result) -> list[str]:
    """What alignment work is enough for before the last level that is reached."""
    found = result.summary.get("alignment") or {"break_even": []}
    rows = [row for row in found["break_even"] if row["before"]]
    if not rows:
        return []
    row = rows[-1]
    risks = [f"Risk at the {item['of']} at {words_of_level(item['level'])} in the judgement of {item['author']}: "
             f"{item['risk']:.0%}." for item in found.get("risk", {}).values() if item["risk"] is not None]  # fmt: skip
    held = f", held down by {row['bound_by']}" if row["bound_by"] and not row["waits_for"] else ""
    return [f"Alignment work before {words_of_level(row['before'])} is enough for a job of at most "
            f"{human(row['researcher_years'])} researcher-years, of which at most {human(row['serial_days'])} serial "
            f"days{held}.", *risks]  # fmt: skip


def _backtest(result: Result) -> list[str]:
    if not result.record.draw.backtest:
        return []
    _, counts = result.backtest
    own, anywhere = counts["own"], counts["frontier"]
    return [f"A lab's own next flagship came where FLOP says in {own['hit']} of {own['really_closed']} cases, any "
            f"lab's in {anywhere['hit']} of {anywhere['really_closed']}."]  # fmt: skip


def _uplift(result: Result) -> list[str]:
    """How much AI sped software up in the years for which something was observed."""
    found, seen = result.summary["implied_uplift"], result.summary["observed"]["implied_uplift"]
    parts = [f"{found[year]:.2f}x in {year} ({between(seen[year])} observed)" for year in sorted(found) if year in seen]
    return [f"The inputs imply that AI sped up software progress by {listed(parts)}."] if parts else []


def _interventions(result: Result) -> list[str]:
    names = [item["name"] for item in result.summary.get("interventions", ())]
    if not names:
        return []
    return [f"What {'it' if len(names) == 1 else 'each'} bought against the same world without it: `sim explain FILE "
            f"--intervention {names[0]}`, or `sim compare BASE FILE`."]  # fmt: skip
