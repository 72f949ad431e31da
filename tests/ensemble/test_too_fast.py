"""Models that make more tokens/s than their parameters allow at peak are counted in draws, warned of and marked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.ensemble.summary import ordered
from sim.ensemble.too_fast import share_of_draws, warnings
from sim.ensemble_report import report_text
from sim.ensembles import run_ensemble
from sim.pairs import compare_many
from sim.pairs_report import report_text as pairs_text
from sim.report_short import in_short
from tests.show.reading import words

WORLD = """\
start: 2026-01-01
end: 2027-01-01
software: {inference: GROWTH}
inference: {throughput: flop, utilisation: 25%}
labs:
  Aurora:
    compute: {stock: 1e5 H100e}
    runs: {name: New, starts: 2026-01-01, length: 181 days}
"""
"""The model is there on 2026-07-01, 181 of 365 days on. At a utilisation of 25% its chips make a quarter of the
tokens/s that its parameters allow at peak, so growth of 4^(365.25/181) = 16.4x per year takes it there."""


def _world(growth: str) -> sim.Scenario:
    return sim.load("fast.yaml", text=WORLD.replace("GROWTH", growth))


@pytest.mark.parametrize(("growth", "fast"), [("16x per year", False), ("17x per year", True)])
def test_a_run_marks_its_headline_from_peak_on(growth: str, fast: bool) -> None:
    result = sim.simulate(_world(growth))
    assert any("chips' peak" in text for text in result.summary["warnings"]) == fast
    line = next(text for text in in_short(result) if "copies" in text)
    assert line.endswith(", more than its chips can at peak (see the warnings).") == fast


@pytest.mark.parametrize("trick", ["params: 0.1", "flop: 0.1"])
def test_a_trick_that_makes_a_model_smaller_or_tokens_cheaper_is_not_taken_for_efficiency(trick: str) -> None:
    """A tenth of the parameters makes 2.5 times the tokens/s that all of them allow, at a quarter of the peak."""
    text = WORLD.replace("25%", f"25%, tricks: [{{name: smaller, {trick}}}]").replace("GROWTH", "15x per year")
    told = sim.simulate(sim.load("trick.yaml", text=text)).summary["warnings"]
    assert not any("chips' peak" in warning for warning in told)


@pytest.mark.parametrize(("growth", "fast"), [("16x per year", False), ("17x per year", True)])
def test_pictures_of_copies_say_so_in_their_titles(growth: str, fast: bool) -> None:
    result = sim.simulate(_world(growth))
    for name, ending in (("copies", ", more than its chips can at peak"),
                         ("workforce", "; then more than chips can at peak")):  # fmt: skip
        drawn: Any = result.plot(name)
        assert words(drawn, "title").replace("\n", " ").endswith(ending) == fast
        told = " ".join(text.get_text() for text in drawn.texts).replace("\n", " ")
        assert ("allow at its chips' peak" in told) == fast


def test_bands_of_the_workforce_say_so_in_their_title() -> None:
    many = run_ensemble(_world("8.2x to 32.8x per year"), 8, workers=1)
    share = many.summary["results"]["models_beyond_peak"]["share_of_draws"]
    drawn: Any = many.plot("workforce")
    assert words(drawn, "title").replace("\n", " ").endswith(f"; in {share:.0%} of draws more than chips can at peak")
    slow: Any = run_ensemble(_world("2x to 3x per year"), 4, workers=1).plot("workforce")
    assert "peak" not in words(slow, "title")


def test_draws_in_pairs_are_warned_of_by_world() -> None:
    """A base with 16.4x in the median, a world in which it is always too fast, and one in which it never is."""
    text = WORLD.replace("labs:", "levels: {near: {effective_flop: 1e23 FLOP}}\nlabs:")
    base = sim.load("fast.yaml", text=text.replace("GROWTH", "8.2x to 32.8x per year"))
    worlds = {"slow": "software.inference=4x per year", "fast": "software.inference=17x per year"}
    found = compare_many(base, worlds, 16, workers=1)
    shares = {name: of["share_of_draws"] for name, of in found.summary["models_beyond_peak"].items()}
    assert shares == {"base": 0.5, "slow": 0.0, "fast": 1.0}
    counts = found.outcomes
    assert counts["models_beyond_peak[base]"].sum() == 8 and counts["models_beyond_peak[fast]"].sum() == 16
    (told,) = found.summary["warnings"]
    assert told.startswith("in 50% of draws (base), 0% of draws (slow), 100% of draws (fast) some model makes more")
    assert f"warning: {told}" in pairs_text(found.summary).splitlines()
    none = compare_many(base, {"more": "labs.Aurora.compute.stock=2e5 H100e"}, 2, workers=1,
                        sets=["software.inference=4x per year"])  # fmt: skip
    assert none.summary["warnings"] == [] and "warning" not in pairs_text(none.summary)


@pytest.mark.parametrize("keep", ["examples", "summary"])
def test_draws_in_which_a_model_is_too_fast_are_counted(tmp_path: Path, keep: str) -> None:
    """The median of 8.2x to 32.8x (lognormal) is 16.4x: half of the draws are above it, with one such model each."""
    scenario = _world("8.2x to 32.8x per year")
    many = run_ensemble(scenario, 16, workers=1, out=tmp_path / keep, keep=keep, pictures=False)
    summary = json.loads((tmp_path / keep / "summary.json").read_text())
    assert summary["results"]["models_beyond_peak"]["share_of_draws"] == 0.5
    (told,) = summary["warnings"]
    assert told.startswith("in 50% of draws some model makes more tokens/s than its parameters allow")
    assert many.outcomes["models_beyond_peak"].tolist().count(1) == 8 if keep == "examples" else True
    assert f"warning: {told}" in report_text(summary).splitlines()


def test_no_draw_no_warning() -> None:
    none = share_of_draws(ordered(np.zeros(8)))
    assert none["share_of_draws"] == 0.0 and warnings({"models_beyond_peak": none}) == []
    rare = share_of_draws(ordered(np.array([0.0] * 399 + [3.0])))
    assert warnings({"models_beyond_peak": rare})[0].startswith("in 0.25% of draws")
    most = share_of_draws(ordered(np.array([0.0] * 3 + [1.0] * 997)))
    assert warnings({"models_beyond_peak": most})[0].startswith("in 99.7% of draws")
    assert warnings({"models_beyond_peak": share_of_draws(ordered(np.array([])))}) == []
