"""The tables of a run, made when first asked for: as plain rows and as DataFrames."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sim.tables import Table, tabulate
from sim.tables.rates import Rates
from sim.world import RunRecord

if TYPE_CHECKING:
    import pandas as pd


class RunTables:
    """What happened in a run, as tables. record: events and primitives, days counted from the start."""

    def __init__(self, record: RunRecord) -> None:
        self.record = record
        self._tables: dict[str, Table] = {}
        self._frames: dict[str, pd.DataFrame] = {}

    @cached_property
    def rates(self) -> Rates:
        """Throughput and worth of every model in this run."""
        return Rates(self.record)

    def table(self, name: str) -> Table:
        """A table as plain rows (None is an empty cell) with the unit and meaning of each column.

        name: events, models, windows, closings, levels, leads, trajectory, capability, bands, parity or
        alignment. Raises KeyError for another.
        """
        if name not in self._tables:
            self._tables[name] = tabulate(self.record, name, self.rates)
        return self._tables[name]

    def frame(self, name: str) -> pd.DataFrame:
        """A table as a DataFrame: dates as datetimes, units and meanings of columns in `.attrs`.

        name: events, models, windows, closings, levels, leads, trajectory, capability, bands, parity or
        alignment. Raises KeyError for another.
        """
        if name not in self._frames:
            from sim.frames import frame

            self._frames[name] = frame(self.table(name))
        return self._frames[name]

    @property
    def events(self) -> pd.DataFrame:
        """A row for each event, as it happened: id, date, lab, kind, subject, value with its unit, and causes."""
        return self.frame("events")

    @property
    def models(self) -> pd.DataFrame:
        """A row for each model: dates, parameters, tokens, training and effective FLOP, accelerators."""
        return self.frame("models")

    @property
    def windows(self) -> pd.DataFrame:
        """A row for each model's window, by internal dates: length (days), tokens/s, copies, speed (tokens/s a copy),
        human-equivalents by domain. `_at_open` and `_peak` are what could run, not what was deployed.
        """
        return self.frame("windows")

    @property
    def closings(self) -> pd.DataFrame:
        """A row for each model, factor (2, 10, 100), scope (own, frontier), dates (internal, public): length (days)."""
        return self.frame("closings")

    @property
    def levels(self) -> pd.DataFrame:
        """A row for each level of capability: its first crossing, by whom, and the days to the next level."""
        return self.frame("levels")

    @property
    def leads(self) -> pd.DataFrame:
        """A row for each lab's lead over the next at a level, and each frontier model's over the next lab's (days)."""
        return self.frame("leads")

    @property
    def trajectory(self) -> pd.DataFrame:
        """Compute by use, the workforce and efficiencies: a row for each interval and series, with its unit."""
        return self.frame("trajectory")

    @property
    def capability(self) -> pd.DataFrame:
        """What each model can do: a row for each domain and each end of the exchange of tokens for capability."""
        return self.frame("capability")

    @property
    def bands(self) -> pd.DataFrame:
        """AI work over time: a row for each interval, lab, domain, kind of model and band of quality."""
        return self.frame("bands")

    @property
    def parity(self) -> pd.DataFrame:
        """When AI work equals 1%, 10% and 100% of each human workforce, and how long before the first expert-level
        model: a row for each domain, workforce and share.
        """
        return self.frame("parity")

    @property
    def alignment(self) -> pd.DataFrame:
        """Alignment work: a row for each dwell between levels, lab (and the world), and humans or model that did any.

        Empty where the scenario has no `alignment:` block and no alignment staff.
        """
        return self.frame("alignment")
