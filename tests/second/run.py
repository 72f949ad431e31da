"""A training run of the second simulator: its phases, and what it has done."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import Any

SECONDS, NONE = 86_400.0, 1e-9
"""Seconds of a day; what is rounding."""


def up(day: float) -> float:
    return math.ceil(day * 2.0**30) / 2.0**30


class Impossible(ValueError):
    """The scenario cannot be simulated."""


class Job:
    """A training run. `parts`: each phase's days (else it ends by its FLOP), share of FLOP, share of accelerators.

    size: what it holds where a phase states no share of it; nothing if elastic. speed: what is done of `left` a day.
    """

    def __init__(self, spec: Any, name: str, due: float, growth: float = 1.0) -> None:
        self.spec, self.name, self.due, self.flop, self.length = spec, name, due, spec.flop, spec.length_days
        if spec.flop is None and spec.params is not None:
            self.flop = 6.0 * spec.params * (spec.tokens or 20.0 * spec.params)
        if self.flop is not None:
            self.flop *= growth
            if self.length is spec.share is spec.accelerators is None and None not in (spec.internal, spec.starts):
                self.length = spec.internal - spec.starts - sum(p.length_days or 0.0 for p in spec.phases or ())
                if self.length <= 0.0:
                    raise Impossible(f"{name} has no time to train")
            if spec.accelerators or spec.elastic:
                self.length = None
        self.parts = [(p.length_days, p.flop_share or 0.0, p.accelerators_share) for p in spec.phases or ()]
        self.parts = self.parts or [(None, 1.0, 1.0)]
        self.work = [0.0, *accumulate(share / part for _, share, part in self.parts)]
        if self.length is not None:  # phase by phase to a date, so that together they are the length
            ends = [up(self.length * (done / self.work[-1])) for done in self.work]
            self.parts = [(days or ends[k + 1] - ends[k], *rest) for k, (days, *rest) in enumerate(self.parts)]
        self.at, self.size, self.held, self.waiting = -1, 0.0, 0.0, True
        self.left = self.speed = self.per_day = self.done = self.total = self.efficiency = 0.0
        self.started: float | None = None

    def pass_time(self, now: float, then: float) -> None:
        """Each FLOP counts with the efficiency on the day on which its phase began."""
        if self.speed:
            did = self.left if up(now + self.left / self.speed) <= then else self.speed * (then - now)
            self.left -= did
            self.done += did * self.per_day / self.speed
            self.total += did * self.per_day / self.speed * self.efficiency
