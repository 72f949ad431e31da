"""Days that a window gains when an input is 10% larger: small paired runs, one for each input.

A run is cut short at the closing where that is certain to be the same, and simulates one lab alone where labs do not
react to each other: its new models are then set among the others' old ones.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import NamedTuple

from sim.analysis.explain_split import chain, run_of, spec_of
from sim.base.limits import MOST_EVENTS
from sim.base.series import Series
from sim.model.draw import Draw
from sim.model.lab import Lab
from sim.scenario import Input, Scenario
from sim.scenario.policy_code import simulate_draw
from sim.tables.closings import Closings
from sim.tables.table import Column, Table
from sim.world.record import ModelRecord, RunLog, RunRecord

LARGER = 1.1
LATER_DAYS = 30.0
NEAR = 1.5
"""Within this factor of what closes a window, a model could come to close it: more than what one change brings."""

INDIFFERENT = ("shares", "training_first")
"""Policies that look at their own lab only."""

IRRELEVANT = frozenset(
    ("inference", "human", "domains", "levels", "milestones", "hazards", "observed_uplift", "staff", "fleets",
     "trajectory", "world", "lambda", "labour_share", "name", "public_after", "public", "power", "memory",
     "bandwidth", "inference_efficiency", "inference_exponent", "start", "end", "base_date", "total_params",
     "kv_bytes_per_token")
)  # fmt: skip
"""Parts of paths of inputs that cannot move the date of a model: they say what it is worth, or what runs it."""

REACTED_TO = frozenset(("levels", "milestones", "domains", "staff", "fleets", "inference", "public_after", "public"))
"""What can move the date of a model in a world whose programmes react."""

COLUMNS = [
    Column("input", "", "path in the scenario; a dated series is moved as a whole"),
    Column("value", "", "as written"),
    Column("change", "", "+10%, or 30 days later"),
    Column("own_days", "days", "change of the own window's length"),
    Column("frontier_days", "days", "change of the frontier window's length"),
    Column("own_bound", "", "true if the window is then open at the end: the change is at least this"),
    Column("frontier_bound", "", "the same for the frontier window"),
    Column("origin", "", "where the input is written"),
    Column("guess", "", "true if it is a guess"),
]


class Change(NamedTuple):
    """What one paired run changes: the inputs (alike ones together), and the lab that it stays in (empty: all)."""

    label: str
    inputs: list[Input]
    later: bool
    lab: str
    use: str


class Lengths(NamedTuple):
    """Lengths of a model's windows, and whether they are open at the end."""

    own: float
    own_open: bool
    frontier: float
    frontier_open: bool


def lengths(record: RunRecord, model: ModelRecord) -> Lengths | None:
    """The two windows by internal dates; None if they never open."""
    draw = record.draw
    own = Closings(record).closing(model, draw.stronger_by, "own", "internal")
    frontier = Closings(record).closing(model, draw.stronger_by, "frontier", "internal")
    if own is None or frontier is None:
        return None
    return Lengths(own.length, own.closes is None, frontier.length, frontier.closes is None)


def days_table(scenario: Scenario, record: RunRecord, model: ModelRecord, origins: Mapping[str, str]) -> Table:
    """A row for each input that could move either closing, the largest changes first."""
    base = lengths(record, model)
    rows = []
    if base is not None:
        pairs = Pairs(scenario, record, model)
        for change in changes(scenario, record, model):
            new = pairs.lengths(change)
            if new is None:
                continue
            item = change.inputs[0]
            text = item.text if len(change.inputs) == 1 else f"{item.text} ... {change.inputs[-1].text}"
            rows.append((
                change.label, text, f"{LATER_DAYS:.0f} days later" if change.later else "+10%",
                new.own - base.own, new.frontier - base.frontier, new.own_open and not base.own_open,
                new.frontier_open and not base.frontier_open, origins.get(item.path, item.origin),
                any(each.guess for each in change.inputs),
            ))  # fmt: skip
    rows.sort(key=lambda row: (-max(abs(row[3]), abs(row[4])), row[0]))
    return Table("sensitivity", COLUMNS, rows)


