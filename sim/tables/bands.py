"""bands.csv: AI work over time by domain, quality and kind of model."""

from __future__ import annotations

from itertools import pairwise

from sim.base.calendar import date_text
from sim.tables.rates import Rates
from sim.tables.table import Column, Table
from sim.tables.trajectory import boundaries
from sim.tables.work import KINDS, band_of, bands, work_done
from sim.world.record import RunRecord

COLUMNS = [
    Column("date", "date", "start of the interval"),
    Column("lab", "", "whose fleets"),
    Column("domain", "", "domain that they work in"),
    Column("kind", "", "general, specialised (tuned for a domain) or distilled: the model that does the work"),
    Column("band", "", "band of quality (`quality_bands`)"),
    Column("quality_from", "share", "the band's lower edge: output per token against a human expert's"),
    Column("tokens_per_s", "tokens/s", "mean over the interval of tokens that are made and asked for"),
    Column("human_equivalents", "full-time humans", "mean over the interval of the work, on the tasks it can do"),
]


def bands_table(record: RunRecord, rates: Rates) -> Table:
    """A row for each interval, lab, domain, kind and band in which any work was done."""
    edges = bands(rates)
    rows = []
    for start, end in pairwise(boundaries(record)):
        found: dict[tuple[str, str, int, int], tuple[float, float]] = {}
        for work in work_done(rates, start, end):
            key = (work.lab, work.domain, KINDS.index(work.model.kind), band_of(edges, work.quality))
            tokens, humans = found.get(key, (0.0, 0.0))
            found[key] = (tokens + work.token_days, humans + work.human_days)
        date, span = date_text(start, record.draw.start), end - start
        for (lab, domain, kind, band), (tokens, humans) in sorted(found.items()):
            name, edge = edges[band]
            rows.append((date, lab, domain, KINDS[kind], name, edge, tokens / span, humans / span))
    return Table("bands", COLUMNS, rows)
