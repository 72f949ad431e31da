"""What the second simulator knows beforehand: deliveries, runs that are planned, software efficiency."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.second.run import SECONDS, Job, up

YEAR = 365.25


def array(draw: Any, held: Any) -> Any:
    return np.array([held.get(kind, 0.0) for kind in sorted(draw.accelerators)])


def flop_per_day(draw: Any, run: Any, held: Any) -> Any:
    """Training FLOP a day of accelerators that a run holds."""
    peak = np.array([draw.accelerators[kind].peak(run.training.precision) for kind in sorted(draw.accelerators)])
    return held @ peak * run.training.utilisation * SECONDS


def most(draw: Any) -> int:
    """Occurrences of a cadence that there may be: none of the random ones is shorter than a week."""
    return 1 + int(draw.end / 7.0)


def efficiency(draw: Any, law: Any, day: float, inference: bool = False) -> float:
    series, growth, power = law.training_efficiency, law.training_growth, 1.0
    if inference and law.inference_growth is not None:
        series, growth = None, law.inference_growth
    elif inference and law.inference_exponent is not None:
        power = law.inference_exponent
    return (series.at(day) if series else (growth or 1.0) ** ((day - draw.base_date) / YEAR)) ** power


def batches(s: Any, draw: Any) -> list[tuple[float, Any]]:
    """The deliveries of a supply (negative where a stock falls): day, accelerators by type."""
    unit = np.array([float(kind == s.accelerator) for kind in sorted(draw.accelerators)])
    if s.count is not None:
        return [(s.on or 0.0, s.count * unit)]
    until = min(draw.end, s.until or draw.end)
    days = [s.every.occurrence(k, s.starts or 0.0, draw.start) for k in range(most(draw))]
    if s.deliver is not None:
        days = days[s.starts is None :]
        sizes = [s.deliver * (s.deliveries_grow or 1.0) ** ((day - days[0]) / YEAR) for day in days]
    else:
        if s.grows is None:
            days = [day for day, _ in s.stock.points]
        sizes = np.diff([s.stock.at(day) * (s.grows or 1.0) ** (day / YEAR) for day in days], prepend=0.0)
    return [(day, size * unit) for day, size in zip(days, sizes, strict=True) if day < until]


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
        job.due = up(run.internal) - sum(
            up(job.flop * share / (rate * part)) if days is None else days for days, share, part in job.parts
        )
    return [job]
