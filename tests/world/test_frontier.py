"""Levels and milestones as latches; the kernel's windows."""

from __future__ import annotations

import math

import pytest

from sim.model.domain import Domain, Logistic
from sim.model.level import Level, Milestone
from sim.model.software import Software
from sim.world.simulate import simulate
from tests.world.build import draw, existing, lab, run, stock
from tests.world.observe import FLOP_PER_DAY as U
from tests.world.observe import days, events, only, rows

USE = {"training": 0.5, "experiments": 0.5}


def test_a_level_is_reached_by_the_first_model_for_internal_use() -> None:
    levels = {"low": Level(name="low", effective_flop=1e24), "high": Level(name="high", effective_flop=1e26)}
    a = lab("A", models=[existing("A1", 10.0, 2e24, 5.0), existing("A2", 90.0, 1e27)])
    b = lab("B", models=[existing("B1", 20.0, 1e26, 100.0), existing("B2", 30.0, 1e28)])
    record = simulate(draw(a, b, levels=levels))
    assert record.levels["low", ""] == (10.0, "A/A1")
    assert record.levels["low", "B"] == (20.0, "B1")
    assert record.levels["high", ""] == (20.0, "B/B1")
    assert record.levels["high", "A"] == (90.0, "A2")
    # A latch: once for each lab, and once for the world.
    assert len(events(record, "level_reached")) == 4
    assert [e[6]["first"] for e in events(record, "level_reached", "high")] == [True, False]


def test_levels_reached_before_the_start_keep_their_own_dates_and_order() -> None:
    levels = {"l": Level(name="l", effective_flop=1e25)}
    a = lab("A", models=[existing("X", -10.0, 1e25)])
    b = lab("B", models=[existing("Z", -500.0, 1e26)])
    record = simulate(draw(a, b, levels=levels))
    assert record.levels["l", ""] == (-500.0, "B/Z")
    assert record.levels["l", "A"] == (-10.0, "X")


def test_a_level_by_share_doable() -> None:
    # share = 1/(1 + exp(-2 (x - 27))) reaches 0.9 at x = 27 + ln(9)/2 = 28.0986.
    law = Logistic(ceiling=1.0, midpoint_flop=1e27, slope=2.0)
    domain = Domain(name="general", token_basis="task", tokens_per_human_hour_task=1e5, quality=law, share_doable=law)
    threshold = 10 ** (27 + math.log(9.0) / 2)
    models = [existing("Below", 10.0, threshold * 0.999), existing("Above", 20.0, threshold * 1.001)]
    levels = {"most": Level(name="most", share_doable=0.9, domain="general")}
    base = draw(lab(models=models), levels=levels)
    base.domains["general"] = domain
    record = simulate(base)
    assert record.levels["most", ""] == (20.0, "A/Above")


def test_a_milestone_by_size_is_a_latch() -> None:
    # 1000 accelerators of 1e15 are 1010.7 H100e; with 500 more 1516; retirement does not undo it.
    milestones = {"big": Milestone(name="big", h100e=1500.0), "huge": Milestone(name="huge", h100e=1e6)}
    item = lab(compute=[stock(1000.0), stock(500.0, on=40.0, life_days=10.0), stock(500.0, on=80.0)])
    record = simulate(draw(item, milestones=milestones))
    assert record.milestones == {"big": 40.0}
    assert days(record, "milestone") == [40.0]
    assert record.events[only(events(record, "milestone"))[7][0]][2] == "delivery"


def test_a_milestone_of_one_lab() -> None:
    milestones = {"b": Milestone(name="b", h100e=100.0, lab="B"), "any": Milestone(name="any", h100e=100.0)}
    record = simulate(draw(lab("A"), lab("B", compute=[stock(50.0), stock(60.0, on=30.0)]), milestones=milestones))
    assert record.milestones == {"any": 0.0, "b": 30.0}


def test_a_milestone_by_a_level() -> None:
    levels = {"low": Level(name="low", effective_flop=1e24)}
    milestones = {"any": Milestone(name="any", level="low"), "b": Milestone(name="b", level="low", lab="B")}
    a, b = lab("A", models=[existing("A1", 10.0, 2e24)]), lab("B", models=[existing("B1", 20.0, 1e26)])
    record = simulate(draw(a, b, levels=levels, milestones=milestones))
    assert record.milestones == {"any": 10.0, "b": 20.0}


