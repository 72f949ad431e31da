"""A covert project before it begins and after it is dissolved: nothing of it is there, and nothing waits for it."""

from __future__ import annotations

from typing import Any

import pytest

from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.model.draw import World
from sim.model.inference import Trick
from sim.model.intervention import Breaks
from sim.model.shock import Shock
from sim.model.software import Theft
from tests.world.build import existing, fleet, inference, lab, run, stock
from tests.world.observe import days, only
from tests.world.test_covert import deal, world
from tests.world.test_intervention import pause, under
from tests.world.test_progress import software

STOP = {"name": "stop", "starts": 300.0, "lasts": 100.0, "stops": ["everything"]}


def stood(*interventions: Any, **values: Any) -> tuple[list[float], list[tuple[float, float]]]:
    """Days of the shock of day 350, and the stock of the world, whose second batch comes on day 360."""
    shock = Shock(name="s", on=350.0, training_efficiency=1.0)
    stated = World(compute=[stock(9000.0), stock(1000.0, on=360.0)])
    record = under(world(shocks={"s": shock}, world=stated, **values), *interventions)
    return days(record, "shock"), record.world["H100"]


@pytest.mark.parametrize("covert", [
    {"starts": 900.0}, {"starts": 50.0, "after_days": 10.0, "lasts": 100.0, "when_over": "dissolved"},
], ids=["not begun", "dissolved"])  # fmt: skip
def test_the_world_stands_still_with_all_labs_that_are_there(covert: dict[str, Any]) -> None:
    assert stood(deal(**covert), pause(**STOP)) == ([450.0], [(0.0, 9000.0), (460.0, 10000.0)])


def test_the_world_goes_on_while_a_project_is_at_work_or_prepared() -> None:
    for after in (10.0, 320.0):
        assert stood(deal(after_days=after), pause(**STOP)) == ([350.0], [(0.0, 9000.0), (360.0, 10000.0)])


@pytest.mark.parametrize(("covert", "late"), [
    ({"starts": 299.0, "after_days": 11.0}, 0.0), ({"starts": 301.0, "after_days": 9.0}, 1.0),
    ({"starts": 301.0, "after_days": 200.0}, 1.0), ({"starts": 310.0, "after_days": 0.0}, 10.0),
    ({"starts": 310.0, "after_days": 20.0, "lasts": 10.0}, 90.0),
    ({"starts": 50.0, "after_days": 10.0, "lasts": 260.0, "when_over": "dissolved"}, 90.0),
    ({"starts": 50.0, "after_days": 10.0, "lasts": 260.0}, 0.0),
], ids=["before", "after", "prepared", "at once", "given up", "dissolved", "in the open"])  # fmt: skip
def test_the_world_stands_on_days_on_which_nobody_is_at_work_or_prepares(covert: dict[str, Any], late: float) -> None:
    """All others stand from day 300 to 400, whatever comes first: those days but for the ones of a project."""
    assert stood(deal(**covert), pause(**STOP)) == ([350.0 + late], [(0.0, 9000.0), (360.0 + late, 10000.0)])


@pytest.mark.parametrize("others", [(), (pause(**{**STOP, "starts": 20.0, "lasts": 100.0}),)], ids=["alone", "both"])
def test_a_deal_that_stops_everything_does_not_hold_up_its_own_project(others: tuple[Any, ...]) -> None:
    record = under(world(), deal(stops=["everything"]), *others)
    assert days(record, "covert_start") == [150.0] and days(record, "run_started", lab="Hidden")[0] == 150.0


