"""Interventions that broke at random: what follows then is one draw, not what is typical."""

from __future__ import annotations

import math

from sim.base.calendar import date_text, tick
from sim.world.record import RunRecord


def broken_at_random(record: RunRecord) -> list[str]:
    """A sentence for each intervention that broke at its `rate`: when, by which seed, and the median of such breaks.

    The time to a break at a constant rate is exponential: half are over within ln 2 / rate.
    """
    draw, found = record.draw, []
    specs = dict(draw.interventions or {})
    if draw.pause is not None:
        specs[draw.pause.name] = draw.pause
    for day, _, kind, name, _, _, _, causes in record.events:
        breaks = specs[name].breaks if kind == "intervention_breaks" else None
        if breaks is None or not breaks.rate or len(causes) > 1:
            continue  # an event broke it
        if isinstance(breaks.when, float) and day == tick(breaks.when):
            continue
        found.append(f"{name} broke on {date_text(day, draw.start)[:10]}: one random draw (seed {draw.seed}); half of "
                     f"such deals break within {math.log(2.0) / breaks.rate:.3g} years")  # fmt: skip
    return found
