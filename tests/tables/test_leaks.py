"""A stop of training that nearly holds: one run and a pair warn of it, and never is it said to be whole."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim

WORLD = """
start: 2026-01-01
end: 2027-01-01
labs:
  A:
    compute: {stock: 1000 H100e}
    models: {name: A-0, public: 2025-10-01, flop: 1e26 FLOP}
    runs: {every: 3 months, length: 30 days}
"""
PAUSE = "pause: {starts: 2026-02-01, lasts: 4 months, stops: [%s], holds: %s}\n"


@pytest.mark.parametrize(("stops", "holds", "told"), [
    ("training", "99.9%", "99.9%"), ("training", "99.96%", "99.96%"), ("training, experiments", "91%", "91%"),
    ("training", "100%", None), ("training", "90%", None), ("experiments", "99.9%", None),
])  # fmt: skip
def test_a_stop_of_training_that_nearly_holds(stops: str, holds: str, told: str | None, tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(WORLD, encoding="utf-8")
    (tmp_path / "p.yaml").write_text("over: base.yaml\n" + PAUSE % (stops, holds), encoding="utf-8")
    compared = sim.compare(tmp_path / "base.yaml", {"p": tmp_path / "p.yaml"})
    found = [text for text in compared.summary["scenarios"]["p"]["warnings"] if "leaks" in text]
    assert found == [text for text in compared.results["p"].summary["warnings"] if "leaks" in text]
    assert [f"holds at {told}" in text for text in found] == ([] if told is None else [True])
    if holds != "100%":
        assert f"holds at {holds}." in compared.explain("p")[0]
    assert not [text for text in compared.base.summary["warnings"] if "leaks" in text]
