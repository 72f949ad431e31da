"""Of the days from a run's start to its end, those in which it did nothing that counts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.analysis.explain_step import num
from sim.world.record import RunLog


def besides(log: RunLog, stops: Sequence[tuple[float, float]]) -> str:
    """`, besides 274 days of suspension`: what its length does not count; nothing if it was never interrupted.

    stops: from when to when it was suspended.
    """
    told = []
    suspended = math.fsum(until - since for since, until in stops)
    if suspended:
        told.append(f"{num(suspended)} days of suspension")
    lost = math.fsum(
        (until - since) - math.fsum(max(0.0, min(b, until) - max(a, since)) for a, b in stops)
        for _, since, until, _ in log.lost if until is not None
    )  # fmt: skip
    if lost > 0.0:
        told.append(f"{num(lost)} days of work that was lost")
    return f", besides {' and '.join(told)}" if told else ""
