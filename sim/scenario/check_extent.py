"""What a scenario would grow to, and how often things would happen in it, from its start to its end.

A growth that overflows, or a recurrence that takes for ever, is refused here, at the line that states it, before
anything runs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from sim.base.units import DAYS_PER_MONTH, DAYS_PER_YEAR
from sim.model.declare import parameters
from sim.scenario.problem import Problems, quoted
from sim.scenario.quantity import Quantity, Timeline
from sim.scenario.ranges import log10
from sim.scenario.spec import Spec

LARGEST_GROWTH = 100.0
"""Orders of magnitude that one growth may span, up or down: products of several then stay finite."""

MOST_OFTEN = 100_000
"""Times that one recurrence may occur."""


def check_extent(root: Spec, start: float, problems: Problems) -> None:
    """Adds a problem for each growth that is too large, and each recurrence that is too frequent, until the end."""
    end = root.values.get("end")
    if not isinstance(end, Quantity) or end.central <= start:
        return
    extent = Extent(start, end, problems)
    for spec in blocks_in(root, extent.seen):
        extent.block(spec)


def blocks_in(spec: Spec, seen: set[int]) -> Iterator[Spec]:
    """A block and all blocks in it, each once."""
    if id(spec) in seen or spec.unreadable:
        return
    seen.add(id(spec))
    yield spec
    for value in spec.values.values():
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
        for item in inner:
            if isinstance(item, Spec):
                yield from blocks_in(item, seen)


def moving(spec: Spec) -> list[Quantity | Timeline]:
    """A block's growths, recurrences, and dated numbers that go on by themselves."""
    found: list[Quantity | Timeline] = []
    for name in parameters(spec.of):
        value = spec.values.get(name)
        for item in value.values() if isinstance(value, dict) else (value,):
            if isinstance(item, Timeline):
                if item.then is not None or item.every is not None:
                    found.append(item)
            elif isinstance(item, Quantity) and (item.unit == "x/year" or item.recurs):
                found.append(item)
    return found


class Extent:
    """From the start to the end, both as `date.toordinal()`."""

    def __init__(self, start: float, end: Quantity, problems: Problems) -> None:
        self.start, self.end, self.last, self.problems = start, end, end.central, problems
        self.seen: set[int] = set()

    def block(self, spec: Spec, items: list[Quantity | Timeline] | None = None) -> None:
        """Every growth and recurrence of one block, but not of blocks inside it. items: `moving` of it, if known."""
        starts = spec.number("starts")
        first = self.start if starts is None else min(self.start, starts)
        for item in moving(spec) if items is None else items:
            if id(item) not in self.seen:
                self.seen.add(id(item))  # inherited by others
                self.value(item, first)
        each, every = spec.values.get("flop_grows"), spec.values.get("every")
        if isinstance(each, Quantity) and isinstance(every, Quantity):
            times = (self.last - self.start) / _days(every)
            self.growth(each, log10(each.central) * times, f"in each of {times:,.0f} runs")

    def value(self, value: Any, first: float) -> None:
        if isinstance(value, Timeline):
            if value.then is not None:
                self.value(value.then, value.points[-1][0] or first)
            if value.every is not None:
                self.often(value.every, min(first, value.points[0][0] or first))
        elif isinstance(value, Quantity) and value.unit == "x/year":
            years = (self.last - first) / DAYS_PER_YEAR
            self.growth(value, log10(value.central) * years, f"for {years:,.0f} years")
        elif isinstance(value, Quantity) and value.recurs:
            self.often(value, first)

    def growth(self, growth: Quantity, orders: float, how_long: str) -> None:
        if abs(orders) > LARGEST_GROWTH:
            most = math.copysign(LARGEST_GROWTH, orders)
            message = f"{growth.text} {how_long} is a factor of 1e{orders:+.0f}; at most 1e{most:+.0f} until the end"
            self.add(growth, f"{message}: state a slower growth or an earlier end")

    def often(self, every: Quantity, first: float) -> None:
        times = (self.last - first) / _days(every)
        if times > MOST_OFTEN:
            message = f"every {quoted(every.text)} until the end is {times:,.0f} times; at most {MOST_OFTEN:,}"
            self.add(every, f"{message}: state a longer interval or an earlier end")

    def add(self, quantity: Quantity, message: str) -> None:
        place = quantity.place if quantity.stated else self.end.place  # a default has no line of its own
        self.problems.add(place, quantity.path, message if quantity.stated else f"by default {message}")


def _days(every: Quantity) -> float:
    return every.central * (DAYS_PER_MONTH if every.unit == "month" else 1.0)
