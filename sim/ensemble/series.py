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
        lab = _Lab(rates, name, weights, place)
        line = splits.get(name, [])
        moments = [split[0] for split in line]
        for row, day in zip(table, days, strict=True):
            n = bisect_right(moments, day) - 1
            if n >= 0:
                lab.add(line[n], day, row)
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


class _Lab:
    """What one lab's uses and fleets come to on a day. Throughput and worth of a model hold until new tricks begin."""

    def __init__(self, rates: Rates, lab: str, weights: dict[str, float], place: dict[str, int]) -> None:
        self.rates, self.lab, self.weights = rates, lab, weights
        self.efficiency = rates.record.inference_efficiency[lab]
        self.others = [place[f"{CLUSTER}[{use}]"] for use in ("experiments", "idle")]
        self.copies, self.tokens = place[COPIES], place[TOKENS]
        self.fleets = {
            name: (fleet, rates.trick_days(fleet.inference, lab), rates.record.demand.get((lab, name)),
                   place[f"{CLUSTER}[{name}]"], place[f"human_equivalents[{fleet.domain}]"])
            for name, fleet in rates.draw.labs[lab].fleets.items()
        }  # fmt: skip
        self.each: dict[tuple[str, int, str, str], tuple[float, float]] = {}
        self.worth: dict[tuple[str, int, str], float] = {}

    def add(self, split: Split, day: float, row: list[float]) -> None:
        """Add to a row of the table what the lab has on a day. split: what it gave to its uses last."""
        _, _, experiments, fleets, idle = split
        weights = self.weights
        for column, held in zip(self.others, (experiments, idle), strict=True):
            for kind, count in held.items():
                row[column] += count * weights[kind]
        efficiency = 0.0 if self.rates.stands(self.lab, day) else self.efficiency.at(day)
        for name, models in fleets.items():
            if not models:
                continue
            fleet, tricks, demand, column, work_column = self.fleets[name]
            epoch = bisect_right(tricks, day)
            fleet_tokens = work = 0.0
            for model, held in models.items():
                tokens = copies = 0.0
                for kind, count in held.items():
                    row[column] += count * weights[kind]
                    each = self.each.get((name, epoch, model, kind)) or self._each(name, epoch, model, kind, day)
                    tokens += count * each[0]
                    copies += count * each[1]
                if tokens and efficiency:
                    row[self.copies] += copies * efficiency
                    fleet_tokens += tokens * efficiency
                    worth = self.worth.get((name, epoch, model))
                    if worth is None:
                        made, domain = self.rates.models[self.lab, model], self.rates.draw.domains[fleet.domain or ""]
                        worth = self.rates.worth(made, domain, fleet.inference, day, fleet.think_x or 1.0)
                        self.worth[name, epoch, model] = worth
                    work += tokens * efficiency * worth
            row[self.tokens] += fleet_tokens
            if demand is not None and fleet_tokens:
                work *= min(1.0, value_at(demand, day) / fleet_tokens)
            row[work_column] += work

    def _each(self, name: str, epoch: int, model: str, kind: str, day: float) -> tuple[float, float]:
        found = self.rates.each(self.rates.models[self.lab, model], kind, self.fleets[name][0].inference, day)
        self.each[name, epoch, model, kind] = each = found.tokens_per_s, found.copies
        return each


def _best(record: RunRecord, days: list[float], table: list[list[float]], place: int) -> None:
    models = sorted((model.internal, model.effective_flop) for model in record.models)
    n, best = 0, 0.0
    for row, day in zip(table, days, strict=True):
        while n < len(models) and models[n][0] <= day:
            best = max(best, models[n][1])
            n += 1
        row[place] = best
