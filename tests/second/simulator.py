"""A second simulator, as plain as can be: hour by hour, it works out anew who has what if anything happened.

It reads a draw's dataclasses and shares nothing with the kernel (`sim.world`), the equations or the tables. What
happens within an hour happens at its start (`early`) or at its end: the two outcomes show what an hour's step can do.
It knows no users' policies, levels and milestones, and of size rules 20 tokens a parameter. Read `plan` first.
Accelerators are arrays by type.
"""

from __future__ import annotations

import math
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.second.plan import NEVER, NONE, YEAR, Impossible, Job, Model, array, batches, flop_per_day, programme

HOURS = 24
"""Steps of a day."""


class Lab:
    """One lab: what happens to it in an hour, and what is decided then."""

    def __init__(self, world: Second, spec: Any) -> None:
        self.world, self.draw, self.spec, self.past = world, world.draw, spec, world.past
        self.total, self.late = array(self.draw, {}), array(self.draw, {})
        """The cluster, and what of it is to leave as soon as a run frees it."""
        self.coming = [batch for supply in spec.compute for batch in batches(supply, self.draw)]
        self.leaving = [(day + supply.life_days, -by) for supply in spec.compute if supply.life_days is not None
                        for day, by in batches(supply, self.draw)]  # fmt: skip
        self.jobs = [job for run in spec.runs for job in self.planned(run)]
        self.fleets = {name: fleet for name, fleet in sorted(spec.fleets.items()) if name in spec.use}
        demands = [fleet.demand_tokens_per_s for fleet in spec.fleets.values()]
        self.dates = [day for series in (*spec.use.values(), *demands) if series for day, _ in series.points]
        self.marks: list[Any] = []
        self.models: dict[str, Model] = {}
        for old in sorted(spec.models, key=lambda old: old.internal):
            then = self.efficiency(old.internal)
            effective = old.effective_flop or old.flop * then
            params = old.params or math.sqrt((old.flop or effective / then) / 120.0)
            total = old.flop * then if old.flop else effective
            self.models[old.name] = Model(
                spec.name, old.name, None, None, old.internal, old.public, params, old.flop, effective, total
            )

    def planned(self, run: Any) -> list[Job]:
        return programme(run, self.spec.name, self.draw)

    def usable(self) -> list[Model]:
        return [model for model in self.models.values() if self.past(model.internal)]

    def efficiency(self, day: float, inference: bool = False) -> float:
        law, power = self.spec.software, 1.0
        series, growth = law.training_efficiency, law.training_growth or 1.0
        if inference and law.inference_growth is not None:
            series, growth = None, law.inference_growth
        elif inference and law.inference_exponent is not None:
            power = law.inference_exponent
        return (series.at(day) if series else growth ** ((day - self.draw.base_date) / YEAR)) ** power

    # What happens in an hour

    def happen(self) -> None:
        for by in self.due(self.coming):
            self.change(by)
        for job in [job for job in self.jobs if job.left < job.soon]:
            self.phase_ends(job)
        self.line = {name: found for name, fleet in self.fleets.items() if (found := self.best(fleet))}
        for mark in [mark for mark in self.marks if not mark.active and self.past(mark.since)]:
            mark.held, mark.active = np.clip(mark.held, 0.0, np.maximum(0.0, self.free(firm_only=False))), True
            days = NEVER if mark.rule.for_days is None else self.world.now + mark.rule.for_days
            mark.until = min(days, NEVER if mark.rule.until is None else mark.rule.until)
        self.marks = [mark for mark in self.marks if not self.past(mark.until)]
        for by in self.due(self.leaving):
            self.change(by)

    def due(self, items: list[tuple[float, Any]]) -> list[Any]:
        found = [item for item in items if self.past(item[0])]
        items[:] = [item for item in items if not self.past(item[0])]
        return [what for _, what in found]

    def since(self, model: Model, fleet: Any) -> float:
        """The first day on which a fleet may use a model."""
        return model.internal if fleet.models == "internal" else NEVER if model.public is None else model.public

    def best(self, fleet: Any) -> Model | None:
        """The model of a fleet: a new one that is at least as strong takes over."""
        usable = [model for model in self.models.values() if self.past(self.since(model, fleet))]
        best = None
        for model in sorted(usable, key=lambda model: self.since(model, fleet)):
            if best is None or model.effective >= best.effective * (1.0 - NONE):
                best = model
        return best

    def change(self, by: Any) -> None:
        """Accelerators come or go; those of runs go when they are freed."""
        gangs = sum(job.held for job in self.jobs if not job.spec.elastic)
        short = np.maximum(0.0, gangs - self.total - by)
        self.total, self.late = self.total + by + short, self.late + short
        self.total[self.total < NONE] = 0.0

    def hold(self, job: Job, held: Any) -> None:
        if not job.spec.elastic:
            gone = np.clip(job.held - held, 0.0, self.late)
            self.total, self.late = self.total - gone, self.late - gone
            self.total[self.total < NONE] = 0.0
        days, share, _ = job.phases[job.at]
        rate = flop_per_day(self.draw, job.spec, held) if share else 0.0
        job.held, job.speed, job.worth = held, rate, 1.0
        if days is not None:
            job.speed, job.worth = float(np.any(held > 0.0)), rate
        job.soon = job.speed / HOURS * (1.0 - 1e-6 if self.world.early else 1e-6)  # with less left, it ends now

    def begin_phase(self, job: Job, day: float) -> Any:
        """The next phase; what it needs."""
        job.at += 1
        days, share, part = job.phases[job.at]
        job.target = job.left = job.flop * share if days is None else days
        job.efficiency = self.efficiency(day)
        return job.held if job.spec.elastic else job.size * part

    def phase_ends(self, job: Job) -> None:
        self.count(job)
        if job.at + 1 == len(job.phases):
            self.finish(job)
            return
        wanted = self.begin_phase(job, self.world.now)
        have = job.held + self.free()
        if np.any((wanted > job.held) & (wanted > have * (1.0 + NONE))):
            job.waiting, wanted = True, 0.0 * wanted  # suspended
        else:
            wanted = np.where(wanted > job.held, np.minimum(wanted, have), wanted)
            self.make_room(wanted - job.held)
        self.hold(job, wanted)

    def count(self, job: Job) -> None:
        """A phase is over: its FLOP count with the efficiency on the day on which it began."""
        flop, job.left = job.target * job.worth, job.target
        job.done, job.total = job.done + flop, job.total + flop * job.efficiency
        self.world.ends.append(self.world.now)

    def finish(self, job: Job) -> None:
        rule, freed = job.spec.after_training, job.held
        self.hold(job, 0.0 * freed)
        self.jobs.remove(job)
        self.models[job.name] = self.new_model(job)
        since = self.since(self.models[job.name], self.fleets[rule.to]) if rule else NEVER
        if since < ((rule and rule.until) or NEVER):
            self.marks.append(
                SimpleNamespace(rule=rule, since=since, held=freed * rule.move, until=NEVER, active=False)
            )

    def new_model(self, job: Job) -> Model:
        spec, base, now = job.spec, self.models.get(job.spec.base), self.world.now
        total = job.total + (base.total if base else 0.0)
        internal = now if spec.internal is None else max(now, spec.internal)
        public = None if spec.internal_only else internal + spec.public_after_days
        params = spec.params or (base.params if base else math.sqrt(job.done / 120.0))
        effective = spec.effective_flop or total * spec.gain
        return Model(self.spec.name, job.name, job.started, now, internal, public, params, job.done, effective, total)

    # What is decided then: the shares, which runs start, what earmarks keep

    def decide(self) -> None:
        self.choose()
        while True:
            phase, started = self.phase, self.start_some()
            if not started:
                self.give(-self.free(firm_only=False), sorted(self.marks, key=lambda mark: mark.rule.firm))
            self.choose()
            if not started and self.phase is phase:
                break
        if any(job.due < 0.0 and job.started is None for job in self.jobs):
            raise Impossible("a run in progress at the start has no accelerators")

    def choose(self) -> None:
        """The shares of now: the declared ones, or those of the first phase of which everything holds."""
        self.shares = {use: series.at(self.world.now) for use, series in sorted(self.spec.use.items())}
        self.phase, self.first = None, self.spec.policy == "training_first"
        if self.spec.policy == "phases":
            self.phase = next(phase for phase in self.spec.phases if self.holds(phase.when))
            self.first = self.phase.training_first
            if self.phase.use:
                self.shares = {use: self.phase.use.get(use, 0.0) for use in sorted({*self.shares, *self.phase.use})}

    def holds(self, when: Any) -> bool:
        mine = max((m.effective for m in self.usable()), default=0.0)
        public = [(lab is self, m.public, m.effective) for lab in self.world.labs for m in lab.models.values()
                  if m.public is not None and self.past(m.public)]  # fmt: skip
        theirs = max((flop for own, _, flop in public if not own), default=0.0)
        last, rivals = (max((day for own, day, _ in public if own is by), default=-NEVER) for by in (True, False))
        h100e = self.total @ array(self.draw, {name: kind.h100e for name, kind in self.draw.accelerators.items()})
        works = any(not job.waiting for job in self.jobs)
        runs = {"in progress": works, "none in progress": not works,
                "due": any(job.waiting and self.past(job.due) for job in self.jobs)}  # fmt: skip
        checks = {
            "run": lambda state: runs[state],
            "earmark": lambda state: state is any(mark.active for mark in self.marks),
            "behind": lambda factor: 0.0 < theirs >= factor * mine,
            "ahead": lambda factor: 0.0 < mine >= factor * theirs,
            "h100e_at_least": lambda least: h100e >= least,
            "h100e_below": lambda most: h100e < most,
            "since": self.past,
            "before": lambda day: not self.past(day),
            "released_within_days": lambda days: not self.past(last + days),
            "rival_released_within_days": lambda days: not self.past(rivals + days),
            "no_release_days": lambda days: self.past(last + days),
            "no_rival_release_days": lambda days: self.past(rivals + days),
        }
        stated = [(key, getattr(when, key, None)) for key in checks]
        return all([checks[key](value) for key, value in stated if value is not None])  # noqa: C419 (notes all dates)

    def start_some(self) -> bool:
        """Elastic runs are sized anew, then due ones start in the order of their dates; whether one started."""
        part = 1.0 if self.first else self.shares.get("training", 0.0)
        self.jobs.sort(key=lambda job: (job.due, job.name))
        elastic = [job for job in self.jobs if job.spec.elastic and not job.waiting]
        free = self.free() + sum(job.held for job in elastic)
        meant = part * self.total - sum(job.held for job in self.jobs if job not in elastic)
        gets = []
        for job in elastic:
            got = self.ask(job, free, meant)
            gets.append(0.0 * free if got is None else got * job.phases[job.at][2])
            free, meant = free - gets[-1], meant - gets[-1]
        if elastic:
            self.make_room(sum(gets) - sum(job.held for job in elastic))
        for job, got in zip(elastic, gets, strict=True):
            self.hold(job, got)
        started = False
        for job in [job for job in self.jobs if job.waiting and self.past(job.due)]:
            if self.phase and not self.phase.starts_runs and job.started is None and job.due >= 0.0:
                continue
            base = self.models.get(job.spec.base)
            there = self.past(base.internal) if base else job.spec.base is None
            held = self.ask(job, free, meant) if there else None
            if held is not None:
                free, meant, started = free - held, meant - held, True
                self.start(job, held)
            elif there and self.ask(job, self.total, self.total) is not None:
                break  # it holds up those behind it, for it could have what it waits for
        return started

    def ask(self, job: Job, free: Any, meant: Any) -> Any:
        """What a run takes of what is free, or None if it waits. `meant`: for runs that state no size."""
        free, spec = np.maximum(0.0, free), job.spec
        if np.any(job.size):
            wanted = job.size * job.phases[job.at][2]
        elif spec.accelerators or spec.share is not None:
            wanted = array(self.draw, spec.accelerators) if spec.accelerators else spec.share * self.total
        elif job.flop is not None and job.length is not None:
            need, most = job.flop * job.work / job.length, flop_per_day(self.draw, job.spec, free)
            return None if need > most * (1.0 + NONE) else free * min(1.0, need / most)
        else:
            wanted = np.minimum(meant, free)
            wanted = np.where(wanted > NONE * self.total, wanted, 0.0)
        fits = np.all((wanted <= 0.0) | (wanted <= free * (1.0 + NONE)))
        return np.clip(wanted, 0.0, free) if fits and np.any(wanted > 0.0) else None

    def start(self, job: Job, held: Any) -> None:
        now, job.waiting = self.world.now, False
        if job.started is not None:  # resumed: the phase for which it waited starts now
            job.efficiency = self.efficiency(now)
            self.make_room(held)
            self.hold(job, held)
            return
        self.marks = [m for m in self.marks if not m.active or m.rule.firm or m.until < NEVER]
        job.started = day = now + min(0.0, job.due)
        job.size = 0.0 if job.spec.elastic else held
        self.begin_phase(job, day)
        self.make_room(held if day < now else held * job.phases[0][2])
        self.hold(job, held * job.phases[0][2])
        while day < now:  # what it has done before the start
            days = min(now - day, job.left / job.speed)
            job.left, day = job.left - days * job.speed, day + days
            if day < now:
                if job.at + 1 == len(job.phases):
                    raise Impossible(f"{job.name} would have ended before the start")
                self.count(job)
                self.begin_phase(job, day)
                self.hold(job, held * job.phases[job.at][2])

    def free(self, firm_only: bool = True) -> Any:
        """What neither runs nor (firm) earmarks hold."""
        marks = [mark for mark in self.marks if mark.active and (mark.rule.firm or not firm_only)]
        return self.total - sum(item.held for item in (*self.jobs, *marks))

    def working(self) -> dict[str, float]:
        """Shares that have work, training apart."""
        return {use: part for use, part in self.shares.items() if part and (use == "experiments" or use in self.line)}

    def give(self, over: Any, marks: list[Any]) -> None:
        """Earmarks give, one after the other, what is over; one that has nothing left is none."""
        for mark in [mark for mark in marks if mark.active]:
            cut = np.clip(over, 0.0, mark.held)
            mark.held, over = mark.held - cut, over - cut
        self.marks = [mark for mark in self.marks if not mark.active or np.any(mark.held > NONE * self.total)]

    def make_room(self, more: Any) -> None:
        """For what a run takes, earmarks that are not firm give what idle and lent accelerators do not."""
        lent = self.free(firm_only=False) - sum(self.working().values()) * self.total
        self.give(more - np.maximum(0.0, lent), [mark for mark in self.marks if not mark.rule.firm])

    # Who has what then, and what it makes in an hour

    def share(self) -> None:
        """Accelerators by use and model (or run), and the tokens that each fleet could make at efficiency 1."""
        self.uses: dict[tuple[str, str], Any] = defaultdict(lambda: 0.0 * self.total)
        for job in self.jobs:
            self.uses["training", job.name] += job.held
        for mark in [mark for mark in self.marks if mark.active]:
            self.uses[mark.rule.to, self.line[mark.rule.to].name] += mark.held
        busy, parts = self.total - self.free(firm_only=False), self.working()
        own = np.minimum(busy, self.shares.get("training", 0.0) * self.total)
        idle, owed = max(0.0, 1.0 - sum(self.shares.values())) * self.total, sum(parts.values())
        fleets = owed - parts.get("experiments", 0.0)
        pots = [idle, self.total - own - idle - owed * self.total, (owed - fleets) * self.total, fleets * self.total]
        over = busy - own
        for k, pot in enumerate(pots):  # idle gives first what runs and earmarks have beyond training's share
            gives = np.clip(over, 0.0, np.maximum(0.0, pot))
            pots[k], over = pot - gives, over - gives
        idle, lent, experiments, rest = pots
        gets = {use: lent * part / owed + (experiments if use == "experiments" else rest * part / fleets)
                for use, part in parts.items()}  # fmt: skip
        self.uses["idle", ""] = self.limited(idle if parts else self.total - busy, gets)
        for use, own in gets.items():
            for name, of_use in self.mix(use):
                self.uses[use, name] += own * of_use
        self.able: dict[str, dict[str, float]] = {use: {} for use in self.fleets}
        for (use, name), held in self.uses.items():
            if use in self.fleets:
                self.able[use][name] = self.tokens(self.fleets[use].inference, self.model(name), held)
        asked = {use: fleet.demand_tokens_per_s for use, fleet in self.fleets.items()}
        self.demand = [(use, sum(self.able[use].values()), series.at(self.world.now) if series else math.inf)
                       for use, series in asked.items()]  # fmt: skip
        self.works = [job for job in self.jobs if job.speed]
        self.month, self.hours, self.efficient, self.busy = self.world.month, 0, 0.0, dict.fromkeys(self.fleets, 0.0)

    def limited(self, idle: Any, gets: dict[str, Any]) -> Any:
        """What is idle, when what uses get by their shares has been limited (in place)."""
        return idle

    def mix(self, use: str) -> list[tuple[str, float]]:
        """Models (or none) that a use runs, and their parts of its share."""
        return [(self.line[use].name if use in self.line else "", 1.0)]

    def model(self, name: str) -> Model:
        return self.models[name]

    def tokens(self, how: Any, model: Model, held: Any) -> float:
        peak = array(self.draw, {name: kind.peak(how.precision) for name, kind in self.draw.accelerators.items()})
        return float(held @ peak) * how.utilisation / (2.0 * model.params)

    def pass_hour(self) -> None:
        efficiency = self.efficiency(self.world.now + 0.5 / HOURS, inference=True)
        self.hours, self.efficient = self.hours + 1, self.efficient + efficiency
        for use, able, demand in self.demand:
            if able > 0.0:
                self.busy[use] += min(efficiency, demand / able)
        for job in self.works:
            job.left -= job.speed / HOURS
            if job.left < job.soon:
                self.world.dated.add(self.world.hour + 1)

    def note(self) -> None:
        """Adds what was in the hours since the last look to the means of a month."""
        where, means = (self.month, self.spec.name), self.world.means
        part = 1.0 / (self.world.bounds[self.month + 1] - self.world.bounds[self.month]) / HOURS
        means["cluster"][where] += self.total * self.hours * part
        for use, held in self.uses.items():
            means["accelerators"][where + use] += held * self.hours * part
        for use, by_model in self.able.items():
            for name, tokens in by_model.items():
                means["tokens_per_s"][*where, use, name] += tokens * self.efficient * part
                means["copies_busy"][*where, use, name] += tokens * self.busy[use] * part


