"""Draws given facts: a known posterior, conditional tables, and what is refused."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

import sim
from sim.ensemble.estimate import effective, quantile, weighted_quantile
from sim.ensemble.fact import FactError, parse_fact
from sim.ensemble.observed import NoSuchResult, Observed
from sim.ensemble.survival import kaplan_meier
from sim.ensembles import Ensemble
from sim.reweighting import TooFewDraws, quantiles_of
from sim.tables.table import Column
from tests.ensemble.worlds import UNCERTAIN

DAYS = Column("x", "days", "a length")
LENGTH = "labs.Aurora.runs.length"


def observed(values: Any, open_: Any = None) -> Observed:
    line = np.asarray(values, dtype=float)
    return Observed(DAYS, line, np.zeros(line.size, dtype=bool) if open_ is None else np.asarray(open_, dtype=bool))


@pytest.fixture(scope="module")
def made() -> Ensemble:
    text = UNCERTAIN[: UNCERTAIN.index("  Borealis")]
    return sim.run_ensemble(sim.load("s.yaml", text=text), 64, workers=1)


def test_a_normal_prior_and_a_normal_observation_give_the_known_posterior() -> None:
    """Prior 60 ± 8, observed 72 ± 6: precision 1/64 + 1/36, mean 67.68, standard deviation 4.8."""
    n = 4096
    prior = NormalDist(60.0, 8.0)
    of = observed([prior.inv_cdf((k + 0.5) / n) for k in range(n)])
    weights, unclear = parse_fact("x = 72 ± 6").likelihood(of)
    posterior = NormalDist((60.0 / 64.0 + 72.0 / 36.0) / (1.0 / 64.0 + 1.0 / 36.0), 4.8)
    found = quantiles_of(of, weights, (0.05, 0.25, 0.5, 0.75, 0.95))
    assert found is not None and not unclear.any()
    for q, estimate in found.items():
        assert estimate.value == pytest.approx(posterior.inv_cdf(q), abs=0.02)
    # Kish: (∫ p L)² / ∫ p L², both integrals of products of normal densities.
    both = NormalDist(60.0, (64.0 + 36.0) ** 0.5).pdf(72.0) * (2.0 * np.pi * 36.0) ** 0.5
    square = NormalDist(60.0, (64.0 + 18.0) ** 0.5).pdf(72.0) * (2.0 * np.pi * 18.0) ** 0.5
    assert effective(weights) / n == pytest.approx(both**2 / square, rel=1e-3)


def test_equal_weights_change_nothing_and_whole_weights_are_repetitions() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=101)
    for q in (0.05, 0.5, 0.9):
        one, other = weighted_quantile(values, np.full(101, 0.3), q), quantile(np.sort(values), q)
        assert one == pytest.approx(other)
    closed, counts = rng.random(101) < 0.6, rng.integers(1, 4, size=101)
    line = kaplan_meier(np.abs(values), closed, counts.astype(float))
    same = kaplan_meier(np.repeat(np.abs(values), counts), np.repeat(closed, counts))
    np.testing.assert_allclose(line.share, same.share)
    assert line.quantile(0.5) == same.quantile(0.5) and line.of == same.of


@pytest.mark.parametrize(("text", "expected", "unclear"), [
    ("x <= 2", [1, 1, 0, 0, 0, 0], 1),  # of what is open at 1 nobody knows; what is open at 3 is more than 2
    ("x >= 2", [0, 1, 1, 0, 1, 0], 1),
    ("x < 2", [1, 0, 0, 0, 0, 0], 1),
    ("x > 2", [0, 0, 1, 0, 1, 0], 1),
    ("x > 3", [0, 0, 0, 0, 1, 0], 1),  # what is open at 3 is more than 3
    ("x < 3", [1, 1, 0, 0, 0, 0], 1),
    ("x = 2 to 3", [0, 1, 1, 0, 0, 0], 1),
    ("x = 2 ± 0.01", [0, 1, 0, 0, 0, 0], 1),
])  # fmt: skip
def test_what_is_open_counts_as_more_and_is_told_where_that_decides_nothing(
    text: str, expected: list[float], unclear: int
) -> None:
    of = observed([1.0, 2.0, 3.0, 1.0, 3.0, np.nan], [0, 0, 0, 1, 1, 0])
    found, told = parse_fact(text).likelihood(of)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert told.sum() == unclear


def test_a_level_by_a_date_leaves_the_draws_in_which_it_is(made: Ensemble) -> None:
    dates = made.outcomes["level[near]"]
    middle = dates.sort_values().iloc[30].normalize()
    found = made.reweight(f"level[near] <= {middle:%Y-%m-%d}")
    kept = made.outcomes[dates <= middle]
    assert found.effective_draws == pytest.approx(len(kept)) and found.unclear == 0
    assert sorted(np.flatnonzero(found.weights)) == kept["draw"].tolist()
    median = found.quantiles("own_window_median_days", (0.5,))[0.5].value
    assert median == pytest.approx(kept["own_window_median_days"].median())
    chance = found.chance("level[far] <= 2027-10-01")
    assert chance.value == pytest.approx(kept["level[far]"].notna().mean()) and chance.error is not None
    assert "given level[near] <=" in repr(found) and f"worth {len(kept)} of 64 draws, few" in repr(found)
    inputs = made.inputs.set_index("draw").loc[kept["draw"], LENGTH]
    assert found.quantiles(LENGTH, (0.5,))[0.5].value == pytest.approx(inputs.median())


def test_facts_of_windows_and_inputs_multiply(made: Ensemble) -> None:
    one = made.reweight(f"{LENGTH} <= 60")
    both = made.reweight(f"{LENGTH} <= 60", "length_days[Aurora/1] >= 150")
    assert both.effective_draws < one.effective_draws
    table = both.table.set_index("name")
    assert table.loc[LENGTH, "p95_given"] <= 60.0 < table.loc[LENGTH, "p95"]
    assert table.loc["level[near]", "median"] > 20_000.0  # days since 1970


def test_a_draw_of_which_two_facts_cannot_be_said_is_counted_once(made: Ensemble) -> None:
    once = made.reweight("length_days[Aurora/3] >= 120")
    both = made.reweight("length_days[Aurora/3] >= 120", "length_days[Aurora/3] >= 110")
    windows = made.windows.query("opened_before_start == 0").copy()
    third = windows[windows.groupby("draw").cumcount() == 2]
    assert once.unclear == both.unclear == int((third["censored"] & (third["length_days"] < 120.0)).sum()) > 0


def test_what_says_nothing_or_cannot_be_read_is_refused(made: Ensemble) -> None:
    with pytest.raises(TooFewDraws, match=r"worth \d\.\d of 64 draws, and fewer than 10 say nothing"):
        made.reweight("models >= 1e6")
    with pytest.raises(NoSuchResult, match="no draw gives 'level\\[nere\\]' \\(did you mean 'level\\[near\\]'"):
        made.reweight("level[nere] <= 2027-01-01")
    with pytest.raises(ValueError, match="needs a fact at least"):
        made.reweight()
    for text, told in (("models", "expected a fact such as"), ("models = 3", "expected a range or an error"),
                       ("models <= soon", "expected a number or a date, got 'soon'"), ("x = 3 to 2", "first end"),
                       ("x = 3 ± 0", "an error is above 0"), ("models <= 2027-13-01", "a number or a date")):
        with pytest.raises(FactError, match=told):
            made.reweight(text)
    with pytest.raises(ValueError, match="a chance is that of a range or a bound"):
        made.reweight("models >= 1").chance("models = 3 ± 1")
