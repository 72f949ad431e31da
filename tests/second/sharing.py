"""Who has what in the second simulator: the shares, less what runs and earmarks hold beyond training's."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from tests.second.lab import Site


def uses(site: Site, now: float) -> dict[tuple[str, str], Any]:
    """Accelerators by use and model (or run)."""
    found: dict[tuple[str, str], Any] = defaultdict(lambda: 0.0 * site.total)
    for job in site.jobs:
        found["training", job.name] += job.held
    for mark in [mark for mark in site.marks if mark.active]:
        found[mark.rule.to, site.line[mark.rule.to][0].name] += mark.held
    busy, parts = site.total - site.free(firm_only=False), site.working()
    own = np.minimum(busy, site.shares.get("training", 0.0) * site.total)
    idle, owed = max(0.0, 1.0 - sum(site.shares.values())) * site.total, sum(parts.values())
    fleets = owed - parts.get("experiments", 0.0)
    pots = [idle, site.total - own - idle - owed * site.total, (owed - fleets) * site.total, fleets * site.total]
    over = busy - own
    for k, pot in enumerate(pots):  # idle gives first what runs and earmarks have beyond training's share, and so on
        gives = np.clip(over, 0.0, np.maximum(0.0, pot))
        pots[k], over = pot - gives, over - gives
    idle, lent, experiments, rest = pots
    found["idle", ""] = idle if parts else site.total - busy
    for use, part in parts.items():
        own = lent * part / owed + (experiments if use == "experiments" else rest * part / fleets)
        best, old, since = site.line.get(use) or (None, None, 0.0)
        part_of_best = weight(site, use, since, now) if old else 1.0
        found[use, best.name if best else ""] += own * part_of_best
        if old and part_of_best < 1.0:
            found[use, old.name] += own * (1.0 - part_of_best)
    return found


def weight(site: Site, use: str, since: float, now: float) -> float:
    """The part of a fleet's share that runs its new model."""
    fleet = site.fleets[use]
    if fleet.replace == "ramp":
        return sum(now >= site.ahead(since + fleet.ramp_days * (k + 0.5) / 10) for k in range(10)) / 10
    return 1.0 if fleet.replace == "at once" else 0.5 if fleet.beside_share is None else fleet.beside_share
