"""What is found in software reaches others: by a lag, a fraction of the speed, or theft; and weights that are open."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim.base.keyed import unit_exponential
from sim.base.series import Series, fixed
from sim.model.draw import Draw
from sim.model.lab import Lab
from sim.model.shock import Shock
from sim.model.software import Diffusion, Software, Theft
from sim.world import simulate
from tests.world.build import draw, existing, lab, run
from tests.world.test_progress import YEAR, events, people, software, with_ai


def given(name: str, law: float | Series) -> Lab:
    """A lab whose efficiency is stated."""
    mine = Software(training_growth=law) if isinstance(law, float) else Software(training_efficiency=law)
    return lab(name, software=mine)


def world(*labs: Lab, rules: tuple[Diffusion, ...] = (), thefts: tuple[Theft, ...] = (), **values: Any) -> Draw:
    result = draw(*labs, **{"end": 4 * YEAR, **values})
    result.diffusion, result.thefts = list(rules), {theft.name: theft for theft in thefts}
    return result


def lagging(days: float, **values: Any) -> Diffusion:
    return Diffusion(lag_days=days, how="published", **values)


def copying(fraction: float, **values: Any) -> Diffusion:
    return Diffusion(fraction=fraction, how="published", **values)


def slow(name: str = "B", **changes: Any) -> Lab:
    return people(name, software=software(training_growth=1.2, **changes))


def test_a_follower_is_never_further_behind_than_the_lag() -> None:
    record = simulate(world(with_ai("A"), slow("B"), rules=(lagging(200.0),)))
    leader, follower = record.training_efficiency["A"], record.training_efficiency["B"]
    begins = events(record, "software_diffusion", "B")
    assert [event[6]["follows"] for event in begins] == ["A"] and begins[0][0] > 200.0
    for day in range(201, 1460, 7):
        assert follower.at(day) >= leader.at(day - 200.0) * (1.0 - 1e-9)
        if day > begins[0][0]:
            assert follower.at(day) == pytest.approx(leader.at(day - 200.0), rel=1e-9)
    # Before it is reached it goes its own way: beta 0.25, people alone.
    own = (1.0 + 0.25 * math.log(1.2) * 0.5) ** 4.0
    assert follower.at(YEAR / 2) == pytest.approx(own)


def test_a_lag_that_is_longer_than_the_run_changes_no_bit() -> None:
    without, with_it = (simulate(world(with_ai("A"), slow("B"), rules=rules)) for rules in ((), (lagging(9000.0),)))
    assert with_it.events == without.events
    assert with_it.training_efficiency == without.training_efficiency


def test_a_step_of_a_follower_goes_back_to_the_leader() -> None:
    record = simulate(world(with_ai("A"), slow("B"), rules=(lagging(200.0),)))
    begins = events(record, "software_diffusion", "B")[0][0]
    for event in events(record, "software_step", "B"):
        causes = [record.events[cause] for cause in event[7]]
        theirs = [cause for cause in causes if cause[1] == "A"]
        assert bool(theirs) == (event[0] > begins)
        if theirs:
            assert event[6]["follows"] == "A"
            assert 200.0 - 1e-6 <= event[0] - theirs[-1][0] < 300.0


def test_without_a_lag_efficiencies_are_equal() -> None:
    record = simulate(world(with_ai("A"), slow("B"), rules=(lagging(0.0, sources=["A"], receivers=["B"]),)))
    leader, follower = record.training_efficiency["A"], record.training_efficiency["B"]
    for day in range(0, 1460, 11):
        assert follower.at(day) == pytest.approx(leader.at(day), rel=1e-12)
        assert record.inference_efficiency["B"].at(day) == pytest.approx(leader.at(day), rel=1e-12)


def test_a_given_leader_is_followed_too() -> None:
    record = simulate(world(given("A", 9.0), slow("B"), rules=(lagging(365.25),)))
    assert record.training_efficiency["B"].at(3.5 * YEAR) == pytest.approx(9.0**2.5)


def test_nobody_learns_from_one_who_is_behind() -> None:
    alone = simulate(world(with_ai("A"), end=700.0))
    record = simulate(world(with_ai("A"), slow("B"), rules=(lagging(10.0, sources=["B"], receivers=["A"]),), end=700.0))
    assert events(record, "software_diffusion") == []
    for day in (100.0, 650.0):
        mine, other = (found.training_efficiency["A"].at(day) for found in (record, alone))
        assert mine == pytest.approx(other, rel=1e-4)


@pytest.mark.parametrize("beta", [0.0, 0.25, 1.0])
def test_a_fraction_of_the_leaders_speed(beta: float) -> None:
    record = simulate(world(given("A", 8.0), slow("B", returns=beta), rules=(copying(0.5),)))
    c, g0 = 0.5 * math.log(8.0), math.log(1.2)
    for years in (0.5, 2.0, 3.9):
        if beta:
            expected = ((1.0 + g0 / c) * math.exp(beta * c * years) - g0 / c) ** (1.0 / beta)
        else:
            expected = math.exp((g0 + c) * years)
        assert record.training_efficiency["B"].at(years * YEAR) == pytest.approx(expected, rel=1e-8)


def test_what_comes_at_once_may_be_many_steps() -> None:
    item = people("B", software=software(training_growth=1.2, feedback_from=100.0, returns=0.0))
    record = simulate(world(given("A", 60.0), item, rules=(lagging(0.0),), end=400.0))
    happened = [event[0] for event in record.events]
    assert happened == sorted(happened)
    laws = record.training_efficiency
    assert laws["B"].at(99.0) == pytest.approx(1.2 ** (99.0 / YEAR))
    for day in (100.0, 101.0, 250.0, 399.0):
        assert laws["B"].at(day) == pytest.approx(laws["A"].at(day))
    steps = [event[4] for event in events(record, "software_step", "B")]
    assert len(steps) > 20 and steps == sorted(steps)


@pytest.mark.parametrize(("leads", "own", "fraction"), [(4.0, 1.2, 0.5), (60.0, 1.2, 0.9), (20.0, 1.05, 0.9)])
def test_a_fraction_of_the_speed_of_a_leader_that_slows(leads: float, own: float, fraction: float) -> None:
    # beta 1: the leader is at s = 1 + g·t, so dA/dt = g0 + f·g/s·A, with A = s^f·(1 + g0/g/(1-f)·(s^(1-f) - 1)).
    leader, follower = (people(name, software=software(training_growth=x, returns=1.0))
                        for name, x in (("A", leads), ("B", own)))  # fmt: skip
    rules = (copying(fraction, sources=["A"], receivers=["B"]),)
    law = simulate(world(leader, follower, rules=rules)).training_efficiency["B"]
    g, g0 = math.log(leads), math.log(own)
    for years in (0.5, 2.0, 3.9):
        s = 1.0 + g * years
        expected = s**fraction * (1.0 + g0 / g / (1.0 - fraction) * (s ** (1.0 - fraction) - 1.0))
        assert law.at(years * YEAR) == pytest.approx(expected, rel=5e-3)  # what is promised of levels


@pytest.mark.parametrize("growth", [(6.521, 2.6), (3.781, 1.4), (9.5, 2.0)])
def test_two_that_are_level_and_part_go_on(growth: tuple[float, float]) -> None:
    labs = [people(name, software=software(training_growth=x, returns=1.0))
            for name, x in zip("AB", growth, strict=True)]  # fmt: skip
    record = simulate(world(*labs, rules=(copying(0.5),)))
    laws = record.training_efficiency
    assert laws["A"].at(1400.0) == pytest.approx(1.0 + math.log(growth[0]) * 1400.0 / YEAR, rel=5e-3)
    assert 1.0 < laws["B"].at(1400.0) <= laws["A"].at(1400.0)
    assert events(record, "software_explosion") == []


def test_when_the_leader_stops_there_is_nothing_to_copy() -> None:
    leader = given("A", Series(((-500.0, 50.0), (400.0, 60.0), (400.5, 60.0)), exponential=True))
    record = simulate(world(leader, slow("B", returns=0.0), rules=(copying(0.5),), end=800.0))
    law = record.training_efficiency["B"]
    own, c = math.log(1.2) / YEAR, 0.5 * math.log(60.0 / 50.0) / 900.0
    assert law.rate_at(200.0) == pytest.approx(own + c)
    assert law.rate_at(600.0) == pytest.approx(own)
    assert law.at(800.0) == pytest.approx(math.exp(own * 800.0 + c * 400.0))


def test_nothing_comes_from_a_leader_whose_software_gets_worse() -> None:
    leader = given("A", Series(((0.0, 50.0), (400.0, 10.0), (800.0, 20.0)), exponential=True))
    record = simulate(world(leader, slow("B", returns=0.0), rules=(copying(0.5),), end=800.0))
    law = record.training_efficiency["B"]
    own, c = math.log(1.2) / YEAR, 0.5 * math.log(2.0) / 400.0
    assert law.at(400.0) == pytest.approx(math.exp(own * 400.0))
    assert law.at(800.0) == pytest.approx(math.exp(own * 800.0 + c * 400.0))


def test_who_has_drawn_level_moves_with_the_leader() -> None:
    # Its own 2.5 times a year and 80% of the leader's 4 are more than 4: it draws level, and then keeps level.
    item = people("B", software=software(training_growth=2.5, returns=0.0))
    record = simulate(world(given("A", Series(((0.0, 3.0),), growth_per_day=math.log(4.0) / YEAR)), item,
                            rules=(copying(0.8),)))  # fmt: skip
    law, leader = record.training_efficiency["B"], record.training_efficiency["A"]
    level = math.log(3.0) / (math.log(2.5) - 0.2 * math.log(4.0))  # years until the gap is closed
    assert [event[6].get("follows") for event in events(record, "software_diffusion", "B")] == [None, "A"]
    assert events(record, "software_diffusion", "B")[1][0] == pytest.approx(level * YEAR, rel=1e-6)
    assert law.at(level * YEAR - 10.0) < leader.at(level * YEAR - 10.0)
    for years in (level + 0.01, 3.0, 3.9):
        assert law.at(years * YEAR) == pytest.approx(leader.at(years * YEAR), rel=1e-7)


def test_two_that_copy_each_other_do_not_lift_each_other() -> None:
    alone = simulate(world(with_ai("A"), end=900.0)).training_efficiency["A"]
    record = simulate(world(with_ai("A"), slow("B"), rules=(copying(1.0),), end=900.0))
    for day in (100.0, 500.0, 899.0):
        for name in "AB":
            assert record.training_efficiency[name].at(day) == pytest.approx(alone.at(day), rel=1e-4)


# Thefts and open weights


def test_a_jump_of_the_leader_by_several_steps_comes_as_one() -> None:
    """Twice the efficiency on day 300, seven steps of 10%, reaches B on day 400; then it goes on at A's rate."""
    jump = Shock(name="eureka", on=300.0, training_efficiency=2.0, binds=["A"])
    base = world(with_ai("A"), slow("B"), rules=(lagging(100.0, sources=["A"]),), end=600.0)
    base.shocks = {"eureka": jump}
    record = simulate(base)
    leader, follower = record.training_efficiency["A"], record.training_efficiency["B"]
    assert leader.at(300.0) == pytest.approx(2.0 * leader.at(299.999), rel=1e-3)
    for day in (350.0, 399.0, 400.0, 401.0, 450.0, 599.0):
        assert follower.at(day) == pytest.approx(leader.at(day - 100.0), rel=1e-8)
    days = [event[0] for event in record.events]
    assert days == sorted(days)


