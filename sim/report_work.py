"""The part of a printed report on work: of alignment, of AIs in research, of AIs against human workforces."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date
from typing import IO

from sim.base.calendar import date_text
from sim.model.domain import RESEARCH
from sim.report_text import WIDTH, day_text, human, paragraphs
from sim.result import Result
from sim.tables.parity import EVERYTHING, out_of_reach

EXPERT_RESEARCHER = "expert_researcher"
"""The catalog's level whose name is near to expert-level."""

UPLIFT_TO_EXPLAIN = 2.0
"""An implied uplift above what anyone has observed."""


def print_alignment(result: Result, out: IO[str]) -> None:
    """Break-even: what alignment work is enough for before each level, the stated job, and curves of risk."""
    found = result.summary.get("alignment")
    if found is None:
        return
    who = "all labs" + (" and the people elsewhere" if result.record.elsewhere else "")
    paragraphs([f"Alignment work of {who}, as one field (alignment.csv; rests on guesses). It is enough if the job is "
                 "below so many researcher-years, of which at most so many serial days (of work one after another, at "
                 "a human's speed: models work faster, so there can be more of them than days in the calendar):"],
                out)  # fmt: skip
    for row in found["break_even"]:
        when = f"before {row['before']}, {day_text(row['date'])}" if row["before"] else f"until the end, {row['date']}"
        line = f"  {when}: {human(row['researcher_years'])} researcher-years, {human(row['serial_days'])} serial days"
        if len(found["break_even"]) > 1:
            # Levels reached before the start begin the first dwell there: nothing before it is counted.
            since = row["dwell"] if row is not found["break_even"][0] else f"the start ({result.record.draw.start})"
            line += (f"; of the {row['dwell_days']:,.0f} days since {since} alone "
                     f"{human(row['dwell_researcher_years'])} and {human(row['dwell_serial_days'])}")  # fmt: skip
        if row["waits_for"]:
            line += f" (part of the job waits for {row['waits_for']})"
        elif row["bound_by"]:
            line += f" (held down by {row['bound_by']})"
        print(textwrap.fill(line, WIDTH, subsequent_indent="    ", break_on_hyphens=False), file=out)
    job = found.get("job")
    if job is not None:
        needs = (job["needs_researcher_years"], "researcher-years"), (job["needs_serial_days"], "serial days")
        wanted = [f"{human(amount)} {what}" for amount, what in needs if amount is not None]
        by = "" if job["before"] is None else f" before {job['before']}"
        by += "" if job["reached"] else ", which is not reached before the end"
        verdict = "enough" if job["enough"] else "NOT enough"
        paragraphs([f"The job as stated ({' and '.join(wanted)}{by}): {verdict}, with "
                     f"{human(job['researcher_years'])} and {human(job['serial_days'])}."], out)  # fmt: skip
    for name, item in found.get("risk", {}).items():
        time = "that is not reached" if item["days"] is None else f"{item['days']:,.0f} days"
        more = " or more, as it was still running at the end" if item["still_running_at_end"] else ""
        risk = "" if item["risk"] is None else f": {item['risk']:.0%}"
        paragraphs([f"Risk in the judgement of {item['author']} (the curve {name}, not this program's; by "
                     f"{item['of']} at {item['level']}, here {time}{more}){risk}."], out)  # fmt: skip


def print_uplift(result: Result, out: IO[str]) -> None:
    uplift = result.summary["implied_uplift"]
    labs = result.record.draw.labs.values()
    if not uplift:
        if any(fleet.domain == RESEARCH for lab in labs for fleet in lab.fleets.values()):
            paragraphs(["Implied uplift of software progress by AI labour: not known, as no lab states who does "
                         "research besides its AI (`staff: {ai_research: ...}`)."], out)  # fmt: skip
        return
    observed = result.summary["observed"]["implied_uplift"]
    parts = [
        f"{year} {value:.2f}x" + (f" (observed: {between(observed[year])})" if year in observed else "")
        for year, value in sorted(uplift.items())
    ]
    told = (
        ""
        if any(lab.software.feedback for lab in labs)
        else (" It is only reported: software progress here is as stated, without `feedback`.")
    )
    several = len({lab for year in result.summary["implied_uplift_by_lab"].values() for lab in year}) > 1
    whose = ", the largest of any lab" if several else ""
    high = max(uplift.values()) > UPLIFT_TO_EXPLAIN
    bound = " What bounds it is the share of tasks that AI cannot do." if high else ""
    paragraphs([f"Implied uplift of software progress by AI labour{whose}: {', '.join(parts)}.{bound}{told}"], out)


