"""What stands on given dates in one draw: compute by use, copies, AI work. Across draws they become bands.

Values are those of the day, after what happened on it: much cheaper than the trajectory's means over intervals.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.base.calendar import date_text
from sim.model.draw import Draw
from sim.tables.fleet_lines import FleetLine
from sim.tables.rates import Rates
from sim.tables.steps import value_at
from sim.tables.table import Column
from sim.tables.trajectory import boundaries
from sim.world.record import RunRecord, Split, Steps

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
    draw = record.draw
    days = [day for day in dates if day < record.end]
    lines = {column.name: [0.0] * len(days) for column in columns}
    weights = {kind: accelerator.h100e for kind, accelerator in draw.accelerators.items()}
    for (_, kind), steps in sorted(record.clusters.items()):
        _add_steps(steps, weights[kind], days, lines[CLUSTER])
    _training(record, weights, days, lines[f"{CLUSTER}[training]"])
    _others(record, weights, days, lines[f"{CLUSTER}[experiments]"], lines[f"{CLUSTER}[idle]"])
    for lab in sorted(draw.labs):
        growth = rates.record.inference_efficiency[lab]
        efficiencies = [0.0 if rates.stands(lab, day) else growth.at(day) for day in days]
        for name, line in rates.fleets.get(lab, {}).items():
            _held(line, weights, days, lines[f"{CLUSTER}[{name}]"])
            work = lines[f"human_equivalents[{draw.labs[lab].fleets[name].domain}]"]
            _made(rates, lab, name, days, efficiencies, lines[COPIES], lines[TOKENS], work)
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
        line[k] += value * weight


def _in_h100e(held: dict[str, float], weights: dict[str, float]) -> float:
    total = 0.0
    for kind, count in held.items():
        total += count * weights[kind]
    return total


def _training(record: RunRecord, weights: dict[str, float], days: list[float], line: list[float]) -> None:
    held: dict[tuple[str, str], float] = {}
    gangs = record.gangs
    n, last, total = 0, len(gangs), 0.0
    for k, day in enumerate(days):
        if n < last and gangs[n][0] <= day:
            while n < last and gangs[n][0] <= day:
                _, lab, run, counts = gangs[n]
                held[lab, run] = _in_h100e(counts, weights)
                n += 1
            total = 0.0
            for each in held.values():
                total += each
        line[k] = total


def _others(
    record: RunRecord, weights: dict[str, float], days: list[float], experiments: list[float], idle: list[float]
) -> None:
    """What labs give to experiments, and what is idle."""
    now: dict[str, Split] = {}
    labs, splits = sorted(record.draw.labs), record.splits
    n, last = 0, len(splits)
    for k, day in enumerate(days):
        while n < last and splits[n][0] <= day:
            now[splits[n][1]] = splits[n]
            n += 1
        for lab in labs:
            if lab in now:
                split = now[lab]
                for kind, count in split[2].items():
                    experiments[k] += count * weights[kind]
                for kind, count in split[4].items():
                    idle[k] += count * weights[kind]


def _held(fleet: FleetLine, weights: dict[str, float], days: list[float], line: list[float]) -> None:
    """What a fleet has, also in a standstill."""
    since, held = fleet.days, fleet.held
    n, last = -1, len(since) - 1
    for k, day in enumerate(days):
        while n < last and since[n + 1] <= day:
            n += 1
        if n >= 0:
            for (_, kind), count in held[n]:
                line[k] += count * weights[kind]


def _made(
    rates: Rates, lab: str, fleet: str, days: list[float], efficiencies: list[float], all_copies: list[float],
    all_tokens: list[float], all_work: list[float],
) -> None:  # fmt: skip
    """What a fleet comes to: nothing in a standstill."""
    demand, line = rates.record.demand.get((lab, fleet)), rates.parts(lab, fleet)
    since, parts, worths = line.days, line.parts, line.worth
    n, last = 0, len(since) - 1
    for k, day in enumerate(days):
        while n < last and since[n + 1] <= day:
            n += 1
        worth, efficiency = worths[n], efficiencies[k]
        copies, tokens, work = all_copies[k], 0.0, 0.0
        for part, (_, each, copies_of) in enumerate(parts[n]):
            if each:
                now = each * efficiency
                copies += copies_of * efficiency
                tokens += now
                work += now * worth[part]
        all_copies[k] = copies
        all_tokens[k] += tokens
        if demand is not None and tokens:
            work *= min(1.0, value_at(demand, day) / tokens)
        all_work[k] += work


def _best(record: RunRecord, days: list[float], line: list[float]) -> None:
    models = sorted([(model.internal, model.effective_flop) for model in record.models])
    n, last, best = 0, len(models), 0.0
    for k, day in enumerate(days):
        while n < last and models[n][0] <= day:
            best = max(best, models[n][1])
            n += 1
        line[k] = best
