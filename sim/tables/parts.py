"""What one fleet runs, from each day on which that changes to the next, and what it does meanwhile."""

from __future__ import annotations

from math import exp

from sim.base.growth import Growth
from sim.base.piece import Piece, grown_span
from sim.tables.fleet_lines import FleetUse, Span, begun, begun_before
from sim.tables.steps import capped_integral, value_at
from sim.world.record import Steps

Part = tuple[str, float, float]
"""(model, tokens/s, copies) at inference efficiency 1."""


class Parts:
    """What one fleet runs: `spans` one after another, and the `uses` of each, one a model; all filled in."""

    __slots__ = (
        "domain", "spans", "uses", "_growth", "_demand", "_straight", "_since", "_value", "_rate", "_done",
        "_done_first",
    )  # fmt: skip

    def __init__(
        self, growth: Growth, demand: Steps | None, domain: int, spans: list[Span], uses: list[FleetUse]
    ) -> None:  # fmt: skip
        """growth: the lab's inference efficiency. demand: tokens/s asked for of the fleet; None if without limit.
        domain: its place in the order of their names.
        """
        self.domain, self.spans, self.uses = domain, spans, uses
        for span in spans:
            total = 0.0
            for k in range(span.first, span.over):
                total += uses[k].tokens
            span.total = total
        self._growth, self._demand = growth, demand
        piece = growth.pieces[0]
        since, value, rate, power, _ = piece
        self._since, self._value, self._rate = since, value, rate
        self._straight = demand is None and len(growth.pieces) == 1 and not power and type(piece) is Piece
        """Whether efficiency grows at one rate all the time, and all that can be done is."""
        self._done: list[float] = []
        """Else: `busy` of all of the n-th, for all n but the last: those from `_done_first[n]` to `_done_first[n + 1]`.
        """
        self._done_first: list[int] = []

    def at(self, n: int) -> list[Part]:
        """The parts of the n-th."""
        uses = [self.uses[k] for k in range(self.spans[n].first, self.spans[n].over)]
        return [(use.model, use.tokens, use.copies) for use in uses]

    def inside(self, start: float, end: float) -> tuple[int, int]:
        """The first n that has a part in [start, end), and the first after it that has none."""
        return max(0, begun(self.spans, start) - 1), begun_before(self.spans, end)

    def busy(self, n: int, start: float, end: float) -> list[tuple[float, float, float]]:
        """(from, to, tokens/s · days of all models for which there was demand) of [start, end) within the n-th."""
        span = self.spans[n]
        if span.first == span.over:
            return []
        total, demand = span.total, self._demand
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
        spans, last = self.spans, len(self.spans) - 1
        if not self._done_first:
            self._find_done()
        first, there = self.inside(start, end)
        for n in range(first, there):
            span = spans[n]
            if model is not None and not self._runs(span, model):
                continue
            left, right = span.day, spans[n + 1].day if n < last else end
            whole = n < last and start <= left and right <= end
            if self._straight:
                done = span.done if whole else self._made(span.total, max(start, left), min(end, right))
                total = self._add(total, done, span, model)
            elif whole:
                for k in range(self._done_first[n], self._done_first[n + 1]):
                    total = self._add(total, self._done[k], span, model)
            else:
                for _, _, done in self.busy(n, max(start, left), min(end, right)):
                    total = self._add(total, done, span, model)
        return total

    def _add(self, total: float, done: float, span: Span, model: str | None) -> float:
        """`total` and the human-equivalent days of a model (or all) where all models of a span did so much."""
        uses, tokens = self.uses, span.total
        for k in range(span.first, span.over):
            use = uses[k]
            if model is None or use.model == model:
                total += (done * (use.tokens / tokens) if tokens else 0.0) * use.worth
        return total

    def _runs(self, span: Span, model: str) -> bool:
        """Whether a model is among the parts of a span."""
        return any(self.uses[k].model == model for k in range(span.first, span.over))

    def _made(self, tokens: float, left: float, right: float) -> float:
        """As `Piece.between`: tokens/s · days of so many at efficiency 1, where it grows at one rate all the time."""
        rate = self._rate
        here = self._value * exp(rate * (left - self._since)) if rate else self._value
        return tokens * here * grown_span(rate, right - left)

    def _find_done(self) -> None:
        spans = self.spans
        self._done_first.append(0)
        for n in range(len(spans) - 1):
            span, until = spans[n], spans[n + 1].day
            if self._straight:
                span.done = self._made(span.total, span.day, until)
            else:
                self._done += [done for _, _, done in self.busy(n, span.day, until)]
                self._done_first.append(len(self._done))
