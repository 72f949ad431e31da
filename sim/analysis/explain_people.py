"""How many people a lab has in AI research when an intervention starts and ends, whether or not they may work."""

from __future__ import annotations

import math
from bisect import bisect_left

from sim.model.domain import RESEARCH
from sim.model.intervention import HUMANS
from sim.tables.chance import interventions
from sim.tables.steps import value_at
from sim.world.record import RunRecord, Steps


def researchers(record: RunRecord, lab: str, since: float, until: float) -> tuple[float, float] | None:
    """People in AI research at both ends of an intervention, measured alike; None if there are none, or none can tell.

    The record has the people who may work: they are divided by the share that interventions leave. Both ends are taken
    while it is in force; if it lets nobody work, the moments before and after, which an open end does not have.
    """
    steps = record.staff.get((lab, RESEARCH))
    if steps is None:
        return None
    inside = _all(record, lab, steps, since, True), _all(record, lab, steps, until, False)
    for before, after in (inside, (_all(record, lab, steps, since, False), _all(record, lab, steps, until, True))):
        if before is not None and after is not None:
            return (before, after) if before or after else None
    return None


def _all(record: RunRecord, lab: str, steps: Steps, day: float, later: bool) -> float | None:
    """People just before a day, or (later) after what happened on it; None if nobody of them may work."""
    specs = interventions(record.draw)
    share = min((specs[name].share(HUMANS) for name, first, last, labs in record.interventions if lab in labs
                 and (first <= day if later else first < day)
                 and (last is None or (last > day if later else last >= day))), default=1.0)  # fmt: skip
    if not share:
        return None
    if later:
        return value_at(steps, day) / share
    index = bisect_left(steps, (day, -math.inf)) - 1
    return (steps[index][1] if index >= 0 else 0.0) / share
