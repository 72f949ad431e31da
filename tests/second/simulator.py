"""A second simulator, as plain as can be: in each short step it works out anew who has what.

It reads a draw's dataclasses and shares nothing with the kernel (`sim.world`), the equations or the tables. A step is
half a day; it ends early at any date that some line looks ahead to (`later`), so that no error builds up along a chain
of runs. In a step nothing changes but inference efficiency, which is taken in its middle: wrong by
(rate of growth * step)^2 / 24, at most 1e-6 at the 30x per year of the random scenarios.

Read `run`, `model`, `planned`, `lab`, `starting`, `policy`, `sharing`, in this order: one concept each. Accelerators
are arrays by type. It knows no users' policies, levels and milestones, and of size rules 20 tokens a parameter.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import numpy as np

from tests.second.lab import Site
from tests.second.model import Model, window
from tests.second.planned import efficiency
from tests.second.run import up
from tests.second.sharing import uses

STEP = 1 / 2


class Second:
    """The outcome: models, and means by interval of accelerators and tokens."""

    def __init__(self, draw: Any) -> None:
        self.draw, self.kinds, self.later = draw, sorted(draw.accelerators), []
        self.peak = {precision: np.array([draw.accelerators[kind].peak(precision) for kind in self.kinds])
                     for precision in ("bf16", "fp8")}  # fmt: skip
        self.sites = [Site(self, draw.labs[name]) for name in sorted(draw.labs)]
        names = ("accelerators", "cluster", "tokens_per_s", "copies_busy")
        self.means: dict[str, dict[Any, float]] = {name: defaultdict(float) for name in names}
        self.bounds = [draw.trajectory.occurrence(k, 0.0, draw.start) for k in range(int(draw.end / 28.0) + 1)]
        self.bounds = [day for day in self.bounds if day < draw.end] + [draw.end]
        now = 0.0
        while now < draw.end:
            self.later[:] = [*self.bounds, math.floor(now / STEP) * STEP + STEP]
            for site in self.sites:
                site.happen(now)
            for site in self.sites:
                site.decide(now)
            months = [k for k, day in enumerate(self.bounds) if day <= now]
            held = [uses(site, now) for site in self.sites]
            for site in self.sites:
                self.later += [day for day, _ in (*site.coming, *site.leaving)] + [job.due for job in site.jobs]
                self.later += [up(now + job.left / job.speed) for job in site.jobs if job.speed]
                self.later += site.dates
                self.later += [day for m in site.models.values() for day in (m.internal, m.public) if day is not None]
            then = min(day for day in self.later if day > now)
            for site, by_use in zip(self.sites, held, strict=True):
                self.pass_time(site, by_use, now, then, months[-1])
            now = then
        self.models = {(site.spec.name, name): model for site in self.sites for name, model in site.models.items()}

    def pass_time(self, site: Site, uses: dict[tuple[str, str], Any], now: float, then: float, month: int) -> None:
        part, lab = (then - now) / (self.bounds[month + 1] - self.bounds[month]), site.spec.name
        for job in site.jobs:
            job.pass_time(now, then)
        for kind, count in zip(self.kinds, site.total, strict=True):
            self.means["cluster"][month, lab, kind] += count * part
        made: dict[str, dict[str, float]] = defaultdict(dict)
        for (use, name), held in uses.items():
            for kind, count in zip(self.kinds, held, strict=True):
                self.means["accelerators"][month, lab, use, name, kind] += count * part
            if use in site.fleets:
                how = site.fleets[use].inference
                tokens = held @ self.peak[how.precision] * how.utilisation / (2.0 * site.models[name].params)
                made[use][name] = tokens * efficiency(self.draw, site.spec.software, (now + then) / 2.0, True)
        for use, by_model in made.items():
            demand, able = site.fleets[use].demand_tokens_per_s, sum(by_model.values())
            asked = min(1.0, demand.at(now) / able) if demand and able > 0.0 else 1.0
            for name, tokens in by_model.items():
                self.means["tokens_per_s"][month, lab, use, name] += tokens * part
                self.means["copies_busy"][month, lab, use, name] += tokens * asked * part

    def window(self, model: Model, own: bool) -> tuple[float, str | None]:
        return window(model, [*self.models.values()], own, self.draw.stronger_by, self.draw.end)

    def flop(self) -> dict[tuple[str, str], float | None]:
        """FLOP that each started run has done."""
        jobs = {
            (site.spec.name, job.name): job.done for site in self.sites for job in site.jobs if job.started is not None
        }
        return jobs | {key: model.flop for key, model in self.models.items() if model.finished is not None}
