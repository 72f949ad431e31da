"""Branches in the kernel: nothing before the day is another, what is random after it has no memory."""

from __future__ import annotations

import dataclasses
import math

import pytest

from sim.base.series import Series
from sim.base.units import DAYS_PER_YEAR
from sim.model.draw import Branch, Draw
from sim.model.intervention import Breaks
from sim.model.level import Hazard
from sim.world.simulate import simulate
from tests.world.build import draw, lab
from tests.world.observe import days
from tests.world.test_deals import EMPTY, pause, under

DAY = 200.0
WORLDS = 300


def branched(world: Draw, key: str) -> Draw:
    return dataclasses.replace(world, branch=Branch(DAY, key))


def shares_as_expected(waits: list[float], rate: float) -> None:
    """The share that is over within t years is 1 − e^(−rate·t), within 4 standard deviations."""
    for years in (0.1, 0.5, 1.0):
        expected = 1.0 - math.exp(-rate * years)
        found = sum(wait <= years * DAYS_PER_YEAR for wait in waits) / len(waits)
        assert abs(found - expected) <= 4.0 * math.sqrt(expected * (1.0 - expected) / len(waits))


def test_hazards_keep_their_past_and_wait_anew() -> None:
    """At 12 a year until day 150, none until day 220, then 2 a year: the first comes exponentially after day 220."""
    rate = Series(((0.0, 12.0), (150.0, 0.0), (220.0, 2.0)))
    plain = draw(lab(compute=[]), end=2000.0, hazards={"fire": Hazard(name="fire", rate=rate)})
    before = [day for day in days(simulate(plain), "hazard") if day < DAY]
    assert len(before) > 1
    found = [days(simulate(branched(plain, str(key))), "hazard") for key in range(WORLDS)]
    assert all(line[: len(before)] == before for line in found)
    waits = [line[len(before)] - 220.0 for line in found]
    assert min(waits) > 0.0 and len(set(waits)) == WORLDS
    shares_as_expected(waits, 2.0)
    assert days(simulate(branched(plain, "7")), "hazard") == found[7]


def test_a_deal_in_force_breaks_by_the_same_law_from_the_day_on() -> None:
    """Of a deal that began at day 100 and still holds at day 200; one that broke before stays broken."""
    deal = pause(name="deal", starts=100.0, stops=["training"], breaks=Breaks(rate=1.5))
    ends = {}
    for number in range(40):
        ((_, _, ends[number], _),) = under(dataclasses.replace(EMPTY, draw=number), deal).interventions
    held = next(number for number, day in ends.items() if day is None or day > DAY)
    over = next(number for number, day in ends.items() if day is not None and day < DAY)
    world = dataclasses.replace(EMPTY, draw=held)
    lives = [under(branched(world, str(key)), deal).interventions[0][2] for key in range(WORLDS)]
    waits = [math.inf if day is None else day - DAY for day in lives]
    assert min(waits) > 0.0
    shares_as_expected(waits, 1.5)
    again = under(branched(dataclasses.replace(EMPTY, draw=over), "x"), deal).interventions
    assert again[0][2] == ends[over]


def test_a_run_until_a_day_is_what_is_past_then() -> None:
    rate = Series(((0.0, 6.0),))
    world = draw(lab(compute=[]), end=2000.0, hazards={"fire": Hazard(name="fire", rate=rate)})
    whole, part = simulate(world), simulate(world, past=DAY)
    assert part.end == DAY and [event for event in whole.events if event[0] < DAY] == part.events
    assert part.expected == {"hazard/fire": pytest.approx(6.0 * DAY / DAYS_PER_YEAR)}
    assert simulate(branched(world, "x"), past=DAY).events == part.events
