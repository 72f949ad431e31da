"""What each lab has for alignment work between two days: people, models in fleets, and what it does not trust yet."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import pairwise
from typing import NamedTuple

from sim.base.piece import Piece
from sim.model.alignment import ALIGNMENT
from sim.physics.alignment import worker_speed
from sim.tables.deployed import fleet_pieces
from sim.tables.rates import Rates
from sim.tables.steps import value_at
from sim.world.record import ModelRecord


class Source(NamedTuple):
    """One model in one fleet, at inference efficiency 1."""

    model: ModelRecord
    fleet: str
    doable: float
    quality: float
    speed: float
    """Of one worker, against a human."""
    work: float
    """Full-time humans."""
    workers: float
    most: float
    """Efficiency from which demand holds it down."""

    def at(self, efficiency: float) -> float:
        """Human-equivalents."""
        return self.work * min(efficiency, self.most)


class LabPiece(NamedTuple):
    """A lab between two days on which nothing but its inference efficiency moves."""

    since: float
    until: float
    people: float
    """Who do alignment work: the staff without those who verify models."""
    efficiency: Piece
    sources: list[Source]
    better: list[Source]
    """The sources if they ran the lab's strongest model on as many tokens; empty if that is trusted."""
    untrusted: bool
    """Whether that is not trusted."""


def takes_part(rates: Rates, lab: str) -> bool:
    """Whether a lab has people or a fleet for alignment work."""
    fleets = rates.draw.labs[lab].fleets.values()
    return (lab, ALIGNMENT) in rates.record.staff or any(fleet.domain == ALIGNMENT for fleet in fleets)


def pieces_of(rates: Rates, lab: str) -> list[LabPiece]:
    """A lab from day to day, cut wherever its people, fleets, trust or standstills change."""
    record, spec = rates.record, rates.draw.labs[lab]
    end = record.end
    staff = record.staff.get((lab, ALIGNMENT), [])
    verifiers = record.verifiers.get(lab, [])
    lines = []
    for name, fleet in sorted(spec.fleets.items()):
        if fleet.domain == ALIGNMENT:
            found = list(fleet_pieces(rates, lab, name, 0.0, end))
            lines.append((name, [since for since, *_ in found], found))
    untrusted = _untrusted(rates, lab)
    cuts = {0.0, *(day for steps in (staff, verifiers) for day, _ in steps), *(day for day, _ in untrusted)}
    cuts.update(day for stand in record.standstills.get(lab, ()) for day in stand)
    cuts.update(day for _, _, found in lines for since, until, *_ in found for day in (since, until))
    growth, result = record.inference_efficiency[lab], []
    for left, right in pairwise(sorted({day for day in cuts if 0.0 <= day < end} | {end})):
        sources, better = [], []
        place = bisect_right(untrusted, left, key=lambda item: item[0]) - 1
        stronger = untrusted[place][1] if place >= 0 else None
        for name, starts, found in lines:
            n = bisect_right(starts, left) - 1
            if n >= 0 and left < found[n][1]:
                mine = _sources(rates, lab, name, left, found[n][3])
                sources += mine
                if stronger is not None:
                    better += [_better(rates, source, stronger, lab, name, left) for source in mine]
        people = value_at(staff, left) - value_at(verifiers, left)
        if rates.stands(lab, left):
            people = 0.0
        efficiency = growth.piece_at(left).moved(left)
        result.append(LabPiece(left, right, people, efficiency, sources, better, stronger is not None))
    return result


def _sources(
    rates: Rates, lab: str, name: str, day: float, parts: list[tuple[str, float, float]]
) -> list[Source]:
    fleet, human = rates.draw.labs[lab].fleets[name], rates.draw.human
    domain, think, inference = rates.draw.domains[ALIGNMENT], fleet.think_x or 1.0, fleet.inference
    demand, total = rates.record.demand.get((lab, name)), sum(tokens for _, tokens, _ in parts)
    if total <= 0.0:
        return []
    most = math.inf if demand is None else value_at(demand, day) / total
    generating, hours = inference.generating_share or 1.0, human.work_hours_per_week or 40.0
    result = []
    for model_name, tokens, copies in parts:
        model = rates.models[lab, model_name]
        quality = rates.quality(model, domain, inference, day, think)
        per_hour = rates.tokens_per_human_hour(domain) * think
        result.append(Source(
            model, name, rates.share_doable(model, domain, think), quality,
            worker_speed(tokens / copies, generating, per_hour, hours, quality) if copies else 0.0,
            tokens * rates.worth(model, domain, inference, day, think), copies / generating, most,
        ))  # fmt: skip
    return result


def _better(rates: Rates, source: Source, stronger: ModelRecord, lab: str, name: str, day: float) -> Source:
    """A source as it would be with another model on as many tokens."""
    fleet, domain = rates.draw.labs[lab].fleets[name], rates.draw.domains[ALIGNMENT]
    think = fleet.think_x or 1.0
    quality = rates.quality(stronger, domain, fleet.inference, day, think)
    work = source.work * quality / source.quality if source.quality else 0.0
    doable = rates.share_doable(stronger, domain, think)
    return source._replace(model=stronger, doable=doable, quality=quality, work=work)


def _untrusted(rates: Rates, lab: str) -> list[tuple[float, ModelRecord | None]]:
    """(day, the lab's strongest model from then on, or None if it trusts one as strong)."""
    spec = rates.draw.labs[lab].alignment
    if spec is None or spec.trust is None:
        return []
    mine = [model for (owner, _), model in sorted(rates.models.items()) if owner == lab]
    since = {id(model): rates.record.trusted.get((lab, model.name), math.inf) for model in mine}
    result: list[tuple[float, ModelRecord | None]] = []
    for day in sorted({max(0.0, m.internal) for m in mine} | {day for day in since.values() if day < math.inf}):
        here = [model for model in mine if model.internal <= day]
        best = max(here, key=lambda model: model.capability(ALIGNMENT))
        most = max((m.capability(ALIGNMENT) for m in here if since[id(m)] <= day), default=0.0)
        result.append((day, best if best.capability(ALIGNMENT) > most else None))
    return result
