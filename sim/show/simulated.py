"""What pictures need of a simulated scenario, and its tables as rows with dates as numbers."""

from __future__ import annotations

import math
from collections.abc import Container
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from sim.show.facts import PictureFacts
from sim.tables import Table
from sim.tables.rates import Rates
from sim.world.record import RunRecord

EPOCH = date(1970, 1, 1).toordinal()
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Row = dict[str, Any]


class Simulated(Protocol):
    """A simulated scenario: `sim.result.Result`, or anything that has these."""

    record: RunRecord

    @property
    def rates(self) -> Rates: ...

    @property
    def facts(self) -> PictureFacts: ...

    def table(self, name: str) -> Table: ...


def start_of(result: Simulated) -> float:
    """The scenario's start as a date number (days since 1970, as Matplotlib counts)."""
    return float(result.record.draw.start.toordinal() - EPOCH)


def span_of(result: Simulated) -> tuple[float, float]:
    """The scenario's start and end as date numbers."""
    start = start_of(result)
    return start, start + max(result.record.end, 1e-6)


@lru_cache(maxsize=65536)
def date_number(text: str) -> float:
    """A date of the tables ("2026-01-31" or "2026-01-31 06:00:00") as a date number."""
    day = float(date.fromisoformat(text[:10]).toordinal() - EPOCH)
    if len(text) > 10:
        hours, minutes, seconds = text[11:].split(":")
        day += (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) / 86_400.0
    return day


def as_date(x: float) -> date:
    """The day of a date number."""
    return date.fromordinal(min(max(math.floor(x) + EPOCH, 1), date.max.toordinal()))


def month(x: float) -> str:
    """The month of a date number: Apr 2026."""
    when = as_date(x)
    return f"{MONTHS[when.month - 1]}\u00a0{when.year}"


def rows(result: Simulated, name: str, series: Container[str] | None = None) -> list[Row]:
    """Rows of a table as dicts, dates as date numbers (None if empty); of the trajectory only some `series`."""
    table = result.table(name)
    names = [column.name for column in table.columns]
    dates = [column.name for column in table.columns if column.unit == "date"]
    where = names.index("series") if series is not None else 0
    found = []
    for values in table.rows:
        if series is not None and values[where] not in series:
            continue
        row = dict(zip(names, values, strict=True))
        for column in dates:
            if row[column] is not None:
                row[column] = date_number(row[column])
        found.append(row)
    return found
