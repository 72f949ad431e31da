"""Deliveries that an intervention holds back: lost, or banked until it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.intervention import BANKED, Intervention
from sim.world import deliveries

if TYPE_CHECKING:
    from sim.world.lab import LabState


def limit(lab: LabState, specs: list[Intervention], event: int) -> None:
    """Let deliveries be what these interventions leave of them; what one has banked comes when it is over."""
    slow = {spec.name: 1.0 - spec.holds * (1.0 - spec.slow_deliveries)
            for spec in specs if spec.slow_deliveries is not None}  # fmt: skip
    share = min(slow.values(), default=1.0)
    lab.banks = {spec.name: slow[spec.name] for spec in specs if spec.name in slow and spec.withheld == BANKED}
    lab.let_through = min((part for name, part in slow.items() if name not in lab.banks), default=1.0)
    if lab.withheld != 1.0 - share:
        lab.withheld = 1.0 - share
        lab.lost = deliveries.lost_share(lab)
    if lab.banked:
        deliveries.let_go(lab, set(lab.banks), event)
