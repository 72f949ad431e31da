"""Columns that several tables of a comparison have in common."""

from __future__ import annotations

from sim.tables.table import Column

KNOWN = "exact; at least or at most: only one of the two worlds got there before the end; unknown: neither"

SCENARIO = Column("scenario", "", "the changed world that is set against the base")
LEVEL = Column("level", "", "the level; the lowest first")
FIRST_LABS = (
    Column("first_lab_base", "", "lab that reached it first in the base"),
    Column("first_lab", "", "lab that reached it first in the changed world"),
)
TIME_BOUGHT = Column("time_bought_days", "days", "first crossing in the changed world less that in the base")
BOUND = Column("bound", "", f"how well that is known: {KNOWN}")
IN_FORCE = Column(
    "intervention_days", "days", "time before the crossing in which an intervention was in force; empty without"
)
RETURNED_DAYS = Column("returned_days", "days", "intervention less time bought: what came back, or never stopped")
