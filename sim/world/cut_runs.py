"""The event that an intervention cuts a training run: how large it was meant to be, and what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, Any

from sim.model.intervention import Intervention
from sim.world import elastic_cut
from sim.world.claim import SLACK
from sim.world.run import Holding, Run

if TYPE_CHECKING:
    from sim.world.lab import LabState


class Plan:
    """How large a run is meant to be before it is cut: FLOP and accelerators."""

    __slots__ = ("run", "flop", "held", "by", "days", "most")

    def __init__(self, run: Run, flop: float, held: Holding) -> None:
        self.run = run
        self.flop = flop
        self.held = held
        self.by: list[Intervention] = []
        """What cuts it."""
        self.days = elastic_cut.days_of(run)
        self.most = flop
        """FLOP that caps on runs leave it."""

    def cuts(self) -> None:
        """Let the run that starts know what it was meant to be, if it is cut."""
        if not self.by or self.flop == inf:
            return
        if elastic_cut.works_for_days(self.run):
            self.run.uncut_days, self.run.cut_to = self.days, self.most
        else:
            self.run.uncut_flop = self.flop

    def tell(self, lab: LabState, flop: float, held: Holding) -> None:
        """Record what it is cut to as it starts, if it is."""
        if self.by and self.flop < inf:
            whole = lab.world.h100e(self.held)
            tell(lab, self.run, self.by, self.flop, flop, lab.world.h100e(held) / whole if whole else 1.0)


def tell(
    lab: LabState, run: Run, by: Sequence[Intervention], planned: float, flop: float, accelerators: float = 1.0,
    days_left: float | None = None,
) -> None:  # fmt: skip
    """Record that a run is cut to some FLOP in all and to a share of the accelerators that it would take.

    days_left: of one in progress, days of training that it still has, as it goes now.
    """
    world = lab.world
    if flop >= planned * (1.0 - SLACK) and accelerators >= 1.0 - SLACK:
        return
    assert world.interventions is not None
    starts = [state.event for state in world.interventions.states if state.spec in by]
    names = sorted({spec.name for spec in by})  # one may cut it in two ways
    details: dict[str, Any] = {
        "interventions": names, "planned_flop": planned, "accelerators_share": accelerators,
    }  # fmt: skip
    if days_left is not None and days_left < inf:
        details["training_days_left"] = days_left
    causes = tuple(dict.fromkeys(index for index in (run.due_event, *starts) if index >= 0))
    world.event(lab.name, "run_cut", run.name, flop, "FLOP", details, causes)
