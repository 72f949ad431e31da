"""What stands on given dates in one draw: compute by use, copies, AI work. Across draws they become bands.

Values are those of the day, after what happened on it: much cheaper than the trajectory's means over intervals.
"""

from __future__ import annotations

from bisect import bisect_right

from sim.model.draw import Draw
from sim.tables.rates import Rates
from sim.tables.steps import value_at
from sim.tables.table import Column
from sim.tables.trajectory import boundaries
from sim.world.record import RunRecord, Split

CLUSTER, COPIES, TOKENS, BEST = "h100e", "copies", "tokens_per_s", "best_effective_flop"


def dates_of(record: RunRecord) -> tuple[float, ...]:
    """Days on which the intervals of the trajectory begin."""
    return tuple(boundaries(record)[:-1])


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


def series_rows(record: RunRecord, rates: Rates, dates: tuple[float, ...]) -> list[tuple[float, ...]]:
    """A row for each of the dates before the record's end: the day, then the values of `series_columns`."""
    draw = record.draw
    names = [column.name for column in series_columns(draw)]
    place = {name: n for n, name in enumerate(names)}
    weights = {kind: accelerator.h100e for kind, accelerator in draw.accelerators.items()}
    days = [day for day in dates if day < record.end]
    table = [[0.0] * len(names) for _ in days]
    for (_, kind), steps in sorted(record.clusters.items()):
        for row, day in zip(table, days, strict=True):
            row[0] += value_at(steps, day) * weights[kind]
    _training(record, weights, days, table, place[f"{CLUSTER}[training]"])
    splits: dict[str, list[Split]] = {}
    for split in record.splits:
        splits.setdefault(split[1], []).append(split)
    for lab in sorted(draw.labs):
        line = splits.get(lab, [])
        moments = [split[0] for split in line]
        for row, day in zip(table, days, strict=True):
            n = bisect_right(moments, day) - 1
            if n >= 0:
                _uses(rates, lab, line[n], day, weights, row, place)
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


def _uses(
    rates: Rates, lab: str, split: Split, day: float, weights: dict[str, float], row: list[float], place: dict[str, int]
) -> None:
    _, _, experiments, fleets, idle = split
    for use, held in (("experiments", experiments), ("idle", idle)):
        for kind, count in held.items():
            row[place[f"{CLUSTER}[{use}]"]] += count * weights[kind]
    record = rates.record
    spec = rates.draw.labs[lab]
    stands = rates.stands(lab, day)
    efficiency = record.inference_efficiency[lab].at(day)
    for name, models in fleets.items():
        if not models:
            continue
        fleet = spec.fleets[name]
        assert fleet.domain is not None
        inference, domain = fleet.inference, rates.draw.domains[fleet.domain]
        held_by = place[f"{CLUSTER}[{name}]"]
        fleet_tokens = work = 0.0
        for model, held in models.items():
            made = rates.models[lab, model]
            tokens = copies = 0.0
            for kind, count in held.items():
                row[held_by] += count * weights[kind]
                if not stands:
                    each = rates.each(made, kind, inference, day)
                    tokens += count * each.tokens_per_s
                    copies += count * each.copies
            if tokens:
                row[place[COPIES]] += copies * efficiency
                fleet_tokens += tokens * efficiency
                work += tokens * efficiency * rates.worth(made, domain, inference, day, fleet.think_x or 1.0)
        row[place[TOKENS]] += fleet_tokens
        demand = record.demand.get((lab, name))
        if demand is not None and fleet_tokens:
            work *= min(1.0, value_at(demand, day) / fleet_tokens)
        row[place[f"human_equivalents[{fleet.domain}]"]] += work


def _best(record: RunRecord, days: list[float], table: list[list[float]], place: int) -> None:
    models = sorted((model.internal, model.effective_flop) for model in record.models)
    n, best = 0, 0.0
    for row, day in zip(table, days, strict=True):
        while n < len(models) and models[n][0] <= day:
            best = max(best, models[n][1])
            n += 1
        row[place] = best
