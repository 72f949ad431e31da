"""Accelerators of a lab that no use holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.world.errors import PolicyError
from sim.world.run import Holding

if TYPE_CHECKING:
    from sim.world.lab import LabState

ROUNDING: Final = 1e-9
"""Share of a cluster below which a remainder is rounding, not idle accelerators."""


def idle_of(lab: LabState) -> Holding:
    """What runs, experiments and fleets leave. Raises PolicyError if they hold more than there is."""
    left = dict(lab.total)
    held = [lab.view.in_training, lab.experiments]
    held += [by_kind for _, _, by_kind in lab.deployed]
    for by_kind in held:
        for kind, count in by_kind.items():
            left[kind] -= count
    for kind, count in left.items():
        rounding = ROUNDING * (lab.total[kind] + 1.0)
        if -rounding <= count <= rounding:
            left[kind] = 0.0
        elif count < 0.0:
            raise PolicyError(f"the policy of {lab.name} gave out {-count:,.6g} {kind} that the lab does not have")
    return left if any(left.values()) else {}
