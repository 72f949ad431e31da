"""Accelerators of a lab that no use holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.world.errors import PolicyError

if TYPE_CHECKING:
    from sim.world.lab import LabState

ROUNDING: Final = 1e-9
"""Share of a cluster below which a remainder is rounding, not idle accelerators."""


def idle_of(lab: LabState, counts: list[float]) -> list[float]:
    """What runs, experiments and fleets leave of each of the lab's types; empty if nothing.

    counts: what experiments and fleets have of each, one use after another. Raises PolicyError if they and runs hold
    more than there is.
    """
    found = []
    in_training, types = lab.view.in_training, lab.types
    for k, kind in enumerate(types):
        total = lab.total[kind]
        left = total - in_training.get(kind, 0.0)
        for n in range(k, len(counts), len(types)):
            left -= counts[n]
        rounding = ROUNDING * (total + 1.0)
        if -rounding <= left <= rounding:
            left = 0.0
        elif left < 0.0:
            raise PolicyError(f"the policy of {lab.name} gave out {-left:,.6g} {kind} that the lab does not have")
        found.append(left)
    return found if any(found) else []