class Pairs:
    """Runs a scenario again with one thing changed."""

    def __init__(self, scenario: Scenario, record: RunRecord, model: ModelRecord) -> None:
        self.scenario, self.record, self.model = scenario, record, model
        self.draw = record.draw
        self.alone = all(lab.policy in INDIFFERENT for lab in self.draw.labs.values()) and not reacts(self.draw)
        found = [Closings(record).closing(model, self.draw.stronger_by, scope, "internal")
                 for scope in ("own", "frontier")]  # fmt: skip
        closed = [item.closes for item in found if item is not None]
        last = max((day for day in closed if day is not None), default=0.0)
        self.end = record.end
        self.cut = min(self.end, last + 0.2 * (last - model.internal) + 2.0 * LATER_DAYS)
        if None in closed:
            self.cut = self.end

    def lengths(self, change: Change) -> Lengths | None:
        """The model's windows with the change made; None if such a world cannot be simulated."""
        found = self._run(change, self.cut)
        if self.cut < self.end and (found is None or found.own_open or found.frontier_open):
            found = self._run(change, self.end)
        return found

    def _run(self, change: Change, end: float) -> Lengths | None:
        adjust = {item.path: _later if change.later else _larger for item in change.inputs}
        try:
            if change.lab and self.alone:
                lab = self.scenario.draw_lab(change.lab, {} if change.use else adjust)
                draw = dataclasses.replace(self.draw, labs={change.lab: lab}, end=end)
            else:
                whole = self.scenario.draw(seed=self.draw.seed, adjust={} if change.use else adjust)
                draw = dataclasses.replace(whole, end=min(end, whole.end))
            if change.use:
                enlarge_share(draw.labs[change.lab], change.use, LARGER)
            record = self._whole(simulate_draw(draw, most_events(self.record)), change)
        except (RuntimeError, ValueError, ArithmeticError):
            return None
        model = next((m for m in record.models if (m.lab, m.name) == (self.model.lab, self.model.name)), None)
        return None if model is None else lengths(record, model)

    def _whole(self, record: RunRecord, change: Change) -> RunRecord:
        if change.lab and self.alone:
            record.models.extend(model for model in self.record.models if model.lab != change.lab)
        return record


def most_events(record: RunRecord) -> int:
    """Events that a paired run may have: a run with many is told of by one that has more."""
    return max(MOST_EVENTS, 2 * len(record.events))


def reacts(draw: Draw) -> bool:
    """Whether a programme starts runs, or pauses, by what happens (in its own lab or another)."""
    return any(run.start_when is not None or run.pause_when is not None for lab in draw.labs.values()
               for run in lab.runs)  # fmt: skip


def _larger(value: float) -> float:
    return value * LARGER


def _later(value: float) -> float:
    return value + LATER_DAYS


def changes(scenario: Scenario, record: RunRecord, model: ModelRecord) -> list[Change]:
    """The inputs that could move a model's closings: of its lab and of the labs that close it, and of all labs."""
    draw = record.draw
    tracked = scenario.draw(seed=draw.seed, track=True)
    tracked.end = min(tracked.end, record.end)  # of a run that stopped, what it came to
    lengths(simulate_draw(tracked, most_events(record)), model)
    read = scenario.read(tracked)
    found = [Closings(record).closing(model, draw.stronger_by, scope, "internal") for scope in ("own", "frontier")]
    closers = [item.by for item in found if item is not None and item.by is not None]
    labs = list(dict.fromkeys([model.lab, *(by.lab for by in closers)]))
    dated = {prefix for each in [model, *closers] for prefix in [_run_path(scenario, record, each)] if prefix}
    runs = _runs_that_matter(scenario, record, model, closers)
    every_run = []
    for name in labs:
        for kind, count in (("runs", len(draw.labs[name].runs)), ("models", len(draw.labs[name].models))):
            every_run += [scenario.path_of("labs", name, kind, n) for n in range(count)]
    irrelevant = (IRRELEVANT - REACTED_TO if reacts(draw) else IRRELEVANT) | _without_effect(draw)
    groups: dict[str, Change] = {}
    for item in scenario.inputs:
        parts = item.path.split(".")
        lab = next((name for name in draw.labs if item.path.startswith(f"labs.{name}.")), "")
        if not item.unit or item.parameter not in read or irrelevant & set(parts[2:] if lab else parts):
            continue
        run = max((path for path in every_run if item.path.startswith(path + ".")), key=len, default="")
        if lab and lab not in labs:
            continue
        if lab and item.path.startswith((f"labs.{lab}.runs.", f"labs.{lab}.models.")) and run not in runs:
            continue
        later = item.unit == "date"
        if later and (run not in dated or not re.match(r"\d{4}-", item.text)):
            continue
        use = item.parameter.rsplit(".", 1)[1] if lab and item.parameter.startswith(f"labs.{lab}.use.") else ""
        point = item.path != item.parameter and bool(re.search(r"\.\d{4}-\d\d(-\d\d)?$", item.path))
        label = item.parameter if point else item.path
        if use and not point and item.path != item.parameter:
            continue
        if label in groups:
            groups[label].inputs.append(item)
        else:
            groups[label] = Change(label, [item], later, lab, use)
    return list(groups.values())


