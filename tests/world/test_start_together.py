"""Interventions that start at one instant take effect together: what they are called does not matter."""

from __future__ import annotations

from typing import Any

import pytest

from tests.world.build import draw, lab, run
from tests.world.observe import FLOP_PER_DAY, assert_sound, days, events, log, only
from tests.world.test_intervention import pause, under

NAMES = pytest.mark.parametrize("names", ["ab", "ba"])


def both(names: str, one: dict[str, Any], other: dict[str, Any]) -> Any:
    """A run of 500 H100 for 60 days from day 20 on: 30,000 H100-days, of which 5,000 are done on day 30."""
    world = draw(
        lab(use={"training": 0.5, "experiments": 0.5}, runs=[run("R", starts=20.0, share=0.5, length_days=60.0)]),
        end=300.0,
    )
    record = under(world, *(pause(name=name, starts=30.0, lasts=20.0, **values)
                            for name, values in zip(names, (one, other), strict=True)))  # fmt: skip
    assert_sound(record)
    return record


@NAMES
def test_the_harshest_word_wins_of_two_that_interrupt_a_run(names: str) -> None:
    """Each alone would: one leaves training 250 accelerators and gives up what it interrupts, the other stops it."""
    record = both(names, {"continues": {"training": 0.5}, "suspended": "destroy"}, {"stops": ["training"]})
    assert days(record, "run_suspended") == days(record, "run_given_up") == [30.0]
    causes = {record.events[cause][2:4] for cause in only(events(record, "run_given_up"))[7]}
    assert causes == {("suspended", "b")}


@NAMES
def test_a_run_waits_if_one_of_two_caps_lets_it_wait(names: str) -> None:
    """Alone the cap of 20,000 lets it wait and that of 10,000 would cut it: it waits, and is as large afterwards."""
    caps = ({"cap_run_flop": 10_000.0 * FLOP_PER_DAY}, {"cap_run_flop": 20_000.0 * FLOP_PER_DAY, "over_cap": "wait"})
    record = both(names, *caps)
    assert days(record, "run_suspended") == [30.0] and days(record, "run_resumed") == [50.0]
    assert not events(record, "run_cut")
    assert (log(record, "R").finished, log(record, "R").flop) == (100.0, pytest.approx(30_000.0 * FLOP_PER_DAY))


@NAMES
def test_the_least_that_two_leave_counts_once(names: str) -> None:
    """Half of the way from 10,000 to 30,000 is 20,000; 15,000 is less: it is cut once, to that, by the second."""
    caps = ({"cap_run_flop": 10_000.0 * FLOP_PER_DAY, "holds": 0.5}, {"cap_run_flop": 15_000.0 * FLOP_PER_DAY})
    record = both(names, *caps)
    cut = only(events(record, "run_cut"))
    assert (cut[0], cut[4], cut[6]["planned_flop"]) == pytest.approx(
        (30.0, 15_000.0 * FLOP_PER_DAY, 30_000.0 * FLOP_PER_DAY)
    )
    assert cut[6]["interventions"] == [names[1]]
    assert log(record, "R").finished == pytest.approx(50.0)
