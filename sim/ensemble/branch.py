"""A branch of a draw: its past up to a day is kept, and what comes after is drawn anew.

Random events have no memory: from the day on they have streams of their own (`sim.world.chance`). Of the uncertain
inputs those are drawn anew that leave the past as it is: all of their range, or the part of it (found by bisection) in
which they do. The others are kept at their values. So draws are of the inputs' distribution given that past.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from itertools import count, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.calendar import tick
from sim.ensemble import columns, sobol
from sim.ensemble.copula import Copula
from sim.ensemble.estimate import Floats
from sim.ensemble.factors import Factor
from sim.ensemble.inputs import encoded_inputs
from sim.ensemble.part import SERIES, Part, Plan, Rows, collected, rows_of
from sim.ensemble.past import Past, lost_series
from sim.ensemble.sampler import Sampler
from sim.model.draw import Branch, Draw
from sim.scenario import Scenario
from sim.scenario.draw_error import DrawError
from sim.scenario.policy_code import simulate_draw
from sim.tables.rates import Rates
from sim.tables.tabulate import tables_of, tabulate
from sim.world.simulate import SimulationError

FARTHEST = (0.001, 0.999)
TRIED = (*FARTHEST, 0.5)
"""Quantiles of an input that all leave the past as it is if the input is free."""

NEAR = 0.005
"""An input that this much of a quantile more or less changes the past of is kept."""

STEPS = 7
"""Of bisection: the end of a range is found to 2^-7 of the way, and taken from inside."""

EARLY = 0.125
"""Share of the past that is looked at first: most inputs that shape the past do so at once."""

MOST_TRIES = 1_000
"""Of points outside of the ranges."""
MOST_RUNS = 50
"""Of worlds whose past is another: several inputs together may change what none of them does alone."""

Range = tuple[float, float]
WHOLE: Range = (0.0, 1.0)


class BranchError(RuntimeError):
    """A world of a branch has not the past that it is to have."""


class BranchRefused(ValueError):
    """There is no such branch: no such draw, a date outside of it, or nothing that could be drawn anew."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a draw branches. number: of the draw. on: the date. day: the same, since the start."""

    number: int
    on: date
    day: float

    @property
    def name(self) -> str:
        """As part of the names of random numbers."""
        return f"branch/{self.number}/{self.on.isoformat()}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an input. range: of its quantiles, that are drawn anew; None: kept. why: what would change.

    moves: whether that moves anything after the day, all other inputs being as they are.
    """

    range: Range | None
    why: str = ""
    moves: bool = False

    @property
    def whole(self) -> bool:
        """Whether any value leaves the past as it is."""
        return self.range == WHOLE


@dataclass(frozen=True)
class Screen:
    """Asks of each input whether it leaves the past as it is. row: the draw's quantiles. factors: the inputs.

    read: the parameters that the draw and its tables read.
    """

    sampler: Sampler
    place: Place
    row: Floats
    most_events: int
    factors: tuple[Factor, ...]
    read: frozenset[str]

    @cached_property
    def past(self) -> Past:
        """The past of the draw itself."""
        return self.of(self.row, self.place.day)

    @cached_property
    def early(self) -> Past:
        """The beginning of it."""
        return self.of(self.row, tick(EARLY * self.place.day))

    @cached_property
    def whole(self) -> Past:
        """The draw itself to its end."""
        return self.of(self.row, math.inf)

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def of(self, row: Floats, day: float) -> Past:
        """The past on a day with other quantiles."""
        return Past.of(self.sampler.draw(self.place.number, row), day, self.most_events)

    def _moved(self, factor: Factor, q: float, pasts: tuple[Past, ...]) -> str:
        """What an input at another quantile changes of pasts, the first of them in which it does."""
        place = {path: column for column, path in enumerate(self.sampler.paths)}
        row = self.row.copy()
        row[place[factor.path]] = q
        for path in factor.same:
            row[place[path]] = q if factor.follows[path] > 0.0 else 1.0 - q
        try:
            return next(filter(None, (past.difference(self.of(row, past.day)) for past in pasts)), "")
        except (DrawError, SimulationError) as error:
            return f"a world that cannot be simulated ({error})"

    def verdict(self, n: int) -> Verdict:
        """Of the n-th input."""
        factor = self.factors[n]
        if not self._is_read(factor):
            return Verdict(WHOLE)
        found = self._verdict(factor)
        if found.range is None:
            return found
        ends = [min(max(q, low), high) for q, low, high in ((q, *FARTHEST) for q in found.range)]
        return replace(found, moves=any(self._moved(factor, q, (self.whole,)) for q in ends))

    def _is_read(self, factor: Factor) -> bool:
        """Whether anything in the draw rests on it: else no value of it changes anything."""
        return factor.input.parameter in self.read or bool(factor.same)

    def _verdict(self, factor: Factor) -> Verdict:
        own = float(self.row[self.sampler.paths.index(factor.path)])

        def changes(q: float) -> str:
            return self._moved(factor, q, (self.past,))

        near = (max(own - NEAR, own / 2.0), min(own + NEAR, (1.0 + own) / 2.0))
        told = self._moved(factor, near[0], (self.early, self.past))
        if told and self._moved(factor, near[1], (self.early, self.past)):
            return Verdict(None, told)
        told = next(filter(None, map(changes, TRIED)), "")
        if not told:
            return Verdict(WHOLE)
        (low, high), ends = FARTHEST, [own, own]
        for side, (q, end) in enumerate(zip(near, FARTHEST, strict=True)):
            beyond = changes(q)
            if not beyond:
                ends[side], beyond = _last_same(q, end, changes)
            told = beyond or told
        return Verdict((ends[0] if ends[0] > low else 0.0, ends[1] if ends[1] < high else 1.0), told)


def _last_same(same: float, end: float, changes: Callable[[float], str]) -> tuple[float, str]:
    """How far towards `end` the past stays as it is, from where it does; and what changes beyond."""
    told = changes(end)
    if not told:
        return end, ""
    for _ in range(STEPS):
        middle = 0.5 * (same + end)
        found = changes(middle)
        if found:
            end, told = middle, found
        else:
            same = middle
    return same, told


class BranchSampler(Sampler):
    """Makes draws of a branch: draw i of it is the same for ever, as those of a `Sampler` are.

    ranges: path -> which quantiles of it are drawn anew; all other inputs have those of draw `place.number`. What goes
    together with inputs that are kept is drawn given those.
    """

    def __init__(self, scenario: Scenario, seed: int, method: str, place: Place, ranges: Mapping[str, Range]) -> None:
        super().__init__(scenario, seed, method)
        self.place, self.ranges = place, dict(ranges)
        self.row = super().quantiles(place.number, place.number + 1)[0]
        self._anew = [column for column, path in enumerate(self.paths) if path in ranges]
        self._kept = [column for column, path in enumerate(self.paths) if path not in ranges]
        named = {path for pair in scenario.correlations for path in pair}
        self._limits = [(column, *ranges[self.paths[column]]) for column in self._anew]
        self._alone = [limit for limit in self._limits if self.paths[limit[0]] not in named]
        self._given: Copula | None = None
        self._independent_row = self.row
        if named:
            order = [self.paths[column] for column in (*self._kept, *self._anew)]
            self._given = Copula(order, scenario.correlations, self.paths)
            self._independent_row = self._given.undone(self.row)
        if method == "sobol":
            names = enumerate(self._names[: sobol.DIMENSIONS])
            made = [sobol.scrambled(k, self.seed, name) for k, name in names]
            self._points = np.array(made, dtype=np.uint32).reshape(-1, sobol.BITS + 1).T.copy()

    @property
    def _names(self) -> list[str]:
        return [f"{self.paths[column]}/{self.place.name}" for column in self._anew]

    def quantiles(self, start: int, stop: int) -> Floats:
        """As of `Sampler`: the first point of each draw that lies within the ranges."""
        found = self._together(self._fresh(start, stop))
        for n in np.flatnonzero(~self._inside(found)).tolist():
            found[n] = next(self.again(start + n))
        return found

    def again(self, i: int) -> Iterator[Floats]:
        """Further points of draw `i` within the ranges, in order, at random. Raises BranchError if there are none."""
        tried = 0
        for attempt in count(1):
            parts = [columns.uniform(self.seed, f"{name}/{attempt}", i, i + 1) for name in self._names]
            row = self._together(np.array(parts).reshape(-1, 1).T)
            if self._inside(row)[0]:
                tried = 0
                yield row[0]
            tried += 1
            if tried > MOST_TRIES:
                raise BranchError(f"no point in {MOST_TRIES:,} lies within the ranges that leave the past as it is")

    def _fresh(self, start: int, stop: int) -> Floats:
        names = self._names
        if self.method == "sobol" and names:
            rest = names[sobol.DIMENSIONS :]
            first = sobol.points(self._points, start, stop)
            more = [columns.uniform(self.seed, name, start, stop) for name in rest]
            return np.column_stack([first, *more]) if more else first
        of = columns.latin if self.method == "latin" else columns.uniform
        return np.array([of(self.seed, name, start, stop) for name in names]).reshape(len(names), stop - start).T

    def _together(self, fresh: Floats) -> Floats:
        """Rows of all inputs, from independent numbers for those that are drawn anew."""
        found: Floats = np.repeat(self._independent_row[None, :], len(fresh), axis=0)
        found[:, self._anew] = fresh
        for column, low, high in self._alone:
            found[:, column] = low + (high - low) * found[:, column]
        if self._given is not None:
            self._given.apply(found)
        found[:, self._kept] = self.row[self._kept]
        return found

    def _inside(self, rows: Floats) -> NDArray[np.bool_]:
        inside = np.ones(len(rows), dtype=bool)
        for column, low, high in self._limits:
            inside &= (rows[:, column] >= low) & (rows[:, column] <= high)
        return inside

    def draw(self, i: int, quantiles_row: Floats) -> Draw:
        """Draw number `i` of the branch."""
        draw = super().draw(self.place.number, quantiles_row)
        draw.branch = Branch(self.place.day, f"{self.place.name}/{i}")
        return draw


@dataclass(frozen=True)
class BranchPlan(Plan):
    """What is asked of every draw of a branch. past: what each is to have. rows: of the draw that it branches from."""

    past: Past
    rows: Rows

    @property
    def dates_past(self) -> Sequence[str]:
        """The dates of `series` before the branch."""
        return [text for day, text in self.dates.items() if day < self.past.day]

    def simulate(self, span: tuple[int, int]) -> Part:
        """Draws `span` (start, stop), simulated: what they have before the day is held against the past."""
        start, stop = span
        sampler = self.sampler
        assert isinstance(sampler, BranchSampler)
        quantiles = sampler.quantiles(start, stop)

        def one(i: int) -> Rows:
            lost, found = self.tried(sampler.draw(i, quantiles[i - start]), i)
            for row in islice(sampler.again(i) if lost else (), MOST_RUNS):
                lost, found = self.tried(sampler.draw(i, row), i)
                if not lost:
                    quantiles[i - start] = row
                    break
            if lost:
                raise BranchError(f"{MOST_RUNS} worlds in succession have another past: {lost}")
            return found

        return collected(self, span, one, lambda: encoded_inputs(self.inputs, quantiles))

    def tried(self, draw: Draw, i: int) -> tuple[str, Rows]:
        """What a draw has lost of the past (empty: nothing), and its rows."""
        record = simulate_draw(draw, self.most_events)
        lost = self.past.lost(record)
        if lost:
            return lost, {}
        found = rows_of(self, record, i < self.examples)
        return lost_series(self.rows, found, self.dates_past), found


def branch_plan(plan: Plan, sampler: BranchSampler, past: Past, rows: Rows) -> BranchPlan:
    """A plan whose draws are those of a branch."""
    known = {each.name: getattr(plan, each.name) for each in fields(plan)}
    return BranchPlan(**{**known, "sampler": sampler}, past=past, rows={SERIES: rows[SERIES]})


def parameters_read(scenario: Scenario, sampler: Sampler, place: Place, most_events: int) -> frozenset[str]:
    """Paths of the parameters that a draw and its tables read, to its end."""
    row = sampler.quantiles(place.number, place.number + 1)[0]
    quantiles = dict(zip(sampler.paths, row.tolist(), strict=True))
    draw = scenario.draw(quantiles, sampler.seed, index=place.number, track=True, listed=False)
    record = simulate_draw(draw, most_events)
    rates = Rates(record)
    for name in tables_of(record):
        tabulate(record, name, rates)
    return frozenset(scenario.read(draw))


def check_chance(plan: BranchPlan) -> None:
    """Raises BranchError unless random events alone leave the past as it is: that would be this program's fault."""
    sampler = plan.sampler
    assert isinstance(sampler, BranchSampler)
    lost = plan.past.lost(simulate_draw(sampler.draw(0, sampler.row), plan.most_events))
    if lost:
        raise BranchError(f"random events after {sampler.place.on} changed what was before: {lost}")