def test_stolen_software() -> None:
    theft = Theft(name="heist", thief="B", victim="A", what="software", on=500.0)
    record = simulate(world(with_ai("A"), slow("B"), thefts=(theft,)))
    leader, thief = record.training_efficiency["A"], record.training_efficiency["B"]
    assert thief.at(500.0) == leader.at(500.0)
    assert thief.before(500.0) < 1.5
    told = events(record, "software_stolen")
    assert [(event[0], event[1], event[3]) for event in told] == [(500.0, "B", "heist")]
    assert record.events[told[0][7][0]][1] == "A"
    # From there on it goes its own way, at what is left of its speed: A^−0.25 of it.
    assert thief.rate_at(500.0) == pytest.approx(math.log(1.2) / YEAR * thief.at(500.0) ** -0.25)


def test_a_theft_at_a_rate_comes_when_its_own_stream_says() -> None:
    theft = Theft(name="leak", thief="B", victim="A", what="software", rate=fixed(2.0))
    record = simulate(world(with_ai("A"), slow("B"), thefts=(theft,), seed=7))
    days, day = [], 0.0
    for k in range(30):
        day += unit_exponential(7, 0, "theft/leak", k) / 2.0 * YEAR
        days.append(day)
    told = [event[0] for event in events(record, "software_stolen")]
    assert told == [pytest.approx(day, abs=1e-6) for day in days if day < 4 * YEAR]
    assert told


