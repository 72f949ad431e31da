"""What one fleet runs, from each day on which that changes to the next, and what it does meanwhile."""

from __future__ import annotations

from sim.base.growth import Growth
from sim.base.piece import between_each
from sim.base.places import below, up_to
from sim.tables.steps import capped_integral, value_at
from sim.world.record import Steps

Part = tuple[str, float, float]
"""(model, tokens/s, copies) at inference efficiency 1."""


class Parts:
    """What one fleet runs: from the n-th of `days` to the next its parts `first[n]` to `first[n + 1]` (exclusive).

    The p-th part is `models[p]` with so many `tokens` per second and `copies` at inference efficiency 1; `worth[p]`
    are human-equivalents of a token/s in the fleet's domain. Flat lists, as all tables of a run walk them.
    total: tokens/s of all parts, from each of `days` on.
    """

    __slots__ = (
        "days", "first", "models", "tokens", "copies", "worth", "total", "_growth", "_demand", "_done", "_done_first",
    )  # fmt: skip

    def __init__(
        self, growth: Growth, demand: Steps | None, days: list[float], first: list[int], models: list[str],
        tokens: list[float], copies: list[float], worth: list[float],
    ) -> None:  # fmt: skip
        """growth: the lab's inference efficiency. demand: tokens/s asked for of the fleet; None if without limit."""
        self.days, self.first, self.models = days, first, models
        self.tokens, self.copies, self.worth = tokens, copies, worth
        self.total: list[float] = []
        for n in range(len(days)):
            total = 0.0
            for part in range(first[n], first[n + 1]):
                total += tokens[part]
            self.total.append(total)
        self._growth, self._demand = growth, demand
        self._done: list[float] | None = None
        """`busy` of all of the n-th, for all n but the last: those from `_done_first[n]` to `_done_first[n + 1]`."""
        self._done_first: list[int] = []

    def at(self, n: int) -> list[Part]:
        """The parts of the n-th."""
        return [(self.models[p], self.tokens[p], self.copies[p]) for p in range(self.first[n], self.first[n + 1])]

    def inside(self, start: float, end: float) -> tuple[int, int]:
        """The first n that has a part in [start, end), and the first after it that has none."""
        return max(0, up_to(self.days, start) - 1), below(self.days, end)

    def busy(self, n: int, start: float, end: float) -> list[tuple[float, float, float]]:
        """(from, to, tokens/s · days of all models for which there was demand) of [start, end) within the n-th."""
        if self.first[n] == self.first[n + 1]:
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

    def work(self, total: float, start: float, end: float, model: str | None) -> float:
        """`total` and the human-equivalent days that one model (or all) really did in [start, end).

        Where there is demand: work beyond it is not done.
        """
        days, tokens, worth, whole = self.days, self.tokens, self.worth, self._done
        if whole is None:
            whole = self._find_done()
        here, there = self.inside(start, end)
        for n in range(here, there):
            if model is not None and not self._runs(n, model):
                continue
            if n + 1 < len(days) and start <= days[n] and days[n + 1] <= end:
                done, first, last = whole, self._done_first[n], self._done_first[n + 1]
            else:
                to = min(end, days[n + 1]) if n + 1 < len(days) else end
                done = self._done_in(n, max(start, days[n]), to)
                first, last = 0, len(done)
            all_tokens = self.total[n]
            for k in range(first, last):
                for part in range(self.first[n], self.first[n + 1]):
                    if model is None or self.models[part] == model:
                        total += (done[k] * (tokens[part] / all_tokens) if all_tokens else 0.0) * worth[part]
        return total

    def _runs(self, n: int, model: str) -> bool:
        """Whether a model is among the parts of the n-th."""
        return any(self.models[part] == model for part in range(self.first[n], self.first[n + 1]))

    def _done_in(self, n: int, start: float, end: float) -> list[float]:
        """`busy` of [start, end) within the n-th, without the days."""
        if self._demand is None and len(self._growth.pieces) == 1:
            return between_each(self._growth.pieces[0], [start, end], [self.total[n]])
        return [done for _, _, done in self.busy(n, start, end)]

    def _find_done(self) -> list[float]:
        days = self.days
        if self._demand is None and len(self._growth.pieces) == 1:
            found = between_each(self._growth.pieces[0], days, self.total)
            self._done_first = list(range(len(days)))
        else:
            found = []
            self._done_first = [0]
            for n in range(len(days) - 1):
                found += self._done_in(n, days[n], days[n + 1])
                self._done_first.append(len(found))
        self._done = found
        return found
