"""capability.csv: what each model can do in each domain, with the least and with the most thinking."""

from __future__ import annotations

from sim.tables.closings import sorted_models
from sim.tables.rates import Rates
from sim.tables.table import Column, Table
from sim.world.record import RunRecord

COLUMNS = [
    Column("lab", "", "whose model"),
    Column("model", "", "the model"),
    Column("kind", "", "general, specialised (tuned for a domain) or distilled"),
    Column("domain", "", "domain of work"),
    Column("effective_flop", "FLOP", "effective FLOP that it counts for in the domain, before thinking"),
    Column("thinking", "x", "tokens a task, over those of the token basis: 1, and the most that gains anything"),
    Column("tokens_per_human_hour", "tokens/hour", "tokens for what takes a human an hour, thinking included"),
    Column("quality", "share", "output for those tokens against a human expert's in the hour"),
    Column("share_doable", "share", "share of the domain's task-hours that it can do"),
    Column("human_equivalents_per_million_tokens_per_s", "full-time humans", "work of a million tokens/s in it"),
]


def capability_table(record: RunRecord, rates: Rates) -> Table:
    """Two rows for each model and domain, one for each end of the exchange of tokens for capability."""
    draw = record.draw
    rows = []
    for model in sorted_models(record):
        inference, day = draw.labs[model.lab].inference, max(0.0, model.internal)
        for name in sorted(draw.domains):
            domain = draw.domains[name]
            most = 1.0 if domain.thinking is None else domain.thinking.most_x or 1.0
            for think in dict.fromkeys((1.0, most)):
                rows.append((
                    model.lab, model.name, model.kind, name, model.capability(name), think,
                    rates.tokens_per_human_hour(domain) * think, rates.quality(model, domain, inference, day, think),
                    rates.share_doable(model, domain, think), 1e6 * rates.worth(model, domain, inference, day, think),
                ))  # fmt: skip
    return Table("capability", COLUMNS, rows)
