"""Security in the second simulator: each hour's findings of a lab are sent off with the lag, or the fraction, of then.

Thefts at a rate: what is left until the next adds down at the share of the rate that security leaves of it.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from dataclasses import replace
from typing import Any

from tests.second.interventions import Bound, exponential
from tests.second.plan import NEVER, NONE, YEAR


class Sought:
    """Something that happens at a dated rate: when next, and how much of its unit exponential is left until then."""

    def __init__(self, draw: Any, stream: str, rate: Any, since: float = 0.0) -> None:
        self.draw, self.stream, self.rate, self.since, self.factor, self.k = draw, stream, rate, since, 1.0, -1
        self.again()

    def again(self) -> None:
        self.k += 1
        self.left = exponential(self.draw, self.stream, self.k)

    def next_day(self) -> float:
        """When it happens if nobody changes its factor; it happens at most once at a time."""
        day, left = self.since, self.left
        for until in [*(day for day, _ in self.rate.points if day > self.since), NEVER]:
            speed = self.rate.at(day) * self.factor / YEAR
            if speed and day + left / speed <= until:
                return day + left / speed
            left, day = left - speed * (until - day), until
        return NEVER

    def pass_until(self, day: float) -> None:
        """Takes off what has added up until a day."""
        for until in [*(then for then, _ in self.rate.points if self.since < then < day), day]:
            self.left -= self.rate.at(self.since) * self.factor / YEAR * max(0.0, until - self.since)
            self.since = max(self.since, until)

    def scale(self, factor: float, day: float) -> None:
        if factor != self.factor:
            self.pass_until(day)
            self.factor = factor


class Secured(Bound):
    def __init__(self, world: Any, spec: Any) -> None:
        self.under_way: dict[tuple[int, str], list[tuple[float, float]]] = defaultdict(list)
        """By rule and follower: (day on which it comes, efficiency)."""
        self.come: dict[tuple[int, str], float] = defaultdict(float)
        super().__init__(world, spec)
        self.sought = [(theft, Sought(self.draw, f"theft/{theft.name}", theft.rate))
                       for theft in self.thefts if theft.rate is not None]  # fmt: skip
        self.thefts = [theft for theft in self.thefts if theft.rate is None]

    def slower(self) -> float:
        return max((1.0 + item.holds * ((item.slow_diffusion or 1.0) - 1.0) for item in self.force), default=1.0)

    def thieves_left(self) -> float:
        return min((1.0 - item.holds * (1.0 - item.slow_thefts) for item in self.force
                    if item.slow_thefts is not None), default=1.0)  # fmt: skip

    # What it finds is sent off

    def calm(self) -> bool:
        return super().calm() and not self.draw.diffusion

    def pass_hours(self, many: int) -> None:
        super().pass_hours(many)
        for follower in self.world.labs:
            for rule, leader in follower.lags:
                if leader is self and rule.lag_days:
                    way = id(rule), follower.spec.name
                    heapq.heappush(self.under_way[way], (self.world.now + rule.lag_days * self.slower(), self.path[-1]))

    def caught_up(self, known: float) -> float:
        now = self.world.now
        for rule, lab in self.lags:
            if not rule.lag_days:
                known = max(known, lab.known_on(now))
                continue
            if now - rule.lag_days < -NONE:  # from before the start
                known = max(known, lab.efficiency(now - rule.lag_days))
            way = id(rule), self.spec.name
            while lab.under_way[way] and lab.under_way[way][0][0] <= now + NONE:
                lab.come[way] = max(lab.come[way], heapq.heappop(lab.under_way[way])[1])
            known = max(known, lab.come[way])
        return min(known, self.law.limit or math.inf)

    @property
    def shares_of_speed(self) -> Any:  # type: ignore[override]
        return [(replace(rule, fraction=rule.fraction / lab.slower()), lab)
                for rule, lab in self.links if rule.fraction is not None]  # fmt: skip

    # Thieves

    def happen(self) -> None:
        victims = {lab.spec.name: lab for lab in self.world.labs}
        for theft, sought in self.sought:
            sought.scale(victims[theft.victim].thieves_left(), self.world.now)
            while self.past(day := sought.next_day()):
                sought.pass_until(day)
                sought.again()
                self.thefts.append(replace(theft, on=day, rate=None))
        super().happen()
