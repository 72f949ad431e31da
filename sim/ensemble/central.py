"""The central case beside the bands: what stands on each date when every input is at its median."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.ensemble.part import SERIES, Plan
from sim.tables.rates import Rates
from sim.tables.series import series_rows
from sim.tables.table import Column, Table
from sim.world.record import RunRecord

CENTRAL = Column("central", "", "the central case: one world, with every input at its median; empty after its end")


def with_central(fan: Table, central: RunRecord, plan: Plan) -> Table:
    """The table of bands with the central case as its last column."""
    columns = plan.columns[SERIES][1:]
    found: dict[tuple[str, str], float] = {}
    for day, *values in series_rows(central, Rates(central), columns, tuple(plan.dates)):
        found |= {(column.name, plan.dates[day]): value for column, value in zip(columns, values, strict=True)}
    series, date = (next(n for n, column in enumerate(fan.columns) if column.name == name) for name in
                    ("series", "date"))  # fmt: skip
    return Table(fan.name, [*fan.columns, CENTRAL], [(*row, found.get((row[series], row[date]))) for row in fan.rows])


def reference(summary: Mapping[str, Any]) -> str:
    """The single world that draws are held against, in words: the central case, or the draw that they branch from."""
    branch = summary.get("branch")
    return "central case" if branch is None else f"draw {branch['draw']}"
