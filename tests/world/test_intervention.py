"""Interventions, by cases worked by hand, and what must hold of any of them."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sim.analysis.explain_split import terms
from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.base.units import DAYS_PER_YEAR
from sim.model.cluster import Supply
from sim.model.draw import Draw
from sim.model.intervention import STOPPABLE, Breaks, Intervention, OnBreak, Trigger, trigger_of
from sim.model.level import Level, Milestone
from sim.model.policy import PolicyPhase
from sim.model.shock import Shock
from sim.model.software import Software
from sim.policy import Decision, training_first
from sim.world.lab import View
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import after, draw, existing, fleet, lab, phase, run, stock
from tests.world.observe import (
    assert_ids_exist,
    assert_sound,
    assert_trajectory_conserves,
    days,
    events,
    held,
    log,
    model,
    only,
    tables,
    uses,
)
from tests.world.test_random_worlds import worlds
from tests.world.test_standstill import assert_moved
from tests.world.worlds import busy

OWN_KINDS = ("intervention_start", "intervention_end", "intervention_waits", "suspended", "resumed")


def pause(**values: Any) -> Intervention:
    rest: dict[str, Any] = {"name": "pause", "binds": ["all"], "holds": 1.0, "stops": [], "continues": {}}
    return Intervention(**{**rest, "suspended": "resume", "over_cap": "cut", **values})


def under(world: Draw, *interventions: Intervention, **values: Any) -> RunRecord:
    """The record of a draw with these interventions."""
    named = {item.name: item for item in interventions}
    return simulate(dataclasses.replace(world, interventions=named, **values))


def without_own(record: RunRecord) -> RunRecord:
    """The record without the rows of interventions; the other rows' causes are counted without them."""
    kept = [n for n, event in enumerate(record.events) if event[2] not in OWN_KINDS]
    place = {old: new for new, old in enumerate(kept)}
    events = [(*record.events[n][:7], tuple(place[c] for c in record.events[n][7] if c in place)) for n in kept]
    return dataclasses.replace(record, events=events)


def yearly(**values: Any) -> Draw:
    """One lab whose run of 60 days is due every 100, with a cluster that grows on fixed dates."""
    rest: dict[str, Any] = {
        "compute": [stock(1000.0), Supply(accelerator="H100", deliver=500.0, every=Recurrence(days=90.0))],
        "runs": [run("M", starts=20.0, every=Recurrence(days=100.0), share=0.1, length_days=60.0)],
        "models": [existing("Old", -10.0, 1e20, -5.0)],
        "staff": {"ai_research": fixed(100.0)},
    }
    return draw(lab(**{**rest, **values}), end=1000.0)


# When, and whom


def test_words() -> None:
    assert trigger_of("when any lab reaches expert level") == Trigger(level="expert level")
    assert trigger_of("when Lab A reaches x") == Trigger(level="x", lab="Lab A")
    assert trigger_of(" at the deal") == Trigger(milestone="the deal")
    assert trigger_of("when the deal ends") == Trigger(intervention="the deal", how="ends")
    assert trigger_of("when the deal breaks ") == Trigger(intervention="the deal", how="breaks")
    assert trigger_of("on Monday") is None


def test_dates_and_lengths() -> None:
    world = yearly()
    record = under(
        world,
        pause(name="a", starts=100.0, lasts=30.0, stops=["releases"]),
        pause(name="b", starts=150.0, ends=170.5, stops=["releases"]),
        pause(name="c", stops=["human_research"]),
        pause(name="d", starts=2000.0, stops=["human_research"]),
    )
    assert record.interventions == [("c", 0.0, None, ["A"]), ("a", 100.0, 130.0, ["A"]), ("b", 150.0, 170.5, ["A"])]
    assert [warning[2:] for warning in record.warnings if warning[2] == "d"] == [
        ("d", "the intervention never starts: its date is after the end")
    ]
    end = only(events(record, "intervention_end", "a"))
    assert (end[0], end[4], end[5]) == (130.0, 30.0, "days")
    assert record.events[end[7][0]][2:4] == ("intervention_start", "a")


