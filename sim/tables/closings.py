"""When models are surpassed: by 2, 10 and 100 times, own and frontier, by internal and by public dates."""

from __future__ import annotations

from typing import NamedTuple

from sim.base.calendar import date_text
from sim.tables.table import Column, Table
from sim.world.record import ModelRecord, RunRecord

FACTORS = (2.0, 10.0, 100.0)
SCOPES = ("own", "frontier")
DATES = ("internal", "public")


class Closing(NamedTuple):
    """A window. `closes` and `by` are None if it is open at the end; `length` then runs to the end."""

    opens: float
    closes: float | None
    by: ModelRecord | None
    length: float


def opening(model: ModelRecord, dates: str) -> float | None:
    """Day from which a model is available, by internal or public dates."""
    return model.internal if dates == "internal" else model.public


def closing(record: RunRecord, model: ModelRecord, factor: float, scope: str, dates: str, end: float) -> Closing | None:
    """The window of a model: to the first model `factor` times as strong. None if it never opens before the end."""
    opens = opening(model, dates)
    if opens is None or opens >= end:
        return None
    first: tuple[float, str, int] | None = None
    by = None
    for other in record.models:
        if other is model or (scope == "own" and other.lab != model.lab):
            continue
        since = opening(other, dates)
        if since is None or since >= end or other.effective_flop < factor * model.effective_flop:
            continue
        key = (since, other.lab, other.generation)
        if first is None or key < first:
            first, by = key, other
    if first is None or by is None:
        return Closing(opens, None, None, end - opens)
    closes = max(opens, first[0])
    return Closing(opens, closes, by, closes - opens)


COLUMNS = [
    Column("lab", "", "whose model"),
    Column("model", "", "the model"),
    Column("factor", "x", "how much larger the effective FLOP of the model that closes the window is"),
    Column("scope", "", "own: by a model of the same lab; frontier: of any lab"),
    Column("dates", "", "internal: usable inside the lab; public: usable by all"),
    Column("opens", "date", "the model is available"),
    Column("closes", "date", "a model so much stronger is available; empty if none before the end"),
    Column("closed_by", "", "lab/model that closes it"),
    Column("censored", "", "true if the window is open at the end"),
    Column("length_days", "days", "length of the window, to the end if censored"),
]


def closings_table(record: RunRecord) -> Table:
    """closings.csv: a row for each model, factor, scope and kind of dates."""
    end, start = record.draw.end, record.draw.start
    rows = []
    for model in sorted_models(record):
        for factor in FACTORS:
            for scope in SCOPES:
                for dates in DATES:
                    found = closing(record, model, factor, scope, dates, end)
                    if found is None:
                        continue
                    closes = None if found.closes is None else date_text(found.closes, start)
                    by = None if found.by is None else f"{found.by.lab}/{found.by.name}"
                    rows.append((
                        model.lab, model.name, factor, scope, dates, date_text(found.opens, start), closes, by,
                        found.closes is None, found.length,
                    ))  # fmt: skip
    return Table("closings", COLUMNS, rows)


def sorted_models(record: RunRecord) -> list[ModelRecord]:
    """Models by lab, then by the day from which the lab can use them."""
    return sorted(record.models, key=lambda model: (model.lab, model.internal, model.generation))
