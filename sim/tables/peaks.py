"""The most copies and the most work that a lab's fleets could do with a model, over any stretch of days."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise

import numpy as np

from sim.tables.rates import Rates
from sim.tables.steps import value_at
from sim.world.record import ModelRecord


class Peaks:
    """Accelerators and efficiency of one lab on every day on which they change, for all its models."""

    def __init__(self, rates: Rates, lab: str) -> None:
        self._rates = rates
        self._spec = rates.draw.labs[lab]
        self._growth = rates.record.inference_efficiency[lab]
        fleets = rates.totals(lab)
        days = {day for kinds in fleets.values() for steps in kinds.values() for day, _ in steps}
        days.update(piece.day for piece in self._growth.pieces)
        for fleet in self._spec.fleets.values():
            days.update(rates.trick_days(fleet.inference, lab))
        self._days = [0.0, *sorted(day for day in days if day > 0.0)]
        self._efficiency = np.array([self._growth.at(day) for day in self._days])
        self._before = np.array([self._growth.before(day) for day in self._days])
        self._counts = {
            name: {kind: np.array([value_at(steps, day) for day in self._days]) for kind, steps in kinds.items()}
            for name, kinds in fleets.items()
        }

    def during(self, model: ModelRecord, start: float, end: float, domains: list[str]) -> tuple[float, list[float]]:
        """The most copies, and the most human-equivalents by domain, that could run in [start, end).

        Between events only inference efficiency moves, one way: the most is at one of a piece's ends.
        """
        rates, days = self._rates, self._days
        first = bisect_right(days, start) - 1
        last = max(first + 1, bisect_left(days, end))
        efficiency = self._efficiency[first:last].copy()
        efficiency[0] = self._growth.at(start)
        factor = np.ones(last - first)
        if end > start:
            ends = np.append(self._before[first + 1 : last], self._growth.before(end))
            factor = np.maximum(1.0, ends / efficiency)
        all_copies = np.zeros(last - first)
        work = {domain: np.zeros(last - first) for domain in domains}
        for name, counts in self._counts.items():
            fleet = self._spec.fleets[name]
            inference, think = fleet.inference, fleet.think_x or 1.0
            tricks = [
                bisect_left(days, day) for day in rates.trick_days(inference, self._spec.name) if start < day < end
            ]
            for left, right in pairwise([first, *tricks, last]):
                day = max(start, days[left])
                tokens, copies = np.zeros(right - left), np.zeros(right - left)
                for kind, count in counts.items():
                    each = rates.each(model, kind, inference, day)
                    tokens += count[left:right] * each.tokens_per_s
                    copies += count[left:right] * each.copies
                here = slice(left - first, right - first)
                tokens *= efficiency[here]
                all_copies[here] += copies * efficiency[here]
                for domain in domains:
                    worth = rates.worth(model, rates.draw.domains[domain], inference, day, think)
                    work[domain][here] += tokens * worth
        most = [max(0.0, float((line * factor).max())) for line in (all_copies, *work.values())]
        return most[0], most[1:]

    def most(self, model: ModelRecord, start: float, end: float) -> tuple[float, list[tuple[float, str, float]], float]:
        """Where the most copies of `during` stand: day, (accelerators, type, copies on each), inference efficiency."""
        rates, days = self._rates, self._days
        best: tuple[float, list[tuple[float, str, float]], float] = (start, [], 0.0)
        most = 0.0
        first = bisect_right(days, start) - 1
        for n in range(first, max(first + 1, bisect_left(days, end))):
            left, right = max(start, days[n]), min(end, days[n + 1] if n + 1 < len(days) else end)
            held = [
                (float(count[n]), kind, rates.each(model, kind, self._spec.fleets[name].inference, left).copies)
                for name, counts in self._counts.items()
                for kind, count in counts.items()
                if count[n]
            ]
            copies = sum(count * each for count, _, each in held)
            for day, efficiency in ((left, self._growth.at(left)), (right, self._growth.before(right))):
                if copies * efficiency > most and (day == left or right > left):
                    most, best = copies * efficiency, (day, held, efficiency)
        return best
