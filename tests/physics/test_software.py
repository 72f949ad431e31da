"""Research input and implied uplift against hand-worked numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.physics.software import implied_uplift, law_piece, research_input, research_speed

SUBSTITUTION = st.floats(-5.0, 1.0)
AMOUNT = st.floats(1e-6, 1e12)
SHARE = st.floats(0.0, 1.0)


@pytest.mark.parametrize(
    ("labour", "compute", "share", "substitution", "expected"),
    [
        (4.0, 9.0, 0.5, 0.0, 6.0),  # sqrt(36)
        (16.0, 81.0, 0.25, 0.0, 54.0),  # 2 x 27
        (4.0, 9.0, 0.5, 1.0, 6.5),  # plain average
        (2.0, 6.0, 0.5, -1.0, 3.0),  # 1 / (0.25 + 1/12)
        (2.0, 4.0, 0.6, -2.0, 2.3904572),  # (0.6/4 + 0.4/16)^-0.5 = 0.175^-0.5
    ],
)
def test_by_hand(labour: float, compute: float, share: float, substitution: float, expected: float) -> None:
    assert research_input(labour, compute, share, substitution) == pytest.approx(expected, rel=1e-7)


@given(SHARE, SUBSTITUTION)
def test_one_at_the_base_date(share: float, substitution: float) -> None:
    assert research_input(1.0, 1.0, share, substitution) == 1.0


@given(AMOUNT, AMOUNT, SHARE, SUBSTITUTION, st.floats(0.1, 10.0))
def test_constant_returns_to_scale(
    labour: float, compute: float, share: float, substitution: float, factor: float
) -> None:
    scaled = research_input(factor * labour, factor * compute, share, substitution)
    assert scaled == pytest.approx(factor * research_input(labour, compute, share, substitution), rel=1e-9)


@given(AMOUNT, AMOUNT, SHARE, SUBSTITUTION, st.floats(1.0, 1e3))
def test_never_less_with_more_and_always_between_the_inputs(
    labour: float, compute: float, share: float, substitution: float, factor: float
) -> None:
    value = research_input(labour, compute, share, substitution)
    assert min(labour, compute) * (1 - 1e-12) <= value <= max(labour, compute) * (1 + 1e-12)
    assert research_input(labour * factor, compute, share, substitution) >= value * (1 - 1e-12)
    assert research_input(labour, compute * factor, share, substitution) >= value * (1 - 1e-12)


def test_near_zero_substitution_is_near_cobb_douglas() -> None:
    # The Full Takeoff Model's -0.01 at L = 10, C = 2, a = 0.7: 10^0.7 x 2^0.3 = 6.170339; second-order term
    # rho x a x (1-a) x ln(5)^2 / 2 = -0.01 x 0.21 x 2.590290 / 2 = -0.00271980, so 6.170339 x e^-0.0027198 = 6.15358.
    assert research_input(10.0, 2.0, 0.7, 0.0) == pytest.approx(6.170339, rel=1e-6)
    assert research_input(10.0, 2.0, 0.7, -0.01) == pytest.approx(6.15358, rel=2e-5)


@pytest.mark.parametrize("substitution", [-2.0, -0.01, 0.0])
def test_without_one_input_complements_give_nothing(substitution: float) -> None:
    assert research_input(0.0, 5.0, 0.5, substitution) == 0.0
    assert research_input(5.0, 0.0, 0.5, substitution) == 0.0


def test_without_one_input_substitutes_give_the_other_s_part() -> None:
    # (0.5 x 4^0.5)^2 = 1.
    assert research_input(0.0, 4.0, 0.5, 0.5) == pytest.approx(1.0, rel=1e-12)
    assert research_input(0.0, 0.0, 0.5, 0.5) == 0.0


def test_an_input_of_share_zero_does_not_count() -> None:
    assert research_input(0.0, 5.0, 0.0, -2.0) == pytest.approx(5.0, rel=1e-12)
    assert research_input(5.0, 0.0, 1.0, 0.0) == pytest.approx(5.0, rel=1e-12)


def test_extreme_inputs_do_not_overflow() -> None:
    # Scarce compute binds: (0.5 x 1e-6^-5)^(-1/5) = 1e-6 x 2^0.2 = 1.148698e-6, however much labour there is.
    assert research_input(1e100, 1e-6, 0.5, -5.0) == pytest.approx(1.148698e-6, rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1.0, 1.0, 0.5, 0.0), "labour must be 0 or more"),
        ((1.0, math.nan, 0.5, 0.0), "compute must be 0 or more"),
        ((1.0, 1.0, 1.5, 0.0), "labour_share must be between 0 and 1"),
        ((1.0, 1.0, 0.5, 1.5), "substitution must be finite and at most 1"),
        ((1.0, 1.0, 0.5, -math.inf), "substitution must be finite and at most 1"),
        ((1.0, 1.0, 0.5, math.nan), "substitution must be finite and at most 1"),
    ],
)
def test_research_input_refuses_bad_input(arguments: tuple[float, float, float, float], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        research_input(*arguments)


def test_implied_uplift_by_hand() -> None:
    # Labour 16 times, a = 0.5, lambda = 0.5: 16^0.25 = 2. Medians: 2^(0.5 x 0.6) = 2^0.3 = 1.2311444.
    assert implied_uplift(16_000.0, 1000.0, 0.5, 0.5) == pytest.approx(2.0, rel=1e-12)
    assert implied_uplift(200.0, 100.0, 0.5, 0.6) == pytest.approx(1.2311444, rel=1e-7)


@given(st.floats(1.0, 1e9), st.floats(0.1, 1e6), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_uplift_is_the_ratio_of_speeds_at_equal_compute(
    labour: float, humans: float, share: float, penalty: float
) -> None:
    with_ai, without = (research_input(x, 7.0, share, 0.0) ** penalty for x in (labour, humans))
    assert implied_uplift(labour, humans, share, penalty) == pytest.approx(with_ai / without, rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1.0, 0.0, 0.5, 0.6), "humans must be positive"),
        ((-1.0, 1.0, 0.5, 0.6), "labour_with_ai must be 0 or more"),
        ((1.0, 1.0, -0.5, 0.6), "labour_share must be between 0 and 1"),
        ((1.0, 1.0, 0.5, 1.6), "parallel_penalty must be between 0 and 1"),
    ],
)
def test_uplift_refuses_bad_input(arguments: tuple[float, float, float, float], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        implied_uplift(*arguments)


@given(AMOUNT, AMOUNT, SHARE, SUBSTITUTION, SHARE)
def test_speed_is_the_input_to_a_power(
    labour: float, compute: float, share: float, substitution: float, penalty: float
) -> None:
    expected = research_input(labour, compute, share, substitution) ** penalty
    assert research_speed(labour, compute, share, substitution, penalty) == pytest.approx(expected)


def test_the_law_by_hand() -> None:
    # dA/dt = 0.02·√A + 0.01·A from A = 4 (at first 0.01 + 0.01 a day): √A = (2 + 2)·e^(0.005·t) − 2.
    piece = law_piece(10.0, 4.0, 0.01, 0.5, 0.01)
    assert piece.rate == pytest.approx(0.02)
    assert piece.at(110.0) == pytest.approx((4.0 * math.exp(0.5) - 2.0) ** 2)
    # Without copying: √A = 2 + 0.01·t. At beta 0: e^(0.03·t).
    assert law_piece(10.0, 4.0, 0.01, 0.5).at(110.0) == pytest.approx(9.0)
    assert law_piece(10.0, 4.0, 0.02, 0.0, 0.01).at(110.0) == pytest.approx(4.0 * math.exp(3.0))
    # dA/dt = 0.02·A^2 at beta -1, from A = 4: 1/A = 1/4 − 0.02·t, with a pole after 12.5 days.
    assert law_piece(10.0, 4.0, 0.08, -1.0).at(20.0) == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((0.0, 0.0, 0.1, 0.5), "efficiency must be positive"),
        ((0.0, 1.0, -0.1, 0.5), "rate must be 0 or more"),
        ((0.0, 1.0, 0.1, 0.5, -1.0), "copying must be 0 or more"),
    ],
)
def test_a_law_without_meaning_is_refused(values: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        law_piece(*values)
