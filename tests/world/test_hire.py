"""Hiring, by cases worked by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim.base.series import Series, fixed
from sim.model.draw import Draw
from sim.world.simulate import simulate
from tests.world.build import draw
from tests.world.observe import events, tables
from tests.world.test_intervention import pause, under, yearly
from tests.world.test_progress import YEAR, people, software
from tests.world.worlds import busy


def world(**values: Any) -> Draw:
    return yearly(staff={"ai_research": Series(((0.0, 100.0), (60.0, 200.0))), "alignment": fixed(10.0)}, **values)


def test_people_are_multiplied_or_added_and_leave_at_the_end() -> None:
    more = {"ai_research": 5.0, "alignment": 7.0}
    hiring = pause(starts=50.0, lasts=40.0, hire={"ai_research": 3.0}, hire_people=more)
    record = under(world(), hiring)
    assert record.staff["A", "ai_research"] == [(0.0, 100.0), (50.0, 305.0), (60.0, 605.0), (90.0, 200.0)]
    assert record.staff["A", "alignment"] == [(0.0, 10.0), (50.0, 17.0), (90.0, 10.0)]
    told = [(event[0], event[3], event[4]) for event in events(record, "people_hired")]
    assert told == [
        (50.0, "ai_research", 305.0), (50.0, "alignment", 17.0), (90.0, "ai_research", 200.0), (90.0, "alignment", 10.0)
    ]  # fmt: skip
    half = under(world(), pause(starts=50.0, hire={"alignment": 3.0}, holds=0.5))
    assert half.staff["A", "alignment"] == [(0.0, 10.0), (50.0, 20.0)]


def test_they_come_in_ten_steps() -> None:
    """Three times ten in 100 days: two more every ten days. It ends on day 95, after nine of ten steps."""
    record = under(world(), pause(starts=0.0, lasts=95.0, hire={"alignment": 3.0}, hire_over=100.0))
    steps = [(0.0, 10.0), *((10.0 * k, pytest.approx(10.0 + 2.0 * k)) for k in range(1, 10)), (95.0, 10.0)]
    assert record.staff["A", "alignment"] == steps


def test_in_a_domain_without_people() -> None:
    record = under(world(), pause(starts=50.0, lasts=10.0, hire_people={"general": 4.0}, hire={"general": 2.0}))
    assert record.staff["A", "general"] == [(0.0, 0.0), (50.0, 4.0), (60.0, 0.0)]


def test_several_combine_in_any_order_and_with_a_stop() -> None:
    items = [
        pause(name="a", starts=10.0, hire={"ai_research": 2.0}),
        pause(name="b", starts=20.0, hire={"ai_research": 3.0}, hire_people={"ai_research": 50.0}),
        pause(name="c", starts=30.0, lasts=20.0, continues={"human_research": 0.5}),
    ]
    line = [(0.0, 100.0), (10.0, 200.0), (20.0, 650.0), (30.0, 325.0), (50.0, 650.0), (60.0, 1250.0)]
    assert under(world(), *items).staff["A", "ai_research"] == line
    assert under(world(), *reversed(items)).staff["A", "ai_research"] == line


def test_a_lab_that_begins_later_hires_when_it_does() -> None:
    base = world(enters=100.0)
    record = under(base, pause(starts=50.0, hire_people={"alignment": 7.0}))
    assert record.staff["A", "alignment"] == [(0.0, 0.0), (100.0, 17.0)]


def test_software_goes_with_people() -> None:
    """Labour alone, lambda 0.6: with eight times the people software grows at 8^0.6 times the rate."""
    law = software(training_growth=2.0, returns=0.0, labour_share=1.0)
    base = draw(people("A", software=law), end=3 * YEAR)
    record = under(base, pause(starts=YEAR, lasts=YEAR, hire={"ai_research": 8.0}))
    grown = record.training_efficiency["A"]
    rate = math.log(2.0) / YEAR
    assert grown.rate_at(1.5 * YEAR) == pytest.approx(rate * 8.0**0.6, rel=1e-9)
    assert grown.at(3 * YEAR) == pytest.approx(2.0 ** (2.0 + 8.0**0.6), rel=1e-6)


@pytest.mark.parametrize("values", [{"hire": {"ai_research": 1.0}}, {"hire_people": {"ai_research": 0.0}},
                                    {"hire": {"ai_research": 9.0}, "holds": 0.0}])  # fmt: skip
def test_hiring_nobody_changes_no_byte_but_its_own_rows(values: dict[str, Any]) -> None:
    plain, text = tables(simulate(busy())), tables(under(busy(), pause(starts=100.0, **values)))
    lines = [line for line in text.pop("events").splitlines() if "/pause/" not in line]
    assert lines == plain["events"].splitlines()
    assert text == {name: value for name, value in plain.items() if name != "events"}


def test_unbound_labs_are_as_they_were() -> None:
    hiring = pause(binds=["Corona"], starts=50.0, hire_people={"ai_research": 9.0})
    plain, record = simulate(busy()), under(busy(), hiring)
    others = {key: line for key, line in plain.staff.items() if key[0] != "Corona"}
    assert others == {key: line for key, line in record.staff.items() if key[0] != "Corona"} and others
    assert record.staff["Corona", "ai_research"] != plain.staff.get(("Corona", "ai_research"))
