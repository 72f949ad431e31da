"""Effective FLOP against hand-worked sums."""

from __future__ import annotations

import pytest

from sim.physics.capability import effective_flop


def test_each_phase_counts_at_its_own_efficiency_and_the_gain_on_all() -> None:
    # 3 x (1e26 x 2 + 5e25 x 4) = 1.2e27.
    assert effective_flop([(1e26, 2.0), (5e25, 4.0)], gain=3.0) == pytest.approx(1.2e27, rel=1e-12)


def test_without_gain_or_progress_effective_is_physical() -> None:
    assert effective_flop([(1e26, 1.0), (2e26, 1.0)]) == pytest.approx(3e26, rel=1e-12)


def test_a_later_post_training_replaces_the_gain_of_the_one_before() -> None:
    base = [(1e26, 1.0)]
    first = effective_flop([*base, (1e25, 2.0)], gain=5.0)
    second = effective_flop([*base, (1e25, 3.0)], gain=6.0)
    # 5 x 1.2e26 = 6e26, then 6 x 1.3e26 = 7.8e26, not 5 x 6 x anything.
    assert (first, second) == pytest.approx((6e26, 7.8e26), rel=1e-12)


def test_phases_may_be_any_iterable_and_the_order_does_not_change_a_bit() -> None:
    phases = [(0.1, 1.0), (0.2, 1.0), (0.3, 1.0)]  # a plain sum gives 0.6000000000000001 one way, 0.6 the other
    assert effective_flop(iter(phases)) == effective_flop(phases[::-1])


def test_no_phase_and_no_flop_are_nothing() -> None:
    assert effective_flop([]) == 0.0
    assert effective_flop([(0.0, 2.0)]) == 0.0


@pytest.mark.parametrize(
    ("phases", "gain", "message"),
    [
        ([(-1.0, 1.0)], 1.0, "FLOP of a phase must be 0 or more"),
        ([(1e26, 0.0)], 1.0, "training efficiency of a phase must be positive"),
        ([(1e26, 1.0)], 0.0, "gain must be positive"),
    ],
)
def test_bad_input_is_refused(phases: list[tuple[float, float]], gain: float, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        effective_flop(phases, gain)
