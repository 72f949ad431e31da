"""trajectory.csv: compute by use, models, the AI workforce and efficiencies, interval by interval."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate, pairwise

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
from sim.tables.trajectory_rows import TrajectoryRows
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
    return Table("trajectory", COLUMNS, trajectory_rows(record, rates).rows())


def trajectory_rows(record: RunRecord, rates: Rates) -> TrajectoryRows:
    """The same rows, less repetitive."""
    days = boundaries(record)
    labs = sorted(record.draw.labs)
    rows = TrajectoryRows()
    held, clusters = _held(rows, record, days), _clusters(rows, record, days)
    fleets = [
        _Fleet(rates, lab, fleet, days) for lab in labs for _, fleet in sorted(record.draw.labs[lab].fleets.items())
    ]
    staffed = {lab: sorted({domain for owner, domain in record.staff if owner == lab}) for lab in labs}
    best = {lab: _Efficiencies(rows, record, lab) for lab in labs}
    counted = counts_alignment(record)
    aligns = alignment_work(record, rates).labs if counted else []
    for n, (start, end) in enumerate(pairwise(days)):
        span = end - start
        _compute(rows, held[n], span)
        for place, amounts in clusters:
            rows.add(place, amounts[n] / span)
        for fleet in fleets:
            fleet.tell(rows, n, span)
        for lab in labs:
            _labour(rows, record, rates, lab, staffed[lab], end)
            best[lab].training(rows, end)
            if lab in aligns:
                _alignment(rows, record, rates, lab, start, end)
            best[lab].inference(rows, end)
        if counted:
            _alignment(rows, record, rates, WORLD, start, end)
        rows.end(date_text(start, record.draw.start))
    return rows


Held = tuple[int, int, float, float]
"""What a use has of a type in an interval: places of the labels of the type and of all types in H100e, H100e of one
accelerator, and accelerators · days.
"""


def _held(rows: TrajectoryRows, record: RunRecord, days: list[float]) -> list[list[Held]]:
    """For each interval between `days`, by (lab, use, model, accelerator) in order, where it is not 0."""
    result: list[list[Held]] = [[] for _ in days[1:]]
    for (lab, use, model, kind), steps in sorted(record.holdings.items()):
        place = rows.place((lab, model or None, use, kind, None, "accelerators", "accelerators", "mean"))
        whole = rows.place((lab, model or None, use, None, None, "h100e", "H100e", "mean"))
        h100e = record.draw.accelerators[kind].h100e
        for n, amount in integrals(steps, days):
            result[n].append((place, whole, h100e, amount))
    return result


def _clusters(rows: TrajectoryRows, record: RunRecord, days: list[float]) -> list[tuple[int, list[float]]]:
    """Place of the label of (lab or `world`, accelerator), accelerators · days in each interval between `days`."""
    lines = [(lab, kind, steps) for (lab, kind), steps in sorted(record.clusters.items())]
    lines += [("world", kind, steps) for kind, steps in sorted(record.world.items())]
    result = []
    for owner, kind, steps in lines:
        amounts = [0.0] * (len(days) - 1)
        for n, amount in integrals(steps, days):
            amounts[n] = amount
        result.append((rows.place((owner, None, None, kind, None, "cluster", "accelerators", "mean")), amounts))
    return result


def _compute(rows: TrajectoryRows, held: list[Held], span: float) -> None:
    """What each use had of each type, then in H100e."""
    totals: dict[int, float] = {}
    for place, whole, h100e, amount in held:
        count = amount / span
        if count:
            rows.add(place, count)
            totals[whole] = totals.get(whole, 0.0) + count * h100e
    for whole, total in totals.items():
        rows.add(whole, total)


class _Efficiencies:
    """Rows of a lab's strongest model and of its software."""

    def __init__(self, rows: TrajectoryRows, record: RunRecord, lab: str) -> None:
        self.record, self.lab = record, lab
        self.since, self.most = _best(record, lab)
        self.places = [
            rows.place((lab, None, None, None, None, series, unit, "end"))
            for series, unit in (
                ("best_effective_flop", "FLOP"), ("training_efficiency", "effective per physical FLOP"),
                ("inference_efficiency", "relative to the base date"),
            )
        ]  # fmt: skip

    def training(self, rows: TrajectoryRows, end: float) -> None:
        made = bisect_left(self.since, end)
        rows.add(self.places[0], self.most[made - 1] if made else 0.0)
        rows.add(self.places[1], self.record.training_efficiency[self.lab].at(end))

    def inference(self, rows: TrajectoryRows, end: float) -> None:
        rows.add(self.places[2], self.record.inference_efficiency[self.lab].at(end))


def _best(record: RunRecord, lab: str) -> tuple[list[float], list[float]]:
    """Days on which a lab's models became usable inside it, and the most effective FLOP from each on."""
    models = sorted((model.internal, model.effective_flop) for model in record.models if model.lab == lab)
    return [day for day, _ in models], list(accumulate((flop for _, flop in models), max))


OF_FLEET = (("tokens_per_s", "tokens/s"), ("copies", "copies"), ("copies_busy", "copies"), ("ai_workers", "AI workers"),
            ("human_equivalents", "full-time humans"))  # fmt: skip


class _Fleet:
    """Rows of one fleet."""

    def __init__(self, rates: Rates, lab: str, fleet: Fleet, days: list[float]) -> None:
        self.lab, self.name, self.domain = lab, fleet.name, fleet.domain
        self.generating = fleet.inference.generating_share or 1.0
        self.sums = fleet_sums(rates, lab, fleet, days)
        self.places: dict[str, list[int]] = {}

    def tell(self, rows: TrajectoryRows, n: int, span: float) -> None:
        """Those of the n-th interval."""
        for model, of in sorted(self.sums[n].items()):
            places = self.places.get(model)
            if places is None:
                places = self.places[model] = [
                    rows.place((self.lab, model, self.name, None, self.domain, series, unit, "mean"))
                    for series, unit in OF_FLEET
                ]
            rows.add(places[0], of.tokens / span)
            rows.add(places[1], of.copies / span)
            rows.add(places[2], of.copies * (of.busy / of.tokens if of.tokens else 0.0) / span)
            rows.add(places[3], of.copies / self.generating / span)
            rows.add(places[4], of.work / span)


def _alignment(rows: TrajectoryRows, record: RunRecord, rates: Rates, scope: str, start: float, end: float) -> None:
    """Alignment work of a lab on its own or of the world, by humans and models, and its serial speed."""
    done = alignment_work(record, rates).between(start, end, scope)
    for by, amount in sorted(done.work.items()):
        model = None if by == HUMANS else by[1] if scope != WORLD else "/".join(by)
        series = "alignment_work_humans" if by == HUMANS else "alignment_work_ai"
        rows.add(rows.place((scope, model, None, None, ALIGNMENT, series, "researcher-years a year", "mean")),
                 amount / (end - start))  # fmt: skip
    speed = sum(done.serial.values()) / (end - start)
    rows.add(rows.place((scope, None, None, None, ALIGNMENT, "alignment_serial_speed", "x a human's", "mean")), speed)


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
    rows: TrajectoryRows, record: RunRecord, rates: Rates, lab: str, domains: list[str], day: float
) -> None:
    """Of the domains in which a lab has staff."""
    for domain in domains:
        humans, labour = labour_at(record, rates, lab, domain, day)
        rows.add(rows.place((lab, None, None, None, domain, "humans", "people", "end")), humans)
        rows.add(rows.place((lab, None, None, None, domain, "labour", "full-time humans", "end")), labour)
