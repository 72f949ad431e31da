"""trajectory.csv: compute by use, models, the AI workforce and efficiencies, interval by interval."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate, pairwise
from typing import Any

from sim.base.calendar import date_text
from sim.model.alignment import ALIGNMENT
from sim.model.fleet import Fleet
from sim.physics.labour import joint_labour_nested
from sim.tables.alignment import alignment_work
from sim.tables.alignment_done import HUMANS, WORLD
from sim.tables.alignment_work import counts_alignment
from sim.tables.deployed import fleet_pieces
from sim.tables.intervals import fleet_sums, integrals
from sim.tables.rates import Rates
from sim.tables.steps import value_at
from sim.tables.table import Column, Table
from sim.world.record import RunRecord

COLUMNS = [
    Column("date", "date", "start of the interval"),
    Column("lab", "", "whose; `world` for the world's stock"),
    Column("model", "", "the model (or the run that makes it)"),
    Column("use", "", "training, experiments, idle or a fleet"),
    Column("accelerator", "", "accelerator type"),
    Column("domain", "", "domain of work"),
    Column("series", "", "what is counted"),
    Column("value", "", "how much, in `unit`"),
    Column("unit", "", "unit of the value"),
    Column("kind", "", "mean over the interval, or the value at its end"),
]

Row = tuple[Any, ...]


def boundaries(record: RunRecord) -> list[float]:
    """Days at which intervals begin, and the end."""
    draw = record.draw
    days = []
    k, day = 0, 0.0
    while day < record.end:
        days.append(day)
        k += 1
        day = draw.trajectory.occurrence(k, 0.0, draw.start)
    return [*days, record.end]


def trajectory_table(record: RunRecord, rates: Rates) -> Table:
    """Rows by interval, then by series, lab, use, model and type."""
    days = boundaries(record)
    labs = sorted(record.draw.labs)
    held, clusters = _held(record, days), _clusters(record, days)
    fleets = [
        _Fleet(rates, lab, fleet, days) for lab in labs for _, fleet in sorted(record.draw.labs[lab].fleets.items())
    ]
    best = {lab: _best(record, lab) for lab in labs}
    staffed = {lab: sorted({domain for owner, domain in record.staff if owner == lab}) for lab in labs}
    counted = counts_alignment(record)
    aligns = alignment_work(record, rates).labs if counted else []
    rows: list[Row] = []
    for n, (start, end) in enumerate(pairwise(days)):
        date, span = date_text(start, record.draw.start), end - start
        _compute(rows, record, held[n], date, span)
        for owner, kind, amounts in clusters:
            rows.append((date, owner, None, None, kind, None, "cluster", amounts[n] / span, "accelerators", "mean"))
        for fleet in fleets:
            fleet.tell(rows, n, date, span)
        for lab in labs:
            _labour(rows, record, rates, lab, staffed[lab], date, end)
            since, most = best[lab]
            made = bisect_left(since, end)
            strongest, training = most[made - 1] if made else 0.0, record.training_efficiency[lab].at(end)
            rows.append((date, lab, None, None, None, None, "best_effective_flop", strongest, "FLOP", "end"))
            rows.append((date, lab, None, None, None, None, "training_efficiency", training,
                         "effective per physical FLOP", "end"))  # fmt: skip
            if lab in aligns:
                _alignment(rows, record, rates, lab, date, start, end)
            rows.append((date, lab, None, None, None, None, "inference_efficiency",
                         record.inference_efficiency[lab].at(end), "relative to the base date", "end"))  # fmt: skip
        if counted:
            _alignment(rows, record, rates, WORLD, date, start, end)
    return Table("trajectory", COLUMNS, rows)


Use = tuple[str, str, str, str]
"""(lab, use, model, accelerator)"""


def _held(record: RunRecord, days: list[float]) -> list[list[tuple[Use, float]]]:
    """For each interval between `days`, uses in order and their accelerators · days, where these are not 0."""
    result: list[list[tuple[Use, float]]] = [[] for _ in days[1:]]
    for use, steps in sorted(record.holdings.items()):
        for n, amount in integrals(steps, days):
            result[n].append((use, amount))
    return result


def _clusters(record: RunRecord, days: list[float]) -> list[tuple[str, str, list[float]]]:
    """(lab or `world`, accelerator, accelerators · days in each interval between `days`)."""
    lines = [(lab, kind, steps) for (lab, kind), steps in sorted(record.clusters.items())]
    lines += [("world", kind, steps) for kind, steps in sorted(record.world.items())]
    result = []
    for owner, kind, steps in lines:
        amounts = [0.0] * (len(days) - 1)
        for n, amount in integrals(steps, days):
            amounts[n] = amount
        result.append((owner, kind, amounts))
    return result


def _best(record: RunRecord, lab: str) -> tuple[list[float], list[float]]:
    """Days on which a lab's models became usable inside it, and the most effective FLOP from each on."""
    models = sorted((model.internal, model.effective_flop) for model in record.models if model.lab == lab)
    return [day for day, _ in models], list(accumulate((flop for _, flop in models), max))


