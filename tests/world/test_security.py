"""Security: slower diffusion and rarer thefts, by cases worked by hand."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from sim.base.keyed import unit_exponential
from sim.base.series import Series, fixed
from sim.model.draw import Draw
from sim.model.software import Theft
from sim.world.simulate import simulate
from tests.world.observe import events, tables
from tests.world.test_diffusion import copying, given, lagging, slow, world
from tests.world.test_intervention import pause, under
from tests.world.test_progress import YEAR, with_ai
from tests.world.worlds import busy

STILL = 1.0 + 1e-12
"""Growth of a lab that finds next to nothing itself."""


def still(name: str = "B") -> Any:
    """A follower of whose own research nothing comes."""
    law = dataclasses.replace(slow(name).software, training_growth=STILL, returns=0.0)
    return dataclasses.replace(slow(name), software=law)


def lagged(rate: float = math.log(4.0) / YEAR, lag: float = 100.0) -> Draw:
    """A's software grows at a rate; B has it 100 days later."""
    return world(given("A", math.exp(rate * YEAR)), still("B"), rules=(lagging(lag, sources=["A"]),), end=900.0)


def test_what_is_found_meanwhile_takes_longer_and_what_is_under_way_comes_as_it_would() -> None:
    """From day 300 to 500 the lag is 250 days, else 100. What is found on day 300 has come by day 400; nothing comes
    until day 550, then what is 250 days old; what is found on day 500 comes on day 600, and all before it."""
    record = under(lagged(), pause(binds=["A"], starts=300.0, lasts=200.0, slow_diffusion=2.5))
    leader, follower = record.training_efficiency["A"], record.training_efficiency["B"]
    for day, then in ((150.0, 50.0), (350.0, 250.0), (400.0, 300.0), (480.0, 300.0), (550.0, 300.0), (580.0, 330.0),
                      (599.0, 349.0), (600.0, 500.0), (700.0, 600.0)):  # fmt: skip
        assert follower.at(day) == pytest.approx(leader.at(then), rel=1e-8)
    told = [(event[0], event[1], event[3], event[4], event[5]) for event in events(record, "diffusion_slowed")]
    assert told == [(300.0, "A", "B", 250.0, "days"), (500.0, "A", "B", 100.0, "days")]
    jumps = [(e[0], e[6]["jump_x"]) for e in events(record, "software_diffusion") if "jump_x" in e[6]]
    assert jumps == [(600.0, pytest.approx(4.0 ** (151.0 / YEAR), rel=0.02))]


def test_it_is_eased_by_how_well_it_holds_and_the_strictest_counts() -> None:
    slower = [
        pause(name="a", binds=["A"], starts=300.0, slow_diffusion=4.0, holds=0.5),  # 250 days
        pause(name="b", binds=["A"], starts=350.0, lasts=100.0, slow_diffusion=2.0),  # 200 days: the other is stricter
        pause(name="c", binds=["A"], starts=400.0, lasts=10.0, slow_diffusion=3.0),  # 300 days
    ]
    told = [(event[0], event[4]) for event in events(under(lagged(), *slower), "diffusion_slowed")]
    assert told == [(300.0, 250.0), (400.0, 300.0), (410.0, 250.0)]


def test_a_leader_whose_software_follows_research_is_followed_so_too() -> None:
    base = world(with_ai("A"), still("B"), rules=(lagging(200.0, sources=["A"]),))
    record = under(base, pause(binds=["A"], starts=300.0, slow_diffusion=2.0))
    leader, follower = record.training_efficiency["A"], record.training_efficiency["B"]
    for day in range(250, 1460, 9):
        then = day - 200.0 if day <= 500.0 else max(300.0, day - 400.0)
        assert follower.at(day) == pytest.approx(leader.at(then), rel=1e-8)


def test_a_fraction_is_smaller_while_it_lasts() -> None:
    """A quarter in place of half of A's rate for 200 of 800 days."""
    rate = math.log(8.0) / YEAR
    base = world(given("A", 8.0), still("B"), rules=(copying(0.5, sources=["A"]),), end=900.0)
    record = under(base, pause(binds=["A"], starts=300.0, lasts=200.0, slow_diffusion=2.0))
    law = record.training_efficiency["B"]
    assert law.at(300.0) == pytest.approx(math.exp(150.0 * rate), rel=1e-8)
    assert law.at(800.0) == pytest.approx(math.exp((300.0 + 50.0) * rate), rel=1e-8)
    assert [event[4] for event in events(record, "diffusion_slowed")] == [0.25, 0.5]


