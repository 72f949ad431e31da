"""Quantiles against their definitions: the share of an independent sample, or numbers worked by hand."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.distribution import (
    Discrete,
    Distribution,
    LogNormal,
    LogUniform,
    Normal,
    Percentiles,
    Triangular,
    Uniform,
    interval,
    normal_interval,
)
from sim.scenario.problem import Unreadable

Z95 = 1.6448536269514722


def normal_share(x: float) -> float:
    """P(a standard normal number is below x), by the error function."""
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


@given(st.floats(0.001, 0.999))
def test_normal_and_lognormal_invert_the_error_function(q: float) -> None:
    assert normal_share((Normal(3.0, 2.0).quantile(q) - 3.0) / 2.0) == pytest.approx(q, abs=1e-12)
    assert normal_share(math.log(LogNormal(3.0, 2.0).quantile(q) / 3.0) / math.log(2.0)) == pytest.approx(q, abs=1e-12)


def test_a_to_b_is_a_ninety_percent_interval() -> None:
    positive, mixed = interval(2.0, 8.0), interval(-2.0, 8.0)
    for d, low, middle, high in ((positive, 2.0, 4.0, 8.0), (mixed, -2.0, 3.0, 8.0)):
        assert [d.quantile(q) for q in (0.05, 0.5, 0.95)] == pytest.approx([low, middle, high])
    assert isinstance(positive, LogNormal)
    assert isinstance(mixed, Normal)
    assert isinstance(normal_interval(2.0, 8.0), Normal)
    assert interval(30.4375, 121.75).quantile(0.5) == 60.875
    assert interval(1e200, 1e250).quantile(0.5) == pytest.approx(1e225)


@pytest.mark.parametrize(
    ("distribution", "sample"),
    [
        (Uniform(2.0, 5.0), lambda r: r.uniform(2.0, 5.0)),
        (LogUniform(1.0, 100.0), lambda r: math.exp(r.uniform(0.0, math.log(100.0)))),
        (Triangular(0.2, 0.5, 1.2), lambda r: r.triangular(0.2, 1.2, 0.5)),
        (Triangular(0.0, 0.0, 1.0), lambda r: r.triangular(0.0, 1.0, 0.0)),
        (Normal(1.0, 2.0), lambda r: r.gauss(1.0, 2.0)),
        (LogNormal(2.0, 1.5), lambda r: r.lognormvariate(math.log(2.0), math.log(1.5))),
    ],
)
def test_quantiles_against_samples(distribution: Distribution, sample: object) -> None:
    dice = random.Random(1)
    numbers = sorted(sample(dice) for _ in range(20_000))  # type: ignore[operator]
    for q in (0.05, 0.25, 0.5, 0.9):
        below = sum(number <= distribution.quantile(q) for number in numbers) / len(numbers)
        assert below == pytest.approx(q, abs=0.012)


def test_discrete() -> None:
    d = Discrete((5.0, 1.0, 9.0), (1.0, 2.0, 0.0))
    assert [d.quantile(q) for q in (0.01, 0.66, 0.67, 0.99)] == [1.0, 1.0, 5.0, 5.0]


@pytest.mark.parametrize("points", [(1.0, 2.0, 10.0), (-1.0, 0.0, 10.0), (0.25, 3.0, 6.0)])
def test_percentiles_are_exact_at_their_three_points(points: tuple[float, float, float]) -> None:
    for log in (True, False) if points[0] > 0 else (False,):
        d = Percentiles(*points, log)
        assert [d.quantile(q) for q in (0.1, 0.5, 0.9)] == pytest.approx(list(points), rel=1e-12, abs=1e-12)
        assert d.quantile(0.01) < points[0] < d.quantile(0.3) < points[1] < d.quantile(0.7) < points[2]


@given(st.floats(0.01, 1e6), st.floats(1.01, 1e3), st.floats(0.01, 0.98))
def test_quantiles_rise(low: float, ratio: float, q: float) -> None:
    for d in (interval(low, low * ratio), Uniform(low, low * ratio), LogUniform(low, low * ratio)):
        assert d.quantile(q) < d.quantile(q + 0.01)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Normal(1, 0), "the standard deviation must be above 0, got 0"),
        (lambda: LogNormal(-1, 2), "the median of a lognormal must be above 0, got -1"),
        (lambda: LogNormal(1, 1), "the geometric standard deviation must be above 1, got 1"),
        (lambda: Uniform(2, 1), "the low end of a range must be below its high end"),
        (lambda: LogUniform(0, 1), "the low end of a loguniform must be above 0, got 0"),
        (lambda: Triangular(0, 2, 1), "the mode of a triangular must lie between its ends"),
        (lambda: interval(3, 3), "the low end of a range must be below its high end"),
        (lambda: Discrete((), ()), "a discrete distribution needs at least one value"),
        (lambda: Discrete((1.0,), (-1.0,)), "weights must not be negative"),
        (lambda: Discrete((1.0,), (0.0,)), "one weight at least must be above 0"),
        (lambda: Percentiles(1, 3, 2, False), "percentiles must rise: p10 1, p50 3, p90 2"),
        (lambda: Percentiles(-1, 3, 4, True), "the percentiles of a lognormal must be above 0, got p10 -1"),
    ],
)
def test_refused(make: object, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        make()  # type: ignore[operator]
    assert caught.value.message == message
