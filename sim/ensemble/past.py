"""What is past on a day of a draw, and whether another world has the same past."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import islice, zip_longest
from typing import Any

from sim.base.calendar import date_text
from sim.base.limits import MOST_EVENTS
from sim.ensemble.cells import Dated
from sim.ensemble.part import SERIES, Rows
from sim.model.draw import Draw
from sim.scenario.policy_code import simulate_draw
from sim.tables.rates import Rates
from sim.tables.table import Column, Table
from sim.tables.tabulate import tables_of, tabulate
from sim.world.record import Event, ModelRecord, RunRecord

SAME = ""
UNFINISHED = "run_unfinished"


@dataclass(frozen=True)
class Past:
    """The past of one draw on a day (since its start). record: of a run until then. events: those before the day.

    done: (lab, run in progress) -> training FLOP so far.
    """

    day: float
    record: RunRecord
    events: list[Event]
    done: dict[tuple[str, str], float | None]

    @classmethod
    def of(cls, draw: Draw, day: float, most_events: int = MOST_EVENTS) -> Past:
        """Simulate a draw until a day. Raises what the simulation raises."""
        record = simulate_draw(draw, most_events, past=day)
        cut = _first(record.events, day)
        done = {(lab, run): flop for _, lab, kind, run, flop, *_ in record.events[cut:] if kind == UNFINISHED}
        return cls(day, record, record.events[:cut], done)

    def difference(self, other: Past) -> str:
        """What another past has that is not as it is in this one, in words; empty if they are the same.

        The same are every event, every row of every table, how far each run has come, and how
        many random events were to be expected of each rate: that none came tells of the rate, too.
        """
        mine, its = self.record, other.record
        found = self._events(other.events)
        if not found and self.done != other.done:
            lab, run = min(key for key in {*self.done, *other.done} if self.done.get(key) != other.done.get(key))
            found = f"how far {lab}'s run {run} has come"
        if not found and mine.expected != its.expected:
            found = _expected(mine, its)
        if found:
            return found
        for name in tables_of(mine):
            found = _rows(self._table(name), other._table(name))
            if found:
                return found
        return SAME

    @cached_property
    def _rates(self) -> Rates:
        return Rates(self.record)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {}

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            table = self._tables[name] = tabulate(self.record, name, self._rates)
            if name == "events":
                del table.rows[len(self.events) :]  # what the end of a run tells is not past
        return self._tables[name]

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def lost(self, record: RunRecord) -> str:
        """What of this past a run to its end has not; empty if it has all of it: events, models, levels."""
        day = self.day
        events = record.events[: _first(record.events, day)]
        if events != self.events:
            return self._events(events)
        for mine, its in zip_longest(_models(self.record, day), _models(record, day)):
            if mine != its:
                return f"the model {(mine or its).name}"
        for name in ("levels", "milestones"):
            if _until(getattr(self.record, name), day) != _until(getattr(record, name), day):
                return name
        return SAME

    def _events(self, others: Sequence[Event]) -> str:
        for mine, its in zip_longest(self.events, others):
            if mine != its:
                first = min((event for event in (mine, its) if event is not None), key=lambda event: event[0])
                day, lab, kind, subject, *_ = first
                return f"{date_text(day, self.record.draw.start)} {lab or 'world'}/{kind}/{subject}"
        return SAME


def _first(events: list[Event], day: float) -> int:
    """Number of the first event on a day or later."""
    return bisect_left(events, day, key=lambda event: event[0])


def lost_series(before: Rows, after: Rows, dates: Sequence[str]) -> str:
    """What of `series` on the given dates is not the same in two worlds' rows."""
    for mine, its in islice(zip_longest(_dated(before), _dated(after)), len(dates)):
        if mine != its:
            return f"{SERIES} on {(mine or its)[0]}"
    return SAME


def _dated(rows: Rows) -> list[tuple[Any, ...]]:
    found = rows[SERIES]
    assert isinstance(found, Dated)
    return found.rows


def _until(dated: dict[Any, Any], day: float) -> dict[Any, Any]:
    return {key: value for key, value in dated.items() if (value[0] if isinstance(value, tuple) else value) < day}


def _models(record: RunRecord, day: float) -> Iterator[ModelRecord]:
    """Models that there are before a day, without what is to become of them."""
    for model in record.models:
        if model.internal < day:
            known = {name: value if value is not None and value < day else None
                     for name, value in (("public", model.public), ("opened", model.opened))}  # fmt: skip
            yield replace(model, released=False, **known)  # type: ignore[arg-type]


def _expected(mine: RunRecord, its: RunRecord) -> str:
    names = sorted({*mine.expected, *its.expected})
    name = next(name for name in names if mine.expected.get(name) != its.expected.get(name))
    return f"how likely {name} was until then"


def _rows(mine: Table, its: Table) -> str:
    if mine.rows == its.rows:
        return SAME
    for row, other in zip_longest(mine.rows, its.rows):
        if row != other and not (row is not None and other is not None and _alike(row, other)):
            return f"{mine.name}: {_named(mine.columns, row or other, other if row else None)}"
    return SAME


def _alike(row: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether they are the same, but for what is not a number."""
    return all(a == b or (a != a and b != b) for a, b in zip(row, other, strict=True))


def _named(columns: Sequence[Column], row: Sequence[Any], other: Sequence[Any] | None) -> str:
    """What a row is of, and the first column that differs."""
    what = {"date", "lab", "model", "use", "accelerator", "domain", "series", "level"}
    words = [str(value) for column, value in zip(columns, row, strict=True) if column.name in what and value]
    if other is not None and "series" not in {column.name for column in columns}:
        names = (column.name for column, a, b in zip(columns, row, other, strict=True) if a != b)
        words.append(next(names))
    return " ".join(words)
