"""Models that are not general: what tuning and distilling make of a new model."""

from __future__ import annotations

from sim.model.variant import Distilled, Tuning
from sim.world.record import ModelRecord


def distil(model: ModelRecord, rule: Distilled, base: ModelRecord) -> None:
    """A distilled model takes a share of its base's capability in each domain, in place of what its own FLOP gives."""
    share = rule.effective_flop_share or 1.0
    model.kind = "distilled"
    model.closes_windows = rule.closes_windows
    model.flop_times_efficiency = share * base.flop_times_efficiency
    if not model.stated:
        model.effective_flop = share * base.effective_flop
        model.in_domain = {domain: share * flop for domain, flop in base.in_domain.items()}


def tune(model: ModelRecord, rule: Tuning) -> None:
    """Better in one domain, worse elsewhere: `effective_flop` becomes what the model counts for elsewhere."""
    whole = model.effective_flop
    model.kind = "specialised"
    model.effective_flop = whole * (1.0 if rule.elsewhere_x is None else rule.elsewhere_x)
    model.in_domain = {rule.domain: whole * (1.0 if rule.there_x is None else rule.there_x)}
