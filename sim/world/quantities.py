"""What a lab has of each quantity that rules and milestones may wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.worth import worth
from sim.world.crossing import Part
from sim.world.fleet import total_of
from sim.world.split import deployed_of, experiments_of

if TYPE_CHECKING:
    from sim.world.lab import LabState
    from sim.world.run import Holding
    from sim.world.watch import Watch

SUMS = ("h100e", "experiments_h100e", "fleet_h100e")
"""Quantities that are sums of what was delivered and shared out: they meet a number to rounding."""

GROWING = ("training_efficiency", "inference_efficiency", "tokens_per_s", "copies", "human_equivalents")
"""Quantities that move between events, with an efficiency."""


def quantity_of(watch: Watch, lab: LabState, name: str, of: str | None) -> list[Part]:
    """A quantity of a lab today, as parts that may grow with an efficiency.

    name: as in `Milestone`. of: the fleet, or the domain of `people` and work; all together if None.
    """
    world = lab.world
    record = world.record
    if name == "h100e":
        return [(world.h100e(lab.total), None)]
    if name == "training_efficiency":
        return [(1.0, record.training_efficiency[lab.name])]
    if name in GROWING:
        return [(_amount(lab, name, of), record.inference_efficiency[lab.name])]
    if name == "demand_tokens_per_s":
        return [(line[-1][1], None) for fleet in lab.fleets
                if of in (None, fleet.name) and (line := record.demand.get((lab.name, fleet.name)))]  # fmt: skip
    if name == "experiments_h100e":
        return [(world.h100e(experiments_of(lab.split)), None)]
    if name == "fleet_h100e":
        held = [total_of(lab.deployed_by(fleet)) for fleet in lab.fleets if of in (None, fleet.name)]
        return [(world.h100e(each), None) for each in held]
    if name == "models":
        return [(float(len(lab.usable)), None)]
    if name == "people":
        lines = [record.staff.get((lab.name, domain)) for domain in sorted(lab.spec.staff) if of in (None, domain)]
        return [(line[-1][1], None) for line in lines if line]
    if name == "effective_flop":  # of all that it may use: others' whose weights are open, or that it stole, too
        return [(max((lab.models[model].effective_flop for model in lab.usable), default=0.0), None)]
    return [(watch.best_public.get(lab.name, 0.0), None)]


def _amount(lab: LabState, name: str, of: str | None) -> float:
    """What there is of a quantity that moves with inference efficiency, at an efficiency of 1."""
    if name == "inference_efficiency":
        return 1.0
    return _work(lab, of) if name == "human_equivalents" else _throughput(lab, of, name == "copies")


def _throughput(lab: LabState, of: str | None, copies: bool) -> float:
    """Tokens/s or copies of fleets at inference efficiency 1."""
    total = 0.0
    for fleet, name, held in deployed_of(lab.split):
        if of in (None, fleet):
            total += throughput_of(lab, name, held, lab.fleet_named[fleet].spec.inference, copies)
    return total


def _work(lab: LabState, of: str | None) -> float:
    """Human-equivalents that fleets can do in a domain (all if None) at inference efficiency 1, whatever the demand."""
    draw, day, total = lab.world.draw, lab.world.agenda.day - lab.late, 0.0
    for fleet in lab.fleets:
        domain = draw.domains.get(fleet.spec.domain)
        if domain is None or of not in (None, domain.name):
            continue
        inference, think = fleet.spec.inference, fleet.spec.think_x or 1.0
        for _, name, held in lab.deployed_by(fleet):
            each = worth(lab.models[name], domain, draw.human, inference, day, think)
            total += each * throughput_of(lab, name, held, inference, False)
    return total


def throughput_of(lab: LabState, model: str, held: Holding, inference: object, copies: bool) -> float:
    """Tokens/s or copies of a model on some accelerators at inference efficiency 1."""
    total = 0.0
    for kind, count in held.items():
        each = lab.world.throughput(lab.models[model], kind, inference)  # type: ignore[arg-type]
        total += count * (each.copies if copies else each.tokens_per_s)
    return total
