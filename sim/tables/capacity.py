"""What could run if all accelerators of a lab's fleets ran one model."""

from __future__ import annotations

from sim.tables.fleet_lines import begun
from sim.tables.rates import Rates
from sim.tables.steps import value_at
from sim.world.record import ModelRecord


class Capacity:
    """busy: copies for which there is demand. human_equivalents: by domain, in the order of their names."""

    __slots__ = ("tokens_per_s", "copies", "busy", "human_equivalents")

    def __init__(self, tokens_per_s: float, copies: float, busy: float, human_equivalents: list[float]) -> None:
        self.tokens_per_s, self.copies, self.busy = tokens_per_s, copies, busy
        self.human_equivalents = human_equivalents


def capacity(rates: Rates, model: ModelRecord, day: float) -> Capacity:
    """What could run if all accelerators of the fleets of the model's lab on a day ran it."""
    efficiency = rates.record.inference_efficiency[model.lab].at(day)
    tokens = copies = busy = 0.0
    worths = [0.0] * len(rates.draw.domains)
    for fleet in rates.fleets_of(model.lab):
        of = rates.of_fleet(model, fleet, day)
        line = fleet.line
        span = line.spans[begun(line.spans, day) - 1]
        each = some = 0.0
        for kind in range(len(line.types)):
            count = line.held(span, kind)
            each += count * of.tokens_per_s[kind]
            some += count * of.copies[kind]
        each, some = each * efficiency, some * efficiency
        tokens += each
        copies += some
        busy += some * (1.0 if fleet.demand is None or not each else min(1.0, value_at(fleet.demand, day) / each))
        for domain, worth in enumerate(of.worth):
            worths[domain] = worths[domain] + each * worth
    return Capacity(tokens, copies, busy, worths)