def _compute(rows: list[Row], record: RunRecord, held: list[tuple[Use, float]], date: str, span: float) -> None:
    """What each use had of each type, then in H100e."""
    accelerators = record.draw.accelerators
    h100e: dict[tuple[str, str, str], float] = {}
    for (lab, use, model, kind), amount in held:
        count = amount / span
        if count:
            rows.append((date, lab, model or None, use, kind, None, "accelerators", count, "accelerators", "mean"))
            key = (lab, use, model)
            h100e[key] = h100e.get(key, 0.0) + count * accelerators[kind].h100e
    for (lab, use, model), each in sorted(h100e.items()):
        rows.append((date, lab, model or None, use, None, None, "h100e", each, "H100e", "mean"))


class _Fleet:
    """Rows of one fleet."""

    def __init__(self, rates: Rates, lab: str, fleet: Fleet, days: list[float]) -> None:
        self.lab, self.name, self.domain = lab, fleet.name, fleet.domain
        self.generating = fleet.inference.generating_share or 1.0
        self.sums = fleet_sums(rates, lab, fleet, days)

    def tell(self, rows: list[Row], n: int, date: str, span: float) -> None:
        """Those of the n-th interval."""
        lab, name, domain = self.lab, self.name, self.domain
        for model, of in sorted(self.sums[n].items()):
            copies = of.copies / span
            busy = of.copies * (of.busy / of.tokens if of.tokens else 0.0) / span
            workers, work = of.copies / self.generating / span, of.work / span
            rows.append((date, lab, model, name, None, domain, "tokens_per_s", of.tokens / span, "tokens/s", "mean"))
            rows.append((date, lab, model, name, None, domain, "copies", copies, "copies", "mean"))
            rows.append((date, lab, model, name, None, domain, "copies_busy", busy, "copies", "mean"))
            rows.append((date, lab, model, name, None, domain, "ai_workers", workers, "AI workers", "mean"))
            rows.append((date, lab, model, name, None, domain, "human_equivalents", work, "full-time humans", "mean"))


def _alignment(
    rows: list[Row], record: RunRecord, rates: Rates, scope: str, date: str, start: float, end: float
) -> None:
    """Alignment work of a lab on its own or of the world, by humans and models, and its serial speed."""
    done = alignment_work(record, rates).between(start, end, scope)
    for by, amount in sorted(done.work.items()):
        model = None if by == HUMANS else by[1] if scope != WORLD else "/".join(by)
        series, rate = "alignment_work_humans" if by == HUMANS else "alignment_work_ai", amount / (end - start)
        rows.append((date, scope, model, None, None, ALIGNMENT, series, rate, "researcher-years a year", "mean"))
    speed = sum(done.serial.values()) / (end - start)
    rows.append((date, scope, None, None, None, ALIGNMENT, "alignment_serial_speed", speed, "x a human's", "mean"))


def labour_at(record: RunRecord, rates: Rates, lab: str, domain: str, day: float) -> tuple[float, float]:
    """(humans, labour of humans and AIs together: none in a standstill) of a lab in a domain just before `day`."""
    before = day - 2.0**-20
    humans = value_at(record.staff.get((lab, domain), []), before)
    if rates.stands(lab, before):
        return humans, 0.0
    ai = []
    for name, fleet in record.draw.labs[lab].fleets.items():
        if fleet.domain != domain:
            continue
        demand = record.demand.get((lab, name))
        for since, _, law, parts in fleet_pieces(rates, lab, name, before, day):
            efficiency = law.value
            total = efficiency * sum(tokens for _, tokens, _ in parts)
            used = 1.0 if demand is None or not total else min(1.0, value_at(demand, since) / total)
            for model, tokens, _ in parts:
                made, kind, think = rates.models[lab, model], record.draw.domains[domain], fleet.think_x or 1.0
                worth = rates.worth(made, kind, fleet.inference, since, think)
                ai.append((rates.share_doable(made, kind, think), tokens * efficiency * used * worth))
            break
    substitution = record.draw.human.task_substitution
    return humans, joint_labour_nested(humans, ai, -2.0 if substitution is None else substitution)


def _labour(
    rows: list[Row], record: RunRecord, rates: Rates, lab: str, domains: list[str], date: str, day: float
) -> None:
    """Of the domains in which a lab has staff."""
    for domain in domains:
        humans, labour = labour_at(record, rates, lab, domain, day)
        rows.append((date, lab, None, None, None, domain, "humans", humans, "people", "end"))
        rows.append((date, lab, None, None, None, domain, "labour", labour, "full-time humans", "end"))
