"""A safety tax: capability that a lab's new models have less than what could be made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.world.record import ModelRecord

if TYPE_CHECKING:
    from sim.world.lab import LabState


def pay(lab: LabState, model: ModelRecord, base: ModelRecord | None = None) -> None:
    """Let a new model realise less than it could, by the highest tax that binds its lab today.

    base: the model of which it is a copy made smaller, which may have paid already: what has been paid is not asked
    for again. `flop_times_efficiency` stays: a later post-training without the tax realises all.
    """
    if lab.limits is None:
        return
    tax = max((spec.holds * (spec.safety_tax or 0.0) for spec in lab.limits.specs), default=0.0)
    before = 1.0 if base is None else base.realised
    model.realised = min(before, 1.0 - tax)
    if model.realised < before:
        model.effective_flop *= model.realised / before
        for domain in model.in_domain:
            model.in_domain[domain] *= model.realised / before


def tell(lab: LabState, model: ModelRecord, cause: int) -> None:
    """Tell of a model that could have had more."""
    if model.realised < 1.0 and lab.limits is not None:
        lab.world.event(
            lab.name, "capability_forgone", model.name, 1.0 - model.realised, "share",
            {"effective_flop": model.effective_flop}, (cause, lab.limits.event),
        )  # fmt: skip
