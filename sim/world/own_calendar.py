"""What the calendar of those who stood still shows on a day of the world, and the other way round.

`stands` are (from, to) of each time in which they stood still, days of the world, ascending.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.world.lab import LabState


def own_day(stands: list[tuple[float, float]], day: float) -> float:
    """What the calendar of those who stood still shows on a day of the world."""
    return day - sum(min(day, until) - since for since, until in stands if since < day)


def today(lab: LabState) -> float:
    """What the calendar of a lab, which stands when it does, shows today."""
    return (lab.world.agenda.day if lab.standstill is None else lab.standstill.since) - lab.late


def own_day_of(lab: LabState, day: float) -> float:
    """What the calendar of a lab showed on a day of the world that is past, or shows today."""
    if lab.standstill is not None:
        day = min(day, lab.standstill.since)
    return own_day(lab.world.record.standstills.get(lab.name, []), day)


def world_day(stands: list[tuple[float, float]], own: float) -> float:
    """The day of the world on which the calendar of those who stood still shows `own` (the first such day)."""
    for since, until in stands:
        if own > since:
            own += until - since
    return own