def test_levels_and_milestones_start_and_end_it() -> None:
    world = yearly()
    first = simulate(world)
    second = model(first, "M-2").effective_flop
    fourth = model(first, "M-4").effective_flop
    levels = {"two": Level(name="two", effective_flop=second), "four": Level(name="four", effective_flop=fourth)}
    milestones = {"big": Milestone(name="big", h100e=2000.0), "four": Milestone(name="four", level="four")}
    world = dataclasses.replace(world, levels=levels, milestones=milestones)
    plain = simulate(world)
    record = under(
        world,
        pause(name="a", starts="when any lab reaches two", ends="at four", stops=["releases"]),
        pause(name="b", starts="when B reaches two", stops=["training"]),
        pause(name="c", starts="at big", lasts=5.0, stops=["releases"]),
    )
    reached = plain.levels["two", ""][0]
    assert record.interventions[-1][:3] == ("a", reached, plain.levels["four", ""][0])
    start = only(events(record, "intervention_start", "a"))
    assert [record.events[n][2] for n in start[7]] == ["level_reached", "intervention_waits"]
    end = only(events(record, "intervention_end", "a"))
    assert [record.events[n][2] for n in end[7]] == ["milestone", "intervention_start"]
    assert {item[0]: item[1:3] for item in record.interventions}["c"] == (
        plain.milestones["big"],
        plain.milestones["big"] + 5.0,
    )
    assert "when B reaches two did not happen" in only([w[3] for w in record.warnings if w[2] == "b"])


@pytest.mark.parametrize(
    "values",
    [
        {"starts": 50.0, "ends": 40.0},
        {"starts": "when any lab reaches new", "ends": 40.0},
        {"starts": 50.0, "ends": "when A reaches old"},
        {"ends": "when any lab reaches old"},
        {"starts": "when any lab reaches new", "ends": "when any lab reaches newer"},
        {"starts": "when any lab reaches new", "ends": "at first"},
        {"starts": 50.0, "breaks": Breaks(when=50.0)},
        {"starts": 50.0, "breaks": Breaks(when="when any lab reaches old")},
    ],
)
def test_what_ends_or_breaks_as_it_starts_does_nothing(values: dict[str, Any]) -> None:
    """A run is in progress on day 50; on day 80 its model, with another run in progress, reaches two levels at once."""
    runs = [run("M", starts=20.0, share=0.1, length_days=60.0), run("N", starts=30.0, share=0.1, length_days=60.0)]
    world = yearly(runs=runs, use={"training": 0.5, "experiments": 0.5}, fleets={})
    new = model(simulate(world), "M").effective_flop
    sizes = {"old": 1.0, "new": new, "newer": 0.9 * new}
    world.levels = {name: Level(name=name, effective_flop=size) for name, size in sizes.items()}
    world.milestones = {"first": Milestone(name="first", level="new")}
    plain = tables(simulate(world))
    deal = pause(stops=["training"], suspended="destroy", on_break=OnBreak(suspended="destroy"), **values)
    record = under(world, deal)
    text = tables(record)
    lines = [line for line in text.pop("events").splitlines() if "/pause/" not in line]
    assert lines == plain["events"].splitlines()
    assert text == {name: value for name, value in plain.items() if name != "events"}
    start = {50.0: 50.0, None: 0.0}.get(deal.starts, 80.0)  # type: ignore[call-overload]
    assert record.interventions == [("pause", start, start, ["A"])]
    assert len(events(record, "intervention_breaks")) == (deal.breaks is not None)
    assert "does nothing" in only([text for *_, text in record.warnings])


def test_it_starts_before_labs_decide_about_what_started_it() -> None:
    """The run that is due on the day on which the level is reached does not start."""
    world = yearly(runs=[run("M", starts=20.0, every=Recurrence(days=60.0), share=0.1, length_days=60.0)])
    world.levels = {"one": Level(name="one", effective_flop=model(simulate(world), "M-1").effective_flop)}
    record = under(world, pause(starts="when any lab reaches one", lasts=40.0, stops=["training"]))
    assert days(record, "run_started") == [20.0, 120.0, *days(record, "run_started")[2:]]


