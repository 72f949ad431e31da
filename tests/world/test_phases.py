"""Phases of a run, post-training on a base, and effective FLOP: by hand."""

from __future__ import annotations

import math

import pytest

from sim.base.series import Series
from sim.model.software import Software
from sim.world.simulate import simulate
from tests.world.build import after, draw, existing, lab, phase, run, stock
from tests.world.observe import FLOP_PER_DAY as U
from tests.world.observe import assert_sound, days, events, held, log, model, only, uses

USE = {"training": 0.5, "experiments": 0.5}
DOUBLING = Software(training_efficiency=Series(((-100.0, 0.5),), growth_per_day=math.log(2.0) / 100.0))
"""Training efficiency 2^(day/100)."""


def three_phases() -> list:  # type: ignore[type-arg]
    return [
        phase("pretraining", flop_share=0.8),
        phase("evaluation", length_days=20.0, accelerators_share=0.2),
        phase("post-training", flop_share=0.2),
    ]


def test_a_length_is_split_so_that_the_rate_is_the_same() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, share=0.5, length_days=100.0, phases=three_phases())])))
    assert [(name, since, until) for name, since, until, _ in log(record).phases] == [
        ("pretraining", 0.0, 80.0),
        ("evaluation", 80.0, 100.0),
        ("post-training", 100.0, 120.0),
    ]
    assert log(record).flop == pytest.approx(500 * 100 * U, rel=1e-12)
    assert_sound(record)


def test_flop_is_split_by_its_shares() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, share=0.5, flop=500 * 100 * U, phases=three_phases())])))
    assert [since for _, since, _, _ in log(record).phases] == pytest.approx([0.0, 80.0, 100.0], abs=1e-8)
    assert days(record, "run_finished") == [pytest.approx(120.0, abs=1e-8)]
    assert log(record).flop == pytest.approx(500 * 100 * U, rel=1e-15)


def test_a_phase_on_fewer_accelerators_frees_the_rest_and_takes_longer() -> None:
    phases = [phase("pretraining", flop_share=0.75), phase("post-training", flop_share=0.25, accelerators_share=0.5)]
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, share=0.4, flop=400 * 100 * U, phases=phases)])))
    # 75 days on 400, then 25 * 2 = 50 days on 200; the 200 go to experiments.
    assert held(record, "training", 75.1) == pytest.approx(200.0)
    assert held(record, "experiments", 75.1) == pytest.approx(800.0)
    assert days(record, "run_finished") == [pytest.approx(125.0, abs=1e-8)]


def test_a_stated_length_covers_the_slower_phases_too() -> None:
    phases = [phase("pretraining", flop_share=0.75), phase("post-training", flop_share=0.25, accelerators_share=0.5)]
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, share=0.4, length_days=100.0, phases=phases)])))
    # Lengths as 0.75 : 0.5, so 60 and 40 days: 400*60 + 200*40 = 32,000 accelerator-days.
    assert [until for _, _, until, _ in log(record).phases] == [60.0, 100.0]
    assert log(record).flop == pytest.approx(32_000 * U, rel=1e-12)


def test_flop_and_length_with_a_slower_phase_the_accelerators_follow() -> None:
    phases = [phase("pretraining", flop_share=0.75), phase("post-training", flop_share=0.25, accelerators_share=0.5)]
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, flop=32_000 * U, length_days=100.0, phases=phases)])))
    assert held(record, "training", 0.0) == pytest.approx(400.0)
    assert days(record, "run_finished") == [100.0]
    assert log(record).flop == pytest.approx(32_000 * U, rel=1e-15)


def test_accelerators_of_a_first_phase_on_fewer() -> None:
    phases = [phase("evaluation", length_days=10.0, accelerators_share=0.5), phase("pretraining", flop_share=1.0)]
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, share=0.4, length_days=20.0, phases=phases)])))
    assert held(record, "training", 0.0) == pytest.approx(200.0)
    assert held(record, "training", 10.0) == pytest.approx(400.0)
    assert days(record, "run_finished") == [30.0]
    assert only(events(record, "run_started"))[4] == pytest.approx(200.0)
    assert_sound(record)


def test_the_model_s_accelerators_are_those_at_the_end_of_pretraining() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, share=0.5, length_days=100.0, phases=three_phases())])))
    assert model(record).accelerators == {"H100": 500.0}
    assert model(record).pretraining_end == 80.0


