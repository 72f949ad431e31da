"""What interventions leave to a run that is to grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.world.run import Holding

if TYPE_CHECKING:
    from sim.world.lab import LabState


def within_room(lab: LabState, free: Holding) -> Holding:
    """Of what is free, what a run may take for its next phase beside all that runs hold."""
    limits = lab.limits
    if limits is None or not limits.caps_training:
        return free
    left = limits.room(lab.view)
    for run in lab.running:
        for kind, count in run.held.items():
            left[kind] -= count
    return {kind: min(count, left[kind]) for kind, count in free.items()}
