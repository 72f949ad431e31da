"""Ranks of censored values against hand-worked tables and plain ranks."""

from __future__ import annotations

import numpy as np
import pytest

from sim.ensemble.expected_ranks import expected_ranks


def test_without_open_ones_they_are_plain_ranks_with_ties_in_the_middle() -> None:
    assert expected_ranks(np.array([3.0, 1.0, 3.0, 9.0])) == pytest.approx([0.5, 0.125, 0.5, 0.875])


def test_what_is_not_reached_by_a_common_end_is_tied_at_the_top() -> None:
    values, open_ = np.array([2.0, 5.0, 1.0, 5.0]), np.array([False, True, False, True])
    assert expected_ranks(values, open_) == pytest.approx([0.375, 0.75, 0.125, 0.75])


def test_a_hand_worked_table() -> None:
    # At 1: 5 at risk, 1 closes: S = 4/5. At 2 one is open. At 3: 3 at risk, 1 closes: S = 8/15. At 4 one is open,
    # at 6 the last one closes: S = 0. Closed: 1 - (S before + S after)/2. Open: 1 - S/2.
    values, open_ = np.array([6.0, 4.0, 3.0, 2.0, 1.0]), np.array([False, True, False, True, False])
    assert expected_ranks(values, open_) == pytest.approx([1 - 4 / 15, 1 - 4 / 15, 1 - 2 / 3, 1 - 2 / 5, 0.1])


def test_they_are_on_average_a_half() -> None:
    chance = np.random.default_rng(3)
    values, open_ = np.round(chance.exponential(size=500), 1), chance.random(500) < 0.3
    open_[np.argmax(values)] = False
    assert expected_ranks(values, open_).mean() == pytest.approx(0.5, abs=1e-12)
