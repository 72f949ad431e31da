"""An elastic run whose later phase takes fewer accelerators, under a cap: by cases worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from sim.world.record import RunRecord
from tests.world.build import draw, lab, phase, run
from tests.world.observe import FLOP_PER_DAY, assert_sound, events, log, only
from tests.world.test_intervention import pause, under

PHASES = [phase("pretraining", flop_share=0.8), phase("post-training", flop_share=0.2, accelerators_share=0.25)]


def capped(cap: float, since: float, **size: Any) -> RunRecord:
    """From day 10 on it has 500 H100, in its second phase 125. cap: in H100-days."""
    world = draw(lab(use={"training": 0.5, "experiments": 0.5},
                     runs=[run("R", starts=10.0, elastic=True, phases=PHASES, **size)]), end=300.0)  # fmt: skip
    record = under(world, pause(starts=since, cap_run_flop=cap * FLOP_PER_DAY))
    assert_sound(record)
    return record


@pytest.mark.parametrize("cap", [18_751.0, 20_000.0, 28_000.0])
def test_a_cap_above_what_it_will_have_does_not_cut_it(cap: float) -> None:
    """Of 60 days 30 are with 500 and 30 with 125: 18,750 H100-days, also as the second phase begins."""
    record = capped(cap, 5.0, length_days=60.0)
    assert not events(record, "run_cut")
    assert log(record, "R").flop == pytest.approx(18_750.0 * FLOP_PER_DAY)
    assert log(record, "R").phases == [
        ("pretraining", 10.0, 40.0, {"H100": 500.0}), ("post-training", 40.0, 70.0, {"H100": 125.0})
    ]  # fmt: skip


def test_one_that_is_cut_in_its_second_phase_knows_how_long_it_goes_on() -> None:
    """24,000 of 30,000 take 48 days with 500, the rest 48 with 125. On day 60 it has 24,250: 750 more are 6 days."""
    record = capped(25_000.0, 60.0, flop=30_000.0 * FLOP_PER_DAY)
    assert only(events(record, "run_cut"))[6]["training_days_left"] == pytest.approx(6.0)
    assert log(record, "R").finished == pytest.approx(66.0)
