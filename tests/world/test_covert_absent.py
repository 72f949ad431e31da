"""A covert project before it begins and after it is dissolved: nothing of it is there, and nothing waits for it."""

from __future__ import annotations

from typing import Any

import pytest

from sim.base.series import fixed
from sim.model.draw import World
from sim.model.shock import Shock
from tests.world.build import fleet, lab, stock
from tests.world.observe import days, only
from tests.world.test_covert import deal, world
from tests.world.test_intervention import pause, under

STOP = {"name": "stop", "starts": 300.0, "lasts": 100.0, "stops": ["everything"]}


def stood(*interventions: Any, **values: Any) -> tuple[list[float], list[tuple[float, float]]]:
    """Days of the shock of day 350, and the stock of the world, whose second batch comes on day 360."""
    shock = Shock(name="s", on=350.0, training_efficiency=1.0)
    stated = World(compute=[stock(9000.0), stock(1000.0, on=360.0)])
    record = under(world(shocks={"s": shock}, world=stated, **values), *interventions)
    return days(record, "shock"), record.world["H100"]


@pytest.mark.parametrize("covert", [
    {"starts": 900.0}, {"starts": 50.0, "after_days": 10.0, "lasts": 100.0, "when_over": "dissolved"},
    {"starts": 310.0, "lasts": 10.0, "after_days": 20.0},
], ids=["not begun", "dissolved", "deal in between"])  # fmt: skip
def test_the_world_stands_still_with_all_labs_that_are_there(covert: dict[str, Any]) -> None:
    assert stood(deal(**covert), pause(**STOP)) == ([450.0], [(0.0, 9000.0), (460.0, 10000.0)])


def test_the_world_goes_on_while_a_project_is_at_work_or_prepared() -> None:
    for after in (10.0, 320.0):
        assert stood(deal(after_days=after), pause(**STOP)) == ([350.0], [(0.0, 9000.0), (360.0, 10000.0)])


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
