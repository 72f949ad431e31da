"""Which kinds an intervention uses that do more than limit: each in a file of its own, named by its word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.world.cap_growth import CapGrowth
from sim.world.covert import Covert
from sim.world.hire import Hire
from sim.world.lever import Lever
from sim.world.minimum_shares import Rise
from sim.world.pool import Pool
from sim.world.security import Security
from sim.world.shift_to_alignment import Shift, shifts
from sim.world.spend_lead import SpendLead

if TYPE_CHECKING:
    from sim.world.intervention import InterventionState


def levers_of(state: InterventionState) -> list[Lever]:
    """Those that an intervention uses, not begun yet."""
    spec = state.spec
    levers: list[Lever] = []
    if shifts(spec):
        levers.append(Shift(state))
    if spec.slow_diffusion is not None or spec.slow_thefts is not None:
        levers.append(Security(state))
    if spec.hire or spec.hire_people:
        levers.append(Hire(state))
    if spec.spend_lead is not None:
        levers.append(SpendLead(state))
    if spec.pool is not None:
        levers.append(Pool(state))
    if spec.minimum_shares_over is not None:
        levers.append(Rise(state))
    if spec.cap_growth is not None:
        levers.append(CapGrowth(state))
    if spec.covert is not None:
        levers.append(Covert(state, spec.covert))
    return levers
