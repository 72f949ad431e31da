"""trajectory.csv: compute by use, models, the AI workforce and efficiencies, interval by interval."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import Any

from sim.base.calendar import date_text
from sim.model.alignment import ALIGNMENT
from sim.physics.labour import joint_labour_nested
from sim.tables.alignment import alignment_work
from sim.tables.alignment_done import HUMANS, WORLD
from sim.tables.alignment_work import counts_alignment
from sim.tables.deployed import busy_tokens, fleet_pieces
from sim.tables.rates import Rates
from sim.tables.steps import integral, pieces, value_at
from sim.tables.table import Column, Table
from sim.world.record import RunRecord, Steps

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
Line = tuple[tuple[str, str, str, str], Steps]
"""(lab, use, model, accelerator) and accelerators held."""


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
    held = _held(record, days)
    best = {lab: _best(record, lab) for lab in record.draw.labs}
    rows: list[Row] = []
    for n, (start, end) in enumerate(pairwise(days)):
        date = date_text(start, record.draw.start)
        for row in _interval(record, rates, held[n], best, start, end):
            rows.append((date, *row))
    return Table("trajectory", COLUMNS, rows)


def _held(record: RunRecord, days: list[float]) -> list[list[Line]]:
    """For each interval between `days`, the holdings that are not 0 all through it, in order."""
    result: list[list[Line]] = [[] for _ in days[1:]]
    for line in sorted(record.holdings.items()):
        last = -1
        for left, right, _ in pieces(line[1], days[0], days[-1]):
            first = max(last + 1, bisect_right(days, left) - 1)
            last = max(last, bisect_left(days, right) - 1)
            for n in range(first, last + 1):
                result[n].append(line)
    return result


def _best(record: RunRecord, lab: str) -> tuple[list[float], list[float]]:
    """Days on which a lab's models became usable inside it, and the most effective FLOP from each on."""
    models = sorted((model.internal, model.effective_flop) for model in record.models if model.lab == lab)
    return [day for day, _ in models], list(accumulate((flop for _, flop in models), max))


def _interval(
    record: RunRecord,
    rates: Rates,
    held: list[Line],
    best: dict[str, tuple[list[float], list[float]]],
    start: float,
    end: float,
) -> Iterator[Row]:
    yield from _compute(record, held, start, end)
    aligns = alignment_work(record, rates).labs if counts_alignment(record) else []
    for lab in sorted(record.draw.labs):
        yield from _fleets(record, rates, lab, start, end)
    for lab in sorted(record.draw.labs):
        yield from _labour(record, rates, lab, end)
        since, most = best[lab]
        made = bisect_left(since, end)
        yield lab, None, None, None, None, "best_effective_flop", most[made - 1] if made else 0.0, "FLOP", "end"
        yield (lab, None, None, None, None, "training_efficiency", record.training_efficiency[lab].at(end),
               "effective per physical FLOP", "end")  # fmt: skip
        if lab in aligns:
            yield from _alignment(record, rates, lab, start, end)
        yield (lab, None, None, None, None, "inference_efficiency", record.inference_efficiency[lab].at(end),
               "relative to the base date", "end")  # fmt: skip
    if counts_alignment(record):
        yield from _alignment(record, rates, WORLD, start, end)


def _alignment(record: RunRecord, rates: Rates, scope: str, start: float, end: float) -> Iterator[Row]:
    """Alignment work of a lab on its own or of the world, by humans and models, and its serial speed."""
    done = alignment_work(record, rates).between(start, end, scope)
    for by, amount in sorted(done.work.items()):
        model = None if by == HUMANS else by[1] if scope != WORLD else "/".join(by)
        series = "alignment_work_humans" if by == HUMANS else "alignment_work_ai"
        yield scope, model, None, None, ALIGNMENT, series, amount / (end - start), "researcher-years a year", "mean"
    speed = sum(done.serial.values()) / (end - start)
    yield scope, None, None, None, ALIGNMENT, "alignment_serial_speed", speed, "x a human's", "mean"


def _compute(record: RunRecord, held: list[Line], start: float, end: float) -> Iterator[Row]:
    accelerators = record.draw.accelerators
    span = end - start
    h100e: dict[tuple[str, str, str], float] = {}
    for (lab, use, model, kind), steps in held:
        count = integral(steps, start, end) / span
        if count:
            yield lab, model or None, use, kind, None, "accelerators", count, "accelerators", "mean"
            key = (lab, use, model)
            h100e[key] = h100e.get(key, 0.0) + count * accelerators[kind].h100e
    for (lab, use, model), amount in sorted(h100e.items()):
        yield lab, model or None, use, None, None, "h100e", amount, "H100e", "mean"
    for (lab, kind), steps in sorted(record.clusters.items()):
        yield lab, None, None, kind, None, "cluster", integral(steps, start, end) / span, "accelerators", "mean"
    for kind, steps in sorted(record.world.items()):
        yield "world", None, None, kind, None, "cluster", integral(steps, start, end) / span, "accelerators", "mean"


def _fleets(record: RunRecord, rates: Rates, lab: str, start: float, end: float) -> Iterator[Row]:
    span = end - start
    spec = record.draw.labs[lab]
    for name in sorted(spec.fleets):
        fleet = spec.fleets[name]
        domain = record.draw.domains[fleet.domain]
        tokens: dict[str, float] = {}
        copies: dict[str, float] = {}
        for left, right, efficiency, parts in fleet_pieces(rates, lab, name, start, end):
            grown = efficiency.integral(right - left)
            for model, each_tokens, each_copies in parts:
                tokens[model] = tokens.get(model, 0.0) + each_tokens * grown
                copies[model] = copies.get(model, 0.0) + each_copies * grown
        busy: dict[str, float] = {}
        work: dict[str, float] = {}
        for model, left, _, done in busy_tokens(rates, lab, name, start, end):
            busy[model] = busy.get(model, 0.0) + done
            worth = rates.worth(rates.models[lab, model], domain, fleet.inference, left, fleet.think_x or 1.0)
            work[model] = work.get(model, 0.0) + done * worth
        generating = fleet.inference.generating_share or 1.0
        for model in sorted(tokens):
            used = busy[model] / tokens[model] if tokens[model] else 0.0
            line = lab, model, name, None, fleet.domain
            yield *line, "tokens_per_s", tokens[model] / span, "tokens/s", "mean"
            yield *line, "copies", copies[model] / span, "copies", "mean"
            yield *line, "copies_busy", copies[model] * used / span, "copies", "mean"
            yield *line, "ai_workers", copies[model] / generating / span, "AI workers", "mean"
            yield *line, "human_equivalents", work[model] / span, "full-time humans", "mean"


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


def _labour(record: RunRecord, rates: Rates, lab: str, day: float) -> Iterator[Row]:
    for domain in sorted({domain for owner, domain in record.staff if owner == lab}):
        humans, labour = labour_at(record, rates, lab, domain, day)
        yield lab, None, None, None, domain, "humans", humans, "people", "end"
        yield lab, None, None, None, domain, "labour", labour, "full-time humans", "end"
