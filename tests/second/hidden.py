"""Covert projects in the second simulator: labs that are not there yet, work in secret, in the open, or are no more."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from tests.second.interventions import Bound, Laid
from tests.second.plan import NEVER, NONE, YEAR, Impossible, Model, programme
from tests.second.secured import Sought


class Hidden(Bound):
    """A lab that may be a covert project."""

    def __init__(self, world: Any, spec: Any) -> None:
        self.absent = self.secret = bool(spec.covert)
        self.gone = False
        self.left_behind: tuple[float, float] = (0.0, 0.0)
        """Its efficiencies when it was dissolved."""
        self.knew: tuple[float, float, float] | None = None
        """The day on which it began, and what of each efficiency it then had."""
        super().__init__(world, spec)
        if spec.covert:
            self.jobs, self.rules, self.begins = [], [], NEVER

    # The day on which it begins

    def appear(self, share: float, of_software: float, others: list[Any]) -> None:
        now, law = self.world.now, self.law
        self.absent = False
        self.total = share * sum(lab.total for lab in self.world.labs)
        for day in self.dates:
            self.past(day)
        training = of_software * max(lab.efficiency(now) for lab in others)
        inference = of_software * max(lab.efficiency(now, True) for lab in others)
        self.knew = now, training, inference
        if law.feedback:
            self.begins = max(now, law.feedback_from or 0.0)
            self.past(self.begins)
        for run in self.spec.runs:
            dated = run if run.starts is not None else replace(run, starts=now)
            for job in programme(dated, self.spec.name, self.draw):
                if job.due < now - NONE and run.every is not None:
                    continue
                job.due = now if job.due < now + NONE else job.due
                self.jobs.append(job)
        for job in self.jobs:
            self.past(job.due)

    def efficiency(self, day: float, inference: bool = False) -> float:
        """Until it begins, and when it is no more, nothing grows; then from what it knew on by its own law."""
        if not self.spec.covert:
            return super().efficiency(day, inference)
        if self.absent and self.knew is None:
            return super().efficiency(0.0, inference)
        assert self.knew is not None
        if self.gone:
            return self.left_behind[inference]
        since, training, infers = self.knew
        own = inference and (self.law.inference_growth is not None)
        if self.best_known and day >= self.begins and not own:
            return super().efficiency(day, inference)
        if inference and not own:
            iota = 1.0 if self.law.inference_exponent is None else self.law.inference_exponent
            return self.efficiency(day) ** iota
        stated = super().efficiency
        known, self.best_known = self.best_known, 0.0
        found = (infers if own else training) * stated(day, inference) / stated(since, inference)
        self.best_known = known
        return found

    def begin(self) -> None:
        """At first its software grows at the stated rate, with the research of that day."""
        if not self.spec.covert:
            super().begin()
            return
        known = self.efficiency(self.world.now)
        labour = self.labour(self.efficiency(self.world.now, True))
        if not labour or (not self.compute and self.law.labour_share < 1.0):
            raise Impossible("software cannot follow research that is not there")
        self.base = labour, self.compute or 1.0, math.log(self.law.training_growth) / YEAR * known**self.law.returns
        self.best_known = known

    @cached_property
    def links(self) -> list[tuple[Any, Any]]:
        """Nobody learns from a covert project but by name."""
        return [(rule, lab) for rule, lab in super().links if rule.sources or not lab.spec.covert]

    # The day on which it is found, or on which its deal is over

    def reveal(self) -> None:
        self.secret = False

    def lose(self, share: float) -> None:
        self.late = self.late * (1.0 - share)
        self.change(-share * self.total)

    def dissolve(self) -> None:
        now = self.world.now
        self.left_behind = self.efficiency(now), self.efficiency(now, True)
        self.absent = self.gone = True
        for job in self.jobs:
            if job.started is not None:
                job.done += (job.target - job.left) * job.worth
                self.given_up.append(job)
        self.jobs, self.marks, self.promised, self.rules = [], [], [], []
        self.total = self.late = 0.0 * self.total
        self.rate = 0.0

    def turn(self, force: list[Any]) -> None:
        super().turn(force)
        if self.secret:
            self.pace["releases"] = 0.0

    # While it is not there

    def happen(self) -> None:
        if not self.absent:
            super().happen()
        else:
            self.line = {}

    def decide(self) -> None:
        if not self.absent:
            super().decide()

    def share(self) -> None:
        if not self.absent:
            super().share()
            return
        self.works = []
        self.history.append((self.world.world.hour, 0.0 * self.total, {}, {use: {} for use in self.fleets}, []))

    def calm(self) -> bool:
        return super().calm() and not self.spec.covert

    def pass_hours(self, many: int) -> None:
        if not self.absent:
            super().pass_hours(many)
            return
        self.inferring.append(0.0)
        self.path.append(self.efficiency(self.world.now))

    def usable(self) -> list[Model]:
        return [] if self.absent else super().usable()

    # What others know of it

    def strongest(self, item: Any) -> float:
        known = self.world.labs
        self.world.world.labs = [lab for lab in known if lab is self or not lab.secret]
        found = super().strongest(item)
        self.world.world.labs = known
        return found


class Covertly(Laid):
    """A world with covert projects."""

    def __init__(self, draw: Any, early: bool) -> None:
        self.projects: list[Any] = []
        self.torn: set[str] = set()
        """Deals that break as their project is found."""
        self.waiting: set[str] = {name for name, item in draw.interventions.items() if item.covert}
        super().__init__(draw, early)

    def known_labs(self) -> list[Any]:
        return [lab for lab in self.labs if not lab.secret]

    def broken(self, item: Any) -> bool:
        return item.name in self.torn or super().broken(item)

    def turn(self) -> bool:
        changed = super().turn()
        for item in [item for item in self.items if item.name in self.waiting and item.started is not None]:
            spec = item.spec.covert
            if item.ended is not None:
                self.waiting.discard(item.name)  # it is over before
                continue
            dates = [item.end, item.spec.ends, item.spec.breaks.when if item.spec.breaks else None]
            over = min([day for day in dates if isinstance(day, float)], default=NEVER)
            if self.past(begins := item.started + (spec.after_days or 0.0)) and begins < over - NONE:
                self.waiting.discard(item.name)
                lab = next(lab for lab in self.labs if lab.spec.name == spec.lab)
                others = [other for other in self.labs if other.spec.name in item.labs] or self.known_labs()
                lab.appear(spec.compute, spec.software, others)
                found = spec.found and Sought(self.draw, f"intervention/{item.name}/found", spec.found, begins)
                self.projects.append(SimpleNamespace(item=item, spec=spec, lab=lab, found=found))
                changed = True
        for project in list(self.projects):
            if project.item.ended is not None:
                self.projects.remove(project)
                if project.spec.when_over == "goes on":
                    project.lab.reveal()
                else:
                    project.lab.dissolve()
            elif project.found and self.past(project.found.next_day()):
                self.projects.remove(project)
                rule, changed = project.spec.on_found, True
                if rule.loses == 1.0:
                    project.lab.dissolve()
                else:
                    project.lab.lose(rule.loses)
                    project.lab.reveal()
                if rule.deal == "breaks":
                    self.torn.add(project.item.name)
        if changed:
            for lab in self.labs:
                lab.turn(lab.force)
        return changed

