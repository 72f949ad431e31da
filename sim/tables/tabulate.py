"""All tables of one record."""

from __future__ import annotations

from collections.abc import Callable

from sim.tables.alignment import alignment_table
from sim.tables.alignment_work import counts_alignment
from sim.tables.bands import bands_table
from sim.tables.capability import capability_table
from sim.tables.closings import closings_table
from sim.tables.events import events_table
from sim.tables.leads import leads_table
from sim.tables.levels import levels_table
from sim.tables.models import models_table
from sim.tables.parity import parity_table
from sim.tables.rates import Rates
from sim.tables.table import Table
from sim.tables.trajectory import trajectory_table
from sim.tables.windows import windows_table
from sim.world.record import RunRecord

TABLES: dict[str, Callable[[RunRecord, Rates], Table]] = {
    "events": events_table,
    "models": models_table,
    "windows": windows_table,
    "closings": lambda record, _: closings_table(record),
    "levels": levels_table,
    "leads": lambda record, _: leads_table(record),
    "trajectory": trajectory_table,
    "capability": capability_table,
    "bands": bands_table,
    "parity": parity_table,
    "alignment": alignment_table,
}
"""Name of each table -> how it is made."""


def tables_of(record: RunRecord) -> list[str]:
    """Names of the tables that a record fills: that of alignment work only where it is counted."""
    return [name for name in TABLES if name != "alignment" or counts_alignment(record)]


def tabulate(record: RunRecord, name: str, rates: Rates | None = None) -> Table:
    """One table of a record, by name (see `TABLES`)."""
    return TABLES[name](record, rates or Rates(record))
