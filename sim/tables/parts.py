"""What one fleet runs, from each day on which that changes to the next, and what it does meanwhile."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from sim.base.growth import Growth
from sim.base.piece import between_each
from sim.tables.steps import capped_integral, value_at
from sim.world.record import Steps

Part = tuple[str, float, float]
"""(model, tokens/s, copies) at inference efficiency 1."""

Done = tuple[str, float]
"""(model, human-equivalent days)"""


class Parts:
    """What one fleet runs: `parts[n]` from `days[n]` to the next of `days`.

    worth: of each part, human-equivalents of a token/s in the fleet's domain. total: tokens/s of all parts.
    """

    def __init__(
        self, days: list[float], parts: list[list[Part]], worth: list[list[float]], growth: Growth, demand: Steps | None
    ) -> None:
        """growth: the lab's inference efficiency. demand: tokens/s asked for of the fleet; None if without limit."""
        self.days, self.parts, self.worth = days, parts, worth
        self.total: list[float] = []
        self._growth, self._demand = growth, demand
        self._whole: list[list[Done]] | None = None
        self._where: dict[str, list[int]] = {}
        """model -> the n at which it runs."""
        where = self._where
        for n, line in enumerate(parts):
            total = 0.0
            for model, tokens, _ in line:
                total += tokens
                if model in where:
                    where[model].append(n)
                else:
                    where[model] = [n]
            self.total.append(total)

    def inside(self, start: float, end: float, model: str | None = None) -> Sequence[int]:
        """The n that have a part in [start, end); if `model` names one, only those at which it runs."""
        first, last = max(0, bisect_right(self.days, start) - 1), bisect_left(self.days, end)
        if model is None:
            return range(first, last)
        where = self._where.get(model, [])
        return where[bisect_left(where, first) : bisect_left(where, last)]

    def busy(self, n: int, start: float, end: float) -> list[tuple[float, float, float]]:
        """(from, to, tokens/s · days of all models for which there was demand) of [start, end) within the n-th."""
        if not self.parts[n]:
            return []
        total, demand = self.total[n], self._demand
        found = []
        left = start
        for piece, right in self._growth.pieces_until(start, end):
            if demand is None:
                done = piece.between(left, right, total)
            else:
                here = piece.moved(left)
                offered = here._replace(value=total * here.value)
                done = capped_integral(offered, right - left, value_at(demand, left))
            found.append((left, right, done))
            left = right
        return found

    def work(self, n: int, start: float, end: float) -> list[Done]:
        """Work that the fleet did in [start, end) within the n-th."""
        total, each = self.total[n], list(zip(self.parts[n], self.worth[n], strict=True))
        return [
            (model, (done * (tokens / total) if total else 0.0) * worth)
            for _, _, done in self.busy(n, start, end)
            for (model, tokens, _), worth in each
        ]

    @property
    def whole(self) -> list[list[Done]]:
        """`work` of all of the n-th, for all but the last."""
        if self._whole is None:  # no cached_property: compiled it would be worked out anew each time
            self._whole = self._find_whole()
        return self._whole

    def _find_whole(self) -> list[list[Done]]:
        pieces = self._growth.pieces
        if self._demand is not None or len(pieces) > 1:
            return [self.work(n, start, end) for n, (start, end) in enumerate(pairwise(self.days))]
        found: list[list[Done]] = []
        done = between_each(pieces[0], self.days, self.total)
        for n in range(len(done)):  # the same with fewer steps
            line, worth, total = self.parts[n], self.worth[n], self.total[n]
            if len(line) == 1:
                found.append([(line[0][0], done[n] * worth[0])])
            else:
                found.append([
                    (model, (done[n] * (tokens / total) if total else 0.0) * worth[place])
                    for place, (model, tokens, _) in enumerate(line)
                ])  # fmt: skip
        return found
