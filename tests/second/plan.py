"""What the second simulator reads of a draw: efficiencies, deliveries, runs, and the models that there are."""

from __future__ import annotations

import math
from collections import namedtuple
from typing import Any

import numpy as np

SECONDS, YEAR, HOURS, NONE, NEVER = 86_400.0, 365.25, 24, 1e-9, 1e9
"""Seconds of a day, days of a year, steps of a day; what is rounding; a day after all others."""


class Impossible(ValueError):
    """The scenario cannot be simulated."""


def array(draw: Any, held: Any) -> Any:
    return np.array([held.get(kind, 0.0) for kind in sorted(draw.accelerators)])


def flop_per_day(draw: Any, how: Any, held: Any) -> float:
    """FLOP a day of accelerators in training or inference."""
    peak = [draw.accelerators[kind].peak(how.precision) for kind in sorted(draw.accelerators)]
    return float(held @ np.array(peak)) * how.utilisation * SECONDS


def efficiency(law: Any, base_date: float, day: float, inference: bool) -> float:
    """Software efficiency as stated."""
    years, series = (day - base_date) / YEAR, law.training_efficiency
    if inference and law.inference_growth is not None:
        return float(law.inference_growth**years)
    found = series.at(day) if series else (law.training_growth or 1.0) ** years
    return float(found ** (law.inference_exponent if inference and law.inference_exponent is not None else 1.0))


def efficiencies(law: Any, base_date: float, days: Any, inference: bool) -> list[float]:
    """The same on many days."""
    if law.training_efficiency and not (inference and law.inference_growth is not None):
        return [efficiency(law, base_date, day, inference) for day in days.tolist()]
    growth = law.inference_growth if inference and law.inference_growth is not None else law.training_growth or 1.0
    power = law.inference_exponent if inference and law.inference_growth is None else None
    found: list[float] = (growth ** ((days - base_date) / YEAR * (1.0 if power is None else power))).tolist()
    return found


def dates(spec: Any) -> list[float]:
    """Days on which a lab's shares, or the demand for its fleets, change."""
    series = [*spec.use.values(), *(fleet.demand_tokens_per_s for fleet in spec.fleets.values())]
    return [day for each in series if each for day, _ in each.points]


def deliveries(spec: Any, draw: Any) -> tuple[list[tuple[float, Any]], list[tuple[float, Any]]]:
    """What comes to a lab, and what goes as its life is over: day, accelerators by type."""
    found = [(day, by, supply.life_days) for supply in spec.compute for day, by in batches(supply, draw)]
    return [(day, by) for day, by, _ in found], [(day + life, -by) for day, by, life in found if life is not None]


def batches(s: Any, draw: Any, entry: float = 0.0) -> list[tuple[float, Any]]:
    """The deliveries of a supply (negative where a stock falls): day, accelerators by type.

    entry: the day on which its lab begins, from which counts what states no date.
    """
    one = array(draw, {s.accelerator: 1.0})
    if s.count is not None:
        return [(entry if s.on is None else s.on, s.count * one)]
    until = min(draw.end, s.until or draw.end)
    days = occurrences(s.every, entry if s.starts is None else s.starts, draw)
    if s.deliver is not None:
        days = days[s.starts is None :]
        sizes = [s.deliver * (s.deliveries_grow or 1.0) ** ((day - days[0]) / YEAR) for day in days]
    else:
        if s.grows is None:
            days = sorted({max(entry, day) for day, _ in s.stock.points})
        sizes = np.diff([s.stock.at(day) * (s.grows or 1.0) ** ((day - entry) / YEAR) for day in days], prepend=0.0)
    return [(day, size * one) for day, size in zip(days, sizes, strict=True) if day < until]


def occurrences(every: Any, since: float, draw: Any) -> list[float]:
    """Days of a cadence: none of the random ones is shorter than 16 days."""
    return [every.occurrence(k, since, draw.start) for k in range(1 + int(draw.end / 16.0))]


def programme(run: Any, lab: str, draw: Any) -> list[Job]:
    """The runs that a lab plans, with the days on which they are due."""
    name = run.name or lab
    if run.every is not None:
        until, days = draw.end if run.until is None else run.until, occurrences(run.every, run.starts or 0.0, draw)
        return [Job(run, f"{name}-{k + 1}", day, (run.flop_grows or 1.0) ** k)
                for k, day in enumerate(days) if 0.0 <= day < until]  # fmt: skip
    job = Job(run, name, run.starts or 0.0)
    if run.starts is None and run.internal is not None:  # it starts when it has to, to be finished then
        rate = flop_per_day(draw, run.training, array(draw, run.accelerators))
        job.due = run.internal - sum(days or job.flop * share / (rate * part) for days, share, part in job.phases)
    return [job]


class Job:
    """A training run. phases: days (None: it ends by its FLOP), share of FLOP, share of accelerators.

    size: what it holds where a phase states no share of it. `done`: FLOP of the phases that are over, `total` the same
    times efficiency; `uncut`: FLOP before it was cut, if it was; `efficiencies`: of its phases so far. Of a phase, in
    FLOP or days: `target`, what is `left`, done a day (`speed`), `worth` in FLOP.
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
        self.at, self.size, self.held, self.gang, self.waiting = -1, 0.0, 0.0, not spec.elastic, True
        self.target = self.left = self.speed = self.soon = self.worth = self.done = self.total = self.efficiency = 0.0
        self.started: float | None = None
        self.shares = [share for _, share, _ in self.phases]
        self.uncut: float | None = None
        self.efficiencies: list[float] = []

    def begin_phase(self, efficiency: float) -> Any:
        """The next phase; what it is to hold."""
        self.at, self.efficiency = self.at + 1, efficiency
        self.efficiencies[self.at:] = [efficiency]
        days, share, part = self.phases[self.at]
        self.target = self.left = self.flop * share if days is None else days
        return self.size * part if self.gang else self.held

    def hold(self, held: Any, rate: float, early: bool) -> None:
        """What a phase does from now on; rate: FLOP a day of what it holds."""
        days, share, _ = self.phases[self.at]
        self.held, rate = held, rate if share else 0.0
        self.speed, self.worth = (rate, 1.0) if days is None else (float(np.any(held > 0.0)), rate)
        self.soon = self.speed / HOURS * (1.0 - 1e-6 if early else 1e-6)  # with less left, it ends now

    def end_phase(self) -> None:
        """Its FLOP count with the efficiency on the day on which it began."""
        flop, self.left = self.target * self.worth, self.target
        self.done, self.total = self.done + flop, self.total + flop * self.efficiency


Model = namedtuple("Model", "lab name started finished internal public params flop effective total")
"""`total`: FLOP times efficiency, without the gain."""


def made(job: Job, base: Model | None, lab: str, now: float) -> Model:
    """The model of a run that is finished."""
    spec, total = job.spec, job.total + (base.total if base else 0.0)
    internal = now if spec.internal is None else max(now, spec.internal)
    public = None if spec.internal_only else internal + spec.public_after_days
    params = spec.params or (base.params if base else math.sqrt(job.done / 120.0))
    effective = spec.effective_flop or total * spec.gain
    return Model(lab, job.name, job.started, now, internal, public, params, job.done, effective, total)


def there(old: Any, lab: str, then: float) -> Model:
    """A model that a lab has without a run; `then`: the efficiency on its day."""
    flop = old.flop or old.effective_flop / then
    effective, params = old.effective_flop or flop * then, old.params or math.sqrt(flop / 120.0)
    return Model(lab, old.name, None, None, old.internal, old.public, params, old.flop, effective, flop * then)