def test_leader_and_blocs() -> None:
    labs = [
        lab("A", bloc="US", models=[existing("A0", -10.0, 1e24, -5.0)]),
        lab("B", bloc="US", models=[existing("B0", -10.0, 3e24, -5.0)]),
        lab("C", bloc="CN", models=[existing("C0", -10.0, 1e24, -5.0)]),
    ]
    record = under(
        draw(*labs),
        pause(name="a", binds=["leader"], starts=5.0, stops=["releases"]),
        pause(name="b", binds=["US"], starts=6.0, stops=["releases"]),
        pause(name="c", binds=["CN", "leader"], starts=7.0, stops=["releases"]),
    )
    assert [item[3] for item in record.interventions] == [["B"], ["A", "B"], ["B", "C"]]


# Everything


@pytest.mark.parametrize("since,length", [(0.0, 10.0), (33.3, 77.25), (200.0, 100.0)])
def test_everything_for_t_moves_all_later_dates_by_t(since: float, length: float) -> None:
    since = math.ceil(since * 2**30) / 2**30
    world = busy()
    record = under(world, pause(starts=since, lasts=length, stops=["everything"]), end=world.end + length)
    assert_sound(record)
    assert_moved(simulate(world), without_own(record), [(since, length)])


def test_two_overlapping_stops_of_everything_are_one() -> None:
    world = busy()
    record = under(
        world,
        pause(name="a", starts=100.0, lasts=50.0, stops=["everything"]),
        pause(name="b", starts=120.0, lasts=50.0, stops=["everything"]),
        end=world.end + 70.0,
    )
    assert_moved(simulate(world), without_own(record), [(100.0, 70.0)])


def test_everything_at_one_lab_leaves_the_others_as_they_are() -> None:
    world = busy(diffusion=[])
    plain = simulate(world)
    record = under(world, pause(binds=["Corona"], starts=100.0, lasts=50.0, stops=["everything"]))
    assert_sound(record)
    for name in ("models", "trajectory"):
        assert _rows_of(tables(record)[name], "Aurora") == _rows_of(tables(plain)[name], "Aurora")
        assert _rows_of(tables(record)[name], "Borealis") == _rows_of(tables(plain)[name], "Borealis")
    later = days(record, "run_started", lab="Corona")
    assert later == [day if day <= 100.0 else day + 50.0 for day in days(plain, "run_started", lab="Corona")]


def _rows_of(text: str, name: str) -> list[str]:
    return [line for line in text.splitlines() if f",{name}," in line or line.startswith(f"{name},")]


# No effect


@pytest.mark.parametrize(
    "values",
    [
        {"lasts": 0.0, "stops": ["everything"]},
        {"lasts": 0.0, "stops": ["training", "deliveries", "software"]},
        {"holds": 0.0, "stops": ["training", "experiments", "ai_use_in_research", "human_research", "releases"]},
        {"holds": 0.0, "stops": ["everything"]},
        {"continues": {"training": 1.0, "experiments": 1.0}},
        {"starts": 759.9, "stops": ["human_research"], "binds": ["Borealis"]},
    ],
)
def test_what_does_nothing_changes_no_byte_but_its_own_rows(values: dict[str, Any]) -> None:
    plain, text = tables(simulate(busy())), tables(under(busy(), pause(**{"starts": 100.0, **values})))
    lines = [line for line in text.pop("events").splitlines() if "/pause/" not in line]
    assert lines == plain["events"].splitlines()
    assert text == {name: value for name, value in plain.items() if name != "events"}


