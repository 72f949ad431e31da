"""What an input of a branch may become: whether another value of it leaves the past as it is, found by bisection."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from sim.base.calendar import tick
from sim.ensemble.branch import WHOLE, Place, Range
from sim.ensemble.estimate import Floats
from sim.ensemble.factors import Factor
from sim.ensemble.past import Past
from sim.ensemble.sampler import Sampler
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
