"""More compute for alignment lowers its work where research that gives it up slows software: told, and by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from tests.cli.command import SCENARIOS

BASE = SCENARIOS / "alignment.yaml"


def labour(share: float, people: float, verified: float) -> float:
    """Tasks as complements (a substitution of -2), the AI's work being more than its part of the tasks takes up."""
    return float((share**3 * verified**-2 + (1.0 - share) ** 3 * people**-2) ** -0.5)


def test_a_fifth_of_the_compute_lowers_the_work_as_models_of_the_day_are_weaker(tmp_path: Path) -> None:
    shift = f"over: {BASE}\ninterventions: {{shift: {{starts: 2026-01-01, shift_to_alignment: 20%}}}}\n"
    (tmp_path / "shift.yaml").write_text(shift, encoding="utf-8")
    found = sim.compare(BASE, {"fifth": tmp_path / "shift.yaml"})
    told = found.explain("fifth")[-1]
    lower = "10,047 researcher-years, 0.14% less than the 10,061 of the base"
    assert told.startswith(f"Alignment work until the end: {lower}")
    for result, doable in ((found.base, 0.8600), (found.results["fifth"], 0.8537)):
        table = result.explain_alignment("automated_coder", lab="Anthropic").steps
        steps = dict(zip(table["quantity"], table["value"], strict=True))
        assert steps["share doable of A-4"] == pytest.approx(doable, abs=1e-4)
        people, verified = steps["H, people at Anthropic"], steps["v·H, what they can verify"]
        assert steps["W, AI work that counts"] == pytest.approx(verified)  # verification binds in both
        by_hand = labour(steps["share doable of A-4"], people, verified)
        assert steps["N, labour"] == pytest.approx(by_hand, rel=1e-6)
    assert labour(0.86, 163.2, 1548.0) == pytest.approx(1648.0, rel=1e-3)
    assert labour(0.8537, 163.2, 1548.0) == pytest.approx(1628.0, rel=1e-3)
