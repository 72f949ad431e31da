"""Quantiles and probabilities against SciPy's and NumPy's, or numbers worked by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.scenario.between import Beta, LogUniform, Triangular, Uniform, pert
from sim.scenario.compound import Certain, Discrete, Empirical, Mixture, Truncated
from sim.scenario.distribution import (
    FARTHEST,
    Distribution,
    LogNormal,
    Normal,
    Percentiles,
    interval,
    normal_interval,
)
from sim.scenario.problem import Unreadable
from sim.scenario.quantity import Quantity

QS = (FARTHEST, 1e-4, 0.05, 0.1, 0.37, 0.5, 0.63, 0.9, 0.95, 0.9999)

PAIRS: list[tuple[Distribution, Any]] = [
    (Normal(3.0, 2.0), stats.norm(3.0, 2.0)),
    (LogNormal(3.0, 2.0), stats.lognorm(math.log(2.0), scale=3.0)),
    (interval(2.0, 8.0), stats.lognorm(math.log(4.0) / (2 * stats.norm.ppf(0.95)), scale=4.0)),
    (Uniform(2.0, 5.0), stats.uniform(2.0, 3.0)),
    (LogUniform(1.0, 100.0), stats.loguniform(1.0, 100.0)),
    (Triangular(0.2, 0.5, 1.2), stats.triang(0.3, 0.2, 1.0)),
    (Triangular(0.0, 0.0, 1.0), stats.triang(0.0)),
    (Triangular(0.0, 1.0, 1.0), stats.triang(1.0)),
    (Beta(2.0, 5.0), stats.beta(2.0, 5.0)),
    (Beta(0.5, 0.5, 10.0, 30.0), stats.beta(0.5, 0.5, 10.0, 20.0)),
    (pert(10.0, 20.0, 60.0), stats.beta(1.8, 4.2, 10.0, 50.0)),
    (Truncated(Normal(3.0, 2.0), 1.0, 4.0), stats.truncnorm(-1.0, 0.5, 3.0, 2.0)),
    (Truncated(Uniform(0.0, 10.0), 2.0, math.inf), stats.uniform(2.0, 8.0)),
]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=lambda each: type(each).__name__)
def test_quantiles_and_probabilities_are_scipys(ours: Distribution, theirs: Any) -> None:
    for q in QS:
        x = ours.quantile(q)
        assert x == pytest.approx(theirs.ppf(q), rel=1e-9, abs=1e-9)
        assert ours.cdf(x) == pytest.approx(theirs.cdf(x), rel=1e-9, abs=1e-12)
        assert ours.below(x) == ours.cdf(x)
    for x in (-1.0, 0.0, 0.5, 2.0, 3.7, 25.0, 200.0):
        assert ours.cdf(x) == pytest.approx(theirs.cdf(x), rel=1e-9, abs=1e-12)


def test_a_to_b_is_a_ninety_percent_interval() -> None:
    positive, mixed = interval(2.0, 8.0), interval(-2.0, 8.0)
    for d, low, middle, high in ((positive, 2.0, 4.0, 8.0), (mixed, -2.0, 3.0, 8.0)):
        assert [d.quantile(q) for q in (0.05, 0.5, 0.95)] == pytest.approx([low, middle, high])
    assert isinstance(positive, LogNormal)
    assert isinstance(mixed, Normal)
    assert isinstance(normal_interval(2.0, 8.0), Normal)
    assert interval(30.4375, 121.75).quantile(0.5) == 60.875
    assert interval(1e200, 1e250).quantile(0.5) == pytest.approx(1e225)


def test_pert_has_the_mean_of_its_definition() -> None:
    for low, mode, high in ((10.0, 20.0, 60.0), (0.0, 0.0, 1.0), (-3.0, 2.0, 2.0)):
        d = pert(low, mode, high)
        mean = stats.beta(d.alpha, d.beta, low, high - low).mean()
        assert mean == pytest.approx((low + 4 * mode + high) / 6)


def test_discrete() -> None:
    d = Discrete((5.0, 1.0, 9.0), (1.0, 2.0, 0.0))
    assert [d.quantile(q) for q in (0.01, 0.66, 0.67, 0.99)] == [1.0, 1.0, 5.0, 5.0]
    assert [d.cdf(x) for x in (0.0, 1.0, 4.0, 5.0)] == pytest.approx([0.0, 2 / 3, 2 / 3, 1.0])
    assert [d.below(x) for x in (1.0, 5.0, 6.0)] == pytest.approx([0.0, 2 / 3, 1.0])


def test_empirical_quantiles_are_numpys() -> None:
    sample = [7.0, 1.0, 4.0, 4.0, 9.5, 2.0, 4.0]
    d = Empirical(sample)
    for q in QS:
        assert d.quantile(q) == pytest.approx(np.quantile(sample, q))
    assert (d.below(4.0), d.cdf(4.0)) == pytest.approx((2 / 6, 4 / 6))  # sorted: 1 2 4 4 4 7 9.5
    assert [d.cdf(x) for x in (0.0, 1.5, 5.5, 9.5)] == pytest.approx([0.0, 0.5 / 6, 4.5 / 6, 1.0])


def test_a_mixture_is_where_its_parts_add_up() -> None:
    """70% normal(0, 1), 30% normal(10, 1): far apart, so quantiles are almost those of one part."""
    d = Mixture([Normal(0.0, 1.0), Normal(10.0, 1.0)], [7.0, 3.0])
    assert d.quantile(0.35) == pytest.approx(0.0, abs=1e-9)
    assert d.quantile(0.85) == pytest.approx(10.0, abs=1e-9)
    for q in QS:
        x = d.quantile(q)
        assert 0.7 * stats.norm.cdf(x) + 0.3 * stats.norm.cdf(x, 10.0) == pytest.approx(q, rel=1e-12)
    points = Mixture([Certain(5.0), Certain(1.0), Uniform(2.0, 4.0)], [0.25, 0.25, 0.5])
    assert [points.quantile(q) for q in (0.1, 0.25, 0.5, 0.76, 0.99)] == pytest.approx([1.0, 1.0, 3.0, 5.0, 5.0])
    assert (points.below(1.0), points.cdf(1.0), points.below(5.0)) == pytest.approx((0.0, 0.25, 0.75))


def test_truncation_of_what_has_values_keeps_its_ends() -> None:
    d = Truncated(Discrete((1.0, 2.0, 3.0, 4.0), (1.0, 1.0, 1.0, 1.0)), 2.0, 3.0)
    assert [d.quantile(q) for q in (0.1, 0.49, 0.51, 0.99)] == [2.0, 2.0, 3.0, 3.0]
    twice = Truncated(Truncated(Uniform(0.0, 10.0), 1.0, 9.0), 2.0, 20.0)
    assert twice.quantile(0.5) == pytest.approx(5.5)


@pytest.mark.parametrize("points", [(1.0, 2.0, 10.0), (-1.0, 0.0, 10.0), (0.25, 3.0, 6.0)])
def test_percentiles_are_exact_at_their_three_points(points: tuple[float, float, float]) -> None:
    for log in (True, False) if points[0] > 0 else (False,):
        d = Percentiles(*points, log)
        assert [d.quantile(q) for q in (0.1, 0.5, 0.9)] == pytest.approx(list(points), rel=1e-12, abs=1e-12)
        assert [d.cdf(x) for x in points] == pytest.approx([0.1, 0.5, 0.9])
        assert d.quantile(0.01) < points[0] < d.quantile(0.3) < points[1] < d.quantile(0.7) < points[2]


SOME = [each for each, _ in PAIRS] + [
    Percentiles(1.0, 2.0, 10.0, True),
    Mixture([LogNormal(1.0, 3.0), Normal(5.0, 1.0)], [1.0, 2.0]),
    Empirical([1.0, 2.0, 4.0, 8.0]),
]


@given(st.sampled_from(SOME), st.floats(FARTHEST, 0.98))
def test_quantiles_rise_and_are_what_the_probability_says(d: Distribution, q: float) -> None:
    assert d.quantile(q) < d.quantile(q + 0.01)
    assert d.cdf(d.quantile(q)) == pytest.approx(q, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Normal(1, 0), "the standard deviation must be above 0, got 0"),
        (lambda: LogNormal(-1, 2), "the median of a lognormal must be above 0, got -1"),
        (lambda: LogNormal(1, 1), "the geometric standard deviation must be above 1, got 1"),
        (lambda: Uniform(2, 1), "the low end of a range must be below its high end"),
        (lambda: LogUniform(0, 1), "the low end of a loguniform must be above 0, got 0"),
        (lambda: Triangular(0, 2, 1), "the mode of a triangular must lie between its ends"),
        (lambda: pert(0, 2, 1), "the mode of a PERT must lie between its ends"),
        (lambda: Beta(0, 2), "alpha of a beta must be above 0 and at most 1e6, got 0"),
        (lambda: interval(3, 3), "the low end of a range must be below its high end"),
        (lambda: Discrete((), ()), "a discrete distribution needs at least one value"),
        (lambda: Discrete((1.0,), (-1.0,)), "weights must not be negative"),
        (lambda: Discrete((1.0,), (0.0,)), "one weight at least must be above 0"),
        (lambda: Empirical((1.0,)), "an empirical distribution needs at least two values"),
        (lambda: Empirical((1.0, 1.0)), "all values of the empirical distribution are the same"),
        (lambda: Mixture([Normal(1, 1)], [1]), "a mixture needs at least two parts"),
        (lambda: Truncated(Normal(1, 1), 2, 2), "`min` must be below `max`"),
        (lambda: Truncated(Normal(1, 1), 9, 10), "it leaves next to nothing of the distribution (less than one part in "
         "a million)"),
        (lambda: Percentiles(1, 3, 2, False), "percentiles must rise: p10 1, p50 3, p90 2"),
        (lambda: Percentiles(-1, 3, 4, True), "the percentiles of a lognormal must be above 0, got p10 -1"),
    ],
)  # fmt: skip
def test_refused(make: object, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        make()  # type: ignore[operator]
    assert caught.value.message == message


@pytest.mark.parametrize("distribution", [pair[0] for pair in PAIRS], ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("bounds", [{}, {"low": 3.0}, {"high": 3.5}, {"low": 2.9, "high": 3.1}], ids=str)
def test_many_quantiles_of_an_input_are_those_of_each(distribution: Distribution, bounds: dict[str, float]) -> None:
    quantity = Quantity(path="x", text="", unit="1", distribution=distribution, **bounds)  # type: ignore[arg-type]
    for at in (QS, QS[1:-1], (0.3,), (), (1e-15, 0.5, 1.0 - 1e-15)):
        assert quantity.quantiles(at) == [quantity.quantile(q) for q in at]


def test_no_quantile_lies_outside_of_0_and_1() -> None:
    quantity = Quantity(path="x", text="", unit="1", distribution=Normal(3.0, 2.0))
    with pytest.raises(ValueError, match="x: a quantile lies between 0 and 1, got 1.0"):
        quantity.quantiles([0.5, 1.0])
