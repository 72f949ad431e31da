"""Interventions in the second simulator, from what `docs/interventions.md` and `docs/model.md` say of them.

A lab has a time of its own, which stands while everything stands there, and in it clocks of programmes, deliveries,
releases and software, which are behind by what they lost. Dates of interventions are the world's. Pools, security,
spent leads and covert projects are in files of their own (see `dealt`). It knows no hidden progress, and of `shift_of`
only `cluster`.
"""

from __future__ import annotations

import hashlib
import math
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.second.capped import Capped
from tests.second.plan import HOURS, NEVER, NONE, YEAR
from tests.second.race import RESEARCH, Race


class Bound(Capped):
    """A lab that interventions bind: who has what there."""

    def share(self) -> None:
        if self.local.stands:
            self.works = []
            return
        self.cut_marks_to_training()
        super().share()
        self.history[-1] = self.world.world.hour, *self.history[-1][1:]

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

    def divide(self) -> tuple[Any, dict[str, Any]]:
        idle, gets = super().divide()
        if not self.force:
            return idle, gets
        most, none = self.most_of_uses(), 0.0 * idle
        marked = {use: sum([mark.held for mark in self.marks if mark.rule.to == use], none)
                  for use in ("experiments", *self.fleets)}  # fmt: skip
        training = sum([job.held for job in self.jobs], none)
        over, known = none, dict(gets)
        for use in [use for use in gets if use in most]:
            room = (most[use] - marked[use]).clip(0.0)
            gets[use] = np.minimum(gets[use], room)
        limited = {use for use in gets if use in most}
        research = [use for use in self.of_research() if use in gets]
        most = self.most_research()
        if most < 1.0:
            room = (most * self.total - training - sum(marked[use] for use in self.of_research())).clip(0.0)
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
            gets[use], missing = gets[use] + taken, missing - taken
            above = {other: np.minimum(gets[other], gets[other] + marked[other] - floor * self.total).clip(0.0)
                     for other, floor in self.minima(self.force).items() if other != use and other in gets}
            beyond = sum(above.values(), none)
            part = np.minimum(missing / np.where(beyond > 0.0, beyond, 1.0), 1.0)
            for other, more in above.items():
                gets[other], gets[use] = gets[other] - part * more, gets[use] + part * more
        for item in self.force:
            self.shift(item, gets)
        return idle, gets

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

    def calm(self) -> bool:
        return self.local.stands or (super().calm() and self.pace["software"] == 1.0)

    def pass_hours(self, many: int) -> None:
        if self.local.stands:
            self.inferring += [0.0] * many
            self.local.stood += many
            since, hours = self.local.spells[-1]
            self.local.spells[-1] = since, hours + many
            return
        super().pass_hours(many)
        for what, pace in self.pace.items():
            self.behind[what] += many * (1.0 - pace) / HOURS


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
            days = [model.internal for lab in self.known_labs() for model in lab.models.values()
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
            ends = self.past(item.end) or (item.spec.ends is not None and self.met(item.spec.ends))
            if broken or ends or self.spent(item):
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
            if self.broken(item) or (item.spec.ends is not None and self.met(item.spec.ends)) or self.spent(item):
                item.ended = self.now
        for lab in self.labs:
            lab.turn([item.spec for item in self.items if item.started is not None and item.ended is None
                      and lab.spec.name in item.labs])  # fmt: skip
        return changed

    def spent(self, item: Any) -> bool:
        """Whether the lead that it spends is gone."""
        return False

    def known_labs(self) -> list[Any]:
        """Those of which all know."""
        return self.labs

    def broken(self, item: Any) -> bool:
        rule = item.spec.breaks
        return rule is not None and (self.past(item.breaks) or (rule.when is not None and self.met(rule.when)))

    def bound(self, binds: list[str]) -> list[str]:
        if binds == ["leader"]:
            best = [(m.effective, lab.spec.name) for lab in self.known_labs() for m in lab.models.values()
                    if lab.past(m.internal)]  # fmt: skip
            return [max(best)[1]] if best else []
        known = self.known_labs()
        return [lab.spec.name for lab in self.labs if lab.spec.name in binds
                or (lab in known and {"all", lab.spec.bloc} & set(binds))]  # fmt: skip

    def met(self, when: Any) -> bool:
        if when is None or isinstance(when, float):
            return when is None or self.past(when)
        words = when.split()
        if words[0] == "at":
            return words[1] in self.reached
        who, level = " ".join(words[1:-2]), self.draw.levels[words[-1]]
        labs = self.known_labs() if who == "any lab" else [lab for lab in self.labs if lab.spec.name == who]
        return any(lab.past(model.internal) and self.reaches(lab, model, level) for lab in labs
                   for model in lab.models.values())  # fmt: skip


def exponential(draw: Any, name: str, k: int = 0) -> float:
    """Of mean 1, from the middle of one of 2^53 equal cells of (0, 1)."""
    text = f"{draw.seed}/{draw.draw}/{name}/{k}".encode()
    cell = int(hashlib.blake2b(text, digest_size=8).hexdigest(), 16) // 2**11
    return -math.log((cell + 0.5) / 2**53)
