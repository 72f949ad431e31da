"""Some draws after one another, simulated: what a worker does. It imports no pandas, no YAML, no plotting."""

from __future__ import annotations

import gc
import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from sim.base.calendar import DateSeconds, date_text
from sim.base.interrupt import interrupted
from sim.ensemble.cells import Cells, Dated, columns_of_cells
from sim.ensemble.encode import WHOLE, Values, encode
from sim.ensemble.inputs import Columns, derived_columns, encoded_derived, encoded_inputs, input_columns
from sim.ensemble.packed import Packed, pack, unpack
from sim.ensemble.sampler import Sampler
from sim.ensemble.trace import trace_text
from sim.model.draw import Draw
from sim.scenario import ScenarioError
from sim.scenario.draw_error import DrawError
from sim.scenario.policy_code import simulate_draw
from sim.scenario.quantity import Quantity
from sim.tables import Column
from sim.tables.outcomes import MAIN, outcome_columns, outcome_row
from sim.tables.rates import Rates
from sim.tables.series import series_columns, series_columns_of
from sim.tables.tabulate import tabulate
from sim.tables.trajectory import trajectory_rows
from sim.world.record import RunRecord
from sim.world.simulate import SimulationError

ALWAYS = ("windows", "models", "levels")
"""Tables that are kept of every draw."""

TRAJECTORY = "trajectory"

LONG = (TRAJECTORY, "events")
"""Tables that are kept of the first draws only, unless all are asked for: they are long, and their making costs."""

INPUTS, OUTCOMES, SERIES, FAILURES = "inputs", "outcomes", "series", "failures"

FAILURE_COLUMNS = [
    Column("kind", "", "the error's type"),
    Column("message", "", "what went wrong"),
    Column("stopped", "date", "date that was reached; empty if nothing was simulated"),
    Column("ours", "true/false", "true if this program is to blame, not the inputs"),
    Column("traceback", "", "where in the program"),
]


OURS = next(n for n, column in enumerate(FAILURE_COLUMNS) if column.name == "ours")

Rows = dict[str, Cells]
"""What a draw gives of each table."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of every draw. examples: the first draws, of which `LONG` are kept. inputs: those of
    the sampler's `paths`. derived: what follows from them. dates: days of `series`, and how each is written.
    columns: of each table, without `draw`.
    """

    sampler: Sampler
    most_events: int
    examples: int
    inputs: tuple[Quantity | None, ...]
    derived: tuple[Quantity, ...]
    dates: dict[float, str]
    columns: dict[str, list[Column]]

    @property
    def long(self) -> tuple[str, ...]:
        """The tables that are kept of examples only."""
        return LONG

    @property
    def main(self) -> str:
        """The column of `outcomes` whose running median is told while draws are made."""
        return MAIN

    def simulate(self, span: tuple[int, int]) -> Part:
        """Draws `span` (start, stop), simulated."""
        return simulate_part(self, span)

    def encoded(self, values: Columns) -> list[Values]:
        """The columns of `inputs`, from the values of each of the sampler's paths."""
        return [*encoded_inputs(self.inputs, values), *encoded_derived(self.derived, self.sampler.paths, values)]


class Asked(Protocol):
    """What is asked of every draw: a `Plan`, or anything that has these."""

    @property
    def columns(self) -> dict[str, list[Column]]: ...

    @property
    def examples(self) -> int: ...

    @property
    def long(self) -> tuple[str, ...]: ...

    @property
    def main(self) -> str: ...

    def simulate(self, span: tuple[int, int]) -> Part: ...


Failed = tuple[int, str, bool]
"""A draw that could not be simulated, the message, and whether this program is to blame."""


class Part(NamedTuple):
    """Draws `start` to `stop` (exclusive): encoded columns of each table, `draw` first; the main result of each draw.

    failed: those that could not be simulated, in order.
    """

    start: int
    stop: int
    tables: dict[str, list[Values]]
    main: list[float]
    failed: list[Failed]

    def __reduce__(self) -> tuple[Any, ...]:
        return _part, (self.start, self.stop, pack(self.tables), self.main, self.failed)


def _part(start: int, stop: int, tables: Packed, main: list[float], failed: list[Failed]) -> Part:
    return Part(start, stop, unpack(tables), main, failed)


def columns_of(
    central: RunRecord, paths: tuple[str, ...], inputs: tuple[Quantity | None, ...], derived: tuple[Quantity, ...]
) -> dict[str, list[Column]]:
    """The columns of every table of an ensemble, from its central case."""
    draw = central.draw
    rates = Rates(central)
    kept = {name: tabulate(central, name, rates).columns for name in (*ALWAYS, *LONG)}
    series = [Column("date", "date", "the day that the values are of"), *series_columns(draw)]
    given, outcomes = [*input_columns(paths, inputs), *derived_columns(derived)], outcome_columns(draw)
    return {INPUTS: given, OUTCOMES: outcomes, **kept, SERIES: series, FAILURES: FAILURE_COLUMNS}