def test_a_lab_without_links_to_the_bound_ones_is_unchanged() -> None:
    """Whatever is stopped at one lab."""
    plain, record = simulate(busy()), under(
        busy(),
        pause(binds=["Corona"], starts=50.0, lasts=300.0, stops=list(STOPPABLE)),
    )  # fmt: skip
    for name in ("models", "trajectory"):
        for other in ("Aurora", "Borealis"):
            assert _rows_of(tables(record)[name], other) == _rows_of(tables(plain)[name], other)


# One thing at a time


def test_stopping_only_training_shifts_every_later_start_by_exactly_t() -> None:
    """Levels are crossed at most that much later: chips went on arriving."""
    world = yearly()
    plain = simulate(world)
    flops = [item.effective_flop for item in plain.models[1:]]
    world.levels = {f"l{n}": Level(name=f"l{n}", effective_flop=flop) for n, flop in enumerate(flops)}
    plain = simulate(world)
    record = under(world, pause(starts=190.0, lasts=100.0, stops=["training"]))
    starts = [day if day < 190.0 else day + 100.0 for day in days(plain, "run_started")]
    assert days(record, "run_started") == [day for day in starts if day < 1000.0]
    for (level, who), (day, _) in plain.levels.items():
        if not who and (level, "") in record.levels:
            late = record.levels[level, ""][0] - day
            assert late == (0.0 if day < 190.0 else pytest.approx(late)) and 0.0 <= late <= 100.0
    assert record.levels["l5", ""][0] < plain.levels["l5", ""][0] + 100.0  # the rebound


def test_a_run_in_progress_is_suspended_and_goes_on() -> None:
    """60 days from day 20: suspended on day 50 for 25 days, it ends on day 105; its chips are lent meanwhile."""
    record = under(yearly(), pause(starts=50.0, lasts=25.0, stops=["training"]))
    assert days(record, "run_suspended") == [50.0] and days(record, "run_resumed") == [75.0]
    assert days(record, "run_finished")[0] == 105.0
    assert held(record, "training", 60.0) == 0.0 and held(record, "training", 80.0) == pytest.approx(100.0)
    # 10% of 1000 H100 by the shares of 50:10:30, serving included, as Old is public.
    assert held(record, "experiments", 60.0) == pytest.approx(500.0 + 100.0 * 5 / 9)
    suspended = only(events(record, "run_suspended"))
    assert record.events[suspended[7][0]][1:4] == ("A", "suspended", "pause")


def test_it_starts_anew_or_is_given_up() -> None:
    world = yearly()
    anew = under(world, pause(starts=50.0, lasts=25.0, stops=["training"], suspended="restart"))
    assert days(anew, "run_finished")[0] == 135.0
    assert model(anew, "M-1").effective_flop == model(simulate(world), "M-1").effective_flop
    gone = under(world, pause(starts=50.0, lasts=25.0, stops=["training"], suspended="destroy"))
    assert days(gone, "run_given_up") == [50.0]
    assert days(gone, "run_finished")[0] == 205.0  # the second run, due on day 120 + 25
    assert log(gone, "M-1").flop == pytest.approx(model(simulate(world), "M-1").training_flop / 2.0)
    assert [part[:3] for part in log(gone, "M-1").phases] == [("pretraining", 20.0, 50.0)]


def test_phases_of_a_try_that_is_lost_end_when_the_run_is_suspended() -> None:
    """Of 30 days each: begun on day 20, stopped on day 60, begun anew on day 75."""
    halves = [phase("pretraining", flop_share=0.5), phase("post-training", flop_share=0.5)]
    world = yearly(runs=[run("M", starts=20.0, share=0.1, length_days=60.0, phases=halves)])
    record = under(world, pause(starts=60.0, lasts=15.0, stops=["training"], suspended="restart"))
    tries = [[part[:3] for part in parts] for parts in (log(record).lost, log(record).phases)]
    assert tries == [
        [("pretraining", 20.0, 50.0), ("post-training", 50.0, 60.0)],
        [("pretraining", 75.0, 105.0), ("post-training", 105.0, 135.0)],
    ]
    found = terms(record, model(record, "M"))  # only the last try made the model
    assert [(term.key[0], term.since, term.factors["duration"]) for term in found] == [
        ("pretraining", 75.0, pytest.approx(30.0)), ("post-training", 105.0, pytest.approx(30.0))
    ]  # fmt: skip


