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
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from sim.base.calendar import date_text
from sim.model.draw import Draw
from sim.world.record import RunRecord
from sim.world.simulate import SimulationError, simulate
from tests.second.interventions import Laid
from tests.second.outcome import means, months, window
from tests.second.plan import HOURS, SECONDS, YEAR, Impossible, batches
from tests.second.race import Race
from tests.second.simulator import Second
from tests.world.observe import rows

TOLD = (
    "before the scenario starts",
    "no time for training",
    "is in progress at the start, but",
    "software cannot follow research",
    "goes on from a model, and there is none",
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
        self.growths: dict[str, tuple[float, float]] = {}
        self.tells = kinds(self.one) == kinds(self.two)
        kinds_of = sorted(draw.accelerators)
        self.by_rate = sorted({(since, lab.spec.name, *what) for outcome in (self.one, self.two) for lab in outcome.labs
                               for since, *what in getattr(lab, "loose", ())})  # fmt: skip
        self.ever: dict[str, dict[str, float]] = {}
        """Accelerators that a lab ever gets, by type."""
        for name, lab in draw.labs.items():
            known = sum(by.clip(0.0) for supply in lab.compute for _, by in batches(supply, draw))
            self.ever[name] = dict(zip(kinds_of, map(float, known), strict=True)) if lab.compute else {}
        for project in [item.covert for item in (draw.interventions or {}).values() if item.covert]:
            all_of = {kind: sum(some.get(kind, 0.0) for some in self.ever.values()) for kind in kinds_of}
            self.ever[project.lab] = {kind: project.compute * count for kind, count in all_of.items()}

    @cached_property
    def means(self) -> tuple[dict[str, dict[Any, Any]], ...]:
        """Means by month, of both outcomes: by series, (month, lab, use, model, type)."""
        return tuple({series: by_type(self.draw, of) for series, of in means(outcome).items()}
                     for outcome in (self.one, self.two))  # fmt: skip

    def growth(self, lab: str, hours: float) -> float:
        """How much an efficiency may be wrong by: by so many hours of growth, and by what the kernel's steps leave.

        In a step of u = ln(step) the kernel holds research at its middle. That leaves an error of second order of a
        smooth law in each step, and at most u² of a kink, as research speed grows no faster than efficiency.
        """
        if lab not in self.growths:
            self.growths[lab] = self._growth(lab)
        rate, left = self.growths[lab]
        return rate * hours / HOURS + left

    def _growth(self, lab: str) -> tuple[float, float]:
        """The fastest growth of its efficiency, a day, and what steps leave; of those that it learns from, too."""
        rate = left = 0.0
        for site in (*self.one.labs, *self.two.labs):
            law = site.spec.software
            if site.spec.name == lab or self.draw.diffusion:
                rate = max(rate, math.log(law.training_growth or 1.0) / YEAR, getattr(site, "fastest", 0.0))
                series = law.training_efficiency
                points = series.points if series and series.exponential else ()
                for (day, value), (then, grown) in pairwise(points):
                    rate = max(rate, math.log(grown / value) / (then - day))
                if law.feedback:
                    left = max(left, math.log(law.step) ** 2 * (1.0 + math.log(max(site.path) / site.path[0])))
        return rate, left

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
            params = site.models[name].params
        except LookupError:
            return 0.0
        efficiency = site.efficiency(day, inference=True)
        return self.flop_per_s(lab, how.precision) * how.utilisation / (2.0 * params) * efficiency

    def hours(self, day: float) -> float:
        """Hours by which a date may be wrong at most if rates stay as they are."""
        ends = 1.0 + max(bisect_right(outcome.ends, day + 1.0 / HOURS) for outcome in (self.one, self.two))
        return ends + self.loose(day, ends)

    def loose(self, day: float, ends: float = 0.0) -> float:
        """The part of it that comes of lengths that go by the rate of progress."""
        found = 0.0
        for since, lab, days, steps in self.by_rate:
            if since <= day + 1.0 / HOURS:
                law = self.draw.labs[lab].software
                off = steps * math.log(law.step or 1.0) + 2.0 * self.growth(lab, ends + found)
                found += days * HOURS * off
        return found


def kinds(second: Second) -> Any:
    closers = [window(second, model, own)[1] for _, model in sorted(second.models.items()) for own in (True, False)]
    return sorted(second.models), sorted(second.flop), closers


def at_the_end(world: World, models: dict[Any, Any], begun: dict[Any, float]) -> bool:
    """Whether a run starts or ends in the kernel or in the second simulator so near the end that the other need not."""
    end = world.draw.end - world.hours(world.draw.end) / HOURS
    second = {(lab.spec.name, job.name): job.started for lab in world.one.labs for job in lab.jobs}
    days = [model.finished for key, model in models.items() if key not in world.one.models]
    days += [model.finished for key, model in world.one.models.items() if key not in models]
    days += [begun[key] for key in set(begun) - set(world.one.flop)]
    days += [second.get(key) for key in set(world.one.flop) - set(begun)]
    return bool(days) and all(day is not None and day >= end for day in days)


def close(world: World, models: dict[Any, Any]) -> bool:
    """Whether two of the kernel's models come, or are as strong as one another, in another order than the second's.

    If all that is compared of them agrees nevertheless, they are too close to tell which of the two is right.
    """
    for of in ("internal", "effective"):
        name = "effective_flop" if of == "effective" else of
        pairs = [(getattr(model, name), getattr(world.one.models[key], of)) for key, model in models.items()]
        ranked = sorted(pairs)
        for (_, one), (_, other) in pairwise(ranked):
            if one > other * (1.0 + 1e-9):
                return True
    return False


def borderline(world: World, key: Any, *closers: str | None) -> bool:
    """Whether one of those who may close a model's window is stronger by just about as much as it takes."""
    models, off = world.one.models, world.growth(key[0], world.hours(world.draw.end))
    for name in [name for name in closers if name]:
        lab = name.partition("/")[0] if "/" in name else key[0]
        closer = models.get((lab, name.partition("/")[2] or name))
        times = closer.effective / models[key].effective if closer else math.inf
        if abs(math.log(times / world.draw.stronger_by)) <= off + world.growth(lab, world.hours(world.draw.end)):
            return True
    return False


def by_type(draw: Draw, means: dict[Any, Any]) -> dict[Any, float]:
    """Arrays of accelerators as single numbers."""
    found: dict[Any, float] = {}
    for key, value in means.items():
        if np.ndim(value):
            found |= {(*key, kind): float(value[k]) for k, kind in enumerate(sorted(draw.accelerators))}
        else:
            found[key] = value
    return found


def kernel_on(draw: Draw) -> RunRecord | SimulationError:
    """What the kernel makes of a draw."""
    try:
        return simulate(draw)
    except SimulationError as error:
        return error


def differences(world: World, record: RunRecord | SimulationError | None = None) -> list[str]:
    """What the kernel and the second simulator do not agree about, as text.

    record: what the kernel makes of the world, if that is known.
    """
    draw, record = world.draw, record or kernel_on(world.draw)
    if isinstance(record, SimulationError):
        return [] if world.impossible and any(words in str(record) for words in TOLD) else [str(record)]
    if world.impossible:
        return ["the second simulator finds it impossible"]
    if not world.tells:
        return []
    found: list[str] = []
    one, two, bounds = world.one, world.two, months(draw)

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
    begun = {(log.lab, log.name): log.started for log in record.runs if log.started is not None}
    if at_the_end(world, models, begun):
        return []
    if set(models) != set(one.models):
        found.append(f"models: kernel {sorted(models)}, second {sorted(one.models)}")
    for key in sorted(set(models) & set(one.models)):
        kernel, early, late = models[key], one.models[key], two.models[key]
        hours = world.hours(late.finished or 0.0)
        for date in ("started", "finished", "internal", "public"):
            days = [getattr(m, date) for m in (kernel, early, late)]
            if draw.interventions:  # that of later plans is not told
                plans = date in ("internal", "public")
                days = [draw.end if plans and (day is None or day > draw.end) else day for day in days]
            compare(f"{date} of {key}", *days, hours / HOURS)
        growth = world.growth(key[0], hours)
        done = world.flop_per_s(key[0], "bf16") * SECONDS * hours / HOURS
        compare(f"FLOP of {key}", kernel.training_flop, early.flop, late.flop, done)
        off = world.loose(late.finished or 0.0) * world.flop_per_s(key[0], "bf16") * SECONDS / HOURS
        compare(f"parameters of {key}", kernel.params, early.params, late.params,
                off and 0.5 * off / (early.flop or math.inf) * kernel.params)  # fmt: skip
        compare(f"effective FLOP of {key}", kernel.effective_flop, early.effective, late.effective,
                kernel.effective_flop * (growth + off / (early.flop or math.inf)))  # fmt: skip
    flop = {(log.lab, log.name): log.flop for log in record.runs if log.started is not None}
    if not found and close(world, models):
        return []
    if set(flop) != set(one.flop):
        found.append(f"runs that started: kernel {sorted(flop)}, second {sorted(one.flop)}")
    for key in sorted(set(flop) & set(one.flop)):
        done = world.flop_per_s(key[0], "bf16") * SECONDS * world.hours(draw.end) / HOURS
        compare(f"FLOP done by {key}", flop[key], one.flop[key], two.flop[key], done)

    # Software, month by month.
    for early, late in zip(one.labs, two.labs, strict=True):
        law = record.training_efficiency[early.spec.name]
        for day in bounds[1:-1] if early.spec.software.feedback else ():
            kernel, k = law.at(day), round(day * HOURS)
            compare(f"efficiency of {early.spec.name} on day {day}", kernel, early.path[k], late.path[k],
                    kernel * world.growth(early.spec.name, world.hours(day)))  # fmt: skip

    if isinstance(one, Race) and isinstance(two, Race):  # levels by lab, milestones, leads
        levels = {key: day for key, (day, _) in record.levels.items() if key[1]}
        firsts = (levels, one.levels(), two.levels()), (record.milestones, one.milestones(), two.milestones())
        for kernels, earlies, lates in firsts:
            for key in {*kernels, *earlies, *lates} if set(earlies) == set(lates) else ():
                hours = world.hours(min(draw.end, lates.get(key, draw.end)))
                compare(f"date of {key}", kernels.get(key), earlies.get(key), lates.get(key), hours / HOURS)

        leads = {(row["what"], row["level"], row["lab"]): row["lead_days"] for row in rows(record, "leads")}
        early_leads, late_leads = one.leads(), two.leads()
        keys = {key for key in {*leads, *early_leads, *late_leads} if key[0] == "level"}
        keys |= {*leads} & {*early_leads} & {*late_leads}  # models may be as strong as the frontier, but for rounding
        for key in keys if set(early_leads) == set(late_leads) else ():
            compare(f"lead of {key}", leads.get(key), early_leads.get(key), late_leads.get(key),
                    2.0 * world.hours(draw.end) / HOURS)  # fmt: skip

    # Interventions: from when to when, and whom they bind.
    turns = [{name: tuple(rest) for name, *rest in record.interventions}]
    turns += [outcome.turns() if isinstance(outcome, Laid) else {} for outcome in (one, two)]
    for name in sorted({*turns[0], *turns[1], *turns[2]}):
        kernel, early, late = (turn.get(name, (None, None, None)) for turn in turns)
        hours = world.hours(min(draw.end, late[1] or draw.end))
        for k, what in enumerate(("start", "end")):
            compare(f"{what} of {name}", kernel[k], early[k], late[k], hours / HOURS)
        if kernel[2] != early[2]:
            found.append(f"{name} binds: kernel {kernel[2]}, second {early[2]}")

    # Windows, from the table.
    for row in rows(record, "windows"):
        key = row["lab"], row["model"]
        for own, length, by in (
            (True, "length_days", "closed_by"),
            (False, "frontier_length_days", "frontier_closed_by"),
        ):
            if key not in one.models:
                continue
            days = [window(outcome, outcome.models[key], own) for outcome in (one, two)]
            if row[by] not in (days[0][1] or [None]) and borderline(world, key, row[by], *days[0][1]):
                continue
            if row[by] not in (days[0][1] or [None]):
                found.append(f"window of {key} closed by: kernel {row[by]}, second {days[0][1]}")
            compare(f"window of {key}", row[length], days[0][0], days[1][0], 2.0 * world.hours(draw.end) / HOURS)

    # The trajectory, from the table: accelerators by use, clusters, tokens and what of them is busy; and the totals.
    dates = {date_text(day, draw.start): k for k, day in enumerate(bounds)}
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
        outcomes = values, *(by_month.get(series, {}) for by_month in world.means)
        totals: list[dict[Any, float]] = [defaultdict(float) for _ in outcomes]
        for key in sorted({key for outcome in outcomes for key in outcome}, key=str):
            month, owner, *rest = key
            most = world.most(series, owner, rest, bounds[month + 1])
            length = (bounds[month + 1] - bounds[month]) * HOURS
            compare(f"{series} {key}", *(outcome.get(key, 0.0) for outcome in outcomes),
                    most * world.hours(bounds[month + 1]) / length)  # fmt: skip
            for total, outcome in zip(totals, outcomes, strict=True):
                total[owner, *rest] += outcome.get(key, 0.0) * length
        for key in totals[0]:
            most = world.most(series, key[0], key[1:], draw.end)
            compare(f"total {series} {key}", *(total[key] for total in totals), most * world.hours(draw.end))
    return found
