"""Two worlds side by side: the same scenario with and without a change, on one clock, differences with their bounds.

A world that has not reached something by the end gives a bound, not a number: a pair where only one has is `at least`
or `at most`, one where neither has is `unknown`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import accumulate
from math import inf
from typing import NamedTuple

from sim.analysis.work_done import Done, work_done
from sim.model.level import threshold
from sim.tables.alignment import alignment_work
from sim.tables.alignment_work import AlignmentWork, counts_alignment
from sim.tables.rates import Rates
from sim.tables.trajectory import boundaries
from sim.world.record import ModelRecord, RunRecord

EXACT, AT_LEAST, AT_MOST, UNKNOWN = "exact", "at least", "at most", "unknown"
BOUNDS = (EXACT, AT_LEAST, AT_MOST, UNKNOWN)

ROUNDING = 1e-9
"""Share by which a model may miss another's effective FLOP and count as strong."""


class Amount(NamedTuple):
    """A number, or what it is at least (`open`: it was still growing at the end); None where there is none."""

    value: float | None
    open: bool = False


class Bought(NamedTuple):
    """A difference between two worlds and how well it is known (one of BOUNDS)."""

    value: float | None
    bound: str


def bought(base: Amount, world: Amount) -> Bought:
    """world - base; `at least` if only the world's amount is open, `at most` if only the base's is."""
    if base.value is None or world.value is None or (base.open and world.open):
        return Bought(None, UNKNOWN)
    bound = AT_LEAST if world.open else AT_MOST if base.open else EXACT
    return Bought(world.value - base.value, bound)


class Crossing(NamedTuple):
    """Who first reached something, and when (days on the comparison's clock)."""

    day: float
    lab: str
    model: str


class World:
    """One simulated world. Days count from the base's start.

    name: what it is called in the comparison. later: days by which its own start is after the base's.
    only: the one intervention whose time counts; all if None.
    """

    def __init__(self, name: str, rates: Rates, base: RunRecord, only: str | None = None) -> None:
        self.name = name
        self.only = only
        self.rates = rates
        self.record = rates.record
        self.later = float(self.record.draw.start.toordinal() - base.draw.start.toordinal())
        self.end = self.record.end + self.later
        self._done: Done | None = None
        self._alignment: dict[tuple[float, ...], AlignmentWork] = {}

    @cached_property
    def crossings(self) -> dict[str, Crossing]:
        """Level -> its first crossing by any lab."""
        found = {}
        for (level, lab), (day, model) in self.record.levels.items():
            if lab == "":
                owner, _, name = model.partition("/")
                found[level] = Crossing(day + self.later, owner, name)
        return found

    @cached_property
    def leaders(self) -> list[tuple[Crossing, ModelRecord]]:
        """The models that were the strongest anywhere when they came, in that order."""
        found, most = [], 0.0
        for model in sorted(self.record.models, key=lambda model: (model.internal, -model.effective_flop, model.lab)):
            if model.effective_flop > most and model.internal < self.record.end:
                most = model.effective_flop
                found.append((Crossing(model.internal + self.later, model.lab, model.name), model))
        return found

    def reached(self, effective_flop: float) -> tuple[Crossing, ModelRecord] | None:
        """The first model that is as strong as that, to rounding."""
        strengths = list(accumulate((model.effective_flop for _, model in self.leaders), max))
        n = bisect_left(strengths, effective_flop * (1.0 - ROUNDING))
        return self.leaders[n] if n < len(strengths) else None

    def day_reached(self, level: str, end: float) -> Amount:
        """Day of the first crossing of a level, open at `end` if there is none before it."""
        found = self.crossings.get(level)
        return Amount(end, True) if found is None or found.day >= end else Amount(found.day)

    def done(self, ends: tuple[float, ...]) -> Done:
        """What its fleets did until its crossings, the ends of its trajectory's intervals, and `ends`."""
        if self._done is None:
            days = {day + self.later for day in boundaries(self.record)} | {end for end in ends if end <= self.end}
            days |= {crossing.day for crossing in self.crossings.values() if crossing.day > self.later}
            self._done = work_done(self.rates, sorted(days), self.later)
        return self._done

    def alignment(self, end: float, days: tuple[float, ...] = ()) -> AlignmentWork:
        """The alignment work of a world that counts it; it may be asked for up to `end` and the days, and crossings."""
        own = boundaries(self.record)
        more = sorted({day - self.later for day in (end, *days)}.difference(own, [self.record.end]))
        key = tuple(day for day in more if 0.0 < day < self.record.end)
        if not key:
            return alignment_work(self.record, self.rates)
        if key not in self._alignment:
            self._alignment[key] = AlignmentWork(self.rates, [*own, *key])
        return self._alignment[key]

    def intervened(self, day: float) -> float | None:
        """Days until `day` on which an intervention was in force; None for a world without any."""
        spans = [(start + self.later, min(day, self.end if end is None else end + self.later))
                 for name, start, end, _ in self.record.interventions if self.only in (None, name)]  # fmt: skip
        return covered(spans) if spans else None


