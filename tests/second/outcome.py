"""What comes of the second simulator's labs: tokens, FLOP of runs, windows, and means by month."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise
from typing import Any

import numpy as np

from tests.second.plan import HOURS, SECONDS, flop_per_day


def tokens(lab: Any) -> tuple[dict[str, dict[str, float]], list[tuple[str, float, float]]]:
    """Tokens/s that fleets could make at an efficiency of 1, by fleet and model; and, of each fleet, what is asked."""
    able: dict[str, dict[str, float]] = {use: {} for use in lab.fleets}
    for (use, name), held in lab.uses.items():
        if use in lab.fleets:
            per_s = flop_per_day(lab.draw, lab.fleets[use].inference, held) / SECONDS
            able[use][name] = per_s / (2.0 * lab.models[name].params)
    asked = {use: fleet.demand_tokens_per_s for use, fleet in lab.fleets.items()}
    return able, [(use, sum(able[use].values()), series.at(lab.world.now) if series else math.inf)
                  for use, series in asked.items()]  # fmt: skip


def months(draw: Any) -> list[float]:
    """The days between which the trajectory has its means."""
    days = [draw.trajectory.occurrence(k, 0.0, draw.start) for k in range(int(draw.end / 28.0) + 1)]
    return [day for day in days if day < draw.end] + [draw.end]


def means(second: Any) -> dict[str, dict[Any, Any]]:
    """By series, (month, lab, use, model): accelerators by type, tokens/s, and what of them is busy."""
    found: dict[str, dict[Any, Any]] = defaultdict(lambda: defaultdict(float))
    bounds = [round(day * HOURS) for day in months(second.draw)]
    for lab in second.labs:
        inferring, until = np.array(lab.inferring), [hour for hour, *_ in lab.history[1:]] + [len(lab.inferring)]
        for (since, total, uses, able, demand), then in zip(lab.history, until, strict=True):
            for month, (begin, end) in enumerate(pairwise(bounds)):
                hours = inferring[max(since, begin) : min(then, end)]
                if max(since, begin) >= min(then, end):
                    continue
                where, part = (month, lab.spec.name), 1.0 / (end - begin)
                found["cluster"][where] += total * (len(hours) * part)
                for use, held in uses.items():
                    found["accelerators"][where + use] += held * (len(hours) * part)
                for use, most, asked in demand:
                    busy = np.minimum(hours, asked / most).sum() if most else 0.0
                    for name, rate in able[use].items():
                        found["tokens_per_s"][*where, use, name] += rate * (hours.sum() * part)
                        found["copies_busy"][*where, use, name] += rate * (busy * part)
    return found


def flop(second: Any) -> dict[tuple[str, str], float]:
    """(lab, run) -> FLOP done by each run that has started."""
    found = {(lab.spec.name, job.name): job.done + (job.target - job.left) * job.worth
             for lab in second.labs for job in lab.jobs if job.started is not None}  # fmt: skip
    return found | {key: model.flop for key, model in second.models.items() if model.finished is not None}


def window(second: Any, model: Any, own: bool) -> tuple[float, list[str]]:
    """Length of a model's window and who closes it: more than one if they come at one instant."""
    weak, draw = {(lab.spec.name, name) for lab in second.labs for name in getattr(lab, "weak", ())}, second.draw
    closers = [(m.internal, lab, name) for (lab, name), m in second.models.items()
               if m is not model and m.internal < draw.end and (lab == model.lab or not own)
               and (lab, name) not in weak and m.effective >= draw.stronger_by * model.effective]  # fmt: skip
    first, *_ = min(closers, default=(draw.end, "", ""))
    names = sorted(name if own else f"{lab}/{name}" for day, lab, name in closers if day == first)
    return max(0.0, first - model.internal), names
