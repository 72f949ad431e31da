"""summary.json: headlines, milestones, and the implied uplift beside what was observed."""

from __future__ import annotations

from datetime import date
from operator import itemgetter
from statistics import median
from typing import Any

from sim.base.calendar import date_text
from sim.model.domain import RESEARCH
from sim.physics.software import implied_uplift, research_speed
from sim.tables.alignment import alignment_summary
from sim.tables.alignment_work import counts_alignment
from sim.tables.covert import covert_projects
from sim.tables.cut_runs import cut_runs
from sim.tables.leads import leads_summary, leads_table
from sim.tables.rates import Rates
from sim.tables.steps import value_at
from sim.tables.table import Table
from sim.tables.trajectory import boundaries, labour_at
from sim.world.record import RunRecord


def headlines(windows: Table) -> dict[str, Any]:
    """The numbers that a reader wants first."""
    rows, at = windows.rows, {column.name: n for n, column in enumerate(windows.columns)}
    lab, model, opens, before = at["lab"], at["model"], at["opens"], at["opened_before_start"]
    length, still_open = at["length_days"], at["censored"]
    frontier_length, frontier_open = at["frontier_length_days"], at["frontier_censored"]
    new = [row for row in rows if not row[before]]
    own = [row[length] for row in new if not row[still_open] and row[length]]
    frontier = [row[frontier_length] for row in new if not row[frontier_open] and row[frontier_length]]
    result: dict[str, Any] = {
        "models": len(rows),
        "own_windows_closed": len(own),
        "own_window_median_days": median(own) if own else None,
        "own_windows_surpassed_on_first_day": sum(1 for row in new if row[length] == 0.0),
        "own_windows_open_at_end": sum(1 for row in rows if row[still_open]),
        "frontier_windows_closed": len(frontier),
        "frontier_window_median_days": median(frontier) if frontier else None,
        "frontier_windows_surpassed_on_first_day": sum(1 for row in new if row[frontier_length] == 0.0),
        "frontier_windows_open_at_end": sum(1 for row in rows if row[frontier_open]),
    }
    for key, column in (
        ("most_copies_at_open", at["copies_at_open"]),
        ("most_copies_from_training_compute", at["copies_from_training_compute"]),
    ):
        known = [row for row in rows if row[column]]
        if known:
            top = max(known, key=itemgetter(column))
            result[key] = {"model": f"{top[lab]}/{top[model]}", "copies": top[column], "opens": top[opens]}
    return result


def milestones(record: RunRecord) -> dict[str, str]:
    """Name -> the date on which each milestone was reached."""
    start = record.draw.start
    return {
        name: date_text(day, start)
        for name, day in sorted(record.milestones.items(), key=lambda item: (item[1], item[0]))
    }


def interventions(record: RunRecord) -> dict[str, Any]:
    """`interventions`: for each that started, its dates, whom it bound, the runs that it cut, its covert project.

    Nothing where there is none.
    """
    start, covert, cut = record.draw.start, covert_projects(record), cut_runs(record)
    found = [
        {"name": name, "starts": date_text(since, start), "ends": None if until is None else date_text(until, start),
         "binds": labs, **({"runs_cut": cut[name]} if name in cut else {}),
         **({"covert": covert[name]} if name in covert else {})}
        for name, since, until, labs in record.interventions
    ]  # fmt: skip
    return {"interventions": found} if found else {}


def uplift(record: RunRecord, lab: str, humans: float, labour: float, day: float) -> float:
    """Software speed of a lab with its AI labour over that without it, on a day, at equal experiment compute.

    (L/H)^(labour_share · lambda); where labour and compute substitute each other otherwise (`research_substitution`),
    R^lambda with L over R^lambda with H, relative to the day from which software follows research (else to this one).
    """
    law = record.draw.labs[lab].software
    share, penalty, rho = law.labour_share or 0.0, law.parallel_penalty or 0.0, law.research_substitution or 0.0
    if not rho:
        return implied_uplift(labour, humans, share, penalty)
    base = record.research_base.get(lab, labour)
    compute = value_at(record.research_compute[lab], day) if lab in record.research_compute else 1.0
    with_ai, without = (research_speed(amount / base, compute, share, rho, penalty) for amount in (labour, humans))
    return with_ai / without


def uplift_by_year(record: RunRecord, rates: Rates) -> dict[str, dict[str, float]]:
    """Year -> lab -> mean implied uplift: speed of software progress with AI labour over without it.

    From the labour law with the lab's staff and research fleets in `ai_research`, taken at the ends of the
    trajectory's intervals.
    """
    draw = record.draw
    result: dict[str, dict[str, list[float]]] = {}
    for day in boundaries(record)[1:]:
        year = str(date.fromordinal(draw.start.toordinal() + max(0, int(day) - 1)).year)
        for lab in sorted(draw.labs):
            if (lab, RESEARCH) not in record.staff:
                continue
            humans, labour = labour_at(record, rates, lab, RESEARCH, day)
            if humans > 0.0 and labour > 0.0:  # in a standstill nobody works
                value = uplift(record, lab, humans, labour, day)
                result.setdefault(year, {}).setdefault(lab, []).append(value)
    return {year: {lab: sum(values) / len(values) for lab, values in labs.items()} for year, labs in result.items()}


def summary(record: RunRecord, windows: Table, rates: Rates) -> dict[str, Any]:
    """The parts of summary.json that follow from the record."""
    draw = record.draw
    by_lab = uplift_by_year(record, rates)
    return {
        "name": draw.name,
        "question": draw.question,
        "headlines": headlines(windows),
        "milestones": milestones(record),
        **interventions(record),
        "leads": leads_summary(leads_table(record)),
        **({"alignment": alignment_summary(record, rates)} if counts_alignment(record) else {}),
        "implied_uplift": {year: max(labs.values()) for year, labs in by_lab.items()},
        "implied_uplift_by_lab": by_lab,
        "observed": {"implied_uplift": dict(draw.observed_uplift)},
        "runs": [
            {"date": date_text(day, draw.start), "lab": lab, "subject": subject, "warning": message}
            for day, lab, subject, message in record.warnings
        ],
    }
