"""Deals that break, by chance or because of something; caps on capability."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from sim.base.keyed import unit_exponential
from sim.base.units import DAYS_PER_YEAR
from sim.model.intervention import Breaks, Intervention, OnBreak
from sim.model.level import Level, Milestone
from sim.model.software import Software
from sim.world.simulate import simulate
from tests.world.build import draw, existing, lab, phase, run, stock
from tests.world.observe import FLOP_PER_DAY, assert_sound, days, events, model, only
from tests.world.test_intervention import pause, under, yearly


def on_break(**values: Any) -> OnBreak:
    return OnBreak(**{"suspended": "resume", "banked": "released", "hidden": 0.0, **values})


# When

EMPTY = draw(lab(compute=[stock(10.0)], use={"training": 1.0}, fleets={}), end=4000.0)
HAZARD = 0.4


def broken_after(number: int, **values: Any) -> float:
    """Days from the start of a deal to its end, in one draw."""
    deal = pause(name="deal", starts=100.0, stops=["training"], breaks=Breaks(rate=HAZARD), **values)
    ((_, since, until, _),) = under(dataclasses.replace(EMPTY, draw=number), deal).interventions
    return math.inf if until is None else until - since


def test_breakdown_has_the_exponential_law() -> None:
    """Of 500 draws the share that is broken within t years is 1 − e^(−h·t), within 4 standard deviations."""
    lives = [broken_after(number) / DAYS_PER_YEAR for number in range(500)]
    for years in (0.5, 1.0, 2.5, 5.0, 10.0):
        expected = 1.0 - math.exp(-HAZARD * years)
        found = sum(life <= years for life in lives) / len(lives)
        assert abs(found - expected) <= 4.0 * math.sqrt(expected * (1.0 - expected) / len(lives))


def test_the_chance_is_that_of_its_own_stream_and_a_rate_only_stretches_it() -> None:
    life = unit_exponential(0, 7, "intervention/deal/breaks", 0)
    assert broken_after(7) == pytest.approx(life / HAZARD * DAYS_PER_YEAR, abs=1e-8)


def test_what_ends_first_counts() -> None:
    life = broken_after(7)
    assert broken_after(7, lasts=life - 1.0) == pytest.approx(life - 1.0)
    deal = pause(name="deal", starts=100.0, lasts=life + 1.0, stops=["training"], breaks=Breaks(rate=HAZARD))
    record = under(dataclasses.replace(EMPTY, draw=7), deal)
    assert [e[2] for e in record.events if e[2].startswith("intervention")] == [
        "intervention_start", "intervention_breaks", "intervention_end",
    ]  # fmt: skip
    end = only(events(record, "intervention_end"))
    assert record.events[end[7][0]][2] == "intervention_breaks"
    never = under(EMPTY, pause(name="deal", stops=["training"], breaks=Breaks(rate=0.0)))
    assert never.interventions[0][2] is None


def test_a_milestone_or_a_date_breaks_it() -> None:
    world = yearly()
    world.milestones = {"big": Milestone(name="big", h100e=2000.0)}
    big = simulate(world).milestones["big"]
    deal = pause(starts=50.0, stops=["training"], breaks=Breaks(when="at big"))
    record = under(world, deal)
    assert record.interventions == [("pause", 50.0, big, ["A"])]
    cause = only(events(record, "intervention_breaks"))[7]
    assert [record.events[n][2] for n in cause] == ["milestone", "intervention_start"]
    dated = under(world, dataclasses.replace(deal, breaks=Breaks(when=77.5)))
    assert dated.interventions == [("pause", 50.0, 77.5, ["A"])]


def test_even_a_stop_of_everything_may_break() -> None:
    record = under(yearly(), pause(starts=50.0, stops=["everything"], breaks=Breaks(when=80.0)), end=1030.0)
    plain = days(simulate(yearly()), "run_started")
    assert days(record, "run_started") == [day if day <= 50.0 else day + 30.0 for day in plain]


# What then

BREAKS = Breaks(when=75.0)


def test_suspended_runs_go_on_start_anew_or_are_given_up() -> None:
    """60 days from day 20, stopped from day 50 to day 75, when the deal breaks."""
    ends = {}
    for fate in ("resume", "restart", "destroy"):
        deal = pause(starts=50.0, lasts=500.0, stops=["training"], breaks=BREAKS, on_break=on_break(suspended=fate))
        record = under(yearly(), deal)
        ends[fate] = days(record, "run_finished")[0]
        assert_sound(record)
    assert ends == {"resume": 105.0, "restart": 135.0, "destroy": 205.0}
    kept = pause(starts=50.0, lasts=25.0, stops=["training"], on_break=on_break(suspended="destroy"))
    assert days(under(yearly(), kept), "run_finished")[0] == 105.0  # it did not break


def test_banked_chips_come_or_are_destroyed() -> None:
    world = draw(lab(compute=[stock(1000.0), stock(100.0, on=60.0)]), end=100.0)
    deal = pause(starts=50.0, slow_deliveries=0.0, withheld="banked", breaks=BREAKS, on_break=on_break())
    assert under(world, deal).clusters["A", "H100"][-1] == (75.0, 1100.0)
    record = under(world, dataclasses.replace(deal, on_break=on_break(banked="destroyed")))
    assert record.clusters["A", "H100"][-1] == (0.0, 1000.0)
    assert [(e[0], e[4]) for e in events(record, "delivery_destroyed")] == [(75.0, 100.0)]


def test_what_becomes_of_what_another_intervention_holds_is_not_for_a_deal_that_breaks_to_say() -> None:
    """60 days from day 20, stopped by a stop from day 50 to day 100. The deal destroys what it holds, by its break."""
    stop = pause(starts=50.0, lasts=50.0, stops=["training"], slow_deliveries=0.5, withheld="banked")
    rule = on_break(suspended="destroy", banked="destroyed")
    world = yearly(compute=[stock(1000.0), stock(100.0, on=60.0)])
    for values in ({"continues": {"experiments": 0.5}}, {"cap_training_share": 0.1}, {"slow_deliveries": 0.8}):
        deal = pause(name="deal", starts=40.0, breaks=BREAKS, on_break=rule, **values)
        record = under(world, stop, deal)
        assert days(record, "run_finished")[0] == 130.0
        assert not events(record, "run_given_up") and not events(record, "delivery_destroyed")
        assert_sound(record)
    for values in ({"stops": ["training"]}, {"cap_training_share": 0.05}):
        record = under(world, stop, pause(name="deal", starts=40.0, breaks=BREAKS, on_break=rule, **values))
        assert days(record, "run_given_up") == [75.0]


def test_each_intervention_keeps_what_it_alone_has_banked() -> None:
    """Of 100 H100 the stop lets 60 come and the deal 20: 40 are the deal's alone, until it is over, or breaks."""
    world = draw(lab(compute=[stock(1000.0), stock(100.0, on=60.0)]), end=200.0)
    stop = pause(starts=50.0, lasts=100.0, slow_deliveries=0.6, withheld="banked")
    deal = pause(name="deal", starts=50.0, lasts=50.0, slow_deliveries=0.2, withheld="banked")

    def course(*interventions: Any) -> list[tuple[float, float]]:
        return [(day, round(count, 9)) for day, count in under(world, *interventions).clusters["A", "H100"]]

    assert course(stop, deal) == [(0.0, 1000.0), (60.0, 1020.0), (100.0, 1060.0), (150.0, 1100.0)]
    longer = dataclasses.replace(deal, lasts=150.0)
    assert course(stop, longer) == [(0.0, 1000.0), (60.0, 1020.0)]  # it is the stricter one to the end
    broken = dataclasses.replace(deal, breaks=BREAKS, on_break=on_break(banked="destroyed"))
    assert course(stop, broken) == [(0.0, 1000.0), (60.0, 1020.0), (150.0, 1060.0)]
    lost = pause(name="lost", starts=50.0, lasts=140.0, slow_deliveries=0.5)
    assert course(stop, lost) == [(0.0, 1000.0), (60.0, 1050.0)]  # more than what the stop holds back is lost
    assert course(deal, lost) == [(0.0, 1000.0), (60.0, 1020.0), (100.0, 1050.0)]


