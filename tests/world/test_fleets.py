"""Which model a fleet runs, and how a new one takes over."""

from __future__ import annotations

from typing import Any

import pytest

from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import draw, existing, fleet, lab, run
from tests.world.observe import assert_sound, days, events, held, only, value_on

USE = {"experiments": 0.4, "research": 0.6}


def world(replace: str, *models: Any, end: float = 200.0, **values: Any) -> RunRecord:
    item = lab(use=USE, models=list(models), fleets={"research": fleet("research", replace=replace, **values)})
    record = simulate(draw(item, end=end))
    assert_sound(record)
    return record


OLD, NEW = existing("Old", -5.0, 1e24), existing("New", 50.0, 1e25)


def test_at_once() -> None:
    record = world("at once", OLD, NEW)
    assert held(record, "research", 49.9, model="Old") == pytest.approx(600.0)
    assert held(record, "research", 50.0, model="Old") == 0.0
    assert held(record, "research", 50.0, model="New") == pytest.approx(600.0)


def test_a_ramp_takes_ten_equal_steps() -> None:
    record = world("ramp", OLD, NEW, ramp_days=40.0)
    line = record.holdings["A", "research", "New", "H100"]
    # Steps of a tenth in the middle of ten intervals of 4 days: on days 52, 56, ... 88.
    assert [day for day, count in line if count] == [52.0 + 4 * k for k in range(10)]
    assert [count for _, count in line if count] == pytest.approx([60.0 * (k + 1) for k in range(10)])
    for day in (50.0, 55.0, 71.0, 90.0):
        assert held(record, "research", day) == pytest.approx(600.0)


def test_a_ramp_s_time_average_is_that_of_the_linear_one() -> None:
    record = world("ramp", OLD, NEW, ramp_days=40.0)
    line = record.holdings["A", "research", "New", "H100"]
    area = sum(value_on(line, 50.0 + (k + 0.5) / 100) / 100 for k in range(4000))
    assert area == pytest.approx(600.0 * 40.0 / 2, rel=1e-9)


def test_beside() -> None:
    record = world("beside", OLD, NEW, beside_share=0.3)
    assert held(record, "research", 50.0, model="New") == pytest.approx(180.0)
    assert held(record, "research", 50.0, model="Old") == pytest.approx(420.0)


@pytest.mark.parametrize("replace", ["at once", "ramp", "beside"])
def test_a_first_model_gets_the_whole_fleet_at_once(replace: str) -> None:
    record = world(replace, NEW)
    assert held(record, "research", 50.0, model="New") == pytest.approx(600.0)
    assert held(record, "experiments", 49.0) == pytest.approx(1000.0)


@pytest.mark.parametrize("replace", ["at once", "ramp", "beside"])
def test_a_weaker_later_model_changes_nothing(replace: str) -> None:
    record = world(replace, OLD, existing("Weak", 50.0, 1e23))
    assert held(record, "research", 199.0, model="Old") == pytest.approx(600.0)
    assert days(record, "model_internal", "Weak") == [50.0]


def test_a_new_model_as_strong_but_for_rounding_takes_over() -> None:
    record = world("at once", OLD, existing("Equal", 50.0, 1e24 * (1.0 - 2.0**-52)))
    assert held(record, "research", 50.0, model="Equal") == pytest.approx(600.0)


def test_a_new_model_during_a_ramp_goes_on_from_the_newer() -> None:
    record = world("ramp", OLD, NEW, existing("Newest", 60.0, 1e26), ramp_days=40.0)
    assert held(record, "research", 150.0, model="Newest") == pytest.approx(600.0)
    for day in (55.0, 60.0, 65.0, 80.0, 110.0):
        assert held(record, "research", day) == pytest.approx(600.0)


def test_the_best_of_several_at_the_start() -> None:
    record = world("at once", existing("A1", -5.0, 1e24), existing("A2", -50.0, 1e26), existing("A3", -1.0, 1e25))
    assert held(record, "research", 0.0, model="A2") == pytest.approx(600.0)


def test_internal_and_public_fleets() -> None:
    item = lab(
        use={"experiments": 0.4, "research": 0.3, "serving": 0.3},
        models=[existing("P", -5.0, 1e24, -5.0), existing("I", -1.0, 1e25, 70.0)],
    )
    record = simulate(draw(item))
    assert held(record, "research", 0.0, model="I") == pytest.approx(300.0)
    assert held(record, "serving", 69.0, model="P") == pytest.approx(300.0)
    assert held(record, "serving", 70.0, model="I") == pytest.approx(300.0)
    assert days(record, "model_public", "I") == [70.0]


def test_a_model_of_another_lab_is_not_used() -> None:
    record = simulate(draw(lab("A", use=USE), lab("B", use=USE, models=[existing("P", -5.0, 1e24, -5.0)])))
    assert held(record, "research", 0.0, lab="A") == 0.0


def test_a_model_that_a_run_makes_is_taken_up_on_its_dates() -> None:
    use = {"training": 0.1, "experiments": 0.3, "research": 0.3, "serving": 0.3}
    record = simulate(draw(lab(use=use, runs=[run(starts=0.0, length_days=20.0, public_after_days=45.0)])))
    assert held(record, "research", 19.9) == 0.0
    assert held(record, "research", 20.0, model="M") > 0.0
    assert held(record, "serving", 64.9) == 0.0
    assert held(record, "serving", 65.0, model="M") > 0.0
    took = only(events(record, "fleet_model", "serving:M"))
    assert record.events[took[7][0]][2] == "model_public"
