"""Holds the kernel's outcome of a world against the second simulator's, within what an hour's step can do.

The second simulator runs twice: all that falls within an hour happens at its start, or at its end. The end of a phase
is the only thing that does not fall on an hour, so after n of them dates are wrong by up to n hours, and whatever
follows from dates by what differs between its two outcomes. So the kernel must lie between the two, give or take what
differs between them and n + 1 hours (of a date; of the rate of all accelerators, for amounts). Nothing else is allowed
for but rounding. Where the two outcomes differ in kind (other models, runs or closers), order within an hour decides,
and the world tells nothing.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from typing import Any

import numpy as np

from sim.base.calendar import date_text
from sim.model.draw import Draw
from sim.world.simulate import SimulationError, simulate
from tests.second.plan import SECONDS, YEAR, Impossible, batches
from tests.second.race import Race
from tests.second.simulator import HOURS, Second
from tests.world.observe import rows

TOLD = (
    "before the scenario starts",
    "no time for training",
    "is in progress at the start, but",
    "software cannot follow research",
)
"""What the kernel says of worlds that the second simulator finds impossible."""

ROUNDING = 1e-6


class World:
    """A draw, and the second simulator's two outcomes."""

    def __init__(self, draw: Draw, second: type[Second] = Second) -> None:
        self.draw, self.impossible, self.tells = draw, False, False
        try:
            self.one, self.two = second(draw, early=True), second(draw, early=False)
        except Impossible:
            self.impossible = True
            return
        self.tells = kinds(self.one) == kinds(self.two)
        kinds_of = sorted(draw.accelerators)
        self.ever: dict[str, dict[str, float]] = {}
        """Accelerators that a lab ever gets, by type."""
        for name, lab in draw.labs.items():
            known = sum(by.clip(0.0) for supply in lab.compute for _, by in batches(supply, draw))
            self.ever[name] = dict(zip(kinds_of, map(float, known), strict=True))

    def growth(self, lab: str, hours: float) -> float:
        """How much an efficiency may be wrong by: by so many hours of growth, and by what the kernel's steps leave.

        In a step of u = ln(step) the kernel holds research at its middle. That leaves an error of second order of a
        smooth law in each step, and at most u² of a kink, as research speed grows no faster than efficiency.
        """
        law = self.draw.labs[lab].software
        rate, left = math.log(law.training_growth or 1.0) / YEAR, 0.0
        for site in (*self.one.labs, *self.two.labs):
            if law.feedback and site.spec.name == lab:
                rate = max(rate, site.fastest)
                left = math.log(law.step) ** 2 * (1.0 + math.log(max(site.path) / site.path[0]))
        return rate * hours / HOURS + left

    def flop_per_s(self, lab: str, precision: str) -> float:
        """Of all accelerators that the lab ever gets."""
        return sum(count * self.draw.accelerators[kind].peak(precision) for kind, count in self.ever[lab].items())

    def most(self, series: str, lab: str, rest: Any, day: float) -> float:
        """What all accelerators that the lab ever gets would be, or make, in a series until a day."""
        if series in ("accelerators", "cluster"):
            return self.ever[lab][rest[-1]]
        use, name = rest
        how = self.draw.labs[lab].fleets[use].inference
        site = next(site for site in self.two.labs if site.spec.name == lab)
        try:
            params = site.model(name).params
        except LookupError:
            return 0.0
        efficiency = site.efficiency(day, inference=True)
        return self.flop_per_s(lab, how.precision) * how.utilisation / (2.0 * params) * efficiency

    def hours(self, day: float) -> float:
        """Hours by which a date may be wrong at most if rates stay as they are."""
        return 1.0 + max(bisect_right(outcome.ends, day + 1.0 / HOURS) for outcome in (self.one, self.two))


def kinds(second: Second) -> Any:
    closers = [second.window(model, own)[1] for _, model in sorted(second.models.items()) for own in (True, False)]
    return sorted(second.models), sorted(second.flop), closers


def by_type(draw: Draw, means: dict[Any, Any]) -> dict[Any, float]:
    """Arrays of accelerators as single numbers."""
    found: dict[Any, float] = {}
    for key, value in means.items():
        if np.ndim(value):
            found |= {(*key, kind): float(value[k]) for k, kind in enumerate(sorted(draw.accelerators))}
        else:
            found[key] = value
    return found


