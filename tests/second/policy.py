"""Policies of the second simulator: the shares that hold now, and what holds besides."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.second.lab import Site


def choose(site: Site, now: float) -> None:
    """The shares of now: the declared ones, or those of the first phase of which everything holds."""
    site.shares = {use: series.at(now) for use, series in sorted(site.spec.use.items())}
    site.phase, site.first = None, site.spec.policy == "training_first"
    if site.spec.policy != "phases":
        return
    mine = max((model.effective for model in site.models.values() if model.internal <= now), default=0.0)
    public = [(model.lab == site.spec.name, model.public, model.effective) for other in site.world.sites
              for model in other.models.values() if model.public is not None and model.public <= now]  # fmt: skip
    theirs = max((flop for own, _, flop in public if not own), default=0.0)
    last, rivals = (max((day for own, day, _ in public if own is by), default=-math.inf) for by in (True, False))
    h100e = sum(n * site.draw.accelerators[kind].h100e for n, kind in zip(site.total, site.world.kinds, strict=True))
    works = any(not job.waiting for job in site.jobs)
    runs = {"in progress": works, "none in progress": not works,
            "due": any(job.waiting and job.due <= now for job in site.jobs)}  # fmt: skip
    holds = {
        "run": lambda state: runs[state],
        "earmark": lambda state: state is any(mark.active for mark in site.marks),
        "behind": lambda factor: 0.0 < theirs >= factor * mine,
        "ahead": lambda factor: 0.0 < mine >= factor * theirs,
        "h100e_at_least": lambda least: h100e >= least,
        "h100e_below": lambda most: h100e < most,
        "since": lambda day: now >= site.ahead(day),
        "before": lambda day: now < site.ahead(day),
        "released_within_days": lambda days: now < site.ahead(last + days),
        "rival_released_within_days": lambda days: now < site.ahead(rivals + days),
        "no_release_days": lambda days: now >= site.ahead(last + days),
        "no_rival_release_days": lambda days: now >= site.ahead(rivals + days),
    }
    for phase in site.spec.phases:
        stated = [(key, getattr(phase.when, key, None)) for key in holds]
        true = [holds[key](value) for key, value in stated if value is not None]  # all of them, for all look ahead
        if all(true):
            site.phase = phase
            break
    site.first = site.phase.training_first
    if site.phase.use:
        site.shares = {use: site.phase.use.get(use, 0.0) for use in sorted({*site.spec.use, *site.phase.use})}
