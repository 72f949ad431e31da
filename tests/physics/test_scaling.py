"""Training FLOP, parameters and tokens against published runs and hand-worked numbers."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.physics.scaling import (
    FORWARD_FLOP_PER_PARAM_TOKEN,
    Size,
    flop_for_params,
    flop_for_tokens,
    flop_of_run,
    params_for_tokens,
    size_law,
    tokens_for_params,
    training_flop,
)

DEAN: dict[str, Any] = {
    "rule": "power",
    "tokens_per_param": 400.0,
    "horizon_tokens": 1.0,
    "sparsity": 8.0,
    "params_at_reference": 10e12,
    "flop_at_reference": 1.3e27,
    "flop_exponent": 0.5,
    "sparsity_exponent": 0.74,
    "sparsity_at_reference": 8.0,
    "token_stock": None,
}


def size(flop: float, **changes: Any) -> Size:
    inputs = DEAN | changes
    sparsity = inputs.pop("sparsity")
    return size_law(**inputs)(flop, sparsity)


def params_for_flop(flop: float, tokens_per_param: float, horizon_tokens: float = 1.0) -> float:
    rule = {"rule": "tokens_per_param", "tokens_per_param": tokens_per_param, "horizon_tokens": horizon_tokens}
    return size(flop, **rule).params


def test_two_flop_forward_per_parameter_and_token() -> None:
    assert FORWARD_FLOP_PER_PARAM_TOKEN == 2.0


def test_published_runs_are_six_flop_per_parameter_and_token() -> None:
    # Llama 3.1 405B on 15.6e12 tokens: 6 x 405e9 x 15.6e12 = 3.7908e25 (paper: 3.8e25).
    assert flop_for_tokens(405e9, 15.6e12) == pytest.approx(3.7908e25, rel=1e-12)
    # DeepSeek-V3: 6 x 37e9 x 14.8e12 = 3.2856e24.
    assert flop_for_tokens(37e9, 14.8e12) == pytest.approx(3.2856e24, rel=1e-12)


def test_the_seed_s_training_run() -> None:
    # p = 1e14, m = 20: 6 x 20 x 1e28 = 1.2e30; with 1,300 token-equivalents per data point 1.56e33.
    assert training_flop(1e14, 20.0) == pytest.approx(1.2e30, rel=1e-12)
    assert training_flop(1e14, 20.0, 1300.0) == pytest.approx(1.56e33, rel=1e-12)


def test_a_tenth_of_a_year_of_the_world_of_2023_trains_ten_trillion_parameters() -> None:
    # 1.26e28 / 120 = 1.05e26, whose square root is 1.02470e13.
    assert params_for_flop(1.26e28, 20.0) == pytest.approx(1.02470e13, rel=1e-5)


def test_longer_horizon_needs_fewer_parameters_for_the_same_flop() -> None:
    # 1.2e30 / (6 x 20 x 100) = 1e26, whose square root is 1e13.
    assert params_for_flop(1.2e30, 20.0, 100.0) == pytest.approx(1e13, rel=1e-12)


@given(st.floats(1e6, 1e18), st.floats(1.0, 1e4), st.floats(1e-2, 1e6))
def test_params_for_flop_undoes_training_flop(params: float, tokens_per_param: float, horizon: float) -> None:
    flop = training_flop(params, tokens_per_param, horizon)
    assert params_for_flop(flop, tokens_per_param, horizon) == pytest.approx(params, rel=1e-12)


@given(st.floats(1e6, 1e18), st.floats(1.0, 1e4), st.floats(1e-2, 1e6))
def test_training_flop_is_the_flop_for_its_tokens(params: float, tokens_per_param: float, horizon: float) -> None:
    by_tokens = flop_for_tokens(params, tokens_per_param * params * horizon)
    assert training_flop(params, tokens_per_param, horizon) == pytest.approx(by_tokens, rel=1e-12)


def test_chinchilla_rule_has_twenty_tokens_per_parameter_whatever_else_is_given() -> None:
    # 1.2e24 / 120 = 1e22: p = 1e11, D = 2e12; sparsity 8 makes 8e11 in total.
    result = size(1.2e24, rule="chinchilla", tokens_per_param=400.0)
    assert (result.params, result.total_params, result.tokens) == pytest.approx((1e11, 8e11, 2e12), rel=1e-12)


def test_chinchilla_on_gpt_4_5_s_estimated_flop() -> None:
    # 3.8e26 / 120 = 3.16667e24, root 1.77951e12: the 1.8T active parameters of the facts file.
    assert size(3.8e26, rule="chinchilla").params == pytest.approx(1.77951e12, rel=1e-5)


def test_tokens_per_param_rule_finds_deepseek_v3() -> None:
    # 14.8e12 / 37e9 = 400 tokens a parameter; 671/37 = 18.135 total over active.
    result = size(3.2856e24, rule="tokens_per_param", tokens_per_param=400.0, sparsity=671 / 37)
    assert (result.params, result.total_params, result.tokens) == pytest.approx((37e9, 671e9, 14.8e12), rel=1e-12)


def test_tokens_include_the_horizon() -> None:
    # 1.2e26 / (6 x 20 x 100) = 1e22: p = 1e11, D = 20 x 1e11 x 100 = 2e14.
    result = size(1.2e26, rule="chinchilla", horizon_tokens=100.0)
    assert (result.params, result.tokens) == pytest.approx((1e11, 2e14), rel=1e-12)


@pytest.mark.parametrize("rule", ["chinchilla", "tokens_per_param"])
def test_a_stock_of_tokens_that_binds_makes_the_model_grow_instead(rule: str) -> None:
    # 1.8e27 FLOP on 1e12 tokens: p = 1.8e27 / 6e12 = 3e14. Unbound: 3.9e12 x 20 or 8.7e11 x 400 tokens, more than 1e12.
    result = size(1.8e27, rule=rule, sparsity=2.0, token_stock=1e12)
    assert (result.params, result.total_params, result.tokens) == pytest.approx((3e14, 6e14, 1e12), rel=1e-12)


def test_a_stock_of_tokens_that_does_not_bind_changes_nothing() -> None:
    assert size(1.2e24, rule="chinchilla", token_stock=2.1e12) == size(1.2e24, rule="chinchilla")


def test_the_stock_of_public_text_binds_near_2e27_flop_at_400_tokens_per_parameter() -> None:
    # 300e12 / 400 = 7.5e11 parameters; 6 x 7.5e11 x 3e14 = 1.35e27.
    assert size(1.34e27, rule="tokens_per_param", token_stock=3e14).tokens < 3e14
    assert size(1.36e27, rule="tokens_per_param", token_stock=3e14).tokens == 3e14


def test_power_rule_at_its_own_reference() -> None:
    # Dean 2026: 10T in total at 1.3e27 FLOP and sparsity 8: 1.25T active, 1.3e27 / 7.5e12 = 1.7333e14 tokens.
    result = size(1.3e27)
    assert (result.params, result.total_params) == pytest.approx((1.25e12, 10e12), rel=1e-12)
    assert result.tokens == pytest.approx(1.73333e14, rel=1e-5)


def test_power_rule_away_from_its_reference() -> None:
    # 100 x the FLOP: total x 100^0.5 = 10; twice the sparsity: total x 2^0.74 = 1.670176.
    result = size(1.3e29, sparsity=16.0)
    assert result.total_params == pytest.approx(1.670176e14, rel=1e-6)
    assert result.params == pytest.approx(1.043860e13, rel=1e-6)
    # 1.3e29 / (6 x 1.043860e13) = 2.075630e15.
    assert result.tokens == pytest.approx(2.075630e15, rel=1e-6)


def test_power_rule_does_not_read_the_stock_or_the_tokens_per_parameter() -> None:
    assert size(1.3e27, token_stock=1.0, tokens_per_param=-1.0, horizon_tokens=-1.0) == size(1.3e27)


@given(
    st.floats(1e20, 1e32),
    st.sampled_from(["chinchilla", "tokens_per_param", "power"]),
    st.floats(1.0, 128.0),
    st.none() | st.floats(1e10, 1e16),
)
def test_any_size_uses_up_exactly_the_flop(flop: float, rule: str, sparsity: float, stock: float | None) -> None:
    result = size(flop, rule=rule, sparsity=sparsity, token_stock=stock)
    assert 6.0 * result.params * result.tokens == pytest.approx(flop, rel=1e-11)
    assert result.total_params == pytest.approx(result.params * sparsity, rel=1e-11)
    if stock is not None and rule != "power":
        assert result.tokens <= stock


@given(st.floats(1e20, 1e31), st.floats(1.01, 100.0), st.sampled_from(["chinchilla", "tokens_per_param", "power"]))
def test_more_flop_never_means_a_smaller_model_or_less_data(flop: float, factor: float, rule: str) -> None:
    small, large = size(flop, rule=rule, token_stock=1e14), size(flop * factor, rule=rule, token_stock=1e14)
    assert large.params > small.params
    assert large.tokens >= small.tokens


def flop(params: float, **changes: Any) -> float:
    return flop_for_params(params, **(DEAN | changes))


def test_flop_params_and_tokens_each_follow_from_the_others() -> None:
    # 6 x 1e10 x 1e12 = 6e22.
    assert params_for_tokens(6e22, 1e12) == pytest.approx(1e10, rel=1e-15)
    assert tokens_for_params(6e22, 1e10) == pytest.approx(1e12, rel=1e-15)


def test_flop_for_params_by_hand() -> None:
    # 6 x 20 x 1e22 = 1.2e24; 6 x 400 x 1e22 = 2.4e25; with a horizon of 10 tokens 1.2e25.
    assert flop(1e11, rule="chinchilla") == pytest.approx(1.2e24, rel=1e-12)
    assert flop(1e11, rule="tokens_per_param") == pytest.approx(2.4e25, rel=1e-12)
    assert flop(1e11, rule="chinchilla", horizon_tokens=10.0) == pytest.approx(1.2e25, rel=1e-12)


def test_a_stock_of_tokens_caps_the_flop_for_params() -> None:
    # 20 x 1e11 = 2e12 tokens, of which there are 5e11: 6 x 1e11 x 5e11 = 3e23.
    assert flop(1e11, rule="chinchilla", token_stock=5e11) == pytest.approx(3e23, rel=1e-12)
    assert flop(1e11, rule="chinchilla", token_stock=3e12) == pytest.approx(1.2e24, rel=1e-12)


def test_flop_for_params_by_the_power_rule() -> None:
    # 12.5T active at sparsity 8: 100T in total is 10 x P0, so 10^(1/0.5) = 100 x the FLOP.
    assert flop(1.25e13, rule="power") == pytest.approx(1.3e29, rel=1e-12)
    # The numbers of `test_power_rule_away_from_its_reference`.
    assert flop(1.043860e13, rule="power", sparsity=16.0) == pytest.approx(1.3e29, rel=1e-5)


@given(
    st.floats(1e20, 1e32),
    st.sampled_from(["chinchilla", "tokens_per_param", "power"]),
    st.floats(1.0, 128.0),
    st.none() | st.floats(1e10, 1e16),
    st.floats(0.2, 0.8),
)
def test_flop_for_params_undoes_the_size_law(
    c: float, rule: str, sparsity: float, stock: float | None, exponent: float
) -> None:
    changes = {"rule": rule, "sparsity": sparsity, "token_stock": stock, "flop_exponent": exponent}
    assert flop(size(c, **changes).params, **changes) == pytest.approx(c, rel=1e-9)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rule": "kaplan"}, "unknown size rule 'kaplan'"),
        ({"flop_exponent": 0.0}, "flop_exponent must be positive"),
        ({"flop_exponent": 1e-3}, "the power rule gives unbounded FLOP for 1.*0 parameters"),
        ({"sparsity": 0.5}, r"sparsity .* must be at least 1, got 0.5"),
        ({"rule": "chinchilla", "token_stock": 0.0}, "token_stock must be positive"),
    ],
)
def test_flop_for_params_refuses_bad_input(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        flop(1e14, **changes)


def test_flop_of_run_reproduces_llama_405b() -> None:
    # 30.84e6 H100-hours x 3600 s x 989.4e12 FLOP/s x 0.345 = 3.7896e25 (paper: 3.8e25).
    seconds = 30.84e6 / 16_384 * 3600
    assert flop_of_run(16_384 * 989.4e12, 0.345, seconds) == pytest.approx(3.7896e25, rel=1e-4)


def test_nothing_is_trained_in_no_time_or_without_accelerators() -> None:
    assert flop_of_run(1e18, 0.3, 0.0) == 0.0
    assert flop_of_run(0.0, 0.3, 1e6) == 0.0


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_what_is_not_positive_and_finite_is_refused_by_name(bad: float) -> None:
    with pytest.raises(ValueError, match=r"^params must be positive"):
        training_flop(bad, 20.0)
    with pytest.raises(ValueError, match=r"^tokens_per_param must be positive"):
        training_flop(1e9, bad)
    with pytest.raises(ValueError, match=r"^horizon_tokens must be positive"):
        training_flop(1e9, 20.0, bad)
    with pytest.raises(ValueError, match=r"^flop must be positive"):
        params_for_flop(bad, 20.0)
    with pytest.raises(ValueError, match=r"^tokens_per_param must be positive"):
        params_for_flop(1e20, bad)
    with pytest.raises(ValueError, match=r"^horizon_tokens must be positive"):
        params_for_flop(1e20, 20.0, bad)
    with pytest.raises(ValueError, match=r"^params must be positive"):
        flop_for_tokens(bad, 1e12)
    with pytest.raises(ValueError, match=r"^tokens must be positive"):
        flop_for_tokens(1e9, bad)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rule": "kaplan"}, "unknown size rule 'kaplan'; rules are chinchilla, tokens_per_param, power"),
        ({"sparsity": 0.5}, r"sparsity .* must be at least 1, got 0.5"),
        ({"params_at_reference": 0.0}, "params_at_reference must be positive"),
        ({"flop_at_reference": -1.0}, "flop_at_reference must be positive"),
        ({"sparsity_at_reference": 0.0}, "sparsity_at_reference must be positive"),
        ({"flop_exponent": -0.1}, "flop_exponent must be 0 or more"),
        ({"sparsity_exponent": -0.1}, "sparsity_exponent must be 0 or more"),
        ({"rule": "tokens_per_param", "tokens_per_param": 0.0}, "tokens_per_param must be positive"),
        ({"rule": "chinchilla", "horizon_tokens": 0.0}, "horizon_tokens must be positive"),
        ({"rule": "chinchilla", "token_stock": 0.0}, "token_stock must be positive"),
    ],
)
def test_size_refuses_bad_input(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        size(1e25, **changes)


def test_size_refuses_flop_that_is_not_positive() -> None:
    with pytest.raises(ValueError, match=r"^flop must be positive"):
        size(0.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1.0, 0.3, 1.0), "accelerators_flop_per_s must be 0 or more"),
        ((1e15, 1.1, 1.0), "utilisation must be between 0 and 1, got 1.1"),
        ((1e15, -0.1, 1.0), "utilisation must be between 0 and 1"),
        ((1e15, 0.3, -1.0), "seconds must be 0 or more"),
    ],
)
def test_flop_of_run_refuses_bad_input(arguments: tuple[float, float, float], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        flop_of_run(*arguments)
