"""Runs whose length follows progress: from what is true when all else of the instant of their start is over."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim.base.calendar import Recurrence, tick
from sim.base.series import Series, fixed
from sim.base.units import DAYS_PER_YEAR
from sim.model.lab import Lab
from sim.model.programme import LengthRule, StartRule
from sim.model.shock import Shock
from sim.model.software import Diffusion, Software
from sim.model.training_run import TrainingRun
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import draw, existing, lab, run, stock
from tests.world.observe import assert_ids_exist, assert_sound, events, log, only, tables
from tests.world.test_intervention import pause, under

RULE = LengthRule(rule="shorter with progress", reference_growth=2.0, exponent=1.0, floor_days=1.0)
"""At 4x a year runs are half as long as stated."""


def people_alone(**changes: Any) -> Software:
    """4x a year for the people of the start; their number to the power one makes the rate."""
    rest: dict[str, Any] = {"training_growth": 4.0, "labour_share": 1.0, "returns": 0.0, "parallel_penalty": 1.0,
                            "research_substitution": 0.0, "step": 1.1, "feedback": True}  # fmt: skip
    return Software(**{**rest, **changes})


def site(name: str = "A", *, runs: list[TrainingRun], **values: Any) -> Lab:
    rest: dict[str, Any] = {"software": people_alone(), "staff": {"ai_research": fixed(100.0)},
                            "use": {"training": 0.5, "experiments": 0.5}}  # fmt: skip
    return lab(name, runs=runs, **{**rest, **values})


def due(name: str = "R", **values: Any) -> TrainingRun:
    rest: dict[str, Any] = {"share": 0.1, "length_days": 40.0, "length_rule": RULE, "every": Recurrence(days=1000.0)}
    return run(name, **{**rest, **values})


OLD = existing("Old", -10.0, 1e24)
STRONG = existing("Strong", -10.0, 1e28)
WITH_AI = {"training": 0.4, "experiments": 0.3, "research": 0.3}
MORE_PEOPLE = {"ai_research": Series(((0.0, 100.0), (50.0, 200.0)))}


def length(record: RunRecord, name: str = "R-1", lab: str = "A") -> float:
    made = log(record, name, lab)
    assert made.started is not None and made.finished is not None
    return float(made.finished - made.started)


# What counts of the instant at which a run starts


@pytest.mark.parametrize("feedback", [False, True])
def test_a_breakthrough_that_makes_a_run_due_does_not_make_it_long(feedback: bool) -> None:
    """The jump itself is no progress that lasts: 4x a year from there on."""
    rule = StartRule(efficiency_grows=3.0, times=1, apart_days=0.0)
    world = site(runs=[due(every=None, start_when=rule)], software=people_alone(feedback=feedback))
    jump = Shock(name="jump", on=50.0, training_efficiency=3.0)
    made = only(simulate(draw(world, end=100.0, shocks={"jump": jump})).runs)
    assert made.started == 50.0 and made.finished == pytest.approx(70.0, abs=1e-6)


def test_people_who_come_on_that_day_count() -> None:
    """Twice the people on the day of the start: at 16x a year a run takes a quarter of its 40 days."""
    record = simulate(draw(site(runs=[due(starts=50.0)], staff=MORE_PEOPLE), end=100.0))
    assert length(record) == pytest.approx(10.0, abs=1e-6)
    assert_sound(record)
    assert_ids_exist(tables(record)["events"])


def test_a_run_is_as_long_as_if_it_started_just_after_the_delivery_of_that_day() -> None:
    """Four times the experiments are four times the speed; what runs take from experiments does not count."""
    chips = [stock(1000.0), stock(3000.0, on=50.0)]
    for share in (0.1, 0.5):
        for day in (50.0, 50.0 + 2.0**-20):
            world = site(runs=[due(starts=day, share=share)], software=people_alone(labour_share=0.0), compute=chips)
            assert length(simulate(draw(world, end=100.0))) == pytest.approx(5.0, rel=1e-6)


def test_a_model_that_takes_over_research_shortens_the_run_that_follows_it_at_once() -> None:
    """As long as if it started a moment later, when the model is at work anyway."""

    def second(gain: float, apart: float = 0.0) -> float:
        rule = StartRule(latest_days=15.0, apart_days=apart)
        world = site(runs=[due(every=None, gain=gain, start_when=rule)], models=[OLD], use=WITH_AI,
                     software=people_alone(labour_share=0.5))  # fmt: skip
        record = simulate(draw(world, end=150.0))
        first, then = log(record, "R-1"), log(record, "R-2")
        assert first.finished is not None and then.started is not None
        assert (then.started - first.finished) == pytest.approx(0.01 if apart else 0.0, abs=1e-4)
        return length(record, "R-2")

    assert second(1e4) == pytest.approx(second(1e4, apart=20.01), rel=1e-3)
    assert second(1e4) < 0.8 * second(1.0)


def test_the_pace_of_an_intervention_of_that_instant_counts() -> None:
    """Software at a stated 4x a year goes on at half its speed, 2x, from the day of the start on."""
    slow = pause(starts=50.0, lasts=100.0, stops=["software"], continues={"software": 0.5})
    world = draw(site(runs=[due(starts=50.0)], software=Software(training_growth=4.0)), end=200.0)
    assert length(simulate(world)) == pytest.approx(20.0, abs=1e-6)
    assert length(under(world, slow)) == pytest.approx(40.0, abs=1e-6)


# Pauses


def after_pauses(days: float, what: str, **values: Any) -> RunRecord:
    """Training stops from day 50 to 250, another thing too, but goes on so many days earlier; chips come meanwhile."""
    stops = [pause(name="training", starts=50.0, lasts=200.0, stops=["training"]),
             pause(name=what, starts=50.0, lasts=200.0 - days, stops=[what])]  # fmt: skip
    rule = StartRule(cluster_grows=1.5, times=1, apart_days=0.0)
    world = site(runs=[due(every=None, start_when=rule)], compute=[stock(1000.0), stock(1000.0, on=100.0)], **values)
    record = under(draw(world, end=400.0), *stops)
    assert log(record, "R-1").started == 250.0
    return record


@pytest.mark.parametrize("days", [0.0, 1.0 / 24.0, 1.0, 30.0])
def test_a_pause_leaves_no_trace_in_the_length_of_the_run_that_waited_for_its_end(days: float) -> None:
    """Nobody did research in it: whether they are back at work with the run or before, it takes half of its 40 days."""
    assert length(after_pauses(days, "human_research")) == pytest.approx(20.0, abs=1e-6)


def test_ai_that_is_back_in_research_just_before_training_makes_hardly_a_difference() -> None:
    """The less time there is between the two ends, the less there is between lengths and models: to nothing."""

    def outcome(days: float) -> tuple[float, float]:
        software = people_alone(returns=0.5)
        record = after_pauses(days, "ai_use_in_research", use=WITH_AI, software=software, models=[STRONG])
        made = only([model for model in record.models if not model.existing])
        return length(record), math.log(made.effective_flop)

    together = outcome(0.0)
    assert outcome(-1.0)[0] == 40.0 > 2.0 * together[0]  # it starts while people are alone in research
    a_day = [one - both for one, both in zip(outcome(1.0), together, strict=True)]
    assert all(abs(change) < 0.05 for change in a_day)
    for days in (0.1, 0.01):
        for one, both, change in zip(outcome(days), together, a_day, strict=True):
            assert one - both == pytest.approx(days * change, rel=2e-3)


def test_a_run_that_a_pause_catches_on_its_due_day_is_sized_when_it_starts() -> None:
    """What stops people stops training too, on the very day; when both go on, progress is what it was."""
    stop = pause(starts=50.0, lasts=200.0, stops=["training", "human_research"])
    record = under(draw(site(runs=[due(starts=50.0)]), end=400.0), stop)
    assert log(record, "R-1").due == 50.0 and log(record, "R-1").started == 250.0
    assert length(record) == pytest.approx(20.0, abs=1e-6)


def test_everything_that_stops_on_that_day_stops_after_the_start() -> None:
    world = draw(site(runs=[due(starts=50.0)]), end=400.0)
    stopped = under(world, pause(starts=50.0, lasts=100.0, stops=["everything"]))
    assert log(stopped, "R-1").started == 50.0
    assert log(stopped, "R-1").finished == log(simulate(world), "R-1").finished + 100.0


# Runs that wait


def waiting(*more: TrainingRun) -> RunRecord:
    """Another run holds the whole cluster until day 60; meanwhile people have become twice as many."""
    first = run("First", starts=1.0, accelerators={"H100": 1000.0}, length_days=59.0)
    world = site(runs=[first, due(starts=30.0, share=0.9), *more], staff=MORE_PEOPLE)
    record = simulate(draw(world, end=200.0))
    assert_sound(record)
    return record


def test_a_run_that_waits_is_sized_when_it_starts() -> None:
    record = waiting()
    assert (log(record, "R-1").due, log(record, "R-1").started) == (30.0, 60.0)
    assert length(record) == pytest.approx(10.0, abs=1e-6)
    (started,) = events(record, "run_started", "R-1")
    causes = [record.events[n][2:4] for n in started[7]]
    assert causes[:2] == [("run_due", "R-1"), ("run_finished", "First")]


def test_what_is_due_behind_it_waits_for_its_turn() -> None:
    record = waiting(run("Behind", starts=40.0, share=0.2, length_days=5.0))
    assert log(record, "R-1").started == 60.0
    assert log(record, "Behind").started == log(record, "R-1").finished


def test_equal_labs_whose_runs_start_at_one_instant_have_equal_ones() -> None:
    """One learns at once what the other finds; neither run is sized after the other has taken its accelerators."""
    sites = [site(name, runs=[due(starts=50.0)], software=people_alone(labour_share=0.0)) for name in "AB"]
    record = simulate(draw(*sites, end=100.0, diffusion=[Diffusion(lag_days=0.0)]))
    assert length(record, lab="A") == length(record, lab="B") == pytest.approx(20.0, abs=1e-6)


def test_where_nothing_else_happens_that_day_the_rate_is_that_of_the_law_so_far() -> None:
    """To the bit: nothing is predicted anew for a length."""
    software = people_alone(returns=0.3)
    laws = [simulate(draw(site(runs=runs, software=software), end=99.0)) for runs in ([due(starts=60.0)], [])]
    made, law = laws[0], laws[1].training_efficiency["A"]
    assert log(made, "R-1").finished == tick(60.0 + 40.0 * (math.log(2.0) / DAYS_PER_YEAR / law.rate_at(60.0)))


# While it waits


def test_a_run_that_waits_makes_no_decision_of_its_lab_happen_twice() -> None:
    """900 of 1000 H100, of which an elastic run has 500, are never free: the lab decides as with a fixed length,
    but for the day on which the run is due."""
    def splits(rule: LengthRule | None) -> list[Any]:
        elastic = run("E", elastic=True, length_days=200.0, starts=5.0)
        large = run("B", starts=20.0, accelerators={"H100": 900.0}, length_days=40.0, length_rule=rule)
        small = run("S", starts=21.0, share=0.1, length_days=10.0, every=Recurrence(days=7.0))
        return simulate(draw(site(runs=[elastic, large, small]), end=150.0)).splits

    plain, ruled = splits(None), splits(RULE)
    assert [split for split in ruled if split[0] != 20.0] == [split for split in plain if split[0] != 20.0]
    assert len(ruled) == len(plain) + 1


@pytest.mark.parametrize("limited", [False, True])
def test_one_that_waited_has_the_length_of_the_day_on_which_it_starts(limited: bool) -> None:
    """Due on day 20 at 4x a year, it starts on day 60, when twice the people make 16x: a quarter of its 40 days."""
    first = run("A", starts=10.0, accelerators={"H100": 600.0}, length_days=50.0)
    world = draw(site(runs=[first, due(starts=20.0, share=0.5)], staff=MORE_PEOPLE), end=150.0)
    record = under(world, pause(starts=30.0, slow_deliveries=0.5)) if limited else simulate(world)
    assert (log(record, "R-1").started, length(record)) == (60.0, pytest.approx(10.0, abs=1e-6))
    assert_sound(record)
