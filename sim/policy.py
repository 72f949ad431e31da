"""For policies in a Python file of your own (docs/policies.md): what they return, and the built-in ones to build on."""

from collections.abc import Mapping

from sim.world import policy
from sim.world.frozen import frozen
from sim.world.own_policy import OwnView as View
from sim.world.own_policy import kernels_view
from sim.world.policy import Decision, Shares
from sim.world.run import Holding, Run

__all__ = ["Decision", "Shares", "View", "share_rest", "shares", "start_in_order", "training_first"]


def shares(view: View) -> Decision:
    """Each use has its declared share; a share without work is lent to the others in proportion."""
    return _shown(policy.by_shares(kernels_view(view)))


def training_first(view: View) -> Decision:
    """A run that is due takes every accelerator that no other run has, unless it states a size of its own."""
    return _shown(policy.training_first(kernels_view(view)))


def start_in_order(
    view: View, for_training: Mapping[str, float], hold: str = ""
) -> tuple[list[tuple[Run, Holding]], list[tuple[Run, str]]]:
    """Resize elastic runs, then start due ones by date while they fit; one that waits holds up those behind it.

    for_training: accelerators for runs that state no size, from which what other runs hold is taken off.
    hold: why no run starts, if none may; runs that were in progress go on all the same.
    """
    starts, waits = policy.start_in_order(kernels_view(view), dict(for_training), hold)
    return [(frozen(run), held) for run, held in starts], [(frozen(run), why) for run, why in waits]


def share_rest(view: View) -> dict[str, Holding]:
    """Split what runs and earmarks leave among the uses that have work, by their shares."""
    return policy.share_rest(kernels_view(view))


def _shown(decision: Decision) -> Decision:
    """A decision whose runs cannot be changed."""
    starts, waits, uses, review = decision
    return Decision(
        [(frozen(run), held) for run, held in starts], [(frozen(run), why) for run, why in waits], uses, review
    )
