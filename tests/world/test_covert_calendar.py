"""A covert project that begins late: by its own calendar, and under what binds it by name. By cases worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from sim.base.series import Series
from sim.base.units import DAYS_PER_YEAR as YEAR
from sim.model.level import Level
from sim.model.software import Software
from sim.world.record import RunRecord
from tests.world.build import existing, lab, stock
from tests.world.observe import days, events, only
from tests.world.test_covert import deal, world
from tests.world.test_intervention import pause, under
from tests.world.test_progress import software

LEVELS = {"top": Level(name="top", effective_flop=1e25)}
OWN_KINDS = ("intervention_start", "intervention_end", "suspended", "resumed")


def dated(length: float) -> RunRecord:
    """The deal is made when a model comes on day 150; everything stands from day 100 on for some days before that."""
    given = Series(((0.0, 1.0), (400.0, 2.0), (600.0, 5.0)))
    draw = world(
        lab("A", compute=[stock(1000.0)], models=[existing("M1", 150.0, 1e25)]), levels=LEVELS,
        use={"training": 0.4, "experiments": Series(((0.0, 0.6), (500.0, 0.3)))},
        software=Software(training_efficiency=given, inference_growth=1.0),
    )  # fmt: skip
    made = deal(starts="when any lab reaches top", found=Series(((0.0, 0.0), (550.0, 5.0))))
    stand = [pause(name="stand", starts=100.0, lasts=length, stops=["everything"])] if length else []
    return under(draw, made, *stand, end=1000.0 + length)


def told(record: RunRecord) -> list[tuple[Any, ...]]:
    return [event[:5] for event in record.events if event[2] not in OWN_KINDS and event[0] < record.draw.end]


def test_all_that_it_dates_is_as_late_as_the_world() -> None:
    """Staff, shares, a stated efficiency, runs and the rate at which it is found: 50 days later, all of them."""
    without, record = dated(0.0), dated(50.0)
    assert days(record, "covert_start") == [300.0]
    assert [event[0] for event in events(record, "series_value", lab="Hidden")] == [300.0, 450.0, 550.0]
    assert [(day + 50.0 if day > 100.0 else day, *rest) for day, *rest in told(without)] == [
        tuple(event) for event in told(record)
    ]
    assert len(days(record, "covert_found")) == 1 and days(record, "covert_found")[0] > 600.0
    law = record.training_efficiency["Hidden"]
    # Half of A's 1 on day 300; its own series, of 1 on that day, is 2 from day 450 on, if it is not found before.
    assert [law.at(day) for day in (300.0, 449.0, 450.0, 590.0)] == pytest.approx([0.5, 0.5, 1.0, 1.0])


@pytest.mark.parametrize("pace", [0.0, 0.5, 1.0])
def test_software_that_is_slowed_before_it_begins(pace: float) -> None:
    """It begins on day 150 with half of A's; its own law is 2x a year, slowed until day 260."""
    draw = world(lab("A", compute=[stock(1000.0)], software=Software(training_growth=2.0)),
                 software=Software(training_growth=2.0))  # fmt: skip
    slow = pause(name="slow", starts=60.0, lasts=200.0, binds=["Hidden"], continues={"software": pace})
    law = under(draw, deal(), slow).training_efficiency["Hidden"]
    first = 0.5 * 2.0 ** (150.0 / YEAR)
    for day, grown in ((150.0, 0.0), (200.0, 50.0 * pace), (260.0, 110.0 * pace), (360.0, 110.0 * pace + 100.0)):
        assert law.at(day) == pytest.approx(first * 2.0 ** (grown / YEAR), rel=1e-12)


def test_software_that_follows_research_later_goes_by_its_stated_rate_until_then() -> None:
    """3x a year from day 150 on, with half of A's 1; research drives it from day 300 on, at first as fast."""
    draw = world(software=software(feedback_from=300.0))
    law = under(draw, deal()).training_efficiency["Hidden"]
    for day in (150.0, 200.0, 300.0):
        assert law.at(day) == pytest.approx(0.5 * 3.0 ** ((day - 150.0) / YEAR), rel=1e-12)
    assert law.rate_at(299.0) == pytest.approx(law.rate_at(300.0))


@pytest.mark.parametrize("over, people", [(None, [20.0, 20.0, 20.0]), (100.0, [10.0, 15.0, 20.0])])
def test_who_is_hired_before_it_begins_comes_from_its_first_day_on(over: float | None, people: list[float]) -> None:
    """10 people on day 150, twice as many by an intervention of day 10: at once, or in steps until day 250."""
    hire = pause(name="hire", starts=10.0, binds=["Hidden"], hire={"ai_research": 2.0}, hire_over=over)
    staff = under(world(), deal(), hire).staff["Hidden", "ai_research"]
    assert staff[0] == (0.0, 0.0) and staff[1][0] == 150.0
    assert [[n for since, n in staff if since <= day][-1] for day in (150.0, 200.0, 250.0)] == people


def test_nobody_is_hired_where_a_lab_is_no_more() -> None:
    """Found and dissolved: people who were hired besides leave too, and none come later."""
    hire = pause(name="hire", starts=10.0, binds=["Hidden"], hire_people={"ai_research": 5.0}, hire_over=800.0)
    record = under(world(), deal(found=Series(((0.0, 5.0),))), hire)
    found = only(days(record, "covert_found"))
    assert 150.0 < found < 900.0
    staff = record.staff["Hidden", "ai_research"]
    assert staff[-1] == (found, 0.0)


def test_the_leader_is_who_made_the_strongest_model() -> None:
    """Z's weights are open: A, first by name, runs the same model."""
    draw = world(
        lab("A", compute=[stock(1000.0)], models=[existing("A0", -100.0, 1e24)]),
        lab("Z", compute=[stock(1000.0)], models=[existing("Z0", -100.0, 1e26, -50.0, opened=10.0)]),
    )
    record = under(draw, pause(starts=100.0, lasts=10.0, binds=["leader"], stops=["training"]))
    assert record.interventions == [("pause", 100.0, 110.0, ["Z"])]
