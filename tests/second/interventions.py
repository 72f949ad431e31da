"""Interventions in the second simulator, from what `docs/interventions.md` and `docs/model.md` say of them.

A lab has a time of its own, which stands while everything stands there, and in it clocks of programmes, deliveries,
releases and software, which are behind by what they lost. Dates of interventions are the world's. It knows no pools,
security, spent leads or covert projects, no hidden progress, and of `shift_of` only `cluster`.
"""

from __future__ import annotations

import hashlib
import math
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.second.plan import NEVER, NONE, YEAR, Job, Model, batches, flop_per_day
from tests.second.race import RESEARCH, Race, Racer
from tests.second.simulator import HOURS

THREE = ("training", "experiments", "ai_use_in_research")
HARSH = ("resume", "restart", "destroy")


class Local:
    """The world as a lab sees it: by its own time."""

    def __init__(self, world: Laid) -> None:
        self.world, self.stood, self.stands, self.soon = world, 0, False, False
        """Hours that it stood; whether it does, or will when the instant is over."""
        self.spells: list[tuple[float, int]] = []
        """Its time when it began to stand, and for how many hours it then did."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.world, name)

    @property
    def hour(self) -> int:
        return int(self.world.hour - self.stood)

    @property
    def now(self) -> float:
        return float(self.world.now - self.stood / HOURS)

    @property
    def dated(self) -> Local:
        return self

    def add(self, hour: int) -> None:
        """Notes an hour of its own, to look again then."""
        self.world.dated.add(hour + self.stood)

    def past(self, day: float) -> bool:
        if not self.stands:
            return bool(self.world.past(day + self.stood / HOURS))
        return math.floor(day * HOURS + NONE) <= self.hour

    def of_world(self, day: float) -> float:
        """The world's date of a day of the lab's."""
        return day + sum(hours for since, hours in self.spells if since < day - NONE) / HOURS


class Bound(Racer):
    """A lab that interventions bind."""

    def __init__(self, world: Laid, spec: Any) -> None:
        self.local = local = Local(world)
        self.force: list[Any] = []
        """The interventions in force that bind it."""
        self.behind = dict.fromkeys(("training", "deliveries", "releases", "software"), 0.0)
        """Days that clocks have lost."""
        self.pace = dict.fromkeys(self.behind, 1.0)
        self.releasing: list[tuple[float, str]] = []
        """Models that are to become public, and when by the clock of releases."""
        self.released = -NEVER
        super().__init__(local, spec)  # type: ignore[arg-type]
        supplies = [(supply.life_days, *batch) for supply in spec.compute for batch in batches(supply, self.draw)]
        self.leaving, self.coming = [], []
        self.supplies = sorted(supplies, key=lambda item: item[1])
        self.banked: list[tuple[Any, float | None, set[str]]] = []
        for old in list(self.models.values()):
            if old.public is not None and old.public <= 0.0:
                self.released = max(self.released, old.public)
            elif old.public is not None:
                self.releasing.append((old.public, old.name))
                self.models[old.name] = old._replace(public=None)
        self.given_up: list[Job] = []
        self.barred: set[str] = set()
        """Fleets that may run none of their models now."""
        self.any_age = False
        self.had = 0.0
        self.fresh = False
        """Whether other interventions are in force since it last decided."""

    # Strictness

    def at_share(self, item: Any, what: str) -> float:
        stated = item.continues.get(what, 0.0 if what in item.stops else 1.0)
        if what in THREE and item.tax is not None:
            stated = min(stated, 1.0 - item.tax)
        return float(1.0 - item.holds * (1.0 - stated))

    def strictest(self, what: str) -> float:
        return min((self.at_share(item, what) for item in self.force), default=1.0)

    def most_training(self, items: list[Any]) -> Any:
        """What training may hold under some interventions."""
        stated = [each.share for each in self.spec.runs if each.share is not None]
        meant, minima = max([self.shares.get("training", 0.0), *stated]), self.minima(items)
        research = meant + sum(self.shares.get(use, 0.0) for use in self.of_research())
        parts = [self.at_share(item, "training") * meant for item in items if self.at_share(item, "training") < 1.0]
        for item in items:
            parts += [self.eased(item, cap, meant) for cap in self.caps(item, "training")]
            parts += [self.eased(item, cap, research) for cap in self.caps(item, "research")]
        if minima:
            parts.append(max(0.0, 1.0 - sum(minima.values())))
        return self.total * min(parts) if parts else np.full_like(self.total, math.inf)

    def eased(self, item: Any, cap: float, meant: float) -> float:
        """A cap that holds by half takes half of what is above it of what is meant to be had."""
        return float(cap + (1.0 - item.holds) * max(0.0, meant - cap))

    def caps(self, item: Any, what: str) -> list[float]:
        """As shares of the cluster."""
        count, share = getattr(item, f"cap_{what}"), getattr(item, f"cap_{what}_share")
        found = [] if share is None else [share]
        if count is not None and self.h100e():
            found.append(min(1.0, count / self.h100e()))
        return found

    def of_research(self) -> list[str]:
        return ["experiments", *(use for use, fleet in self.fleets.items() if fleet.domain == "ai_research")]

    def minima(self, items: list[Any]) -> dict[str, float]:
        found: dict[str, float] = {}
        for item in items:
            for use, least in (item.minimum_shares or {}).items():
                if use == "experiments" or use in self.line:
                    have = self.shares.get(use, 0.0)
                    found[use] = max(found.get(use, 0.0), have + item.holds * max(0.0, least - have))
        return found

    # Clocks

    def on_clock(self, what: str, day: float) -> bool:
        """Whether a clock shows a day."""
        due = day + self.behind[what]
        pace = self.pace[what]
        if pace > 0.0 and due > self.world.now:
            return bool(self.past(self.world.now + (due - self.world.now) / pace))
        return pace > 0.0

    def efficiency(self, day: float, inference: bool = False) -> float:
        stated = not self.law.feedback or (inference and self.law.inference_growth is not None)
        return super().efficiency(day - self.behind["software"] if stated and day >= 0.0 else day, inference)

    def turn(self, force: list[Any]) -> None:
        """Other interventions are in force."""
        self.fresh = self.fresh or force != self.force
        self.force = force
        self.pace = {what: self.strictest(what) for what in self.behind}
        self.pace["training"] = float(self.pace["training"] > 0.0)
        stands = any("everything" in item.stops and item.holds > 0.0 for item in force)
        self.local.soon = stands and not self.local.stands
        self.local.stands = stands and self.local.stands

    def settle(self) -> None:
        """An instant is over: where everything is to stand still it does so from now on."""
        if self.local.soon:
            self.local.spells.append((self.world.now, 0))
            self.local.stands, self.local.soon = True, False

    # What happens

    def happen(self) -> None:
        if self.local.stands:
            return
        for date in self.dates:
            self.past(date)
        for life, day, by in [item for item in self.supplies if self.on_clock("deliveries", item[1])]:
            self.supplies = [item for item in self.supplies if item[2] is not by]
            self.delivered(life, max(day, self.world.now) if day > 0.0 else day, by)
        self.release()
        self.go_on()
        if self.release():
            self.go_on()

    def go_on(self) -> None:
        for mark in [mark for mark in self.marks if not mark.active]:
            mark.since = self.since(self.models[mark.model], self.fleets[mark.rule.to])
        super().happen()

    def release(self) -> bool:
        """Models become public; whether one did."""
        known = len(self.releasing)
        for due, name in sorted(self.releasing):
            wait = max((item.release_interval * item.holds for item in self.force if item.release_interval is not None),
                       default=0.0)  # fmt: skip
            if self.on_clock("releases", due) and self.past(self.released + wait):
                self.releasing.remove((due, name))
                self.released = self.world.now
                self.models[name] = self.models[name]._replace(public=self.world.now)
        return len(self.releasing) < known

    def delivered(self, life: float | None, day: float, by: Any) -> None:
        keep: list[tuple[float, Any]] = []
        if day > 0.0:
            for item in [item for item in self.force if item.slow_deliveries is not None]:
                share = 1.0 - item.holds * (1.0 - item.slow_deliveries)
                keep.append((share, item))
        lost = min((share for share, item in keep if item.withheld == "lost"), default=1.0)
        bank = sorted((share, item.name) for share, item in keep if item.withheld == "banked" and share < lost)
        edges = [*(share for share, _ in bank), lost]
        for k in range(len(bank)):
            self.banked.append(((edges[k + 1] - edges[k]) * by, life, {name for _, name in bank[: k + 1]}))
        self.comes(life, day, edges[0] * by)

    def comes(self, life: float | None, day: float, by: Any) -> None:
        self.change(by)
        if life is not None:
            self.leaving.append((day + life, -by))

    def unbank(self, name: str, destroyed: bool) -> None:
        """An intervention holds nothing back any more."""
        for piece in list(self.banked):
            piece[2].discard(name)
            if not piece[2]:
                self.banked.remove(piece)
                if not destroyed:
                    self.comes(piece[1], self.world.now, piece[0])

    def since(self, model: Model, fleet: Any) -> float:
        day = super().since(model, fleet)
        if fleet.domain == "ai_research" and not self.any_age:
            older = max((item.research_models_older_than * item.holds for item in self.force
                         if item.research_models_older_than is not None), default=0.0)  # fmt: skip
            day = max(day, model.internal + older)
        return day

    def best(self, fleet: Any) -> Model | None:
        found = super().best(fleet)
        self.barred.discard(fleet.name)
        had = fleet.name in self.line if self.world.hour else True
        if found is None and had and fleet.domain == "ai_research":  # it has one, but none that is old enough
            self.any_age = True
            found = super().best(fleet)
            self.any_age = False
            if found is not None:
                self.barred.add(fleet.name)
        return found

    def new_model(self, job: Job) -> Model:
        model = super().new_model(job)
        tax = max((item.safety_tax * item.holds for item in self.force if item.safety_tax is not None), default=0.0)
        model = model._replace(effective=model.effective * (1.0 - tax))
        if model.public is not None:
            self.releasing.append((model.public - self.behind["releases"], model.name))
        return model._replace(public=None)

    def finish(self, job: Job) -> None:
        rule, freed, marks = job.spec.after_training, job.held, list(self.marks)
        super().finish(job)
        self.marks = marks
        if rule:
            since = self.since(self.models[job.name], self.fleets[rule.to])
            self.marks.append(SimpleNamespace(
                rule=rule, since=since, held=freed * rule.move, until=NEVER, active=False, model=job.name))  # fmt: skip

    # What is decided

    def decide(self) -> None:
        if self.local.stands:
            return
        self.choose()
        self.suspend()
        self.cut_marks()
        super().decide()

    def suspend(self) -> None:
        """Runs keep what fits, by their dates; the others are suspended, by those that alone would, or by all."""
        if not self.fresh and self.h100e() >= self.had:
            self.had = self.h100e()
            return
        self.had = self.h100e()
        held = 0.0 * self.total
        for job in sorted(self.jobs, key=lambda job: (job.due, job.name)):
            if job.waiting or job.started is None:
                continue
            fits = not self.fresh or self.may_go_on(job, self.force)
            if fits and self.within(job, held, self.force):
                held = held + (0.0 if job.spec.elastic else job.held)
                continue
            alone = [item for item in self.force if not self.within(job, held, [item])]
            alone += [item for item in self.force if self.fresh and not self.may_go_on(job, [item], cut=False)]
            word = max((item.suspended for item in alone or self.force), key=HARSH.index)
            job.waiting = job.middle = True
            done = (job.target - job.left) * job.worth
            job.done, job.total, job.target = job.done + done, job.total + done * job.efficiency, job.left
            self.hold(job, 0.0 * job.held)
            self.happens_to(job, word)
        self.fresh = False

    def happens_to(self, job: Job, word: str) -> None:
        """To a run that is suspended."""
        if word == "destroy":
            self.jobs.remove(job)
            self.given_up.append(job)
        elif word == "restart":
            job.at, job.done, job.total, job.middle = -1, 0.0, 0.0, False
            self.begin_phase(job, self.world.now)

    def broken(self, item: Any) -> None:
        """Runs that a deal kept from going on, when it breaks."""
        held = sum((job.held for job in self.jobs if not job.spec.elastic), 0.0 * self.total)
        for job in [job for job in self.jobs if job.waiting and job.started is not None]:
            held_by = [each for each in self.force if not self.within(job, held, [each])
                       or not self.may_go_on(job, [each], cut=False)]  # fmt: skip
            if item in (held_by or self.force):
                self.happens_to(job, item.on_break.suspended)

    def within(self, job: Job, held: Any, items: list[Any]) -> bool:
        size = job.size * job.phases[job.at][2] if job.waiting else job.held
        most = self.most_training(items)
        if any(self.at_share(item, "training") == 0.0 for item in items):
            return False
        return job.spec.elastic or bool(np.all(held + size <= most + NONE * self.total))

    # Caps on FLOP

    def may_go_on(self, job: Job, items: list[Any], cut: bool = True, wait: bool = True) -> bool:
        """Whether a run that has started may, what is left of it cut to what it may have."""
        part = [job.target - job.left] + [0.0] * (len(job.phases) - job.at - 1)
        whole, left = job.size if np.any(job.size) else job.held, []
        for n, (days, share, of_size) in enumerate(job.phases[job.at:]):
            rest = (job.left if n == 0 else job.flop * share if days is None else days) if share else 0.0
            left.append(rest * (1.0 if days is None else flop_per_day(self.draw, job.spec, whole * of_size)))
        done = job.done + (part[0] * (1.0 if job.phases[job.at][0] is None else flop_per_day(
            self.draw, job.spec, whole * job.phases[job.at][2])) if job.phases[job.at][1] else 0.0)  # fmt: skip
        planned = done + sum(left)
        most, waits = self.allowed(job, planned, items)
        if most >= planned * (1.0 - NONE):
            return True
        if (wait and waits) or done >= most or not sum(left):
            return False
        if cut:
            factor = (most - done) / sum(left)
            for n, (days, share, of_size) in list(enumerate(job.phases))[job.at:]:
                if n == job.at and share:
                    job.target -= job.left * (1.0 - factor)
                    job.left *= factor
                elif share:
                    job.phases[n] = (None, share * factor, of_size) if days is None else (days * factor, share, of_size)
        return True

    def begin_phase(self, job: Job, day: float) -> Any:
        wanted = super().begin_phase(job, day)
        if self.force and job.at > 0:
            self.may_go_on(job, self.force, wait=False)
        return wanted

    def allowed(self, job: Job, planned: float, items: list[Any]) -> tuple[float, bool]:
        """FLOP that a run of so many may have; whether it waits."""
        spec, base, caps = job.spec, self.models.get(job.spec.base), []
        sure = job.total + (base.total if base else 0.0)
        efficiency = job.efficiency if job.middle or not job.waiting else self.efficiency(self.world.now)
        done = job.done
        for item in items:
            if item.cap_run_flop is not None:
                caps.append((planned - item.holds * max(0.0, planned - item.cap_run_flop), item))
            strongest = self.strongest(item)
            if strongest < math.inf:
                whole = spec.effective_flop or spec.gain * (sure + max(0.0, planned - done) * efficiency)
                if whole > strongest:
                    may = whole - item.holds * (whole - strongest)
                    less = 0.0 if spec.effective_flop else max(0.0, done + (may / spec.gain - sure) / efficiency)
                    caps.append((less, item))
        caps = [(cap, item) for cap, item in caps if cap < planned * (1.0 - NONE)]
        return min((cap for cap, _ in caps), default=planned), any(item.over_cap == "wait" for _, item in caps)

    def strongest(self, item: Any) -> float:
        """Effective FLOP that a new model may have."""
        most = math.inf
        if item.cap_capability is not None:
            cleared = [m.effective for lab in self.world.labs for m in lab.models.values()
                       if lab.past(m.internal) and self.past(m.internal + item.cleared_after)]  # fmt: skip
            most = item.cap_capability * max(cleared, default=0.0)
        if item.hold_at is not None:
            level = self.draw.levels[item.hold_at]
            most = min(most, level.effective_flop * (1.0 - 1e-6))
        return most

    # Starts

    def cut_marks(self) -> None:
        for use, most in self.most_of_uses().items():
            marks = [mark for mark in self.marks if mark.active and mark.rule.to == use]
            if marks:
                self.give((sum(mark.held for mark in marks) - most).clip(0.0), marks[::-1])

    def free(self, firm_only: bool = True) -> Any:
        free = super().free(firm_only)
        if not firm_only or not self.force:
            return free
        return np.minimum(free, self.most_training(self.force) - sum(job.held for job in self.jobs))

    def start(self, job: Job, held: Any) -> None:
        if job.started is None or not job.middle:
            super().start(job, held)
            return
        job.waiting = False
        self.make_room(held)
        self.hold(job, held)

    def start_some(self) -> bool:
        later = [job for job in self.jobs if job.due > 0.0 and job.waiting and not self.on_clock("training", job.due)]
        self.jobs = [job for job in self.jobs if job not in later]
        started = self.start_within() if self.force else super().start_some()
        self.jobs += later
        return started

    def start_within(self) -> bool:
        """What would start if nobody limited it starts, cut to what is allowed, or waits."""
        none = any(self.at_share(item, "training") == 0.0 for item in self.force)
        self.jobs.sort(key=lambda job: (job.due, job.name))
        elastic = [job for job in self.jobs if job.spec.elastic and not job.waiting]
        free = super().free() + sum(job.held for job in elastic)
        rigid = sum(job.held for job in self.jobs if job not in elastic) + 0.0 * self.total
        most = self.most_training(self.force)
        left = most - rigid
        meant = (1.0 if self.first else self.shares.get("training", 0.0)) * self.total - rigid
        gets = []
        for job in elastic:
            got = self.ask(job, free, meant)
            got = 0.0 * free if got is None else got * job.phases[job.at][2]
            free, meant = free - got, meant - got
            gets.append(np.minimum(got, left.clip(0.0)))
            left = left - gets[-1]
        if elastic:
            self.make_room(sum(gets) - sum(job.held for job in elastic))
        for job, got in zip(elastic, gets, strict=True):
            self.hold(job, got)
        started = False
        for job in [job for job in self.jobs if job.waiting and self.past(job.due)]:
            base = self.models.get(job.spec.base)
            there = self.past(base.internal) if base else job.spec.base is None
            wanted = self.ask(job, free, meant) if there else None
            if wanted is None:
                if there and self.ask(job, self.total, self.total) is not None:
                    break
                continue
            planned = job.flop, job.length, list(job.phases)
            held = None if none else self.cut(job, wanted, most, left)
            if held is None and job.started is None:  # it is cut when it starts, not while it waits
                job.flop, job.length, job.phases = planned
            if held is None:
                continue
            free, meant, left, started = free - wanted, meant - wanted, left - held, True
            self.start(job, held)
        return started

    def cut(self, job: Job, wanted: Any, most: Any, left: Any) -> Any:
        """What a run takes that would start with so much; None if it waits."""
        spec = job.spec
        if job.started is not None:
            if not self.may_go_on(job, self.force):
                return None
        else:
            timed = [days * flop_per_day(self.draw, spec, wanted * part)
                     for days, share, part in job.phases if share and days]  # fmt: skip
            planned = sum(timed) if job.flop is None or job.length is not None else job.flop
            may, wait = self.allowed(job, planned, self.force)
            if may < planned:
                if wait or may <= 0.0:
                    return None
                factor = may / planned
                if job.flop is not None and job.length is not None:
                    wanted = wanted * factor
                if job.flop is not None:
                    job.flop *= factor
                else:
                    job.phases = [(days * factor if share else days, share, part) for days, share, part in job.phases]
        if not np.any(most < self.total * 2.0):
            return wanted
        sized = np.any(job.size) or spec.accelerators or spec.share is not None or (job.flop and job.length)
        less = np.minimum(wanted, (most if sized and not spec.elastic else left).clip(0.0))
        whole = np.all(less >= wanted * (1.0 - NONE))
        waits = any(item.over_cap == "wait" for item in self.force
                    if np.any(wanted > self.most_training([item]) + NONE))  # fmt: skip
        if not np.any(less > 0.0) or np.any((less > 0.0) & (less > left + NONE * self.total)):
            return None
        if not whole and not spec.elastic and (np.any(job.size) or waits):
            return None
        if not whole and job.flop is not None and job.length is not None and not spec.elastic:
            job.length = None
            job.phases = [(days if not share else None, share, part) for days, share, part in job.phases]
        return less

    # Who has what

    def share(self) -> None:
        if not self.local.stands:
            super().share()
            return
        self.month, self.hours, self.efficient = self.world.month, 0, 0.0
        self.busy, self.works = dict.fromkeys(self.fleets, 0.0), []

    def research(self) -> None:
        super().research()
        factor, besides = 1.0, 0.0
        for item in self.world.hiring(self.spec.name):
            over, since = item.spec.hire_over or 0.0, item.started
            steps = [self.world.world.past(since + over * k / 10) for k in range(1, 11)]
            come = item.spec.holds * sum(steps) / 10
            factor *= 1.0 + ((item.spec.hire or {}).get(RESEARCH, 1.0) - 1.0) * come
            besides += (item.spec.hire_people or {}).get(RESEARCH, 0.0) * come
        self.people = (self.people * factor + besides) * self.strictest("human_research")

    def growth(self, known: float, inferring: float) -> float:
        return super().growth(known, inferring) * self.strictest("software")

    def most_of_uses(self) -> dict[str, Any]:
        """What experiments and fleets in AI research may hold."""
        found = {}
        for use in ("experiments", *self.fleets):
            research = use in self.fleets and self.fleets[use].domain == "ai_research"
            what = "experiments" if use == "experiments" else "ai_use_in_research" if research else ""
            share = self.strictest(what) if what else 1.0
            if share < 1.0:
                found[use] = share * self.shares.get(use, 0.0) * self.total
            if use in self.barred:
                found[use] = 0.0 * self.total
        return found

    def limited(self, idle: Any, gets: dict[str, Any]) -> Any:
        if not self.force:
            return idle
        most, none = self.most_of_uses(), 0.0 * idle
        marked = {use: sum([mark.held for mark in self.marks if mark.active and mark.rule.to == use], none)
                  for use in ("experiments", *self.fleets)}  # fmt: skip
        training = sum([job.held for job in self.jobs], none)
        over, known = none, dict(gets)
        for use in [use for use in gets if use in most]:
            room = (most[use] - marked[use]).clip(0.0)
            gets[use] = np.minimum(gets[use], room)
        limited = {use for use in gets if use in most}
        research = [use for use in self.of_research() if use in gets]
        meant = self.shares.get("training", 0.0) + sum(self.shares.get(use, 0.0) for use in self.of_research())
        caps = [self.eased(item, cap, meant) for item in self.force for cap in self.caps(item, "research")]
        if min(caps, default=1.0) < 1.0:
            room = (min(caps) * self.total - training - sum(marked[use] for use in self.of_research())).clip(0.0)
            have = sum([gets[use] for use in research], none)
            part = np.where(have > room, room / np.where(have > 0.0, have, 1.0), 1.0)
            for use in research:
                gets[use] = gets[use] * part
            limited |= set(research)
        over = sum([known[use] - gets[use] for use in gets], none)
        idle = self.freed(idle, gets, over, sorted(set(gets) - limited), training)
        for use, least in self.minima(self.force).items():
            gets.setdefault(use, none)
            missing = (least * self.total - gets[use] - marked[use]).clip(0.0)
            others = [other for other in gets if other not in self.minima(self.force)]
            taken = np.minimum(missing, idle)
            idle, gets[use], missing = idle - taken, gets[use] + taken, missing - taken
            have = sum([gets[other] for other in others], none)
            taken = np.minimum(missing, have)
            for other in others:
                gets[other] = gets[other] * (1.0 - taken / np.where(have > 0.0, have, 1.0))
            gets[use] = gets[use] + taken
        for item in self.force:
            self.shift(item, gets)
        return idle

    def shift(self, item: Any, gets: dict[str, Any]) -> None:
        """What one intervention takes from the others' uses for alignment."""
        share = item.shift_to_alignment or 0.0
        known = self.world.reached_on
        reached = [(known[level], self.draw.levels[level].effective_flop, part)
                   for level, part in (item.shift_from_level or {}).items() if level in known]  # fmt: skip
        if reached:
            share = max(reached)[2]
        if not share or "alignment" not in self.line:
            return
        givers = [use for use in gets if use != "alignment" and use not in self.minima(self.force)
                  and (not item.shift_from or use in item.shift_from)]  # fmt: skip
        have = sum([gets[use] for use in givers], 0.0 * self.total)
        taken = np.minimum(share * item.holds * self.total, have)
        for use in givers:
            gets[use] = gets[use] * (1.0 - taken / np.where(have > 0.0, have, 1.0))
        gets["alignment"] = gets.get("alignment", 0.0 * self.total) + taken

    def freed(self, idle: Any, gets: dict[str, Any], over: Any, others: list[str], training: Any) -> Any:
        """Gives to others what is freed; what is idle then."""
        to = next((item.freed for item in self.force if item.freed not in (None, "shares")), None)
        if to is None:
            parts = {use: self.shares[use] for use in others}
            for use, part in parts.items():
                gets[use] = gets[use] + over * part / sum(parts.values())
            return idle if parts else idle + over
        meant = self.shares.get("training", 0.0) * self.total
        unused = (meant - np.maximum(training, np.minimum(meant, self.most_training(self.force)))).clip(0.0)
        above = {use: (gets[use] - self.shares[use] * self.total).clip(0.0) for use in others}
        beyond = sum(above.values(), 0.0 * idle)
        back = np.minimum(unused, beyond)
        for use, more in above.items():
            gets[use] = gets[use] - back * more / np.where(beyond > 0.0, beyond, 1.0)
        if to in self.line:
            gets[to] = gets.get(to, 0.0 * idle) + over + back
            return idle
        return idle + over + back

    def pass_hour(self) -> None:
        if self.local.stands:
            self.hours += 1
            self.local.stood += 1
            since, hours = self.local.spells[-1]
            self.local.spells[-1] = since, hours + 1
            return
        super().pass_hour()
        for what, pace in self.pace.items():
            self.behind[what] += (1.0 - pace) / HOURS


