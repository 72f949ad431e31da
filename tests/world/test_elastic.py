"""Elastic runs against closed forms: the cluster changes while they work."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.series import Series
from sim.world.simulate import simulate
from tests.world.build import after, draw, existing, lab, phase, run, stock
from tests.world.observe import FLOP_PER_DAY as U
from tests.world.observe import assert_sound, days, events, held, log, model, only

USE = {"training": 0.2, "experiments": 0.8}
TICK = 2.0**-30


def closed_form(changes: list[tuple[float, float]], work: float) -> float:
    """Day on which `work` accelerator-days are done, for a staircase of (day, accelerators)."""
    for (since, count), (until, _) in pairwise([*changes, (math.inf, 0.0)]):
        if count and work <= count * (until - since):
            return since + work / count
        work -= count * (until - since) if count else 0.0
    return math.inf


def test_a_delivery_in_the_middle() -> None:
    item = lab(
        use=USE,
        compute=[stock(1000.0), stock(500.0, on=30.5)],
        runs=[run(starts=0.0, flop=200 * 100 * U, elastic=True)],
    )
    record = simulate(draw(item))
    # 30.5 days on 200, then 300: 30.5 + (20,000 - 6,100)/300 = 76.8333.
    assert only(days(record, "run_finished")) == pytest.approx(30.5 + 13_900 / 300, abs=3 * TICK)
    assert log(record).flop == 200 * 100 * U
    assert [e[4] for e in events(record, "run_resized")] == [300.0]
    assert_sound(record)


def test_deliveries_and_retirements_in_the_middle() -> None:
    compute = [stock(700.0), stock(300.0, life_days=45.0), stock(500.0, on=30.5), stock(900.0, on=60.0, life_days=20.0)]
    record = simulate(draw(lab(use=USE, compute=compute, runs=[run(starts=10.0, flop=200 * 100 * U, elastic=True)])))
    stairs = [(10.0, 200.0), (30.5, 300.0), (45.0, 240.0), (60.0, 420.0), (80.0, 240.0)]
    assert only(days(record, "run_finished")) == pytest.approx(closed_form(stairs, 20_000.0), abs=8 * TICK)
    assert events(record, "retirement_waits") == []
    assert_sound(record)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 99), st.floats(1.0, 2000.0)), max_size=6, unique_by=lambda item: item[0]),
    st.floats(0.05, 0.9),
    st.floats(100.0, 50_000.0),
    st.booleans(),
)
def test_random_deliveries(batches: list[tuple[int, float]], share: float, work: float, first: bool) -> None:
    compute = [stock(1000.0), *(stock(count, on=float(day)) for day, count in batches)]
    policy = "training_first" if first else "shares"
    item = lab(
        use={"training": share, "experiments": 1.0 - share},
        compute=compute,
        policy=policy,
        runs=[run(starts=0.0, flop=work * U, elastic=True)],
    )
    record = simulate(draw(item, end=1e5))
    part = 1.0 if first else share
    total, stairs = 1000.0, [(0.0, 1000.0 * part)]
    for day, count in sorted(batches):
        total += count
        stairs.append((float(day), total * part))
    assert only(days(record, "run_finished")) == pytest.approx(closed_form(stairs, work), abs=20 * TICK, rel=1e-12)
    assert log(record).flop == work * U
    assert_sound(record)


def test_a_delivery_that_stays_outside_its_size_changes_nothing() -> None:
    item = lab(
        use=USE,
        compute=[stock(1000.0), stock(500.0, on=30.5)],
        runs=[run(starts=0.0, accelerators={"H100": 100.0}, flop=100 * 100 * U, elastic=True)],
    )
    record = simulate(draw(item))
    assert events(record, "run_resized") == []
    assert only(days(record, "run_finished")) == pytest.approx(100.0, abs=2 * TICK)


def test_a_dated_share_resizes_it() -> None:
    use = {"training": Series(((0.0, 0.2), (50.0, 0.4))), "experiments": 0.1}
    record = simulate(draw(lab(use=use, runs=[run(starts=0.0, flop=200 * 100 * U, elastic=True)])))
    assert only(days(record, "run_finished")) == pytest.approx(75.0, abs=3 * TICK)


def test_two_types_add_up_by_their_peaks() -> None:
    item = lab(
        use=USE,
        compute=[stock(1000.0), stock(2000.0, "TPU", on=40.0)],
        runs=[run(starts=0.0, flop=200 * 100 * U, elastic=True)],
    )
    record = simulate(draw(item))
    # From day 40 on 200 H100 and 400 TPU of half the peak: 60 days' work in 30.
    assert only(days(record, "run_finished")) == pytest.approx(70.0, abs=3 * TICK)
    assert held(record, "training", 40.0, kind="TPU") == pytest.approx(400.0)


def test_effective_flop_does_not_depend_on_resizing() -> None:
    item = lab(
        use=USE,
        compute=[stock(1000.0), stock(500.0, on=30.5)],
        runs=[run(starts=0.0, flop=200 * 100 * U, elastic=True)],
    )
    assert model(simulate(draw(item))).effective_flop == 200 * 100 * U


def test_a_phase_on_fewer_accelerators_frees_the_rest_of_an_elastic_run_too() -> None:
    spec = run(
        starts=0.0,
        share=0.4,
        flop=400 * 40 * U,
        elastic=True,
        phases=[phase("pretraining", flop_share=1.0), phase("evaluation", length_days=30.0, accelerators_share=0.25)],
    )
    record = simulate(draw(lab(use=USE, runs=[spec])))
    assert held(record, "training", 39.0) == pytest.approx(400.0)
    assert held(record, "training", 41.0) == pytest.approx(100.0)
    assert only(days(record, "run_finished")) == pytest.approx(70.0, abs=3 * TICK)
    assert_sound(record)


def test_an_elastic_run_that_grows_takes_from_an_earmark_that_is_not_firm() -> None:
    use = {"training": Series(((0.0, 0.3), (150.0, 0.9))), "experiments": 0.05, "research": 0.05}
    runs = [
        run("M", starts=0.0, share=0.5, length_days=100.0, after_training=after("research", for_days=200.0)),
        run("E", starts=110.0, flop=300e3 * U, elastic=True),
    ]
    record = simulate(draw(lab(use=use, models=[existing("O", -10.0, 1e20)], runs=runs), end=400.0))
    assert held(record, "training", 150.0) == pytest.approx(900.0)
    assert held(record, "research", 150.0) == pytest.approx(100.0, abs=50.1)
    assert_sound(record)


def test_an_earmark_gives_only_what_elastic_runs_need_together() -> None:
    use = {"training": Series(((0.0, 0.6), (100.0, 0.4))), "experiments": 0.3, "research": 0.1}
    parts = [phase("pretraining", flop_share=0.5, accelerators_share=0.25), phase("post-training", flop_share=0.5)]
    runs = [
        run("M", starts=0.0, share=0.2, length_days=100.0, after_training=after("research", for_days=200.0)),
        run("X", starts=0.0, share=0.4, flop=30e3 * U, phases=parts, elastic=True),
        run("Y", starts=0.0, flop=300e3 * U, elastic=True),
    ]
    record = simulate(draw(lab(use=use, models=[existing("O", -10.0, 1e20)], runs=runs), end=160.0))
    # On day 150 X grows from 100 to 400 and Y shrinks from 300 to none: the earmark's 200 are none of their business.
    assert held(record, "training", 149.0) == held(record, "training", 151.0) == pytest.approx(400.0)
    assert held(record, "research", 149.0) == held(record, "research", 151.0) == pytest.approx(300.0)
    assert days(record, "earmark_cut") == days(record, "earmark_ended") == []
    assert_sound(record)


def test_an_elastic_run_leaves_a_firm_earmark_alone() -> None:
    use = {"training": Series(((0.0, 0.3), (150.0, 0.9))), "experiments": 0.05, "research": 0.05}
    runs = [
        run("M", starts=0.0, share=0.5, length_days=100.0, after_training=after("research", for_days=200.0, firm=True)),
        run("E", starts=110.0, flop=300e3 * U, elastic=True),
    ]
    record = simulate(draw(lab(use=use, models=[existing("O", -10.0, 1e20)], runs=runs), end=400.0))
    assert held(record, "training", 150.0) == pytest.approx(500.0)
    assert held(record, "research", 150.0) == pytest.approx(500.0)
    assert_sound(record)


@pytest.mark.parametrize("n", range(0, 300, 29))
def test_beside_gangs_of_uneven_sizes_it_settles(n: int) -> None:
    count = 100.0 + n * 1.37
    runs = [
        run("X", starts=0.0, accelerators={"H100": count * 0.1}, length_days=100.1),
        run("Y", starts=0.0, accelerators={"H100": count * 0.07}, length_days=60.1),
        run("E", starts=10.3, flop=count * U * 77, elastic=True),
    ]
    item = lab(
        compute=[stock(count), stock(count / 3, on=30.0), stock(count / 7, on=40.0)],
        use={"training": 0.3 + n * 0.0011, "experiments": 0.1},
        runs=runs,
    )
    record = simulate(draw(item, end=400.0))
    assert_sound(record)
    # It takes all of training's share that the gangs leave; each instant resizes it at most once.
    resized = days(record, "run_resized", "E")
    assert len(resized) == len(set(resized))


def test_resizing_is_not_the_next_run_that_ends_an_open_ended_earmark() -> None:
    runs = [
        run("M", starts=0.0, share=0.1, length_days=100.0, after_training=after("research")),
        run("E", starts=10.0, share=0.2, flop=300e3 * U, elastic=True),
    ]
    use = {"training": 0.3, "experiments": 0.35, "research": 0.35}
    compute = [stock(1000.0), stock(500.0, on=150.0)]
    record = simulate(draw(lab(use=use, compute=compute, models=[existing("O", -10.0, 1e20)], runs=runs), end=400.0))
    assert days(record, "run_resized", "E") == [150.0]
    assert days(record, "earmark_started") == [100.0] and days(record, "earmark_ended") == []
    # 1,500 less E's 300 and the earmark's 100 are shared out as 1 : 1.
    assert held(record, "research", 150.0) == pytest.approx(650.0)
    assert_sound(record)
