"""The answer of a comparison in short: what time each changed world buys along the ladder, and what comes with it."""

from __future__ import annotations

from typing import Any

from sim.analysis.pair import AT_LEAST, AT_MOST, EXACT, UNKNOWN, Pair
from sim.model.programme import SHORTER
from sim.report_blocs import Firsts, blocs_of, firsts
from sim.show.compared import Compared, rows_of, signed, span, words_of_level
from sim.show.given_up import percent, until_the_end
from sim.show.one_pair import one_pair
from sim.show.simulated import start_of
from sim.show.style import listed, number

MORE_TRAINING = 0.05
"""Share by which training may grow before it is said why."""


def in_short(comparison: Compared) -> list[str]:
    """A paragraph for each changed world; which buys most, what is not counted, and that it is one pair of worlds."""
    lines = [f"{pair.name}: {_world(comparison, pair)}" for pair in comparison.pairs]
    best = _most(comparison)
    lines += [best] if best else []
    if not comparison.table("alignment").rows and any(pair.base.crossings for pair in comparison.pairs):
        lines.append("Alignment work is not counted: that takes an `alignment:` block in both worlds, as in "
                     "scenarios/alignment.yaml.")  # fmt: skip
    return [*lines, one_pair(comparison)]


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def _levels(comparison: Compared, name: str) -> list[dict[str, Any]]:
    """Rows of the levels that the base did not have at its start."""
    start = start_of(comparison.base)
    return [row for row in rows_of(comparison, "levels", name)
            if row["date_base"] is None or row["date_base"] > start]  # fmt: skip


def _world(comparison: Compared, pair: Pair) -> str:
    rows = _levels(comparison, pair.name)
    times: dict[str, list[str]] = {}
    for row in rows:
        times.setdefault(_time(row), []).append(words_of_level(row["level"]))
    told = [", ".join(f"{time} at {listed(levels)}" for time, levels in times.items()) or "no named level to compare"]
    spent = pair.world.intervened(pair.end)
    told[0] += f" (in force for {span(spent)})" if spent else ""
    more = (_first(rows), _blocs(pair), _aligned(comparison, pair, rows), _alignment_fleets(comparison, pair),
            _given_up(comparison, pair), _trained(comparison, pair))  # fmt: skip
    told += [each for each in more if each]
    return _plain(". ".join(told) + ".")


def _time(row: dict[str, Any]) -> str:
    """Time bought in words: `2.5 months later`, `no time`, `more than 3.0 years later`."""
    days = row["time_bought_days"]
    if row["bound"] == UNKNOWN or days is None:
        return "reached in neither world"
    if row["bound"] == EXACT and abs(days) < 0.5:
        return "no time bought"
    if row["bound"] == EXACT:
        return f"{span(abs(days))} {'later' if days > 0.0 else 'sooner'}"
    return f"at least {span(abs(days))} later" if days > 0.0 else f"at least {span(abs(days))} sooner"


def _first(rows: list[dict[str, Any]]) -> str:
    other = [row for row in rows if row["first_lab"] and row["first_lab_base"] not in (None, row["first_lab"])]
    return ", ".join(f"{row['first_lab']}, not {row['first_lab_base']}, is first at {words_of_level(row['level'])}"
                     for row in other)  # fmt: skip


def _blocs(pair: Pair) -> str:
    """By how much one bloc is before the others at the last level that one reaches in the changed world."""
    if len(blocs_of(pair.world.record)) < 2:
        return ""
    here, base = firsts(pair.world.record), firsts(pair.base.record)
    if not here:
        return ""
    level = list(here)[-1]
    old = _lead(base[level]) if level in base else "nobody is there"
    return f"At {words_of_level(level)} {_lead(here[level])} (in the base: {old})"


def _lead(first: Firsts) -> str:
    (day, bloc), *later = first
    return f"{bloc} is {span(later[0][0] - day)} before {later[0][1]}" if later else f"only {bloc} gets there"


