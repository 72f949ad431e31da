"""Paired worlds of a model: the scenario again with one input changed, until the model's windows are closed.

Where labs do not react to each other one lab alone is simulated: its new models are set among the others' old ones.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

from sim.analysis.explain_inputs import LATER_DAYS, Change, candidates, earmarks
from sim.analysis.pair import Amount
from sim.base.limits import MOST_EVENTS
from sim.base.series import Series
from sim.model.draw import Draw
from sim.model.lab import Lab
from sim.model.software import RELATIVE
from sim.scenario import Scenario
from sim.scenario.policy_code import simulate_draw
from sim.tables.closings import Closings
from sim.world.record import ModelRecord, RunRecord

LARGER = 1.1

INDIFFERENT = ("shares", "training_first")
"""Policies that look at their own lab only."""

STRONGER_BY = "stronger_by"


class Lengths(NamedTuple):
    """Lengths of a model's windows, and whether they are open at the end."""

    own: float
    own_open: bool
    frontier: float
    frontier_open: bool

    @property
    def amounts(self) -> tuple[Amount, Amount]:
        """Own and frontier, each as what is known of it."""
        return Amount(self.own, self.own_open), Amount(self.frontier, self.frontier_open)


def lengths(record: RunRecord, model: ModelRecord, stronger_by: float | None = None) -> Lengths | None:
    """The two windows by internal dates; None if they never open. stronger_by: in place of the draw's."""
    factor = record.draw.stronger_by if stronger_by is None else stronger_by
    closings = Closings(record)
    own = closings.closing(model, factor, "own", "internal")
    frontier = closings.closing(model, factor, "frontier", "internal")
    if own is None or frontier is None:
        return None
    return Lengths(own.length, own.closes is None, frontier.length, frontier.closes is None)


class Pairs:
    """A model's windows, and what they are in worlds in which one thing is changed."""

    def __init__(self, scenario: Scenario, record: RunRecord, model: ModelRecord) -> None:
        self.scenario, self.record, self.model = scenario, record, model
        self.draw = record.draw
        self._draws = scenario.one_change()
        self.alone = independent(self.draw)
        self.base = lengths(record, model)
        self.candidates = [] if self.base is None else candidates(scenario, record, model)
        self._changes: list[Change] | None = None

    @property
    def closes(self) -> float | None:
        """Day on which both windows are closed; None if the own one, the longer of them, never is."""
        return None if self.base is None or self.base.own_open else self.model.internal + self.base.own

    @property
    def events(self) -> int:
        """Events that the worlds of all candidates have until the windows close, about: as many as the run has."""
        last = self.record.end if self.closes is None else self.closes
        of_labs: dict[str, int] = {}
        for day, lab, *_ in self.record.events:
            if day <= last:
                of_labs[lab] = of_labs.get(lab, 0) + 1
        whole = sum(of_labs.values())
        return sum(of_labs.get(change.lab, 0) if change.lab and self.alone else whole for change in self.candidates)

    @property
    def changes(self) -> list[Change]:
        """The candidates that a run reads before the windows close, and that are not 0; one run finds them."""
        if self._changes is None:
            self._changes = self._read() if self.candidates else []
        return self._changes

    def _read(self) -> list[Change]:
        values: dict[str, float] = {}

        def note(path: str) -> Callable[[float], float]:
            return lambda value: values.setdefault(path, value)

        paths = [item.path for change in self.candidates for item in change.inputs]
        tracked = self.scenario.draw(seed=self.draw.seed, track=True, adjust={path: note(path) for path in paths})
        tracked.end = min(tracked.end, self.record.end)  # of a run that stopped, what it came to
        self._until_closed(tracked)
        read = {*self.scenario.read(tracked), STRONGER_BY}
        return [
            change for change in self.candidates
            if any(item.parameter in read and (change.later or values.get(item.path) != 0.0) for item in change.inputs)
        ]  # fmt: skip

    def lengths(self, number: int) -> Lengths | None:
        """The model's windows with one of `changes` made, by its number; None if such a world cannot be simulated."""
        change = self.changes[number]
        if change.label == STRONGER_BY:  # it says when a window closes, and moves nothing else
            return lengths(self.record, self.model, LARGER * self.draw.stronger_by)
        adjust = {item.path: _later if change.later else _larger for item in change.inputs}
        one = change.lab if self.alone else ""
        try:
            if one:
                lab = self._draws.lab(one, {} if change.use else adjust)
                draw = dataclasses.replace(self.draw, labs={one: lab}, end=self._last_day(one))
            else:
                draw = self._draws.draw({} if change.use else adjust, self.draw.seed)
                draw.end = min(draw.end, self.record.end)
            if change.use:
                draw.labs[change.lab] = with_larger_share(draw.labs[change.lab], change.use, LARGER)
            record = self._until_closed(draw)
        except (RuntimeError, ValueError, ArithmeticError):
            return None
        if one:
            record.models.extend(model for model in self.record.models if model.lab != one)
        model = next((m for m in record.models if (m.lab, m.name) == (self.model.lab, self.model.name)), None)
        return None if model is None else lengths(record, model)

    def _last_day(self, lab: str) -> float:
        """Day at which a world of that lab alone may end: another's window is closed then, whatever it does."""
        if lab == self.model.lab or self.closes is None:
            return self.record.end
        return min(self.closes + 1.0, self.record.end)

    def _until_closed(self, draw: Draw) -> RunRecord:
        """A draw simulated until the model's own window is closed: so is its frontier window then."""
        lab, name = self.model.lab, self.model.name
        seen = 0

        def closed(record: RunRecord) -> bool:
            nonlocal seen
            new, seen = record.events[seen:], len(record.events)
            return any(kind == "window_closed" and subject == name and of == lab for _, of, kind, subject, *_ in new)

        return simulate_draw(draw, most_events(self.record), closed)


