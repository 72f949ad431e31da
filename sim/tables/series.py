"""What stands on given dates in one draw: compute by use, copies, AI work. Across draws they become bands.

Values are those of the day, after what happened on it: much cheaper than the trajectory's means over intervals.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.base.calendar import date_text
from sim.model.draw import Draw
from sim.tables.fleet_lines import FleetLine
from sim.tables.parts import Parts
from sim.tables.rates import Rates
from sim.tables.steps import value_at
from sim.tables.table import Column
from sim.tables.trajectory import boundaries
from sim.world.record import RunRecord, Steps
from sim.world.split import OF_IDLE, Split

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
    n, last, value = 0, len(steps), 0.0
    for k, day in enumerate(days):
        while n < last and steps[n][0] <= day:
            value = steps[n][1]
            n += 1
        line[k] = line[k] + value * weight  # compiled, += of an item makes objects


def _in_h100e(held: dict[str, float], weights: dict[str, float]) -> float:
    total = 0.0
    for kind, count in held.items():
        total += count * weights[kind]
    return total


def _training(record: RunRecord, weights: dict[str, float], days: list[float], line: list[float]) -> None:
    held: dict[tuple[str, str], float] = {}
    k, last, total = 0, len(days), 0.0
    changed = False
    for day, lab, run, counts in record.gangs:  # unpacked once each: compiled, every look at a tuple costs its copy
        if k < last and days[k] < day:
            if changed:
                total, changed = _sum(held), False
            while k < last and days[k] < day:
                line[k] = total
                k += 1
        held[lab, run] = _in_h100e(counts, weights)
        changed = True
    if changed:
        total = _sum(held)
    for left in range(k, last):
        line[left] = total


def _sum(held: dict[tuple[str, str], float]) -> float:
    total = 0.0
    for each in held.values():
        total += each
    return total


def _others(
    record: RunRecord, weights: dict[str, float], days: list[float], experiments: list[float], idle: list[float]
) -> None:
    """What labs give to experiments, and what is idle."""
    labs: dict[str, _Others] = {}
    for n, (day, lab, uses, _, _) in enumerate(record.splits):
        of_lab = labs.get(lab)
        if of_lab is None:
            of_lab = labs[lab] = _Others()
        of_lab.days.append(day)
        of_lab.splits.append(n)
        if uses[-1] == OF_IDLE:
            of_lab.some_idle = True
    for lab in sorted(labs):
        of_lab = labs[lab]
        _add(record.splits, of_lab, False, weights, days, experiments)
        if of_lab.some_idle:
            _add(record.splits, of_lab, True, weights, days, idle)


class _Others:
    """Days of a lab's splits and their places among all; whether anything was ever idle."""

    __slots__ = ("days", "splits", "some_idle")

    def __init__(self) -> None:
        self.days: list[float] = []
        self.splits: list[int] = []
        self.some_idle = False


def _add(
    splits: list[Split], of_lab: _Others, idle: bool, weights: dict[str, float], days: list[float], line: list[float]
) -> None:
    """What a lab gives to experiments, or what is idle."""
    since = of_lab.days
    n, last, now = 0, len(since), 0
    weighed: list[float] = []
    for k, day in enumerate(days):
        while n < last and since[n] <= day:
            n += 1
        if n > now:
            now = n
            _, _, uses, types, counts = splits[of_lab.splits[n - 1]]
            first = len(counts) - len(types) if idle else 0
            weighed = []  # of what is idle there may be none
            if not idle or uses[-1] == OF_IDLE:
                weighed = [counts[first + place] * weights[kind] for place, kind in enumerate(types)]
        for each in weighed:
            line[k] = line[k] + each


def _fleets(rates: Rates, weights: dict[str, float], days: list[float], lines: dict[str, list[float]]) -> None:
    """What fleets have and come to."""
    record = rates.record
    found = []
    for lab, fleets in sorted(rates.fleets.items()):
        efficiency = record.inference_efficiency[lab].on_each(days)
        if lab in record.standstills:
            efficiency = [0.0 if rates.stands(lab, day) else at for day, at in zip(days, efficiency, strict=True)]
        for name, line in fleets.items():
            domain = record.draw.labs[lab].fleets[name].domain
            held, work = lines[f"{CLUSTER}[{name}]"], lines[f"human_equivalents[{domain}]"]
            demand, parts = record.demand.get((lab, name)), rates.parts(lab, name)
            found.append(_Fleet(line, parts, demand, efficiency, weights, held, work))
    all_copies, all_tokens = lines[COPIES], lines[TOKENS]
    for k, day in enumerate(days):
        copies = tokens = 0.0
        for fleet in found:
            copies, made = fleet.on(k, day, copies)
            tokens += made
        all_copies[k], all_tokens[k] = copies, tokens


class _Fleet:
    """One fleet, as a walk from day to day goes through what it has and runs."""

    __slots__ = (
        "_line", "_parts", "_demand", "_efficiency", "_weights", "_held", "_work", "_use_day", "_part_day", "_kind",
        "_weight",
    )  # fmt: skip

    def __init__(
        self, line: FleetLine, parts: Parts, demand: Steps | None, efficiency: list[float], weights: dict[str, float],
        held: list[float], work: list[float],
    ) -> None:  # fmt: skip
        """efficiency: of the lab on each day of the walk, 0 in a standstill. held, work: what to add to, day by day."""
        self._line, self._parts, self._demand, self._efficiency = line, parts, demand, efficiency
        self._weights, self._held, self._work = weights, held, work
        self._use_day = self._part_day = 0
        self._kind, self._weight = "", 0.0

    def on(self, k: int, day: float, copies: float) -> tuple[float, float]:
        """On the k-th day of the walk: `copies` and those that it can run, and its tokens/s.

        What it has is told also in a standstill.
        """
        line, since, n = self._line, self._line.days, self._use_day
        while n + 1 < len(since) and since[n + 1] <= day:
            n += 1
        self._use_day = n
        held = self._held[k]
        for use in range(line.first[n], line.first[n + 1]):
            if line.kinds[use] != self._kind:
                self._kind = line.kinds[use]
                self._weight = self._weights[self._kind]
            held += line.counts[use] * self._weight
        self._held[k] = held
        parts, since, n = self._parts, self._parts.days, self._part_day
        while n + 1 < len(since) and since[n + 1] <= day:
            n += 1
        self._part_day = n
        efficiency, tokens, work = self._efficiency[k], 0.0, 0.0
        for part in range(parts.first[n], parts.first[n + 1]):
            each = parts.tokens[part]
            if each:
                now = each * efficiency
                copies += parts.copies[part] * efficiency
                tokens += now
                work += now * parts.worth[part]
        if self._demand is not None and tokens:
            work *= min(1.0, value_at(self._demand, day) / tokens)
        self._work[k] = self._work[k] + work  # compiled, += of an item makes objects
        return copies, tokens


def _best(record: RunRecord, days: list[float], line: list[float]) -> None:
    models = sorted([(model.internal, model.effective_flop) for model in record.models])
    n, last, best = 0, len(models), 0.0
    for k, day in enumerate(days):
        while n < last and models[n][0] <= day:
            best = max(best, models[n][1])
            n += 1
        line[k] = best
