"""Shares to read."""

from __future__ import annotations

import pytest

from sim.tables.percent import percent


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0%"), (1.0, "100%"), (0.37, "37%"), (0.01, "1%"), (0.99, "99%"), (0.003, "0.3%"), (0.997, "99.7%"),
        (0.0025, "0.25%"), (0.99975, "99.975%"), (1e-6, "0.0001%"), (0.0099, "0.99%"), (1.0 - 1e-6, "99.9999%"),
    ],
)  # fmt: skip
def test_a_share_is_told_from_none_and_all(share: float, text: str) -> None:
    assert percent(share) == text
