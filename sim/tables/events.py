"""events.csv: everything that happened, and what caused it."""

from __future__ import annotations

from typing import Any

from sim.base.calendar import date_text
from sim.tables.moves import ends_of
from sim.tables.rates import Rates
from sim.tables.stopped_clocks import StoppedClocks
from sim.tables.table import Column, Table
from sim.world.record import MOVED, WORTH, RunRecord

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


def told(record: RunRecord, index: int, rates: Rates) -> tuple[float | None, dict[str, Any] | None]:
    """(value, details) of an event; of moved accelerators also whence and whither, bf16 FLOP/s, tokens/s and copies."""
    day, lab, kind, _, value, _, details, _ = record.events[index]
    if details is None:
        return value, None
    if MOVED in details:
        held, moved = details["accelerators"], details[MOVED]
        rest = {key: item for key, item in details.items() if key != MOVED}
        details = {"accelerators": held, **ends_of(record, lab, day, held, moved), **rest}
    if WORTH not in details:
        return value, details
    name, fleet = details[WORTH]
    spec = record.draw.labs[lab]
    inference = spec.inference if fleet is None else spec.fleets[fleet].inference
    held = details["accelerators"]
    tokens, copies = rates.on(rates.models[lab, name], held, inference, lab, day)
    more = {key: item for key, item in details.items() if key != WORTH}
    if kind == "copies_wound_down":
        return copies, {**more, "tokens_per_s": tokens}
    flop = sum(count * record.draw.accelerators[each].peak("bf16") for each, count in held.items())
    return value, {**more, "flop_per_s": flop, "tokens_per_s": tokens, "copies": copies}


def causes_of(record: RunRecord, index: int, clocks: StoppedClocks) -> list[int]:
    """Events that caused one; of a run that is due late, also those that stopped its clock."""
    _, _, kind, _, _, _, _, causes = record.events[index]
    found = [cause for cause in causes if cause >= 0]
    return found + clocks.delay(index)[1] if kind == "run_due" else found


def events_table(record: RunRecord, rates: Rates) -> Table:
    """A row for each event, in the order in which they happened."""
    ids, clocks = event_ids(record), StoppedClocks(record)
    start = record.draw.start
    rows = []
    for n, (day, lab, kind, subject, _, unit, _, _) in enumerate(record.events):
        value, details = told(record, n, rates)
        caused_by = ";".join(ids[cause] for cause in causes_of(record, n, clocks))
        rows.append((ids[n], date_text(day, start), day, lab, kind, subject, value, unit, details, caused_by))
    return Table("events", COLUMNS, rows)
