"""What happened at random: thefts, shocks and broken deals at a rate. What follows is one draw, not what is typical."""

from __future__ import annotations

import math

from sim.base.calendar import date_text, tick
from sim.base.series import Series
from sim.base.units import DAYS_PER_YEAR
from sim.model.draw import Draw
from sim.model.intervention import Intervention
from sim.world.record import RunRecord

SHOWN = 3
"""Dates of one cause that are told."""

THEFTS, SHOCKS = ("model_stolen", "software_stolen", "theft_failed"), ("shock",)


def has_chance(draw: Draw) -> bool:
    """Whether anything that changes the world happens at random, at a stated rate."""
    specs = interventions(draw).values()
    return any(rate is not None for _, _, _, rate in _rates(draw)) or any(
        (spec.breaks is not None and bool(spec.breaks.rate))
        or (spec.covert is not None and spec.covert.found is not None)
        for spec in specs
    )


def interventions(draw: Draw) -> dict[str, Intervention]:
    """All interventions by name, the one named `pause` too."""
    found: dict[str, Intervention] = dict(draw.interventions or {})
    if draw.pause is not None:
        found[draw.pause.name] = draw.pause
    return found


def chances(record: RunRecord) -> list[str]:
    """A sentence for each cause that acts at random: whether and when it did, and by which seed.

    The time to a break at a constant rate is exponential: half are over within ln 2 / rate.
    """
    draw = record.draw
    found = [
        text for name, *_ in record.interventions for text in [broken(record, name)] if text
    ]
    for words, name, kinds, rate in _rates(draw):
        if rate is None:
            continue
        days = [event[0] for event in record.events if event[2] in kinds and event[3] == name]
        dates = [date_text(day, draw.start)[:10] for day in days[:SHOWN]]
        more = f" and {len(days) - SHOWN} more times" if len(days) > SHOWN else ""
        when = f"on {', '.join(dates)}{more}" if dates else "does not happen before the end"
        often = f", at {rate.at(0.0):.3g} a year" if rate.constant else ""
        found.append(f"{words} {name}: {when}: a random draw{often} (seed {draw.seed})")
    return found


def broken(record: RunRecord, name: str) -> str:
    """Whether an intervention broke at its `rate`, in a sentence; empty if it has none or never started."""
    draw, spec = record.draw, interventions(record.draw)[name]
    started = next((item for item in record.interventions if item[0] == name), None)
    rate = spec.breaks.rate if spec.breaks is not None else None
    if not rate or spec.breaks is None or started is None:
        return ""
    _, since, until, *_ = started
    draws = f"one random draw (seed {draw.seed})"
    day = next((event[0] for event in record.events if event[2:4] == ("intervention_breaks", name)
                and len(event[7]) <= 1), None)  # by an event if it has more causes than the start  # fmt: skip
    if day is None or (isinstance(spec.breaks.when, float) and day == tick(spec.breaks.when)):
        last = record.end if until is None else until
        share = -math.expm1(-rate * (last - since) / DAYS_PER_YEAR)
        return (f"{name} did not break at random until {date_text(last, draw.start)[:10]}: {draws}; {share:.0%} of "
                "such deals do by then")  # fmt: skip
    return (f"{name} broke on {date_text(day, draw.start)[:10]}: {draws}; half of such deals break within "
            f"{math.log(2.0) / rate:.3g} years")  # fmt: skip


def _rates(draw: Draw) -> list[tuple[str, str, tuple[str, ...], Series | None]]:
    """(what, name, kinds of its events, rate or None if it has dates) of thefts and shocks."""
    found = [("theft", name, THEFTS, spec.rate) for name, spec in sorted((draw.thefts or {}).items())]
    return found + [("shock", name, SHOCKS, spec.rate) for name, spec in sorted((draw.shocks or {}).items())]
