"""Where a number stands among others in order, against Python's `bisect`."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from hypothesis import given
from hypothesis import strategies as st

from sim.base.places import below, up_to

NUMBERS = st.integers(-4, 4).map(float)


@given(st.lists(NUMBERS).map(sorted), NUMBERS)
def test_as_bisect(numbers: list[float], limit: float) -> None:
    assert below(numbers, limit) == bisect_left(numbers, limit)
    assert up_to(numbers, limit) == bisect_right(numbers, limit)
