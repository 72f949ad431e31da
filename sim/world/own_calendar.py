"""What the calendar of those who stood still shows on a day of the world, and the other way round.

`stands` are (from, to) of each time in which they stood still, days of the world, ascending.
"""

from __future__ import annotations


def own_day(stands: list[tuple[float, float]], day: float) -> float:
    """What the calendar of those who stood still shows on a day of the world."""
    return day - sum(min(day, until) - since for since, until in stands if since < day)


def world_day(stands: list[tuple[float, float]], own: float) -> float:
    """The day of the world on which the calendar of those who stood still shows `own` (the first such day)."""
    for since, until in stands:
        if own > since:
            own += until - since
    return own
