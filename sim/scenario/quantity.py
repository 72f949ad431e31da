"""Every input of a scenario with where it comes from: numbers, dated series and plain settings."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sim.base.calendar import TICKS_PER_DAY, Recurrence
from sim.base.series import Series
from sim.base.units import DAYS_PER_YEAR
from sim.model.policy import UserPolicy
from sim.scenario.derived import Derived
from sim.scenario.distribution import FARTHEST, Distribution
from sim.scenario.problem import NOWHERE, Place

CENTRAL = 0.5


@dataclass(slots=True, kw_only=True)
class Sourced:
    """What every input has.

    text: as written. source, note: as stated on the value or its block. guess: marked or sourced as one.
    origin: `file:line:column`, `--set PATH`, `--policy LAB`, `default`, or `catalog`.
    stated: by the scenario, not a default.
    """

    path: str
    text: str
    source: str = ""
    note: str = ""
    guess: bool = False
    origin: str = "default"
    stated: bool = False
    place: Place = NOWHERE


@dataclass(slots=True, kw_only=True)
class Quantity(Sourced):
    """A number in `unit` (canonical), a distribution of it, or what a formula makes of others.

    Dates have the unit `date` and count as `date.toordinal()`. Recurrences (`recurs`) have `month` or `day`.
    low, high: the declared bounds, to which a quantile outside of them is moved; that it is never outside of an
    exclusive bound, and seldom of these, is checked when it is read (see `spread`).
    derived: the formula, if there is one; `value` is then what it comes to with the medians of the others.
    """

    unit: str
    value: float | None = None
    distribution: Distribution | None = None
    derived: Derived | None = None
    accelerator: str | None = None
    recurs: bool = False
    low: float | None = None
    high: float | None = None

    def quantile(self, q: float) -> float:
        """The value at quantile `q`, 0 < q < 1; the same for every q if the number is certain."""
        if self.distribution is None:
            assert self.value is not None
            return self.value
        if not 0.0 < q < 1.0:
            raise ValueError(f"{self.path}: a quantile lies between 0 and 1, got {q!r}")
        value = self.distribution.quantile(min(max(q, FARTHEST), 1.0 - FARTHEST))
        if self.low is not None and value < self.low:
            value = self.low
        if self.high is not None and value > self.high:
            value = self.high
        return value

    def quantiles(self, at: Sequence[float]) -> list[float]:
        """The values at quantiles, each as `quantile` gives it."""
        many, low, high = getattr(self.distribution, "quantiles", None), self.low, self.high
        if many is None or not at or min(at) < FARTHEST or max(at) > 1.0 - FARTHEST:
            return [self.quantile(q) for q in at]
        found: list[float] = many(at)
        if low is not None and min(found) < low:
            found = [low if value < low else value for value in found]
        if high is not None and max(found) > high:
            found = [high if value > high else value for value in found]
        return found

    @property
    def central(self) -> float:
        """The median; of a derived one what its formula makes of medians."""
        return self.quantile(CENTRAL)

    @property
    def uncertain(self) -> bool:
        """Whether it is drawn itself."""
        return self.distribution is not None

    @property
    def varies(self) -> bool:
        """Whether it differs between draws: it is drawn, or follows from something that is."""
        return self.distribution is not None or (self.derived is not None and self.derived.varies)

    @property
    def rests_on(self) -> frozenset[str]:
        """Paths of the quantities from which it is derived, near and far."""
        return self.derived.rests_on if self.derived is not None else frozenset()


Value = Callable[[Quantity], float]
"""How a draw takes the value of a quantity."""


@dataclass(slots=True, kw_only=True)
class Timeline(Sourced):
    """A dated number: `points` are (day as `date.toordinal()`, quantity), ascending; the day None is always.

    before: value before the first point (0 for a stock). correlation: of uncertain
    values a year apart. then: growth after the last one.
    """

    unit: str
    points: list[tuple[float | None, Quantity]] = field(default_factory=list)
    before: Quantity | None = None
    zero_before: bool = False
    then: Quantity | None = None
    exponential: bool = False
    every: Quantity | None = None
    correlation: float = 0.0

    def quantities(self) -> Iterator[Quantity]:
        """All numbers of the series."""
        yield from (quantity for _, quantity in self.points)
        yield from (quantity for quantity in (self.before, self.then, self.every) if quantity is not None)

    @property
    def rests_on(self) -> frozenset[str]:
        """Paths of the quantities from which its numbers are derived, near and far."""
        return frozenset().union(*(quantity.rests_on for quantity in self.quantities()))

    @property
    def constant(self) -> bool:
        return len(self.points) == 1 and self.points[0][0] is None

    @property
    def accelerator(self) -> str | None:
        """The accelerator type that the numbers name."""
        return next((q.accelerator for q in self.quantities() if q.accelerator), None)

    def series(self, start: float, value: Value) -> Series:
        """The `Series` with days since `start` (as `date.toordinal()`)."""
        if self.constant:
            return Series(((0.0, value(self.points[0][1])),))
        points = [((day or start) - start, value(quantity)) for day, quantity in self.points]
        first = points[0][0]
        if self.before is not None or (self.zero_before and first > 0.0):
            ahead = value(self.before) if self.before is not None else 0.0
            # Growth between points must not begin before the first: a point of the value before stands one tick ahead.
            leading = [(first - 1.0 / TICKS_PER_DAY, ahead)] if self.exponential else []
            points = [(min(0.0, math.floor(first) - 1.0), ahead), *leading, *points]
        growth = math.log(value(self.then)) / DAYS_PER_YEAR if self.then is not None else 0.0
        every = recurrence(self.every, value) if self.every is not None else None
        moves = self.exponential or growth
        if moves and every is None:
            every = Recurrence(months=1.0)
        return Series(tuple(points), self.exponential, every if moves else None, growth)


@dataclass(slots=True, kw_only=True)
class Plain(Sourced):
    """A text, choice, flag, whole number, list of names or policy. None: derived when a draw is made."""

    value: str | bool | int | list[str] | UserPolicy | None


def recurrence(quantity: Quantity, value: Value) -> Recurrence:
    """The `Recurrence` of a quantity in months or days."""
    number = value(quantity)
    return Recurrence(months=number) if quantity.unit == "month" else Recurrence(days=number)
