"""Kaplan-Meier against hand-worked tables, one of them published, and against plain quantiles where all closed."""

from __future__ import annotations

import numpy as np
import pytest

from sim.ensemble.survival import kaplan_meier

# Weeks of remission of 21 children on 6-mercaptopurine; + is still in remission (Freireich et al. 1963, the data of
# Cox 1972). The shares are those in every textbook.
LEUKAEMIA = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PUBLISHED = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
STANDARD_ERRORS = {6: 0.076, 7: 0.087, 10: 0.096, 13: 0.107, 16: 0.114, 22: 0.128, 23: 0.135}


def of(text: str):  # type: ignore[no-untyped-def]
    words = text.split()
    lengths = np.array([float(word.rstrip("+")) for word in words])
    return kaplan_meier(lengths, np.array([not word.endswith("+") for word in words]))


def test_the_published_remission_times() -> None:
    found = of(LEUKAEMIA)
    assert dict(zip(found.times, np.round(found.share, 3), strict=True)) == PUBLISHED
    assert found.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6] and found.closed.tolist() == [3, 1, 1, 1, 1, 1, 1]
    errors = found.share * np.sqrt(found.sum_of)
    assert dict(zip(found.times, np.round(errors, 3), strict=True)) == STANDARD_ERRORS
    assert found.quantile(0.5) == 23.0 and found.quantile(0.25) == 13.0
    assert found.quantile(0.9) is None  # more than a tenth has not ended in any length seen
    assert found.open_share == pytest.approx(12 / 21)


def test_a_table_worked_by_hand() -> None:
    """5 windows: 10 closed, 20 open, 30 closed, 30 open, 40 closed: 4/5, then 4/5 · 2/3, then 0."""
    found = of("40 30+ 10 30 20+")
    assert found.times.tolist() == [10.0, 30.0, 40.0]
    assert found.at_risk.tolist() == [5, 3, 1]
    assert found.share == pytest.approx([4 / 5, 8 / 15, 0.0])
    assert found.sum_of[:2] == pytest.approx([1 / 20, 1 / 20 + 1 / 6])
    assert found.quantile(0.2) == 10.0  # a share of exactly 4/5 is reached
    assert found.quantile(0.5) == 40.0
    # At 30 the share is 8/15, less one Greenwood error 8/15 · sqrt(13/60) = 0.248 it is below a half; at 10 it is not.
    assert found.interval(0.5) == (30.0, 40.0)


def test_without_open_ones_it_is_the_plain_quantile() -> None:
    lengths = np.random.default_rng(1).exponential(100.0, 501)
    found = kaplan_meier(lengths, np.ones(501, dtype=bool))
    for q in (0.05, 0.5, 0.95):
        assert found.quantile(q) == np.quantile(lengths, q, method="inverted_cdf")
    low, high = found.interval(0.5)
    assert low is not None and high is not None
    ranks = np.searchsorted(np.sort(lengths), [low, high])
    assert ranks - 250 == pytest.approx([-(501**0.5) / 2, 501**0.5 / 2], abs=1.5)  # ± sqrt(n q (1 − q)) in rank


def test_nothing_closed_and_nothing_observed() -> None:
    found = of("5+ 7+")
    assert found.quantile(0.5) is None and found.open_share == 1.0
    assert kaplan_meier(np.array([]), np.array([], dtype=bool)).quantile(0.5) is None
    with pytest.raises(ValueError, match="2 lengths, but 1"):
        kaplan_meier(np.array([1.0, 2.0]), np.array([True]))
