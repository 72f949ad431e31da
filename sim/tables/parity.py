"""parity.csv: when AI work equals a share of each human workforce, before or after the first expert-level model."""

from __future__ import annotations

from typing import NamedTuple

from sim.base.calendar import Recurrence, date_text
from sim.base.series import steps_of
from sim.tables.rates import Rates
from sim.tables.steps import total, value_at
from sim.tables.table import Column, Table
from sim.tables.work import ROUNDING, Sum, Term, band_of, bands, terms
from sim.world.record import RunRecord, Steps

SHARES = (0.01, 0.1, 1.0)
EVERYTHING = "everything"
"""In place of a domain: all of them, by one model."""

COLUMNS = [
    Column("domain", "", "domain of work"),
    Column("workforce", "", "world: the domain's `workforce`; labs: all labs' `staff` in it"),
    Column("share", "share", "of that workforce"),
    Column("date", "date", "AI work of all labs' fleets in the domain first equals it; empty if not before the end"),
    Column("at_start", "true/false", "true if it does so when the simulation starts"),
    Column("people", "people", "the workforce on that date"),
    Column("human_equivalents", "full-time humans", "AI work on that date"),
    Column("work_by_band", "", "that work by band of quality (JSON, shares)"),
    Column("work_by_kind", "", "that work by kind of model (JSON, shares)"),
    Column("days_since_smaller_share", "days", "since the next smaller share was reached"),
    Column("expert_level", "date", "first date of a model that is expert-level in the domain; empty if none"),
    Column("expert_level_model", "", "lab/model that is"),
    Column("days_before_expert_level", "days", "from `date` to `expert_level`; below 0: after it"),
    Column("before_expert_level", "true/false", "true if AI work reached the share, with no expert-level model before"),
]


class Expert(NamedTuple):
    """The first model that is expert-level, and the day from which its lab can use it."""

    day: float
    model: str


def expert_levels(rates: Rates) -> dict[str, Expert]:
    """Domain -> its first expert-level model; `everything`: the first that is so in all domains.

    By internal dates; with as much thinking as a fleet of the lab in that domain allows.
    """
    record, draw = rates.record, rates.draw
    found: dict[str, Expert] = {}
    needed = draw.expert_level
    for model in sorted(record.models, key=lambda model: (model.internal, model.lab, model.generation)):
        if needed is None or model.internal >= draw.end:
            break
        everywhere = True
        for name, domain in draw.domains.items():
            fleets = [fleet for fleet in draw.labs[model.lab].fleets.values() if fleet.domain == name]
            think = max((fleet.think_x or 1.0 for fleet in fleets), default=1.0)
            inference = fleets[0].inference if fleets else draw.labs[model.lab].inference
            quality = rates.quality(model, domain, inference, max(0.0, model.internal), think) * (1.0 + ROUNDING)
            share = rates.share_doable(model, domain, think) * (1.0 + ROUNDING)
            if quality >= (needed.quality or 0.0) and share >= (needed.share_doable or 0.0):
                found.setdefault(name, Expert(model.internal, f"{model.lab}/{model.name}"))
            else:
                everywhere = False
        if everywhere and draw.domains:
            found.setdefault(EVERYTHING, Expert(model.internal, f"{model.lab}/{model.name}"))
    return found


def out_of_reach(rates: Rates, domain: str) -> bool:
    """Whether no amount of effective FLOP makes a model expert-level: a ceiling is not above what is needed."""
    needed, laws = rates.draw.expert_level, rates.draw.domains[domain]
    if needed is None:
        return False
    pairs = ((laws.quality, needed.quality), (laws.share_doable, needed.share_doable))
    return any(law is not None and (law.ceiling or 0.0) <= (least or 0.0) for law, least in pairs)


def workforces(record: RunRecord, domain: str) -> dict[str, Steps]:
    """The human workforces of a domain that the scenario states, as step functions of people."""
    draw = record.draw
    found: dict[str, Steps] = {}
    staff = [steps for (_, name), steps in sorted(record.staff.items()) if name == domain]
    if staff:
        found["labs"] = total(staff)
    series = draw.domains[domain].workforce
    if series is not None:
        found["world"] = [
            (0.0, series.at(0.0)), *steps_of(series, draw.end, draw.start, Recurrence(months=1.0))
        ]  # fmt: skip
    return found


def parity_table(record: RunRecord, rates: Rates) -> Table:
    """A row for each domain, workforce and share (1%, 10%, 100%)."""
    draw, edges = record.draw, bands(rates)
    experts = expert_levels(rates)
    rows = []
    for domain in sorted(draw.domains):
        people = workforces(record, domain)
        if not people:
            continue
        expert = experts.get(domain)
        work = Sum(terms(rates, domain), {day for steps in people.values() for day, _ in steps}, draw.end)
        for name, steps in people.items():
            before: float | None = None
            for share in SHARES:
                day = work.first([(since, share * count) for since, count in steps])
                rows.append(_row(record, edges, work, domain, name, steps, share, day, before, expert))
                before = day
    return Table("parity", COLUMNS, rows)


def _row(
    record: RunRecord, edges: list[tuple[str, float]], work: Sum, domain: str, name: str, steps: Steps, share: float,
    day: float | None, before: float | None, expert: Expert | None,
) -> tuple[object, ...]:  # fmt: skip
    start = record.draw.start
    known = None if expert is None else (date_text(expert.day, start), expert.model)
    if day is None:
        return domain, name, share, None, False, *(None,) * 5, *(known or (None, None)), None, False
    held = work.running(day)
    by_band, by_kind = _split(edges, held, day)
    return (
        domain, name, share, date_text(day, start), day == 0.0, value_at(steps, day), work.at(day), by_band, by_kind,
        None if before is None else day - before, *(known or (None, None)),
        None if expert is None else expert.day - day, expert is None or day < expert.day,
    )  # fmt: skip


def _split(edges: list[tuple[str, float]], held: list[Term], day: float) -> tuple[dict[str, float], dict[str, float]]:
    """Shares of the work by band and by kind of model."""
    by_band: dict[str, float] = {}
    by_kind: dict[str, float] = {}
    for term in held:
        for model, quality, share in term.parts:
            part = term.at(day) * share
            name = edges[band_of(edges, quality)][0]
            by_band[name] = by_band.get(name, 0.0) + part
            by_kind[model.kind] = by_kind.get(model.kind, 0.0) + part
    return _shares(by_band), _shares(by_kind)


def _shares(amounts: dict[str, float]) -> dict[str, float]:
    whole = sum(amounts.values())
    return {name: amount / whole for name, amount in amounts.items()}
