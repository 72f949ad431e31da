"""Runs that interventions cut, as summaries name them."""

from __future__ import annotations

import pytest

from sim.tables.cut_runs import cut_runs, cut_runs_text
from sim.tables.summary import interventions
from tests.world.build import run, stock
from tests.world.observe import FLOP_PER_DAY
from tests.world.test_intervention import pause, under, yearly


def test_each_intervention_has_the_runs_that_it_cut() -> None:
    """Runs of 100 H100 for 10 days: a cap of 250 H100-days leaves a quarter, one on training to 50 H100 a half."""
    runs = [run(f"R{k}", starts=5.0 + 20.0 * k, share=0.1, length_days=10.0) for k in range(7)]
    world = yearly(runs=runs, compute=[stock(1000.0)])
    cap = pause(name="cap", starts=1.0, lasts=99.0, cap_run_flop=250.0 * FLOP_PER_DAY)
    half = pause(name="half", starts=100.0, cap_training_share=0.05)
    record = under(world, cap, half)
    found = cut_runs(record)
    assert list(found["cap"]) == [f"A/R{k}" for k in range(5)] and list(found["half"]) == ["A/R5", "A/R6"]
    assert found["cap"]["A/R0"] == {
        "planned_flop": pytest.approx(1000.0 * FLOP_PER_DAY), "flop": pytest.approx(250.0 * FLOP_PER_DAY),
        "accelerators_share": pytest.approx(0.25),
    }  # fmt: skip
    named = ", ".join(f"A/R{k} to 25% of its FLOP" for k in range(4))
    assert cut_runs_text(found["cap"]) == f"5 runs cut: {named}, 1 more"
    assert cut_runs_text({"A/R5": found["half"]["A/R5"]}) == "1 run cut: A/R5 to 50% of its FLOP"
    assert {item["name"]: list(item["runs_cut"]) for item in interventions(record)["interventions"]} == {
        name: list(runs) for name, runs in found.items()
    }


def test_a_run_that_takes_longer_instead_is_told_by_its_accelerators() -> None:
    world = yearly(runs=[run("R", starts=5.0, flop=1000.0 * FLOP_PER_DAY, length_days=10.0)], compute=[stock(1000.0)])
    found = cut_runs(under(world, pause(starts=1.0, cap_training_share=0.05)))
    assert cut_runs_text(found["pause"]) == "1 run cut: A/R to 50% of its accelerators"


def test_a_run_that_is_hardly_cut_and_long_in_progress_is_told_in_plain_numbers() -> None:
    hardly = {"planned_flop": 1000.0, "flop": 997.0, "accelerators_share": 0.997, "training_days_left": 132.4}
    assert cut_runs_text({"A/R": hardly}) == (
        "1 run cut: A/R to 99.7% of its FLOP (in progress: it trains for 132 more days)"
    )


def test_without_a_cut_nothing_is_said() -> None:
    world = yearly(runs=[run("R", starts=5.0, share=0.1, length_days=10.0)], compute=[stock(1000.0)])
    record = under(world, pause(starts=1.0, cap_training_share=0.5))
    assert not cut_runs(record) and "runs_cut" not in interventions(record)["interventions"][0]
