"""Shocks, entry dates, rules of programmes, milestones and leads in the second simulator.

What happens at random does so on days that follow from the seed alone, so they are known beforehand. `loose` keeps what
a run's length may be off by: the kernel holds research in a step of u = ln(step) at its middle, so its rate is off by
up to u, and by what its efficiency is off by, twice (growth falls with efficiency at most as efficiency, and research
speed grows no faster).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from types import SimpleNamespace
from typing import Any

from tests.second.plan import NEVER, NONE, YEAR, Impossible, Job, Model, array, batches
from tests.second.race import Race, Racer
from tests.second.simulator import HOURS, Lab

FOR_EVER = 1e60
"""FLOP of a run that never ends: what it does is not to be seen in them."""

GROWS = {"training_efficiency": False, "inference_efficiency": True, "tokens_per_s": True, "copies": True,
         "human_equivalents": True}  # fmt: skip
"""Quantities that grow between events: whether with inference efficiency."""


def chances(draw: Any, stream: str, rate: Any) -> Iterator[float]:
    """Days of a random event: the k-th when, since the one before, its rate adds up to the k-th unit exponential."""
    steps = [day for day, _ in rate.points if 0.0 < day < draw.end] + [draw.end]
    day, k = 0.0, 0
    while True:
        text = f"{draw.seed}/{draw.draw}/{stream}/{k}"
        cell = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") // 2**11
        left, k = -math.log((cell + 0.5) / 2**53), k + 1
        while left > 0.0:
            until = next((step for step in steps if step > day), None)
            if until is None:
                return
            speed = rate.at(day) / YEAR
            days = left / speed if speed else math.inf
            left = left - speed * (until - day) if day + days > until else 0.0
            day = min(day + days, until)
        if day >= draw.end:
            return
        yield day


class Late:
    """A dated value of a lab that is nothing before it enters, with the factors of shocks if it is a demand."""

    def __init__(self, lab: Ruler, series: Any, fleet: str | None = None) -> None:
        self.lab, self.fleet, self.series, self.points = lab, fleet, series, series.points

    def at(self, day: float) -> float:
        lab, factors = self.lab, 1.0
        if not lab.past(lab.spec.entry):
            return 0.0
        if self.fleet is not None:
            shocks = [shock for shock in lab.active() if shock.demand is not None]
            factors = math.prod(shock.demand for shock in shocks if shock.fleet in (None, self.fleet))
        return factors * float(self.series.at(day))


class Programme:
    """The clock of a programme, which stands while demand for a fleet is too low, and who is on it."""

    def __init__(self, lab: Ruler, run: Any) -> None:
        self.lab, self.rule, self.jobs, self.behind, self.stood = lab, run.pause_when, [], 0.0, None
        self.asked: Any = None
        """(fleet, what it can make at an efficiency of 1, demand), if it may change its mind."""
        self.mind = 0.0
        """The day from which it may change its mind."""

    def now(self) -> float:
        return (self.lab.world.now if self.stood is None else self.stood[1]) - self.behind

    def past(self, day: float) -> bool:
        world = self.lab.world
        if self.stood is None:
            return world.past(day + self.behind)
        hour, world.hour = world.hour, self.stood[0]
        known, world.hour = world.past(day + self.behind), hour
        return known

    def turn(self) -> bool:
        """Whether it has changed its mind."""
        lab, world = self.lab, self.lab.world
        asked = self.asked = next((item for item in lab.demand if item[0] == self.rule.fleet), None)
        if asked is None or not lab.past(self.mind):
            self.asked = None
            return False
        low = asked[1] * lab.efficiency(world.now, True) * self.rule.demand_below > asked[2]
        if low is (self.stood is not None):
            return False
        if low:
            self.stood = world.hour, world.now
        else:
            self.behind += world.now - self.stood[1]
            for job in self.jobs:
                if job.name not in lab.called:
                    job.due += world.now - self.stood[1]
            self.stood = None
        self.mind = world.now + (self.rule.apart_days or 0.0)
        self.asked = asked if lab.past(self.mind) else None
        world.ends.append(world.now)
        return True

    def soon(self) -> bool:
        """Whether inference efficiency makes it change its mind within the hour."""
        if self.asked is None:
            return False
        low = self.asked[1] * self.lab.soon(True) * self.rule.demand_below > self.asked[2]
        return low is not (self.stood is not None)


class Leaper(Lab):
    """Stated efficiencies with the jumps that shocks have made."""

    leaps: tuple[tuple[float, bool, float], ...] = ()
    """(day, whether of inference alone, factor)."""

    def efficiency(self, day: float, inference: bool = False) -> float:
        found, law = super().efficiency(day, inference), self.spec.software
        for since, alone, factor in self.leaps:
            if since <= day and (inference or not alone):
                follows = inference and not alone
                if not follows:
                    found *= factor
                elif law.inference_growth is None:
                    found *= factor ** (1.0 if law.inference_exponent is None else law.inference_exponent)
        return found


class Ruler(Racer, Leaper):
    """A lab that enters late, that shocks befall, and whose programmes go by rules."""

    def __init__(self, world: Ruled, spec: Any) -> None:
        draw = world.draw
        self.world, self.past = world, world.past
        late = {name: Late(self, series) for name, series in spec.staff.items()}
        spec = replace(spec, staff=late)
        self.shocks = [(day, shock) for shock, days in world.shocks for day in days
                       if not shock.binds or spec.name in shock.binds]  # fmt: skip
        self.happened = 0
        self.special = {old.name for old in spec.models if old.tuned or old.distilled}
        self.special |= {run.name for run in spec.runs if run.tuned or run.distilled}
        self.called: set[str] = set()
        """Runs that have come to be due."""
        self.programmes: list[Programme] = []
        self.reached: set[str] = set()
        self.loose: list[tuple[float, float, float]] = []
        """(date, days, steps): from then on dates may be off by so many days times what the rate of progress is."""
        self.sized: dict[str, int] = {}
        self.off: dict[str, tuple[float, float]] = {}
        """The hour in which a run that gets shorter last got its length, and what that may be off by (see `loose`)."""
        self.ahead: dict[bool, float] = {}
        """The hour of the last jump of training efficiency."""
        super().__init__(world, spec)
        self.begins = max(self.begins, spec.entry)
        self.dates += [spec.entry, self.begins]
        self.fleets = {name: replace(fleet, demand_tokens_per_s=Late(self, fleet.demand_tokens_per_s, name))
                       if fleet.demand_tokens_per_s else fleet for name, fleet in self.fleets.items()}  # fmt: skip
        self.coming, self.leaving, self.brought = [], [], []
        for supply in spec.compute:
            of = SimpleNamespace(planned=array(draw, {}), there=array(draw, {}))
            self.brought.append(of)
            for day, by in batches(supply, draw, spec.entry):
                batch = SimpleNamespace(of=of, by=by, there=array(draw, {}))
                self.brought.append(batch)
                self.coming.append((day, batch))
                if supply.life_days is not None:
                    self.leaving.append((day + supply.life_days, batch))
        for theft in [theft for theft in self.thefts if theft.rate is not None]:
            self.thefts.remove(theft)
            days = world.chance(f"theft/{theft.name}", theft.rate)
            self.thefts += [replace(theft, on=day, rate=None) for day in days]

    # Shocks

    def active(self) -> list[Any]:
        """Shocks whose effect lasts, as often as it does."""
        return [shock for day, shock in self.shocks if self.past(day)
                and not self.past(NEVER if shock.for_days is None else day + shock.for_days)]  # fmt: skip

    def happen(self) -> None:
        come = [(day, shock) for day, shock in sorted(self.shocks, key=lambda item: item[0]) if self.past(day)]
        for _, shock in come[self.happened :]:
            self.befall(shock)
        self.happened = len(come)
        for theft in [theft for theft in self.thefts if self.past(theft.on) and theft.what == "software"]:
            if not self.best_known:  # before it follows research
                self.thefts.remove(theft)
                victim = next(lab for lab in self.world.labs if lab.spec.name == theft.victim)
                theirs = min(victim.known_on(self.world.now), self.law.limit)
                self.leap(max(1.0, theirs / self.efficiency(self.world.now)))
        for job in self.jobs:
            if continuous(job.spec):
                self.come_out(job)
        super().happen()
        for level in self.draw.levels.values():
            own = [model for model in self.models.values() if self.past(model.internal)]
            if level.name not in self.reached and any(self.world.reaches(self, model, level) for model in own):
                self.reached.add(level.name)
                self.world.tell("level", level.name, self.spec.name)

    def befall(self, shock: Any) -> None:
        now = self.world.now
        if shock.cluster_lost is not None:
            kept = 1.0 - shock.cluster_lost
            for what in self.brought:
                what.there = what.there * kept
            self.late = self.late * kept
            self.change(-shock.cluster_lost * self.total)
        if shock.training_efficiency is not None:
            most = self.law.limit if self.law.feedback else None
            here = self.best_known or self.efficiency(now)
            then = min(most or math.inf, here * shock.training_efficiency)
            if self.best_known:
                self.best_known = then
            else:
                self.leap(then / here)
        if shock.inference_efficiency is not None:
            self.leap(shock.inference_efficiency, alone=True)

    def leap(self, factor: float, alone: bool = False) -> None:
        self.leaps += ((self.world.now, alone, factor),)

    def efficiency(self, day: float, inference: bool = False) -> float:
        found, law = super().efficiency(day, inference), self.law
        if self.leaps and inference and law.inference_growth is None and self.best_known and day >= self.begins:
            found *= math.prod(factor for _, alone, factor in self.leaps if alone)
        return found

    def soon(self, inference: bool) -> float:
        """An efficiency at the end of the hour."""
        if inference not in self.ahead:
            self.ahead[inference] = self.foreseen(inference)
        return self.ahead[inference]

    def foreseen(self, inference: bool) -> float:
        law, day = self.law, self.world.now + 1.0 / HOURS
        if not self.best_known or (inference and law.inference_growth is not None):
            return self.efficiency(day, inference)
        middle, self.middle = self.middle, self.best_known
        found, self.middle = self.efficiency(day, inference), middle
        return found

    def due(self, items: list[tuple[float, Any]]) -> list[Any]:
        coming = items is self.coming
        return [self.comes(batch) if coming else -batch.there for batch in super().due(items)]

    def comes(self, batch: Any) -> Any:
        """What comes of a batch; where a stock falls, the part of what is there that was to go."""
        of, by = batch.of, batch.by
        if by.min() < 0.0:
            by = by * (of.there.sum() / of.planned.sum())
        else:
            for shock in self.active():
                by = by * (1.0 - (shock.deliveries_lost or 0.0))
            batch.there = by
        of.planned, of.there = of.planned + batch.by, of.there + by
        return by

    # When runs are due

    def planned(self, run: Any) -> list[Job]:
        if (run.every is not None or run.start_when is not None) and run.starts is None:
            run = replace(run, starts=self.spec.entry)
        if continuous(run):
            return [Job(replace(run, flop=FOR_EVER), run.name, max(self.spec.entry, run.starts or 0.0))]
        programme = Programme(self, run)
        if run.pause_when is not None:
            self.programmes.append(programme)
        jobs = programme.jobs = super().planned(run)
        for rule in [rule for rule in self.rules if rule.run is run]:
            rule.clock, rule.heard, rule.once = programme, [], set()
        return jobs

    def arm(self, rule: Any) -> None:
        super().arm(rule)
        rule.last = rule.clock.now()
        self.heed(rule)

    def hear(self, kind: str, name: str, lab: str) -> None:
        """A level or milestone is reached: a rule that waits for nothing else remembers it."""
        for rule in self.rules:
            when = rule.run.start_when
            level = kind == "level" and when.level == name and when.by in (None, "any", lab)
            if (level or (kind == "milestone" and when.milestone == name)) and kind not in rule.once:
                rule.once.add(kind)
                rule.heard.append((kind, name))
                self.heed(rule)

    def heed(self, rule: Any) -> None:
        if rule.armed and rule.heard and not rule.met:
            rule.heard.pop(0)
            rule.met = True

    def fires(self, rule: Any) -> bool:
        """Whether a run is due by the rule now."""
        apart = not rule.k or rule.clock.past(rule.last + rule.run.start_when.apart_days)
        return bool(rule.met and rule.job is None and apart and rule.clock.stood is None)

    def apply(self, rule: Any) -> None:
        """What has come true now makes a run due in a further round: a pause that begins now comes before it."""
        when, now, clock, met = rule.run.start_when, self.world.now, rule.clock, rule.met
        if rule.last is None and clock.past(rule.run.starts):
            self.arm(rule)
            rule.public -= self.released_now()  # what happens as it begins counts
        if rule.armed and rule.last is not None:
            checks = [
                when.cluster_grows is not None
                and self.h100e() >= when.cluster_grows * rule.size * (1.0 - NONE)
                and self.h100e() > 0.0,
                when.efficiency_grows is not None and self.efficiency(now) >= when.efficiency_grows * rule.known,
                when.rival_releases is not None and bool(self.rivals() - rule.public),
                when.latest_days is not None and clock.past(rule.last + when.latest_days),
            ]
            rule.met = rule.met or any(checks)
            if met and self.fires(rule):
                rule.armed, rule.met, rule.k = False, False, rule.k + 1
                rule.job = Job(rule.run, f"{rule.run.name}-{rule.k}", now)
                self.jobs.append(rule.job)

    def decide(self) -> None:
        for programme in self.programmes:
            for job in programme.jobs if programme.stood is None else ():
                if job.name not in self.called and self.past(job.due):
                    self.called.add(job.name)
        stood = {job.name: job.due for programme in self.programmes if programme.stood is not None
                 for job in programme.jobs if job.name not in self.called}  # fmt: skip
        for job in self.jobs:
            job.due = NEVER if job.name in stood else job.due
        super().decide()
        for job in self.jobs:
            job.due = stood.get(job.name, job.due)

    def holds(self, when: Any) -> bool:
        known = getattr(when, "level", None), getattr(when, "milestone", None), getattr(when, "rival_level", None)
        if known == (None, None, None):
            return super().holds(when)
        level, stone, rivals = known
        theirs = [(lab, model) for lab in self.world.labs if lab is not self for model in lab.models.values()
                  if model.public is not None and self.past(model.public)]  # fmt: skip
        checks = [
            level is None or level in self.reached, stone is None or stone in self.world.stones,
            rivals is None or any(self.world.reaches(lab, m, self.draw.levels[rivals]) for lab, m in theirs),
        ]  # fmt: skip
        return super().holds(when) and all(checks)

    # How long runs are

    def progress(self) -> float:
        """Growth rate of training efficiency from now on, as all is now; of labs ahead it is known (`rate`)."""
        now, hour = self.world.now, 1.0 / HOURS
        if not self.law.feedback or not self.best_known:
            return math.log(Lab.efficiency(self, now + hour) / Lab.efficiency(self, now)) * HOURS
        known = self.best_known
        if known >= self.law.limit * (1.0 - NONE):
            return 0.0
        own = self.growth(known, self.efficiency(now, True))
        rate = own + self.copied(known)
        for rule, lab in self.shares_of_speed:
            theirs = lab.own_rate
            if abs(math.log(lab.known_on(now) / known)) < theirs * hour:  # it has caught up, as far as hours tell
                rate = max(own, min(own + rule.fraction * theirs, theirs))
        for rule, lab in self.lags:  # where it keeps up with another
            if not rule.lag_days:
                rate = max(rate, lab.own_rate if lab.known_on(now) >= known * (1.0 - NONE) else 0.0)
            else:
                rate = max(rate, math.log(lab.known_on(now - rule.lag_days + hour) / known) * HOURS)
        return rate

    def to_size(self) -> list[Job]:
        """Runs that are due and have no length of this hour."""
        return [job for job in self.jobs if shortens(job) and job.waiting and job.started is None
                and self.past(job.due) and self.sized.get(job.name) != self.world.hour]  # fmt: skip

    def start_some(self) -> bool:
        """Where software follows research a run waits for its length until all else is decided, and holds up others."""
        late = self.to_size()
        if not self.best_known:
            self.size(late)
            late = []
        first = min(((job.due, job.name) for job in late), default=(NEVER, ""))
        behind = [job for job in self.jobs if job.waiting and (job.due, job.name) >= first]
        self.jobs = [job for job in self.jobs if job not in behind]
        started = super().start_some()
        self.jobs += behind
        return started

    def size(self, jobs: list[Job]) -> None:
        """Runs that might start now get their lengths."""
        first = math.log(Lab.efficiency(self, 1.0 / HOURS) / Lab.efficiency(self, 0.0)) * HOURS
        if self.law.feedback and self.begins <= 0.0 and len(self.path) > 2:  # with what research makes of it that day
            first = math.log(self.path[2] / self.path[1]) * HOURS
        now = self.progress() if jobs else 0.0
        for job in jobs:
            rule, stated = job.spec.length_rule, job.spec.length_days
            least = math.log(rule.reference_growth) / YEAR if rule.reference_growth is not None else first
            days = stated if now <= least * (1.0 + NONE) else stated * (least / now) ** rule.exponent
            days = max(days, min(stated, rule.floor_days))
            fresh = Job(replace(job.spec, length_days=days), job.name, job.due)
            job.length, job.phases, job.work = fresh.length, fresh.phases, fresh.work
            self.sized[job.name] = self.world.hour
            self.off[job.name] = days * rule.exponent, 1.0 if rule.reference_growth else 2.0

    # Runs that never end

    def start(self, job: Job, held: Any) -> None:
        fresh = job.started is None
        super().start(job, held)
        if fresh and shortens(job) and self.law.feedback:
            self.loose.append((self.world.now, *self.off[job.name]))
        if continuous(job.spec) and fresh:
            special = set(self.special).union(*(
                {f"{lab.spec.name}/{name}" for name in lab.special} for lab in self.world.labs if lab is not self))
            known = [model for model in self.usable() if model.name not in special]
            if job.spec.base is None and not known:
                raise Impossible(f"{job.name} has no model to go on from")
            job.base = self.models[job.spec.base] if job.spec.base else max(known, key=lambda model: model.effective)
            job.effective, job.number, job.last, job.ahead = job.base.effective, 0, self.world.now, 0.0
            job.next = job.effective * job.spec.length_rule.release_each

    def share(self) -> None:
        super().share()
        self.endless = [job for job in self.works if continuous(job.spec)]

    def calm(self) -> bool:
        """Milestones, rules and runs without end look at what grows in each hour."""
        return False

    def pass_hours(self, many: int) -> None:
        now, endless = self.world.now, self.endless
        before = self.efficiency(now) if endless else 0.0
        super().pass_hours(many)
        self.ahead = {}
        for job in endless:
            job.done += job.speed / HOURS
            grows = job.speed / HOURS * (self.middle if self.best_known and now >= self.begins else
                                         0.5 * (before + self.efficiency(now + 1.0 / HOURS)))  # fmt: skip
            job.effective += grows
            job.ahead = grows * (1.0 - 1e-6) if self.world.early else 1e-6 * grows
            if job.effective + job.ahead >= job.next:
                self.world.dated.add(self.world.hour + 1)
        if any(programme.soon() for programme in self.programmes):
            self.world.dated.add(self.world.hour + 1)
        if self is self.world.labs[-1]:
            self.world.foresee()

    def come_out(self, job: Job) -> None:
        while job.started is not None and job.effective + job.ahead >= job.next:
            job.number, now, spec = job.number + 1, self.world.now, job.spec
            flop = job.done + (job.base.flop or 0.0)
            public = None if spec.internal_only else now + spec.public_after_days
            name, params = f"{job.name}-{job.number}", spec.params or math.sqrt(flop / 120.0)
            self.models[name] = Model(
                self.spec.name, name, job.started, now, now, public, params, flop, job.next, job.next
            )
            if spec.open_after_days is not None and public is not None:
                self.opens[name] = public + spec.open_after_days
            job.next *= spec.length_rule.release_each
            self.world.ends.append(now)
            self.loose.append((now, now - job.last, 0.0))
            job.last = now
            self.follow(name)

    # What milestones look at

    def quantity(self, name: str, of: str | None) -> float:
        """A quantity now, if it grows: at an efficiency of 1."""
        now, domains = self.world.now, self.draw.domains
        able = {use: by for use, by in self.able.items() if of in (None, use)}
        if name in ("training_efficiency", "inference_efficiency"):
            return 1.0
        if name in ("tokens_per_s", "copies"):  # a copy's speed is 1 token/s here
            return sum(tokens for by in able.values() for tokens in by.values())
        if name == "human_equivalents":
            return sum(self.worth(self.fleets[use], self.model(model), domains[self.fleets[use].domain], tokens)[1]
                       for use, by in self.able.items() if of in (None, self.fleets[use].domain)
                       for model, tokens in by.items())  # fmt: skip
        if name == "demand_tokens_per_s":
            return sum(fleet.demand_tokens_per_s.at(now) for use, fleet in self.fleets.items()
                       if of in (None, use) and fleet.demand_tokens_per_s)  # fmt: skip
        if name == "people":
            return sum(series.at(now) for domain, series in self.spec.staff.items() if of in (None, domain))
        if name == "models":
            return float(len(self.usable()))
        if name == "effective_flop":
            return max((model.effective for model in self.usable()), default=0.0)
        if name == "public_effective_flop":
            return max((model.effective for model in self.models.values()
                        if model.public is not None and self.past(model.public)), default=0.0)  # fmt: skip
        held = {"h100e": self.total, "experiments_h100e": self.uses["experiments", ""] + 0.0 * self.total,
                "fleet_h100e": sum((held for (use, _), held in self.uses.items()
                                    if use in self.fleets and of in (None, use)), 0.0 * self.total)}[name]  # fmt: skip
        return float(held @ array(self.draw, {n: kind.h100e for n, kind in self.draw.accelerators.items()}))


def shortens(job: Job) -> bool:
    rule = job.spec.length_rule
    return rule is not None and rule.rule == "shorter with progress" and job.spec.length_days is not None


def continuous(run: Any) -> bool:
    return run.length_rule is not None and run.length_rule.rule == "continuous"


class Ruled(Race):
    lab = Ruler

    def __init__(self, draw: Any, early: bool) -> None:
        self.draw, self.random = draw, []
        """Days of what happened at random."""
        self.shocks = [(shock, self.chance(f"shock/{name}", shock.rate) if shock.rate is not None else [shock.on])
                       for name, shock in draw.shocks.items()]  # fmt: skip
        self.stones: dict[str, float] = {}
        self.targets = {name: getattr(spec, spec.quantity) * (1.0 - NONE if spec.quantity.endswith("h100e") else 1.0)
                        for name, spec in draw.milestones.items() if spec.quantity}  # fmt: skip
        self.growing: dict[str, list[tuple[str, Any, float]]] = {}
        self.values: dict[str, list[tuple[str, Any, float]]] = {}
        """By milestone: what is held against its number."""
        self.news: list[tuple[str, str, str]] = []
        super().__init__(draw, early)
        for lab in self.labs:
            for job in [job for job in lab.jobs if continuous(job.spec) and job.started is not None]:
                for k in range(job.number):
                    del self.flop[lab.spec.name, f"{job.name}-{k + 1}"]
        self.ends = sorted([*self.ends, *self.random])

    def chance(self, stream: str, rate: Any) -> list[float]:
        days = list(chances(self.draw, stream, rate))
        self.random += days
        return days

    def tell(self, kind: str, name: str, lab: str) -> None:
        """A level or milestone is reached: who waits for it hears of it."""
        self.news.append((kind, name, lab))
        for spec in self.draw.milestones.values():
            if kind == "level" and spec.level == name and spec.lab in (None, lab):
                self.reach(spec.name)

    def reach(self, name: str) -> None:
        if name not in self.stones:
            self.stones[name] = self.now
            if self.draw.milestones[name].quantity in GROWS:
                self.ends.append(self.now)
            self.news.append(("milestone", name, ""))

    def look(self) -> None:
        while True:
            super().look()
            while self.looked():
                super().look()
            if not self.size():
                break

    def size(self) -> bool:
        """All else of the hour is decided: whether runs have got their lengths, so that the labs decide again."""
        due = {lab: lab.to_size() for lab in self.labs}
        for lab in sorted(self.labs, key=lambda lab: -lab.best_known) if any(due.values()) else ():
            lab.rate = lab.progress() if lab.best_known else lab.rate
        for lab, jobs in due.items():
            lab.size(jobs)
        return any(due.values())

    def looked(self) -> bool:
        """Whether anything came of what there is now."""
        for shock, days in self.shocks:
            for spec in self.draw.milestones.values():
                if spec.shock == shock.name and any([self.past(day) for day in days]):  # noqa: C419 (notes all)
                    self.reach(spec.name)
        self.values = {spec.name: self.quantities(spec) for spec in self.draw.milestones.values()
                       if spec.quantity and spec.name not in self.stones}  # fmt: skip
        for name, values in self.values.items():
            if self.met(name, [base * (lab.efficiency(self.now, GROWS[what]) if what in GROWS else 1.0)
                               for what, lab, base in values]):  # fmt: skip
                self.reach(name)
        self.growing = {name: values for name, values in self.values.items()
                        if name not in self.stones and values and values[0][0] in GROWS}  # fmt: skip
        news, self.news = self.news, []
        for lab in self.labs:
            for item in news:
                lab.hear(*item)
        turned = [programme.turn() for lab in self.labs for programme in lab.programmes]
        return bool(news) or any(turned) or any(lab.fires(rule) for lab in self.labs for rule in lab.rules)

    def foresee(self) -> None:
        """Notes the hour if something grows to the number of a milestone in it."""
        for name, values in self.growing.items():
            if self.met(name, [base * lab.soon(GROWS[what]) for what, lab, base in values]):
                self.dated.add(self.hour + 1)

    def quantities(self, spec: Any) -> list[tuple[str, Any, float]]:
        """(quantity, lab, its number now at an efficiency of 1) of the labs that a milestone is about."""
        of = spec.domain if spec.quantity in ("people", "human_equivalents") else spec.fleet
        labs = [lab for lab in self.labs if spec.lab in (None, lab.spec.name)]
        if spec.below:  # of what is not there yet there is not too little
            there = [lab for lab in labs if self.past(lab.spec.entry)]
            labs = labs if spec.together and there else there
        return [(spec.quantity, lab, lab.quantity(spec.quantity, of)) for lab in labs]

    def met(self, name: str, values: list[float]) -> bool:
        """Whether a milestone's quantity, of labs, is on the far side of its number."""
        target, spec = self.targets[name], self.draw.milestones[name]
        values = [sum(values)] if spec.together and values else values
        return bool(values) and (min(values) < target if spec.below else max(values) >= target)

    def milestones(self) -> dict[str, float]:
        return self.stones
