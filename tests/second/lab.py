"""A lab of the second simulator: what happens on a date, and what is decided then."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.second.model import Model, in_use, new_model
from tests.second.planned import batches, efficiency, flop_per_day, programme
from tests.second.policy import choose
from tests.second.run import NONE, Impossible, Job, up
from tests.second.starting import start_some

if TYPE_CHECKING:
    from tests.second.simulator import Second


@dataclass(eq=False)
class Earmark:
    rule: Any
    since: float
    held: Any
    until: float = math.inf
    active: bool = False


class Site:
    """One lab."""

    def __init__(self, world: Second, spec: Any) -> None:
        self.world, self.draw, self.spec, self.later = world, world.draw, spec, world.later
        self.total, self.late = np.zeros(len(world.kinds)), np.zeros(len(world.kinds))
        """The cluster, and what of it is to leave as soon as a run frees it."""
        known = [(day, by, supply.life_days) for supply in spec.compute for day, by in batches(supply, self.draw)]
        self.coming = [(day, by) for day, by, _ in sorted(known, key=lambda batch: batch[0])]
        self.leaving = [(up(day + life), -by) for day, by, life in known if life is not None]
        self.jobs = [job for run in spec.runs if run.base != "each" for job in programme(run, spec.name, self.draw)]
        dated = [*spec.use.values(), spec.software.training_efficiency]
        dated += [fleet.demand_tokens_per_s for fleet in spec.fleets.values()]
        self.dates = [day for series in dated if series for day, _ in series.points]
        self.marks: list[Earmark] = []
        self.fleets = {name: fleet for name, fleet in sorted(spec.fleets.items()) if name in spec.use}
        self.line: dict[str, tuple[Model, Model | None, float]] = {}
        self.shares = {use: series.at(0.0) for use, series in sorted(spec.use.items())}
        self.models: dict[str, Model] = {}
        for old in sorted(spec.models, key=lambda old: old.internal):
            then = efficiency(self.draw, self.spec.software, old.internal)
            effective = old.effective_flop or old.flop * then
            flop, public = old.flop or effective / then, None if old.public is None else up(old.public)
            params = old.params or math.sqrt(flop / 120.0)
            self.models[old.name] = Model(
                spec.name, old.name, None, None, up(old.internal), public, params, old.flop, effective, flop * then
            )

    # What happens on a date

    def happen(self, now: float) -> None:
        while self.coming and self.coming[0][0] <= now:
            self.change(self.coming.pop(0)[1])
        for job in [job for job in self.jobs if job.speed and job.left <= 0.0]:
            self.phase_ends(job, now)
        models = [*self.models.values()]
        self.line = {name: found for name, fleet in self.fleets.items() if (found := in_use(models, fleet, now))}
        for mark in [mark for mark in self.marks if not mark.active and mark.since <= now]:
            mark.held, mark.active = np.minimum(mark.held, np.maximum(0.0, self.free(firm_only=False))), True
            days = math.inf if mark.rule.for_days is None else now + mark.rule.for_days
            mark.until = min(days, math.inf if mark.rule.until is None else mark.rule.until)
        self.marks = [mark for mark in self.marks if now < self.ahead(mark.until)]
        for gone in [gone for gone in self.leaving if gone[0] <= now]:
            self.leaving.remove(gone)
            self.change(gone[1])

    def change(self, by: Any) -> None:
        """Accelerators come or go; those of runs go when they are freed."""
        gangs = sum(job.held for job in self.jobs if not job.spec.elastic)
        short = np.maximum(0.0, gangs - self.total - by)
        self.total, self.late = self.total + by + short, self.late + short
        self.total[self.total < NONE] = 0.0

    def hold(self, job: Job, held: Any) -> None:
        if not job.spec.elastic:
            gone = np.minimum(self.late, np.maximum(0.0, job.held - held))
            self.total, self.late = self.total - gone, self.late - gone
            self.total[self.total < NONE] = 0.0
        days, share, _ = job.parts[job.at]
        job.held, job.per_day = held, flop_per_day(self.draw, job.spec, held) if share else 0.0
        job.speed = job.per_day if days is None else float(np.any(held > 0.0))

    def begin_phase(self, job: Job, day: float) -> Any:
        """The next phase; what it needs."""
        job.at += 1
        days, share, part = job.parts[job.at]
        job.left = job.flop * share if days is None else days
        job.efficiency = efficiency(self.draw, self.spec.software, day)
        return job.held if job.spec.elastic else job.size * part

    def phase_ends(self, job: Job, now: float) -> None:
        if job.at + 1 == len(job.parts):
            self.finish(job, now)
            return
        wanted = self.begin_phase(job, now)
        have = job.held + self.free()
        if np.any((wanted > job.held) & (wanted > have * (1.0 + NONE))):
            job.waiting, wanted = True, 0.0 * wanted  # suspended
        else:
            wanted = np.where(wanted > job.held, np.minimum(wanted, have), wanted)
            self.make_room(wanted - job.held)
        self.hold(job, wanted)

    def finish(self, job: Job, now: float) -> None:
        rule, freed = job.spec.after_training, job.held
        self.hold(job, 0.0 * freed)
        self.jobs.remove(job)
        base = self.models[job.spec.base] if job.spec.base else None
        model = self.models[job.name] = new_model(self.spec.name, job, base, now)
        if rule and model.since(self.fleets[rule.to]) < (math.inf if rule.until is None else rule.until):
            self.marks.append(Earmark(rule, model.since(self.fleets[rule.to]), freed * rule.move))
        for run in self.spec.runs if not job.spec.distilled and not job.spec.tuned else ():
            if run.base == "each":
                name = f"{job.name} {run.name}"
                self.jobs.append(Job(replace(run, base=job.name, name=name), name, up(model.internal + run.after_days)))

    # What is decided then: the phase of the policy, which runs start, what earmarks keep

    def decide(self, now: float) -> None:
        choose(self, now)
        while True:
            phase, started = self.phase, start_some(self, now)
            if not started:
                self.give(-self.free(firm_only=False), sorted(self.marks, key=lambda mark: mark.rule.firm))
            choose(self, now)
            if not started and self.phase is phase:
                break
        if any(job.due < 0.0 and job.started is None for job in self.jobs):
            raise Impossible("a run in progress at the start has no accelerators")

    def ahead(self, day: float) -> float:
        """A date on which a step has to end, rounded up as all dates are."""
        if math.isinf(day):
            return day
        self.later.append(up(day))
        return up(day)

    def free(self, firm_only: bool = True) -> Any:
        """What neither runs nor (firm) earmarks hold."""
        marks = [mark for mark in self.marks if mark.active and (mark.rule.firm or not firm_only)]
        return self.total - sum(item.held for item in (*self.jobs, *marks))

    def working(self) -> dict[str, float]:
        """Shares that have work, training apart."""
        return {use: part for use, part in self.shares.items() if part and (use == "experiments" or use in self.line)}

    def give(self, over: Any, marks: list[Earmark]) -> None:
        """Earmarks give, one after the other, what is over; one that has nothing left is none."""
        for mark in [mark for mark in marks if mark.active]:
            cut = np.clip(over, 0.0, mark.held)
            mark.held, over = mark.held - cut, over - cut
        self.marks = [mark for mark in self.marks if not mark.active or np.any(mark.held > NONE * self.total)]

    def make_room(self, more: Any) -> None:
        """For what a run takes, earmarks that are not firm give what idle and lent accelerators do not."""
        lent = self.free(firm_only=False) - sum(self.working().values()) * self.total
        self.give(more - np.maximum(0.0, lent), [mark for mark in self.marks if not mark.rule.firm])
