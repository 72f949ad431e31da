"""The most copies and the most work that a lab's fleets could do with a model, over any stretch of days."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from sim.tables.fleet_lines import FleetLine
from sim.tables.rates import Rates
from sim.world.record import ModelRecord

if TYPE_CHECKING:
    import numpy as np  # imported where it is used: that takes longer than an explanation, which needs only `most`
    from numpy.typing import NDArray

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
        self._before = [
            self._growth.before(day) if day in steps_up else now
            for day, now in zip(self._days, self._efficiency, strict=True)
        ]
        self._fleets = fleets

    def during(self, windows: Sequence[Window]) -> list[tuple[float, list[float]]]:
        """For each window: the most copies, and the most human-equivalents by domain, by name, that could run in it.

        Between events only inference efficiency moves, one way: the most is at one of a piece's ends. All windows are
        taken at once: their days one after another.
        """
        if not windows:
            return []
        import numpy as np

        rates, days, growth = self._rates, self._days, self._growth
        spans = []
        for _, start, end in windows:
            first = bisect_right(days, start) - 1
            spans.append((first, max(first + 1, bisect_left(days, end))))
        lengths = np.array([last - first for first, last in spans])
        lasts: NDArray[np.int64] = np.cumsum(lengths)
        firsts: NDArray[np.int64] = lasts - lengths
        row = np.arange(lasts[-1]) + np.repeat([first for first, _ in spans] - firsts, lengths)
        efficiency = np.array(self._efficiency)[row]
        efficiency[firsts] = [growth.at(start) for _, start, _ in windows]
        after = np.array((*self._before, 0.0))[row + 1]
        after[lasts - 1] = [growth.before(end) for _, _, end in windows]
        factor = np.maximum(1.0, after / efficiency)
        for n, (_, start, end) in enumerate(windows):
            if end <= start:
                factor[firsts[n] : lasts[n]] = 1.0
        could = np.zeros((1 + len(rates.draw.domains), row.size))
        """Copies, then human-equivalents by domain."""
        for name, line in self._fleets.items():
            counts = _on(line, days)
            fleet, kinds = self._spec.fleets[name], list(counts)
            often, each = [], []
            tricks = rates.trick_days(fleet.inference, self._spec.name)
            for model, day, left, right in self._same(windows, spans, tricks):
                of = rates.of_fleet(model, fleet, day)
                often.append(right - left)
                on_one = [of.each[kind] for kind in kinds]
                each.append([*(one.tokens_per_s for one in on_one), *(one.copies for one in on_one), *of.worth])
            lines = np.array(each).T.repeat(often, axis=1)
            tokens, copies = np.zeros(row.size), np.zeros(row.size)
            for n, kind in enumerate(kinds):
                here = counts[kind][row]
                tokens += here * lines[n]
                copies += here * lines[n + len(kinds)]
            could[0] += copies * efficiency
            could[1:] += tokens * efficiency * lines[2 * len(kinds) :]
        most = np.maximum(0.0, np.maximum.reduceat(could * factor, firsts, axis=1)).T.tolist()
        return [(copies, work) for copies, *work in most]

    def _same(
        self, windows: Sequence[Window], spans: Sequence[tuple[int, int]], tricks: Sequence[float]
    ) -> Iterator[tuple[ModelRecord, float, int, int]]:
        """(model, a day, first, last of `days`) of the stretches of windows in which no new trick begins."""
        days = self._days
        for (model, start, end), (first, last) in zip(windows, spans, strict=True):
            cuts = [bisect_left(days, day) for day in tricks if start < day < end]
            for left, right in pairwise([first, *cuts, last]):
                yield model, max(start, days[left]), left, right

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


def _on(line: FleetLine, days: list[float]) -> dict[str, NDArray[np.float64]]:
    """Accelerators of a fleet on days, by type."""
    import numpy as np

    places = np.searchsorted(line.days, days, side="right")
    return {kind: np.array((0.0, *counts))[places] for kind, counts in line.totals.items()}