def test_a_phase_that_needs_more_takes_it_from_the_others() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, share=0.5, length_days=100.0, phases=three_phases())])))
    assert uses(record, 80.0) == pytest.approx({"training": 100.0, "experiments": 900.0})
    assert uses(record, 100.0) == pytest.approx({"training": 500.0, "experiments": 500.0})


def test_a_phase_that_needs_what_another_run_holds_is_suspended_and_resumes() -> None:
    other = run("X", starts=85.0, accelerators={"H100": 800.0}, length_days=50.0)
    spec = run("M", starts=0.0, share=0.5, length_days=100.0, phases=three_phases())
    record = simulate(draw(lab(use=USE, runs=[spec, other])))
    # On day 100 post-training needs 500 and X holds 800 until 135; then 20 days.
    assert days(record, "run_started", "X") == [85.0]
    assert days(record, "run_suspended", "M") == [100.0]
    assert held(record, "training", 100.0, model="M") == 0.0
    assert uses(record, 100.0) == pytest.approx({"training": 800.0, "experiments": 200.0})
    assert days(record, "run_resumed", "M") == [135.0]
    assert held(record, "training", 135.0, model="M") == pytest.approx(500.0)
    assert days(record, "run_finished", "M") == [155.0]
    assert log(record).flop == pytest.approx(500 * 100 * U, rel=1e-12)
    assert_sound(record)


@pytest.mark.parametrize(("firm", "resumed", "finished"), [(True, [120.0], 140.0), (False, [], 120.0)])
def test_a_firm_earmark_does_not_give_way_to_a_later_phase(firm: bool, resumed: list[float], finished: float) -> None:
    """M holds 100 in evaluation until day 100 and needs 500 after it; 800 are promised from day 90 to day 120."""
    promise = after("research", for_days=30.0, firm=firm)
    other = run("X", starts=85.0, accelerators={"H100": 800.0}, length_days=5.0, after_training=promise)
    spec = run("M", starts=0.0, share=0.5, length_days=100.0, phases=three_phases())
    use = {"training": 0.5, "research": 0.1, "experiments": 0.4}
    record = simulate(draw(lab(use=use, runs=[spec, other])))
    assert held(record, "research", 95.0) >= 800.0
    assert days(record, "run_suspended", "M") == ([100.0] if firm else [])
    assert (held(record, "research", 110.0) >= 800.0) is firm
    assert days(record, "run_resumed", "M") == resumed
    assert days(record, "run_finished", "M") == [finished]  # 20 days of post-training on 500
    assert_sound(record)


@pytest.mark.parametrize(("needs", "resumed"), [(800.0, 175.0), (300.0, 145.0)])
def test_a_suspended_run_resumes_after_runs_due_before_it(needs: float, resumed: float) -> None:
    """E is due on day 5, its base is there on day 105; M is due on day 10, suspended on day 110. X holds 800 to 145."""
    runs = [
        run("E", starts=5.0, base="B", accelerators={"H100": needs}, length_days=30.0),
        run("M", starts=10.0, share=0.5, length_days=100.0, phases=three_phases()),
        run("X", starts=95.0, accelerators={"H100": 800.0}, length_days=50.0),
        run("Y", starts=120.0, accelerators={"H100": 150.0}, length_days=10.0),
    ]
    record = simulate(draw(lab(use=USE, runs=runs, models=[existing("B", 105.0, 1e24)])))
    assert days(record, "run_suspended", "M") == [110.0]
    assert days(record, "run_started", "E") == [145.0]
    # With 800 E leaves 200 until day 175, and M needs 500. With 300 both fit at once.
    assert days(record, "run_resumed", "M") == [resumed]
    assert held(record, "training", resumed, model="M") == pytest.approx(500.0)
    assert days(record, "run_finished", "M") == [resumed + 20.0]
    # Y would fit into the 200 from day 120 on, but is due after M: it does not overtake.
    assert days(record, "run_started", "Y") == [resumed]
    assert_sound(record)


def test_a_phase_that_fits_exactly_is_not_suspended_by_rounding() -> None:
    """60% + 20% + 20% of 502 accelerators are all of them, whatever their sum is in floats."""
    runs = [
        run("A", share=0.6, length_days=50.0, starts=0.0),
        run("B", share=0.2, length_days=50.0, starts=0.0),
        run("M", share=0.2, length_days=10.0, starts=0.0, phases=[
            phase("pretraining", flop_share=0.5, accelerators_share=0.5), phase("post-training", flop_share=0.5)]),
    ]  # fmt: skip
    record = simulate(draw(lab(compute=[stock(502.0)], use={"training": 1.0}, fleets={}, runs=runs), end=40.0))
    assert days(record, "run_suspended") == []
    assert days(record, "run_finished", "M") == [10.0]
    assert_sound(record)


