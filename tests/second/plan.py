"""What the second simulator reads of a draw: deliveries, runs, models, rates."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

SECONDS, YEAR, NONE, NEVER = 86_400.0, 365.25, 1e-9, 1e9
"""Seconds of a day, days of a year; what is rounding; a day after all others."""


class Impossible(ValueError):
    """The scenario cannot be simulated."""


Model = namedtuple("Model", "lab name started finished internal public params flop effective total")
"""`total`: FLOP times efficiency, without the gain."""


class Job:
    """A training run. phases: days (None: it ends by its FLOP), share of FLOP, share of accelerators.

    size: what it holds where a phase states no share of it; nothing if elastic. Of a phase, in FLOP or days: `target`,
    what is `left`, done a day (`speed`), and what one of them is `worth` in FLOP.
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
        phases = [(p.length_days, p.flop_share or 0.0, p.accelerators_share) for p in spec.phases or ()]
        phases = phases or [(None, 1.0, 1.0)]
        self.work = sum(share / part for _, share, part in phases)
        self.phases = [(days or (self.length and self.length * share / part / self.work), share, part)
                       for days, share, part in phases]  # fmt: skip
        self.at, self.size, self.held, self.waiting = -1, 0.0, 0.0, True
        self.target = self.left = self.speed = self.soon = self.worth = self.done = self.total = self.efficiency = 0.0
        self.started: float | None = None
        self.middle = False
        """Whether it was suspended in the middle of a phase."""


def array(draw: Any, held: Any) -> Any:
    return np.array([held.get(kind, 0.0) for kind in sorted(draw.accelerators)])


def flop_per_day(draw: Any, run: Any, held: Any) -> Any:
    """Training FLOP a day of accelerators that a run holds."""
    peak = array(draw, {name: kind.peak(run.training.precision) for name, kind in draw.accelerators.items()})
    return float(held @ peak) * run.training.utilisation * SECONDS


def batches(s: Any, draw: Any, entry: float = 0.0) -> list[tuple[float, Any]]:
    """The deliveries of a supply (negative where a stock falls): day, accelerators by type.

    entry: the day on which its lab begins, from which counts what states no date.
    """
    one = array(draw, {s.accelerator: 1.0})
    if s.count is not None:
        return [(entry if s.on is None else s.on, s.count * one)]
    until = min(draw.end, s.until or draw.end)
    days = [s.every.occurrence(k, entry if s.starts is None else s.starts, draw.start) for k in range(most(draw))]
    if s.deliver is not None:
        days = days[s.starts is None :]
        sizes = [s.deliver * (s.deliveries_grow or 1.0) ** ((day - days[0]) / YEAR) for day in days]
    else:
        if s.grows is None:
            days = sorted({max(entry, day) for day, _ in s.stock.points})
        sizes = np.diff([s.stock.at(day) * (s.grows or 1.0) ** ((day - entry) / YEAR) for day in days], prepend=0.0)
    return [(day, size * one) for day, size in zip(days, sizes, strict=True) if day < until]


def most(draw: Any) -> int:
    """Occurrences of a cadence that there may be: none of the random ones is shorter than 16 days."""
    return 1 + int(draw.end / 16.0)


def programme(run: Any, lab: str, draw: Any) -> list[Job]:
    """The runs that a lab plans, with the days on which they are due."""
    name = run.name or lab
    if run.every is not None:
        days = [run.every.occurrence(k, run.starts or 0.0, draw.start) for k in range(most(draw))]
        until = draw.end if run.until is None else run.until
        return [Job(run, f"{name}-{k + 1}", day, (run.flop_grows or 1.0) ** k)
                for k, day in enumerate(days) if 0.0 <= day < until]  # fmt: skip
    job = Job(run, name, run.starts or 0.0)
    if run.starts is None and run.internal is not None:  # it starts when it has to, to be finished then
        rate = flop_per_day(draw, run, array(draw, run.accelerators))
        job.due = run.internal - sum(days or job.flop * share / (rate * part) for days, share, part in job.phases)
    return [job]
