"""Shocks: they befall labs on a date or at random, and their effects on deliveries and demand may end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.calendar import tick
from sim.base.growth import Growth
from sim.model.shock import Shock
from sim.world import cluster
from sim.world.agenda import Order
from sim.world.dated import tell_demand
from sim.world.deliveries import lost_share
from sim.world.hazard import HazardState

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.world import World


def plan(world: World, spec: Shock) -> None:
    """Put a shock on a clock: its date, or its chance."""
    bound = [lab for lab in world.labs if not spec.binds or lab.name in spec.binds or lab.spec.bloc in spec.binds]
    state = ShockState(world, spec, bound)
    if spec.rate is not None:
        HazardState(world, f"shock/{spec.name}", "", spec.rate, state.happen)
    elif spec.on is not None and 0.0 <= spec.on < world.end:
        state.clock.at(tick(spec.on), state.happen, 1)


class ShockState:
    """One shock and the labs that it befalls."""

    __slots__ = ("world", "spec", "labs", "clock")

    def __init__(self, world: World, spec: Shock, labs: list[LabState]) -> None:
        self.world = world
        self.spec = spec
        self.labs = labs
        self.clock = world.clock("shocks", Order.SERIES, "")

    def happen(self, number: int) -> None:
        """It befalls all bound labs today."""
        world, spec = self.world, self.spec
        cause = world.event("", "shock", spec.name, float(number), "times", None, ())
        for lab in self.labs:
            self._befall(lab, cause)
        if spec.for_days is not None and (spec.deliveries_lost is not None or spec.demand is not None):
            self.clock.at(tick(self.clock.now + spec.for_days), self._end, cause)

    def _tell(self, lab: LabState, kind: str, subject: str, value: float, unit: str, cause: int) -> int:
        return self.world.event(lab.name, kind, subject, value, unit, None, (cause,))

    def _befall(self, lab: LabState, cause: int) -> None:
        spec = self.spec
        if spec.deliveries_lost is not None:
            lab.cuts.append(spec.deliveries_lost)
            self._supply(lab, cause)
        if spec.cluster_lost is not None and lab.there:
            told = self._tell(lab, "cluster_lost", spec.name, spec.cluster_lost, "share", cause)
            for kind in sorted(lab.total):
                if kind in lab.retiring:  # of those that are to go, a part is gone
                    lab.retiring[kind] *= 1.0 - spec.cluster_lost
                if lab.total[kind] > 0.0:
                    cluster.lose(lab, kind, spec.cluster_lost * lab.total[kind], "loss", (told,))
                lab.losses.setdefault(kind, []).append(1.0 - spec.cluster_lost)
        if spec.demand is not None:
            self._demand(lab, spec.demand, cause)
        if spec.training_efficiency is not None and lab.there:
            jump(lab, spec.training_efficiency, "breakthrough", cause)
        if spec.inference_efficiency is not None and lab.there:
            jump(lab, spec.inference_efficiency, "breakthrough", cause, inference=True)

    def _end(self, cause: int) -> None:
        spec = self.spec
        over = self.world.event("", "shock_over", spec.name, None, "", None, (cause,))
        for lab in self.labs:
            if spec.deliveries_lost is not None:
                lab.cuts.remove(spec.deliveries_lost)
                self._supply(lab, over)
            if spec.demand is not None:
                self._demand(lab, None, over)

    def _supply(self, lab: LabState, cause: int) -> None:
        """Cuts of several shocks at one time multiply."""
        lab.lost = lost_share(lab)
        if lab.there:
            self._tell(lab, "deliveries_lost", self.spec.name, lab.lost, "share", cause)

    def _demand(self, lab: LabState, factor: float | None, cause: int) -> None:
        """A factor joins those on the demand for fleets, or (None) this shock's factor leaves them."""
        for fleet in lab.fleets:
            if fleet.spec.demand_tokens_per_s is None or self.spec.fleet not in (None, fleet.name):
                continue
            factors = lab.demand_factors.setdefault(fleet.name, [])
            if factor is None:
                factors.remove(self.spec.demand or 0.0)
            else:
                factors.append(factor)
            if fleet.name not in lab.demand or not lab.there:
                continue  # a covert project that has not begun finds the factor when it does; one that is over, never
            tell_demand(lab, fleet.name, cause)
            asked = self.world.record.demand[lab.name, fleet.name][-1][1]
            self._tell(lab, "demand_changed", fleet.name, asked, "tokens/s", cause)


def jump(lab: LabState, factor: float, kind: str, cause: int, inference: bool = False) -> None:
    """Efficiencies are larger by a factor from today on; kind: of the event."""
    record, day = lab.world.record, lab.world.agenda.day
    law = lab.spec.software
    laws: list[tuple[str, dict[str, Growth], float]] = []
    if inference:
        laws.append(("inference", record.inference_efficiency, factor))
    else:
        laws.append(("training", record.training_efficiency, factor))
        if law.inference_efficiency is None and law.inference_growth is None:
            power = 1.0 if law.inference_exponent is None else law.inference_exponent
            laws.append(("inference", record.inference_efficiency, factor**power))
    for subject, by_lab, times in laws:
        told = lab.world.event(lab.name, kind, subject, times, "x", None, (cause,))
        if times == 1.0:
            continue  # nothing has changed, not even where a step of software begins
        if lab.limits is not None:
            lab.limits.pace.jumped(subject, times, inference)
        if lab.progress is None:
            by_lab[lab.name] = by_lab[lab.name].jumped(day, times)
        elif subject == "training":
            lab.progress.raise_to(lab.progress.now * times, told)
        elif inference:
            lab.progress.improve_inference(times, told)
