"""What something comes to in each of the intervals between given days, which follow one another."""

from __future__ import annotations

from bisect import bisect_right

from sim.model.fleet import Fleet
from sim.tables.rates import Rates
from sim.tables.steps import capped_integral, value_at
from sim.world.record import Steps


def integrals(steps: Steps, days: list[float]) -> list[tuple[int, float]]:
    """(n, ∫ value dt over the n-th of the intervals between `days`, in value · days), ascending, where it is not 0."""
    found: list[tuple[int, float]] = []
    first, end = days[0], days[-1]
    now, total = 0, 0.0
    last = len(steps) - 1
    for m, (since, value) in enumerate(steps):
        if since >= end:
            break
        if not value:
            continue
        until = steps[m + 1][0] if m < last else end
        if until > end:
            until = end
        left = since if since > first else first
        if until <= left:
            continue
        n = bisect_right(days, left) - 1
        while left < until:
            if n != now:
                if total:
                    found.append((now, total))
                now, total = n, 0.0
            n += 1
            right = days[n]
            if until < right:
                right = until
            total += value * (right - left)
            left = right
    if total:
        found.append((now, total))
    return found


class FleetSum:
    """What one model of a fleet came to in an interval: integrals over days, of tokens/s, copies, tokens/s for which
    there was demand, and human-equivalents.
    """

    __slots__ = ("tokens", "copies", "busy", "work")

    def __init__(self) -> None:
        self.tokens = self.copies = self.busy = self.work = 0.0


def fleet_sums(rates: Rates, lab: str, fleet: Fleet, days: list[float]) -> list[dict[str, FleetSum]]:
    """By the model, for each interval between `days`; only models that the fleet ran in it."""
    line, growth = rates.parts(lab, fleet.name), rates.record.inference_efficiency[lab]
    demand = rates.record.demand.get((lab, fleet.name))
    spans, last = line.spans, len(line.spans) - 1
    found: list[dict[str, FleetSum]] = []
    n = 0
    for k in range(len(days) - 1):
        start, end = days[k], days[k + 1]
        here: dict[str, FleetSum] = {}
        found.append(here)
        while n < last and spans[n + 1].day <= start:
            n += 1
        m = n
        while m <= last and spans[m].day < end:
            span, total = spans[m], spans[m].total
            left, right = span.day, spans[m + 1].day if m < last else end
            m += 1
            if span.first == span.over:
                continue
            if left < start:
                left = start
            if right > end:
                right = end
            for piece, until in growth.pieces_until(left, right):
                law = piece.moved(left)
                grown = law.integral(until - left)
                if demand is None:
                    done = piece.between(left, until, total)
                else:
                    offered = law._replace(value=total * law.value)
                    done = capped_integral(offered, until - left, value_at(demand, left))
                left = until
                for k in range(span.first, span.over):
                    use = line.uses[k]
                    of = here.get(use.model)
                    if of is None:
                        of = here[use.model] = FleetSum()
                    of.tokens += use.tokens * grown
                    of.copies += use.copies * grown
                    busy = done * (use.tokens / total) if total else 0.0
                    of.busy += busy
                    of.work += busy * use.worth
    return found
