"""What a fleet really ran: tokens by model, over pieces between which nothing changes, cut to demand."""

from __future__ import annotations

from collections.abc import Iterator

from sim.base.piece import Piece
from sim.tables.parts import Part
from sim.tables.rates import Rates


def fleet_pieces(
    rates: Rates, lab: str, fleet: str, start: float, end: float
) -> Iterator[tuple[float, float, Piece, list[Part]]]:
    """Pieces of [start, end) in which the fleet's accelerators, tricks and the law of efficiency do not change.

    (from, to, efficiency from there on, [(model, tokens/s, copies) at efficiency 1]).
    """
    if end <= start:
        return
    line = rates.parts(lab, fleet)
    growth = rates.record.inference_efficiency[lab]
    days = line.days
    for n in range(*line.inside(start, end)):
        parts = line.at(n)
        if parts:
            until = days[n + 1] if n + 1 < len(days) else end
            for since, to, efficiency in growth.segments(max(start, days[n]), min(end, until)):
                yield since, to, efficiency, parts


def busy_tokens(
    rates: Rates, lab: str, fleet: str, start: float, end: float
) -> Iterator[tuple[str, float, float, float]]:
    """(model, from, to, tokens/s · days for which there was demand)."""
    if end <= start:
        return
    line = rates.parts(lab, fleet)
    days = line.days
    for n in range(*line.inside(start, end)):
        until = days[n + 1] if n + 1 < len(days) else end
        total = line.total[n]
        for left, right, done in line.busy(n, max(start, days[n]), min(end, until)):
            for name, tokens, _ in line.at(n):
                yield name, left, right, done * (tokens / total) if total else 0.0


def deployed_work(rates: Rates, lab: str, model_name: str | None, domain: str, start: float, end: float) -> float:
    """Human-equivalent days that a lab's fleets of a domain really did, by one model (or all) in [start, end).

    Where there is demand: work beyond it is not done.
    """
    total = 0.0
    if end > start:
        for line in rates.parts_of(lab, domain):
            total = line.work(total, start, end, model_name)
    return total
