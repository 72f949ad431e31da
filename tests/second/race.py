"""A race in the second simulator: software that follows research, hour by hour by the midpoint rule.

Software: dA/dt = g·A^(1−β)·R^λ with R = [α·(L/L₀)^ρ + (1−α)·(C/C₀)^ρ]^(1/ρ). L is people and AI in `ai_research`
together, C the peak FLOP/s of experiments. A step's midpoint takes R, too, at the middle of the hour, to which the rate
of the hour before leads where nothing but growth has changed it since (and the lab learns from nobody): that is off by
the square of an hour's growth, as the rule itself is. The laws of labour and capability are written out here, from
DESIGN section 6.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.second.outcome import tokens
from tests.second.plan import HOURS, NEVER, NONE, SECONDS, YEAR, Impossible, Job, Model, array, flop_per_day, programme
from tests.second.whole import Whole, WholeLab

RESEARCH = "ai_research"


def logistic(law: Any, flop: float) -> float:
    return law.ceiling / (1.0 + (law.midpoint_flop / flop) ** (law.slope / math.log(10.0))) if flop else 0.0


def together(humans: float, ai: list[tuple[float, float]], rho: float) -> float:
    """Labour of humans and AIs, (share of the tasks that it can do, human-equivalents) each, tasks being complements.

    Seen from the hardest task on, effort may sum up to what can be put on tasks so hard. The most level effort is the
    steepest convex curve below these sums: from each corner it goes on to the one in the flattest direction.
    """
    corners, total = [(0.0, 0.0)], humans
    for share, work in sorted(ai, reverse=True) if len(ai) > 1 else ai:
        if work > 0.0 and share > 0.0:
            if corners[-1][0] != 1.0 - share:
                corners.append((1.0 - share, total))
            total += work
    corners.append((1.0, total))
    k, levels = 0, []
    while k + 1 < len(corners):
        here, slopes = corners[k], []
        for x, y in corners[k + 1 :]:
            slopes.append((y - here[1]) / (x - here[0]) if x > here[0] else math.inf)
        least = min(slopes)
        k += 1 + slopes.index(least)
        levels.append((corners[k][0] - here[0], least))
    return mean(levels, rho)


def mean(parts: list[tuple[float, float]], rho: float) -> float:
    """[Σ weight·value^ρ]^(1/ρ), and its limit at ρ = 0."""
    total, limit = 0.0, abs(rho) < NONE
    for weight, value in parts:
        if weight:
            if not value and rho <= 0.0:
                return 0.0
            total += weight * (math.log(value) if limit else value**rho)
    return math.exp(total) if limit else float(total ** (1.0 / rho))


class Known(dict[str, Model]):
    """A lab's own models; asked by name, also those of others that it may run."""

    def __init__(self, lab: Racer, own: dict[str, Model]) -> None:
        super().__init__(own)
        self.lab = lab

    def __missing__(self, name: str) -> Model:
        return {model.name: model for model in self.lab.foreign()}[name]


