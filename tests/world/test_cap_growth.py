"""Controlled scaling and phases that follow each other, by cases worked by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim.base.calendar import Recurrence
from sim.model.draw import Draw
from sim.model.intervention import Breaks
from tests.world.build import draw, existing, lab, run
from tests.world.observe import assert_sound, days, events, only
from tests.world.test_intervention import pause, under, yearly

MONTH = 30.4375


LARGE = [existing("Old", -10.0, 1e22, -5.0)]


def made(record: Any) -> list[float]:
    return [model.effective_flop for model in record.models if model.finished is not None]


@pytest.mark.parametrize("after", [0.0, 150.0])
def test_models_grow_with_the_cap_in_steps_of_a_month(after: float) -> None:
    """Runs are due on day 20, 120, …: each model has 1e22 times 4 a year, by the whole months since day `after`."""
    record = under(yearly(models=LARGE), pause(starts=0.0, cap_growth=4.0, cap_growth_after=after))
    assert_sound(record)
    due = days(record, "run_due")[: len(made(record))]
    months = [max(0, math.floor((day - after) / MONTH)) for day in due]
    assert len(set(months)) > 5
    assert made(record) == [pytest.approx(1e22 * 4.0 ** (n / 12.0), rel=1e-9) for n in months]


def test_without_growth_no_model_is_stronger_than_the_strongest_at_the_start() -> None:
    """From day 50 on: the run that started on day 20 is cut to nothing more, as is each one after it."""
    record = under(yearly(models=[existing("Old", -10.0, 1e23, -5.0)]), pause(starts=50.0, cap_growth=1.0))
    assert made(record) == [pytest.approx(1e23, rel=1e-9)] * len(made(record))


def one_run(**values: Any) -> Draw:
    runs = [run("M", starts=20.0, flop=3e20, length_days=10.0)]
    return draw(lab(runs=runs, models=[existing("Old", -10.0, 1e20, params=1e9)]), **values)


def test_a_run_waits_for_the_cap_until_the_month_in_which_it_has_grown_enough() -> None:
    """3e20 of 1e20 at 4x a year: 12·log4(3) = 9.5 months, so after ten."""
    record = under(one_run(), pause(starts=0.0, cap_growth=4.0, over_cap="wait"))
    assert days(record, "run_started") == [pytest.approx(10.0 * MONTH)]
    assert made(record) == [pytest.approx(3e20)]


def test_a_run_of_stated_strength_cannot_be_cut_and_waits_too() -> None:
    stated = run("M", starts=20.0, flop=3e20, effective_flop=3e20, length_days=10.0)
    world = draw(lab(runs=[stated], models=[existing("Old", -10.0, 1e20, params=1e9)]))
    record = under(world, pause(starts=0.0, cap_growth=4.0))
    assert days(record, "run_started") == [pytest.approx(10.0 * MONTH)]
    assert made(record) == [pytest.approx(3e20)]


def test_a_run_that_is_past_the_cap_goes_on_when_the_cap_has_grown_past_it() -> None:
    """Half of 3e20 is done on day 50, above 1e20: at 4x a year the cap passes it after 12·log4(1.5) = 3.5 months."""
    world = draw(lab(runs=[run("M", starts=0.0, flop=3e20, length_days=100.0)],
                     models=[existing("Old", -10.0, 1e20, params=1e9)]))  # fmt: skip
    record = under(world, pause(starts=50.0, cap_growth=4.0))
    assert days(record, "run_suspended") == [50.0]
    assert days(record, "run_resumed") == [pytest.approx(50.0 + 4.0 * MONTH)]
    assert made(record) == [pytest.approx(1e20 * 4.0 ** (4.0 / 12.0), rel=1e-9)]


def test_how_well_it_holds() -> None:
    """By half: half of what a run would be above the cap."""
    record = under(one_run(), pause(starts=0.0, cap_growth=1.0, holds=0.5))
    assert made(record) == [pytest.approx(2e20, rel=1e-9)]


def test_where_nobody_has_a_model_it_lets_no_run_start() -> None:
    record = under(yearly(models=[]), pause(starts=0.0, cap_growth=2.0))
    assert not made(record)
    assert "nobody has a model" in record.warnings[0][3]


def test_software_and_chips_do_not_lift_the_cap() -> None:
    rich = yearly(models=LARGE, runs=[run("M", starts=20.0, every=Recurrence(days=100.0), share=0.4, length_days=60.0)])
    cap = pause(starts=0.0, cap_growth=1.5)
    poor = made(under(yearly(models=LARGE), cap))
    assert made(under(rich, cap)) == [pytest.approx(flop, rel=1e-8) for flop in poor]


# One after the other


def test_a_phase_begins_when_another_ends_but_not_when_it_breaks() -> None:
    first = pause(name="first", starts=50.0, lasts=30.0, stops=["training"])
    second = pause(name="second", starts="when first ends", lasts=20.0, stops=["experiments"])
    record = under(yearly(), second, first)
    assert [item[:3] for item in record.interventions] == [("first", 50.0, 80.0), ("second", 80.0, 100.0)]
    start = only(events(record, "intervention_start", "second"))
    assert "intervention_end" in [record.events[n][2] for n in start[7]]
    broken = pause(name="first", starts=50.0, lasts=30.0, stops=["training"], breaks=Breaks(when=60.0))
    record = under(yearly(), second, broken)
    assert [item[:3] for item in record.interventions] == [("first", 50.0, 60.0)]
    assert "the intervention never starts: when first ends did not happen" in [w[3] for w in record.warnings]


def test_what_hangs_on_a_deal_breaks_and_ends_with_it() -> None:
    def part(**values: Any) -> Any:
        return pause(name="part", starts=60.0, stops=["training"], ends="when deal ends",
                     breaks=Breaks(when="when deal breaks"), **values)  # fmt: skip

    for ends, kinds in (({"lasts": 40.0}, []), ({"breaks": Breaks(when=90.0)}, ["deal", "part"])):
        record = under(yearly(), pause(name="deal", starts=50.0, stops=["experiments"], **ends), part())
        assert {item[2] for item in record.interventions} == {90.0}
        assert [event[3] for event in events(record, "intervention_breaks")] == kinds
        assert days(record, "run_resumed") == [90.0]
