"""windows.csv: how many copies of each model, how fast, worth how much, and for how long."""

from __future__ import annotations

from sim.base.units import DAYS_PER_YEAR
from sim.tables.capacity import capacity
from sim.tables.closings import Closings
from sim.tables.deployed import deployed_work
from sim.tables.peaks import Peaks
from sim.tables.rates import Rates
from sim.tables.table import Column, Table
from sim.world.record import RunRecord

_COLUMNS: dict[tuple[str, ...], list[Column]] = {}


def columns(domains: list[str]) -> list[Column]:
    """The columns; human-equivalents and labour once for each domain."""
    known = tuple(domains)
    if known not in _COLUMNS:
        _COLUMNS[known] = _columns(domains)
    return _COLUMNS[known]


def _columns(domains: list[str]) -> list[Column]:
    result = [
        Column("lab", "", "whose model"),
        Column("model", "", "the model"),
        Column("opens", "date", "usable inside the lab: the window opens"),
        Column(
            "opened_before_start",
            "",
            "true if that was before the scenario's start; `_at_open` then means at the start",
        ),
        Column("closes", "date", "the lab has a model stronger by `stronger_by`; empty if none before the end"),
        Column("closed_by", "", "the model that closes it"),
        Column("censored", "", "true if the window is open at the end"),
        Column("length_days", "days", "length of the own window, to the end if censored"),
        Column("frontier_closes", "date", "any lab has such a model"),
        Column("frontier_closed_by", "", "lab/model that closes it"),
        Column("frontier_censored", "", "true if open at the end"),
        Column("frontier_length_days", "days", "length of the frontier window, to the end if censored"),
        Column("tokens_per_s_from_training_compute", "tokens/s", "on the accelerators held at the end of pretraining"),
        Column("copies_from_training_compute", "copies", "concurrent copies on them"),
        Column("tokens_per_s_at_open", "tokens/s", "could run if all accelerators of the lab's fleets ran this model"),
        Column("copies_at_open", "copies", "copies that could run on all of the lab's fleets when it opens"),
        Column("copies_peak", "copies", "the most copies that could run during the own window"),
        Column("copies_busy_at_open", "copies", "copies at opening for which the fleets then have demand"),
        Column("speed_tokens_per_s", "tokens/s", "speed of one copy"),
        Column("speed_vs_human", "x", "speed of one copy over a human's thinking speed"),
    ]
    for kind, unit, meaning in (
        (
            "human_equivalents_at_open",
            "full-time humans",
            "work rate at opening if all fleets did this, on the tasks it can do",
        ),
        ("human_equivalents_peak", "full-time humans", "the most during the own window"),
        (
            "ai_labour_years",
            "human-years",
            "work that the lab's fleets of this domain did with this model during its own window",
        ),
    ):
        result += [Column(f"{kind}_{domain}", unit, meaning) for domain in domains]
    return result


def windows_table(record: RunRecord, rates: Rates) -> Table:
    """A row for each model that the labs could use before the end, by `stronger_by` and internal dates."""
    draw = record.draw
    domains, dates = sorted(draw.domains), rates.dates
    closings = Closings(record)
    found = []
    for model in rates.ordered:
        own = closings.closing(model, draw.stronger_by, "own", "internal")
        frontier = closings.closing(model, draw.stronger_by, "frontier", "internal")
        if own is not None and frontier is not None:
            found.append((model, own, frontier))
    rows = []
    peaks: Peaks | None = None
    before = ""
    for model, own, frontier in found:
        if peaks is None or model.lab != before:  # models stand by lab
            peaks, before = Peaks(rates, model.lab), model.lab
        start = max(0.0, own.opens)
        end = record.end if own.closes is None else max(start, own.closes)
        peak, peak_work = peaks.during(model, start, end)
        lab = draw.labs[model.lab]
        trained = trained_tokens = speed = None
        if model.accelerators:
            trained_tokens, trained = rates.on(model, model.accelerators, lab.inference, model.lab, start)
            speed = trained_tokens / trained
        work = deployed_work(rates, model.lab, model.name, start, end)
        can = capacity(rates, model, start)
        if can.copies:
            speed = can.tokens_per_s / can.copies
        elif speed is None:
            some = next(iter(sorted(draw.accelerators)), None)
            speed = rates.each(model, some, lab.inference, start).speed_tokens_per_s if some else None
        rows.append((
            model.lab, model.name, dates.of(own.opens), own.opens < 0.0,
            None if own.closes is None else dates.of(own.closes), own.by.name if own.by else None,
            own.closes is None, own.length,
            None if frontier.closes is None else dates.of(frontier.closes),
            f"{frontier.by.lab}/{frontier.by.name}" if frontier.by else None, frontier.closes is None, frontier.length,
            trained_tokens, trained, can.tokens_per_s, can.copies, peak, can.busy, speed,
            None if speed is None else speed / rates.human_tokens_per_s, *can.human_equivalents, *peak_work,
            *[days / DAYS_PER_YEAR for days in work],
        ))  # fmt: skip
    return Table("windows", columns(domains), rows)
