"""Draws that are no examples are simulated without details of events: nothing that is kept of them rests on those."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim
from sim.ensemble.part import ALWAYS
from sim.tables.outcomes import outcome_columns, outcome_row
from sim.tables.rates import Rates
from sim.tables.series import dates_of, series_columns, series_rows
from sim.tables.tabulate import tabulate
from sim.world.record import RunRecord
from sim.world.simulate import simulate

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def kept(record: RunRecord) -> Any:
    """All that an ensemble keeps of such a draw."""
    rates = Rates(record)
    made = {name: tabulate(record, name, rates) for name in ALWAYS}
    outcomes = outcome_row(rates, made["windows"], outcome_columns(record.draw))
    series = series_rows(record, rates, series_columns(record.draw), tuple(dates_of(record)))
    return {name: list(map(tuple, table.rows)) for name, table in made.items()}, tuple(outcomes), series


@pytest.mark.parametrize(
    "name", ["one-lab", "frontier-2032", "fast-feedback", "interventions/six-month-pause", "interventions/flop-cap",
             "interventions/deal-that-breaks"]
)  # fmt: skip
def test_what_is_kept_is_the_same_without_them(name: str) -> None:
    draw = sim.load(SCENARIOS / f"{name}.yaml").draw()
    record, plain = simulate(draw), simulate(draw, details=False)
    assert any(event[6] for event in record.events)
    assert [(*event[:6], event[7]) for event in plain.events] == [(*event[:6], event[7]) for event in record.events]
    assert not any(event[6] for event in plain.events)
    assert repr(kept(plain)) == repr(kept(record))
    for told in ("splits", "gangs", "levels", "milestones", "interventions", "warnings", "standstills"):
        assert getattr(plain, told) == getattr(record, told), told
