"""A second simulator, as plain as can be: it goes an hour at a time and works everything out anew in every step.

It reads a draw's dataclasses and shares nothing with the kernel (`sim.world`), the equations or the tables. A step ends
early where a phase, an earmark or a release falls into the hour, so that no error builds up along a chain of runs.
It knows the built-in policies (in phases no levels and milestones), at most whole-hour dates in series and deliveries,
and models of 20 tokens a parameter.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any

from sim.model.draw import Draw
from sim.model.lab import Lab
from sim.model.training_run import TrainingRun

YEAR, SECONDS, TICK, NONE = 365.25, 86_400.0, 2.0**30, 1e-9
Held = dict[str, float]


def up(day: float) -> float:
    return math.ceil(day * TICK) / TICK


def up_or_never(day: float) -> float:
    return up(day) if math.isfinite(day) else day


class Impossible(ValueError):
    """The scenario cannot be simulated."""


@dataclass(eq=False)
class Model:
    lab: str
    name: str
    base: str | None
    started: float | None
    finished: float | None
    internal: float
    public: float | None
    params: float
    flop: float | None
    effective: float
    total: float
    """FLOP times efficiency, without the gain."""
    general: bool = True
    closes: bool = True
    there: dict[str, float] = field(default_factory=dict)
    """Effective FLOP in domains in which it is another."""


@dataclass(eq=False)
class Earmark:
    fleet: str
    model: Model
    held: Held
    firm: bool
    days: float | None
    until: float | None
    active: bool = False


@dataclass(eq=False)
class Job:
    """`phases`: (is its amount in days, amount, share of the FLOP, share of the accelerators)."""

    spec: TrainingRun
    name: str
    due: float
    flop: float | None
    phases: list[tuple[bool, float, float, float]] = field(default_factory=list)
    length: float | None = None
    at: int = -1
    left: float = 0.0
    size: Held = field(default_factory=dict)
    held: Held = field(default_factory=dict)
    per_day: float = 0.0
    speed: float = 0.0
    started: float | None = None
    finished: float | None = None
    efficiency: float = 1.0
    done: float = 0.0
    in_phase: float = 0.0
    total: float = 0.0
    waiting: bool = True

    def __post_init__(self) -> None:
        spec, flop, length = self.spec, self.flop, self.spec.length_days
        sized = spec.accelerators or spec.share is not None
        if length is None and spec.internal is not None and spec.starts is not None and flop is not None and not sized:
            length = spec.internal - spec.starts - sum(p.length_days or 0.0 for p in spec.phases or ())
            if length <= 0.0:
                raise Impossible(f"{self.name} has no time to train")
        if flop is not None and (spec.accelerators or spec.elastic):
            length = None
        self.length = length
        parts = [(p.length_days, p.flop_share or 0.0, p.accelerators_share or 1.0) for p in spec.phases or ()]
        parts = parts or [(None, 1.0, 1.0)]
        past = [0.0, *accumulate(share / part for _, share, part in parts)]
        for k, (days, share, part) in enumerate(parts):
            if days is None and length is not None:  # phase by phase to a date, so that together they are the length
                days = up(length * (past[k + 1] / past[-1])) - up(length * (past[k] / past[-1]))
            self.phases.append((True, days, share, part) if days else (False, (flop or 0.0) * share, share, part))


def stated_flop(spec: TrainingRun) -> float | None:
    if spec.flop is None and spec.params is not None:
        return 6.0 * spec.params * (spec.tokens or 20.0 * spec.params)
    return spec.flop


class Site:
    """One lab."""

    def __init__(self, draw: Draw, spec: Lab) -> None:
        self.draw, self.spec, self.end = draw, spec, draw.end
        self.total: Held = defaultdict(float)
        self.coming: list[tuple[float, str, float, float | None]] = []
        self.leaving: list[tuple[float, str, float]] = []
        self.late: Held = defaultdict(float)
        self.jobs: list[Job] = []
        self.running: list[Job] = []
        self.marks: list[Earmark] = []
        self.models: dict[str, Model] = {}
        self.usable: set[str] = set()
        self.releases: list[tuple[float, bool, Model]] = []
        self.fleets = {name: spec.fleets[name] for name in sorted(spec.fleets) if name in spec.use}
        self.line: dict[str, tuple[Model, Model | None, float]] = {}
        """Fleet -> its model, the one before, and when it took over."""
        self.phase: Any = None
        self.first, self.held_back = spec.policy == "training_first", False
        self.news: list[float] = [-math.inf, -math.inf]
        """Days of the lab's own last public release, and of its rivals'."""
        self.deliveries()
        self.programme()
        for old in sorted(spec.models, key=lambda model: model.internal):
            then = self.efficiency(old.internal)
            effective = old.effective_flop or (old.flop or 0.0) * then
            params = old.params or math.sqrt((old.flop or effective / then) / 120.0)
            total = old.flop * then if old.flop else effective
            public = None if old.public is None else up(old.public)
            since = up(old.internal)
            self.add(Model(spec.name, old.name, None, None, None, since, public, params, old.flop, effective, total))
        self.releases.sort(key=lambda item: min(item[0], 0.0))  # of those on hand the latest comes last

    def deliveries(self) -> None:
        for s in self.spec.compute:
            kind, life, start, until = s.accelerator or "", s.life_days, self.draw.start, self.before(s.until)
            if s.count is not None:
                self.coming.append((s.on or 0.0, kind, s.count, life))
                continue
            assert s.every is not None
            anchor = s.starts or 0.0
            dates = [s.every.occurrence(k, anchor, start) for k in range(1000)]
            if s.deliver is not None:
                dates = dates[s.starts is None :]
                sizes = [s.deliver * (s.deliveries_grow or 1.0) ** ((day - dates[0]) / YEAR) for day in dates]
            else:
                assert s.stock is not None
                first = max(0.0, s.stock.points[0][0])
                if s.grows is not None:
                    dates = [0.0, *dates[1:]]
                    stock = [s.stock.at(0.0)] + [s.stock.at(0.0) * s.grows ** ((d - anchor) / YEAR) for d in dates[1:]]
                else:
                    dates = [first, *(day for day, _ in s.stock.points if day > first)]
                    stock = [s.stock.at(day) for day in dates]
                sizes = [now - before for before, now in zip([0.0, *stock], stock, strict=False)]
            self.coming += [(day, kind, n, life) for day, n in zip(dates, sizes, strict=True) if day < until]
        self.coming = [item for item in self.coming if item[3] is None or item[0] + item[3] > 0.0]

    def before(self, until: float | None) -> float:
        return self.end if until is None else min(until, self.end)

    def programme(self) -> None:
        for spec in self.spec.runs:
            if spec.base == "each":
                continue
            flop, name = stated_flop(spec), spec.name or self.spec.name
            if spec.every is None:
                job = Job(spec, name, spec.starts or 0.0, flop)
                used = spec.training.utilisation * SECONDS
                if spec.starts is None and spec.internal is not None:
                    job.due = up(spec.internal) - sum(
                        amount if in_days else up(amount / (self.peak(spec.accelerators or {}, job) * part * used))
                        for in_days, amount, _, part in job.phases
                    )
                self.jobs.append(job)
                continue
            for k in range(1000):
                day = spec.every.occurrence(k, spec.starts or 0.0, self.draw.start)
                if 0.0 <= day < self.before(spec.until):
                    more = None if flop is None else flop * (spec.flop_grows or 1.0) ** k
                    self.jobs.append(Job(spec, f"{name}-{k + 1}", day, more))
        self.jobs.sort(key=lambda job: (job.due, job.name))

    def efficiency(self, day: float, inference: bool = False) -> float:
        law = self.spec.software
        if inference and (law.inference_growth is not None or law.inference_efficiency is not None):
            series, growth, power = law.inference_efficiency, law.inference_growth, 1.0
        else:
            series, growth = law.training_efficiency, law.training_growth
            power = (1.0 if law.inference_exponent is None else law.inference_exponent) if inference else 1.0
        return (series.at(day) if series else (growth or 1.0) ** ((day - self.draw.base_date) / YEAR)) ** power

    def peak(self, held: Held, job: Job) -> float:
        each, precision = self.draw.accelerators, job.spec.training.precision
        return sum(count * each[kind].peak(precision) for kind, count in held.items())

    # An instant

    def instant(self, now: float) -> None:
        for item in [item for item in self.coming if item[0] <= now]:
            self.coming.remove(item)
            day, kind, count, life = item
            if count < 0.0:
                self.lose(kind, -count)
                continue
            self.total[kind] += count
            if life is not None:
                self.leaving.append((up(day + life), kind, count))
        for job in [job for job in self.running if job.held and job.left <= 0.0]:
            self.phase_ends(job, now)
        for release in [release for release in self.releases if release[0] <= now]:
            self.releases.remove(release)
            self.release(release[2], release[1], now)
        self.marks = [mark for mark in self.marks if not (mark.active and mark.until is not None and mark.until <= now)]
        for gone in [gone for gone in self.leaving if gone[0] <= now]:
            self.leaving.remove(gone)
            self.lose(gone[1], gone[2])

    def decide(self, now: float, rivals: list[Model]) -> None:
        self.choose(now, rivals)
        while True:
            if self.start_some(now):
                self.choose(now, rivals)
                continue
            self.cut_earmarks()
            before = self.phase
            self.choose(now, rivals)
            if self.phase is before:
                break
        if any(job.waiting and job.started is None and job.due < 0.0 for job in self.jobs):
            raise Impossible("a run in progress at the start has no accelerators")

    def choose(self, now: float, rivals: list[Model]) -> None:
        """The shares of now: the declared ones, or those of the first phase of which everything holds."""
        self.shares = {use: series.at(now) for use, series in sorted(self.spec.use.items())}
        if self.spec.policy != "phases":
            return
        mine = max((self.models[name].effective for name in self.usable), default=0.0)
        theirs = max((model.effective for model in rivals), default=0.0)
        own = [model.public for model in self.models.values() if model.public is not None and model.public <= now]
        self.news = [max(own, default=-math.inf), max((model.public or 0.0 for model in rivals), default=-math.inf)]
        h100e = sum(count * self.draw.accelerators[kind].h100e for kind, count in self.total.items())
        marked = any(n > NONE * self.total[k] for m in self.marks if m.active for k, n in m.held.items())
        working = any(not job.waiting for job in self.running)
        runs = {"in progress": working, "none in progress": not working,
                "due": any(job.waiting and job.due <= now for job in self.jobs)}  # fmt: skip
        for phase in self.spec.phases:
            when = phase.when
            holds = when is None or all((
                when.run is None or runs[when.run],
                when.earmark is None or when.earmark == marked,
                when.behind is None or (theirs > 0.0 and theirs >= when.behind * mine),
                when.ahead is None or (mine > 0.0 and mine >= when.ahead * theirs),
                when.h100e_at_least is None or h100e >= when.h100e_at_least,
                when.h100e_below is None or h100e < when.h100e_below,
                when.since is None or now >= up(when.since),
                when.before is None or now < up(when.before),
                *(span is None or now < up_or_never(since + span) for span, since in self.spans(when)[:2]),
                *(span is None or now >= up_or_never(since + span) for span, since in self.spans(when)[2:]),
            ))  # fmt: skip
            if holds:
                break
        self.phase, self.first, self.held_back = phase, phase.training_first, not phase.starts_runs
        if phase.use:
            self.shares = {use: phase.use.get(use, 0.0) for use in sorted({*self.spec.use, *phase.use})}

    def spans(self, when: Any) -> list[tuple[float | None, float]]:
        """(time since a release that a condition speaks of, day of the release)."""
        own, theirs = self.news
        return [(when.released_within_days, own), (when.rival_released_within_days, theirs),
                (when.no_release_days, own), (when.no_rival_release_days, theirs)]  # fmt: skip

    def lose(self, kind: str, count: float) -> None:
        """Accelerators leave; those of gangs follow when a gang frees some."""
        gangs = sum(job.held.get(kind, 0.0) for job in self.running if not job.spec.elastic)
        now = min(count, max(0.0, self.total[kind] - gangs))
        self.total[kind] -= now
        self.late[kind] += count - now

    def take(self, job: Job, held: Held) -> None:
        """A job holds something else from now on; what a gang frees lets what is late leave."""
        freed = {kind: count - held.get(kind, 0.0) for kind, count in job.held.items()}
        job.held = {kind: count for kind, count in held.items() if count > 0.0}
        in_days, _, trains, _ = job.phases[job.at]
        job.per_day = self.peak(job.held, job) * job.spec.training.utilisation * SECONDS if trains else 0.0
        job.speed = (1.0 if job.held else 0.0) if in_days else job.per_day
        for kind, count in freed.items() if not job.spec.elastic else ():
            count = min(self.late[kind], max(0.0, count))
            self.late[kind] -= count
            self.lose(kind, count)

    def enter(self, job: Job, day: float) -> None:
        job.at += 1
        job.left, job.in_phase, job.efficiency = job.phases[job.at][1], 0.0, self.efficiency(day)

    def leave(self, job: Job) -> None:
        share = job.phases[job.at][2]
        flop = 0.0 if not share else job.in_phase if job.flop is None else job.flop * share
        job.done, job.total, job.in_phase = job.done + flop, job.total + flop * job.efficiency, 0.0

    def phase_ends(self, job: Job, now: float) -> None:
        self.leave(job)
        if job.at + 1 == len(job.phases):
            self.finish(job, now)
            return
        self.enter(job, now)
        size = job.size or job.held
        wanted = {kind: count * job.phases[job.at][3] for kind, count in size.items()} if job.size else size
        more = {kind: count - job.held.get(kind, 0.0) for kind, count in wanted.items()}
        free = self.free()
        if any(count > max(0.0, free[kind]) for kind, count in more.items() if count > 0.0):
            job.waiting, wanted = True, {}  # suspended
        else:
            self.make_room(more)
        self.take(job, wanted)

    def finish(self, job: Job, now: float) -> None:
        spec, freed, job.finished = job.spec, dict(job.held), now
        self.running.remove(job)
        self.jobs.remove(job)
        self.take(job, {})
        base = self.models[spec.base] if spec.base else None
        total = job.total + (base.total if base else 0.0)
        small = spec.distilled
        params = spec.params or (base.params if base else math.sqrt(job.done / 120.0))
        if small and not spec.params:
            params *= small.params_share
        internal = now if spec.internal is None else max(now, up(spec.internal))
        public = internal + (spec.public_after_days or 0.0) if spec.public is None else max(internal, up(spec.public))
        effective = spec.effective_flop or total * (1.0 if spec.gain is None else spec.gain)
        there: dict[str, float] = {}
        if small:
            part = small.effective_flop_share
            total = part * base.total
            if not spec.effective_flop:
                effective, there = part * base.effective, {name: part * flop for name, flop in base.there.items()}
        if spec.tuned:
            there = {spec.tuned.domain: effective * spec.tuned.there_x}
            effective *= spec.tuned.elsewhere_x
        model = Model(self.spec.name, job.name, spec.base, job.started, now, internal,
                      None if spec.internal_only else up(public), params, job.done, effective, total,
                      not small and not spec.tuned, not small or small.closes_windows, there)  # fmt: skip
        self.add(model)
        rule = spec.after_training
        if rule is not None and rule.move:
            since = model.public if self.fleets[rule.to].models == "public" else model.internal
            if since is not None and (rule.until is None or since < rule.until):
                held = {kind: count * rule.move for kind, count in freed.items()}
                self.marks.append(Earmark(rule.to, model, held, rule.firm, rule.for_days, rule.until))

    def add(self, model: Model) -> None:
        self.models[model.name] = model
        self.releases.append((model.internal, False, model))
        if model.public is not None:
            self.releases.append((model.public, True, model))

    def release(self, model: Model, public: bool, now: float) -> None:
        if not public:
            self.usable.add(model.name)
            for spec in self.spec.runs if model.general and model.finished is not None else ():
                if spec.base == "each":
                    name = f"{model.name} {spec.name}"
                    mine = replace(spec, base=model.name, name=name)
                    self.jobs.append(Job(mine, name, up(now + (spec.after_days or 0.0)), stated_flop(mine)))
            self.jobs.sort(key=lambda job: (job.due, job.name))
        for name, fleet in self.fleets.items():
            if (fleet.models == "public") == public:
                old = self.line[name][0] if name in self.line else None
                mine, other = (m.there.get(fleet.domain, m.effective) if m else 0.0 for m in (model, old))
                if mine >= other * (1.0 - NONE):  # the later of equals
                    self.line[name] = (model, old, now)
        for mark in [mark for mark in self.marks if mark.model is model and not mark.active]:
            if (self.fleets[mark.fleet].models == "public") == public:
                left = self.free(firm_only=False)
                mark.active = True
                mark.held = {kind: min(count, left[kind]) for kind, count in mark.held.items() if left[kind] > 0.0}
                ends = [
                    *([] if mark.until is None else [mark.until]),
                    *([] if mark.days is None else [now + mark.days]),
                ]
                mark.until = up(min(ends)) if ends else None

    # Who gets what

    def free(self, firm_only: bool = True) -> Held:
        """What neither jobs nor (firm) earmarks hold."""
        left = defaultdict(float, self.total)
        marks = [mark for mark in self.marks if mark.active and (mark.firm or not firm_only)]
        for held in [item.held for item in (*self.running, *marks)]:
            for kind, count in held.items():
                left[kind] -= count
        return left

    def working(self) -> list[str]:
        return [use for use, share in self.shares.items() if share > 0.0 and (use == "experiments" or use in self.line)]

    def make_room(self, more: Held) -> None:
        """Earmarks that are not firm give what idle and lent accelerators do not."""
        declared, left = sum(self.shares[use] for use in self.working()), self.free(firm_only=False)
        for kind, count in more.items():
            over = count - max(0.0, left[kind] - declared * self.total[kind])
            for mark in [mark for mark in self.marks if mark.active and not mark.firm and over > 0.0]:
                cut = min(over, mark.held.get(kind, 0.0))
                mark.held[kind] = mark.held.get(kind, 0.0) - cut
                over -= cut

    def cut_earmarks(self) -> None:
        for kind, left in self.free(firm_only=False).items():
            for mark in sorted((mark for mark in self.marks if mark.active), key=lambda mark: mark.firm):
                cut = min(max(0.0, -left), mark.held.get(kind, 0.0))
                if cut > 0.0:
                    mark.held[kind] -= cut
                    left += cut
        self.marks = [m for m in self.marks if not m.active or any(n > NONE * self.total[k] for k, n in m.held.items())]

    def ask(self, job: Job, free: Held, meant: Held) -> Held | None:
        """What a job takes of what is free, or None if it waits. `meant`: for jobs that state no size."""
        spec, total = job.spec, self.total
        wanted = None
        if job.size:
            wanted = {kind: count * job.phases[job.at][3] for kind, count in job.size.items()}
        elif spec.accelerators:
            wanted = spec.accelerators
        elif job.flop is not None and job.length is not None and spec.share is None:
            work = sum(share / part for _, _, share, part in job.phases)
            need = job.flop * work / (job.length * SECONDS * spec.training.utilisation)
            have = {kind: count for kind, count in free.items() if count > 0.0}
            most = self.peak(have, job)
            return None if need > most * (1 + NONE) else {kind: n * min(1.0, need / most) for kind, n in have.items()}
        elif spec.share is not None:
            wanted = {kind: spec.share * count for kind, count in total.items()}
        else:
            offered = {kind: min(count, free[kind]) for kind, count in meant.items()}
            return {kind: count for kind, count in offered.items() if count > NONE * total[kind]} or None
        if any(count > free[kind] * (1 + NONE) for kind, count in wanted.items() if count > 0.0):
            return None
        return {kind: min(count, free[kind]) for kind, count in wanted.items() if count > 0.0} or None

    def start_some(self, now: float) -> bool:
        """Elastic jobs are sized anew, then due ones start in order; whether one started."""
        part = 1.0 if self.first else self.shares.get("training", 0.0)
        free, elastic = self.free(), [job for job in self.running if job.spec.elastic and not job.waiting]
        gangs = defaultdict(float)
        for job in self.running:
            for kind, count in job.held.items():
                if job in elastic:
                    free[kind] += count
                else:
                    gangs[kind] += count
        meant = {kind: min(part * count - gangs[kind], free[kind]) for kind, count in self.total.items()}

        def hand_over(held: Held) -> None:
            for kind, count in held.items():
                free[kind] -= count
                meant[kind] = meant.get(kind, 0.0) - count

        more: Held = defaultdict(float)
        for job in sorted(elastic, key=lambda job: (job.due, job.name)):
            got = {kind: n * job.phases[job.at][3] for kind, n in (self.ask(job, free, meant) or {}).items()}
            hand_over(got)
            for kind in {**job.held, **got}:
                more[kind] += got.get(kind, 0.0) - job.held.get(kind, 0.0)
            job.size = got  # until all are known
        self.make_room(more)
        for job in elastic:
            got, job.size = job.size, {}
            self.take(job, got)
        started = False
        for job in [job for job in self.jobs if job.due <= now and job.waiting]:
            if self.held_back and job.started is None and job.due >= 0.0:
                continue
            missing = job.spec.base is not None and job.spec.base not in self.usable
            held = None if missing else self.ask(job, free, meant)
            if held is not None:
                hand_over(held)
                self.start(job, held, now)
                started = True
            elif not missing and self.ask(job, self.total, self.total) is not None:
                break  # it holds up those behind it, for it could have what it waits for
        return started

    def start(self, job: Job, held: Held, now: float) -> None:
        job.waiting = False
        if job.started is not None:  # resumed: the phase for which it waited starts now
            job.efficiency = self.efficiency(now)
            self.make_room(held)
            self.take(job, held)
            return
        self.marks = [m for m in self.marks if not m.active or m.firm or m.until is not None]
        job.started, behind = now + min(0.0, job.due), max(0.0, -job.due)
        job.size = {} if job.spec.elastic else held
        self.enter(job, now - behind)
        first = held if behind else {kind: count * job.phases[0][3] for kind, count in held.items()}
        self.make_room(first)
        self.running.append(job)
        while True:
            self.take(job, {kind: count * job.phases[job.at][3] for kind, count in held.items()})
            did = min(behind, job.left / job.speed)
            job.in_phase, job.left, behind = job.per_day * did, job.left - job.speed * did, behind - did
            if behind <= 0.0 and job.left > 0.0:
                break
            self.leave(job)
            if job.at + 1 == len(job.phases):
                raise Impossible(f"{job.name} would have ended before the start")
            self.enter(job, now - behind)

    def uses(self, now: float) -> list[tuple[str, str, str, float]]:
        """(use, model, type, accelerators) at present."""
        found = [("training", job.name, kind, count) for job in self.running for kind, count in job.held.items()]
        busy: Held = defaultdict(float)
        for _, _, kind, count in found:
            busy[kind] += count
        marked: dict[tuple[str, str], float] = defaultdict(float)
        for mark in self.marks:
            for kind, count in mark.held.items() if mark.active else ():
                busy[kind] += count
                marked[mark.fleet, kind] += count
        working, shares = self.working(), self.shares
        declared = sum(shares[use] for use in working)
        for kind, total in self.total.items():
            over = max(0.0, busy[kind] - shares.get("training", 0.0) * total)
            idle = max(0.0, 1.0 - sum(shares.values())) * total
            lent = total - min(busy[kind], shares.get("training", 0.0) * total) - idle - declared * total
            got = {use: shares[use] * total for use in working}
            from_idle = min(over, idle)
            idle, over = idle - from_idle, over - from_idle
            from_lent = min(over, max(0.0, lent))
            lent, over = lent - from_lent, over - from_lent
            if "experiments" in got and len(got) > 1:
                got["experiments"], over = max(0.0, got["experiments"] - over), max(0.0, over - got["experiments"])
            rest = sum(got.values())
            fleets = sum(count for use, count in got.items() if use != "experiments" or len(got) == 1)
            for use in got:
                if over > 0.0 and (use != "experiments" or len(got) == 1):
                    got[use] *= max(0.0, 1.0 - over / fleets)
                elif lent > 0.0:
                    got[use] += lent * shares[use] / declared
            assert rest >= 0.0
            if not working:
                idle = total - busy[kind]
            found += [("experiments", "", kind, got.get("experiments", 0.0)), ("idle", "", kind, idle)]
            for fleet, (best, old, since) in self.line.items():
                weight = self.weight(fleet, now - since) if old else 1.0
                share = got.get(fleet, 0.0)
                found.append((fleet, best.name, kind, share * weight + marked[fleet, kind]))
                if old and weight < 1.0:
                    found.append((fleet, old.name, kind, share * (1.0 - weight)))
        return found

    def weight(self, fleet: str, days: float) -> float:
        spec = self.fleets[fleet]
        if spec.replace == "ramp":
            return min(10, math.floor(10.0 * days / (spec.ramp_days or 30.0) + 0.5 + NONE)) / 10.0
        return 1.0 if spec.replace == "at once" else 0.5 if spec.beside_share is None else spec.beside_share

    def next_stop(self, now: float) -> float:
        """The first end or date after now that need not be on a whole hour."""
        days = [up(now + job.left / job.speed) for job in self.running if job.speed]
        days += [item[0] for items in (self.coming, self.leaving, self.releases) for item in items]
        days += [mark.until for mark in self.marks if mark.active and mark.until is not None]
        days += [job.due for job in self.jobs if job.due > now]
        for when in [phase.when for phase in self.spec.phases or () if phase.when is not None]:
            days += [up(day) for day in (when.since, when.before) if day is not None]
            days += [up(day + span) for span, day in self.spans(when) if span is not None and day > -math.inf]
        for fleet, (_, _, since) in self.line.items():
            if self.fleets[fleet].replace == "ramp":
                tenth = (self.fleets[fleet].ramp_days or 30.0) / 10.0
                days += [up(since + (k + 0.5) * tenth) for k in range(10)]
        return min((day for day in days if day > now), default=math.inf)


class Second:
    """The outcome: models, and means by interval of accelerators and tokens."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.sites = [Site(draw, draw.labs[name]) for name in sorted(draw.labs)]
        self.accelerators: dict[tuple[int, str, str, str, str], float] = defaultdict(float)
        self.cluster: dict[tuple[int, str, str], float] = defaultdict(float)
        self.tokens: dict[tuple[int, str, str, str], float] = defaultdict(float)
        self.busy: dict[tuple[int, str, str, str], float] = defaultdict(float)
        self.bounds = [0.0]
        while self.bounds[-1] < draw.end:
            self.bounds.append(min(draw.end, draw.trajectory.occurrence(len(self.bounds), 0.0, draw.start)))
        now, hour, month = 0.0, 0, 0
        while now < draw.end:
            for site in self.sites:
                site.instant(now)
            out = [model for site in self.sites for model in site.models.values()
                   if model.public is not None and model.public <= now]  # fmt: skip
            for site in self.sites:
                site.decide(now, [model for model in out if model.lab != site.spec.name])
            hour += up(hour / 24.0) <= now
            then = min(up(hour / 24.0), draw.end, *(site.next_stop(now) for site in self.sites))
            month += now >= self.bounds[month + 1]
            for site in self.sites:
                self.pass_time(site, now, then, month)
            now = then
        self.models = {(site.spec.name, name): model for site in self.sites for name, model in site.models.items()}

    def pass_time(self, site: Site, now: float, then: float, month: int) -> None:
        days, span = then - now, self.bounds[month + 1] - self.bounds[month]
        for job in site.running:
            ends = job.speed and up(now + job.left / job.speed) <= then
            job.in_phase += job.per_day * days
            job.left = 0.0 if ends else job.left - job.speed * days
        lab, made = site.spec.name, defaultdict(list)
        for use, model, kind, count in site.uses(now):
            if count > 0.0:
                self.accelerators[month, lab, use, model, kind] += count * days / span
                if use in site.fleets:
                    how, each = site.fleets[use].inference, self.draw.accelerators[kind]
                    tokens = (
                        count * each.peak(how.precision) * (how.utilisation or 0.0) / (2.0 * site.models[model].params)
                    )
                    made[use].append((model, tokens * site.efficiency((now + then) / 2.0, inference=True)))
        for kind, count in site.total.items():
            self.cluster[month, lab, kind] += count * days / span
        for use, parts in made.items():
            demand = site.fleets[use].demand_tokens_per_s
            asked = 1.0 if demand is None else min(1.0, demand.at(now) / sum(tokens for _, tokens in parts))
            for model, tokens in parts:
                self.tokens[month, lab, use, model] += tokens * days / span
                self.busy[month, lab, use, model] += tokens * asked * days / span

    def window(self, model: Model, own: bool) -> tuple[float, str | None]:
        """Length of a model's window and who closes it."""
        closers = [(m.internal, m.lab, m.name) for m in self.models.values()
                   if m is not model and m.closes and m.internal < self.draw.end and (m.lab == model.lab or not own)
                   and m.effective >= self.draw.stronger_by * model.effective]  # fmt: skip
        if not closers:
            return self.draw.end - model.internal, None
        day, lab, name = min(closers)
        return max(0.0, day - model.internal), name if own else f"{lab}/{name}"

    def flop(self) -> dict[tuple[str, str], Any]:
        """FLOP that each started run has done."""
        jobs = {(s.spec.name, job.name): job.done + job.in_phase for s in self.sites for job in s.running}
        return jobs | {key: model.flop for key, model in self.models.items() if model.finished is not None}
