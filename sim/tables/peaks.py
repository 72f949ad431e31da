"""The most copies and the most work that a lab's fleets could do with a model, over any stretch of days."""

from __future__ import annotations

import math
from typing import Final

from sim.base.places import below, up_to
from sim.tables.fleet_lines import FleetLine, Span
from sim.tables.rates import ModelRates, Rates
from sim.world.record import ModelRecord

NEVER: Final = math.inf

MARGIN: Final = 1.0 + 1e-9
"""What is less by this factor stays less, however sums are rounded."""


class _Held:
    """What one fleet has on each of some days: `spans`.

    While one model is looked at: its tokens/s there on one of the days, and the `most` on a day that has been seen.
    """

    __slots__ = ("line", "spans", "span", "changes", "tokens", "most", "_n")

    def __init__(self, line: FleetLine) -> None:
        self.line = line
        self.spans: list[Span] = []
        self.span = line.spans[0]
        self.changes = 0.0
        """The day on which its accelerators change next."""
        self.tokens = self.most = 0.0
        self._n = -1

    def go_on(self, day: float) -> None:
        """To a day on which its accelerators change."""
        spans, n, last = self.line.spans, self._n + 1, len(self.line.spans) - 1
        while n < last and spans[n + 1].day <= day:
            n += 1
        self._n, self.span = n, spans[n]
        self.changes = spans[n + 1].day if n < last else NEVER


class Peaks:
    """Accelerators and efficiency of one lab on every day on which they change, for all its models."""

    __slots__ = (
        "_rates", "_fleets", "_growth", "_days", "_efficiency", "_before", "_held", "_tricks", "_domains", "_below",
    )  # fmt: skip

    def __init__(self, rates: Rates, lab: str) -> None:
        self._rates = rates
        self._fleets = rates.fleets_of(lab)
        self._growth = rates.record.inference_efficiency[lab]
        self._domains = len(rates.draw.domains)
        steps_up = [piece.day for piece in self._growth.pieces]
        tricks = [rates.trick_days(fleet.inference, lab) for fleet in rates.draw.labs[lab].fleets.values()]
        self._tricks = any(tricks)
        self._days: list[float] = []
        self._held = [_Held(fleet.line) for fleet in self._fleets]
        self._walk(sorted({*steps_up, *(day for more in tricks for day in more)}) if self._tricks else steps_up)
        self._efficiency = self._growth.on_each(self._days)
        self._before = list(self._efficiency)
        """Efficiency just before each of the days."""
        for day in steps_up:
            if day >= 0.0:
                self._before[below(self._days, day)] = self._growth.before(day)
        self._below: list[bool] = []
        """Whether less could run all the time from the n-th of the days to the next than when the next begins; empty
        where new tricks come, by which that differs from model to model.
        """
        if not self._tricks:
            self._find_below()

    def _walk(self, steps: list[float]) -> None:
        """From each day on which anything changes to the next. steps: days on which efficiency or tricks may."""
        k, count = 0, len(steps)
        day = 0.0
        while day < NEVER:
            self._days.append(day)
            while k < count and steps[k] <= day:
                k += 1
            after = steps[k] if k < count else NEVER
            for held in self._held:
                if day >= held.changes:
                    held.go_on(day)
                held.spans.append(held.span)
                after = min(after, held.changes)
            day = after

    def _find_below(self) -> None:
        efficiency = self._efficiency[0]
        for n in range(1, len(self._days)):
            highest = max(efficiency, self._before[n]) * MARGIN
            efficiency = self._efficiency[n]
            below = True
            for held in self._held:
                before, span, line = held.spans[n - 1], held.spans[n], held.line
                if len(line.types) == 1:
                    below = below and before.count * highest <= span.count * efficiency
                    continue
                for place in range(len(line.types)):
                    below = below and line.held(before, place) * highest <= line.held(span, place) * efficiency
            self._below.append(below)

    def during(self, model: ModelRecord, start: float, end: float) -> tuple[float, list[float]]:
        """The most copies, and the most human-equivalents by domain, by name, that could run in [start, end).

        Between events only inference efficiency moves, one way: the most is at one of a piece's ends.
        """
        days, growth = self._days, self._growth
        first = up_to(days, start) - 1
        last = max(first + 1, below(days, end))
        rates = self._rates_on(model, start)
        for held in self._held:
            held.most = -1.0
        most, works = 0.0, [0.0] * self._domains
        for n in range(last - 1, first - 1, -1):  # from the end: that is where most could run, as a rule
            if n + 1 < last and self._below and self._below[n]:
                continue
            if self._tricks:
                rates = self._rates_on(model, max(start, days[n]))
            efficiency = self._efficiency[n] if n > first else growth.at(start)
            grown = 1.0
            if end > start:
                after = self._before[n + 1] if n + 1 < last else growth.before(end)
                if after > efficiency > 0.0:
                    grown = after / efficiency
            copies, less = 0.0, not self._tricks
            for place, of in enumerate(rates):
                held = self._held[place]
                span = held.spans[n]
                some = many = 0.0
                for kind in range(len(of.copies)):
                    count = held.line.held(span, kind)
                    many += count * of.tokens_per_s[kind]
                    some += count * of.copies[kind]
                copies += some * efficiency
                held.tokens = many * efficiency
                less = less and held.tokens * grown * MARGIN <= held.most
            most = max(most, copies * grown)
            if less:  # in every fleet than on a day that has been seen: so is work then, in every domain
                continue
            for held in self._held:
                held.most = held.tokens * grown
            for domain in range(self._domains):
                work = 0.0
                for place, of in enumerate(rates):
                    work += self._held[place].tokens * of.worth[domain]
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
