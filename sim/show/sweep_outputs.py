"""What a sweep has to show: its columns that can be drawn, and which of them are."""

from __future__ import annotations

from typing import Any, Protocol

from sim.analysis.solve import WORDS, Solution
from sim.analysis.sweep import Plan
from sim.tables import Table


class Swept(Protocol):
    """A sweep: `sim.sweeping.Sweep`, or anything that has these."""

    plan: Plan
    solution: Solution | None

    @property
    def table(self) -> Table: ...


def outputs(sweep: Swept) -> list[str]:
    """Columns that can be drawn."""
    names = [column.name for column in sweep.table.columns[len(sweep.plan.axes) :]]
    return [name for name in names if name.partition("[")[0] not in WORDS and name != "problem"]


def chosen(sweep: Swept, output: str | None) -> list[str]:
    """What is drawn: the output; else what was solved for; else time bought at each level that moves, the highest alone
    in a heat map.
    """
    if output is not None:
        if output not in outputs(sweep):
            raise ValueError(f"a sweep gives no {output!r} to draw; there are {', '.join(outputs(sweep))}")
        return [output]
    wanted = None if sweep.solution is None else sweep.solution.target.output
    if wanted is not None and not wanted.startswith("time_bought["):
        return [wanted]
    found = [f"time_bought[{level}]" for level in sweep.plan.levels]
    found = [name for name in found if name == wanted or any(row[name] for row in rows_of(sweep))]
    found = found or ["own_window_median_days"]
    return found if len(sweep.plan.axes) == 1 else found[-1:]


def rows_of(sweep: Swept) -> list[dict[str, Any]]:
    """The rows of its table as dicts."""
    found = sweep.table
    names = [column.name for column in found.columns]
    return [dict(zip(names, row, strict=True)) for row in found.rows]
