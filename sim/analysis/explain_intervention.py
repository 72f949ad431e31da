"""What an intervention did: what it stopped, when and for whom; what went on meanwhile; the days that it bought."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.analysis.explain_change import cluster_of, own_events, spec_of
from sim.analysis.explain_events import NotFound, nearest_names
from sim.analysis.explain_people import researchers
from sim.analysis.pair import Pair, World
from sim.analysis.rebound import REBOUND, rebound_rows
from sim.analysis.returned import RETURNED, returned_rows
from sim.analysis.without import settings_without
from sim.base.calendar import date_text
from sim.model.intervention import PAUSE, STOPPABLE, Intervention
from sim.scenario import Scenario
from sim.tables.events import told
from sim.tables.rates import Rates
from sim.tables.table import Column, Table
from sim.world.record import RunRecord

if TYPE_CHECKING:
    import pandas as pd

DID = [
    Column("lab", "", "the lab"),
    Column("what", "", "what it did: a kind of event that it caused, or `run_waits` of a run that was due"),
    Column("subject", "", "the run, or what the event is about"),
    Column("from", "date", "from when on"),
    Column("until", "date", "until when; empty for what happens once, or goes on to the end"),
    Column("days", "days", "how long"),
    Column("value", "", "how much, if the event says so"),
    Column("unit", "", "unit of the value"),
]

MEANWHILE = [
    Column("lab", "", "a lab that it bound"),
    Column("what", "", "what went on while it was in force, or did not"),
    Column("before", "", "on the day on which it started; of people all, whether or not they may work"),
    Column("after", "", "on the day on which it ended, or at the end"),
    Column("factor", "x", "the second over the first"),
    Column("unit", "", "unit of both"),
]

LEFT_OUT = ("accelerators_moved", "run_started", "run_resumed", "software_step")
"""Events that follow from others which are told, or at which software is only counted anew."""


class InterventionExplanation:
    """An intervention explained. Printed, it is a text of at most 100 columns; its tables are DataFrames.

    spec: as declared. since, until: days on which it started and ended (until None: it went on to the end). labs: whom
    it bound. run: simulates a scenario with the same seed; used for `bought` and `returned`.
    """

    def __init__(self, scenario: Scenario, rates: Rates, name: str, run: Callable[[Scenario], Rates]) -> None:
        self.scenario, self.rates, self.name = scenario, rates, name
        self.record: RunRecord = rates.record
        self.spec = find(self.record, name)
        self._run = run
        started = next((item for item in self.record.interventions if item[0] == name), None)
        self.since = None if started is None else started[1]
        self.until = None if started is None else started[2]
        self.labs: list[str] = [] if started is None else started[3]

    @cached_property
    def pair(self) -> Pair:
        """The same world without it (other interventions stay, but for what hangs on it), and the world."""
        base = self._run(self.scenario.changed(sets=settings_without(self.record.draw, self.name)))
        ends = (min(base.record.end, self.record.end),)
        return Pair(World("", base, base.record), World(self.name, self.rates, base.record, self.name), ends)

    @cached_property
    def did_table(self) -> Table:
        """As `did`, as plain rows."""
        return Table("did", DID, list(self._did()))

    @cached_property
    def meanwhile_table(self) -> Table:
        """As `meanwhile`, as plain rows."""
        return Table("meanwhile", MEANWHILE, list(self._meanwhile()))

    @cached_property
    def bought_table(self) -> Table:
        """As `bought`, as plain rows. Simulates the world without it when first asked for."""
        rows = [row[1:] for row in rebound_rows(self.pair)] if self.since is not None else []
        return Table("bought", list(REBOUND), rows)

    @cached_property
    def returned_table(self) -> Table:
        """As `returned`, as plain rows. Simulates up to four more worlds when first asked for."""

        def run(scenario: Scenario) -> World:
            return World(self.name, self._run(scenario), self.pair.base.record, self.name)

        rows = returned_rows(self.pair, self.scenario, run) if self.since is not None else ()
        return Table("returned", list(RETURNED), [row[1:] for row in rows])

    @property
    def did(self) -> pd.DataFrame:
        """A row for each run that it suspended, held up or ended, and for each other event that it caused directly."""
        return _frame(self.did_table)

    @property
    def meanwhile(self) -> pd.DataFrame:
        """A row for each lab that it bound and each of: H100e, training efficiency, researchers, models in use."""
        return _frame(self.meanwhile_table)

    @property
    def bought(self) -> pd.DataFrame:
        """A row for each level reached with and without it: days bought, by when and how long the two runs worked."""
        return _frame(self.bought_table)

    @property
    def returned(self) -> pd.DataFrame:
        """A row for each level: of the days in force, what chips, software and the rest gave back."""
        return _frame(self.returned_table)

    def limits(self) -> list[tuple[str, float]]:
        """(what, at what share it went on), of those that were limited."""
        if self.spec.stops_everything:
            return [("everything", 0.0)]
        found = [(what, self.spec.share(what)) for what in STOPPABLE]
        return [(what, share) for what, share in found if share < 1.0]

    def __str__(self) -> str:
        from sim.analysis.explain_intervention_text import text

        return text(self)

    def __repr__(self) -> str:
        return str(self)

    # Rows

    def date(self, day: float | None) -> str | None:
        """A day of the run as a date."""
        return None if day is None else date_text(day, self.record.draw.start)

    def _did(self) -> Iterator[tuple[Any, ...]]:
        events, record = self.record.events, self.record
        own = own_events(record, self.name)
        for n, (day, lab, kind, subject, *_, causes) in enumerate(events):
            if n in own or own.isdisjoint(causes) or kind in LEFT_OUT:
                continue
            until = self._resumed(lab, subject, day) if kind == "run_suspended" else None
            value, _ = told(record, n, self.rates)
            yield (lab, kind, subject, self.date(day), self.date(until), None if until is None else until - day, value,
                   events[n][5])  # fmt: skip
        for log in record.runs:
            for since, until, why in log.waits:
                if why.split(" ")[0] == self.name and (log.started is None or since < log.started):
                    length = None if until is None else until - since
                    yield (log.lab, "run_waits", log.name, self.date(since), self.date(until), length, None, "")

    def _resumed(self, lab: str, run: str, day: float) -> float | None:
        return next((at for at, owner, name, held in self.record.gangs
                     if (owner, name) == (lab, run) and at > day and held), None)  # fmt: skip

    def _meanwhile(self) -> Iterator[tuple[Any, ...]]:
        if self.since is None:
            return
        record, since = self.record, self.since
        until = record.end if self.until is None else self.until
        for lab in self.labs:
            yield (lab, "cluster", *_both(*(cluster_of(record, lab, day) for day in (since, until))), "H100e")
            if lab in record.training_efficiency:
                law = record.training_efficiency[lab]
                yield (lab, "training efficiency", *_both(law.at(since), law.at(until)), "x")
            people = researchers(record, lab, since, until)
            if people is not None:
                yield (lab, "people in AI research", *_both(*people), "people")
            best = [max((model.effective_flop for model in record.models if model.lab == lab and model.internal <= day),
                        default=0.0) for day in (since, until)]  # fmt: skip
            yield (lab, "strongest model", *_both(*best), "effective FLOP")


def _both(before: float, after: float) -> tuple[float, float, float | None]:
    return before, after, after / before if before else None


def find(record: RunRecord, name: str) -> Intervention:
    """The intervention of a name; NotFound offers the nearest."""
    found = spec_of(record, name)
    if found is not None:
        return found
    names = [*sorted(record.draw.interventions), *([PAUSE] if record.draw.pause is not None else [])]
    if not names:
        raise NotFound(f"there is no intervention '{name}' in this run; it has none")
    near = nearest_names(name, names) or names
    raise NotFound(f"there is no intervention '{name}' in this run; nearest: {', '.join(near)}")


def _frame(table: Table) -> pd.DataFrame:
    from sim.frames import frame

    return frame(table)
