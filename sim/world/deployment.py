"""What fleets hold: their shares, earmarks, and the moves of accelerators."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from sim.base.calendar import tick
from sim.world.fleet import Earmark
from sim.world.record import MOVED, WORTH, ModelRecord
from sim.world.run import Holding, Run, count_of
from sim.world.split import OF_EXPERIMENTS, Split, Use

if TYPE_CHECKING:
    from sim.world.lab import LabState

ROUNDING: Final = 1e-9
"""Share of a cluster below which too many accelerators are rounding."""

ALONE: Final[list[tuple[bool, Holding]]] = []
"""The moves of an instant with one, which has all that changed."""


def add_earmark(mark: Earmark, types: list[str], counts: list[float], place: int) -> None:
    """Add what an earmark holds of each of some types to what the use at a place has."""
    first = place * len(types)
    for k, kind in enumerate(types):
        count = mark.held.get(kind)
        if count is not None:
            counts[first + k] = counts[first + k] + count


def deal(lab: LabState, shares: list[float]) -> tuple[list[Use], list[float]]:
    """What a lab's uses have, as in a `Split`: of a fleet's share each model by its weight, the best its earmarks too.

    shares: of each type for experiments and then for each fleet.
    """
    types = len(lab.types)
    uses, counts = [OF_EXPERIMENTS], shares[:types]
    for fleet in lab.fleets:
        share = shares[fleet.place * types : (fleet.place + 1) * types]
        marks = [mark for mark in lab.earmarks if mark.fleet is fleet and mark.active]
        parts = [(model, weight) for model, weight in fleet.parts if weight]
        if marks and fleet.parts and not fleet.parts[0][1]:  # a ramp to the best that has yet to begin
            parts.append(fleet.parts[0])
        for model, weight in parts:
            counts += [count * weight for count in share]
            if model is fleet.best:
                for mark in marks:
                    add_earmark(mark, lab.types, counts, len(uses))
            uses.append((fleet.name, model.name))
    return uses, counts


def earmark(lab: LabState, run: Run, model: ModelRecord, freed: Holding, cause: int) -> None:
    """Promise a finished run's accelerators to the fleet that `after_training` names."""
    rule = run.after_training
    if rule is None:
        return
    part = rule.move
    if not part:
        return
    fleet, until, milestone = lab.fleet_named[rule.to], rule.until, rule.until_milestone
    held = {kind: count * part for kind, count in freed.items() if count > 0.0}
    mark = Earmark(fleet, model, held, rule.firm, rule.for_days, until, milestone)
    since = model.public if fleet.public else model.internal
    if since is None:
        return  # the fleet may never use the model: the accelerators go back to the shares
    if until is not None and since >= until:
        lab.world.warn(lab.name, run.name, f"its earmark for {fleet.name} ends before the fleet may use the model")
        return
    if milestone is not None and milestone in lab.world.record.milestones:
        return  # nothing to wait for: the accelerators go back to the shares
    lab.earmarks.append(mark)
    mark.event = cause
    if milestone is not None:
        lab.world.watching().hear("milestone", milestone, _end_at(lab, mark))


def _end_at(lab: LabState, mark: Earmark) -> Callable[[str, int], bool]:
    """An earmark that ends when its milestone is reached."""

    def hear(_: str, event: int) -> bool:
        if mark in lab.earmarks:
            end_earmark(lab, mark, (event,), f"the milestone {mark.milestone} is reached")
        return False

    return hear


def begin(lab: LabState, mark: Earmark, cause: int) -> None:
    """The fleet may use the model: the earmark takes its accelerators, as far as no run in progress has them."""
    world = lab.world
    if mark.until is not None and tick(mark.until) <= lab.earmark_ends.now:
        lab.earmarks.remove(mark)
        why = "the model was trusted" if mark.fleet.gated else "the fleet might use the model"
        world.warn(lab.name, mark.model.name, f"its earmark for {mark.fleet.name} ended before {why}")
        return
    free = lab.total.copy()
    for run in lab.running:
        for kind, count in run.held.items():
            free[kind] -= count
    for other in lab.earmarks:
        if other.active:
            for kind, count in other.held.items():
                free[kind] -= count
    mark.held = {kind: min(count, free[kind]) for kind, count in mark.held.items() if free.get(kind, 0.0) > 0.0}
    subject = f"{mark.fleet.name}:{mark.model.name}"
    if not mark.held:
        lab.earmarks.remove(mark)
        world.event(lab.name, "earmark_ended", subject, 0.0, "accelerators",
                    {"reason": "runs in progress hold all accelerators"}, (mark.event, cause))  # fmt: skip
        return
    mark.active = True
    details: dict[str, Any] | None = None
    if world.details:
        details = {"accelerators": mark.held, WORTH: (mark.model.name, mark.fleet.name)}
    causes = (mark.event,) if mark.event == cause else (mark.event, cause)
    mark.event = world.event(
        lab.name, "earmark_started", subject, count_of(mark.held), "accelerators", details, causes
    )
    if mark.for_days is not None:
        ends = lab.earmark_ends.now + mark.for_days
        mark.until = ends if mark.until is None else min(ends, mark.until)
    if mark.until is not None:
        mark.until = tick(mark.until)
        lab.earmark_ends.at(mark.until, _expire, (lab, mark))
    lab.changed(mark.event)


def _expire(what: tuple[LabState, Earmark]) -> None:
    lab, mark = what
    if mark in lab.earmarks:
        end_earmark(lab, mark, (mark.event,), "its time is over")


