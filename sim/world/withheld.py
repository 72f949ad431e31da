"""Deliveries that an intervention holds back: lost, or banked until it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.intervention import BANKED, Intervention
from sim.world import deliveries

if TYPE_CHECKING:
    from sim.world.lab import LabState


def limit(lab: LabState, specs: list[Intervention], event: int) -> None:
    """Let deliveries be what these interventions leave of them; what was banked comes when none holds back any more."""
    slow = [spec for spec in specs if spec.slow_deliveries is not None]
    share = min((1.0 - spec.holds * (1.0 - (spec.slow_deliveries or 0.0)) for spec in slow), default=1.0)
    lab.banks = any(spec.withheld == BANKED for spec in slow)
    if lab.withheld != 1.0 - share:
        lab.withheld = 1.0 - share
        lab.lost = deliveries.lost_share(lab)
    if not slow and lab.banked:
        deliveries.deliver_banked(lab, event)
