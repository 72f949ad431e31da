"""The shipped scenarios: each runs alone, its events are of declared kinds, and the seed's worked numbers come out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from tests import shipped
from tests.cli.command import SCENARIOS
from tests.conftest import misfit

FILES = sorted(path.name for path in SCENARIOS.glob("*.yaml"))

EXPECTED = re.compile(r"inputs are uncertain|implied uplift outside|training efficiency is at its limit")
"""What a shipped scenario may warn of: that it is the central case, that AI labour comes out above observation, and
that software has come as far as it can (fast-feedback)."""

OVERRIDDEN = {"finnveden-copies.yaml": ["inference.speed"]}
"""Inputs of an extended file that both labs of the scenario override, and which it therefore reports as unused."""

SEED = {
    # L. Finnveden 2023: tokens/s from the training run's accelerators. By hand, with a year of 31,557,600 s:
    "finnveden.yaml": 60e14 / 31_557_600,  # 3·20·1e14 over a year: ~200 million
    "finnveden-1e15.yaml": 60e15 / 31_557_600,  # ~2 billion
    "finnveden-one-hour.yaml": 60e14 * 1300 / (31_557_600 / 4),  # H = 1,300 tokens for an hour: ~1 trillion
    "finnveden-2023-world.yaml": 19.48e6,  # 1.26e28 FLOP, p = 1.02e13: at least ~20 million
    "finnveden-copies.yaml": 60e14 / 31_557_600,
    "finnveden-reduced-precision.yaml": 60e14 / 31_557_600 * 1979 / 989.4,  # fp8 serving of a bf16 run
}


@pytest.mark.parametrize("name", FILES)
def test_each_scenario_runs_alone_and_answers_a_question(name: str) -> None:
    result = shipped.result(name.removesuffix(".yaml"))
    assert "?" in result.record.draw.question
    assert len(result.record.events) >= 10
    assert [found for event in result.record.events if (found := misfit(event))] == []
    assert len(result.windows) >= 1
    assert not [text for text in result.summary["warnings"] if not EXPECTED.search(text)]
    assert result.unused == OVERRIDDEN.get(name, [])


@pytest.mark.parametrize(("name", "expected"), sorted(SEED.items()))
def test_the_seed_s_worked_numbers(name: str, expected: float) -> None:
    windows = shipped.result(name.removesuffix(".yaml")).windows
    assert windows["tokens_per_s_from_training_compute"].tolist() == pytest.approx([expected] * len(windows), rel=2e-3)


def test_copies_against_a_human() -> None:
    """At 10 to 100 tokens/s a copy, ~200 million tokens/s are ~20 to ~2 million copies, 10 to 100 humans' speed."""
    windows = shipped.result("finnveden-copies").windows.sort_values("speed_tokens_per_s")
    assert windows["speed_tokens_per_s"].tolist() == pytest.approx([10.0, 100.0])
    assert windows["copies_from_training_compute"].tolist() == pytest.approx([19.01285e6, 1.901285e6], rel=1e-3)
    assert windows["speed_vs_human"].tolist() == pytest.approx([10.0, 100.0])


def test_deepseek_v3_against_its_measured_rate() -> None:
    """3.2856e24 FLOP in 2,664,000 H800-hours: 4,630 tokens/s a chip; measured 1,850 (decode) and 1,072 (fleet)."""
    result = shipped.result("finnveden-deepseek-v3")
    per_chip = dict(
        zip(result.windows["lab"], result.windows["tokens_per_s_from_training_compute"] / 2048, strict=True)
    )
    formula = 6 * 37e9 * 14.8e12 / (2.664e6 * 3600) / (2 * 37e9)
    assert formula == pytest.approx(4630, rel=1e-3)
    assert per_chip["Formula"] == pytest.approx(formula, rel=1e-3)
    assert per_chip["Decode nodes"] == pytest.approx(1850, rel=1e-3)
    assert per_chip["Whole fleet"] == pytest.approx(168e9 / 86400 / 1814, rel=2e-3)


def test_frontier_models_come_out_on_the_dates_that_the_file_pins() -> None:
    """Public dates from Epoch's table of models, typed here again."""
    models = shipped.result("frontier").models.set_index("model")
    for name, date in {
        "GPT-3.5": "2022-11-28", "GPT-4": "2023-03-15", "GPT-4o": "2024-05-13", "GPT-4.5": "2025-02-27",
        "GPT-5": "2025-08-07",
        "Claude 2": "2023-07-11", "Claude 3.7 Sonnet": "2025-02-24", "Gemini 1.0 Ultra": "2023-12-06",
        "Llama 3.1 405B": "2024-07-23", "Grok 3": "2025-02-17", "Grok 4": "2025-07-09",
    }.items():  # fmt: skip
        assert str(models.loc[name, "public_from"])[:10] == date, name
    for name, flop in {
        "GPT-4": 2.1e25,
        "GPT-4.5": 3.8e26,
        "Llama 3.1 405B": 3.8e25,
        "Grok 3": 3.5e26,
        "PaLM": 2.53e24,
    }.items():
        assert models.loc[name, "training_flop"] == pytest.approx(flop, rel=1e-9), name


def test_frontier_compute_is_epoch_s_at_year_ends() -> None:
    trajectory = sim.simulate(sim.load(str(SCENARIOS / "frontier.yaml"), sets=["trajectory=1 day"])).trajectory
    cluster = trajectory[trajectory["series"] == "cluster"]
    for lab, date, h100e in (
        ("OpenAI", "2024-01-01", 102_535), ("OpenAI", "2025-01-01", 386_219), ("OpenAI", "2026-01-01", 1_743_440),
        ("Anthropic", "2025-01-01", 208_560), ("Google DeepMind", "2026-01-01", 1_583_430),
        ("Meta", "2026-01-01", 996_228),
        ("xAI", "2025-01-01", 203_366),
    ):  # fmt: skip
        found = cluster[(cluster["lab"] == lab) & (cluster["date"] == date)]["value"].sum()
        assert found == pytest.approx(h100e, rel=1e-6), (lab, date)


def test_the_backtest_reports_days_misses_and_wrong_orders() -> None:
    result = shipped.result("windows-backtest")
    assert not any(result.models["effective_flop_stated"] & ~result.models["model"].isin(["GPT-3"]))
    table, counts = result.backtest
    rows = [dict(zip([column.name for column in table.columns], row, strict=True)) for row in table.rows]
    flagships = result.models[result.models["flagship"] & result.models["public_from"].notna()]
    assert len(rows) == 2 * len(flagships)
    for row in rows:
        mine = flagships[flagships["lab"] == row["lab"]].sort_values("public_from")
        later = mine[mine["public_from"] > row["public"]] if row["scope"] == "own" else flagships[
            flagships["public_from"] > row["public"]].sort_values("public_from")  # fmt: skip
        assert (row["actual_closes"] is None) == later.empty
        if not later.empty:
            assert str(later["public_from"].iloc[0])[:10] == row["actual_closes"][:10]
        if row["predicted_closed_by"]:
            assert row["predicted_earliest"] is not None
            assert row["predicted_earliest"] <= row["predicted_closes"]
    assert counts["own"]["really_closed"] == sum(1 for row in rows if row["scope"] == "own" and row["actual_closes"])


def test_a_scenario_s_folder_is_not_written_to(tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in SCENARIOS.rglob("*")}
    sim.simulate(sim.load(str(SCENARIOS / "one-lab.yaml"))).save(tmp_path / "run", pictures=False)
    assert {path: path.stat().st_mtime_ns for path in SCENARIOS.rglob("*")} == before
