"""A race in the second simulator: software that follows research, hour by hour by the midpoint rule.

Software: dA/dt = g·A^(1−β)·R^λ with R = [α·(L/L₀)^ρ + (1−α)·(C/C₀)^ρ]^(1/ρ). L is people and AI in `ai_research`
together, C the peak FLOP/s of experiments. A step's midpoint takes R, too, at the middle of the hour. The laws of
labour and capability are written out here, from DESIGN section 6.
"""

from __future__ import annotations

import math
from typing import Any

from tests.second.plan import NONE, YEAR, Impossible, Model, array
from tests.second.simulator import HOURS, Lab, Second

RESEARCH = "ai_research"


def logistic(law: Any, flop: float) -> float:
    return law.ceiling / (1.0 + (law.midpoint_flop / flop) ** (law.slope / math.log(10.0))) if flop else 0.0


def together(humans: float, ai: list[tuple[float, float]], rho: float) -> float:
    """Labour of humans and AIs, (share of the tasks that it can do, human-equivalents) each, tasks being complements.

    Seen from the hardest task on, effort may sum up to what can be put on tasks so hard. The most level effort is the
    steepest convex curve below these sums: from each corner it goes on to the one in the flattest direction.
    """
    shares = sorted({share for share, work in ai if work > 0.0 and share > 0.0} | {0.0}, reverse=True)
    corners = [(1.0 - share, humans + sum(work for wider, work in ai if wider > share)) for share in shares]
    here, levels = (0.0, 0.0), []
    while corners:
        slopes = [(y - here[1]) / (x - here[0]) if x > here[0] else math.inf for x, y in corners]
        k = slopes.index(min(slopes))
        levels.append((corners[k][0] - here[0], slopes[k]))
        here, corners = corners[k], corners[k + 1 :]
    return mean(levels, rho)


def mean(parts: list[tuple[float, float]], rho: float) -> float:
    """[Σ weight·value^ρ]^(1/ρ), and its limit at ρ = 0."""
    parts = [(weight, value) for weight, value in parts if weight]
    if rho <= 0.0 and not all(value for _, value in parts):
        return 0.0
    if abs(rho) < NONE:
        return math.exp(sum(weight * math.log(value) for weight, value in parts))
    return sum(weight * value**rho for weight, value in parts) ** (1.0 / rho)


class Racer(Lab):
    """A lab in a race."""

    def __init__(self, world: Race, spec: Any) -> None:
        law, draw = spec.software, world.draw
        self.law, self.begins = law, draw.end * 2.0
        if law.feedback:
            self.begins = max(0.0, draw.base_date) if law.feedback_from is None else law.feedback_from
        self.best_known = self.middle = self.rate = self.fastest = 0.0
        """Training efficiency, that in the middle of the hour; its growth rate a day, and the largest that this was."""
        self.path: list[float] = []
        """Training efficiency at each hour."""
        self.there: dict[str, dict[str, float]] = {}
        """Effective FLOP of models in domains in which it is another."""
        self.turns: dict[str, tuple[Model | None, float]] = {}
        super().__init__(world, spec)
        self.dates += [day for series in spec.staff.values() for day, _ in series.points] + [self.begins]

    # Software

    def efficiency(self, day: float, inference: bool = False) -> float:
        own = inference and self.law.inference_growth is not None
        if own or not self.best_known or day < self.begins:
            return super().efficiency(day, inference)
        known = self.middle if day > self.world.now else self.best_known
        return known**self.law.inference_exponent if inference else known

    def share(self) -> None:
        super().share()
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

    def pass_hour(self) -> None:
        now = self.world.now
        if self.law.feedback and now >= self.begins:
            if not self.best_known:
                self.begin()
            known = self.best_known = self.caught_up(self.best_known)
            half = 0.5 / HOURS
            rate = self.growth(known, self.efficiency(now, True)) + self.copied(known)
            self.middle = min(self.law.limit or math.inf, known * (1.0 + rate * half))
            self.rate = self.growth(self.middle, self.efficiency(now + half, True)) + self.copied(self.middle)
            self.fastest = max(self.fastest, self.rate)
            super().pass_hour()
            self.path.append(known)
            self.best_known = min(self.law.limit or math.inf, known + self.middle * self.rate / HOURS)
        else:
            self.path.append(self.efficiency(now))
            super().pass_hour()

    def begin(self) -> None:
        """At first software grows at the stated rate, with the research of that day."""
        self.best_known = super().efficiency(self.world.now)
        labour = self.labour(super().efficiency(self.world.now, True))
        if (labour <= 0.0 and self.law.labour_share > 0.0) or (self.compute <= 0.0 and self.law.labour_share < 1.0):
            raise Impossible("software cannot follow research that is not there")
        rate = math.log(self.law.training_growth) / YEAR * self.best_known**self.law.returns
        self.base = labour or 1.0, self.compute or 1.0, rate

    def caught_up(self, known: float) -> float:
        return known

    def copied(self, known: float) -> float:
        return 0.0


class Race(Second):
    lab = Racer