def test_training_at_a_share() -> None:
    """A gang that has more is suspended; what starts is cut, or waits."""
    runs = [run("Fixed", starts=0.0, share=0.1, length_days=100.0), run("Free", starts=60.0, length_days=10.0)]
    world = yearly(runs=runs, compute=[stock(1000.0)])
    record = under(world, pause(starts=50.0, lasts=100.0, continues={"training": 0.4}))
    assert days(record, "run_suspended", "Fixed") == [50.0] and days(record, "run_resumed", "Fixed") == [150.0]
    assert days(record, "run_started", "Free") == [60.0]
    assert held(record, "training", 65.0) == pytest.approx(40.0)
    holds = under(world, pause(starts=50.0, lasts=100.0, stops=["training"], holds=0.6))
    assert held(holds, "training", 65.0) == pytest.approx(40.0)


def test_runs_of_a_stated_size_are_cut_or_wait() -> None:
    """Cut to 40%, a share makes 40% of the FLOP in its length; FLOP with a length takes longer."""
    runs = [
        run("Share", starts=60.0, share=0.1, length_days=20.0),
        run("Flop", starts=60.0, flop=1e22, length_days=20.0),
    ]
    for spec, cut_flop, cut_days in ((runs[0], 0.4, 20.0), (runs[1], 1.0, None)):
        world = yearly(runs=[spec], compute=[stock(1000.0)])
        plain = model(simulate(world), spec.name)
        if spec.name == "Flop":
            cut_days = 20.0 * sum(plain.accelerators.values()) / 4.0
            stop = pause(starts=50.0, continues={"training": 0.04})
        else:
            stop = pause(starts=50.0, continues={"training": 0.4})
        found = model(under(world, stop), spec.name)
        assert found.training_flop == pytest.approx(cut_flop * plain.training_flop)
        assert found.finished - found.started == pytest.approx(cut_days)
        waits = under(world, dataclasses.replace(stop, over_cap="wait", lasts=70.0))
        assert days(waits, "run_started") == [120.0]


def test_experiments_and_ai_at_a_share_free_accelerators_for_the_others() -> None:
    """Of 1000: 50% experiments, 10% research, 30% serving; training's 10% is lent."""
    world = yearly(runs=[], compute=[stock(1000.0)])
    stop = pause(starts=50.0, lasts=10.0, stops=["ai_use_in_research"], continues={"experiments": 0.5})
    record = under(world, stop)
    assert uses(record, 55.0) == pytest.approx({"experiments": 250.0, "serving": 750.0})
    assert uses(record, 60.0) == pytest.approx({"experiments": 500 / 0.9, "research": 100 / 0.9, "serving": 300 / 0.9})
    idle = under(world, dataclasses.replace(stop, freed="idle", stops=["ai_use_in_research", "training"]))
    assert uses(idle, 55.0) == pytest.approx({"experiments": 250.0, "serving": 300.0, "idle": 450.0})
    both = under(world, dataclasses.replace(stop, freed="serving"))
    assert uses(both, 55.0) == pytest.approx(uses(record, 55.0))
    for found in (record, idle, both):
        assert_sound(found)


def test_earmarks_do_not_get_round_it() -> None:
    world = yearly(after_training=after("research", for_days=50.0))
    assert held(simulate(world), "research", 90.0) > 150.0
    assert held(under(world, pause(starts=10.0, stops=["ai_use_in_research"])), "research", 90.0) == 0.0
    record = under(world, pause(starts=10.0, continues={"ai_use_in_research": 0.5}))
    assert held(record, "research", 90.0) == pytest.approx(75.0)  # half of 10% of 1500
    assert_sound(record)


