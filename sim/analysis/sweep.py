"""One scenario over a grid of inputs: what is asked (`Plan`), and the row of one cell."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from statistics import median
from typing import Any

from sim.analysis.axis import Axis, cells_of
from sim.analysis.pair import Amount, bought
from sim.analysis.worlds import BLOCKS
from sim.base.calendar import date_text
from sim.base.limits import MOST_EVENTS
from sim.base.units import DAYS_PER_YEAR
from sim.model.level import threshold
from sim.scenario import Problem, Scenario, ScenarioError
from sim.scenario.policy_code import simulate_draw
from sim.tables.capacity import capacity
from sim.tables.closings import Closings, sorted_models
from sim.tables.deployed import deployed_work
from sim.tables.rates import Rates
from sim.tables.table import Column, Table
from sim.world.record import RunRecord
from sim.world.simulate import SimulationError

ALL_CHECKED = 20
"""Values of one input up to which each is read before anything is simulated."""

Row = list[Any]


@dataclass(frozen=True)
class Base:
    """The world that time bought is counted from. Days since `start` (an ordinal); crossings: level -> day."""

    start: int
    end: float
    crossings: dict[str, float]


@dataclass(frozen=True)
class Plan:
    """A sweep: a scenario, what it goes over, and the base of time bought.

    levels: names of the levels, the lowest first. domains: of work.
    """

    scenario: Scenario
    axes: tuple[Axis, ...]
    base: Base
    levels: tuple[str, ...]
    domains: tuple[str, ...]
    seed: int
    most_events: int = MOST_EVENTS

    @property
    def cells(self) -> list[tuple[int, ...]]:
        """Numbers of the values of each cell, the last input fastest."""
        return cells_of(list(self.axes))

    def inputs(self, cell: tuple[int, ...]) -> Row:
        """What the first columns of a cell's row say: its inputs."""
        return [
            axis.values[n] if axis.numbers is None or axis.unit == "date" else axis.numbers[n]
            for axis, n in zip(self.axes, cell, strict=True)
        ]

    def sets(self, cell: tuple[int, ...]) -> list[str]:
        """The settings of a cell."""
        return [f"{axis.path}={axis.values[n]}" for axis, n in zip(self.axes, cell, strict=True)]

    def identity(self) -> dict[str, Any]:
        """What makes another sweep another one: a sweep is gone on with only if this is the same."""
        return {
            "scenario": self.scenario.hash,
            "over": [[axis.path, list(axis.values)] for axis in self.axes],
            "seed": self.seed,
            "max_events": self.most_events,
        }


def without_interventions(scenario: Scenario) -> Scenario:
    """The same world without the interventions that it states."""
    stated = [block for block in BLOCKS if scenario.states(block)]
    return scenario.changed(sets=[f"{block}=null" for block in stated]) if stated else scenario


def plan(scenario: Scenario, axes: list[Axis], *, seed: int | None = None, most_events: int = MOST_EVENTS) -> Plan:
    """A sweep of a scenario, each value of each input checked on its own (the others at their first).

    Raises `ScenarioError` with what is wrong in any value, AxisError for too many cells, and
    `sim.world.simulate.SimulationError` if the base cannot be simulated.
    """
    cells_of(axes)
    check(scenario, axes)
    draw = without_interventions(scenario).draw(seed=seed)
    record = simulate_draw(draw, most_events=most_events)
    levels = sorted(draw.levels, key=lambda name: (threshold(draw, name), name))
    crossings = {level: day for (level, lab), (day, _) in record.levels.items() if lab == ""}
    base = Base(draw.start.toordinal(), record.end, crossings)
    return Plan(scenario, tuple(axes), base, tuple(levels), tuple(sorted(draw.domains)), draw.seed, most_events)


def check(scenario: Scenario, axes: list[Axis]) -> None:
    """Raises `ScenarioError` with the problems of every value of every input; the same one told once.

    Of many numbers of one unit the two ends alone: what is between them is read anyway, and says why in its row.
    """
    first = {axis.path: axis.values[0] for axis in axes}
    problems: list[Problem] = []
    told: list[Problem] = []
    for axis in axes:
        for value in _to_check(axis):
            sets = [f"{path}={text}" for path, text in {**first, axis.path: value}.items()]
            try:
                scenario.changed(sets=sets)
            except ScenarioError as error:
                problems += [
                    dataclasses.replace(found, file=found.file.replace("--set ", "--over "),
                                        message=f"{found.message} [at {axis.path}={value}]")
                    for found in error.problems if found not in told
                ]  # fmt: skip
                told += error.problems
                if len(problems) > 20:
                    raise ScenarioError(problems) from None
    if problems:
        raise ScenarioError(problems)


def _to_check(axis: Axis) -> list[str]:
    if axis.numbers is None or len(axis.values) <= ALL_CHECKED:
        return list(axis.values)
    order = sorted(range(len(axis.values)), key=axis.numbers.__getitem__)
    return [axis.values[order[0]], axis.values[order[-1]]]


