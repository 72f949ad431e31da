"""events.csv: everything that happened, and what caused it."""

from __future__ import annotations

from sim.base.calendar import date_text
from sim.tables.table import Column, Table
from sim.world.record import RunRecord

COLUMNS = [
    Column("id", "", "lab/kind/subject/n; n counts within those three"),
    Column("date", "date", "when, to the second"),
    Column("day", "days", "days since the start, exact"),
    Column("lab", "", "where; empty for the world"),
    Column("kind", "", "what happened"),
    Column("subject", "", "to what: a run, model, accelerator, fleet:model, series"),
    Column("value", "", "how much, in `unit`"),
    Column("unit", "", "unit of the value"),
    Column("details", "", "more about it (JSON, units in the names)"),
    Column("caused_by", "", "ids of the events that caused it, joined by ;"),
]


def event_ids(record: RunRecord) -> list[str]:
    """The id of each event, in order: an added event elsewhere renames no other."""
    counts: dict[tuple[str, str, str], int] = {}
    ids = []
    for _, lab, kind, subject, *_ in record.events:
        key = (lab, kind, subject)
        n = counts[key] = counts.get(key, 0) + 1
        ids.append(f"{lab}/{kind}/{subject}/{n}")
    return ids


def events_table(record: RunRecord) -> Table:
    """A row for each event, in the order in which they happened."""
    ids = event_ids(record)
    start = record.draw.start
    rows = [
        (ids[n], date_text(day, start), day, lab, kind, subject, value, unit, details,
         ";".join(ids[cause] for cause in causes if cause >= 0))
        for n, (day, lab, kind, subject, value, unit, details, causes) in enumerate(record.events)
    ]  # fmt: skip
    return Table("events", COLUMNS, rows)