class Laid(Race):
    """A world with interventions."""

    lab = Bound  # type: ignore[assignment]

    def __init__(self, draw: Any, early: bool) -> None:
        self.items = [SimpleNamespace(spec=spec, name=name, started=None, ended=None, labs=[], end=NEVER, breaks=NEVER)
                      for name, spec in sorted(draw.interventions.items())]  # fmt: skip
        self.reached: set[str] = set()
        """Milestones."""
        self.reached_on: dict[str, float] = {}
        """Level -> the day on which any lab first reached it."""
        super().__init__(draw, early)
        for lab in self.labs:  # from here on by the world's time
            for name, model in lab.models.items():
                stated = {key: getattr(model, key) for key in ("started", "finished", "internal", "public")}
                days = {key: lab.local.of_world(day) for key, day in stated.items() if day is not None}
                self.models[lab.spec.name, name] = lab.models[name] = model._replace(**days)
            self.flop |= {(lab.spec.name, job.name): job.done for job in lab.given_up}
            lab.sizes = [(lab.local.of_world(day), size) for day, size in lab.sizes]
            for since, hours in lab.local.spells:
                k = round(lab.local.of_world(since) * HOURS)
                lab.path[k:k] = [lab.path[min(k, len(lab.path) - 1)] if lab.path else 0.0] * hours

    def hiring(self, lab: str) -> list[Any]:
        return [item for item in self.items if item.started is not None and item.ended is None and lab in item.labs
                and (item.spec.hire or item.spec.hire_people)]  # fmt: skip

    def turns(self) -> dict[str, tuple[float, float | None, list[str]]]:
        """Name -> day on which an intervention started, day on which it ended, labs bound."""
        return {item.name: (item.started, item.ended, item.labs) for item in self.items if item.started is not None}

    def look(self) -> None:
        if self.hour:
            for lab in self.labs:
                lab.note()
        self.month = max(k for k, day in enumerate(self.bounds) if day <= self.now)
        first = self.hour == 0
        while True:
            self.each("happen")
            self.note_milestones()
            changed = not first and self.turn()
            if changed:
                self.each("happen")
            self.each("decide", "share")
            done = all(job.left >= job.soon for lab in self.labs for job in lab.works)
            if done and not first and not changed:
                break
            first = False
        self.each("settle")

    def note_milestones(self) -> None:
        for name, level in self.draw.levels.items():
            days = [model.internal for lab in self.labs for model in lab.models.values()
                    if lab.past(model.internal) and self.reaches(lab, model, level)]  # fmt: skip
            if days:
                self.reached_on.setdefault(name, min(days) if min(days) <= 0.0 else self.now)
        for spec in self.draw.milestones.values():
            labs = [lab for lab in self.labs if spec.lab in (None, lab.spec.name)]
            if spec.h100e is not None and any(lab.h100e() >= spec.h100e * (1.0 - NONE) for lab in labs):
                self.reached.add(spec.name)

    def each(self, *whats: str) -> None:
        for what in whats:
            for lab in self.labs:
                getattr(lab, what)()

    def turn(self) -> bool:
        """Interventions end and start."""
        changed = False
        for item in [item for item in self.items if item.started is not None and item.ended is None]:
            broken = self.broken(item)
            if broken or self.past(item.end) or (item.spec.ends is not None and self.met(item.spec.ends)):
                item.ended, changed = self.now, True
                for lab in self.labs:
                    rule = item.spec.on_break
                    if broken and rule and item.spec in lab.force:
                        lab.broken(item.spec)
                    lab.unbank(item.name, bool(broken and rule and rule.banked == "destroyed"))
        for item in [item for item in self.items if item.started is None and item.spec.lasts != 0.0]:
            if not self.met(item.spec.starts):
                continue
            item.started, changed = self.now, True
            item.labs = self.bound(item.spec.binds)
            item.end = NEVER if item.spec.lasts is None else self.now + item.spec.lasts
            rule = item.spec.breaks
            if rule is not None and rule.rate:
                item.breaks = self.now + exponential(self.draw, f"intervention/{item.name}/breaks") / rule.rate * YEAR
            if self.broken(item) or (item.spec.ends is not None and self.met(item.spec.ends)):
                item.ended = self.now
        for lab in self.labs:
            lab.turn([item.spec for item in self.items if item.started is not None and item.ended is None
                      and lab.spec.name in item.labs])  # fmt: skip
        return changed

    def broken(self, item: Any) -> bool:
        rule = item.spec.breaks
        return rule is not None and (self.past(item.breaks) or (rule.when is not None and self.met(rule.when)))

    def bound(self, binds: list[str]) -> list[str]:
        if binds == ["leader"]:
            best = [(m.effective, lab.spec.name) for lab in self.labs for m in lab.models.values()
                    if lab.past(m.internal)]  # fmt: skip
            return [max(best)[1]] if best else []
        return [lab.spec.name for lab in self.labs if {"all", lab.spec.name, lab.spec.bloc} & set(binds)]

    def met(self, when: Any) -> bool:
        if when is None or isinstance(when, float):
            return when is None or self.past(when)
        words = when.split()
        if words[0] == "at":
            return words[1] in self.reached
        who, level = " ".join(words[1:-2]), self.draw.levels[words[-1]]
        return any(lab.past(model.internal) and self.reaches(lab, model, level) for lab in self.labs
                   for model in lab.models.values() if who in ("any lab", lab.spec.name))  # fmt: skip


def exponential(draw: Any, name: str) -> float:
    """Of mean 1, from the middle of one of 2^53 equal cells of (0, 1)."""
    text = f"{draw.seed}/{draw.draw}/{name}/0".encode()
    cell = int(hashlib.blake2b(text, digest_size=8).hexdigest(), 16) // 2**11
    return -math.log((cell + 0.5) / 2**53)