def test_a_run_suspended_at_the_end_says_so() -> None:
    other = run("X", starts=85.0, accelerators={"H100": 800.0}, length_days=500.0)
    spec = run("M", starts=0.0, share=0.5, length_days=100.0, phases=three_phases())
    record = simulate(draw(lab(use=USE, runs=[spec, other]), end=200.0))
    assert {e[3] for e in events(record, "run_unfinished")} == {"M", "X"}
    # 80 of 100 days' FLOP are done.
    assert log(record, "M").flop == pytest.approx(500 * 80 * U, rel=1e-12)


# Effective FLOP


def test_effective_flop_takes_the_efficiency_at_each_phase_s_start() -> None:
    spec = run(starts=0.0, share=0.5, length_days=100.0, gain=3.0, phases=three_phases())
    record = simulate(draw(lab(use=USE, runs=[spec], software=DOUBLING)))
    flop = 500 * 100 * U
    assert model(record).effective_flop == pytest.approx(3.0 * (0.8 * flop * 1.0 + 0.2 * flop * 2.0), rel=1e-12)


def test_effective_flop_of_one_phase() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=50.0, share=0.5, length_days=100.0)], software=DOUBLING)))
    assert model(record).effective_flop == pytest.approx(500 * 100 * U * 2**0.5, rel=1e-12)


def test_efficiency_is_one_at_the_base_date() -> None:
    item = lab(use=USE, runs=[run(starts=50.0, share=0.5, length_days=100.0)], software=Software(training_growth=4.0))
    record = simulate(draw(item, base_date=50.0))
    assert model(record).effective_flop == pytest.approx(500 * 100 * U, rel=1e-12)
    record = simulate(draw(item, base_date=50.0 - 365.25))
    assert model(record).effective_flop == pytest.approx(4.0 * 500 * 100 * U, rel=1e-12)


def test_a_suspended_phase_keeps_the_efficiency_of_its_start() -> None:
    other = run("X", starts=85.0, accelerators={"H100": 800.0}, length_days=50.0)
    spec = run("M", starts=0.0, share=0.5, length_days=100.0, phases=three_phases())
    record = simulate(draw(lab(use=USE, runs=[spec, other], software=DOUBLING)))
    # Post-training begins (suspended) on day 100 or when it can first work, on day 135: not later.
    flop = 500 * 100 * U
    low, high = (0.8 * flop + 0.2 * flop * 2 ** (day / 100.0) for day in (100.0, 135.0))
    assert low * (1 - 1e-12) <= model(record).effective_flop <= high * (1 + 1e-12)


def test_a_later_post_training_replaces_the_gain() -> None:
    runs = [
        run("B", starts=0.0, share=0.2, length_days=50.0, gain=2.0),
        run("P", base="B", starts=100.0, share=0.1, length_days=10.0, gain=5.0),
        run("Q", base="B", starts=200.0, share=0.1, length_days=10.0, gain=7.0),
        run("R", base="P", starts=300.0, share=0.1, length_days=10.0, gain=9.0),
    ]
    record = simulate(draw(lab(use=USE, runs=runs, software=DOUBLING)))
    base, small = 200 * 50 * U, 100 * 10 * U
    assert model(record, "B").effective_flop == pytest.approx(2.0 * base, rel=1e-12)
    assert model(record, "P").effective_flop == pytest.approx(5.0 * (base + small * 2.0), rel=1e-12)
    # Q starts from B again: neither B's gain nor P's.
    assert model(record, "Q").effective_flop == pytest.approx(7.0 * (base + small * 4.0), rel=1e-12)
    # R starts from P: all phases of B and P count, P's gain does not.
    assert model(record, "R").effective_flop == pytest.approx(9.0 * (base + small * 2.0 + small * 8.0), rel=1e-12)
    assert model(record, "P").params == model(record, "B").params
    assert model(record, "P").training_flop == pytest.approx(small, rel=1e-12)
    assert_sound(record)