def end_earmark(lab: LabState, mark: Earmark, causes: tuple[int, ...], why: str) -> None:
    """The accelerators go back to the declared shares."""
    lab.earmarks.remove(mark)
    world, held = lab.world, count_of(mark.held) if mark.active else 0.0
    details = {"reason": why} if world.details else None
    event = world.event(
        lab.name, "earmark_ended", f"{mark.fleet.name}:{mark.model.name}", held, "accelerators", details, causes
    )
    lab.changed(event)


def make_room(lab: LabState, needed: Holding, *, starts: bool = False) -> None:
    """A run is about to take accelerators: earmarks that are not firm give what idle and lent ones do not.

    Open-ended ones end if the run `starts`: one that is resized, goes on or enters a phase is not the next run.
    """
    if not lab.earmarks:
        return
    causes = tuple(lab.causes)
    if starts:
        open_ended = [mark for mark in lab.earmarks if mark.until is None and mark.milestone is None]
        for mark in [mark for mark in open_ended if mark.active and not mark.firm]:
            end_earmark(lab, mark, causes, "the next run starts")
    marks = [mark for mark in lab.earmarks if mark.active and not mark.firm]
    if not marks:
        return
    owed = sum(lab.shares[use] for use, _ in lab.view.parts)
    for kind, count in needed.items():
        total = lab.total.get(kind, 0.0)
        others = total - sum(run.held.get(kind, 0.0) for run in lab.running)
        others -= sum(mark.held.get(kind, 0.0) for mark in lab.earmarks if mark.active)
        over = count - max(0.0, others - owed * total)
        for mark in marks:
            if over > 0.0 and mark.held.get(kind, 0.0) > 0.0:
                cut = min(over, mark.held[kind])
                mark.take(kind, cut)
                over -= cut
    settle_cuts(lab, marks, causes)


def fit_earmarks(lab: LabState) -> bool:
    """Cut earmarks, those that are not firm first, to what runs in progress leave; whether any was cut."""
    lab.tight = cut_any = False
    if not lab.earmarks:
        return False
    marks = [mark for mark in lab.earmarks if mark.active]
    if len(marks) > 1:
        marks.sort(key=lambda mark: mark.firm)
    in_training = lab.view.in_training
    for kind, total in lab.total.items():
        over = sum(mark.held.get(kind, 0.0) for mark in marks) + in_training.get(kind, 0.0) - total
        if over > ROUNDING * total:
            for mark in marks:
                cut = min(over, mark.held.get(kind, 0.0))
                if cut > 0.0:
                    mark.take(kind, cut)
                    over -= cut
                    cut_any = True
    if cut_any:
        settle_cuts(lab, marks, tuple(lab.causes))
    return cut_any


def settle_cuts(
    lab: LabState, marks: list[Earmark], causes: tuple[int, ...], why: str = "runs in progress have its accelerators"
) -> None:
    """Tell of earmarks that were cut, and end those of which nothing is left."""
    for mark in marks:
        if not any(mark.held.values()):
            end_earmark(lab, mark, causes, why)
        elif mark.cut:
            subject = f"{mark.fleet.name}:{mark.model.name}"
            details = {"accelerators": mark.held}
            lab.world.event(lab.name, "earmark_cut", subject, mark.cut, "accelerators", details, (*causes, mark.event))
        mark.cut = 0.0


def tell_moves(lab: LabState) -> None:
    """Events for the accelerators that a finished run freed and a starting one took, and copies wound down.

    Where they went and came from is what changed over the whole instant: the tables work that out.
    """
    world, name = lab.world, lab.name
    moves, lab.moves = lab.moves, []
    before, lab.before = lab.before, None
    assert before is not None
    together = [(takes, held) for _, takes, _, held in moves] if len(moves) > 1 else ALONE
    arrivals = []
    for event, takes, run, held in moves:
        details: dict[str, Any] | None = None
        if world.details:
            details = {"accelerators": held, MOVED: (takes, before, lab.split, together)}
            if not takes and run.name in lab.models:
                details[WORTH] = (run.name, None)
        count = count_of(held)
        told = world.event(name, "accelerators_moved", run.name, count, "accelerators", details, (event,))
        if takes:
            arrivals.append(told)
    if not arrivals:
        return
    causes = tuple(arrivals)
    for fleet, model, fewer in _wound_down(before, lab.split):
        details = {"accelerators": fewer, WORTH: (model, fleet)} if world.details else None
        world.event(name, "copies_wound_down", f"{fleet}:{model}", None, "copies", details, causes)


def _wound_down(before: Any, after: Any) -> list[tuple[str, str, Holding]]:
    """(fleet, model, accelerators) of which a fleet runs a model on fewer after an instant than before it."""
    was: Split = before
    now: Split = after
    _, _, old_uses, old_types, old_counts = was
    _, _, uses, types, counts = now
    found = []
    for n, (fleet, model) in enumerate(old_uses):
        if not model:
            continue
        place = n if uses is old_uses else uses.index((fleet, model)) if (fleet, model) in uses else -1
        fewer = {}
        for k, kind in enumerate(old_types):
            old, new = old_counts[n * len(old_types) + k], 0.0
            if place >= 0:
                new = counts[place * len(types) + k]
            if old > new:
                fewer[kind] = old - new
        if fewer:
            found.append((fleet, model, fewer))
    return found