class Racer(WholeLab):
    """A lab in a race."""

    def __init__(self, world: Race, spec: Any) -> None:
        law, draw = spec.software, world.draw
        self.law, self.begins = law, draw.end * 2.0
        if law.feedback:
            self.begins = max(0.0, draw.base_date) if law.feedback_from is None else law.feedback_from
        self.best_known = self.middle = self.rate = self.fastest = 0.0
        """Training efficiency, that in the middle of the hour; its growth rate a day, and the largest that this was."""
        self.steady = False
        """Whether only growth has changed `rate` since the hour before."""
        self.path: list[float] = []
        """Training efficiency at each hour."""
        self.there: dict[str, dict[str, float]] = {}
        """Effective FLOP of models in domains in which it is another."""
        self.weak: set[str] = set()
        """Models that close no window."""
        self.before: dict[str, tuple[Model | None, float]] = {}
        """By fleet: the model before the one that it runs, and the day on which it changed."""
        self.chosen: dict[str, tuple[tuple[int, int], Model | None]] = {}
        """By fleet that goes by work: models that it knew when it chose, and months since the start; and its choice."""
        self.opens: dict[str, float] = {}
        """Days on which the weights of models are open."""
        self.stolen: dict[tuple[str, str], float] = {}
        self.rules: list[Any] = []
        """Runs that start by a rule, and how it stands with each."""
        self.sizes: list[tuple[float, float]] = []
        """H100e of the cluster, day by day on which it was looked at."""
        super().__init__(world, spec)
        self.models = Known(self, self.models)
        self.jobs = [job for run in spec.runs for job in self.planned(run)]
        self.dates += [day for series in spec.staff.values() for day, _ in series.points] + [self.begins]
        self.months = [draw.trajectory.occurrence(k, 0.0, draw.start) for k in range(1, int(draw.end / 28.0) + 1)]
        self.thefts = [theft for theft in draw.thefts.values() if theft.thief == spec.name]
        for old in spec.models:
            if old.tuned:
                self.models[old.name] = self.tune(self.models[old.name], old.tuned)
            if old.distilled:
                self.weak.add(old.name)
            if old.opened is not None:
                self.opens[old.name] = old.opened

    # Software

    def efficiency(self, day: float, inference: bool = False) -> float:
        own = inference and self.law.inference_growth is not None
        if own or not self.best_known or day < self.begins:
            return super().efficiency(day, inference)
        known = self.middle if day > self.world.now else self.best_known
        return known**self.law.inference_exponent if inference else known

    def share(self) -> None:
        super().share()
        self.steady = False
        self.mix()
        self.sizes.append((self.world.now, self.h100e()))
        if self.law.feedback:
            self.research()

    def research(self) -> None:
        """People, and by fleet what AI could do at efficiency 1 and the efficiency that demand allows; experiments."""
        now, domain = self.world.now, self.draw.domains[RESEARCH]
        self.people = self.spec.staff[RESEARCH].at(now)
        self.ai = []
        for use, able, demand in self.demand:
            fleet = self.fleets[use]
            if fleet.domain == RESEARCH and able > 0.0:
                models = [(self.model(name), tokens) for name, tokens in self.able[use].items()]
                self.ai.append((demand / able, [self.worth(fleet, model, domain, tokens) for model, tokens in models]))
        peak = array(self.draw, {name: kind.peak("bf16") for name, kind in self.draw.accelerators.items()})
        tries = self.uses["experiments", ""]
        self.compute = float(tries.clip(0.0) @ peak) if any(tries > NONE * self.total) else 0.0
        if self.law.experiments_count != "absolute":
            largest = max((m.flop or 0.0 for lab in self.world.labs for m in lab.models.values()
                           if self.past(m.internal)), default=0.0)  # fmt: skip
            self.compute = self.compute / largest if largest else 0.0

    def capability(self, model: Model, domain: str) -> float:
        return self.there.get(model.name, {}).get(domain, model.effective)

    def worth(self, fleet: Any, model: Model, domain: Any, tokens: float) -> tuple[float, float]:
        """(share of the tasks that it can do, human-equivalents) of tokens/s."""
        think, human, seen = fleet.think_x or 1.0, self.draw.human, {}
        for law in ("quality", "share_doable"):
            flop, rule = self.capability(model, domain.name), domain.thinking
            if rule and rule.buys in (law, "both"):
                flop *= min(think, rule.most_x) ** rule.gain
            seen[law] = logistic(getattr(domain, law), flop)
        hour = domain.tokens_per_human_hour_task
        if domain.token_basis == "thinking":
            hour = human.tokens_per_human_hour_thinking
        hours = tokens * 3600.0 / (hour * think) * 168.0 / human.work_hours_per_week
        return min(1.0, seen["share_doable"]), hours * seen["quality"]

    def labour(self, efficiency: float) -> float:
        ai = [(share, work * min(efficiency, most)) for most, models in self.ai for share, work in models]
        return self.people if not ai else together(self.people, ai, self.draw.human.task_substitution)

    def growth(self, known: float, inferring: float) -> float:
        """Growth rate of training efficiency, a day, from the lab's own research."""
        labour, compute = self.labour(inferring) / self.base[0], self.compute / self.base[1]
        law = self.law
        drive = mean([(law.labour_share, labour), (1.0 - law.labour_share, compute)], law.research_substitution or 0.0)
        return self.base[2] * known**-law.returns * drive**law.parallel_penalty

    def calm(self) -> bool:
        stated = not self.law.feedback and not self.best_known
        return stated and all(rule.run.start_when.efficiency_grows is None for rule in self.rules)

    def pass_hours(self, many: int) -> None:
        now = self.world.now
        if self.law.feedback and now >= self.begins:
            if not self.best_known:
                self.begin()
            known = self.caught_up(self.best_known)
            self.steady = self.steady and known == self.best_known and not self.links
            self.best_known = known
            half, limit = 0.5 / HOURS, self.law.limit or math.inf
            rate = self.rate if self.steady else self.growth(known, self.efficiency(now, True)) + self.copied(known)
            self.middle = min(limit, known * (1.0 + rate * half))
            inferring = self.efficiency(now + half, True)
            self.rate, self.steady = self.growth(self.middle, inferring) + self.copied(self.middle), True
            self.fastest = max(self.fastest, self.rate)
            super().pass_hours(many, inferring)
            self.path.append(known)
            self.best_known = min(limit, known + self.middle * self.rate / HOURS)
        else:
            self.path += [self.efficiency(now)] if many == 1 else self.stated(many, 0.0, False)
            super().pass_hours(many)
        for rule in self.rules:
            grows = rule.run.start_when.efficiency_grows
            if rule.armed and not rule.met and grows is not None:
                soon = self.best_known or self.efficiency(now + 1.0 / HOURS)
                if soon >= grows * rule.known:
                    self.world.dated.add(self.world.hour + 1)

    def begin(self) -> None:
        """At first software grows at the stated rate, with the research of that day."""
        self.best_known = super().efficiency(self.world.now)
        labour = self.labour(super().efficiency(self.world.now, True))
        if (labour <= 0.0 and self.law.labour_share > 0.0) or (self.compute <= 0.0 and self.law.labour_share < 1.0):
            raise Impossible("software cannot follow research that is not there")
        rate = math.log(self.law.training_growth) / YEAR * self.best_known**self.law.returns
        self.base = labour or 1.0, self.compute or 1.0, rate

    # What spreads

    def known_on(self, day: float) -> float:
        hour = round(day * HOURS)
        return self.path[hour] if 0 <= hour < len(self.path) else self.efficiency(day)

    @cached_property
    def links(self) -> list[tuple[Any, Any]]:
        """(rule, lab) of all from whom this one learns."""
        return [(rule, lab) for rule in self.draw.diffusion for lab in self.world.labs
                if lab is not self and lab.spec.name in (rule.sources or [lab.spec.name])
                and self.spec.name in (rule.receivers or [self.spec.name])]  # fmt: skip

    @cached_property
    def lags(self) -> list[tuple[Any, Any]]:
        return [(rule, lab) for rule, lab in self.links if rule.fraction is None]

    @cached_property
    def shares_of_speed(self) -> list[tuple[Any, Any]]:
        return [(rule, lab) for rule, lab in self.links if rule.fraction is not None]

    def caught_up(self, known: float) -> float:
        now = self.world.now
        for rule, lab in self.lags:
            known = max(known, lab.known_on(now - rule.lag_days))
        return min(known, self.law.limit or math.inf)

    def copied(self, known: float) -> float:
        """What of the growth rate of those ahead comes here."""
        if not self.shares_of_speed:
            return 0.0
        ahead = [(lab.known_on(self.world.now), lab, rule) for rule, lab in self.shares_of_speed]
        ahead = [item for item in ahead if item[0] > known * (1.0 + 1e-8)]
        if not ahead:
            return 0.0
        _, lab, rule = max(ahead, key=lambda item: item[0])
        still = lab.law.feedback and lab.known_on(self.world.now) >= (lab.law.limit or math.inf)
        return 0.0 if still else rule.fraction * lab.own_rate

    @property
    def own_rate(self) -> float:
        """How fast its training efficiency grows a day, of the hour before where it follows research."""
        return self.rate if self.best_known else math.log(self.law.training_growth or 1.0) / YEAR

    def happen(self) -> None:
        if self.best_known:
            self.best_known = self.caught_up(self.best_known)
        for theft in [theft for theft in self.thefts if self.past(theft.on)]:
            self.thefts.remove(theft)
            victim = next(lab for lab in self.world.labs if lab.spec.name == theft.victim)
            if theft.what == "software":
                self.best_known = min(max(self.best_known, victim.known_on(self.world.now)), self.law.limit)
            elif own := [model for model in victim.models.values() if victim.past(model.internal)]:
                best = max(own, key=lambda model: model.effective)
                self.stolen.setdefault((theft.victim, best.name), self.world.now)
        super().happen()

    def foreign(self) -> list[Model]:
        """Models of others that this lab may run."""
        found = []
        for lab in self.world.labs:
            for name, model in lab.models.items() if lab is not self else ():
                opened, taken = lab.opens.get(name, NEVER), self.stolen.get((lab.spec.name, name), NEVER)
                if self.past(min(opened, taken)):
                    mine = f"{lab.spec.name}/{name}"
                    self.there[mine] = lab.there.get(name, {})
                    public = opened if opened < NEVER else None
                    found.append(model._replace(name=mine, internal=min(opened, taken), public=public))
        return found

    def usable(self) -> list[Model]:
        return super().usable() + self.foreign()

    def model(self, name: str) -> Model:
        return self.models[name]

    # Models that are not general, and which ones fleets run

    def planned(self, run: Any) -> list[Job]:
        if run.start_when is not None:
            self.rules.append(SimpleNamespace(run=run, k=0, last=None, armed=False, met=False, job=None))
        apart = run.base == "each" or run.start_when is not None
        return [] if apart else programme(run, self.spec.name, self.draw)

    # Runs that start by a rule: one at a time, what happens meanwhile being remembered

    def rivals(self) -> set[tuple[str, str]]:
        return {(lab.spec.name, m.name) for lab in self.world.labs for m in lab.models.values()
                if lab is not self and m.public is not None and self.past(m.public)}  # fmt: skip

    def released_now(self) -> set[tuple[str, str]]:
        """Those of its rivals' models that became public in this hour."""
        before = self.world.now - 1.0 / HOURS
        return {(lab.spec.name, m.name) for lab in self.world.labs for m in lab.models.values()
                if (lab.spec.name, m.name) in self.rivals() and m.public > before}  # fmt: skip

    def arm(self, rule: Any) -> None:
        rule.armed, rule.met = rule.k < (rule.run.start_when.times or math.inf), False
        rule.last, rule.size, rule.known = self.world.now, self.h100e(), self.efficiency(self.world.now)
        rule.public = self.rivals()

    def apply(self, rule: Any) -> None:
        when, now = rule.run.start_when, self.world.now
        if rule.last is None and self.past(rule.run.starts):
            self.arm(rule)
        if rule.armed and rule.last is not None:
            checks = [
                when.cluster_grows is not None and self.h100e() >= when.cluster_grows * rule.size * (1.0 - NONE),
                when.efficiency_grows is not None and self.efficiency(now) >= when.efficiency_grows * rule.known,
                when.rival_releases is not None and bool(self.rivals() - rule.public),
                when.latest_days is not None and self.past(rule.last + when.latest_days),
            ]
            rule.met = rule.met or any(checks)
            if rule.met and rule.job is None and (not rule.k or self.past(rule.last + when.apart_days)):
                rule.armed, rule.met, rule.k = False, False, rule.k + 1
                rule.job = Job(rule.run, f"{rule.run.name}-{rule.k}", now)
                self.jobs.append(rule.job)

    def decide(self) -> None:
        for rule in self.rules:
            self.apply(rule)
        super().decide()

    def start(self, job: Job, held: Any) -> None:
        fresh = job.started is None
        super().start(job, held)
        for rule in [rule for rule in self.rules if rule.job is job and fresh]:
            self.arm(rule)

    def finish(self, job: Job) -> None:
        super().finish(job)
        self.models[job.name] = self.changed(job)
        for rule in [rule for rule in self.rules if rule.job is job]:
            rule.job = None
        if not job.spec.distilled and not job.spec.tuned:
            self.follow(job.name)

    def follow(self, model: str) -> None:
        """What is made of each general model."""
        for run in [run for run in self.spec.runs if run.base == "each"]:
            each = replace(run, base=model, name=f"{model} {run.name}")
            self.jobs.append(Job(each, each.name, self.models[model].internal + run.after_days))

    def changed(self, job: Job) -> Model:
        """The model of a run that is finished, as its kind has it."""
        model, spec, small = self.models[job.name], job.spec, job.spec.distilled
        if small:
            base = self.models[spec.base]
            part = small.effective_flop_share
            model = model._replace(total=part * base.total, params=spec.params or small.params_share * base.params)
            if not spec.effective_flop:
                model = model._replace(effective=part * base.effective)
                self.there[job.name] = {name: part * flop for name, flop in self.there.get(base.name, {}).items()}
            if not small.closes_windows:
                self.weak.add(job.name)
        if spec.opened is not None:
            self.opens[job.name] = max(model.internal, spec.opened)
        elif spec.open_after_days is not None and model.public is not None:
            self.opens[job.name] = model.public + spec.open_after_days
        return self.tune(model, spec.tuned) if spec.tuned else model

    def tune(self, model: Model, rule: Any) -> Model:
        self.there[model.name] = {rule.domain: model.effective * rule.there_x}
        return model._replace(effective=model.effective * rule.elsewhere_x)

    def best(self, fleet: Any) -> Model | None:
        usable = [model for model in (*self.models.values(), *self.foreign()) if self.past(self.since(model, fleet))]
        usable.sort(key=lambda model: self.since(model, fleet))
        if fleet.choose == "most_work":
            return self.most_work(fleet, usable)
        best = None
        for model in usable:
            value, other = (self.capability(m, fleet.domain) if m else 0.0 for m in (model, best))
            if value >= other * (1.0 - NONE):
                self.before[fleet.name] = best, max(0.0, self.since(model, fleet))
                best = model
        return best

    def most_work(self, fleet: Any, usable: list[Model]) -> Model | None:
        """Looked for when a model comes, and every month, with the accelerators that the fleet had before."""
        known, best = self.chosen.get(fleet.name, ((0, 0), None))
        monthly = [self.past(day) for day in self.months].count(True)
        if (len(usable), monthly) != known and usable:
            uses = self.uses if self.world.hour else {}
            had = [held for (use, _), held in uses.items() if use == fleet.name]
            share = self.shares[fleet.name] if self.world.hour else self.spec.use[fleet.name].at(0.0)
            held = sum(had) if had and np.any(sum(had) > NONE * self.total) else share * self.total
            asked = fleet.demand_tokens_per_s.at(self.world.now) if fleet.demand_tokens_per_s else math.inf
            domain, efficiency = self.draw.domains[fleet.domain], self.efficiency(self.world.now, True)
            ranked = []
            for n, model in enumerate(usable):
                most = flop_per_day(self.draw, fleet.inference, held) / SECONDS / (2.0 * model.params) * efficiency
                work = self.worth(fleet, model, domain, min(asked, most))[1]
                ranked.append((work, self.capability(model, fleet.domain), n))
            for many in range(min(known[0] + 1, len(usable)), len(usable) + 1):  # one new model after the other
                new = usable[max(ranked[:many])[2]]
                if best is None or new.name != best.name:
                    self.before[fleet.name], best = (best, self.world.now), new
        self.chosen[fleet.name] = (len(usable), monthly), best
        return best

    def mix(self) -> None:
        """Fleets run the model before the one that they have, too, on a part of what they get by their shares."""
        for use in [use for use in self.gets if use in self.line and self.fleets[use].replace != "at once"]:
            fleet, (old, since) = self.fleets[use], self.before[use]
            part = fleet.beside_share or 0.5
            if fleet.replace == "ramp" and old:
                part = sum(self.past(since + fleet.ramp_days * (k + 0.5) / 10) for k in range(10)) / 10
            if old is not None and part < 1.0:
                self.uses[use, self.line[use].name] -= (1.0 - part) * self.gets[use]
                self.uses[use, old.name] += (1.0 - part) * self.gets[use]
                self.able, self.demand = tokens(self)
                self.history[-1] = self.world.hour, self.total, self.uses, self.able, self.demand


