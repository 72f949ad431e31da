"""What stands on given dates in one draw: compute by use, copies, AI work. Across draws they become bands.

Values are those of the day, after what happened on it: much cheaper than the trajectory's means over intervals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from sim.base.calendar import date_text
from sim.model.draw import Draw
from sim.tables.fleet_lines import FleetLine
from sim.tables.parts import Parts
from sim.tables.rates import Rates
from sim.tables.steps import value_at
from sim.tables.table import Column
from sim.tables.terms import Terms
from sim.tables.trajectory import boundaries
from sim.world.record import RunRecord, Steps
from sim.world.split import OF_IDLE, Use

NEVER: Final = math.inf

CLUSTER, COPIES, TOKENS, BEST = "h100e", "copies", "tokens_per_s", "best_effective_flop"


def dates_of(record: RunRecord) -> dict[float, str]:
    """Days on which the intervals of the trajectory begin, and how each is written."""
    return {day: date_text(day, record.draw.start) for day in boundaries(record)[:-1]}


def series_columns(draw: Draw) -> list[Column]:
    """The columns behind `date`; those of fleets and domains are the same in every draw of a scenario."""
    fleets = sorted({fleet for lab in draw.labs.values() for fleet in lab.fleets})
    domains = sorted({fleet.domain for lab in draw.labs.values() for fleet in lab.fleets.values() if fleet.domain})
    uses = ["training", "experiments", "idle", *fleets]
    return [
        Column(CLUSTER, "H100e", "clusters of all labs"),
        *(Column(f"{CLUSTER}[{use}]", "H100e", "what they use of it for this") for use in uses),
        Column(COPIES, "copies", "copies that all labs' fleets can run, each of its own models"),
        Column(TOKENS, "tokens/s", "tokens that they can make"),
        *(Column(f"human_equivalents[{domain}]", "full-time humans", "AI work in the domain, as far as there is demand")
          for domain in domains),
        Column(BEST, "FLOP", "effective FLOP of the strongest model inside any lab"),
    ]  # fmt: skip


def series_columns_of(
    record: RunRecord, rates: Rates, columns: Sequence[Column], dates: Sequence[float]
) -> tuple[list[float], list[list[float]]]:
    """The dates before the record's end, and a list for each of `series_columns`: its value on each of them."""
    draw, end = record.draw, record.end
    days = [day for day in dates if day < end]
    lines = {column.name: [0.0] * len(days) for column in columns}
    weights = {kind: accelerator.h100e for kind, accelerator in draw.accelerators.items()}
    for (_, kind), steps in sorted(record.clusters.items()):
        _add_steps(steps, weights[kind], days, lines[CLUSTER])
    _training(record, weights, days, lines[f"{CLUSTER}[training]"])
    _others(record, weights, days, lines[f"{CLUSTER}[experiments]"], lines[f"{CLUSTER}[idle]"])
    _fleets(rates, weights, days, lines)
    _best(record, days, lines[BEST])
    return days, [lines[column.name] for column in columns]


def series_rows(
    record: RunRecord, rates: Rates, columns: Sequence[Column], dates: Sequence[float]
) -> list[tuple[float, ...]]:
    """A row for each of the dates before the record's end: the day, then the values of `series_columns`."""
    days, lines = series_columns_of(record, rates, columns, dates)
    return list(zip(days, *lines, strict=True))


def _add_steps(steps: Steps, weight: float, days: list[float], line: list[float]) -> None:
    n, last, now = 0, len(steps), 0.0
    changes = steps[0][0] if steps else NEVER
    for k, day in enumerate(days):
        while changes <= day:
            now = steps[n][1] * weight
            n += 1
            changes = steps[n][0] if n < last else NEVER
        line[k] = line[k] + now  # compiled, += of an item makes objects


def _in_h100e(held: dict[str, float], weights: dict[str, float]) -> float:
    total = 0.0
    for kind, count in held.items():
        total += count * weights[kind]
    return total


