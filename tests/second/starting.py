"""Which runs start in the second simulator, and with what."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.second.planned import array, efficiency, flop_per_day
from tests.second.run import NONE, Impossible, Job, up

if TYPE_CHECKING:
    from tests.second.lab import Site


def start_some(site: Site, now: float) -> bool:
    """Elastic runs are sized anew, then due ones start in the order of their dates; whether one started."""
    part = 1.0 if site.first else site.shares.get("training", 0.0)
    site.jobs.sort(key=lambda job: (job.due, job.name))
    elastic = [job for job in site.jobs if job.spec.elastic and not job.waiting]
    free = site.free() + sum(job.held for job in elastic)
    meant = part * site.total - sum(job.held for job in site.jobs if job not in elastic)
    gets = []
    for job in elastic:
        got = ask(site, job, free, meant)
        gets.append(0.0 * free if got is None else got * job.parts[job.at][2])
        free, meant = free - gets[-1], meant - gets[-1]
    if elastic:
        site.make_room(sum(gets) - sum(job.held for job in elastic))
    for job, got in zip(elastic, gets, strict=True):
        site.hold(job, got)
    started = False
    for job in [job for job in site.jobs if job.waiting and site.ahead(job.due) <= now]:
        if site.phase and not site.phase.starts_runs and job.started is None and job.due >= 0.0:
            continue
        there = job.spec.base is None or ((base := site.models.get(job.spec.base)) and base.internal <= now)
        held = ask(site, job, free, meant) if there else None
        if held is not None:
            free, meant, started = free - held, meant - held, True
            start(site, job, held, now)
        elif there and ask(site, job, site.total, site.total) is not None:
            break  # it holds up those behind it, for it could have what it waits for
    return started


def start(site: Site, job: Job, held: Any, now: float) -> None:
    job.waiting = False
    if job.started is not None:  # resumed: the phase for which it waited starts now
        job.efficiency = efficiency(site.draw, site.spec.software, now)
        site.make_room(held)
        site.hold(job, held)
        return
    site.marks = [m for m in site.marks if not m.active or m.rule.firm or m.until < math.inf]
    job.started = day = now + min(0.0, job.due)
    job.size = 0.0 if job.spec.elastic else held
    site.begin_phase(job, day)
    site.make_room(held if day < now else held * job.parts[0][2])
    site.hold(job, held * job.parts[0][2])
    while day < now:  # what it has done before the start
        then = min(now, up(day + job.left / job.speed))
        job.pass_time(day, then)
        day = then
        if job.left <= 0.0:
            if job.at + 1 == len(job.parts):
                raise Impossible(f"{job.name} would have ended before the start")
            site.begin_phase(job, day)
            site.hold(job, held * job.parts[job.at][2])


def ask(site: Site, job: Job, free: Any, meant: Any) -> Any:
    """What a run takes of what is free, or None if it waits. `meant`: for runs that state no size."""
    spec = job.spec
    if np.any(job.size):
        wanted = job.size * job.parts[job.at][2]
    elif spec.accelerators:
        wanted = array(site.draw, spec.accelerators)
    elif spec.share is not None:
        wanted = spec.share * site.total
    elif job.flop is not None and job.length is not None:
        need, most = job.flop * job.work[-1] / job.length, flop_per_day(site.draw, job.spec, np.maximum(0.0, free))
        return None if need > most * (1.0 + NONE) else np.maximum(0.0, free) * min(1.0, need / most)
    else:
        wanted = np.minimum(meant, free)
        wanted = np.where(wanted > NONE * site.total, wanted, 0.0)
    fits = np.all((wanted <= 0.0) | (wanted <= free * (1.0 + NONE)))
    return np.clip(wanted, 0.0, np.maximum(0.0, free)) if fits and np.any(wanted > 0.0) else None
