"""What is done while everything stands still: nothing, in any table."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.world.record import RunRecord
from tests.world.observe import rows

WORLD = """
start: 2026-01-01
end: 2026-10-28
software: {training: 1x per year, inference: 1x per year}
alignment: {elsewhere: 50}
labs:
  X: &lab
    compute: {count: 1000 H100}
    use: {experiments: 50%, research: 25%, alignment: 25%}
    staff: {ai_research: 100, alignment: 10}
    models: {name: X0, internal: 2025-06-01, flop: 1e24 FLOP}
  Y:
    <<: *lab
    models: {name: Y0, internal: 2025-06-01, flop: 1e24 FLOP}
trajectory: 50 days
"""
"""300 days in which nothing changes."""



def found(more: str = "") -> RunRecord:
    return sim.simulate(sim.load("s.yaml", text=WORLD + more)).record


def total(record: RunRecord, name: str, column: str, **where: Any) -> float:
    picked = [row for row in rows(record, name) if all(row[key] == value for key, value in where.items())]
    return sum(row[column] for row in picked)


STOPS = """
interventions:
  x: {starts: 2026-04-11, lasts: 100 days, stops: [everything], binds: [X]}
  y: {starts: 2026-05-31, lasts: 100 days, stops: [everything], binds: [Y]}
"""
"""X stands on days 100 to 200, Y on days 150 to 250: the world on days 150 to 200."""


def test_no_work_is_done_in_any_table() -> None:
    plain, stopped = found(), found(STOPS)
    for lab in ("X", "Y"):
        of = {"lab": lab}
        for column in ("ai_labour_years_ai_research", "ai_labour_years_alignment"):
            one, two = (total(record, "windows", column, **of) for record in (plain, stopped))
            assert two == pytest.approx(one * 2 / 3) and one > 0.0
        humans = total(plain, "alignment", "researcher_years", **of)
        assert total(stopped, "alignment", "researcher_years", **of) == pytest.approx(humans * 2 / 3)
        for series in ("copies", "human_equivalents"):
            of = {"lab": lab, "series": series}
            assert total(stopped, "trajectory", "value", **of) == pytest.approx(
                total(plain, "trajectory", "value", **of) * 2 / 3
            )
        of = {"lab": lab, "series": "labour", "domain": "ai_research"}
        assert [row["value"] > 0.0 for row in rows(stopped, "trajectory") if of.items() <= row.items()] == [
            not (since <= day <= since + 50.0)
            for since in [{"X": 150.0, "Y": 200.0}[lab]]
            for day in (50.0, 100.0, 150.0, 200.0, 250.0, 300.0)
        ]
    made = [total(record, "bands", "human_equivalents") for record in (plain, stopped)]
    assert made[1] == pytest.approx(made[0] * 2 / 3)


def test_people_elsewhere_stand_while_all_labs_do_by_whatever_interventions() -> None:
    """50 of them, on 300 days or on 250, besides 10 at each lab on 300 or 200."""
    for record, days in ((found(), 50 * 300 + 20 * 300), (found(STOPS), 50 * 250 + 20 * 200)):
        mean = total(record, "alignment", "workers", lab="world", by="humans")
        assert mean * 300 == pytest.approx(days)
