"""The printed answer in short says what the tables say: levels, leads and copies, blocs, work, the backtest."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import sim
from sim.report_short import in_short
from sim.result import Result
from tests import shipped

SCENARIOS = Path(sim.__file__).resolve().parents[1] / "scenarios"

RACE = """\
start: 2026-01-01
end: 2029-01-01
software: {training: 3x per year}
levels:
  first_step: {effective_flop: 1e27 FLOP}
  second_step: {effective_flop: 3e27 FLOP}
  far: {effective_flop: 1e35 FLOP}
labs:
  Ahead: {bloc: North, compute: {stock: 2e6 H100e}, runs: {every: 6 months, length: 60 days}}
  Behind: {bloc: South, compute: {stock: 1e6 H100e}, runs: {every: 6 months, length: 60 days}}
"""


@pytest.fixture(scope="module")
def race() -> Result:
    return sim.simulate(sim.load("race.yaml", text=RACE))


def test_levels_leads_and_copies(race: Result) -> None:
    told = in_short(race)
    rows = race.levels.set_index("level")
    first, second = rows.loc["first_step"], rows.loc["second_step"]
    lead = race.leads[race.leads.level == "first_step"].iloc[0]
    assert first.first_lab == lead.lab == "Ahead" and lead.next_lab == "Behind"
    ahead = f"{lead.lead_days:,.0f} days before Behind"
    begins = f"First step: {str(first.date)[:10]}, first by Ahead/{first.first_model}, {ahead}"
    assert told[0].startswith(begins)
    days = (date.fromisoformat(str(second.date)[:10]) - date.fromisoformat(str(first.date)[:10])).days
    assert f"{days} days after first step" in told[1] or f"{days + 1} days after" in told[1]
    assert told[2] == "Far: not reached before the end, 2029-01-01."
    window = race.windows[(race.windows.lab == "Ahead") & (race.windows.model == first.first_model)].iloc[0]
    millions = f"{float(f'{window.copies_at_open:.2g}') / 1e6:g} million"
    assert f"its inference fleets could run {millions} copies of it that day." in told[0].replace("\u00a0", " ")


def test_blocs_are_set_against_each_other(race: Result) -> None:
    lead = race.leads[race.leads.level == "first_step"].iloc[0]
    line = next(line for line in in_short(race) if line.startswith("At first step"))
    assert line == (f"At first step North is {lead.lead_days:,.0f} days before South, with 2M H100e then against "
                    "South's 1M when it gets there.")  # fmt: skip
    assert not any(line.startswith("At far") for line in in_short(race))


def test_the_backtest_and_the_uplift_are_in_it() -> None:
    result = shipped.result("windows-backtest")
    counts = result.backtest[1]
    told = in_short(result)
    hit, closed = counts["own"]["hit"], counts["own"]["really_closed"]
    assert told[0].startswith(f"A lab's own next flagship came where FLOP says in {hit} of {closed} cases")
    uplift = result.summary["implied_uplift"]["2025"]
    assert f"{uplift:.2f}x in 2025 (1.02x to 1.10x observed)" in told[-1]