@pytest.mark.parametrize(("shock", "begins"), [(100.0, 150.0), (200.0, 150.0), (0.0, 0.0)])
def test_a_shock_to_demand_holds_for_a_project_that_begins_meanwhile(shock: float, begins: float) -> None:
    """Twice the 10 tokens/s for 300 days from the shock on, as far as the project is there."""
    hidden = lab("Hidden", compute=[], covert=True, use={"serving": 1.0},
                 fleets={"serving": fleet("serving", demand_tokens_per_s=fixed(10.0))})  # fmt: skip
    base = world(shocks={"s": Shock(name="s", on=shock, demand=2.0, for_days=300.0)})
    base.labs["Hidden"] = hidden
    record = under(base, deal(starts=begins and 50.0, after_days=begins and 100.0))
    line = record.demand["Hidden", "serving"]
    asked = {day: [value for since, value in line if since <= day][-1] for day in (begins, shock + 299.0, 900.0)}
    assert asked == {begins: 10.0 if shock > begins else 20.0, shock + 299.0: 20.0, 900.0: 10.0}
    assert only([e for e in record.events if e[2] == "covert_start"])[0] == begins


# What it does not come to while it is not there

HIDDEN = {"use": {"training": 0.4, "experiments": 0.3, "serving": 0.3}}
OPEN: dict[str, Any] = {"every": Recurrence(days=100.0), "share": 0.1, "length_days": 50.0, "public_after_days": 0.0,
                        "open_after_days": 10.0}  # fmt: skip


def test_it_finds_the_weights_that_are_open_when_it_begins_and_none_after_its_end() -> None:
    """A's models open on days 80, 180, 280...: those of days 80 to 380 are there on day 400, two more come."""
    other = lab("A", runs=[run("M", starts=20.0, **OPEN)])
    record = under(world(other, runs=[], **HIDDEN), deal(stops=["experiments"], starts=300.0, lasts=300.0,
                                                      when_over="dissolved"))  # fmt: skip
    assert days(record, "model_open") == [80.0 + 100.0 * k for k in range(10)]
    taken = {name: model.internal for (by, name), model in record.foreign.items() if by == "Hidden"}
    assert taken == {f"A/M-{k + 1}": max(400.0, 80.0 + 100.0 * k) for k in range(6)}
    assert min(days(record, "fleet_model", lab="Hidden")) == 400.0


def test_shocks_and_thefts_do_nothing_to_it_while_it_is_not_there() -> None:
    """It is there from day 150 to day 250; the shock of day 200 alone takes half of its 150 accelerators."""
    shocks = {f"s{on:.0f}": Shock(name=f"s{on:.0f}", on=on, cluster_lost=0.5, training_efficiency=2.0)
              for on in (100.0, 200.0, 300.0)}  # fmt: skip
    thefts = {f"t{on:.0f}": Theft(name=f"t{on:.0f}", thief="Hidden", victim="A", on=on) for on in (120.0, 160.0, 310.0)}
    other = lab("A", compute=[stock(1000.0)], models=[existing("Old", -10.0, 1e24, params=1e11)])
    base = world(other, runs=[], shocks=shocks, thefts=thefts)
    record = under(base, deal(lasts=200.0, when_over="dissolved"))
    assert days(record, "cluster_lost", lab="Hidden") == [200.0]
    assert set(days(record, "breakthrough", lab="Hidden")) == {200.0}
    assert days(record, "model_stolen") == [160.0]
    why = [event[6]["reason"] for event in record.events if event[2] == "theft_failed"]
    assert why == ["Hidden is not there yet", "Hidden is no more"]


@pytest.mark.parametrize("begins", [None, 400.0])
def test_one_that_is_dissolved_before_its_software_follows_research(begins: float | None) -> None:
    """Software follows from day 150, or 400; the deal is over on day 250, when nobody is left to do research."""
    mine = software(training_growth=1.5, feedback_from=begins)
    people = {"ai_research": fixed(10.0)}
    record = under(world(runs=[], software=mine, staff=people), deal(lasts=200.0, when_over="dissolved"))
    law = record.training_efficiency["Hidden"]
    assert law.at(250.0) == law.at(999.0) > 0.5
    assert days(record, "software_feedback") == ([] if begins else [150.0])
    assert not [event for event in record.events if event[1] == "Hidden" and event[0] > 250.0]
    assert not record.warnings


