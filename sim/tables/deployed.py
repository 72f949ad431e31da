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
    spans = line.spans
    for n in range(*line.inside(start, end)):
        parts = line.at(n)
        if parts:
            until = spans[n + 1].day if n + 1 < len(spans) else end
            for since, to, efficiency in growth.segments(max(start, spans[n].day), min(end, until)):
                yield since, to, efficiency, parts


def busy_tokens(
    rates: Rates, lab: str, fleet: str, start: float, end: float
) -> Iterator[tuple[str, float, float, float]]:
    """(model, from, to, tokens/s · days for which there was demand)."""
    if end <= start:
        return
    line = rates.parts(lab, fleet)
    spans = line.spans
    for n in range(*line.inside(start, end)):
        until = spans[n + 1].day if n + 1 < len(spans) else end
        total = spans[n].total
        for left, right, done in line.busy(n, max(start, spans[n].day), min(end, until)):
            for name, tokens, _ in line.at(n):
                yield name, left, right, done * (tokens / total) if total else 0.0


def deployed_work(rates: Rates, lab: str, model_name: str | None, start: float, end: float) -> list[float]:
    """Human-equivalent days that a lab's fleets of each domain (by name) really did, by one model (or all) in
    [start, end).

    Where there is demand: work beyond it is not done.
    """
    totals = [0.0] * len(rates.draw.domains)
    if end > start:
        for line in rates.parts_of(lab):
            totals[line.domain] = line.work(totals[line.domain], start, end, model_name)
    return totals
