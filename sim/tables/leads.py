"""leads.csv: by how much one lab reached a level, or a frontier model's strength, before the next."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import Any

from sim.base.calendar import date_text
from sim.tables.table import Column, Table
from sim.world.record import ModelRecord, RunRecord

LEVEL, FRONTIER = "level", "frontier model"

COLUMNS = [
    Column("what", "", "level: a named level; frontier model: the strength of a model that was the strongest yet"),
    Column("level", "", "the level, or lab/model"),
    Column("lab", "", "lab that reached it, by a model for internal use; the first of them for a frontier model"),
    Column("model", "", "the model that did"),
    Column("date", "date", "when"),
    Column("next_lab", "", "lab that reached it next; empty if none did before the end"),
    Column("next_model", "", "the model that did"),
    Column("next_date", "date", "when"),
    Column("lead_days", "days", "time between the two, to the end if censored"),
    Column("censored", "true/false", "true if no other lab had reached it at the end"),
]


def leads_table(record: RunRecord) -> Table:
    """Rows for named levels (each lab's lead over the next), then one for each frontier model; by date.

    A world of one lab has no leads.
    """
    draw = record.draw
    rows: list[tuple[Any, ...]] = []
    if len(draw.labs) > 1:
        for name in sorted(draw.levels):
            reached = sorted((day, lab, model) for (level, lab), (day, model) in record.levels.items()
                             if level == name and lab)  # fmt: skip
            for n, (day, lab, model) in enumerate(reached):
                after = reached[n + 1] if n + 1 < len(reached) else None
                if after is not None or len(reached) < len(draw.labs):
                    rows.append(_row(record, LEVEL, name, (day, lab, model), after))
        rows += _frontier(record)
    return Table("leads", COLUMNS, rows)


def _row(
    record: RunRecord, what: str, level: str, first: tuple[float, str, str], after: tuple[float, str, str] | None
) -> tuple[Any, ...]:
    start, end = record.draw.start, record.end
    day, lab, model = first
    if after is None:
        return what, level, lab, model, date_text(day, start), None, None, None, end - day, True
    return (what, level, lab, model, date_text(day, start), after[1], after[2], date_text(after[0], start),
            after[0] - day, False)  # fmt: skip


def _frontier(record: RunRecord) -> list[tuple[Any, ...]]:
    """A row for each model that was the strongest anywhere when it came, until another lab had one as strong."""
    models = sorted((model for model in record.models if model.internal < record.end),
                    key=lambda model: (model.internal, model.lab, model.generation))  # fmt: skip
    lines: dict[str, tuple[list[ModelRecord], list[float]]] = {}
    for lab in sorted({model.lab for model in models}):
        own = [model for model in models if model.lab == lab]
        lines[lab] = own, list(accumulate((model.effective_flop for model in own), max))
    rows, most = [], 0.0
    for model in models:
        if model.effective_flop <= most:
            continue
        most = model.effective_flop
        after = None
        for lab, (own, best) in lines.items():
            position = bisect_left(best, most)
            if lab == model.lab or position == len(own):
                continue
            # The first at which a lab's strongest so far is strong enough is itself one that is.
            found = own[position].internal, lab, own[position].name
            after = found if after is None else min(after, found)
        first = model.internal, model.lab, model.name
        rows.append(_row(record, FRONTIER, f"{model.lab}/{model.name}", first, after))
    return rows


def leads_summary(table: Table) -> dict[str, Any]:
    """The first lab's lead at each level, and the median lead of frontier models by the year in which they came."""
    levels: dict[str, Any] = {}
    years: dict[str, list[tuple[float, bool]]] = {}
    for what, level, lab, _, date, next_lab, _, _, days, censored in table.rows:
        if what == LEVEL:
            if level not in levels:
                levels[level] = {"lab": lab, "next_lab": next_lab, "lead_days": days, "censored": censored}
        else:
            years.setdefault(date[:4], []).append((days, censored))
    by_year = {}
    for year, found in sorted(years.items()):
        days = sorted(found)
        middle, censored = days[len(days) // 2]
        by_year[year] = {"median_lead_days": middle, "censored": censored, "models": len(days)}
    return {"levels": levels, "frontier_models_by_year": by_year}