@pytest.mark.parametrize("hidden", [0.0, 0.5, 1.0])
def test_hidden_software_comes_out(hidden: float) -> None:
    """Software stood for 25 days: with all of it found in secret it is as if it had not."""
    law = Software(training_growth=3.0, inference_growth=2.0)
    deal = pause(starts=50.0, stops=["software"], breaks=BREAKS, on_break=on_break(hidden=hidden))
    record = under(yearly(software=law), deal)
    behind = 25.0 * (1.0 - hidden)
    assert record.training_efficiency["A"].at(74.0) == pytest.approx(3.0 ** (50.0 / DAYS_PER_YEAR))
    for day in (75.0, 200.0):
        assert record.training_efficiency["A"].at(day) == pytest.approx(3.0 ** ((day - behind) / DAYS_PER_YEAR))


# Caps on capability: 4000 H100-days by a run, at an efficiency of 1


def capped(*others: Intervention, **values: Any) -> Any:
    old = existing("Old", -10.0, 1000.0 * FLOP_PER_DAY, -5.0)
    world = yearly(
        models=[old], compute=[stock(1000.0)],
        runs=[run("M", starts=30.0, share=0.1, length_days=40.0), run("N", starts=80.0, share=0.1, length_days=40.0)],
    )  # fmt: skip
    world.levels = {"top": Level(name="top", effective_flop=2500.0 * FLOP_PER_DAY)}
    return under(world, pause(**{"starts": 5.0, "cleared_after": 0.0, **values}), *others)


