"""The most copies and the most work that a lab's fleets could do with a model, over any stretch of days."""

from __future__ import annotations

from typing import Final

from sim.base.places import below, up_to
from sim.tables.rates import ModelRates, Rates
from sim.world.record import ModelRecord

MARGIN: Final = 1.0 + 1e-9
"""What is less by this factor stays less, however sums are rounded."""


class Peaks:
    """Accelerators and efficiency of one lab on every day on which they change, for all its models."""

    __slots__ = ("_rates", "_fleets", "_growth", "_days", "_efficiency", "_before", "_counts", "_tricks", "_domains")

    def __init__(self, rates: Rates, lab: str) -> None:
        self._rates = rates
        self._fleets = rates.fleets_of(lab)
        self._growth = rates.record.inference_efficiency[lab]
        self._domains = len(rates.draw.domains)
        steps_up = [piece.day for piece in self._growth.pieces]
        tricks = [rates.trick_days(fleet.inference, lab) for fleet in rates.draw.labs[lab].fleets.values()]
        self._tricks = any(tricks)
        days = list(steps_up)
        for more in (*tricks, *(fleet.line.days for fleet in self._fleets)):
            days += more
        days.sort()
        self._days = [0.0]
        for day in days:
            if day > self._days[-1]:
                self._days.append(day)
        self._efficiency = self._growth.on_each(self._days)
        self._before = list(self._efficiency)
        for day in steps_up:
            if day >= 0.0:
                self._before[below(self._days, day)] = self._growth.before(day)
        self._counts = [self._on(fleet.line.days, total) for fleet in self._fleets for total in fleet.line.totals]
        """Accelerators of each fleet and type on each of `_days`."""

    def _on(self, since: list[float], counts: list[float]) -> list[float]:
        found, n, last = [], 0, len(since) - 1
        for day in self._days:
            while n < last and since[n + 1] <= day:
                n += 1
            found.append(counts[n])
        return found

    def during(self, model: ModelRecord, start: float, end: float) -> tuple[float, list[float]]:
        """The most copies, and the most human-equivalents by domain, by name, that could run in [start, end).

        Between events only inference efficiency moves, one way: the most is at one of a piece's ends.
        """
        days, counts, growth = self._days, self._counts, self._growth
        first = up_to(days, start) - 1
        last = max(first + 1, below(days, end))
        rates = self._rates_on(model, start)
        fleets = len(rates)
        tokens, before = [0.0] * fleets, [-1.0] * fleets
        most, works = 0.0, [0.0] * self._domains
        for n in range(last - 1, first - 1, -1):  # from the end: that is where most could run, as a rule
            if self._tricks:
                rates = self._rates_on(model, max(start, days[n]))
            efficiency = self._efficiency[n] if n > first else growth.at(start)
            grown = 1.0
            if end > start:
                after = self._before[n + 1] if n + 1 < last else growth.before(end)
                if after > efficiency > 0.0:
                    grown = after / efficiency
            copies, line, less = 0.0, 0, not self._tricks
            for fleet, of in enumerate(rates):
                some = many = 0.0
                for kind in range(len(of.copies)):
                    count = counts[line][n]
                    many += count * of.tokens_per_s[kind]
                    some += count * of.copies[kind]
                    line += 1
                copies += some * efficiency
                tokens[fleet] = many * efficiency
                less = less and tokens[fleet] * grown * MARGIN <= before[fleet]
            most = max(most, copies * grown)
            if less:  # in every fleet than on a day that has been seen: so is work then, in every domain
                continue
            for fleet in range(fleets):
                before[fleet] = tokens[fleet] * grown
            for domain in range(self._domains):
                work = 0.0
                for fleet, of in enumerate(rates):
                    work += tokens[fleet] * of.worth[domain]
                work *= grown
                if work > works[domain]:
                    works[domain] = work
        return most, works

    def _rates_on(self, model: ModelRecord, day: float) -> list[ModelRates]:
        """Of each fleet."""
        return [self._rates.of_fleet(model, fleet, day) for fleet in self._fleets]

    def most(self, model: ModelRecord, start: float, end: float) -> tuple[float, list[tuple[float, str, float]], float]:
        """Where the most copies of `during` stand: day, (accelerators, type, copies on each), inference efficiency."""
        rates, days = self._rates, self._days
        best: tuple[float, list[tuple[float, str, float]], float] = (start, [], 0.0)
        most = 0.0
        first = up_to(days, start) - 1
        for n in range(first, max(first + 1, below(days, end))):
            left, right = max(start, days[n]), min(end, days[n + 1] if n + 1 < len(days) else end)
            held = [
                (count, kind, rates.each(model, kind, fleet.inference, left).copies)
                for fleet in self._fleets
                for kind, count in fleet.line.on(days[n]).items()
                if count
            ]
            copies = sum(count * each for count, _, each in held)
            for day, efficiency in ((left, self._growth.at(left)), (right, self._growth.before(right))):
                if copies * efficiency > most and (day == left or right > left):
                    most, best = copies * efficiency, (day, held, efficiency)
        return best