def _without_effect(draw: Draw) -> set[str]:
    """Blocks that cannot move a date in this draw: size rules where FLOP is stated, earmarks that runs may take."""
    runs = [run for lab in draw.labs.values() for run in lab.runs]
    marks = [mark for mark in [*(lab.after_training for lab in draw.labs.values()),
                               *(run.after_training for run in runs)] if mark is not None]  # fmt: skip
    result = set()
    if all(run.params is None or run.flop is not None for run in runs):
        result.add("size")
    if not any(mark.firm for mark in marks):
        result.add("after_training")
    return result


def _run_path(scenario: Scenario, record: RunRecord, model: ModelRecord) -> str:
    found = spec_of(record, model)
    if found is not None:
        return scenario.path_of("labs", model.lab, "runs", found[0])
    names = [item.name for item in record.draw.labs[model.lab].models]
    return scenario.path_of("labs", model.lab, "models", names.index(model.name)) if model.name in names else ""


def _runs_that_matter(
    scenario: Scenario, record: RunRecord, model: ModelRecord, closers: list[ModelRecord]
) -> set[str]:
    """Paths of the runs and models that could move a closing: the models' own and their bases', runs of those labs
    that are or wait to be in progress within `LATER_DAYS` of one of these, and models that came near to closing."""
    links = [link for each in [model, *closers] for link in chain(record, each)]
    matter = {id(link) for link in links}
    last = max((by.internal for by in closers), default=record.end)
    for other in record.models:
        log = run_of(record, other)
        logs = [run_of(record, link) for link in links if link.lab == other.lab]
        near = NEAR > other.effective_flop / model.effective_flop / record.draw.stronger_by > 1.0 / NEAR
        if (near and other.internal <= last) or (log is not None and any(_overlap(log, link) for link in logs)):
            matter.add(id(other))
    return {path for each in record.models if id(each) in matter and (path := _run_path(scenario, record, each))}


def _overlap(one: RunLog, other: RunLog | None) -> bool:
    """Whether two runs are, or wait to be, in progress at the same time, or would be if one came later."""
    if other is None or one.finished is None or other.finished is None:
        return False
    return one.due < other.finished + LATER_DAYS and other.due < one.finished + LATER_DAYS


def enlarge_share(lab: Lab, use: str, factor: float) -> None:
    """Make one declared share larger by a factor, on every date; the others give way in proportion, as with `--set`."""
    days = sorted({day for series in lab.use.values() for day, _ in series.points})
    new: dict[str, list[tuple[float, float]]] = {name: [] for name in lab.use}
    for day in days:
        total = sum(series.at(day) for series in lab.use.values())
        mine = lab.use[use].at(day)
        larger = min(mine * factor, total)
        scale = (total - larger) / (total - mine) if total > mine else 1.0
        for name, series in lab.use.items():
            new[name].append((day, larger if name == use else series.at(day) * scale))
    for name, series in lab.use.items():
        lab.use[name] = Series(tuple(new[name]), series.exponential, series.every, series.growth_per_day)