def between(ends: float | Sequence[float]) -> str:
    """An observed value, or its 90% interval."""
    return f"{ends:.2f}x" if isinstance(ends, float) else " to ".join(f"{end:.2f}x" for end in ends)


def print_parity(result: Result, out: IO[str]) -> None:
    """The seed's claim: when AI work equals shares of the human workforces, where the scenario states any, how much of
    what kind is done before the first expert-level models, and how long these are apart."""
    work = result.summary["ai_work"]
    start = date_text(0.0, result.record.draw.start)
    lines: dict[tuple[str, str], dict[str, list[str]]] = {}
    for item in work["parity"]:
        days = item["days_before_expert_level"]
        when = "at the start" if item["date"] == start else day_text(item["date"])
        apart = "" if days is None else f" ({abs(days):,.0f} days {'before' if days >= 0.0 else 'after'})"
        line = lines.setdefault((item["domain"], item["workforce"]), {})
        line.setdefault(f"{when}{apart}", []).append(f"{item['share'] * 100:g}%")
    if not lines:
        return
    experts = work["expert_level"]
    known = any(experts[domain] is not None for domain, _ in lines)
    before = "; days before the first expert-level model" if known else ""
    paragraphs(
        [f"AI work on tasks it can do equals a share of a human workforce (parity.csv; rests on guesses{before}):"], out
    )
    for (domain, workforce), dates in lines.items():
        parts = ", ".join(f"{' and '.join(shares)} {when}" for when, shares in dates.items())
        print(f"  {domain} ({workforce}): {parts}; {_expert(result, domain)}", file=out)
    if EXPERT_RESEARCHER in result.record.draw.levels:
        paragraphs([f"  (Expert-level is about quality; the level {EXPERT_RESEARCHER} is a share of the tasks, "
                    "whatever the quality.)"], out)  # fmt: skip
    found = sorted((expert["date"], domain) for domain, expert in experts.items() if expert and domain != EVERYTHING)
    if not found:
        return
    wanted = result.record.draw.expert_level
    tasks = f" (on {wanted.share_doable:.0%} of the tasks)" if wanted and wanted.share_doable else ""
    print(f"AI work until its domain's first expert-level model{tasks}, in human-years (bands.csv):", file=out)
    for _, domain in sorted(found, key=lambda item: item[1]):
        done = work["human_years_before_expert_level"].get(domain)
        if done:
            print(f"  {domain}: {_done(done, result)}", file=out)
    everything = experts[EVERYTHING]
    first = f"{day_text(found[0][0])} in {found[0][1]}"
    last = (
        "no model is so in every domain before the end"
        if everything is None
        else f"in every domain {day_text(everything['date'])} ({everything['model']}), "
        f"{(_day(everything['date']) - _day(found[0][0])).days:,} days later"
    )
    paragraphs([f"First expert-level model: {first}; {last}."], out)


def _expert(result: Result, domain: str) -> str:
    """The first expert-level model of a domain, or why there is none."""
    expert = result.summary["ai_work"]["expert_level"][domain]
    if expert is not None:
        return f"expert-level {day_text(expert['date'])}"
    if out_of_reach(result.rates, domain):
        law = result.record.draw.domains[domain].quality
        wanted = result.record.draw.expert_level
        assert wanted is not None
        if (law.ceiling or 0.0) <= (wanted.quality or 0.0):
            ceiling = f"quality only nears {law.ceiling or 0.0:.0%} (`domains.{domain}.quality.ceiling`)"
        else:
            ceiling = f"`domains.{domain}.share_doable.ceiling` is too low"
        return f"none can be expert-level, as {ceiling}"
    return "no expert-level model before the end"


def _done(kinds: dict[str, dict[str, float]], result: Result) -> str:
    """How much work, and its shares by quality and by kind of model."""
    total = sum(sum(bands.values()) for bands in kinds.values())
    if total <= 0.0:
        return "none"
    by_band = {
        name: sum(bands.get(name, 0.0) for bands in kinds.values())
        for name, _ in sorted(result.record.draw.quality_bands.items(), key=lambda item: item[1])
    }
    by_kind = {kind: sum(bands.values()) for kind, bands in kinds.items()}
    quality, kind = (
        ", ".join(f"{part / total:.0%} {name}" for name, part in parts.items() if part >= 0.005 * total)
        for parts in (by_band, by_kind)
    )
    return f"{human(total)}: {quality} quality; by {kind} models"


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])
