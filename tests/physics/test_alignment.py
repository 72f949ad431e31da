"""Alignment work: hand-worked numbers, identities, and a scheduler that does the job piece by piece."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.physics.alignment import enough_for, risk_at, verified, work_rate, worker_speed
from sim.physics.labour import human_equivalents, joint_labour_nested


def test_what_people_can_verify_counts_after_oversight() -> None:
    assert verified([(0.5, 100.0)], 20.0, 10.0, 0.2) == [80.0]
    assert verified([(0.5, 1000.0)], 20.0, 10.0, 0.2) == [200.0]
    assert verified([(0.5, 1000.0)], 20.0, 0.0, 0.2) == [0.0]
    assert verified([(0.5, 1000.0)], 0.0, 10.0, 0.0) == [0.0]
    assert verified([], 20.0, 10.0, 0.2) == []
    assert verified([(0.5, 1000.0)], 20.0, 10.0, 1.0) == [0.0]


def test_the_widest_models_are_verified_first() -> None:
    # 100 can be verified; of 0.9 there are 80 after oversight, so 20 are left for the two of 0.4, by 3 to 1.
    assert verified([(0.4, 60.0), (0.9, 160.0), (0.4, 20.0)], 10.0, 10.0, 0.5) == [15.0, 80.0, 5.0]
    assert verified([(0.4, 60.0), (0.9, 400.0)], 10.0, 10.0, 0.5) == [0.0, 100.0]


@given(
    st.lists(st.tuples(st.floats(0.0, 1.0), st.just(0.0) | st.floats(1e-3, 1e4)), max_size=4),
    st.floats(0.1, 100.0),
    st.just(0.0) | st.floats(1e-3, 30.0),
    st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4),
)
def test_no_other_choice_of_what_to_verify_gives_more(
    ai: list[tuple[float, float]], humans: float, per_human: float, weights: list[float]
) -> None:
    """Against any other split of the same limit, in random proportions, each model at most what it does."""
    used = verified(ai, humans, per_human, 0.0)
    assert math.fsum(used) <= per_human * humans * (1.0 + 1e-12)
    assert all(0.0 <= some <= amount * (1.0 + 1e-12) for some, (_, amount) in zip(used, ai, strict=True))
    other, left = [], per_human * humans
    for weight, (_, amount) in zip(weights, ai, strict=False):
        other.append(min(weight * left, amount))
        left -= other[-1]
    best, less = (
        joint_labour_nested(humans, [(s, work) for (s, _), work in zip(ai, some, strict=True)], -2.0)
        for some in (used, other)
    )
    assert best >= less * (1.0 - 1e-9)


def test_diminishing_returns() -> None:
    assert work_rate(600.0, 600.0, 0.4) == 600.0
    assert work_rate(2400.0, 600.0, 0.5) == pytest.approx(1200.0)
    assert work_rate(150.0, 600.0, 0.5) == pytest.approx(300.0)
    assert work_rate(2400.0, 0.0, 1.0) == 2400.0, "plain staff-years, whatever the base"
    assert work_rate(0.0, 600.0, 0.5) == work_rate(600.0, 0.0, 0.5) == 0.0
    with pytest.raises(ValueError, match="parallel_penalty"):
        work_rate(1.0, 1.0, 1.5)


@given(st.floats(0.1, 1e6), st.floats(1.0, 1e3), st.floats(0.05, 1.0), st.floats(1e3, 1e6), st.floats(0.01, 3.0))
def test_number_times_speed_is_work(
    copies: float, speed: float, generating: float, per_hour: float, quality: float
) -> None:
    each = worker_speed(speed, generating, per_hour, 40.0, quality)
    work = human_equivalents(copies * speed, per_hour, 40.0, quality)
    assert copies / generating * each == pytest.approx(work)


def test_speed_by_hand() -> None:
    # 50 tokens/s half of the time: 90,000 tokens an hour, 0.9 human-hours, in all of the 168 hours of a week.
    assert worker_speed(50.0, 0.5, 1e5, 40.0, 1.0) == pytest.approx(0.9 * 4.2)


def test_enough_by_hand() -> None:
    assert enough_for([(1.0, 300.0)]) == 300.0
    # Half of the job waits for a level since which 100 were done: no more than 200 can be done in all.
    assert enough_for([(1.0, 300.0), (0.5, 100.0)]) == 200.0
    assert enough_for([(1.0, 300.0), (0.2, 100.0)]) == 300.0
    assert enough_for([(1.0, 300.0), (0.5, 0.0)]) == 0.0
    assert enough_for([(0.0, 10.0)]) == math.inf


def can_do(job: float, work: list[float], needs: list[float]) -> bool:
    """Whether a job is done that consists of parts, part k only from interval k on; the latest parts come first."""
    parts = [job * (share - after) for share, after in pairwise([*needs, 0.0])]
    for interval, amount in enumerate(work):
        for part in range(interval, -1, -1):
            done = min(amount, parts[part])
            parts[part] -= done
            amount -= done
    return all(part <= 1e-9 * job for part in parts)


@given(st.lists(st.floats(0.01, 100.0), min_size=3, max_size=3), st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_enough_is_what_can_just_be_scheduled(work: list[float], one: float, other: float) -> None:
    needs = [1.0, max(one, other), min(one, other)]
    most = enough_for((share, sum(work[k:])) for k, share in enumerate(needs))
    assert can_do(most * 0.999, work, needs)
    assert not can_do(most * 1.001, work, needs)


def test_a_curve_of_risk() -> None:
    """R. Greenblatt's plans D, C, B and A (2025): lead in months against the risk that he sees."""
    curve = [(0.0, 0.45), (4.0, 0.20), (24.0, 0.13), (120.0, 0.07)]
    assert [risk_at(curve, at) for at, _ in curve] == [risk for _, risk in curve]
    assert risk_at(curve, 2.0) == pytest.approx(0.325)
    assert risk_at(curve, 72.0) == pytest.approx(0.10)
    assert (risk_at(curve, -1.0), risk_at(curve, 500.0)) == (0.45, 0.07)
    with pytest.raises(ValueError, match="one point"):
        risk_at([], 1.0)
