"""Which of the models that it may use a fleet runs: the strongest in its domain, or the one that does the most work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.base.calendar import Recurrence
from sim.model.worth import worth
from sim.physics.capability import times_as_strong
from sim.world.fleet import FleetState, total_of
from sim.world.record import ModelRecord
from sim.world.run import Holding

if TYPE_CHECKING:
    from sim.world.lab import LabState

EVERY = Recurrence(months=1.0)
"""How often a fleet that goes by work looks again, besides when a model arrives."""

NOTHING: Final = 1e-9
"""Share of a cluster that is rounding: a fleet that has no more has no accelerators, and goes by its share."""


def as_strong(fleet: FleetState, model: ModelRecord) -> bool:
    """Whether a model counts for at least as much effective FLOP in the fleet's domain as the one that it runs."""
    domain, best = fleet.domain, fleet.best
    return best is None or model.capability(domain) >= times_as_strong(1.0, best.capability(domain))


def most_work(lab: LabState, fleet: FleetState) -> tuple[ModelRecord, dict[str, Any]] | None:
    """The model that does the most work in the fleet's domain today, and why; None if the fleet has it already.

    Of models that do as much, the strongest in the domain; of those, the latest.
    """
    held = total_of(lab.deployed_by(fleet))
    if not any(count > NOTHING * lab.total[kind] for kind, count in held.items()):
        held = {kind: lab.shares[fleet.name] * count for kind, count in lab.total.items()}
    domain = fleet.spec.domain
    ranked = sorted(
        ((work_of(lab, fleet, model, held), model.capability(domain), n) for n, model in enumerate(fleet.usable)),
        reverse=True,
    )
    work, _, n = ranked[0]
    model = fleet.usable[n]
    if model is fleet.best:
        return None
    why: dict[str, Any] = {"reason": f"most work in {domain}", "human_equivalents": work}
    if len(ranked) > 1:
        why |= {"next": fleet.usable[ranked[1][2]].name, "next_human_equivalents": ranked[1][0]}
    return model, why


def work_of(lab: LabState, fleet: FleetState, model: ModelRecord, held: Holding) -> float:
    """Human-equivalents in the fleet's domain if the accelerators ran this model today, for which there is demand."""
    world, spec = lab.world, fleet.spec
    day = world.agenda.day
    tokens = 0.0
    for kind, count in held.items():
        tokens += count * world.throughput(model, kind, spec.inference).tokens_per_s
    tokens *= world.record.inference_efficiency[lab.name].at(day)
    demand = world.record.demand.get((lab.name, fleet.name))
    if demand:
        tokens = min(tokens, demand[-1][1])
    each = fleet.worths.get(id(model))
    if each is None:
        draw = world.draw
        each = worth(model, draw.domains[spec.domain], draw.human, spec.inference, day - lab.late, spec.think_x or 1.0)
        if not spec.inference.tricks:
            fleet.worths[id(model)] = each
    return tokens * each
