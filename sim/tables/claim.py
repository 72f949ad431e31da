"""The seed's claim in a few numbers: how much mediocre or specialised AI work comes before an expert-level model.

(L. Finnveden 2023, "Before smart AI, there will be many mediocre or specialized AIs".)
"""

from __future__ import annotations

from typing import Any

from sim.base.calendar import date_text
from sim.base.units import DAYS_PER_YEAR
from sim.tables.parity import EVERYTHING, expert_levels
from sim.tables.rates import Rates
from sim.tables.table import Table
from sim.tables.work import band_of, bands, work_done

KEYS = (
    "domain", "workforce", "share", "date", "days_since_smaller_share", "days_before_expert_level",
    "before_expert_level",
)  # fmt: skip


def ai_work(rates: Rates, parity: Table) -> dict[str, Any]:
    """What summary.json says of AI work.

    `expert_level`: domain (and `everything`: all of them by one model) -> date and model, or None before the end;
    `human_years_before_expert_level`: domain -> kind of model -> band -> work of all labs until then (or the end);
    `parity`: the dates of parity.csv.
    """
    draw, edges = rates.draw, bands(rates)
    experts = expert_levels(rates)
    done: dict[str, dict[str, dict[str, float]]] = {}
    for work in work_done(rates, 0.0, draw.end, {name: max(0.0, expert.day) for name, expert in experts.items()}):
        kinds = done.setdefault(work.domain, {}).setdefault(work.model.kind, {})
        name = edges[band_of(edges, work.quality)][0]
        kinds[name] = kinds.get(name, 0.0) + work.human_days / DAYS_PER_YEAR
    names = [column.name for column in parity.columns]
    rows = [dict(zip(names, row, strict=True)) for row in parity.rows]
    first = {
        name: {"date": date_text(experts[name].day, draw.start), "model": experts[name].model}
        if name in experts
        else None
        for name in (*sorted(draw.domains), EVERYTHING)
    }
    return {
        "expert_level": first,
        "human_years_before_expert_level": dict(sorted(done.items())),
        "parity": [{key: row[key] for key in KEYS} for row in rows],
    }
