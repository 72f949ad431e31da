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

NO_SHARES: dict[str, float] = {}


def cut_earmarks(limits: Limits) -> bool:
    """Earmarks for fleets that may hold less are cut to what these may hold; whether any was."""
    if not any(mark.active for mark in limits.lab.earmarks):
        return False
    found = [_cut_for_use(limits), _cut_for_research(limits), _cut_for_minima(limits)]
    return any(found)


def _cut_for_use(limits: Limits) -> bool:
    """Of fleets in AI research, to the share of theirs at which this may go on."""
    lab = limits.lab
    share = limits.share(AI_USE)
    found = False
    for fleet in lab.fleets:
        barred = fleet.name in lab.barred
        if fleet.spec.domain != RESEARCH or (share == 1.0 and not barred):
            continue
        part = 0.0 if barred else share * lab.shares[fleet.name]
        why = "no model is old enough for AI research" if barred else limits.why(AI_USE)
        found |= _fit(limits, {fleet.name}, {kind: part * total for kind, total in lab.total.items()}, why)
    return found


def _cut_for_research(limits: Limits) -> bool:
    """Of fleets in AI research, to what training leaves of what they may hold with it."""
    most = research_room(limits, limits.lab.view)
    if most is None:
        return False
    training = limits.lab.view.in_training
    names = [spec.name for spec in limits.specs if spec.cap_research is not None or spec.cap_research_share is not None]
    left = {kind: count - training.get(kind, 0.0) for kind, count in most.items()}
    return _fit(limits, set(research_fleets(limits.lab)), left, f"{' and '.join(names)} leaves too little to research")


def _cut_for_minima(limits: Limits) -> bool:
    """Of all fleets, to what training and minima leave, besides what a minimum of their own is."""
    lab = limits.lab
    least = _least(limits) if any(spec.minimum_shares for spec in limits.specs) else NO_SHARES
    if not least:
        return False
    owed = sum(least.values())
    training = lab.view.in_training
    left = {kind: (1.0 - owed) * total - training.get(kind, 0.0) for kind, total in lab.total.items()}
    names = [spec.name for spec in limits.specs if spec.minimum_shares]
    why = f"{' and '.join(names)} asks for a minimum of {' and '.join(least)}"
    return _fit(limits, {fleet.name for fleet in lab.fleets}, left, why, least)


def _least(limits: Limits) -> dict[str, float]:
    """Shares that uses get at least, of those that have work."""
    return {use: share for use, share in sorted(minima(limits).items()) if has_work(limits.lab, use)}


def _fit(
    limits: Limits, fleets: set[str], most: Holding, why: str, besides: dict[str, float] = NO_SHARES
) -> bool:  # fmt: skip
    """Cut the earmarks for some fleets to so many accelerators together, the latest first; whether any was cut.

    besides: shares of the cluster that a fleet may have and that do not count.
    """
    lab = limits.lab
    marks = [mark for mark in lab.earmarks if mark.active and mark.fleet.name in fleets]
    for kind, total in lab.total.items():
        left = max(0.0, most[kind])
        own = {use: share * total for use, share in besides.items()}
        for mark in marks:
            held, use = mark.held.get(kind, 0.0), mark.fleet.name
            free = min(held, own.get(use, 0.0))
            if free:
                own[use] -= free
            left -= held - free
            if left < -SLACK * total:
                mark.take(kind, min(-left, held - free))
                left = 0.0
    found = any(mark.cut for mark in marks)
    if found:
        deployment.settle_cuts(lab, marks, (limits.event,), why)
    return found


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
    """Give uses that have work their minimum, from what is idle, then from those without one in proportion, then from
    what others have above theirs."""
    lab, view = limits.lab, limits.lab.view
    least = _least(limits)
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
            if missing - taken > SLACK * total:
                _take_surplus(limits, result, least, use, kind, missing - taken)


def _take_surplus(
    limits: Limits, result: dict[str, Holding], least: dict[str, float], use: str, kind: str, missing: float
) -> None:
    """Give a use what others have above a minimum of their own, in proportion."""
    total = limits.lab.view.total[kind]
    above = {}
    for other, share in least.items():
        have = result[other].get(kind, 0.0)
        more = min(have, have + _earmarked(limits.lab, other, kind) - share * total)
        if other != use and more > 0.0:
            above[other] = more
    beyond = sum(above.values())
    part = min(1.0, missing / beyond) if beyond else 0.0
    for other, more in above.items():
        result[other][kind] -= part * more
        result[use][kind] = result[use].get(kind, 0.0) + part * more
