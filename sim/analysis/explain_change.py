"""For each intervention a short derivation: what it stopped, what went on meanwhile, what returned, and the sum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sim.analysis.derivation import balance, course, days
from sim.analysis.explain_limits import limits
from sim.analysis.explain_step import num
from sim.analysis.lowered_work import lowered_work
from sim.analysis.pair import Pair, World
from sim.analysis.slow_lengths import planned_slowly
from sim.base.calendar import date_text
from sim.model.intervention import PAUSE, Intervention
from sim.tables.covert import covert_projects
from sim.tables.cut_runs import cut_runs, cut_runs_text
from sim.tables.percent import percent
from sim.tables.steps import value_at
from sim.tables.table import Table
from sim.world.record import RunRecord

OWN = ("intervention_waits", "intervention_start", "intervention_end", "intervention_breaks", "suspended", "resumed")


def derivation(pair: Pair, levels: Table, rebound: Table, returned: Table | None) -> list[str]:
    """Lines for one changed world: each of its interventions, then each level that came later or sooner.

    levels, rebound, returned: tables of the comparison; the last gives what came back by cause, if it was made.
    """
    lines = [line for item in pair.world.record.interventions for line in _intervention(pair, *item)]
    if not pair.world.record.interventions:
        return []
    specs = [spec_of(pair.world.record, name) for name, *_ in pair.world.record.interventions]
    stops = any(spec is not None and (spec.stops or spec.continues) for spec in specs)
    start = pair.world.record.draw.start
    spells = [(date_text(since, start), date_text(pair.world.record.end if until is None else until, start))
              for _, since, until, _ in pair.world.record.interventions]  # fmt: skip
    back = {row["level"]: row for row in _rows(returned, pair.name)} if returned is not None else {}
    first = {row["level"]: row for row in _rows(rebound, pair.name)}
    for row in _rows(levels, pair.name):
        lasts = any(row["date"] is not None and first_day <= row["date"] < last for first_day, last in spells)
        line = _level(row, first.get(row["level"]), back.get(row["level"]), stops, lasts)
        if line:
            lines.append(line)
    lowered = lowered_work(pair, [spec for spec in specs if spec is not None])
    return [*lines, lowered] if lowered else lines


def _rows(table: Table, scenario: str) -> Iterable[dict[str, Any]]:
    names = [column.name for column in table.columns]
    rows = (dict(zip(names, row, strict=True)) for row in table.rows)
    return [row for row in rows if row["scenario"] == scenario]


def _intervention(pair: Pair, name: str, since: float, until: float | None, labs: list[str]) -> list[str]:
    """When it was in force, for whom, what it stopped, and what went on meanwhile."""
    record = pair.world.record
    spec = spec_of(record, name)
    end = record.end if until is None else until
    day, last = (date_text(when, record.draw.start)[:10] for when in (since, end))
    whom = "all labs" if set(labs) == set(record.draw.labs) else ", ".join(labs) or "no lab"
    what = []
    if spec is not None:
        what += [f"stops {', '.join(map(_readable, spec.stops))}"] if spec.stops else []
        what += [f"{percent(share)} of {_readable(each)} goes on" for each, share in sorted(spec.continues.items())]
        what += limits(spec)
        what += [f"holds at {percent(spec.holds)}"] if spec.holds < 1.0 else []
    over = "" if until is not None else ", still in force at the end"
    first = f"{name}: in force from {day} to {last} ({days(round(end - since))}{over}) for {whom}"
    lines = [": ".join([first, *(["; ".join(what)] if what else [])]) + "."]
    covert = covert_projects(record).get(name)
    if covert is not None:
        lines.append(f"{covert}.")
    if end <= since or not labs:
        return lines
    chips = [sum(cluster_of(record, lab, when) for lab in labs) for when in (since, end)]
    software = _growth(pair.world, labs, since, end)
    base = _growth(pair.base, labs, since + pair.world.later, end + pair.world.later)
    told = [f"their chips x{num(chips[1] / chips[0], 3)}"] if chips[0] > 0.0 else []
    if software is not None:
        there = f" (in the base x{num(base, 3)})" if base else ""
        told.append(f"best training efficiency x{num(software, 3)}{there}")
    own = own_events(record, name)
    suspended = sorted({f"{lab}/{run}" for _, lab, kind, run, *_, causes in record.events
                        if kind == "run_suspended" and not own.isdisjoint(causes)})  # fmt: skip
    runs = ", ".join(suspended[:6]) + (f" and {len(suspended) - 6} more" if len(suspended) > 6 else "")
    still = spec is not None and spec.stops_everything
    told.append("all runs stand still" if still and not runs else f"runs suspended: {runs or 'none'}")
    cut = cut_runs(record).get(name)
    told += [cut_runs_text(cut)] if cut else []
    lines.append(f"Meanwhile: {'; '.join(told)}.")
    slowly = planned_slowly(record, name, spec, since, until, labs) if spec is not None else ""
    return [*lines, slowly] if slowly else lines


def _readable(what: str) -> str:
    """What stops, to read: `ai_use_in_research` is `AI use in research`."""
    return what.replace("ai_", "AI ").replace("_", " ")


def spec_of(record: RunRecord, name: str) -> Intervention | None:
    """The declaration of an intervention of a record, by its name; None if there is none."""
    if name == PAUSE and record.draw.pause is not None:
        return record.draw.pause
    return record.draw.interventions.get(name)


def own_events(record: RunRecord, name: str) -> set[int]:
    """Indices of the events that are the intervention's own: its start, its end, that it binds a lab, and so on."""
    return {n for n, event in enumerate(record.events) if event[2] in OWN and event[3] == name}