def test_no_model_is_stronger_than_so_many_times_what_is_cleared() -> None:
    record = capped(cap_capability=1.5)
    assert model(record, "M").effective_flop == pytest.approx(1500.0 * FLOP_PER_DAY)
    assert model(record, "N").effective_flop == pytest.approx(2250.0 * FLOP_PER_DAY)
    late = capped(cap_capability=1.5, cleared_after=100.0)
    assert "M" not in {item.name for item in late.models if item.finished and item.finished < 90.0}
    half = capped(cap_capability=1.5, holds=0.5)
    assert model(half, "M").effective_flop == pytest.approx(2750.0 * FLOP_PER_DAY)


def test_a_run_waits_until_a_model_is_cleared() -> None:
    """Old is cleared on day 90: the first run starts then, and is allowed 1.5 times as much."""
    record = capped(cap_capability=1.5, cleared_after=100.0)
    assert days(record, "run_started")[0] == 90.0
    assert model(record, "M").effective_flop == pytest.approx(1500.0 * FLOP_PER_DAY)


@pytest.mark.parametrize("since", [10.0, 40.0, 85.0])
def test_a_model_is_cleared_later_by_what_everything_stood_still(since: float) -> None:
    """Both runs wait from days 30 and 80 on until the old model is cleared on day 90; with 50 days' stop on day 140."""
    cap = {"cap_capability": 1.5, "cleared_after": 100.0}
    record = capped(pause(name="stop", starts=since, lasts=50.0, stops=["everything"]), **cap)
    for kind in ("run_started", "run_finished"):
        assert days(record, kind) == [day + 50.0 for day in days(capped(**cap), kind)]
    assert days(record, "run_started") == [140.0, 140.0]


def test_software_that_grows_between_phases_is_reckoned_with() -> None:
    phases = [phase("pretraining", flop_share=0.8), phase("post-training", flop_share=0.2)]
    world = yearly(
        runs=[run("M", starts=30.0, share=0.1, length_days=200.0, phases=phases)], compute=[stock(1000.0)],
        software=Software(training_growth=10.0, inference_growth=1.0),
    )  # fmt: skip
    plain = model(simulate(world)).effective_flop
    world.levels = {"top": Level(name="top", effective_flop=0.9 * plain)}
    made = model(under(world, pause(hold_at="top"))).effective_flop
    assert 0.899 * plain < made < 0.9 * plain


def test_hold_at_a_level() -> None:
    record = capped(hold_at="top")
    made = model(record, "M").effective_flop
    assert made == pytest.approx(2500.0 * FLOP_PER_DAY, rel=1e-5) and made < 2500.0 * FLOP_PER_DAY
    assert not [key for key in record.levels if key[0] == "top"]
    progress = capped(hold_at="top", starts=50.0)  # 20 days of 40 are done
    assert model(progress, "M").finished == pytest.approx(55.0, abs=1e-3)