def _aligned(comparison: Compared, pair: Pair, rows: list[dict[str, Any]]) -> str:
    """Alignment work until the last level in both worlds: at least so much where the world does not reach it."""
    if not rows:
        return ""
    level = rows[-1]["level"]
    found = [row for row in rows_of(comparison, "alignment", pair.name) if (row["level"], row["by"]) == (level, "all")]
    if not found:
        return ""
    new, old = found[0]["researcher_years"], found[0]["researcher_years_base"]
    bound = found[0]["bound"]
    here, there = ("at least " if bound in (own, UNKNOWN) else "" for own in (AT_LEAST, AT_MOST))
    change = f" ({percent(new - old, old)})" if bound == EXACT and old and abs(new - old) > 5e-4 * old else ""
    return (f"Alignment work before {words_of_level(level)}: {here}{number(new)} researcher-years, {there}"
            f"{number(old)} in the base{change}")  # fmt: skip


def _given_up(comparison: Compared, pair: Pair) -> str:
    """AI work that rises though the strongest models do less of it."""
    rows = [row for row in rows_of(comparison, "cost", pair.name) if row["lab"] is None and row["what"] == "ai_work_by"]
    work = {row["of"]: row for row in rows}
    reached = [level for level in pair.levels if level in work and work[level]["base"] > 0.0]
    able = pair.able_level
    if able is None or able not in work or not reached or reached[-1] == able:
        return ""
    low, high = work[able], work[reached[-1]]
    if low["change"] <= 0.1 * low["base"] or high["change"] >= -0.1 * high["base"]:
        return ""
    more, less = (percent(row["change"], row["base"]) for row in (low, high))
    return (f"More AI work by models at {words_of_level(able)} ({more}), but less by those at "
            f"{words_of_level(reached[-1])} ({less}): many copies of weaker models")  # fmt: skip


def _alignment_fleets(comparison: Compared, pair: Pair) -> str:
    """How much of what AI work there is more is that of alignment's own fleets."""
    given = until_the_end(comparison, pair)
    if given.others is None or not given.of_alignment or not given.work[1] or not given.others[1]:
        return ""
    whose = f" by models at {words_of_level(pair.able_level)}" if pair.able_level else ""
    return (f"AI work{whose} until the end: {percent(*given.work)} with that of alignment's own fleets, "
            f"{percent(*given.others)} without")  # fmt: skip


def _trained(comparison: Compared, pair: Pair) -> str:
    """Why training takes more than in the base, where it does: more runs, or longer ones."""
    change, base = until_the_end(comparison, pair).training
    if not base or change < MORE_TRAINING * base:
        return ""
    (runs, days), (runs_base, days_base) = (_runs(world) for world in (pair.world, pair.base))
    ruled = any(run.length_rule is not None and run.length_rule.rule == SHORTER
                for lab in pair.world.record.draw.labs.values() for run in lab.runs)  # fmt: skip
    why = ", as runs are longer where software goes slower (`length_rule`)" if ruled and days > days_base else ""
    return (f"More training until the end ({percent(change, base)}): {runs:,} runs of {days:,.0f} days on average, in "
            f"the base {runs_base:,} of {days_base:,.0f}{why}")  # fmt: skip


def _runs(world: Any) -> tuple[int, float]:
    """Finished runs, and the mean of their days of work."""
    logs = [log for log in world.record.runs if log.finished is not None]
    days = [sum((log.finished if until is None else until) - since for _, since, until, held in log.phases if held)
            for log in logs]  # fmt: skip
    return len(logs), sum(days) / len(days) if days else 0.0


def _most(comparison: Compared) -> str:
    """Which world buys most time at the last level of the base, of three or more."""
    if len(comparison.pairs) < 3:
        return ""
    levels = [row["level"] for row in _levels(comparison, comparison.pairs[0].name) if row["date_base"] is not None]
    if not levels:
        return ""
    rows = [row for row in rows_of(comparison, "levels") if row["level"] == levels[-1] and row["time_bought_days"]]
    words = words_of_level(levels[-1])
    open_ones = [row["scenario"] for row in rows if row["bound"] == AT_LEAST]
    exact = sorted((row for row in rows if row["bound"] == EXACT and row["time_bought_days"] > 0.5),
                   key=lambda row: -row["time_bought_days"])  # fmt: skip
    parts = [f"not reached before the end with {listed(open_ones)}"] if open_ones else []
    if exact:
        top = f"{exact[0]['scenario']} buys most, {signed(exact[0]['time_bought_days'], EXACT)}"
        parts.append(f"of the others {top}" if open_ones else top)
    return _plain(f"At {words}: {'; '.join(parts)}.") if parts else f"Nothing buys time at {words}."
