"""Covert projects: when each began, with what, and what became of it."""

from __future__ import annotations

import math

from sim.base.calendar import date_text
from sim.model.covert import GOES_ON, Covert
from sim.tables.chance import interventions
from sim.world.record import Event, RunRecord

KINDS = ("covert_start", "covert_found", "covert_over", "covert_given_up")


def covert_projects(record: RunRecord) -> dict[str, str]:
    """Intervention -> a sentence on the covert project behind it, for each that started and has one.

    The time until one is found at a constant rate is exponential: half are found within ln 2 / rate.
    """
    specs = interventions(record.draw)
    told: dict[tuple[str, str], Event] = {
        (event[3], event[2]): event for event in record.events if event[2] in KINDS
    }
    found = {}
    for name, *_ in record.interventions:
        spec = specs[name].covert
        if spec is not None:
            found[name] = f"covert project {spec.lab}: {_course(record, spec, name, told)}"
    return found


def _course(record: RunRecord, spec: Covert, name: str, told: dict[tuple[str, str], Event]) -> str:
    start, draw = record.draw.start, record.draw
    began, given_up = told.get((name, "covert_start")), told.get((name, "covert_given_up"))
    if given_up is not None:
        return f"it does not begin, as the deal is over on {date_text(given_up[0], start)[:10]}"
    if began is None:
        return "it does not begin before the end"
    details = began[6] or {}
    parts = [
        f"begins on {date_text(began[0], start)[:10]} with {began[4]:,.0f} H100e ({100.0 * spec.compute:.3g}% of the "
        f"world's) and {100.0 * spec.software:.3g}% of {details['software_of']}'s software"
    ]
    finding, over = told.get((name, "covert_found")), told.get((name, "covert_over"))
    if finding is not None:
        parts.append(f"is found on {date_text(finding[0], start)[:10]} and loses {100.0 * (finding[4] or 0.0):.3g}% of "
                     f"its accelerators")  # fmt: skip
    elif over is not None:
        parts.append(f"is not found before the deal is over, on {date_text(over[0], start)[:10]}: it {_then(spec)}")
    else:
        parts.append("is not found before the end")
    if spec.found is not None and spec.found.constant and spec.found.at(0.0) > 0.0:
        half = math.log(2.0) / spec.found.at(0.0)
        parts.append(f"when is one random draw (seed {draw.seed}): half of such projects would be found within "
                     f"{half:.3g} years of their beginning")  # fmt: skip
    return "; ".join(parts)


def _then(spec: Covert) -> str:
    return f"{spec.when_over} in the open" if spec.when_over == GOES_ON else "is dissolved"