def test_post_training_on_a_model_that_was_there() -> None:
    runs = [run("P", base="O", starts=100.0, share=0.1, length_days=10.0, gain=5.0)]
    item = lab(use=USE, runs=runs, software=DOUBLING, models=[existing("O", -100.0, None, flop=1e24, params=1e11)])  # type: ignore[arg-type]
    record = simulate(draw(item))
    assert model(record, "O").effective_flop == pytest.approx(0.5e24, rel=1e-12)
    assert model(record, "P").effective_flop == pytest.approx(5.0 * (0.5e24 + 100 * 10 * U * 2.0), rel=1e-12)
    assert model(record, "P").params == 1e11


def test_a_stated_effective_flop_is_taken_as_it_is() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, share=0.5, length_days=10.0, effective_flop=7e26)])))
    assert model(record).effective_flop == 7e26 and model(record).stated


def test_parameters_follow_from_the_flop() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, share=0.5, flop=1.2e24)])))
    # p = sqrt(1.2e24/120) = 1e11, 2e12 tokens, sparsity 8.
    assert model(record).params == pytest.approx(1e11)
    assert model(record).tokens == pytest.approx(2e12)
    assert model(record).total_params == pytest.approx(8e11)


# Retirement waits for gangs, by type


def test_what_waits_for_a_gang_stays_when_another_enters_a_phase() -> None:
    """G holds TPU that are to go on day 10; F, on H100 only, enters phases on days 20 and 30."""
    waits = run("G", starts=0.0, accelerators={"TPU": 60.0}, length_days=50.0)
    phases = [phase("pretraining", flop_share=0.5, accelerators_share=0.5), phase("post-training", flop_share=0.5)]
    other = run("F", starts=10.0, accelerators={"H100": 100.0}, length_days=15.0, phases=phases)
    compute = [stock(1000.0), stock(100.0, "TPU", life_days=10.0), stock(80.0, "TPU", on=15.0)]
    record = simulate(draw(lab(use=USE, compute=compute, runs=[waits, other])))
    assert [(e[0], e[4]) for e in events(record, "retirement")] == [(10.0, 40.0), (50.0, 60.0)]
    assert_sound(record)


def test_of_what_waits_as_much_goes_as_a_gang_frees() -> None:
    half = {"H100": 50.0}
    gangs = [run("F", starts=0.0, accelerators=half, length_days=20.0)]
    gangs.append(run("G", starts=0.0, accelerators=half, length_days=40.0))
    record = simulate(draw(lab(use=USE, compute=[stock(100.0, life_days=10.0), stock(500.0, on=15.0)], runs=gangs)))
    assert [(e[0], e[4]) for e in events(record, "retirement")] == [(20.0, 50.0), (40.0, 50.0)]
    assert_sound(record)


def test_a_suspended_gang_frees_what_is_to_go() -> None:
    """M holds 100 in evaluation (days 80 to 100) and then finds X on the 500 that it needs."""
    other = run("X", starts=85.0, accelerators={"H100": 800.0}, length_days=50.0)
    spec = run("M", starts=0.0, share=0.5, length_days=100.0, phases=three_phases())
    compute = [stock(900.0), stock(100.0, life_days=90.0)]
    record = simulate(draw(lab(use=USE, compute=compute, runs=[spec, other])))
    assert days(record, "run_suspended", "M") == [100.0]
    # On day 90 the gangs hold 900 of 1,000: 100 go at once and nothing waits.
    assert [(e[0], e[4]) for e in events(record, "retirement")] == [(90.0, 100.0)]
    compute = [stock(850.0), stock(150.0, life_days=90.0)]
    record = simulate(draw(lab(use=USE, compute=compute, runs=[spec, other])))
    assert [(e[0], e[4]) for e in events(record, "retirement")] == [(90.0, 100.0), (100.0, 50.0)]
    assert_sound(record)


def test_a_suspended_run_that_the_cluster_no_longer_holds_lets_others_start() -> None:
    """M holds 100 in evaluation and needs 500 after it, on day 100; from day 90 on there are 400."""
    other = run("X", starts=110.0, share=0.3, length_days=20.0)
    spec = run("M", starts=0.0, share=0.5, length_days=100.0, phases=three_phases())
    compute = [stock(400.0), stock(600.0, life_days=90.0)]
    record = simulate(draw(lab(use=USE, compute=compute, runs=[spec, other]), end=300.0))
    assert days(record, "run_suspended", "M") == [100.0]
    assert days(record, "run_started", "X") == [110.0]
    assert_sound(record)