def _training(record: RunRecord, weights: dict[str, float], days: list[float], line: list[float]) -> None:
    runs: dict[tuple[str, str], _Sum] = {}
    held: list[_Sum] = []
    k, last, total = 0, len(days), 0.0
    changed = False
    for day, lab, run, counts in record.gangs:  # unpacked once each: compiled, every look at a tuple costs its copy
        if k < last and days[k] < day:
            if changed:
                total, changed = _sum(held), False
            while k < last and days[k] < day:
                line[k] = total
                k += 1
        of_run = runs.get((lab, run))
        if of_run is None:
            of_run = runs[lab, run] = _Sum()
            held.append(of_run)
        of_run.value = _in_h100e(counts, weights)
        changed = True
    if changed:
        total = _sum(held)
    for left in range(k, last):
        line[left] = total


class _Sum:
    """A number that grows or changes."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0.0


def _sum(held: list[_Sum]) -> float:
    total = 0.0
    for each in held:
        total += each.value
    return total


def _others(
    record: RunRecord, weights: dict[str, float], days: list[float], experiments: list[float], idle: list[float]
) -> None:
    """What labs give to experiments, and what is idle."""
    labs = {lab: _Lab(weights) for lab in sorted(record.draw.labs)}
    walked = list(labs.values())
    k, last = 0, len(days)
    for day, lab, uses, types, counts in record.splits:
        while k < last and days[k] < day:
            _tell(walked, k, experiments, idle)
            k += 1
        labs[lab].give(uses, types, counts)
    for rest in range(k, last):
        _tell(walked, rest, experiments, idle)


def _tell(labs: list[_Lab], k: int, experiments: list[float], idle: list[float]) -> None:
    """The values of the k-th day."""
    tried = left = 0.0
    for of_lab in labs:
        if of_lab.new:
            of_lab.weigh()
        tried = of_lab.experiments.added_to(tried)
        left = of_lab.idle.added_to(left)
    experiments[k], idle[k] = tried, left


class _Lab:
    """What a lab gives to experiments and what is idle, in H100e."""

    __slots__ = ("experiments", "idle", "new", "_weights", "_uses", "_some_idle", "_types", "_counts")

    def __init__(self, weights: dict[str, float]) -> None:
        self.experiments, self.idle = Terms(), Terms()
        self.new = False
        """Whether what was given last is still to be put in H100e."""
        self._weights = weights
        self._uses: list[Use] = []
        self._some_idle = False
        self._types: list[str] = []
        self._counts: list[float] = []

    def give(self, uses: list[Use], types: list[str], counts: list[float]) -> None:
        """From now on: see `Split`."""
        if uses is not self._uses:
            self._uses, self._some_idle = uses, uses[-1] == OF_IDLE
        self.new, self._types, self._counts = True, types, counts

    def weigh(self) -> None:
        """Put it in H100e."""
        self.new = False
        self._put(self.experiments, 0)
        if self._some_idle:
            self._put(self.idle, len(self._counts) - len(self._types))
        else:
            self.idle.clear()

    def _put(self, terms: Terms, k: int) -> None:
        terms.clear()
        for kind in self._types:
            terms.put(self._counts[k] * self._weights[kind])
            k += 1


def _fleets(rates: Rates, weights: dict[str, float], days: list[float], lines: dict[str, list[float]]) -> None:
    """What fleets have and come to."""
    record = rates.record
    found = []
    sums: dict[str, _Sum] = {}
    for lab, fleets in sorted(rates.fleets.items()):
        efficiency = record.inference_efficiency[lab].on_each(days)
        if lab in record.standstills:
            efficiency = [0.0 if rates.stands(lab, day) else at for day, at in zip(days, efficiency, strict=True)]
        for name, line in fleets.items():
            domain = record.draw.labs[lab].fleets[name].domain
            held = sums.setdefault(f"{CLUSTER}[{name}]", _Sum())
            work = sums.setdefault(f"human_equivalents[{domain}]", _Sum())
            demand, parts = record.demand.get((lab, name)), rates.parts(lab, name)
            found.append(_Fleet(line, parts, demand, efficiency, weights, held, work))
    told = [(lines[name], of) for name, of in sums.items()]
    all_copies, all_tokens = lines[COPIES], lines[TOKENS]
    for k, day in enumerate(days):
        copies = tokens = 0.0
        for fleet in found:
            copies = fleet.on(k, day, copies)
            tokens += fleet.tokens
        all_copies[k], all_tokens[k] = copies, tokens
        for values, of in told:
            values[k], of.value = of.value, 0.0


class _Fleet:
    """One fleet, as a walk from day to day goes through what it has and runs."""

    __slots__ = (
        "tokens", "_line", "_parts", "_demand", "_efficiency", "_weights", "_held", "_work", "_changes", "_use_day",
        "_part_day", "_terms", "_span", "_kind", "_weight",
    )  # fmt: skip

    def __init__(
        self, line: FleetLine, parts: Parts, demand: Steps | None, efficiency: list[float], weights: dict[str, float],
        held: _Sum, work: _Sum,
    ) -> None:  # fmt: skip
        """efficiency: of the lab on each day of the walk, 0 in a standstill. held, work: what to add to, day by day."""
        self._line, self._parts, self._demand, self._efficiency = line, parts, demand, efficiency
        self._weights, self._held, self._work = weights, held, work
        self._changes = -NEVER
        """The day on which anything of it changes next."""
        self._use_day = self._part_day = 0
        self._terms, self._span = Terms(), parts.spans[0]
        self._kind, self._weight = "", 0.0
        self.tokens = 0.0
        """Tokens/s on the day of the walk."""

    def on(self, k: int, day: float, copies: float) -> float:
        """On the k-th day of the walk: `copies` and those that it can run.

        What it has is told also in a standstill.
        """
        if day >= self._changes:
            self._go_on(day)
        self._held.value = self._terms.added_to(self._held.value)
        span, uses, efficiency = self._span, self._parts.uses, self._efficiency[k]
        tokens = work = 0.0
        for n in range(span.first, span.over):
            use = uses[n]
            if use.tokens:
                now = use.tokens * efficiency
                copies += use.copies * efficiency
                tokens += now
                work += now * use.worth
        if self._demand is not None and tokens:
            work *= min(1.0, value_at(self._demand, day) / tokens)
        self._work.value += work
        self.tokens = tokens
        return copies

    def _go_on(self, day: float) -> None:
        """To a day on which something of it has changed."""
        spans, n, last = self._line.spans, self._use_day, len(self._line.spans) - 1
        while n < last and spans[n + 1].day <= day:
            n += 1
        self._use_day, span = n, spans[n]
        self._changes = spans[n + 1].day if n < last else NEVER
        uses = self._line.uses
        self._terms.clear()
        for place in range(span.first, span.over):
            use = uses[place]
            if use.kind != self._kind:
                self._kind = use.kind
                self._weight = self._weights[use.kind]
            self._terms.put(use.count * self._weight)
        if self._parts.spans is spans:
            self._span = span
            return
        spans, n, last = self._parts.spans, self._part_day, len(self._parts.spans) - 1
        while n < last and spans[n + 1].day <= day:
            n += 1
        self._part_day, self._span = n, spans[n]
        if n < last:
            self._changes = min(self._changes, spans[n + 1].day)


def _best(record: RunRecord, days: list[float], line: list[float]) -> None:
    models = sorted([(model.internal, model.effective_flop) for model in record.models])
    n, last, best = 0, len(models), 0.0
    for k, day in enumerate(days):
        while n < last and models[n][0] <= day:
            best = max(best, models[n][1])
            n += 1
        line[k] = best
