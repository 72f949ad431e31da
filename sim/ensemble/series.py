"""What stands on given dates in one draw: compute by use, copies, AI work. Across draws they become bands.

Values are those of the day, after what happened on it: much cheaper than the trajectory's means over intervals.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from sim.base.calendar import date_text
from sim.model.draw import Draw
from sim.tables.rates import Rates
from sim.tables.steps import value_at
from sim.tables.table import Column
from sim.tables.trajectory import boundaries
from sim.world.record import RunRecord, Split

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


def series_rows(
    record: RunRecord, rates: Rates, columns: Sequence[Column], dates: Sequence[float]
) -> list[tuple[float, ...]]:
    """A row for each of the dates before the record's end: the day, then the values of `series_columns`."""
    draw = record.draw
    names = [column.name for column in columns]
    place = {name: n for n, name in enumerate(names)}
    weights = {kind: accelerator.h100e for kind, accelerator in draw.accelerators.items()}
    days = [day for day in dates if day < record.end]
    table = [[0.0] * len(names) for _ in days]
    for (_, kind), steps in sorted(record.clusters.items()):
        weight, n, value = weights[kind], 0, 0.0
        for row, day in zip(table, days, strict=True):
            while n < len(steps) and steps[n][0] <= day:
                value = steps[n][1]
                n += 1
            row[0] += value * weight
    _training(record, weights, days, table, place[f"{CLUSTER}[training]"])
    splits: dict[str, list[Split]] = {}
    for split in record.splits:
        splits.setdefault(split[1], []).append(split)
    for name in sorted(draw.labs):
        _others(splits.get(name, []), weights, days, table, place)
        _fleets(rates, name, weights, days, table, place)
    _best(record, days, table, place[BEST])
    return [(day, *row) for day, row in zip(days, table, strict=True)]


def _training(
    record: RunRecord, weights: dict[str, float], days: list[float], table: list[list[float]], place: int
) -> None:
    held: dict[tuple[str, str], float] = {}
    n = 0
    for row, day in zip(table, days, strict=True):
        while n < len(record.gangs) and record.gangs[n][0] <= day:
            _, lab, run, counts = record.gangs[n]
            held[lab, run] = sum(count * weights[kind] for kind, count in counts.items())
            n += 1
        row[place] = sum(held.values())


def _others(
    splits: list[Split], weights: dict[str, float], days: list[float], table: list[list[float]], place: dict[str, int]
) -> None:
    """What a lab gives to experiments, and what is idle."""
    experiments, idle = place[f"{CLUSTER}[experiments]"], place[f"{CLUSTER}[idle]"]
    moments = [split[0] for split in splits]
    for row, day in zip(table, days, strict=True):
        n = bisect_right(moments, day) - 1
        if n >= 0:
            split = splits[n]
            for kind, count in split[2].items():
                row[experiments] += count * weights[kind]
            for kind, count in split[4].items():
                row[idle] += count * weights[kind]


def _fleets(
    rates: Rates, lab: str, weights: dict[str, float], days: list[float], table: list[list[float]],
    place: dict[str, int],
) -> None:  # fmt: skip
    """What a lab's fleets come to. In a standstill they hold their accelerators and make nothing."""
    growth = rates.record.inference_efficiency[lab]
    efficiencies = [0.0 if rates.stands(lab, day) else growth.at(day) for day in days]
    spec = rates.draw.labs[lab].fleets
    all_copies, all_tokens = place[COPIES], place[TOKENS]
    for name, line in rates.fleets.get(lab, {}).items():
        h100e, work_of = place[f"{CLUSTER}[{name}]"], place[f"human_equivalents[{spec[name].domain}]"]
        demand, runs = rates.record.demand.get((lab, name)), rates.parts(lab, name)
        held_days, held, days_of_parts, parts, worths = line.days, line.held, runs.days, runs.parts, runs.worth
        for row, day, efficiency in zip(table, days, efficiencies, strict=True):
            n = bisect_right(held_days, day) - 1
            if n < 0 or not held[n]:
                continue
            for (_, kind), count in held[n]:
                row[h100e] += count * weights[kind]
            n = bisect_right(days_of_parts, day) - 1
            tokens = work = 0.0
            for (_, each, copies), worth in zip(parts[n], worths[n], strict=True):
                if each:
                    now = each * efficiency
                    row[all_copies] += copies * efficiency
                    tokens += now
                    work += now * worth
            row[all_tokens] += tokens
            if demand is not None and tokens:
                work *= min(1.0, value_at(demand, day) / tokens)
            row[work_of] += work


def _best(record: RunRecord, days: list[float], table: list[list[float]], place: int) -> None:
    models = sorted((model.internal, model.effective_flop) for model in record.models)
    n, best = 0, 0.0
    for row, day in zip(table, days, strict=True):
        while n < len(models) and models[n][0] <= day:
            best = max(best, models[n][1])
            n += 1
        row[place] = best
