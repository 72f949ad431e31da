"""What experiments and fleets may hold under interventions, and where that goes which they may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.alignment import ALIGNMENT
from sim.model.domain import RESEARCH
from sim.model.intervention import AI_USE, SHARES
from sim.model.lab import EXPERIMENTS
from sim.world import deployment, shift_to_alignment
from sim.world.claim import SLACK
from sim.world.room import has_work, minima, research_fleets, research_room, room
from sim.world.run import Holding

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.limits import Limits


def cut_earmarks(limits: Limits) -> bool:
    """Earmarks for fleets that may hold less are cut to what these may hold; whether there were any."""
    lab = limits.lab
    share = limits.share(AI_USE)
    if not lab.earmarks or (share == 1.0 and not lab.barred):
        return False
    for fleet in lab.fleets:
        barred = fleet.name in lab.barred
        if fleet.spec.domain != RESEARCH or (share == 1.0 and not barred):
            continue
        marks = [mark for mark in lab.earmarks if mark.active and mark.fleet is fleet]
        for kind, total in lab.total.items():
            most = 0.0 if barred else share * lab.shares[fleet.name] * total
            for mark in marks:
                most -= mark.held.get(kind, 0.0)
                if most < -SLACK * total:
                    mark.take(kind, min(-most, mark.held[kind]))
                    most = 0.0
        why = "no model is old enough for AI research" if barred else limits.why(AI_USE)
        deployment.settle_cuts(lab, marks, (limits.event,), why)
    return True


def cut_uses(limits: Limits, uses: dict[str, Holding]) -> dict[str, Holding]:
    """Holdings of the uses: those that are limited cut, those with a minimum raised; else as they are."""
    lab, view = limits.lab, limits.lab.view
    if not limits.allocates:
        return uses
    shares = {EXPERIMENTS: limits.share(EXPERIMENTS)}
    shares |= {use: 0.0 if use in lab.barred else limits.share(AI_USE) for use in research_fleets(lab)}
    limited = {use: share for use, share in shares.items() if use in uses and share < 1.0}
    result = {use: dict(held) for use, held in uses.items()}
    freed = dict.fromkeys(view.total, 0.0)
    for use, share in limited.items():
        for kind, total in view.total.items():
            most = share * lab.shares[use] * total - _earmarked(lab, use, kind)
            freed[kind] += _cut(result[use], kind, max(0.0, most))
    research = [use for use in shares if use in uses]
    least = research_room(limits, view)
    if least is not None:
        for kind, most in least.items():
            earmarked = sum(_earmarked(lab, use, kind) for use in research)
            most = max(0.0, most - view.in_training.get(kind, 0.0) - earmarked)
            have = sum(result[use].get(kind, 0.0) for use in research)
            for use in research if have > most * (1.0 + SLACK) else ():
                freed[kind] += _cut(result[use], kind, result[use].get(kind, 0.0) * most / have)
    others = [(use, part) for use, part in view.parts if use in uses and use not in (research if least else limited)]
    for kind, count in freed.items():
        _give(limits, result, others, kind, count)
    _raise(limits, result)
    shift_to_alignment.shift(limits, result, set(minima(limits)))
    return result


def _earmarked(lab: LabState, use: str, kind: str) -> float:
    return sum(mark.held.get(kind, 0.0) for mark in lab.earmarks if mark.active and mark.fleet.name == use)


def _cut(held: Holding, kind: str, most: float) -> float:
    """Cut a use to so many of a type; how many that frees."""
    have = held.get(kind, 0.0)
    if have <= most:
        return 0.0
    held[kind] = most
    return have - most


def _give(limits: Limits, result: dict[str, Holding], others: list[tuple[str, float]], kind: str, count: float) -> None:
    """Give what is freed to where it is to go."""
    lab = limits.lab
    part = shift_to_alignment.freed_part(limits)
    if part:
        count += _lent_back(limits, result, others, kind)
        held = result.setdefault(ALIGNMENT, {})
        held[kind] = held.get(kind, 0.0) + part * count
        count *= 1.0 - part
    if limits.freed == SHARES:
        weight = sum(part for _, part in others)
        for use, part in others if count else ():
            result[use][kind] = result[use].get(kind, 0.0) + count * part / weight
        return
    if not part:
        count += _lent_back(limits, result, others, kind)
    if count and any(fleet.name == limits.freed and fleet.best is not None for fleet in lab.fleets):
        held = result.setdefault(limits.freed, {})
        held[kind] = held.get(kind, 0.0) + count


def _lent_back(limits: Limits, result: dict[str, Holding], others: list[tuple[str, float]], kind: str) -> float:
    """Take back what training, which may not have it, lends to uses beyond their own shares; accelerators."""
    lab, view = limits.lab, limits.lab.view
    total = view.total[kind]
    meant = view.training_share * total
    unused = meant - max(view.in_training.get(kind, 0.0), min(meant, room(limits, view).get(kind, 0.0)))
    above = {use: max(0.0, result[use].get(kind, 0.0) - lab.shares[use] * total) for use, _ in others}
    beyond = sum(above.values())
    back = min(max(0.0, unused), beyond)
    for use, more in above.items():
        if more > 0.0:
            result[use][kind] -= back * more / beyond
    return back


def _raise(limits: Limits, result: dict[str, Holding]) -> None:
    """Give uses that have work their minimum, from what is idle, then from the others in proportion."""
    lab, view = limits.lab, limits.lab.view
    least = {use: share for use, share in minima(limits).items() if has_work(lab, use)}
    if not least:
        return
    for use in least:  # a fleet that has no share of its own yet
        result.setdefault(use, {})
    rest = [use for use in result if use not in least]
    for kind, total in view.total.items():
        for use, share in least.items():
            missing = share * total - result[use].get(kind, 0.0) - _earmarked(lab, use, kind)
            idle = total - view.taken.get(kind, 0.0) - sum(held.get(kind, 0.0) for held in result.values())
            idle = min(max(0.0, missing), max(0.0, idle))
            if idle:
                result[use][kind] = result[use].get(kind, 0.0) + idle
                missing -= idle
            have = sum(result[other].get(kind, 0.0) for other in rest)
            taken = min(max(0.0, missing), have)
            for other in rest if taken else ():
                result[other][kind] = result[other].get(kind, 0.0) * (1.0 - taken / have)
            if taken:
                result[use][kind] = result[use].get(kind, 0.0) + taken
