"""Minimum shares that rise in steps, worked by hand."""

from __future__ import annotations

import pytest

from tests.world.build import run, stock
from tests.world.observe import assert_sound, days, events, held, only
from tests.world.test_intervention import pause, under, yearly
from tests.world.test_shift_to_alignment import USE, world


def test_a_minimum_share_rises_in_ten_steps_from_one_to_the_other() -> None:
    """5% on day 10, and 2% of 1000 H100 more every ten days, until it is 25% on day 110."""
    use = {**USE, "experiments": USE["experiments"] + USE["alignment"], "alignment": 0.0}
    rise = pause(starts=10.0, minimum_shares={"alignment": 0.25}, minimum_shares_from={"alignment": 0.05},
                 minimum_shares_over=100.0)  # fmt: skip
    record = under(world(use=use), rise)
    assert_sound(record)
    for k in range(11):
        assert held(record, "alignment", 10.0 * k + 10.0) == pytest.approx(50.0 + 20.0 * k)
        assert held(record, "alignment", 10.0 * k + 19.9) == pytest.approx(50.0 + 20.0 * min(k, 10))
    assert days(record, "minimum_shares_raised") == [10.0 * k + 10.0 for k in range(1, 11)]
    assert held(record, "alignment", 900.0) == pytest.approx(250.0)
    over = under(world(use=use), pause(lasts=45.0, **{name: getattr(rise, name) for name in (
        "starts", "minimum_shares", "minimum_shares_from", "minimum_shares_over")}))  # fmt: skip
    assert len(days(over, "minimum_shares_raised")) == 4 and held(over, "alignment", 56.0) == 0.0


def test_a_run_that_has_too_much_when_they_rise_is_suspended() -> None:
    """It holds 400 of 1000 when serving rises from 50% to 70%: at the step to 62% on day 90 there are 380 left."""
    base = yearly(runs=[run("M", starts=20.0, share=0.4, length_days=300.0)], compute=[stock(1000.0)])
    rise = pause(starts=30.0, minimum_shares={"serving": 0.7}, minimum_shares_from={"serving": 0.5},
                 minimum_shares_over=100.0)  # fmt: skip
    record = under(base, rise)
    suspended = only(events(record, "run_suspended"))
    assert suspended[0] == 90.0 and record.events[suspended[7][0]][2] == "minimum_shares_raised"
