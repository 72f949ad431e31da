"""Events of moves: each run has its own part, nothing moves unseen, and what waited knows what it waited for."""

from __future__ import annotations

import pytest

from sim.model.level import Level
from sim.tables import tabulate
from sim.tables.events import told
from sim.tables.rates import Rates
from sim.world.simulate import SimulationError, simulate
from tests.world.build import draw, existing, lab, phase, run, stock

USE = {"training": 0.1, "experiments": 0.9}


def moves(record, name):
    rates = Rates(record)
    found = [n for n, e in enumerate(record.events) if e[2] == "accelerators_moved" and e[3] == name]
    return [told(record, n, rates)[1] for n in found]


def test_two_runs_that_start_at_once_each_take_their_own() -> None:
    runs = [run(n, starts=10.0, accelerators={"H100": c}, length_days=50.0) for n, c in (("P", 200.0), ("Q", 300.0))]
    record = simulate(draw(lab(use=USE, runs=runs), end=40.0))
    assert moves(record, "P")[0]["from"] == {"experiments": {"H100": pytest.approx(200.0)}}
    assert moves(record, "Q")[0]["from"] == {"experiments": {"H100": pytest.approx(300.0)}}


def test_what_goes_from_one_run_to_the_next_is_told_by_both() -> None:
    one = run("P", starts=0.0, accelerators={"H100": 400.0}, length_days=50.0)
    two = run("Q", starts=50.0, accelerators={"H100": 300.0}, length_days=50.0)
    record = simulate(draw(lab(use=USE, runs=[one, two]), end=80.0))
    to, source = moves(record, "P")[-1]["to"], moves(record, "Q")[0]["from"]
    assert to == {"training": {"H100": pytest.approx(300.0)}, "experiments": {"H100": pytest.approx(100.0)}}
    assert source == {"training": {"H100": pytest.approx(300.0)}}


def test_what_a_phase_frees_is_a_move() -> None:
    phases = [phase("pretraining", flop_share=1.0), phase("evaluation", length_days=20.0, accelerators_share=0.1)]
    spec = run("M", starts=0.0, accelerators={"H100": 500.0}, length_days=30.0, phases=phases)
    record = simulate(draw(lab(use=USE, runs=[spec]), end=45.0))
    freed = moves(record, "M")[-1]
    assert freed["from"] == "training"
    assert freed["accelerators"] == {"H100": pytest.approx(450.0)}
    assert freed["to"] == {"experiments": {"H100": pytest.approx(450.0)}}


def test_a_retirement_that_waited_is_caused_by_the_run_s_end() -> None:
    spec = run("M", starts=0.0, accelerators={"H100": 1000.0}, length_days=50.0)
    record = simulate(draw(lab(use=USE, compute=[stock(1000.0, life_days=20.0)], runs=[spec]), end=80.0))
    (gone,) = [e for e in record.events if e[2] == "retirement"]
    assert gone[0] == 50.0
    assert [record.events[cause][2] for cause in gone[7]] == ["run_finished"]


def test_a_run_in_progress_must_have_its_accelerators_at_the_start() -> None:
    spec = run("M", starts=-30.0, accelerators={"H100": 800.0}, length_days=90.0)
    with pytest.raises(SimulationError, match="in progress at the start, but needs 800 H100"):
        simulate(draw(lab(use=USE, compute=[stock(500.0)], runs=[spec])))


def test_levels_reached_by_one_model_are_in_the_order_of_their_thresholds() -> None:
    levels = {n: Level(name=n, effective_flop=f) for n, f in (("z_low", 1e25), ("a_high", 1e27), ("next", 1e28))}
    models = [existing("X", 10.0, 2e27), existing("Y", 210.0, 1e28)]
    table = tabulate(simulate(draw(lab(use=USE, models=models), levels=levels)), "levels")
    names = [column.name for column in table.columns]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    assert [row["level"] for row in rows] == ["z_low", "a_high", "next"]
    assert [row["dwell_days_to_next"] for row in rows] == [0.0, 200.0, None]
