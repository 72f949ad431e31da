"""Tokens per second, copies and speed against the seed and hand-worked accelerators."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.physics.throughput import (
    Throughput,
    by_flop,
    by_memory,
    serving_to_training_ratio,
    tokens_per_s_from_training,
)

YEAR = 31_557_600.0
"""365.25 x 86,400 s."""

H100_2026: dict[str, Any] = {
    # Dean 2026: 10T parameters in 4 bits, 1.25T active, 256 copies a replica, 20 GB a copy, 0.9 of bandwidth, 2x.
    "memory_bytes": 80e9,
    "bandwidth_bytes_per_s": 3350e9,
    "peak_flop_per_s": 1978.9e12,
    "params": 1.25e12,
    "total_params": 10e12,
    "bytes_per_param": 0.5,
    "copies_per_replica": 256.0,
    "context_bytes": 20e9,
    "bandwidth_share": 0.9,
    "decoding_gain": 2.0,
}


def on_h100(**changes: Any) -> Throughput:
    return by_memory(**(H100_2026 | changes))


def test_the_seed_at_1e14_parameters_and_a_year() -> None:
    # 3 x 20 x 1e14 / 31,557,600 = 190.13 million tokens/s; the post says ~200 million.
    assert tokens_per_s_from_training(1.2e30, YEAR, 1e14) == pytest.approx(190.1285e6, rel=1e-5)


def test_the_seed_at_1e15_parameters_and_a_year() -> None:
    # 6 x 20 x 1e30 = 1.2e32 FLOP: 1.9 billion tokens/s; the post says ~2 billion.
    assert tokens_per_s_from_training(1.2e32, YEAR, 1e15) == pytest.approx(1.901285e9, rel=1e-5)


def test_the_seed_at_three_months_and_an_hour_s_horizon() -> None:
    # H = 1,300 token-equivalents: 6 x 20 x 1,300 x 1e28 = 1.56e33 FLOP in 7,889,400 s: 0.98867e12 tokens/s.
    assert tokens_per_s_from_training(1.56e33, YEAR / 4, 1e14) == pytest.approx(0.98867e12, rel=1e-5)


def test_the_seed_for_a_large_fraction_of_the_world() -> None:
    # 1.26e28 FLOP, p = 1.02470e13: 1.26e28 / 31,557,600 / 2.0494e13 = 19.48 million;
    # the post says "at least ~20 million".
    assert tokens_per_s_from_training(1.26e28, YEAR, 1.02470e13) == pytest.approx(19.482e6, rel=1e-4)


def test_ratio_multiplies_the_seed() -> None:
    assert tokens_per_s_from_training(1.2e30, YEAR, 1e14, 2.5) == pytest.approx(475.3213e6, rel=1e-5)


def test_serving_to_training_ratio_by_hand() -> None:
    # (0.25 x 2e15 x 1.5) / (0.4 x 0.9 x 1e15) = 7.5e14 / 3.6e14 = 2.08333.
    ratio = serving_to_training_ratio(
        serving_utilisation=0.25,
        serving_peak=2e15,
        inference_efficiency=1.5,
        training_utilisation=0.4,
        goodput=0.9,
        training_peak=1e15,
    )
    assert ratio == pytest.approx(2.0833333, rel=1e-7)


@given(
    st.floats(0.01, 1.0),
    st.floats(0.01, 1.0),
    st.floats(0.1, 1.0),
    st.floats(1e13, 1e16),
    st.floats(1e13, 1e16),
    st.floats(0.1, 100.0),
    st.floats(1e9, 1e15),
)
def test_the_seed_s_shortcut_equals_the_fleet_of_the_same_accelerators(
    serving_u: float,
    training_u: float,
    goodput: float,
    serving_peak: float,
    training_peak: float,
    efficiency: float,
    params: float,
) -> None:
    accelerators, seconds = 1000.0, 1e7
    flop = accelerators * training_peak * training_u * goodput * seconds
    ratio = serving_to_training_ratio(
        serving_utilisation=serving_u,
        serving_peak=serving_peak,
        inference_efficiency=efficiency,
        training_utilisation=training_u,
        goodput=goodput,
        training_peak=training_peak,
    )
    fleet = by_flop(peak_flop_per_s=serving_peak, utilisation=serving_u, params=params, speed_tokens_per_s=30.0)
    expected = fleet.tokens_per_s * accelerators * efficiency
    assert tokens_per_s_from_training(flop, seconds, params, ratio) == pytest.approx(expected, rel=1e-12)


def test_by_flop_on_an_h100() -> None:
    # 989.4e12 x 0.4 / (2 x 1e12) = 197.88 tokens/s; at 50 tokens/s 3.9576 copies.
    result = by_flop(peak_flop_per_s=989.4e12, utilisation=0.4, params=1e12, speed_tokens_per_s=50.0)
    assert result.tokens_per_s == pytest.approx(197.88, rel=1e-12)
    assert result.copies == pytest.approx(3.9576, rel=1e-12)
    assert result.speed_tokens_per_s == 50.0


def test_a_trick_that_halves_flop_per_token_doubles_tokens_by_flop() -> None:
    result = by_flop(peak_flop_per_s=989.4e12, utilisation=0.4, params=1e12, speed_tokens_per_s=50.0, flop_x=0.5)
    assert result.tokens_per_s == pytest.approx(395.76, rel=1e-12)


def test_by_memory_on_an_h100() -> None:
    # weights a copy 10e12 x 0.5 / 256 = 19.53125 GB; + 20 GB = 39.53125 GB; 80 / 39.53125 = 2.023715 copies.
    # speed 0.9 x 3350 / 80 x 2 = 75.375; 2.023715 x 75.375 = 152.5375 tokens/s, below 1978.9e12 / 2.5e12 = 791.56.
    result = on_h100()
    assert result.copies == pytest.approx(2.023715, rel=1e-6)
    assert result.speed_tokens_per_s == pytest.approx(75.375, rel=1e-12)
    assert result.tokens_per_s == pytest.approx(152.5375, rel=1e-6)


def test_by_memory_never_beats_the_peak_and_cuts_copies_not_speed() -> None:
    # Dense 1T in 1 byte, 1 GB a copy: 80 / 4.90625 = 16.30573 copies would give 1,229 tokens/s; the peak
    # allows 1978.9e12 / 2e12 = 989.45, so 989.45 / 75.375 = 13.12703 copies.
    result = on_h100(params=1e12, total_params=1e12, bytes_per_param=1.0, context_bytes=1e9)
    assert result.tokens_per_s == pytest.approx(989.45, rel=1e-12)
    assert result.speed_tokens_per_s == pytest.approx(75.375, rel=1e-12)
    assert result.copies == pytest.approx(13.12703, rel=1e-6)


def test_flop_per_token_moves_the_cap_and_nothing_else() -> None:
    # Cap 791.56 / 10 = 79.156 tokens/s; 79.156 / 75.375 = 1.050163 copies.
    assert on_h100(flop_x=0.1) == on_h100()
    capped = on_h100(flop_x=10.0)
    assert (capped.tokens_per_s, capped.copies) == pytest.approx((79.156, 1.050163), rel=1e-6)


def test_without_context_memory_only_weights_count() -> None:
    # 80 / 19.53125 = 4.096 copies.
    assert on_h100(context_bytes=0.0).copies == pytest.approx(4.096, rel=1e-12)


@given(
    st.floats(1e9, 1e15),
    st.floats(1.0, 128.0),
    st.floats(0.5, 2.0),
    st.floats(1.0, 1e4),
    st.floats(0.0, 1e12),
    st.floats(0.1, 1.0),
    st.floats(1.0, 10.0),
    st.floats(0.01, 10.0),
)
def test_by_memory_is_consistent_and_bounded(
    params: float,
    sparsity: float,
    bytes_per_param: float,
    batch: float,
    context: float,
    bandwidth_share: float,
    gain: float,
    flop_x: float,
) -> None:
    inputs: dict[str, Any] = {
        "params": params,
        "total_params": params * sparsity,
        "bytes_per_param": bytes_per_param,
        "copies_per_replica": batch,
        "context_bytes": context,
        "bandwidth_share": bandwidth_share,
        "decoding_gain": gain,
        "flop_x": flop_x,
    }
    result = on_h100(**inputs)
    assert result.tokens_per_s == pytest.approx(result.copies * result.speed_tokens_per_s, rel=1e-12)
    assert result.tokens_per_s <= 1978.9e12 / (2.0 * params * flop_x) * (1.0 + 1e-12)
    memory = result.copies * (params * sparsity * bytes_per_param / batch + context)
    assert memory <= 80e9 * (1.0 + 1e-12)
    # One of the two limits binds.
    assert max(memory / 80e9, result.tokens_per_s * 2.0 * params * flop_x / 1978.9e12) == pytest.approx(1.0, rel=1e-9)
    assert on_h100(**(inputs | {"context_bytes": context + 1e9})).copies <= result.copies
    assert on_h100(**(inputs | {"copies_per_replica": batch * 2.0})).copies >= result.copies


@pytest.mark.parametrize("name", ["peak_flop_per_s", "utilisation", "params", "speed_tokens_per_s", "flop_x"])
@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_by_flop_refuses_what_is_not_positive(name: str, bad: float) -> None:
    inputs = {"peak_flop_per_s": 1e15, "utilisation": 0.3, "params": 1e12, "speed_tokens_per_s": 50.0, "flop_x": 1.0}
    with pytest.raises(ValueError, match=f"^{name} must be positive"):
        by_flop(**(inputs | {name: bad}))


@pytest.mark.parametrize(
    "name",
    [
        "memory_bytes",
        "bandwidth_bytes_per_s",
        "peak_flop_per_s",
        "params",
        "bytes_per_param",
        "copies_per_replica",
        "decoding_gain",
        "flop_x",
    ],
)
@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_by_memory_refuses_what_is_not_positive(name: str, bad: float) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be positive"):
        on_h100(**{name: bad})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"total_params": 1.2e12}, r"total_params must be at least params \(1250000000000.0\) and finite, got 12000"),
        ({"context_bytes": -1.0}, "context_bytes must be 0 or more"),
        ({"bandwidth_share": 0.0}, "bandwidth_share must be above 0 and at most 1"),
        ({"bandwidth_share": 1.01}, "bandwidth_share must be above 0 and at most 1"),
    ],
)
def test_by_memory_refuses_bad_input(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        on_h100(**changes)


@pytest.mark.parametrize("index", range(4))
def test_the_seed_s_shortcut_refuses_what_is_not_positive(index: int) -> None:
    arguments = [1e30, YEAR, 1e14, 1.0]
    arguments[index] = 0.0
    name = ("training_flop", "seconds", "params", "ratio")[index]
    with pytest.raises(ValueError, match=f"^{name} must be positive"):
        tokens_per_s_from_training(*arguments)


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("serving_utilisation", 0.0),
        ("serving_peak", 0.0),
        ("inference_efficiency", 0.0),
        ("training_utilisation", 0.0),
        ("training_utilisation", 1.5),
        ("goodput", 0.0),
        ("goodput", 1.5),
        ("training_peak", 0.0),
    ],
)
def test_ratio_refuses_bad_input(name: str, bad: float) -> None:
    inputs = {
        "serving_utilisation": 0.3,
        "serving_peak": 1e15,
        "inference_efficiency": 1.0,
        "training_utilisation": 0.3,
        "goodput": 0.9,
        "training_peak": 1e15,
    }
    with pytest.raises(ValueError, match=f"^{name} must be"):
        serving_to_training_ratio(**(inputs | {name: bad}))
