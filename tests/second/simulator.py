"""A second simulator, as plain as can be: it steps an hour at a time, and shares nothing with the kernel (`sim.world`).

Accelerators are arrays by type. Who has what is worked out anew in each hour in which something is dated or ends; hours
before which nothing is dated, no run ends and no law but a stated one is at work are passed together. What
happens within an hour happens at its start (`early`) or at its end: the two outcomes show what an hour's step can do.
`plan` reads the draw. What is not here is in small files that build on `Lab`: see `whole`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.second import plan
from tests.second.outcome import flop, tokens
from tests.second.plan import HOURS, NEVER, NONE, Job, Model, array, flop_per_day


class Lab:
    """One lab: what happens to it in an hour, what it decides then, who has what, and what that makes in an hour."""

    def __init__(self, world: Second, spec: Any) -> None:
        self.world, self.draw, self.spec, self.past = world, world.draw, spec, world.past
        self.total = self.late = array(self.draw, {})  # the cluster; what of it leaves as soon as a run frees it
        self.coming, self.leaving = plan.deliveries(spec, self.draw)
        self.jobs = [job for run in spec.runs for job in plan.programme(run, spec.name, self.draw)]
        self.fleets = {name: fleet for name, fleet in sorted(spec.fleets.items()) if name in spec.use}
        self.promised, self.marks = [], []  # earmarks: those whose fleets may not yet use the model, and the others
        self.models = {old.name: plan.there(old, spec.name, self.efficiency(old.internal)) for old in spec.models}
        self.dates = plan.dates(spec)
        self.history, self.inferring = [], []  # who has what from which hour on; inference efficiency hour by hour

    def efficiency(self, day: float, inference: bool = False) -> float:
        return plan.efficiency(self.spec.software, self.draw.base_date, day, inference)

    def stated(self, many: int, part: float, inference: bool) -> list[float]:
        """Efficiencies in hours that are passed together, at a part of each."""
        days = self.world.now + (np.arange(many) + part) / HOURS
        return plan.efficiencies(self.spec.software, self.draw.base_date, days, inference)

    def since(self, model: Model, fleet: Any) -> float:
        """The first day on which a fleet may use a model."""
        return model.internal if fleet.models == "internal" else NEVER if model.public is None else model.public

    def free(self, marks: list[Any]) -> Any:
        """What neither runs nor these earmarks hold."""
        return self.total - sum(item.held for item in (*self.jobs, *marks))

    def happen(self) -> None:
        """Accelerators come, phases end, fleets take their strongest models, earmarks begin and end, hardware goes."""
        for by in self.due(self.coming):
            self.change(by)
        for job in [job for job in self.jobs if job.left < job.soon]:
            self.phase_ends(job)
        self.line = {name: model for name, fleet in self.fleets.items() if (model := self.best(fleet))}
        for mark in [mark for mark in self.promised if self.past(self.since(self.models[mark.model], mark.fleet))]:
            days, until = mark.rule.for_days, mark.rule.until
            mark.until = min(NEVER if days is None else self.world.now + days, NEVER if until is None else until)
            mark.held = np.clip(mark.held, 0.0, np.maximum(0.0, self.free(self.marks)))
            self.promised.remove(mark)
            self.marks = sorted([*self.marks, mark], key=lambda mark: mark.after)
        self.marks = [mark for mark in self.marks if not self.past(mark.until)]
        for by in self.due(self.leaving):
            self.change(by)
        self.total = np.where(self.total < NONE, 0.0, self.total)

    def due(self, items: list[tuple[float, Any]]) -> Iterator[Any]:
        items.sort(key=lambda item: item[0])
        while items and self.past(items[0][0]):
            yield items.pop(0)[1]

    def change(self, by: Any) -> None:
        """Accelerators come or go; those of runs go when they are freed."""
        short = np.maximum(0.0, sum(job.held for job in self.jobs if job.gang) - self.total - by)
        self.total, self.late = self.total + by + short, self.late + short

    def best(self, fleet: Any) -> Model | None:
        """The strongest that a fleet may use; of those that are as strong (but for rounding) the newest."""
        usable = [model for model in self.models.values() if self.past(self.since(model, fleet))]
        return max(usable[::-1], key=lambda m: (round(math.log(m.effective), 9), self.since(m, fleet)), default=None)

    def phase_ends(self, job: Job) -> None:
        job.end_phase()
        self.world.ends.append(self.world.now)
        if job.at + 1 < len(job.phases):
            self.hold(job, job.begin_phase(self.efficiency(self.world.now)))
        else:
            self.finish(job)

    def finish(self, job: Job) -> None:
        rule, freed = job.spec.after_training, job.held
        self.hold(job, 0.0 * freed)
        self.jobs.remove(job)
        self.models[job.name] = plan.made(job, self.models.get(job.spec.base), self.spec.name, self.world.now)
        if rule:
            self.promised.append(SimpleNamespace(rule=rule, model=job.name, fleet=self.fleets[rule.to],
                                                 held=freed * rule.move, after=len(self.models)))  # fmt: skip

    def hold(self, job: Job, held: Any) -> None:
        gone = np.clip(job.held - held, 0.0, self.late) if job.gang else 0.0
        self.total, self.late = self.total - gone, self.late - gone
        job.hold(held, flop_per_day(self.draw, job.spec.training, held), self.world.early)

    def decide(self) -> None:
        """The shares, which runs start, and what earmarks keep."""
        self.choose()
        while self.start_some():
            self.choose()
        self.give(-self.free(self.marks), sorted(self.marks, key=lambda mark: mark.rule.firm))

    def choose(self) -> None:
        self.shares = {use: series.at(self.world.now) for use, series in sorted(self.spec.use.items())}
        self.first = self.spec.policy == "training_first"

    def start_some(self) -> bool:
        """Due runs start in the order of their dates; whether one did."""
        started, (free, meant) = False, self.for_runs()
        self.jobs.sort(key=lambda job: (job.due, job.name))
        for job in self.jobs:
            base = self.models.get(job.spec.base)
            based = self.past(base.internal) if base else job.spec.base is None
            if not job.waiting or not self.past(job.due) or not based:
                continue
            held = self.ask(job, free, meant)
            if held is not None:
                self.start(job, held)
            elif self.ask(job, self.total, self.total) is not None:
                break  # it holds up those behind it, for it could have what it waits for
            if not job.waiting:
                free, meant, started = free - held, meant - held, True
        return started

    def for_runs(self) -> tuple[Any, Any]:
        """What runs may take, and what of it is meant for those that state no size."""
        part = 1.0 if self.first else self.shares.get("training", 0.0)
        firm = [mark for mark in self.marks if mark.rule.firm]
        return self.free(firm), part * self.total - sum(job.held for job in self.jobs)

    def ask(self, job: Job, free: Any, meant: Any) -> Any:
        """What a run takes of what is free, or None if it waits."""
        free, spec = np.maximum(0.0, free), job.spec
        if spec.accelerators or spec.share is not None:
            wanted = array(self.draw, spec.accelerators) if spec.accelerators else spec.share * self.total
        elif job.flop is not None and job.length is not None:
            wanted = free * (job.flop * job.work / job.length) / (flop_per_day(self.draw, spec.training, free) or NONE)
        else:
            wanted = np.minimum(meant, free)
            wanted = np.where(wanted > NONE * self.total, wanted, 0.0)
        fits = np.any(wanted > 0.0) and np.all((wanted <= 0.0) | (wanted <= free * (1.0 + NONE)))
        return np.clip(wanted, 0.0, free) if fits else None

    def start(self, job: Job, held: Any) -> None:
        self.marks = [mark for mark in self.marks if mark.rule.firm or mark.until < NEVER]
        job.started, job.size, job.waiting = self.world.now, held, False
        job.begin_phase(self.efficiency(self.world.now))
        held = held * job.phases[0][2]
        self.make_room(held)
        self.hold(job, held)

    def working(self) -> dict[str, float]:
        """Shares that have work, training apart."""
        return {use: part for use, part in self.shares.items() if part and (use == "experiments" or use in self.line)}

    def make_room(self, more: Any) -> None:
        """For what a run takes, earmarks that are not firm give what idle and lent accelerators do not."""
        lent = self.free(self.marks) - sum(self.working().values()) * self.total
        self.give(more - np.maximum(0.0, lent), [mark for mark in self.marks if not mark.rule.firm])

    def give(self, over: Any, marks: list[Any]) -> None:
        """Earmarks give, one after the other, what is over; one that has nothing left is none."""
        for mark in marks:
            cut = np.clip(over, 0.0, mark.held)
            mark.held, over = mark.held - cut, over - cut
        self.marks = [mark for mark in self.marks if np.any(mark.held > NONE * self.total)]

    def share(self) -> None:
        """Accelerators by use and model (or run)."""
        self.uses: dict[tuple[str, str], Any] = defaultdict(lambda: 0.0 * self.total)
        for job in self.jobs:
            self.uses["training", job.name] += job.held
        for mark in self.marks:
            self.uses[mark.rule.to, self.line[mark.rule.to].name] += mark.held
        self.uses["idle", ""], self.gets = self.divide()
        for use, got in self.gets.items():
            self.uses[use, self.line[use].name if use in self.line else ""] += got
        self.able, self.demand = tokens(self)
        self.history.append((self.world.hour, self.total, self.uses, self.able, self.demand))
        self.works = [job for job in self.jobs if job.speed]

    def divide(self) -> tuple[Any, dict[str, Any]]:
        """What is idle, and what uses get: first fleets their shares, then experiments, then all what is lent."""
        rest, parts, shared = self.free(self.marks), self.working(), min(1.0, sum(self.shares.values()))
        tries, owed = parts.get("experiments", 0.0), sum(parts.values())
        training = np.minimum(self.total - rest, self.shares.get("training", 0.0) * self.total)
        most = (owed - tries) * self.total, tries * self.total, (shared - owed) * self.total - training
        got = []
        for part in most if parts else ():
            got.append(np.clip(rest, 0.0, np.maximum(0.0, part)))
            rest = rest - got[-1]
        return rest, {use: got[2] * part / owed + (got[1] if use == "experiments" else got[0] * part / (owed - tries))
                      for use, part in parts.items()}  # fmt: skip

    def calm(self) -> bool:
        """Whether hours until the next date may be passed together, but for those in which a run ends."""
        return True

    def sure(self) -> float:
        """Hours in which no run ends for certain."""
        return min(((job.left - job.soon) * HOURS / job.speed - 1.0 for job in self.works), default=NEVER)

    def pass_hours(self, many: int, inferring: float | None = None) -> None:
        """`inferring`: inference efficiency in the middle of the one hour, if it is known."""
        if many > 1:
            self.inferring += self.stated(many, 0.5, True)
        else:
            half = self.world.now + 0.5 / HOURS
            self.inferring.append(self.efficiency(half, True) if inferring is None else inferring)
        for job in self.works:
            job.left -= many * job.speed / HOURS
            if job.left < job.soon:
                self.world.dated.add(self.world.hour + many)


class Second:
    """All labs, hour by hour."""

    lab = Lab

    def __init__(self, draw: Any, early: bool) -> None:
        self.draw, self.early, self.hour, self.now = draw, early, 0, 0.0
        self.dated, self.ends = {0}, []  # hours in which to look; days on which phases of runs ended
        self.labs = [self.lab(self, draw.labs[name]) for name in sorted(draw.labs)]
        for day in [day for lab in self.labs for day in lab.dates]:
            self.past(day)
        hours, passed = round(draw.end * HOURS), 0
        for self.hour in range(hours):
            self.now = self.hour / HOURS
            if self.hour < passed:
                continue
            if self.hour in self.dated:
                self.look()
            many = 1
            if all(lab.calm() for lab in self.labs):
                until = min([hour for hour in self.dated if hour > self.hour], default=hours)
                sure = min(lab.sure() for lab in self.labs)
                many = max(1, math.floor(min(sure, min(hours, until) - self.hour)))
            for lab in self.labs:
                lab.pass_hours(many)
            passed = self.hour + many
        self.models = {(lab.spec.name, name): model for lab in self.labs for name, model in lab.models.items()}
        self.flop = flop(self)

    def past(self, day: float) -> bool:
        """Whether a day has come. If not, its hour is noted, to look again then."""
        hour = math.floor(day * HOURS + NONE) if self.early else math.ceil(day * HOURS - NONE)
        self.dated.add(hour)
        return hour <= self.hour

    def look(self) -> None:
        for what in ("happen", "decide", "share"):
            for lab in self.labs:
                getattr(lab, what)()