class Race(Whole):
    lab = Racer

    def levels(self) -> dict[tuple[str, str], float]:
        """(level, lab) -> the day on which a model of the lab reached it."""
        found = {}
        for lab in self.labs:
            for level in self.draw.levels.values():
                days = [model.internal for model in lab.models.values() if model.internal < self.draw.end
                        and self.reaches(lab, model, level)]  # fmt: skip
                if days:
                    found[level.name, lab.spec.name] = min(days)
        return found

    def reaches(self, lab: Racer, model: Model, level: Any) -> bool:
        if level.effective_flop is not None:
            return bool(model.effective >= level.effective_flop)
        law = self.draw.domains[level.domain].share_doable
        return bool(logistic(law, lab.capability(model, level.domain)) >= level.share_doable)

    def milestones(self) -> dict[str, float]:
        """The first day on which a cluster, or an efficiency, is as large as a milestone says."""
        found = {}
        for spec in self.draw.milestones.values():
            days = []
            for lab in [lab for lab in self.labs if spec.lab in (None, lab.spec.name)]:
                if spec.h100e is not None:
                    days += [day for day, size in lab.sizes if size >= spec.h100e * (1.0 - NONE)][:1]
                else:
                    days += [k / HOURS for k, known in enumerate(lab.path) if known >= spec.training_efficiency][:1]
            if days:
                found[spec.name] = min(days)
        return found

    def leads(self) -> dict[tuple[str, str, str], float]:
        """(what, level or model, lab) -> days until another lab reached the level, or had a model as strong."""
        found, end, levels = {}, self.draw.end, self.levels()
        for name in self.draw.levels:
            line = sorted((day, lab) for (level, lab), day in levels.items() if level == name)
            for k, (day, lab) in enumerate(line):
                if k + 1 < len(line) or len(line) < len(self.labs):
                    found["level", name, lab] = (line[k + 1][0] if k + 1 < len(line) else end) - day
        most, models = 0.0, sorted((m.internal, m.lab, m.effective, m.name) for m in self.models.values())
        for day, lab, strength, name in models:
            if day < end and strength > most * (1.0 + NONE):
                most = strength
                after = [then for then, other, equal, _ in models if other != lab and equal >= most * (1.0 - NONE)]
                found["frontier model", f"{lab}/{name}", lab] = min([end, *after]) - day
        return found if len(self.labs) > 1 else {}