def most_events(record: RunRecord) -> int:
    """Events that a paired run may have: a run with many is told of by one that has more."""
    return max(MOST_EVENTS, 2 * len(record.events))


def independent(draw: Draw) -> bool:
    """Whether what one lab does cannot depend on another: each can then be simulated alone."""
    if draw.diffusion or draw.thefts or draw.interventions or draw.pause or draw.shocks:
        return False
    rules = [run.start_when for lab in draw.labs.values() for run in lab.runs if run.start_when is not None]
    if any(rule.rival_releases or rule.level or rule.milestone for rule in rules):
        return False
    if any(mark.until_milestone is not None for mark in earmarks(draw)):
        return False
    labs = draw.labs.values()
    reacted = any(lab.software.feedback or any(run.pause_when is not None for run in lab.runs) for lab in labs)
    if reacted and any(_opens_weights(lab) for lab in labs):
        return False  # others may do research with its models, or make more with them than is asked for
    return all(lab.policy in INDIFFERENT and not lab.covert and lab.software.experiments_count != RELATIVE
               for lab in labs)  # fmt: skip


def _opens_weights(lab: Lab) -> bool:
    return any(run.opened is not None or run.open_after_days is not None for run in lab.runs) or any(
        model.opened is not None for model in lab.models
    )


def _larger(value: float) -> float:
    return value * LARGER


def _later(value: float) -> float:
    return value + LATER_DAYS


def with_larger_share(lab: Lab, use: str, factor: float) -> Lab:
    """A lab with one declared share larger by a factor, on every date; the others give way as with `--set`."""
    days = sorted({day for series in lab.use.values() for day, _ in series.points})
    new: dict[str, list[tuple[float, float]]] = {name: [] for name in lab.use}
    for day in days:
        total = sum(series.at(day) for series in lab.use.values())
        mine = lab.use[use].at(day)
        larger = min(mine * factor, total)
        scale = (total - larger) / (total - mine) if total > mine else 1.0
        for name, series in lab.use.items():
            new[name].append((day, larger if name == use else series.at(day) * scale))
    return dataclasses.replace(lab, use={
        name: Series(tuple(new[name]), series.exponential, series.every, series.growth_per_day)
        for name, series in lab.use.items()
    })  # fmt: skip