def test_thefts_are_rarer() -> None:
    """2 a year; from day 100 on at 30%. The theft comes when the integrated rate reaches its stream's exponential."""
    theft = Theft(name="raid", thief="B", victim="A", what="software", rate=fixed(0.7))
    base = world(given("A", 8.0), slow("B"), thefts=(theft,), end=5000.0)
    due = unit_exponential(base.seed, base.draw, "theft/raid", 0)
    plain = events(simulate(base), "software_stolen")[0][0]
    assert plain == pytest.approx(due / 0.7 * YEAR)
    since = plain / 2.0
    record = under(base, pause(binds=["A"], starts=since, slow_thefts=0.3))
    assert events(record, "software_stolen")[0][0] == pytest.approx(since + (plain - since) / 0.3)
    half = under(base, pause(binds=["A"], starts=since, slow_thefts=0.3, holds=0.5))
    assert events(half, "software_stolen")[0][0] == pytest.approx(since + (plain - since) / 0.65)
    none = under(base, pause(binds=["A"], starts=since, lasts=500.0, slow_thefts=0.0))
    assert events(none, "software_stolen")[0][0] == pytest.approx(plain + 500.0)
    assert [(e[0], e[1], e[3], e[4]) for e in events(none, "thefts_slowed")] == [
        (pytest.approx(since), "A", "raid", 0.0), (pytest.approx(since + 500.0), "A", "raid", 1.0),
    ]  # fmt: skip
    other = under(base, pause(binds=["B"], starts=since, slow_thefts=0.0))
    assert events(other, "software_stolen")[0][0] == plain


def test_a_dated_rate_of_thefts_is_scaled() -> None:
    theft = Theft(name="raid", thief="B", victim="A", what="software", rate=Series(((0.0, 0.0), (100.0, 2.0))))
    base = world(given("A", 8.0), slow("B"), thefts=(theft,), end=5000.0)
    due = unit_exponential(base.seed, base.draw, "theft/raid", 0)
    record = under(base, pause(starts=50.0, slow_thefts=0.5))
    assert events(record, "software_stolen")[0][0] == pytest.approx(100.0 + due * YEAR)


@pytest.mark.parametrize("values", [{"slow_diffusion": 1.0}, {"slow_thefts": 1.0}, {"slow_diffusion": 9.0, "holds": 0}])
def test_no_security_changes_no_byte_but_its_own_rows(values: dict[str, Any]) -> None:
    theft = Theft(name="raid", thief="B", victim="A", what="software", rate=fixed(0.5))
    researched = world(with_ai("A"), slow("B"), rules=(lagging(200.0),), thefts=(theft,))
    for base in (researched, busy()):
        plain, text = tables(simulate(base)), tables(under(base, pause(starts=100.0, **values)))
        lines = [line for line in text.pop("events").splitlines() if "/pause/" not in line]
        assert lines == plain["events"].splitlines()
        assert text == {name: value for name, value in plain.items() if name != "events"}


def test_labs_that_learn_from_others_are_as_they_were() -> None:
    """C learns from D; that A keeps its secrets from B changes nothing there."""
    base = world(given("A", 8.0), slow("B"), slow("C"), given("D", 6.0),
                 rules=(lagging(100.0, sources=["A"], receivers=["B"]),
                        lagging(100.0, sources=["D"], receivers=["C"])))  # fmt: skip
    plain, record = simulate(base), under(base, pause(binds=["A"], starts=50.0, slow_diffusion=3.0))
    assert record.training_efficiency["C"] == plain.training_efficiency["C"]
    assert record.training_efficiency["B"] != plain.training_efficiency["B"]


def test_a_standstill_of_all_is_not_counted_as_time_on_the_way() -> None:
    base = lagged()
    slower = pause(name="b", binds=["A"], starts=300.0, lasts=100.0, slow_diffusion=2.5)
    stands = pause(name="a", starts=320.0, lasts=40.0, stops=["everything"])
    record = under(base, slower, stands)
    alone = under(base, dataclasses.replace(slower, lasts=60.0))
    for day in (330.0, 400.0, 500.0, 560.0, 700.0):
        own = day if day <= 320.0 else max(320.0, day - 40.0)
        assert record.training_efficiency["B"].at(day) == pytest.approx(
            alone.training_efficiency["B"].at(own), rel=1e-9
        )


def test_security_that_begins_while_everything_stands_still_is_as_if_it_had_begun_when_that_did() -> None:
    """What was under way comes 60 of the labs' own days later; then nothing for 120, as each finding now takes 180."""
    base = world(given("A", 4.0), slow("B", returns=0.0), rules=(lagging(60.0, sources=["A"], receivers=["B"]),))
    stop = pause(name="stop", stops=["everything"], starts=100.0, lasts=100.0)
    record = under(base, stop, pause(name="secure", binds=["A"], starts=150.0, slow_diffusion=3.0))
    law = record.training_efficiency["B"]
    last = 4.0 ** (100.0 / YEAR)  # found on the first day of the standstill; it comes on day 260
    assert law.at(240.0) == pytest.approx(4.0 ** (80.0 / YEAR), rel=1e-7)
    for day in (260.0, 300.0, 340.0):
        assert law.at(day) == pytest.approx(last * 1.2 ** ((day - 260.0) / YEAR), rel=1e-7)


def test_of_two_leaders_who_are_level_the_one_counts_from_whom_most_comes() -> None:
    """A and C find the same; A lets out a quarter of it, C a half."""
    rate = math.log(8.0) / YEAR
    base = world(given("A", 8.0), still("B"), given("C", 8.0), rules=(copying(0.5, receivers=["B"]),), end=900.0)
    for bound in ("A", "C"):
        record = under(base, pause(binds=[bound], slow_diffusion=2.0))
        assert record.training_efficiency["B"].at(800.0) == pytest.approx(math.exp(400.0 * rate), rel=1e-8)
