"""Some draws after one another, simulated: what a worker does. It imports no pandas, no YAML, no plotting."""

from __future__ import annotations

import gc
import math
import sys
import traceback
from dataclasses import dataclass
from itertools import repeat
from typing import Any, NamedTuple

from sim.base.calendar import date_text
from sim.base.interrupt import interrupted
from sim.ensemble.encode import WHOLE, Values, encode, kind_of
from sim.ensemble.inputs import encoded_inputs, input_columns
from sim.ensemble.outcomes import MAIN, outcome_columns, outcome_row
from sim.ensemble.sampler import Sampler
from sim.ensemble.series import series_columns, series_rows
from sim.model.draw import Draw
from sim.scenario import ScenarioError
from sim.scenario.draw_error import DrawError
from sim.scenario.policy_code import simulate_draw
from sim.scenario.quantity import Quantity
from sim.tables import Column
from sim.tables.rates import Rates
from sim.tables.tabulate import tabulate
from sim.world.record import RunRecord
from sim.world.simulate import SimulationError

ALWAYS = ("windows", "models", "levels")
"""Tables that are kept of every draw."""

EXAMPLES = ("trajectory", "events")
"""Tables that are kept of the first draws only, unless all are asked for: they are long, and their making costs."""

INPUTS, OUTCOMES, SERIES, FAILURES = "inputs", "outcomes", "series", "failures"

FAILURE_COLUMNS = [
    Column("kind", "", "the error's type"),
    Column("message", "", "what went wrong"),
    Column("stopped", "date", "date that was reached; empty if nothing was simulated"),
    Column("ours", "true/false", "true if this program is to blame, not the inputs"),
    Column("traceback", "", "where in the program"),
]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of every draw. examples: the first draws, of which `EXAMPLES` are kept. inputs: those of
    the sampler's `paths`. dates: days of `series`, and how each is written. columns: of each table, without `draw`.
    """

    sampler: Sampler
    most_events: int
    examples: int
    inputs: tuple[Quantity | None, ...]
    dates: dict[float, str]
    columns: dict[str, list[Column]]


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


def columns_of(
    central: RunRecord, paths: tuple[str, ...], inputs: tuple[Quantity | None, ...]
) -> dict[str, list[Column]]:
    """The columns of every table of an ensemble, from its central case."""
    draw = central.draw
    rates = Rates(central)
    kept = {name: tabulate(central, name, rates).columns for name in (*ALWAYS, *EXAMPLES)}
    series = [Column("date", "date", "the day that the values are of"), *series_columns(draw)]
    given, outcomes = input_columns(paths, inputs), outcome_columns(draw)
    return {INPUTS: given, OUTCOMES: outcomes, **kept, SERIES: series, FAILURES: FAILURE_COLUMNS}


def simulate_part(plan: Plan, span: tuple[int, int]) -> Part:
    """Draws `span` (start, stop). One that fails is told of in `failures` and stops no other.

    Python's cyclic garbage collector waits meanwhile: draws and their tables leave next to no cycles.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return _simulate_part(plan, *span)
    finally:
        if collects:
            gc.enable()


def _simulate_part(plan: Plan, start: int, stop: int) -> Part:
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in plan.columns}
    numbers: dict[str, list[int]] = {name: [] for name in plan.columns}
    main: list[float] = []
    failed: list[Failed] = []
    outer = sys.exc_info()[1]
    quantiles = plan.sampler.quantiles(start, stop)
    for i, row in zip(range(start, stop), quantiles, strict=True):
        try:
            found = simulate_one(plan, plan.sampler.draw(i, row), i < plan.examples)
        except Exception as error:
            if interrupted(error, outer):
                raise
            found = {FAILURES: [failure(error)]}
            failed.append((i, str(error) or type(error).__name__, found[FAILURES][0][3]))
        for name, more in found.items():
            rows[name] += more
            numbers[name] += repeat(i, len(more))
        value = found[OUTCOMES][0][_main(plan)] if OUTCOMES in found else None
        main.append(math.nan if value is None else value)
    tables = {}
    for name, columns in plan.columns.items():
        if name == INPUTS:
            tables[name] = [encode(WHOLE, range(start, stop)), *encoded_inputs(plan.inputs, quantiles)]
            continue
        values: Any = zip(*rows[name], strict=True) if rows[name] else repeat(())
        encoded = [encode(kind_of(column), each) for column, each in zip(columns, values, strict=False)]
        tables[name] = [encode(WHOLE, numbers[name]), *encoded]
    return Part(start, stop, tables, main, failed)


def _main(plan: Plan) -> int:
    return next(n for n, column in enumerate(plan.columns[OUTCOMES]) if column.name == MAIN)


def simulate_one(plan: Plan, draw: Draw, example: bool) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of every table of one draw. Raises what the simulation raises."""
    record = simulate_draw(draw, most_events=plan.most_events)
    rates = Rates(record)
    wanted = (*ALWAYS, *(EXAMPLES if example else ()))
    made = {name: tabulate(record, name, rates) for name in wanted if name in plan.columns}
    found = {name: table.rows for name, table in made.items()}
    found[OUTCOMES] = [outcome_row(record, made["windows"], plan.columns[OUTCOMES])]
    days = series_rows(record, rates, plan.columns[SERIES][1:], tuple(plan.dates))
    found[SERIES] = [(plan.dates[day], *values) for day, *values in days]
    return found


def failure(error: Exception) -> tuple[Any, ...]:
    """The row of `failures` for an error."""
    stopped, ours = None, not isinstance(error, DrawError | ScenarioError)
    if isinstance(error, SimulationError):
        ours = error.ours
        found = error.record.stopped
        if found is not None and found.day > 0.0:
            stopped = date_text(found.day, error.record.draw.start)
    trace = "".join(traceback.format_exception(error))
    return type(error).__name__, str(error), stopped, ours, trace