class Second:
    """The outcome: models, FLOP of runs, windows, and means by interval of accelerators and tokens."""

    lab = Lab

    def __init__(self, draw: Any, early: bool) -> None:
        self.draw, self.kinds, self.dated = draw, sorted(draw.accelerators), {0}
        self.early, self.hour, self.now, self.month = early, 0, 0.0, 0
        self.ends: list[float] = []
        """Days on which phases of runs ended."""
        self.bounds = [draw.trajectory.occurrence(k, 0.0, draw.start) for k in range(int(draw.end / 28.0) + 1)]
        self.bounds = [day for day in self.bounds if day < draw.end] + [draw.end]
        self.means: dict[str, dict[Any, Any]] = defaultdict(lambda: defaultdict(float))
        self.labs = [self.lab(self, draw.labs[name]) for name in sorted(draw.labs)]
        for day in [*self.bounds, *(day for lab in self.labs for day in lab.dates)]:
            self.past(day)
        for self.hour in range(round(draw.end * HOURS)):
            self.pass_hour()
        for lab in self.labs:
            lab.note()
        self.models = {(lab.spec.name, name): model for lab in self.labs for name, model in lab.models.items()}
        self.flop = {(lab.spec.name, job.name): job.done + (job.target - job.left) * job.worth
                     for lab in self.labs for job in lab.jobs if job.started is not None}  # fmt: skip
        self.flop |= {key: model.flop for key, model in self.models.items() if model.finished is not None}

    def pass_hour(self) -> None:
        self.now = self.hour / HOURS
        if self.hour in self.dated:
            self.look()
        for lab in self.labs:
            lab.pass_hour()

    def look(self) -> None:
        """What is dated within the hour, and the ends of runs, happen; then each lab decides."""
        if self.hour:
            for lab in self.labs:
                lab.note()
        self.month = max(k for k, day in enumerate(self.bounds) if day <= self.now)
        while True:
            for what in ("happen", "decide", "share"):
                for lab in self.labs:
                    getattr(lab, what)()
            if all(job.left >= job.soon for lab in self.labs for job in lab.works):
                break

    def past(self, day: float) -> bool:
        """Whether a day has come. If not, its hour is noted, to look again then."""
        hour = math.floor(day * HOURS + NONE) if self.early else math.ceil(day * HOURS - NONE)
        self.dated.add(hour)
        return hour <= self.hour

    def window(self, model: Model, own: bool) -> tuple[float, list[str]]:
        """Length of a model's window and who closes it: more than one if they come at one instant."""
        closers = [(m.internal, m.lab, m.name) for m in self.models.values()
                   if m is not model and m.internal < self.draw.end and (m.lab == model.lab or not own)
                   and self.closes(m) and m.effective >= self.draw.stronger_by * model.effective]  # fmt: skip
        first, *_ = min(closers, default=(self.draw.end, "", ""))
        names = sorted(name if own else f"{lab}/{name}" for day, lab, name in closers if day == first)
        return max(0.0, first - model.internal), names

    def turns(self) -> dict[str, Any]:
        """Interventions, as in `RunRecord.interventions`, by name."""
        return {}

    def closes(self, model: Model) -> bool:
        """Whether it is a model that closes windows."""
        return True