def test_deliveries_come_later_or_at_half_speed() -> None:
    world = yearly()
    assert days(under(world, pause(starts=100.0, lasts=50.0, stops=["deliveries"])), "delivery") == [
        90.0, *(180.0 + 90.0 * k + 50.0 for k in range(9)),
    ][: len(days(simulate(world), "delivery"))]  # fmt: skip
    half = days(under(world, pause(starts=100.0, lasts=50.0, continues={"deliveries": 0.5})), "delivery")
    assert half[:3] == [90.0, 205.0, 295.0]
    within = days(under(world, pause(starts=100.0, lasts=200.0, continues={"deliveries": 0.5})), "delivery")
    assert within[:3] == [90.0, 260.0, 370.0]  # 80 days at half speed; then 20 of 90 by day 300, and 70 more


def test_releases_wait_but_the_lab_uses_its_models() -> None:
    world = yearly()
    plain, record = simulate(world), under(world, pause(starts=85.0, lasts=40.0, stops=["releases"]))
    assert days(record, "model_internal") == days(plain, "model_internal")
    assert days(plain, "model_public")[:2] == [110.0, 210.0] and days(record, "model_public")[:2] == [150.0, 210.0]


def test_people_at_a_share() -> None:
    world = yearly(staff={"ai_research": Series(((0.0, 100.0), (60.0, 200.0))), "general": fixed(10.0)})
    record = under(world, pause(starts=50.0, lasts=20.0, continues={"human_research": 0.25}))
    assert record.staff["A", "ai_research"] == [(0.0, 100.0), (50.0, 25.0), (60.0, 50.0), (70.0, 200.0)]
    assert record.staff["A", "general"] == [(0.0, 10.0)]


# Software: what is lost is lost for good


def test_stated_software_at_half_speed_is_behind_by_half_the_time() -> None:
    law = Software(training_growth=3.0, inference_growth=2.0)
    record = under(yearly(software=law), pause(starts=100.0, lasts=50.0, continues={"software": 0.5}))
    trained, inference = record.training_efficiency["A"], record.inference_efficiency["A"]
    for day, own in ((50.0, 50.0), (100.0, 100.0), (120.0, 110.0), (150.0, 125.0), (900.0, 875.0)):
        assert trained.at(day) == pytest.approx(3.0 ** (own / DAYS_PER_YEAR), rel=1e-12)
        assert inference.at(day) == pytest.approx(2.0 ** (own / DAYS_PER_YEAR), rel=1e-12)


def test_software_that_is_not_driven_by_research_is_told_of() -> None:
    law = Software(training_growth=3.0, inference_growth=2.0)
    told = [w[3] for w in under(yearly(software=law), pause(stops=["human_research"])).warnings]
    assert told == [
        "software of A follows a stated rate and goes on: state `software` in `stops` or `continues` if it should not"
    ]
    for stop in (pause(stops=["human_research", "software"]), pause(stops=["training"]), pause(stops=["everything"])):
        assert not under(yearly(software=law), stop).warnings