def differences(world: World) -> list[str]:
    """What the kernel and the second simulator do not agree about, as text."""
    draw = world.draw
    try:
        record = simulate(draw)
    except SimulationError as error:
        return [] if world.impossible and any(words in str(error) for words in TOLD) else [str(error)]
    if world.impossible:
        return ["the second simulator finds it impossible"]
    if not world.tells:
        return []
    found: list[str] = []
    one, two = world.one, world.two

    def compare(what: str, kernel: float | None, early: float | None, late: float | None, hours: float) -> None:
        """`hours`: what the hours that a date may be wrong by are worth here."""
        if kernel is None or early is None or late is None:
            agree = kernel is early is late
        else:
            slack = abs(early - late) + hours + ROUNDING * (abs(kernel) + 1.0 / HOURS)
            agree = min(early, late) - slack <= kernel <= max(early, late) + slack
        if not agree:
            found.append(f"{what}: kernel {kernel}, second {early} to {late}, +- {hours}")

    # Models: dates, FLOP, effective FLOP.
    models = {(model.lab, model.name): model for model in record.models}
    if set(models) != set(one.models):
        found.append(f"models: kernel {sorted(models)}, second {sorted(one.models)}")
    for key in sorted(set(models) & set(one.models)):
        kernel, early, late = models[key], one.models[key], two.models[key]
        hours = world.hours(late.finished or 0.0)
        for date in ("started", "finished", "internal", "public"):
            compare(f"{date} of {key}", *(getattr(m, date) for m in (kernel, early, late)), hours / HOURS)
        growth = world.growth(key[0], hours)
        done = world.flop_per_s(key[0], "bf16") * SECONDS * hours / HOURS
        compare(f"FLOP of {key}", kernel.training_flop, early.flop, late.flop, done)
        compare(f"parameters of {key}", kernel.params, early.params, late.params, 0.0)
        compare(f"effective FLOP of {key}", kernel.effective_flop, early.effective, late.effective,
                kernel.effective_flop * growth)  # fmt: skip
    flop = {(log.lab, log.name): log.flop for log in record.runs if log.started is not None}
    if set(flop) != set(one.flop):
        found.append(f"runs that started: kernel {sorted(flop)}, second {sorted(one.flop)}")
    for key in sorted(set(flop) & set(one.flop)):
        done = world.flop_per_s(key[0], "bf16") * SECONDS * world.hours(draw.end) / HOURS
        compare(f"FLOP done by {key}", flop[key], one.flop[key], two.flop[key], done)

    # Software, month by month.
    for early, late in zip(one.labs, two.labs, strict=True):
        law = record.training_efficiency[early.spec.name]
        for day in one.bounds[1:-1] if early.spec.software.feedback else ():
            kernel, k = law.at(day), round(day * HOURS)
            compare(f"efficiency of {early.spec.name} on day {day}", kernel, early.path[k], late.path[k],
                    kernel * world.growth(early.spec.name, world.hours(day)))  # fmt: skip

    if isinstance(one, Race):  # levels by lab (so leads), and milestones
        levels = {key: day for key, (day, _) in record.levels.items() if key[1]}
        firsts = (levels, one.levels(), two.levels()), (record.milestones, one.milestones(), two.milestones())
        for kernels, earlies, lates in firsts:
            for key in {*kernels, *earlies, *lates} if set(earlies) == set(lates) else ():
                hours = world.hours(min(draw.end, lates.get(key, draw.end)))
                compare(f"date of {key}", kernels.get(key), earlies.get(key), lates.get(key), hours / HOURS)

    # Windows, from the table.
    for row in rows(record, "windows"):
        key = row["lab"], row["model"]
        for own, length, by in (
            (True, "length_days", "closed_by"),
            (False, "frontier_length_days", "frontier_closed_by"),
        ):
            if key not in one.models:
                continue
            days = [outcome.window(outcome.models[key], own) for outcome in (one, two)]
            if row[by] != days[0][1]:
                found.append(f"window of {key} closed by: kernel {row[by]}, second {days[0][1]}")
            compare(f"window of {key}", row[length], days[0][0], days[1][0], 2.0 * world.hours(draw.end) / HOURS)

    # The trajectory, from the table: accelerators by use, clusters, tokens and what of them is busy; and the totals.
    dates = {date_text(day, draw.start): k for k, day in enumerate(one.bounds)}
    table: dict[str, dict[Any, float]] = {
        name: defaultdict(float) for name in ("accelerators", "cluster", "tokens_per_s", "copies_busy")
    }
    for row in rows(record, "trajectory"):
        if row["series"] in table:
            parts = [row[name] for name in ("lab", "use", "model", "accelerator")]
            if row["series"] != "accelerators":
                parts = [part for part in parts if part is not None]
            table[row["series"]][dates[row["date"]], *(part or "" for part in parts)] = row["value"]
    for series, values in table.items():
        outcomes = values, *(by_type(draw, outcome.means[series]) for outcome in (one, two))
        totals: list[dict[Any, float]] = [defaultdict(float) for _ in outcomes]
        for key in sorted({key for outcome in outcomes for key in outcome}, key=str):
            month, owner, *rest = key
            most = world.most(series, owner, rest, one.bounds[month + 1])
            length = (one.bounds[month + 1] - one.bounds[month]) * HOURS
            compare(f"{series} {key}", *(outcome.get(key, 0.0) for outcome in outcomes),
                    most * world.hours(one.bounds[month + 1]) / length)  # fmt: skip
            for total, outcome in zip(totals, outcomes, strict=True):
                total[owner, *rest] += outcome.get(key, 0.0) * length
        for key in totals[0]:
            most = world.most(series, key[0], key[1:], draw.end)
            compare(f"total {series} {key}", *(total[key] for total in totals), most * world.hours(draw.end))
    return found
