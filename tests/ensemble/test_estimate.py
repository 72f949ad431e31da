"""Quantiles with their Monte Carlo error, against what repeated sampling gives; where a value lies."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.ensemble.estimate import error_factor, place, quantile, share_error


def test_small_cases_by_hand() -> None:
    line = np.array([10.0, 20.0, 30.0, 40.0])
    assert quantile(line, 0.5).value == 25.0  # rank 2 of 4 is half-way between the middles of the second and third
    assert quantile(line, 0.5).error == (35.0 - 15.0) / 2  # ranks 2 ± sqrt(4/4)
    assert quantile(np.array([7.0]), 0.95) == (7.0, 0.0)
    assert quantile(np.array([]), 0.5) == (None, None)


def test_an_error_as_a_factor() -> None:
    """Of 1, 10, ..., 1e6 the values about the fourth are 3.5 ± sqrt(7)/2 ranks from the first, in proportion."""
    line = 10.0 ** np.arange(7)
    low, high = (np.interp(3.5 + side * math.sqrt(7) / 2.0, np.arange(7) + 0.5, line) for side in (-1, 1))
    assert error_factor(line, 0.5) == pytest.approx(math.sqrt(high / low))
    assert quantile(line, 0.5).error == pytest.approx((high - low) / 2.0)
    assert error_factor(np.array([0.0, 1.0, 2.0]), 0.5) is not None and error_factor(np.zeros(3), 0.5) is None
    assert error_factor(np.array([1.0, 2.0, math.inf]), 0.9) is None and error_factor(np.array([]), 0.5) is None


def test_the_factor_is_that_of_repeated_samples() -> None:
    """Of lognormal draws with a standard deviation of 3 in logarithms: exp(3 · sqrt(π/2) / sqrt(n)) for the median."""
    random = np.random.default_rng(5)
    samples = np.sort(random.lognormal(0.0, 3.0, (2000, 400)), axis=1)
    found = [math.log(error_factor(line, 0.5) or math.nan) for line in samples]
    assert np.mean(found) == pytest.approx(3.0 * math.sqrt(math.pi / 2.0 / 400.0), rel=0.05)


def test_what_is_not_reached_counts_and_is_never_a_number() -> None:
    line = np.array([1.0, 2.0, 3.0, math.inf, math.inf])
    assert quantile(line, 0.5).value == 3.0 and quantile(line, 0.5).error is None
    assert quantile(line, 0.9) == (None, None)
    assert quantile(np.array([5.0, math.inf]), 0.25).value == 5.0


@pytest.mark.parametrize("q", [0.05, 0.5, 0.95])
def test_the_error_is_that_of_repeated_samples(q: float) -> None:
    random = np.random.default_rng(3)
    samples = np.sort(random.lognormal(0.0, 1.0, (2000, 400)), axis=1)
    found = [quantile(line, q) for line in samples]
    spread = np.std([value for value, _ in found])
    assert np.mean([error for _, error in found]) == pytest.approx(spread, rel=0.1)  # 2,000 give it to 1.6%, and bias


def test_the_error_of_a_share_is_the_binomials() -> None:
    """With many draws; with none or all of few it is that of half a draw of 11: sqrt(0.5 · 10.5 / (11² · 12))."""
    assert share_error(0.25, 300) == pytest.approx(0.025, rel=0.003)
    assert share_error(0.0, 10) == share_error(1.0, 10) == pytest.approx(math.sqrt(5.25 / 1452.0))
    assert math.isnan(share_error(0.5, 0))


def test_the_error_of_a_share_is_what_shares_of_draws_scatter_by_where_they_are_rare() -> None:
    """Of 100 draws of a chance of 2% a share scatters by sqrt(0.02 · 0.98 / 100); 13% of such ensembles have none."""
    shares = np.random.default_rng(5).binomial(100, 0.02, 4000) / 100.0
    errors = [share_error(float(share), 100) for share in shares]
    assert min(errors) > 0.006 and np.sqrt(np.mean(np.square(errors))) == pytest.approx(0.014, rel=0.15)


def test_where_a_value_lies() -> None:
    line = np.array([1.0, 2.0, 2.0, 3.0])
    assert [place(line, value) for value in (0.0, 1.0, 2.0, 2.5, 9.0)] == [0.0, 0.125, 0.5, 0.75, 1.0]
    assert place(np.array([]), 1.0) is None