@pytest.mark.parametrize("exponent", [None, 0.5])
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_software_at_a_share_before_it_follows_research(share: float, exponent: float | None) -> None:
    """It is behind the stated rate by 50 or 25 of the 50 days, also when everything stands and a shock jumps meanwhile;
    the stop that goes on when it begins to follow research holds there too."""
    law = Software(
        training_growth=3.0, feedback=True, feedback_from=300.0, inference_exponent=exponent, returns=0.0,
        labour_share=1.0, parallel_penalty=0.6, limit=1e12, step=1.1,
    )  # fmt: skip
    world = yearly(software=law, fleets={"serving": fleet("serving")}, use={"training": 0.1, "serving": 0.9})
    slow = pause(starts=100.0, lasts=50.0, continues={"software": share})
    late = pause(name="late", starts=280.0, lasts=50.0, continues={"software": share})
    record = under(world, slow, late)
    points = ((100.0, 100.0), (120.0, 100.0 + 20.0 * share), (150.0, 100.0 + 50.0 * share), (250.0, 200 + 50.0 * share),
              (400.0, 300.0 + 100.0 * share))  # fmt: skip
    for day, own in points:
        expected = 3.0 ** (own / DAYS_PER_YEAR)
        assert record.training_efficiency["A"].at(day) == pytest.approx(expected, rel=1e-9)
        assert record.inference_efficiency["A"].at(day) == pytest.approx(expected ** (exponent or 1.0), rel=1e-9)
    stand = pause(name="stand", starts=110.0, lasts=30.0, stops=["everything"])
    own = 100.0 + 20.0 * share + 50.0  # of the 50 days 20 are left for it; then 50 until day 200
    grown = under(world, slow, stand).training_efficiency["A"].at(200.0)
    assert grown == pytest.approx(3.0 ** (own / DAYS_PER_YEAR), rel=1e-9)
    world.shocks = {"jump": Shock(name="jump", on=120.0, training_efficiency=2.0, binds=[])}
    jumped = under(world, slow)
    expected = 2.0 * 3.0 ** ((200.0 + 50.0 * share) / DAYS_PER_YEAR)
    assert jumped.training_efficiency["A"].at(250.0) == pytest.approx(expected, rel=1e-9)
    assert jumped.inference_efficiency["A"].at(250.0) == pytest.approx(expected ** (exponent or 1.0), rel=1e-9)


@pytest.mark.parametrize("share,beta", [(0.5, 0.0), (0.5, 0.5), (0.0, 0.25)])
def test_software_of_research_at_a_share(share: float, beta: float) -> None:
    """With constant research A^β grows evenly: after T days at share s the law is (1 − s)·T days behind for good."""
    law = Software(
        training_growth=3.0, feedback=True, returns=beta, labour_share=1.0, parallel_penalty=0.6, limit=1e12, step=1.1
    )
    world = yearly(software=law, fleets={"serving": fleet("serving")}, use={"training": 0.1, "serving": 0.9})
    plain = simulate(world)
    record = under(world, pause(starts=100.0, lasts=80.0, continues={"software": share}))
    lost = (1.0 - share) * 80.0
    for day in (180.0, 300.0, 900.0):
        assert record.training_efficiency["A"].at(day) == pytest.approx(
            plain.training_efficiency["A"].at(day - lost), rel=1e-9
        )


# Several at once


def test_the_stricter_share_counts_in_any_order() -> None:
    world = busy()
    items = [
        pause(name="b", starts=50.0, lasts=200.0, stops=["training"], continues={"experiments": 0.5}),
        pause(name="a", starts=100.0, lasts=50.0, continues={"experiments": 0.2, "training": 0.5}, freed="idle"),
        pause(name="c", starts=120.0, lasts=200.0, stops=["deliveries"], continues={"experiments": 0.7}),
    ]
    one = under(world, *items)
    two = under(world, *reversed(items))
    assert tables(one) == tables(two)
    total = {day: sum(uses(one, day, "Corona").values()) for day in (60.0, 110.0, 160.0, 260.0)}
    shares = {60.0: 0.5, 110.0: 0.2, 160.0: 0.5, 260.0: 0.7}
    for day, share in shares.items():
        assert held(one, "experiments", day, lab="Corona") == pytest.approx(share * 0.5 * total[day])
    assert_sound(one)


def test_after_the_last_event_nothing_changes() -> None:
    plain = simulate(yearly())
    record = under(yearly(), pause(starts=plain.events[-1][0] + 1.0, stops=["training", "releases", "deliveries"]))
    kept = [event for event in record.events if event[2] not in OWN_KINDS and event[2] != "run_unfinished"]
    assert [e[:5] for e in kept] == [e[:5] for e in plain.events if e[2] != "run_unfinished"]


THINGS = st.sampled_from(STOPPABLE)