def covered(spans: Iterable[tuple[float, float]]) -> float:
    """Days that lie in at least one of some spans (from, to); one that ends before it begins has none."""
    total, last = 0.0, -inf
    for since, until in sorted(spans):
        total += max(0.0, until - max(since, last))
        last = max(last, until)
    return total


class Pair:
    """A base and one changed world, compared up to the earlier of their ends."""

    def __init__(self, base: World, world: World, ends: tuple[float, ...]) -> None:
        self.base = base
        self.world = world
        self.end = min(base.end, world.end)
        self.ends = ends

    @property
    def name(self) -> str:
        """What the changed world is called."""
        return self.world.name

    @cached_property
    def levels(self) -> list[str]:
        """Levels of both worlds, the lowest first."""
        draw, other = self.base.record.draw, self.world.record.draw
        shared = [name for name in draw.levels if name in other.levels]
        return sorted(shared, key=lambda name: (threshold(draw, name), name))

    @cached_property
    def able_level(self) -> str | None:
        """The level whose models the AI workforce is counted by: the lowest that the base reaches after its start.

        Copies of weak models are many, and what they do is not what is given up. None if the base reaches no level.
        """
        reached = self.base.crossings
        return next((level for level in self.levels if level in reached and 0.0 < reached[level].day < self.end), None)

    @cached_property
    def aligned(self) -> bool:
        """Whether both worlds count alignment work."""
        return counts_alignment(self.base.record) and counts_alignment(self.world.record)

    @cached_property
    def domains(self) -> list[str]:
        """Domains of work of both worlds."""
        return sorted(set(self.base.record.draw.domains) & set(self.world.record.draw.domains))

    @cached_property
    def labs(self) -> list[str]:
        """Labs of either world."""
        return sorted({*self.base.record.draw.labs, *self.world.record.draw.labs})

    def time_bought(self, level: str) -> Bought:
        """Days by which the first crossing of a level is later than in the base."""
        return bought(self.base.day_reached(level, self.end), self.world.day_reached(level, self.end))

    def dwell(self, world: World, level: str) -> Amount:
        """Days from the first crossing of a level to that of the next one, in one of the two worlds."""
        n = self.levels.index(level)
        if n + 1 == len(self.levels):
            return Amount(None)
        here, after = (world.day_reached(name, self.end) for name in self.levels[n : n + 2])
        if here.open or here.value is None or after.value is None:
            return Amount(None)
        return Amount(after.value - here.value, after.open)


def pairs_of(base: Rates, changed: Mapping[str, Rates]) -> list[Pair]:
    """The base with each changed world, on one clock."""
    record = base.record
    one = World("", base, record)
    others = [World(name, rates, record) for name, rates in changed.items()]
    ends = tuple(sorted({one.end, *(min(one.end, world.end) for world in others)}))
    return [Pair(one, world, ends) for world in others]
