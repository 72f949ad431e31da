"""The length of a run that a rule gave is derived with the rule, its numbers and its floor."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim

WORLD = """\
start: 2027-01-01
end: 2028-06-01
labs:
  Aurora:
    models: {name: M-0, public: 2026-01-01, flop: 1e25 FLOP}
    compute: {accelerator: H100, count: 1000}
    use: {training: 50%, serving: 50%}
    runs: {name: M, every: 6 months, starts: 2027-02-01, length: 100 days,
           length_rule: {rule: shorter with progress, floor: 20 days, reference_growth: 2x per year, exponent: POWER}}
software: {training: GROWTH per year}
"""


@pytest.mark.parametrize(("growth", "power", "days", "says"), [
    # 100 days times ln 2 / ln 4 = 1/2, and (1/2)^2
    ("4x", "1", 50.0, "50 days = 100 days [1] × ln 2 / ln 4, by the rule `shorter with progress` [2]: software grew 4x "
                      "a year when the run started, and 2x a year in the reference"),
    ("4x", "2", 25.0, "25 days = 100 days [1] × (ln 2 / ln 4) ^ 2, by the rule"),
    # ln 2 / ln 2^10 = 1/10 would be 10 days; 20 are reached at 2^5
    ("1024x", "1", 20.0, "20 days = the floor [1], by the rule `shorter with progress` [2]: software grew by at least "
                         "32x a year when the run started"),
    ("1.5x", "1", 100.0, "100 days = 100 days [1], no less by the rule"),
])  # fmt: skip
def test_the_rule_is_named_with_its_numbers(growth: str, power: str, days: float, says: str, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(WORLD.replace("GROWTH", growth).replace("POWER", power), encoding="utf-8")
    found = sim.simulate(sim.load(file)).explain("M-1")
    (step,) = [row for row in found.steps_table.rows if row[0] == "days of work"]
    assert step[1] == pytest.approx(days, abs=1e-6)
    text = " ".join(str(found).split())
    assert f"days of work {says}" in text
    assert f"trains {days:,.1f} days" in text and "length stated" not in text
