"""Quality, human-equivalents and the labour of humans with one kind of AI."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.physics.labour import human_equivalents, joint_labour, labour_limit, labour_with_one, logistic

HUMANS = st.floats(1e-6, 1e6)
AI = st.floats(0.0, 1e30)
SHARE = st.floats(0.0, 1.0)
SUBSTITUTION = st.sampled_from([-5.0, -2.0, -1.0, -0.1, -1e-12, 0.0])


def test_logistic_by_hand() -> None:
    # Midpoint 3e28, slope 1.2. At the midpoint half the ceiling.
    assert logistic(3e28, 0.8, 3e28, 1.2) == pytest.approx(0.4, rel=1e-12)
    # A factor of ten up: 1 / (1 + e^-1.2) = 1 / 1.3011942 = 0.7685248; ten down: 1 - 0.7685248 = 0.2314752.
    assert logistic(3e29, 1.0, 3e28, 1.2) == pytest.approx(0.7685248, rel=1e-6)
    assert logistic(3e27, 1.0, 3e28, 1.2) == pytest.approx(0.2314752, rel=1e-6)


def test_logistic_at_its_ends() -> None:
    assert logistic(0.0, 1.0, 3e28, 1.2) == 0.0
    assert logistic(-1.0, 1.0, 3e28, 1.2) == 0.0
    assert logistic(math.inf, 0.9, 3e28, 1.2) == 0.9
    assert logistic(1e300, 0.9, 1.0, 1e6) == 0.9
    assert logistic(1e-300, 0.9, 1.0, 1e6) == 0.0


@given(st.floats(1e15, 1e45), st.floats(1.0, 100.0), st.floats(0.1, 10.0))
def test_logistic_never_falls_and_stays_below_its_ceiling(flop: float, factor: float, slope: float) -> None:
    low, high = logistic(flop, 0.7, 3e28, slope), logistic(flop * factor, 0.7, 3e28, slope)
    assert 0.0 <= low <= high <= 0.7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1e28, -0.1, 3e28, 1.2), "ceiling must be 0 or more"),
        ((1e28, 1.0, 0.0, 1.2), "midpoint_flop must be positive"),
        ((1e28, 1.0, 3e28, 0.0), "slope must be positive"),
        ((math.nan, 1.0, 3e28, 1.2), "effective_flop must be a number"),
    ],
)
def test_logistic_refuses_bad_input(arguments: tuple[float, float, float, float], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        logistic(*arguments)


def test_human_equivalents_by_hand() -> None:
    # 1e6 tokens/s x 3600 / 30,000 = 120,000 human-hours an hour; x 168/40 = 504,000 humans; x quality 0.5 = 252,000.
    assert human_equivalents(1e6, 30_000.0, 40.0, 0.5) == pytest.approx(252_000.0, rel=1e-12)
    # At one token a second and a work week without end, a token/s is a human.
    assert human_equivalents(190.1e6, 3600.0, 168.0, 1.0) == pytest.approx(190.1e6, rel=1e-12)
    assert human_equivalents(0.0, 30_000.0, 40.0, 1.0) == 0.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1.0, 3e4, 40.0, 1.0), "tokens_per_s must be 0 or more"),
        ((1.0, 0.0, 40.0, 1.0), "tokens_per_human_hour must be positive"),
        ((1.0, 3e4, 0.0, 1.0), "work_hours_per_week must be above 0 and at most 168"),
        ((1.0, 3e4, 169.0, 1.0), "work_hours_per_week must be above 0 and at most 168"),
        ((1.0, 3e4, 40.0, -1.0), "quality must be 0 or more"),
    ],
)
def test_human_equivalents_refuses_bad_input(arguments: tuple[float, float, float, float], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        human_equivalents(*arguments)


def test_a_little_ai_adds_up() -> None:
    # s H / (1 - s) = 0.2 x 100 / 0.8 = 25.
    assert joint_labour(100.0, 10.0, 0.2, -2.0) == 110.0
    assert joint_labour(100.0, 25.0, 0.2, -2.0) == 125.0


def test_more_ai_than_that_is_held_back_by_what_it_cannot_do() -> None:
    # H = 10, W = 100, s = 0.5: levels 200 and 20; (0.5/40,000 + 0.5/400)^-0.5 = 0.0012625^-0.5 = 28.143902.
    assert joint_labour(10.0, 100.0, 0.5, -2.0) == pytest.approx(28.143902, rel=1e-6)
    # rho = -1: 1 / (0.5/200 + 0.5/20) = 1 / 0.0275 = 36.363636.
    assert joint_labour(10.0, 100.0, 0.5, -1.0) == pytest.approx(36.363636, rel=1e-7)
    # rho = 0: sqrt(200 x 20) = 63.245553.
    assert joint_labour(10.0, 100.0, 0.5, 0.0) == pytest.approx(63.245553, rel=1e-7)


@given(HUMANS, st.floats(1e-3, 0.999), st.floats(-5.0, 0.0))
def test_no_jump_where_humans_leave_the_tasks_that_ai_can_do(humans: float, share: float, substitution: float) -> None:
    edge = share * humans / (1.0 - share)
    below, above = (joint_labour(humans, edge * x, share, substitution) for x in (1.0 - 1e-9, 1.0 + 1e-9))
    assert below == pytest.approx(humans + edge, rel=1e-8)
    assert above == pytest.approx(humans + edge, rel=1e-8)


@given(HUMANS, st.floats(1e-3, 0.99), st.floats(1.0, 1e3), st.floats(-5.0, -0.05))
def test_equals_the_law_as_it_is_written(humans: float, share: float, excess: float, rho: float) -> None:
    ai = excess * share * humans / (1.0 - share)
    written = (share ** (1.0 - rho) * ai**rho + (1.0 - share) ** (1.0 - rho) * humans**rho) ** (1.0 / rho)
    assert joint_labour(humans, ai, share, rho) == pytest.approx(written, rel=1e-8)


@pytest.mark.parametrize(("share", "uplift"), [(0.06, 1.1), (0.16, 1.3), (0.27, 1.6), (0.39, 2.1)])
def test_published_limits_at_rho_minus_two(share: float, uplift: float) -> None:
    assert round(labour_limit(1.0, share, -2.0), 1) == uplift
    assert round(joint_labour(1.0, 1e30, share, -2.0), 1) == uplift


def test_limit_by_hand() -> None:
    # 100 x 0.5^(-1.5) = 282.84271; rho = -1: 100 x 0.5^-2 = 400.
    assert labour_limit(100.0, 0.5, -2.0) == pytest.approx(282.84271, rel=1e-7)
    assert labour_limit(100.0, 0.5, -1.0) == pytest.approx(400.0, rel=1e-12)


@given(HUMANS, st.floats(0.0, 0.99), st.sampled_from([-5.0, -2.0, -1.0]))
def test_unlimited_ai_reaches_the_limit(humans: float, share: float, substitution: float) -> None:
    limit = labour_limit(humans, share, substitution)
    assert joint_labour(humans, math.inf, share, substitution) == pytest.approx(limit, rel=1e-12)
    assert joint_labour(humans, humans * 1e20, share, substitution) == pytest.approx(limit, rel=1e-6)


@given(HUMANS, AI, SHARE, SUBSTITUTION)
def test_never_below_humans_alone_nor_above_the_sum_or_the_limit(
    humans: float, ai: float, share: float, substitution: float
) -> None:
    labour = joint_labour(humans, ai, share, substitution)
    assert humans * (1.0 - 1e-12) <= labour
    assert labour <= (humans + ai) * (1.0 + 1e-12)
    assert labour <= labour_limit(humans, share, substitution) * (1.0 + 1e-12)


@given(HUMANS, AI, SHARE, SUBSTITUTION, st.floats(1.0, 100.0), st.floats(0.0, 1.0))
def test_never_less_with_more_of_anything(
    humans: float, ai: float, share: float, substitution: float, factor: float, step: float
) -> None:
    labour = joint_labour(humans, ai, share, substitution) * (1.0 - 1e-12)
    assert joint_labour(humans * factor, ai, share, substitution) >= labour
    assert joint_labour(humans, ai * factor, share, substitution) >= labour
    assert joint_labour(humans, ai, share + step * (1.0 - share), substitution) >= labour


def test_tasks_that_replace_each_other_worse_give_less() -> None:
    by_rho = [joint_labour(10.0, 100.0, 0.5, rho) for rho in (-5.0, -2.0, -1.0, -0.5, 0.0)]
    assert by_rho == sorted(by_rho)
    assert len(set(by_rho)) == 5


@pytest.mark.parametrize("substitution", [-2.0, 0.0])
def test_limits_of_the_labour_law(substitution: float) -> None:
    assert joint_labour(3.0, 1e30, 1.0, substitution) == 3.0 + 1e30
    assert joint_labour(0.0, 7.0, 1.0, substitution) == 7.0
    assert joint_labour(0.0, 1e30, 0.999, substitution) == 0.0
    assert joint_labour(0.0, 0.0, 0.5, substitution) == 0.0
    assert joint_labour(3.0, 1e30, 0.0, substitution) == 3.0
    assert joint_labour(3.0, 0.0, 0.5, substitution) == 3.0
    assert joint_labour(3.0, math.inf, 1.0, substitution) == math.inf


def test_limits_of_the_limit() -> None:
    assert labour_limit(3.0, 1.0, -2.0) == math.inf
    assert labour_limit(3.0, 0.0, -2.0) == 3.0
    assert labour_limit(3.0, 0.0, 0.0) == 3.0
    assert labour_limit(0.0, 0.5, -2.0) == 0.0
    assert labour_limit(0.0, 0.5, 0.0) == 0.0
    assert labour_limit(3.0, 0.5, 0.0) == math.inf
    assert labour_limit(3.0, 0.5, -1e-6) == math.inf


def test_a_share_of_almost_nothing_and_of_almost_all() -> None:
    # s = 1e-300: W is as good as unlimited, and worth nothing.
    assert joint_labour(3.0, 1e30, 1e-300, -2.0) == pytest.approx(3.0, rel=1e-12)
    assert joint_labour(3.0, 1e30, 1e-300, 0.0) == pytest.approx(3.0, rel=1e-12)
    # 1 - s = 2^-53: 1e-6 x (2^53)^1.5 = 1e-6 x 8.54839645e23.
    assert joint_labour(1e-6, 1e30, 1.0 - 2.0**-53, -2.0) == pytest.approx(8.54839645e17, rel=1e-8)


@given(
    st.one_of(st.just(0.0), st.floats(1e-6, 1e9)), st.floats(0.0, 1e12), st.floats(0.0, 1.0), st.floats(-5.0, 0.0)
)
def test_worked_out_once_for_many_amounts_of_ai(humans: float, ai: float, share: float, substitution: float) -> None:
    expected = joint_labour(humans, ai, share, substitution)
    assert labour_with_one(humans, share, substitution)(ai) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1.0, 1.0, 0.5, -2.0), "humans must be 0 or more"),
        ((math.nan, 1.0, 0.5, -2.0), "humans must be 0 or more"),
        ((1.0, -1.0, 0.5, -2.0), "ai must be 0 or more"),
        ((1.0, math.nan, 0.5, -2.0), "ai must be 0 or more"),
        ((1.0, 1.0, 1.5, -2.0), "share_doable must be between 0 and 1"),
        ((1.0, 1.0, -0.5, -2.0), "share_doable must be between 0 and 1"),
        ((1.0, 1.0, 0.5, 0.5), r"substitution must be finite and at most 0 \(tasks are complements\), got 0.5"),
        ((1.0, 1.0, 0.5, -math.inf), "substitution must be finite and at most 0"),
        ((1.0, 1.0, 0.5, math.nan), "substitution must be finite and at most 0"),
    ],
)
def test_bad_input_is_refused(arguments: tuple[float, float, float, float], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        joint_labour(*arguments)
    humans, _, share, substitution = arguments
    if not message.startswith("ai"):
        with pytest.raises(ValueError, match=f"^{message}"):
            labour_limit(humans, share, substitution)
