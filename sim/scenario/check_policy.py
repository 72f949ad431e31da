"""Contradictions in the phases of a lab's policy: uses that are not there, shares above 100%, phases never reached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.model.declare import parameters
from sim.model.lab import NOT_FLEETS
from sim.model.policy import PHASES, Conditions
from sim.scenario.check_names import known_name
from sim.scenario.complete import uses
from sim.scenario.problem import Problems, join, nearest, quoted
from sim.scenario.quantity import Plain, Quantity
from sim.scenario.spec import Spec

ROUNDING = 1e-9

AT_LEAST = ("no_release_days", "no_rival_release_days", "behind", "ahead", "h100e_at_least", "since")
BELOW = ("released_within_days", "rival_released_within_days", "h100e_below", "before")
"""Conditions that the same one with a smaller, or with a larger, number includes."""

BOTH = (
    ("no_release_days", "released_within_days"),
    ("no_rival_release_days", "rival_released_within_days"),
    ("h100e_at_least", "h100e_below"),
    ("since", "before"),
)
"""Pairs of which the first must be smaller than the second for both to hold."""


def check_policy(lab: Spec, root: Spec, start: float | None, problems: Problems) -> None:
    """Adds a problem for each contradiction in the phases of one lab's policy."""
    phases = lab.blocks("phases")
    policy = lab.values.get("policy")
    if isinstance(policy, Plain) and policy.value == PHASES and not phases and "phases" not in lab.broken:
        problems.add(policy.place, policy.path, "`policy: phases` needs `phases:`, a list of phases in order")
    first: dict[str, Spec] = {}
    for phase in phases:
        name = phase.values.get("name")
        if isinstance(name, Plain) and first.setdefault(str(name.value), phase) is not phase:
            where = first[str(name.value)].place
            problems.add(name.place, name.path, f"there are two phases {quoted(str(name.value))} (first at {where})")
        _shares(phase, lab, problems)
        _conditions(phase, root, start, problems)
    _reachable(phases, problems)


def _shares(phase: Spec, lab: Spec, problems: Problems) -> None:
    stated = phase.values.get("use")
    if not isinstance(stated, dict) or "use" in lab.broken:
        return
    known = [*dict.fromkeys((*uses(lab), *NOT_FLEETS))]
    for name, share in stated.items():
        if name not in known:
            near = nearest(name, known)
            more = "" if near else f"; there are {', '.join(known)}"
            message = f"the lab's `use` has no {quoted(name)}: a fleet needs a share there, 0% if it has none{more}"
            problems.add(share.place, share.path, message, near)
    total = sum(share.central for share in stated.values())
    if total > 1.0 + ROUNDING:
        parts = " + ".join(f"{name} {share.central:.4g}" for name, share in sorted(stated.items()))
        message = f"the shares add up to {total * 100:.4g}% ({parts}); at most 100%"
        problems.add(phase.where("use"), join(phase.path, "use"), message)


def _conditions(phase: Spec, root: Spec, start: float | None, problems: Problems) -> None:
    when = phase.block("when")
    if when is None:
        return
    for field_name, block in (("level", "levels"), ("rival_level", "levels"), ("milestone", "milestones")):
        named = root.values.get(block)
        if block not in root.broken:
            known_name(when, field_name, list(named) if isinstance(named, dict) else [], block[:-1], problems)
    for low, high in BOTH:
        one, other = when.values.get(low), when.values.get(high)
        if isinstance(one, Quantity) and isinstance(other, Quantity) and one.central >= other.central:
            message = f"{_key(low)} {one.text} and {_key(high)} {other.text} are never both true"
            problems.add(other.place, phase.path, message)
    behind, ahead = when.number("behind"), when.number("ahead")
    if behind is not None and ahead is not None and behind * ahead > 1.0:
        problems.add(when.where("ahead"), phase.path, "a lab is never both `behind` and `ahead` by these factors")
    since, before = when.values.get("since"), when.values.get("before")
    end = root.number("end")
    if isinstance(since, Quantity) and end is not None and since.central >= end:
        problems.add(since.place, phase.path, f"never holds: it is `from` {since.text}, and the simulation ends before")
    if isinstance(before, Quantity) and start is not None and before.central <= start:
        problems.add(before.place, phase.path, f"never holds: it is `before` {before.text}, when nothing has begun yet")


def _reachable(phases: list[Spec], problems: Problems) -> None:
    """The last phase holds always, and no other phase stands behind one that holds whenever it does."""
    if phases and _stated(phases[-1]):
        when = phases[-1].block("when")
        place = when.place if when is not None else phases[-1].place
        message = "the last phase applies when no other does, so it takes no `when:`; add one without"
        problems.add(place, phases[-1].path, message)
    for index, phase in enumerate(phases):
        for earlier in phases[:index]:
            if "when" not in earlier.broken and _includes(earlier, phase):
                why = "always holds" if not _stated(earlier) else "holds whenever it does"
                message = f"is never reached: {quoted(str(earlier.plain('name')))}, which stands before it, {why}"
                problems.add(phase.place, phase.path, message)
                break


def _stated(phase: Spec) -> dict[str, Any]:
    """The conditions of a phase: field -> the value that it is compared by."""
    when = phase.block("when")
    if when is None:
        return {}
    found: dict[str, Any] = {}
    for field_name in parameters(Conditions):
        value = when.values.get(field_name)
        if isinstance(value, Quantity):
            found[field_name] = value.central
        elif isinstance(value, Plain) and value.value is not None:
            found[field_name] = value.value
        elif field_name in when.broken:
            found[field_name] = object()  # equal to nothing
    return found


def _includes(earlier: Spec, phase: Spec) -> bool:
    """Whether `earlier` holds in every state in which `phase` does, as far as single conditions show."""
    weaker, stricter = _stated(earlier), _stated(phase)
    return all(name in stricter and _implied(name)(stricter[name], value) for name, value in weaker.items())


def _implied(field_name: str) -> Callable[[Any, Any], bool]:
    if field_name in AT_LEAST:
        return lambda strict, weak: isinstance(strict, float) and isinstance(weak, float) and strict >= weak
    if field_name in BELOW:
        return lambda strict, weak: isinstance(strict, float) and isinstance(weak, float) and strict <= weak
    return lambda strict, weak: bool(strict == weak)


def _key(field_name: str) -> str:
    return f"`{parameters(Conditions)[field_name].key}`"