@pytest.mark.parametrize("over", [{"lasts": 100.0}, {"ends": 150.0}, {"breaks": Breaks(when=150.0)}])
def test_it_never_begins_on_the_day_on_which_its_deal_is_over(over: dict[str, Any]) -> None:
    mine = {"software": software(training_growth=1.5), "staff": {"ai_research": fixed(10.0)}}
    record = under(world(**mine), deal(when_over="dissolved", **over))
    assert days(record, "covert_given_up") == [150.0] and not days(record, "covert_start")


@pytest.mark.parametrize("feedback", [False, True])
@pytest.mark.parametrize("iota", [1.0, 0.5, None])
@pytest.mark.parametrize("stop", [200.0, 700.0])
def test_software_of_one_that_is_dissolved_stays_as_it_is(feedback: bool, iota: float | None, stop: float) -> None:
    """Dissolved on day 250, also while everything stands from day 200 on: on day 500 nobody goes on where it stood."""
    law = {"inference_exponent": iota, "inference_growth": 1.2 if iota is None else None}
    base = world(lab("A", software=software(feedback=False, **law)), software=software(feedback=feedback, **law))
    still = pause(**{**STOP, "starts": stop, "lasts": 300.0, "binds": ["A", "Hidden"]})
    record = under(base, deal(lasts=200.0, when_over="dissolved"), still)
    assert days(record, "covert_over") == [250.0]
    for laws in (record.training_efficiency, record.inference_efficiency):
        last = laws["Hidden"].at(min(stop, 250.0))
        assert last > laws["Hidden"].at(151.0)
        assert [laws["Hidden"].at(day) for day in (251.0, 499.0, 501.0, 999.0)] == [pytest.approx(last, rel=1e-12)] * 4
        assert laws["A"].at(999.0) > laws["A"].at(501.0)


def test_its_fleets_choose_by_the_demand_that_they_have_when_it_begins() -> None:
    """Of two open models the small one does more work for all the tokens that it can make; with no demand none does."""
    known = [existing(name, -20.0, flop, public=-10.0, params=params, opened=-5.0)
             for name, flop, params in (("Small", 1e26, 1e10), ("Big", 2e26, 1e15))]  # fmt: skip
    base = world(lab("A", compute=[stock(1000.0)], models=known))
    purpose = fleet("serving", choose="most_work", demand_tokens_per_s=fixed(1e12))
    base.labs["Hidden"] = lab("Hidden", compute=[], covert=True, use={"serving": 1.0}, fleets={"serving": purpose})
    record = under(base, deal(after_days=106.0))  # 25 days before fleets look again
    chosen = [e for e in record.events if e[1] == "Hidden" and e[2] == "fleet_model"]
    assert (chosen[-1][0], chosen[-1][3]) == (156.0, "serving:A/Small")
    assert all(e[0] == 156.0 and e[6]["human_equivalents"] > 0.0 for e in chosen)


def test_nothing_befalls_one_that_is_dissolved() -> None:
    """Over on day 250: no shock to demand on day 400, no step of demand on day 500, of a share, a trick or a choice."""
    tricks = [Trick(name="t", since=500.0, speed_x=2.0)]
    purpose = fleet("serving", choose="most_work", demand_tokens_per_s=Series(((0.0, 10.0), (500.0, 20.0))),
                    inference=inference(tricks=tricks))  # fmt: skip
    base = world(shocks={"s": Shock(name="s", on=400.0, demand=2.0, for_days=50.0)})
    base.labs["Hidden"] = lab("Hidden", compute=[], covert=True, fleets={"serving": purpose},
                              use={"serving": Series(((0.0, 1.0), (500.0, 0.5)))})  # fmt: skip
    goes_on = under(base, deal(lasts=200.0))
    told = {event[2] for event in goes_on.events if event[1] == "Hidden" and event[0] > 250.0}
    assert told >= {"demand_changed", "series_value", "trick"}
    record = under(base, deal(lasts=200.0, when_over="dissolved"))
    assert not [event for event in record.events if event[1] == "Hidden" and event[0] > 250.0]
    assert record.demand["Hidden", "serving"] == [(0.0, 0.0), (150.0, 10.0), (250.0, 0.0)]