def test_a_stolen_model_runs_in_the_thiefs_own_fleets() -> None:
    theft = Theft(name="weights", thief="B", victim="A", what="model", on=300.0)
    thief = with_ai("B", models=[existing("Own", -10.0, 1e20, public=-5.0, params=1e12, total_params=1e13)])
    record = simulate(world(with_ai("A"), thief, thefts=(theft,), end=500.0))
    stolen = events(record, "model_stolen")[0]
    assert (stolen[0], stolen[1], stolen[6]) == (300.0, "B", {"from": "A", "model": "M0"})
    assert record.events[stolen[7][0]][2:4] == ("model_on_hand", "M0")
    used = [(event[0], event[3]) for event in events(record, "fleet_model", "B") if event[0] == 300.0]
    assert used == [(300.0, "research:A/M0")]  # not by the fleet that serves the public
    assert record.foreign["B", "A/M0"].effective_flop == 3e26
    # Its better researcher speeds up what the lab finds.
    law = record.training_efficiency["B"]
    assert law.rate_at(301.0) > law.rate_at(299.0)


def test_open_weights_are_run_by_everybody() -> None:
    opened = existing("M0", -10.0, 3e26, public=-5.0, opened=100.0, params=1e12, total_params=1e13)
    other = with_ai("B", models=[])
    record = simulate(world(with_ai("A", models=[opened]), other, end=300.0))
    told = events(record, "model_open")
    assert [(event[0], event[1], event[3]) for event in told] == [(100.0, "A", "M0")]
    taken = events(record, "fleet_model", "B")
    assert sorted(event[3] for event in taken) == ["research:A/M0", "serving:A/M0"]
    assert all(record.events[event[7][0]][2] == "model_open" for event in taken)
    assert ("B", "research", "A/M0", "H100") in record.holdings
    assert not any(event[2] == "fleet_model" and event[0] == 100.0 for event in record.events if event[1] == "A")


def test_a_run_may_open_its_weights_some_time_after_they_are_public() -> None:
    item = with_ai("A", runs=[run("N", starts=0.0, share=0.1, length_days=20.0, open_after_days=40.0)])
    record = simulate(world(item, with_ai("B"), end=300.0))
    assert [event[0] for event in events(record, "model_open")] == [20.0 + 30.0 + 40.0]
