"""The most copies and the most work that a lab's fleets could do with a model, over any stretch of days."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from sim.model.fleet import Fleet
from sim.tables.fleet_lines import FleetLine
from sim.tables.rates import Rates
from sim.world.record import ModelRecord

Window = tuple[ModelRecord, float, float]
"""(model, from, to) in days."""


class Peaks:
    """Accelerators and efficiency of one lab on every day on which they change, for all its models."""

    def __init__(self, rates: Rates, lab: str) -> None:
        self._rates = rates
        self._spec = rates.draw.labs[lab]
        self._growth = rates.record.inference_efficiency[lab]
        fleets = rates.fleets.get(lab, {})
        days = {day for line in fleets.values() for day in line.days}
        steps_up = {piece.day for piece in self._growth.pieces}
        days |= steps_up
        for fleet in self._spec.fleets.values():
            days.update(rates.trick_days(fleet.inference, lab))
        self._days = [0.0, *sorted(day for day in days if day > 0.0)]
        self._efficiency = [self._growth.at(day) for day in self._days]
        self._before = list(self._efficiency)
        for day in steps_up:
            if day >= 0.0:
                self._before[bisect_left(self._days, day)] = self._growth.before(day)
        self._fleets = fleets

    def during(self, windows: Sequence[Window]) -> list[tuple[float, list[float]]]:
        """For each window: the most copies, and the most human-equivalents by domain, by name, that could run in it.

        Between events only inference efficiency moves, one way: the most is at one of a piece's ends.
        """
        fleets = [
            (self._spec.fleets[name], list(line.totals), self._on(line),
             self._rates.trick_days(self._spec.fleets[name].inference, self._spec.name))
            for name, line in self._fleets.items()
        ]  # fmt: skip
        return [self._most_in(fleets, *window) for window in windows]

    def _most_in(
        self, fleets: list[tuple[Fleet, list[str], list[list[float]], list[float]]], model: ModelRecord, start: float,
        end: float,
    ) -> tuple[float, list[float]]:  # fmt: skip
        """That of one window. fleets: (fleet, types of accelerators, how many of each on each of `days`, days of
        tricks).
        """
        days, growth = self._days, self._growth
        first = bisect_right(days, start) - 1
        last = max(first + 1, bisect_left(days, end))
        efficiency = self._efficiency[first:last]
        efficiency[0] = growth.at(start)
        copies = [0.0] * (last - first)
        works = [[0.0] * (last - first) for _ in self._rates.draw.domains]
        for fleet, kinds, counts, tricks in fleets:
            cuts = [first, *(bisect_left(days, day) for day in tricks if start < day < end), last]
            for left, right in pairwise(cuts):  # no new trick begins meanwhile
                of = self._rates.of_fleet(model, fleet, max(start, days[left]))
                each = [of.each[kind] for kind in kinds]
                tokens_on_one, copies_on_one = [one.tokens_per_s for one in each], [one.copies for one in each]
                worths = of.worth
                for n in range(left, right):
                    some = many = 0.0
                    for kind, counted in enumerate(counts):
                        count = counted[n]
                        many += count * tokens_on_one[kind]
                        some += count * copies_on_one[kind]
                    row = n - first
                    many *= efficiency[row]
                    copies[row] = copies[row] + some * efficiency[row]  # compiled, += of an item makes objects
                    for domain, work in enumerate(works):
                        work[row] = work[row] + many * worths[domain]
        if end > start:
            after = [*self._before[first + 1 : last], growth.before(end)]
            for n in range(last - first):
                if after[n] > efficiency[n] > 0.0:
                    grown = after[n] / efficiency[n]
                    copies[n] = copies[n] * grown
                    for work in works:
                        work[n] = work[n] * grown
        return max(copies), [max(work) for work in works]

    def _on(self, line: FleetLine) -> list[list[float]]:
        """Accelerators of a fleet on each of `days`, by type."""
        places, since, place = [], line.days, 0
        for day in self._days:
            while place < len(since) and since[place] <= day:
                place += 1
            places.append(place - 1)
        return [[counts[n] if n >= 0 else 0.0 for n in places] for counts in line.totals.values()]

    def most(self, model: ModelRecord, start: float, end: float) -> tuple[float, list[tuple[float, str, float]], float]:
        """Where the most copies of `during` stand: day, (accelerators, type, copies on each), inference efficiency."""
        rates, days = self._rates, self._days
        best: tuple[float, list[tuple[float, str, float]], float] = (start, [], 0.0)
        most = 0.0
        first = bisect_right(days, start) - 1
        for n in range(first, max(first + 1, bisect_left(days, end))):
            left, right = max(start, days[n]), min(end, days[n + 1] if n + 1 < len(days) else end)
            held = [
                (count, kind, rates.each(model, kind, self._spec.fleets[name].inference, left).copies)
                for name, line in self._fleets.items()
                if (place := bisect_right(line.days, days[n]))
                for kind, counts in line.totals.items()
                if (count := counts[place - 1])
            ]
            copies = sum(count * each for count, _, each in held)
            for day, efficiency in ((left, self._growth.at(left)), (right, self._growth.before(right))):
                if copies * efficiency > most and (day == left or right > left):
                    most, best = copies * efficiency, (day, held, efficiency)
        return best