def cluster_of(record: RunRecord, lab: str, day: float) -> float:
    """H100e of a lab on a day."""
    accelerators = record.draw.accelerators
    return sum(value_at(steps, day) * accelerators[kind].h100e for (owner, kind), steps in record.clusters.items()
               if owner == lab)  # fmt: skip


def _growth(world: World, labs: list[str], since: float, until: float) -> float | None:
    """Factor by which the best training efficiency of some labs grew between two days; None if there is no such lab."""
    laws = [law for lab, law in world.record.training_efficiency.items() if lab in labs]
    if not laws:
        return None
    first, last = (max(law.at(min(day, world.record.end)) for law in laws) for day in (since, until))
    return last / first if first > 0.0 else None


def _level(
    row: dict[str, Any], first: dict[str, Any] | None, back: dict[str, Any] | None, stops: bool, lasts: bool
) -> str:
    """How the days bought at a level come about; "" where none could be.

    stops: whether an intervention stops or slows something, so that its days in force are what could be bought.
    lasts: whether one is in force on the day on which the level is reached.
    """
    if row["bound"] == "unknown" or not row["intervention_days"]:
        return ""
    spent, bought = row["intervention_days"], row["time_bought_days"]
    dates = ["after the end" if row[key] is None else row[key][:10] for key in ("date_base", "date")]
    head = f"{row['level']}: {dates[0]} in the base, {dates[1]} here"
    if row["bound"] != "exact":
        return f"{head}: {row['bound']} {days(round(bought))} bought."
    if not round(bought) and first is not None and first["model"] == first["model_base"]:
        told = [f"{row['level']}: {dates[1]} by {first['model']}, as in the base: 0 days bought"]
    else:
        told = [f"{head}: bought {course(first)} ({first['model']} against {first['model_base']})"] if first else [head]
    if first is not None and not first["binds_first"]:
        told.append(f"{row['first_lab']} is first, whom it does not bind")
    elif back is not None:
        told.append(balance(back))
    elif stops:
        later = round(bought) - round(spent)
        rest = f"plus {later:,} that came of it afterwards" if later > 0 else "less what came back or never stopped"
        until = " until then" if lasts else ""
        told.append(f"{days(round(bought))} = {round(spent):,} in force{until} {rest}")
    return f"{'; '.join(told)}."