def columns(plan: Plan) -> list[Column]:
    """The columns of a sweep's table: its inputs, then what came out."""
    found = [
        Column(axis.path, axis.unit if axis.numbers is not None else "", "the input, as it was set")
        for axis in plan.axes
    ]
    for level in plan.levels:
        found += [
            Column(f"date[{level}]", "date", "first crossing of the level by any lab; empty if none before the end"),
            Column(f"first_lab[{level}]", "", "lab that was first"),
            Column(f"time_bought[{level}]", "days", "later than in the same world without intervention"),
            Column(f"bound[{level}]", "", "how well that is known: exact, at least, at most, unknown"),
            Column(f"dwell[{level}]", "days", "time to the next level, to the end if that is not reached"),
            Column(f"dwell_bound[{level}]", "", "exact, or at least if the next level is not reached"),
            Column(f"copies[{level}]", "copies", "copies of its first model that could run on all fleets of its lab"),
        ]
    return [
        *found,
        Column("models", "", "new models until the end"),
        Column("own_window_median_days", "days", "median of the new models' own windows that closed"),
        Column("frontier_window_median_days", "days", "median of the new models' frontier windows that closed"),
        Column("most_copies_at_open", "copies", "the most copies of any model that could run when its lab has it"),
        Column("best_effective_flop", "FLOP", "effective FLOP of the strongest model at the end"),
        *(Column(f"ai_work[{domain}]", "human-years", "AI work of all labs until the end") for domain in plan.domains),
        Column("problem", "", "why this cell could not be simulated (to its end); empty if it could"),
    ]


def row(plan: Plan, cell: tuple[int, ...]) -> Row:
    """The row of one cell: JSON values only."""
    inputs = plan.inputs(cell)
    width = len(columns(plan)) - len(inputs) - 1
    try:
        draw = plan.scenario.changed(sets=plan.sets(cell)).draw(seed=plan.seed, listed=False)
    except ScenarioError as error:
        return [*inputs, *[None] * width, str(error.problems[0])]
    try:
        record, problem = simulate_draw(draw, most_events=plan.most_events), None
    except SimulationError as error:
        record, problem = error.record, error.record.stop_text or str(error)
    return [*inputs, *_outputs(plan, record), problem]


def _outputs(plan: Plan, record: RunRecord) -> Row:
    rates = Rates(record)
    draw = record.draw
    later = float(draw.start.toordinal() - plan.base.start)
    end = min(plan.base.end, record.end + later)
    firsts = {level: (day + later, model) for (level, lab), (day, model) in record.levels.items() if lab == ""}
    days = {level: _amount(firsts.get(level, (end,))[0], end) for level in plan.levels}
    copies, own, frontier = _windows(record, rates)
    found: Row = []
    for n, level in enumerate(plan.levels):
        day = days[level]
        time = bought(_amount(plan.base.crossings.get(level, end), end), day)
        if day.open:
            found += [None, None, time.value, time.bound, None, None, None]
            continue
        assert day.value is not None
        lab, _, model = firsts[level][1].partition("/")
        found += [date_text(day.value - later, draw.start), lab, time.value, time.bound]
        after = days[plan.levels[n + 1]] if n + 1 < len(plan.levels) else Amount(None)
        if after.value is None:
            found += [None, None]
        else:
            found += [after.value - day.value, "at least" if after.open else "exact"]
        found.append(copies.get((lab, model)))
    new = [model for model in record.models if not model.existing and model.internal < record.end]
    strongest = max((model.effective_flop for model in record.models if model.internal < record.end), default=None)
    found += [float(len(new)), own, frontier, max(copies.values(), default=0.0) or None, strongest]
    done = [deployed_work(rates, lab, None, 0.0, record.end) for lab in sorted(draw.labs)]
    for domain in plan.domains:
        work = sum(of_lab[rates.place(domain)] for of_lab in done) if domain in draw.domains else 0.0
        found.append(work / DAYS_PER_YEAR)
    return found


def _windows(record: RunRecord, rates: Rates) -> tuple[dict[tuple[str, str], float], float | None, float | None]:
    """Copies of each model at opening, and medians of new models' own and frontier windows, as in summary.json."""
    closings = Closings(record)
    copies: dict[tuple[str, str], float] = {}
    lengths: dict[str, list[float]] = {"own": [], "frontier": []}
    for model in sorted_models(record):
        opens = model.internal
        if opens >= record.end:
            continue
        copies[model.lab, model.name] = capacity(rates, model, max(0.0, opens)).copies
        for scope, found in lengths.items():
            closing = closings.closing(model, record.draw.stronger_by, scope, "internal")
            if opens >= 0.0 and closing is not None and closing.closes is not None and closing.length:
                found.append(closing.length)
    own, frontier = (median(found) if found else None for found in lengths.values())
    return copies, own, frontier


def _amount(day: float, end: float) -> Amount:
    return Amount(day) if day < end else Amount(end, True)


def table(plan: Plan, rows: list[Row]) -> Table:
    """The tidy table of a sweep: a row for each cell, in their order."""
    return Table("sweep", columns(plan), [tuple(each) for each in rows])
