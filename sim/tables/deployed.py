"""What a fleet really ran: tokens by model, over pieces between which nothing changes, cut to demand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from sim.tables.rates import Rates
from sim.tables.steps import capped_integral, changes, value_at


def fleet_pieces(
    rates: Rates, lab: str, fleet: str, start: float, end: float
) -> Iterator[tuple[float, float, float, float, list[tuple[str, float, float]]]]:
    """Pieces of [start, end) in which the fleet's accelerators, tricks and the law of efficiency do not change.

    (from, to, efficiency at from, its rate a day, [(model, tokens/s, copies) at efficiency 1]).
    """
    lines = rates.fleets.get(lab, {}).get(fleet, [])
    if not lines or end <= start:
        return
    inference = rates.draw.labs[lab].fleets[fleet].inference
    growth = rates.record.inference_efficiency[lab]
    days = set(changes([steps for _, _, steps in lines], start, end))
    days.update(day for day in rates.trick_days(inference) if start < day < end)
    demand = rates.record.demand.get((lab, fleet))
    if demand is not None:
        days.update(changes([demand], start, end))
    ordered = sorted(days)
    for left, right in pairwise(ordered):
        by_model: dict[str, tuple[float, float]] = {}
        for name, kind, steps in lines:
            count = value_at(steps, left)
            if count:
                each = rates.each(rates.models[lab, name], kind, inference, left)
                tokens, copies = by_model.get(name, (0.0, 0.0))
                by_model[name] = (tokens + count * each.tokens_per_s, copies + count * each.copies)
        if by_model:
            parts = [(name, tokens, copies) for name, (tokens, copies) in by_model.items()]
            for since, until, efficiency, rate in growth.segments(left, right):
                yield since, until, efficiency, rate, parts


def busy_tokens(
    rates: Rates, lab: str, fleet: str, start: float, end: float
) -> Iterator[tuple[str, float, float, float]]:
    """(model, from, to, tokens/s · days for which there was demand)."""
    demand = rates.record.demand.get((lab, fleet))
    for left, right, efficiency, rate, parts in fleet_pieces(rates, lab, fleet, start, end):
        total = sum(tokens for _, tokens, _ in parts)
        cap = math.inf if demand is None else value_at(demand, left)
        done = capped_integral(total * efficiency, rate, right - left, cap)
        for name, tokens, _ in parts:
            yield name, left, right, done * (tokens / total) if total else 0.0
