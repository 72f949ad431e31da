"""Interventions at their edges: cases that the second simulator (tests/second/interventions.py) found, by hand."""

from __future__ import annotations

import pytest

from sim.model.level import Milestone
from sim.world.simulate import simulate
from tests.world.build import draw, existing, lab, phase, run
from tests.world.observe import days, events, held, model, only, rows, uses
from tests.world.test_intervention import pause, under


def test_a_milestone_that_is_reached_at_the_start_starts_it_then() -> None:
    world = draw(lab(), end=100.0, milestones={"big": Milestone(name="big", h100e=500.0)})
    record = under(world, pause(starts="at big", lasts=5.0, stops=["training"]))
    assert record.interventions == [("pause", 0.0, 5.0, ["A"])]
    assert not [warning for warning in record.warnings if warning[2] == "pause"]


def test_a_model_that_is_held_back_to_the_end_is_not_public() -> None:
    """Planned for day 50, and the strongest for day 60; releases stop on day 40 for good, or all stands still."""
    models = [existing("Old", -90.0, 1e22, -80.0), existing("New", -10.0, 1e24, 50.0), existing("Late", 60.0, 1e26)]
    world = draw(lab(models=models), end=100.0)
    assert model(simulate(world), "New").public == 50.0
    for stops, late in (["releases"], 60.0), (["everything"], 100.0):
        record = under(world, pause(starts=40.0, stops=stops))
        assert model(record, "New").public is None
        assert model(record, "Late").internal == late  # at 100, which is the end: not before it
        closed = {(row["model"], row["dates"]): row["censored"] for row in rows(record, "closings")
                  if row["scope"] == "own" and row["factor"] == 2.0}  # fmt: skip
        assert closed["Old", "public"]
    record = under(world, pause(starts=40.0, lasts=30.0, stops=["releases"]))
    assert model(record, "New").public == 80.0


def test_a_minimum_is_had_from_what_is_idle_first() -> None:
    use = {"training": 0.2, "experiments": 0.1, "serving": 0.3}
    world = draw(lab(use=use, models=[existing("Old", -10.0, 1e20, -5.0)]), end=100.0)
    record = under(world, pause(starts=10.0, minimum_shares={"serving": 0.5}))
    assert uses(record, 20.0) == pytest.approx({"serving": 500.0, "experiments": 150.0, "idle": 350.0})
    record = under(world, pause(starts=10.0, minimum_shares={"serving": 0.95}))
    assert uses(record, 20.0) == pytest.approx({"serving": 950.0, "experiments": 50.0})


def test_a_phase_that_grows_beyond_a_cap_waits() -> None:
    """M has 200 H100 for 10 days, then 400; N has 250. A cap at 500 lets both begin, but M not grow beside N."""
    stages = [phase("pretraining", flop_share=0.2, accelerators_share=0.5), phase("post-training", flop_share=0.8)]
    runs = [
        run("M", starts=0.0, accelerators={"H100": 400.0}, length_days=30.0, phases=stages),
        run("N", starts=5.0, accelerators={"H100": 250.0}, length_days=40.0),
    ]
    world = draw(lab(use={"training": 0.8, "experiments": 0.2}, fleets={}, runs=runs), end=100.0)
    begins = days(simulate(world), "phase_started", "M")[1]
    assert begins == pytest.approx(10.0)
    record = under(world, pause(cap_training=500.0))
    assert held(record, "training", 9.0) == 450.0
    assert held(record, "training", begins) == 250.0
    assert only(events(record, "run_resumed", "M"))[0] == 45.0
    assert held(record, "training", 46.0) == 400.0


def test_a_run_is_cut_when_it_starts_not_while_it_waits() -> None:
    """It waits for room under one cap while another would cut it: what it does is what it can do then."""
    runs = [
        run("First", starts=0.0, accelerators={"H100": 100.0}, length_days=50.0),
        run("Second", starts=10.0, share=0.6, length_days=20.0),
    ]
    world = draw(lab(use={"training": 1.0}, fleets={}, runs=runs), end=100.0)
    plain = model(simulate(world), "Second").training_flop
    assert plain is not None
    cap = pause(name="cap", starts=5.0, lasts=30.0, cap_run_flop=0.95 * plain)
    room = pause(name="room", starts=5.0, lasts=60.0, cap_training=650.0)
    record = under(world, cap, room)
    assert model(record, "Second").started == 50.0
    assert model(record, "Second").training_flop == pytest.approx(plain)


def test_without_models_nobody_leads() -> None:
    world = draw(lab("A"), lab("B"), end=100.0)
    record = under(world, pause(starts=10.0, binds=["leader"], stops=["training"]))
    assert record.interventions == [("pause", 10.0, None, [])]
    assert "binds nobody" in only([warning[3] for warning in record.warnings if warning[2] == "pause"])


def test_a_run_that_may_not_start_takes_no_room_from_those_behind_it() -> None:
    """Training may hold 300. Big waits for more; Rest, which takes what Big leaves, waits with it; Small starts."""
    runs = [
        run("Big", starts=1.0, accelerators={"H100": 350.0}, length_days=10.0),
        run("Rest", starts=1.0, length_days=10.0),
        run("Small", starts=5.0, accelerators={"H100": 200.0}, length_days=10.0),
    ]
    world = draw(lab(use={"training": 0.6, "experiments": 0.4}, fleets={}, runs=runs), end=100.0)
    record = under(world, pause(starts=0.0, cap_training=300.0, over_cap="wait"))
    assert days(record, "run_started") == [5.0]