@st.composite
def interventions(draw_: Any, name: str) -> Intervention:
    return pause(
        name=name,
        starts=draw_(st.floats(0.0, 300.0)),
        lasts=draw_(st.floats(0.0, 200.0)),
        stops=draw_(st.one_of(st.lists(THINGS, max_size=4, unique=True), st.just(["everything"]))),
        continues=draw_(st.dictionaries(THINGS, st.sampled_from([0.0, 0.3, 0.9, 1.0]), max_size=3)),
        freed=draw_(st.sampled_from([None, "idle", "research", "serving"])),
        suspended=draw_(st.sampled_from(["resume", "restart", "destroy"])),
        over_cap=draw_(st.sampled_from(["cut", "wait"])),
        holds=draw_(st.sampled_from([0.0, 0.7, 1.0])),
        cap_run_flop=draw_(st.one_of(st.none(), st.floats(1e19, 1e24))),
        cap_training=draw_(st.one_of(st.none(), st.floats(0.0, 3000.0))),
        cap_research_share=draw_(st.one_of(st.none(), st.floats(0.0, 1.0))),
        tax=draw_(st.one_of(st.none(), st.floats(0.0, 1.0))),
        minimum_shares=draw_(st.dictionaries(st.sampled_from(["research", "serving"]), st.floats(0.0, 0.5))),
        slow_deliveries=draw_(st.one_of(st.none(), st.floats(0.0, 1.0))),
        withheld=draw_(st.sampled_from(["lost", "banked"])),
        release_interval=draw_(st.one_of(st.none(), st.floats(0.0, 200.0))),
        research_models_older_than=draw_(st.one_of(st.none(), st.floats(0.0, 200.0))),
        safety_tax=draw_(st.one_of(st.none(), st.floats(0.0, 0.9))),
        hire_people={"ai_research": draw_(st.floats(0.0, 50.0))},
        hire_over=draw_(st.floats(0.0, 100.0)),
        slow_diffusion=draw_(st.one_of(st.none(), st.floats(1.0, 5.0))),
        shift_to_alignment=draw_(st.one_of(st.none(), st.floats(0.0, 1.0))),
        pool=draw_(st.sampled_from([None, "software"])),
    )


@settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(worlds(), interventions("one"), interventions("two"))
def test_any_interventions_on_any_world(world: Draw, one: Intervention, two: Intervention) -> None:
    record = under(world, one, two)
    assert_sound(record)
    assert tables(record) == tables(under(world, two, one))


def test_tables_of_a_world_with_interventions_are_sound() -> None:
    record = under(
        busy(),
        pause(name="a", starts=60.0, lasts=90.0, stops=["everything"]),
        pause(name="b", starts="when any lab reaches mid", lasts=100.0, stops=["training", "ai_use_in_research"]),
    )
    text = tables(record)
    assert_ids_exist(text["events"])
    assert_trajectory_conserves(text["trajectory"])


def test_policies_of_the_user_s_own_and_by_phase_are_held_to_it() -> None:
    """Hard limits come before what any policy wants: one that gives all to training gets 5% of it, or nothing."""

    def greedy(view: View) -> Decision:
        return training_first(view)

    world = yearly(
        runs=[run("M", starts=20.0, every=Recurrence(days=100.0), length_days=60.0)], compute=[stock(1000.0)]
    )
    stop = {"pause": pause(starts=110.0, lasts=50.0, stops=["training"])}
    cap = {"pause": pause(starts=110.0, cap_training_share=0.05)}
    phases = [PolicyPhase(name="all", use={"training": 1.0}, starts_runs=True, training_first=True)]
    for policies, policy in (({"A": greedy}, "shares"), ({}, "training_first"), ({}, "phases")):
        one = dataclasses.replace(world.labs["A"], policy=policy, phases=phases if policy == "phases" else None)
        here = dataclasses.replace(world, labs={"A": one})
        stopped = simulate(dataclasses.replace(here, interventions=stop), policies)
        assert held(stopped, "training", 30.0) == 1000.0 and held(stopped, "training", 130.0) == 0.0
        assert days(stopped, "run_started")[:3] == [20.0, 170.0, 270.0]
        capped = simulate(dataclasses.replace(here, interventions=cap), policies)
        assert held(capped, "training", 130.0) == pytest.approx(50.0)
        assert_sound(stopped)
        assert_sound(capped)