def test_a_model_from_a_run_reaches_a_level_on_its_internal_date() -> None:
    levels = {"low": Level(name="low", effective_flop=500 * 40 * U)}
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, length_days=40.0, internal=55.0)]), levels=levels))
    assert record.levels["low", ""] == (55.0, "A/M")


def test_a_window_closes_by_a_stronger_model_not_by_a_better_one() -> None:
    models = [
        existing("M1", 10.0, 1e24),
        existing("M2", 30.0, 1.99e24),
        existing("M3", 60.0, 2e24),
        existing("M4", 90.0, 3.98e24),
    ]
    record = simulate(draw(lab(models=models)))
    closed = {e[3]: (e[0], e[4], e[6]["closed_by"]) for e in events(record, "window_closed")}
    assert closed == {"M1": (60.0, 50.0, "M3"), "M2": (90.0, 60.0, "M4")}


def test_a_frontier_window_closes_by_any_lab() -> None:
    a = lab("A", models=[existing("A1", 10.0, 1e24), existing("A2", 80.0, 1e25)])
    b = lab("B", models=[existing("B1", 40.0, 2.5e24)])
    record = simulate(draw(a, b))
    own = {e[3]: e[4] for e in events(record, "window_closed")}
    frontier = {e[3]: (e[4], e[6]["closed_by"]) for e in events(record, "frontier_window_closed")}
    assert own == {"A1": 70.0}
    assert frontier == {"A1": (30.0, "B1"), "B1": (40.0, "A2")}


def test_a_model_already_surpassed_has_a_window_of_no_days() -> None:
    record = simulate(draw(lab(models=[existing("Strong", 10.0, 1e26), existing("Weak", 40.0, 1e24)])))
    event = only(events(record, "window_closed"))
    assert (event[0], event[3], event[4]) == (40.0, "Weak", 0.0)


def test_stronger_by_is_the_scenario_s() -> None:
    models = [existing("M1", 10.0, 1e24), existing("M2", 30.0, 5e24), existing("M3", 60.0, 1e25)]
    record = simulate(draw(lab(models=models), stronger_by=10.0))
    assert {e[3]: e[4] for e in events(record, "window_closed")} == {"M1": 50.0}


@pytest.mark.parametrize(("factor", "weak", "strong"), [(10.0, 7e24, 7e25), (3.0, 2e26, 6e26), (1.1, 3e25, 3.3e25)])
def test_a_model_that_is_as_many_times_as_strong_but_for_rounding_closes(
    factor: float, weak: float, strong: float
) -> None:
    assert factor * weak > strong  # as floats
    models = [existing("M1", 10.0, weak), existing("M2", 30.0, strong)]
    record = simulate(draw(lab(models=models), stronger_by=factor))
    assert {e[3]: e[4] for e in events(record, "window_closed")} == {"M1": 20.0}
    assert [row["closed_by"] for row in rows(record, "windows")] == ["M2", None]


@pytest.mark.parametrize("seed", range(12))
def test_the_kernel_s_windows_are_those_of_the_table(seed: int) -> None:
    from random import Random

    rng = Random(seed)
    labs = []
    for name in "ABC":
        days_ = rng.sample(range(-400, 900), rng.randint(1, 7))
        models = [existing(f"{name}{k}", float(day), 10 ** rng.uniform(23, 27)) for k, day in enumerate(days_)]
        runs = [run(f"{name}r", starts=float(rng.randint(0, 500)), length_days=50.0)]
        labs.append(
            lab(name, use=USE, models=models, runs=runs, software=Software(training_growth=rng.uniform(1.0, 30.0)))
        )
    record = simulate(draw(*labs))
    for kind, prefix, of in (("window_closed", "", ""), ("frontier_window_closed", "frontier_", "/")):
        told = {(e[1], e[3]): (e[4], e[6]["closed_by_lab"] + "/" + e[6]["closed_by"]) for e in events(record, kind)}
        table = {}
        for row in rows(record, "windows"):
            if not row[f"{prefix}censored"]:
                by = row[f"{prefix}closed_by"] if of else f"{row['lab']}/{row['closed_by']}"
                table[row["lab"], row["model"]] = (pytest.approx(row[f"{prefix}length_days"]), by)
        assert told == table
