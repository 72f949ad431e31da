"""The built-in policies: pure functions of a read-only view that share out what runs and earmarks leave.

A policy is called when something changed at its lab. If it starts runs it is called again, on the view
in which they are in progress, to share the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.world.claim import by_date, claim, too_large
from sim.world.run import Holding, Run

if TYPE_CHECKING:
    from sim.world.view import View

ROUNDING: Final = 1e-12
"""Share of a cluster by which an elastic run may miss its due size: rounding, not a change."""


class Decision(NamedTuple):
    """What a policy wants: runs to start and elastic ones to resize, with what they get; why others wait;
    the rest by use; and the day of a review, if it wants to be called again."""

    starts: Sequence[tuple[Run, Holding]]
    waits: Sequence[tuple[Run, str]]
    uses: dict[str, Holding]
    review: float | None = None


SHARED_OUT: Final[dict[str, Holding]] = {}
"""In the place of what a policy gives to uses: what `share_out` makes of their shares."""

ONLY_SHARES: Final = Decision((), (), SHARED_OUT)
"""The commonest decision, by the simplest policy: nothing starts, waits or is resized."""


class Shares(NamedTuple):
    """The simpler answer of a user's policy: shares that hold from now on, as `use:` would state them.

    uses: use -> share of the cluster, 0 for what is not named. starts_runs: False makes due runs wait. training_first:
    a run that is due takes every accelerator that no other run has. review: day on which to be asked again.
    """

    uses: Mapping[str, float]
    starts_runs: bool = True
    training_first: bool = False
    review: float | None = None


Policy = Callable[["View"], Decision]

new_tuple: Final = tuple.__new__
"""Makes a `Decision` in a quarter of the time that its class takes: the commonest is made at every change of a lab."""


def training_first(view: View) -> Decision:
    """A run that is due takes every accelerator that no other run has, unless it states a size of its own."""
    return by_shares(view, first=True)


def by_shares(view: View, first: bool = False, hold: str = "") -> Decision:
    """Start due runs, then share out the rest by the shares.

    first: a run that states no size takes what no other run has, not only training's share. hold: why no run starts.
    """
    if not view.due and not view.elastic:
        return new_tuple(Decision, ((), (), share_rest(view), None))
    declared = view.training_share
    offered = view.total if first else {kind: declared * count for kind, count in view.total.items()}
    starts, waits = start_in_order(view, offered, hold)
    return new_tuple(Decision, (starts, waits, {} if starts else share_rest(view), None))


def start_in_order(
    view: View, for_training: Holding, hold: str = ""
) -> tuple[list[tuple[Run, Holding]], list[tuple[Run, str]]]:
    """Resize elastic runs, then start due ones by date while they fit; one that waits holds up those behind it.

    Elastic runs are given anew, in the order of their dates, what all of them hold and what is free.

    It does not hold them up if it waits for its base model, or would not fit the whole cluster.
    for_training: accelerators for runs that state no size, from which what other runs hold is taken off.
    hold: why no run starts, if none may; runs that were in progress go on all the same.
    """
    free = view.free
    offered = {kind: min(count - view.in_training.get(kind, 0.0), free[kind]) for kind, count in for_training.items()}
    starts = _resize_elastic(view, free, offered) if view.elastic else []
    waits: list[tuple[Run, str]] = []
    blocked = ""
    for run in view.due:
        if hold and not (run.backdated or run.suspended):
            waits.append((run, hold))
            continue
        if blocked:
            waits.append((run, f"{blocked} is due before it and waits"))
            continue
        taken = claim(run, view.total, free, offered, view.accelerators, view.usable_models)
        if isinstance(taken, str):
            waits.append((run, taken))
            no_base = run.spec.base is not None and run.spec.base not in view.usable_models
            if not no_base and not too_large(run, view.total, view.accelerators):
                blocked = run.name
            continue
        starts.append((run, taken))
        for kind, count in taken.items():
            free[kind] -= count
            offered[kind] = offered.get(kind, 0.0) - count
    return starts, waits


def _resize_elastic(view: View, free: Holding, offered: Holding) -> list[tuple[Run, Holding]]:
    """Elastic runs that change, each with what it gets of what all of them hold and is free; takes that off both."""
    changed: list[tuple[Run, Holding]] = []
    for run in view.elastic:
        for kind, count in run.held.items():
            free[kind] += count
            offered[kind] = offered.get(kind, 0.0) + count
    for run in sorted(view.elastic, key=by_date):
        taken = claim(run, view.total, free, offered, view.accelerators, view.usable_models)
        part = run.phases[run.phase].accelerators_share
        resized = {} if isinstance(taken, str) else {kind: count * part for kind, count in taken.items()}
        for kind, count in resized.items():
            free[kind] -= count
            offered[kind] = offered.get(kind, 0.0) - count
        for kind in {**run.held, **resized}:
            old, new = run.held.get(kind, 0.0), resized.get(kind, 0.0)
            if abs(new - old) > ROUNDING * (view.total.get(kind, 0.0) + old):
                changed.append((run, resized))
                break
    return changed


def share_rest(view: View) -> dict[str, Holding]:
    """Split what runs and earmarks leave among the uses that have work, by their shares."""
    counts, types = share_out(view), len(view.total)
    return {
        use: {kind: counts[n * types + k] for k, kind in enumerate(view.total)}
        for n, use in enumerate(view.uses)
        if view.weights[n]
    }


def share_out(view: View) -> list[float]:
    """What runs and earmarks leave, of each type for experiments and then for each fleet: 0 if it has no work.

    With enough for every declared share, in proportion to the shares, so that what has no work is lent.
    With less, experiments give way first, then the fleets in proportion. Declared idle (shares below 100%)
    stays idle unless runs and earmarks hold more than training's share.
    """
    if len(view.total) == 1:  # the commonest
        for kind, total in view.total.items():
            return _share_out(view, kind, total)
    found = [_share_out(view, kind, total) for kind, total in view.total.items()]
    return [of_type[n] for n in range(len(view.weights)) for of_type in found]


def _share_out(view: View, kind: str, total: float) -> list[float]:
    """As `share_out`, of one type."""
    weights, idle_share, taken = view.weights, view.idle_share, view.taken
    busy = taken.get(kind, 0.0) if taken else 0.0
    rest = total - busy
    if idle_share:
        over = busy - view.training_share * total
        idle = idle_share * total - (over if over > 0.0 else 0.0)
        if idle > 0.0:
            rest -= idle
    if rest < 0.0:
        rest = 0.0
    short = view.owed_share * total - rest
    if short <= ROUNDING * total:
        return [rest * weight for weight in weights]
    experiments = max(0.0, view.experiments_share * total - short)
    if not any(view.fleet_weights):
        experiments = rest
    of_fleets = rest - experiments
    shares = [experiments if weights[0] else 0.0]
    for weight in view.fleet_weights:
        shares.append(of_fleets * weight if weight else 0.0)
    return shares


POLICIES: dict[str, Policy] = {"shares": by_shares, "training_first": training_first}
