"""The weighted power mean against direct sums and its limits."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.physics.mean import power_mean


@pytest.mark.parametrize(
    ("exponent", "expected"),
    [
        (1.0, 4.25),  # 0.25 x 2 + 0.75 x 5
        (-1.0, 3.6363636),  # 1 / (0.125 + 0.15)
        (-2.0, 3.2879797),  # (0.25/4 + 0.75/25)^-0.5 = 0.0925^-0.5
        (0.0, 3.9763536),  # 2^0.25 x 5^0.75 = 1.1892071 x 3.3437015
    ],
)
def test_by_hand(exponent: float, expected: float) -> None:
    mean = power_mean([(0.25, math.log(2.0)), (0.75, math.log(5.0))], exponent)
    assert mean == pytest.approx(expected, rel=1e-7)


@given(st.floats(0.05, 0.95), st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.floats(-8.0, 1.0))
def test_equals_the_direct_sum_where_that_is_exact_enough(weight: float, a: float, b: float, exponent: float) -> None:
    assume(abs(exponent) > 0.1)
    direct = (weight * a**exponent + (1.0 - weight) * b**exponent) ** (1.0 / exponent)
    assert power_mean([(weight, math.log(a)), (1.0 - weight, math.log(b))], exponent) == pytest.approx(direct, rel=1e-9)


@pytest.mark.parametrize("exponent", [1e-13, -1e-13, 1e-9, -1e-9])
def test_continuous_through_exponent_zero(exponent: float) -> None:
    values = [(0.3, math.log(1e-4)), (0.7, math.log(1e5))]
    assert power_mean(values, exponent) == pytest.approx(power_mean(values, 0.0), rel=1e-6)


def test_huge_ratios_do_not_overflow() -> None:
    # The smallest counts: 1e-200 x 0.5^(1/-4) = 1.189207e-200.
    mean = power_mean([(0.5, -200 * math.log(10.0)), (0.5, 200 * math.log(10.0))], -4.0)
    assert mean == pytest.approx(1.1892071e-200, rel=1e-7)
    # The largest counts: 1e200 x 0.5^2.
    mean = power_mean([(0.5, -200 * math.log(10.0)), (0.5, 200 * math.log(10.0))], 0.5)
    assert mean == pytest.approx(2.5e199, rel=1e-9)


def test_a_tiny_weight_on_the_scarcest_is_not_lost() -> None:
    # 1e-20^(1/-2) = 1e10, though 1 - 1e-20 is 1 in a float.
    assert power_mean([(1e-20, 0.0), (0.6, math.inf), (0.4, math.inf)], -2.0) == pytest.approx(1e10, rel=1e-12)


def test_nothing_of_one_thing_is_nothing_only_among_complements() -> None:
    values = [(0.5, -math.inf), (0.5, 0.0)]
    assert power_mean(values, -2.0) == 0.0
    assert power_mean(values, 0.0) == 0.0
    assert power_mean(values, 0.5) == pytest.approx(0.25, rel=1e-12)
    assert power_mean([(0.0, -math.inf), (1.0, math.log(3.0))], -2.0) == pytest.approx(3.0, rel=1e-12)


def test_all_unbounded_is_unbounded() -> None:
    assert power_mean([(0.5, math.inf), (0.5, math.inf)], -2.0) == math.inf
    assert power_mean([(0.5, math.inf), (0.5, 0.0)], 0.0) == math.inf


def test_more_than_a_float_holds_is_unbounded() -> None:
    # 0.5^(1/-0.0001) = 2^10,000.
    assert power_mean([(0.5, math.inf), (0.5, 0.0)], -0.0001) == math.inf


def test_no_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one weight above 0"):
        power_mean([(0.0, 1.0)], -2.0)
