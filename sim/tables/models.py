"""models.csv: what each training run made."""

from __future__ import annotations

from sim.tables.rates import Rates
from sim.tables.table import Column, Table
from sim.world.record import RunRecord

COLUMNS = [
    Column("lab", "", "whose model"),
    Column("model", "", "the model"),
    Column("generation", "1", "k-th model of its lab"),
    Column("base", "", "post-training: the model that it started from"),
    Column("started", "date", "its training run started; empty for models that were there at the start"),
    Column("finished", "date", "its training run ended"),
    Column("internal_from", "date", "usable inside the lab"),
    Column("public_from", "date", "usable by all"),
    Column("params", "parameters", "active parameters"),
    Column("total_params", "parameters", "all parameters"),
    Column("tokens", "tokens", "training tokens"),
    Column("training_flop", "FLOP", "physical FLOP of its own training run; of continuous training, of all that it "
           "rests on"),
    Column("effective_flop", "FLOP", "gain · Σ phases (FLOP · training efficiency at the phase's start), or as stated"),
    Column("effective_flop_stated", "", "true if the scenario states it"),
    Column("accelerators", "accelerators", "held at the end of pretraining"),
    Column("accelerators_by_type", "accelerators", "the same by type (JSON)"),
    Column("h100e", "H100e", "the same in H100-equivalents (dense bf16)"),
    Column("utilisation", "share", "training FLOP per peak FLOP over the whole run"),
    Column("goodput", "share", "share of wall time that makes progress, where stated apart from utilisation"),
    Column("flagship", "", "true if the scenario counts it as one of the lab's main line"),
    Column("kind", "", "general, specialised (tuned for a domain) or distilled"),
    Column("tuned_for", "", "the domain that a specialised model is tuned for"),
]


def models_table(record: RunRecord, rates: Rates) -> Table:
    """A row for each model, by lab and internal date."""
    dates = rates.dates
    h100e = {kind: accelerator.h100e for kind, accelerator in record.draw.accelerators.items()}
    rows = []
    for model in rates.ordered:
        held = model.accelerators
        rows.append((
            model.lab, model.name, model.generation, model.base,
            None if model.started is None else dates.of(model.started),
            None if model.finished is None else dates.of(model.finished), dates.of(model.internal),
            None if model.public is None else dates.of(model.public), model.params, model.total_params, model.tokens,
            model.training_flop, model.effective_flop, model.stated, sum(held.values()) if held else None, held or None,
            sum(count * h100e[kind] for kind, count in held.items()) if held else None,
            model.utilisation, model.goodput, model.flagship, model.kind, next(iter(model.in_domain), None),
        ))  # fmt: skip
    return Table("models", COLUMNS, rows)
