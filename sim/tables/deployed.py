"""What a fleet really ran: tokens by model, over pieces between which nothing changes, cut to demand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from sim.base.series import Piece
from sim.tables.rates import Part, Rates
from sim.tables.steps import capped_integral, value_at


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
    for n in line.inside(start, end):
        parts = line.parts[n]
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
    for n in line.inside(start, end):
        until = days[n + 1] if n + 1 < len(days) else end
        yield from _busy(rates, lab, fleet, n, max(start, days[n]), min(end, until))


def _busy(
    rates: Rates, lab: str, fleet: str, n: int, start: float, end: float
) -> Iterator[tuple[str, float, float, float]]:
    """The same for [start, end) within the n-th of a fleet's parts."""
    parts = rates.parts(lab, fleet).parts[n]
    if not parts:
        return
    demand = rates.record.demand.get((lab, fleet))
    total = 0.0
    for part in parts:
        total += part[1]
    left = start
    for piece, right in rates.record.inference_efficiency[lab].pieces_until(start, end):
        if demand is None:
            done = piece.between(left, right, total)
        else:
            here = piece.moved(left)
            offered = here._replace(value=total * here.value)
            done = capped_integral(offered, right - left, value_at(demand, left))
        for name, tokens, _ in parts:
            yield name, left, right, done * (tokens / total) if total else 0.0
        left = right


def deployed_work(rates: Rates, lab: str, model_name: str | None, domain: str, start: float, end: float) -> float:
    """Human-equivalent days that a lab's fleets of a domain really did, by one model (or all) in [start, end).

    Where there is demand: work beyond it is not done.
    """
    total = 0.0
    if end <= start:
        return total
    for name, fleet in rates.draw.labs[lab].fleets.items():
        if fleet.domain != domain:
            continue
        line = rates.parts(lab, name)
        days = line.days
        for n in line.inside(start, end, model_name):
            until = days[n + 1] if n + 1 < len(days) else end
            if start <= days[n] and until <= end:
                whole = line.work.get((n, until))
                if whole is None:
                    whole = line.work[n, until] = _work(rates, lab, name, n, days[n], until)
            else:
                whole = _work(rates, lab, name, n, max(start, days[n]), min(end, until))
            for model, work in whole:
                if model_name is None or model == model_name:
                    total += work
    return total


def _work(rates: Rates, lab: str, name: str, n: int, start: float, end: float) -> list[tuple[str, float]]:
    """(model, its human-equivalent days) of the n-th of a fleet's parts in [start, end)."""
    worth = cycle(rates.parts(lab, name).worth[n])
    done = _busy(rates, lab, name, n, start, end)
    return [(model, token_days * each) for (model, _, _, token_days), each in zip(done, worth, strict=False)]
