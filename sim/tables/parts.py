"""What one fleet runs, from each day on which that changes to the next, and what it does meanwhile."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from sim.base.growth import Growth
from sim.base.piece import between_each
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
        "_where", "_when",
    )  # fmt: skip

    def __init__(self, growth: Growth, demand: Steps | None) -> None:
        """Nothing yet: see `begin` and `add`.

        growth: the lab's inference efficiency. demand: tokens/s asked for of the fleet; None if without limit.
        """
        self.days: list[float] = []
        self.first = [0]
        self.models: list[str] = []
        self.tokens: list[float] = []
        self.copies: list[float] = []
        self.worth: list[float] = []
        self.total: list[float] = []
        self._growth, self._demand = growth, demand
        self._done: list[float] | None = None
        """`_busy` of all of the n-th, for all n but the last: those from `_done_first[n]` to `_done_first[n + 1]`."""
        self._done_first: list[int] = []
        self._where: dict[str, list[int]] = {}
        """model -> its parts."""
        self._when: list[int] = []
        """The n of each part."""

    def add(self, model: str, tokens: float, copies: float, worth: float) -> None:
        """A part from the day that comes last; of the model that was added last, it is more of the same."""
        models = self.models
        if len(models) > self.first[-1] and models[-1] == model:
            self.tokens[-1] = self.tokens[-1] + tokens  # compiled, += of an item makes objects
            self.copies[-1] = self.copies[-1] + copies
            return
        where = self._where.get(model)
        if where is None:
            where = self._where[model] = []
        where.append(len(models))
        models.append(model)
        self.tokens.append(tokens)
        self.copies.append(copies)
        self.worth.append(worth)
        self._when.append(len(self.days))

    def close(self, day: float) -> None:
        """All parts that there are from a day on have been added."""
        self.days.append(day)
        total, tokens = 0.0, self.tokens
        for part in range(self.first[-1], len(tokens)):
            total += tokens[part]
        self.total.append(total)
        self.first.append(len(tokens))

    def at(self, n: int) -> list[Part]:
        """The parts of the n-th."""
        return [(self.models[p], self.tokens[p], self.copies[p]) for p in range(self.first[n], self.first[n + 1])]

    def inside(self, start: float, end: float) -> tuple[int, int]:
        """The first n that has a part in [start, end), and the first after it that has none."""
        return max(0, bisect_right(self.days, start) - 1), bisect_left(self.days, end)

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
        if model is None:
            here, there = self.inside(start, end)
            for n in range(here, there):
                total = self._work(total, n, self.first[n], self.first[n + 1], start, end)
            return total
        days, last = self.days, len(self.days) - 1
        for part in self._where.get(model, ()):
            n = self._when[part]
            if n < last and days[n + 1] <= start:
                continue
            if days[n] >= end:
                break
            total = self._work(total, n, part, part + 1, start, end)
        return total

    def _work(self, total: float, n: int, first: int, last: int, start: float, end: float) -> float:
        """`total` and the work of the parts `first` to `last` (exclusive) in [start, end) within the n-th."""
        since, tokens, worth, all_tokens = self.days[n], self.tokens, self.worth, self.total[n]
        until = self.days[n + 1] if n + 1 < len(self.days) else None
        if until is not None and since >= start and until <= end:
            done = self._done
            if done is None:
                done = self._find_done()
            here, there = self._done_first[n], self._done_first[n + 1]
        else:
            to = end if until is None else min(end, until)
            done = [each for _, _, each in self.busy(n, max(start, since), to)]
            here, there = 0, len(done)
        for k in range(here, there):
            for part in range(first, last):
                total += (done[k] * (tokens[part] / all_tokens) if all_tokens else 0.0) * worth[part]
        return total

    def _find_done(self) -> list[float]:
        pieces, days = self._growth.pieces, self.days
        if self._demand is None and len(pieces) == 1:
            found = between_each(pieces[0], days, self.total)
            self._done_first = list(range(len(days)))
        else:
            found = []
            self._done_first = [0]
            for n in range(len(days) - 1):
                found += [each for _, _, each in self.busy(n, days[n], days[n + 1])]
                self._done_first.append(len(found))
        self._done = found
        return found