def simulate_part(plan: Plan, span: tuple[int, int]) -> Part:
    """Draws `span` (start, stop)."""
    sampler = plan.sampler
    values = sampler.values(sampler.quantiles(*span))
    rows = list(zip(*values, strict=True)) or [()] * (span[1] - span[0])

    def one(i: int) -> Rows:
        return simulate_one(plan, sampler.draw_with(i, rows[i - span[0]]), i < plan.examples)

    return collected(plan, span, one, lambda: plan.encoded(values))


def collected(
    plan: Asked, span: tuple[int, int], one: Callable[[int], Rows], inputs: Callable[[], list[Values]],
    where: Callable[[Exception], tuple[Any, ...]] = lambda _: (),
) -> Part:  # fmt: skip
    """Draws `span` (start, stop). One that fails is told of in `failures` and stops no other.

    one: the rows of every table of a draw. inputs: the encoded columns of `inputs`. where: what the row of a failure
    begins with.
    Python's cyclic garbage collector waits meanwhile: draws and their tables leave next to no cycles.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return _collected(plan, *span, one, inputs, where)
    finally:
        if collects:
            gc.enable()


def _collected(
    plan: Asked, start: int, stop: int, one: Callable[[int], Rows], inputs: Callable[[], list[Values]],
    where: Callable[[Exception], tuple[Any, ...]],
) -> Part:  # fmt: skip
    found: dict[str, tuple[list[int], list[Cells]]] = {name: ([], []) for name in plan.columns}
    main: list[float] = []
    failed: list[Failed] = []
    outer = sys.exc_info()[1]
    of_main = next(n for n, column in enumerate(plan.columns[OUTCOMES]) if column.name == plan.main)
    for i in range(start, stop):
        try:
            rows = one(i)
        except Exception as error:
            if interrupted(error, outer):
                raise
            told = failure(error)
            rows = {FAILURES: [(*where(error), *told)]}
            failed.append((i, failed_text(where(error), str(error) or type(error).__name__), told[OURS]))
        for name, cells in rows.items():
            numbers, kept = found[name]
            numbers.append(i)
            kept.append(cells)
        outcomes: Any = rows.get(OUTCOMES)
        value = outcomes[0][of_main] if outcomes else None
        main.append(math.nan if value is None else value)
    tables = {}
    for name, columns in plan.columns.items():
        if name == INPUTS:
            tables[name] = [encode(WHOLE, range(start, stop)), *inputs()]
            continue
        numbers, kept = found[name]
        draw = np.repeat(np.array(numbers, dtype=np.int64), [len(cells) for cells in kept])
        tables[name] = [draw, *columns_of_cells(columns, kept)]
    return Part(start, stop, tables, main, failed)


def failed_text(where: Iterable[Any], message: str) -> str:
    """Why a draw failed, after what the row of its failure begins with: the world."""
    return ": ".join([*filter(None, where), message])


def simulate_one(plan: Plan, draw: Draw, example: bool) -> Rows:
    """Rows of every table of one draw. Raises what the simulation raises."""
    return rows_of(plan, simulate_draw(draw, most_events=plan.most_events, details=example), example)


def rows_of(plan: Plan, record: RunRecord, example: bool) -> Rows:
    """Rows of every table of one record; dates in seconds since 1970 where tables write them by `Rates.dates`."""
    rates = Rates(record)
    rates.dates = DateSeconds(record.draw.start)
    wanted = [name for name in (*ALWAYS, *(LONG if example else ())) if name in plan.columns]
    made = {name: tabulate(record, name, rates) for name in wanted if name != TRAJECTORY}
    found: Rows = {name: table.rows for name, table in made.items()}
    if TRAJECTORY in wanted:
        found[TRAJECTORY] = trajectory_rows(record, rates)
    found[OUTCOMES] = [outcome_row(rates, made["windows"], plan.columns[OUTCOMES])]
    days, lines = series_columns_of(record, rates, plan.columns[SERIES][1:], tuple(plan.dates))
    found[SERIES] = Dated([plan.dates[day] for day in days], lines)
    return found


def failure(error: Exception) -> tuple[Any, ...]:
    """The row of `failures` for an error."""
    stopped, ours = None, not isinstance(error, DrawError | ScenarioError)
    if isinstance(error, SimulationError):
        ours = error.ours
        found = error.record.stopped
        if found is not None and found.day > 0.0:
            stopped = date_text(found.day, error.record.draw.start)
    return type(error).__name__, str(error), stopped, ours, trace_text(error)
