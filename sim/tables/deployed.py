"""What a fleet really ran: tokens by model, over pieces between which nothing changes, cut to demand."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from sim.base.series import Piece
from sim.tables.rates import Part, Rates
from sim.tables.steps import capped_integral, value_at


def fleet_pieces(
    rates: Rates, lab: str, fleet: str, start: float, end: float, only: str | None = None
) -> Iterator[tuple[float, float, Piece, list[Part]]]:
    """Pieces of [start, end) in which the fleet's accelerators, tricks and the law of efficiency do not change.

    (from, to, efficiency from there on, [(model, tokens/s, copies) at efficiency 1]).
    only: leave out pieces in which this model does not run.
    """
    if end <= start:
        return
    line = rates.parts(lab, fleet)
    growth = rates.record.inference_efficiency[lab]
    days = line.days
    first, last = max(0, bisect_right(days, start) - 1), bisect_left(days, end)
    where: range | list[int] = range(first, last)
    if only is not None:
        where = line.where.get(only, [])
        where = where[bisect_left(where, first) : bisect_left(where, last)]
    for n in where:
        parts = line.parts[n]
        if parts:
            until = days[n + 1] if n + 1 < len(days) else end
            for since, to, efficiency in growth.segments(max(start, days[n]), min(end, until)):
                yield since, to, efficiency, parts


def busy_tokens(
    rates: Rates, lab: str, fleet: str, start: float, end: float, only: str | None = None
) -> Iterator[tuple[str, float, float, float]]:
    """(model, from, to, tokens/s · days for which there was demand); of one model if `only` names it."""
    demand = rates.record.demand.get((lab, fleet))
    for left, right, efficiency, parts in fleet_pieces(rates, lab, fleet, start, end, only):
        total = sum(tokens for _, tokens, _ in parts)
        cap = math.inf if demand is None else value_at(demand, left)
        offered = efficiency._replace(value=total * efficiency.value)
        done = capped_integral(offered, right - left, cap)
        for name, tokens, _ in parts:
            if only is None or name == only:
                yield name, left, right, done * (tokens / total) if total else 0.0


def deployed_work(rates: Rates, lab: str, model_name: str | None, domain: str, start: float, end: float) -> float:
    """Human-equivalent days that a lab's fleets of a domain really did, by one model (or all) in [start, end).

    Where there is demand: work beyond it is not done.
    """
    total = 0.0
    for name, fleet in rates.draw.labs[lab].fleets.items():
        if fleet.domain != domain:
            continue
        for model, left, _, token_days in busy_tokens(rates, lab, name, start, end, model_name):
            made = rates.models[lab, model]
            worth = rates.worth(made, rates.draw.domains[domain], fleet.inference, left, fleet.think_x or 1.0)
            total += token_days * worth
    return total
