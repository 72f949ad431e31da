"""Runs that start later than in the same world without an intervention, for whatever reason."""

from __future__ import annotations

from collections.abc import Collection

from sim.analysis import derivation
from sim.analysis.pair import Pair

MOST = 6
"""Runs that are named."""


def later_starts(pair: Pair, labs: Collection[str], since: float) -> list[tuple[str, str, float | None]]:
    """(lab, run, days later) of runs that would start on day `since` or after it, in the order in which they would.

    A run that does not start before the end has no days. since: on the comparison's clock.
    """
    base, world = pair.base, pair.world
    starts = {(log.lab, log.name): log.started + world.later for log in world.record.runs if log.started is not None}
    would = sorted((log.started + base.later, log.lab, log.name) for log in base.record.runs
                   if log.started is not None and log.lab in labs)  # fmt: skip
    found: list[tuple[str, str, float | None]] = []
    for day, lab, run in would:
        if since <= day < pair.end:
            start = starts.get((lab, run))
            if start is None or start - day >= derivation.PRINTED:
                found.append((lab, run, None if start is None else start - day))
    return found


def later_text(pair: Pair, labs: Collection[str], since: float) -> str:
    """The same to read: `start later than without it: Aurora/D-7 by 134 days`; "" if no run does."""
    late = later_starts(pair, labs, since)
    never = [f"{lab}/{run}" for lab, run, days in late if days is None]
    told = [f"{lab}/{run} by {derivation.days(round(days))}" for lab, run, days in late if days is not None]
    parts = [(words, names) for words, names in (("start later than without it", told),
                                                 ("do not start before the end, as they would without it", never))
             if names]  # fmt: skip
    return "; ".join(f"{words}: {', '.join(names[:MOST])}" + (f" and {len(names) - MOST} more" if names[MOST:] else "")
                     for words, names in parts)  # fmt: skip
