"""What could run if all accelerators of a lab's fleets ran one model."""

from __future__ import annotations

from typing import NamedTuple

from sim.tables.rates import Rates
from sim.tables.steps import value_at
from sim.world.record import ModelRecord


class Capacity(NamedTuple):
    """busy: copies for which there is demand. human_equivalents: by domain, in the order of their names."""

    tokens_per_s: float
    copies: float
    busy: float
    human_equivalents: list[float]


def capacity(rates: Rates, model: ModelRecord, day: float) -> Capacity:
    """What could run if all accelerators of the fleets of the model's lab on a day ran it."""
    fleets, demands = rates.draw.labs[model.lab].fleets, rates.record.demand
    efficiency = rates.record.inference_efficiency[model.lab].at(day)
    tokens = copies = busy = 0.0
    worths = [0.0] * len(rates.draw.domains)
    for name, held in rates.fleets_on(model.lab, day).items():
        found = rates.of_fleet(model, fleets[name], day)
        each = some = 0.0
        for kind, count in held.items():
            on_one = found.each[kind]
            each += count * on_one.tokens_per_s
            some += count * on_one.copies
        each, some = each * efficiency, some * efficiency
        demand = demands.get((model.lab, name))
        tokens += each
        copies += some
        busy += some * (1.0 if demand is None or not each else min(1.0, value_at(demand, day) / each))
        for n, worth in enumerate(found.worth):
            worths[n] = worths[n] + each * worth
    return Capacity(tokens, copies, busy, worths)
