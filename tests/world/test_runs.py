"""Training runs by each way of stating them: when they end and what they have done, by hand."""

from __future__ import annotations

from datetime import date

import pytest

from sim.base.calendar import Recurrence, tick
from sim.base.series import Series
from sim.model.software import Software
from sim.model.training_run import SizeRule
from sim.world.simulate import SimulationError, simulate
from tests.world.build import draw, existing, lab, phase, run, stock, training
from tests.world.observe import FLOP_PER_DAY as U
from tests.world.observe import assert_sound, days, events, held, log, model, only

USE = {"training": 0.2, "experiments": 0.8}


def test_by_flop_on_training_s_share() -> None:
    # 200 H100 for 50 days.
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, flop=200 * U * 50)])))
    assert days(record, "run_started") == [0.0]
    assert days(record, "run_finished") == [pytest.approx(50.0, abs=2e-9)]
    assert log(record).flop == 200 * U * 50
    assert model(record).training_flop == 200 * U * 50
    assert_sound(record)


def test_by_params() -> None:
    # 6 * 20 * p^2 FLOP: p = 1e11 is 1.2e24 FLOP, and on 200 H100 1.2e24/6.912e21 = 173.611 days.
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, params=1e11)])))
    assert log(record).flop == pytest.approx(1.2e24, rel=1e-15)
    assert days(record, "run_finished") == [pytest.approx(1.2e24 / 6.912e21, abs=2e-9)]
    assert model(record).params == 1e11
    assert model(record).tokens == pytest.approx(2e12)


def test_by_params_and_tokens() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, params=1e11, tokens=1e12)])))
    assert log(record).flop == pytest.approx(6e23, rel=1e-15)
    assert model(record).tokens == 1e12


def test_by_params_with_a_stock_of_tokens() -> None:
    # 20 * 1e11 = 2e12 tokens, of which there are 5e11: 6 * 1e11 * 5e11 = 3e23 FLOP.
    few = training()
    few.size.token_stock = 5e11
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, params=1e11, training=few)])))
    assert log(record).flop == pytest.approx(3e23, rel=1e-15)
    assert (model(record).params, model(record).tokens) == (1e11, pytest.approx(5e11))


def power(exponent: float = 0.5) -> SizeRule:
    return SizeRule(
        rule="power", params_at_reference=10e12, flop_at_reference=1.3e27, flop_exponent=exponent,
        sparsity_exponent=0.74, sparsity_at_reference=8.0,
    )  # fmt: skip


def test_by_params_under_the_power_rule() -> None:
    # 12.5B active at the sparsity 8 of `build` are 100B in total, P0/100: FLOP is C0/100^2 = 1.3e23.
    pinned = run(internal=200.0, params=1.25e10, training=training(size=power()), accelerators={"H100": 100.0})
    for spec in (run(starts=0.0, params=1.25e10, training=training(size=power())), pinned):
        record = simulate(draw(lab(use=USE, runs=[spec])))
        assert log(record).flop == pytest.approx(1.3e23, rel=1e-12)
        assert model(record).total_params == pytest.approx(1e11)
        # 1.3e23/(6 * 1.25e10) = 1.7333e12.
        assert model(record).tokens == pytest.approx(1.733333e12, rel=1e-6)
    # 10B of 100B parameters active is a sparsity of 10, at which C0 makes P0 * (10/8)^0.74 = 1.17954e13 in total:
    # FLOP is (1e11/1.17954e13)^2 * 1.3e27 = 9.34365e22.
    stated = run(starts=0.0, params=1e10, total_params=1e11, training=training(size=power()))
    assert log(simulate(draw(lab(use=USE, runs=[stated])))).flop == pytest.approx(9.34365e22, rel=1e-5)


def test_params_that_do_not_fix_the_flop_are_an_error() -> None:
    with pytest.raises(SimulationError, match="run M: FLOP cannot be found from its `params`: flop_exponent must be"):
        simulate(draw(lab(use=USE, runs=[run(starts=0.0, params=1e11, training=training(size=power(0.0)))])))


def test_tokens_win_over_the_size_rule() -> None:
    # 6e22 FLOP on 1e12 tokens: 6e22/(6 * 1e12) = 1e10 parameters, where 20 tokens a parameter would make 2.2e10.
    old = existing("O", -10.0, 6e22, tokens=1e12)
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, flop=6e22, tokens=1e12)], models=[old])))
    for name in ("M", "O"):
        found = model(record, name)
        assert (found.params, found.total_params, found.tokens) == pytest.approx((1e10, 8e10, 1e12))


def test_tokens_of_a_run_of_given_length() -> None:
    # 200 H100 for 40 days: FLOP is 200 * 40 U = 2.7648e23; on 1e12 tokens 4.608e10 parameters.
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, length_days=40.0, tokens=1e12)])))
    assert model(record).params == pytest.approx(4.608e10)


def test_models_older_than_the_first_efficiency() -> None:
    # A rate goes back in time: at 2x a year a model of a year ago was trained at half the efficiency. A dated series
    # has its first value before its first date.
    year = 365.25
    dated = Series(((0.0, 1.0), (year, 2.0)), exponential=True)
    for law, expected in (
        (Software(training_growth=2.0, inference_growth=1.0), 5e23),
        (Software(training_efficiency=dated, inference_growth=1.0), 1e24),
    ):
        old = existing("O", -year, None, flop=1e24)
        record = simulate(draw(lab(use=USE, models=[old], software=law)))
        assert model(record, "O").effective_flop == pytest.approx(expected)
        assert record.training_efficiency["A"].at(year / 2) == pytest.approx(2**0.5)


def test_by_accelerators_and_length() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=3.0, accelerators={"H100": 321.0}, length_days=40.0)])))
    assert days(record, "run_finished") == [43.0]
    assert held(record, "training", 3.0) == 321.0
    assert log(record).flop == pytest.approx(321 * 40 * U, rel=1e-12)


def test_by_accelerators_of_two_types() -> None:
    item = lab(
        use=USE,
        compute=[stock(1000.0), stock(400.0, "TPU")],
        runs=[run(starts=0.0, accelerators={"H100": 100.0, "TPU": 50.0}, length_days=10.0)],
    )
    # A TPU of `build` has half an H100's peak.
    assert log(simulate(draw(item))).flop == pytest.approx(125 * 10 * U, rel=1e-12)


def test_by_share_and_length() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, share=0.35, length_days=40.0)])))
    assert days(record, "run_finished") == [40.0]
    assert log(record).flop == pytest.approx(350 * 40 * U, rel=1e-12)


def test_by_flop_and_length_the_accelerators_follow() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, flop=123.0 * 40 * U, length_days=40.0)])))
    assert held(record, "training", 0.0) == pytest.approx(123.0)
    assert days(record, "run_finished") == [40.0]
    assert log(record).flop == 123.0 * 40 * U


def test_by_flop_and_length_on_two_types_takes_the_same_part_of_each() -> None:
    item = lab(
        use=USE,
        compute=[stock(1000.0), stock(400.0, "TPU")],
        runs=[run(starts=0.0, flop=300.0 * 40 * U, length_days=40.0)],
    )
    record = simulate(draw(item))
    # All of both is worth 1200 H100: a quarter of each.
    assert held(record, "training", 0.0, kind="H100") == pytest.approx(250.0)
    assert held(record, "training", 0.0, kind="TPU") == pytest.approx(100.0)


def test_utilisation_is_mfu_times_goodput() -> None:
    spec = run(
        starts=0.0,
        accelerators={"H100": 100.0},
        length_days=10.0,
        training=training(whole_run_mfu=None, mfu=0.5, goodput=0.9),
    )
    record = simulate(draw(lab(use=USE, runs=[spec])))
    assert log(record).flop == pytest.approx(100 * 10 * 86_400 * 1e15 * 0.45, rel=1e-12)
    assert model(record).goodput == 0.9


def test_the_precision_s_peak_counts() -> None:
    spec = run(starts=0.0, accelerators={"H100": 100.0}, length_days=10.0, training=training(precision="fp8"))
    assert log(simulate(draw(lab(use=USE, runs=[spec])))).flop == pytest.approx(100 * 10 * 2 * U, rel=1e-12)


# Pinned dates


@pytest.mark.parametrize("internal", [60.0, 77.3, 123.456])
@pytest.mark.parametrize("count", [100.0, 333.3])
def test_a_pinned_internal_date_the_start_follows(internal: float, count: float) -> None:
    spec = run(internal=internal, accelerators={"H100": count}, flop=count * U * 41.7)
    record = simulate(draw(lab(use=USE, runs=[spec])))
    assert model(record).internal == tick(internal)
    assert model(record).started == pytest.approx(internal - 41.7, abs=1e-8)
    assert record.warnings == []


def test_a_pinned_internal_date_with_a_length() -> None:
    spec = run(
        internal=60.0,
        share=0.3,
        length_days=45.0,
        phases=[phase("pretraining", flop_share=1.0), phase("evaluation", length_days=5.0)],
    )
    record = simulate(draw(lab(use=USE, runs=[spec])))
    assert (model(record).started, model(record).finished, model(record).internal) == (10.0, 60.0, 60.0)


def test_a_pinned_start_and_internal_date_the_accelerators_follow() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=10.0, internal=60.0, public=75.0, flop=140.0 * 50 * U)])))
    assert held(record, "training", 10.0) == pytest.approx(140.0)
    assert (model(record).finished, model(record).internal, model(record).public) == (60.0, 60.0, 75.0)


def test_an_internal_date_after_the_end_of_the_run() -> None:
    record = simulate(
        draw(lab(use=USE, runs=[run(starts=10.0, length_days=20.0, internal=60.0, public_after_days=5.0)]))
    )
    assert (model(record).finished, model(record).internal, model(record).public) == (30.0, 60.0, 65.0)
    assert days(record, "model_internal", "M") == [60.0]
    assert days(record, "model_public", "M") == [65.0]


def test_a_run_that_waits_past_its_pinned_date_says_so() -> None:
    first = run("L", starts=0.0, share=0.9, length_days=30.0)
    late = run("M", starts=10.0, internal=30.0, share=0.5, length_days=20.0)
    record = simulate(draw(lab(use=USE, runs=[first, late])))
    assert model(record).internal == 50.0
    assert any(subject == "M" and "20.0 days after" in text for _, _, subject, text in record.warnings)


# In progress at the start


def test_a_run_in_progress_is_as_far_as_its_dates_say() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=-30.0, accelerators={"H100": 100.0}, length_days=50.0)])))
    assert held(record, "training", 0.0) == 100.0
    assert days(record, "run_finished") == [20.0]
    assert log(record).flop == pytest.approx(100 * 50 * U, rel=1e-12)
    assert model(record).started == -30.0
    assert_sound(record)


@pytest.mark.parametrize("behind", [1.0, 17.0, 33.3, 49.0])
def test_a_run_in_progress_by_flop_ends_on_its_date(behind: float) -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=-behind, accelerators={"H100": 123.4}, flop=123.4 * U * 50)])))
    assert only(days(record, "run_finished")) == pytest.approx(50.0 - behind, abs=3e-9)
    assert log(record).flop == 123.4 * U * 50


def test_a_pinned_run_in_progress_ends_exactly() -> None:
    spec = run(internal=20.0, accelerators={"H100": 100.0}, flop=100.0 * U * 50)
    record = simulate(draw(lab(use=USE, runs=[spec])))
    assert model(record).internal == 20.0
    assert model(record).started == pytest.approx(-30.0, abs=1e-8)


def test_a_run_in_progress_is_in_the_phase_that_its_dates_say() -> None:
    spec = run(
        starts=-50.0,
        share=0.4,
        length_days=40.0,
        phases=[phase("pretraining", flop_share=1.0), phase("evaluation", length_days=30.0, accelerators_share=0.25)],
    )
    record = simulate(draw(lab(use=USE, runs=[spec])))
    # Pretraining ended on day -10; evaluation holds a quarter of 400 until day 20.
    assert held(record, "training", 0.0) == pytest.approx(100.0)
    assert days(record, "run_finished") == [20.0]
    assert log(record).flop == pytest.approx(400 * 40 * U, rel=1e-12)
    assert_sound(record)


def test_a_run_that_ended_before_the_start_is_refused() -> None:
    with pytest.raises(SimulationError, match="M would have ended before"):
        simulate(draw(lab(use=USE, runs=[run(starts=-50.0, share=0.4, length_days=40.0)])))


def test_efficiency_at_the_start_of_a_run_in_progress() -> None:
    # Efficiency doubles in 100 days and is 1 on day 0: on day -50 it was 2^-0.5.
    software = Software(training_growth=2.0 ** (365.25 / 100.0))
    spec = run(starts=-50.0, accelerators={"H100": 100.0}, length_days=60.0)
    record = simulate(draw(lab(use=USE, runs=[spec], software=software)))
    assert model(record).effective_flop == pytest.approx(100 * 60 * U * 2**-0.5, rel=1e-12)


# Cadences


def test_a_cadence_goes_by_the_calendar_from_the_31st() -> None:
    start = date(2026, 1, 31)
    spec = run("C", starts=0.0, every=Recurrence(months=1.0), share=0.1, length_days=5.0)
    record = simulate(draw(lab(use=USE, runs=[spec]), start=start, end=160.0))
    expected = [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 5, 31),
        date(2026, 6, 30),
    ]
    assert days(record, "run_due") == [float((day - start).days) for day in expected]
    assert [m.name for m in record.models] == [f"C-{k}" for k in range(1, 7)]


def test_a_cadence_stops_before_until() -> None:
    spec = run("C", starts=5.0, every=Recurrence(days=30.0), until=65.0, share=0.1, length_days=5.0)
    assert days(simulate(draw(lab(use=USE, runs=[spec]))), "run_due") == [5.0, 35.0]


def test_each_run_of_a_cadence_has_so_many_times_the_flop_of_the_last() -> None:
    spec = run("C", starts=0.0, every=Recurrence(days=100.0), flop=200 * U * 4, flop_grows=4.0)
    record = simulate(draw(lab(use=USE, runs=[spec]), end=350.0))
    assert [r.flop for r in record.runs] == pytest.approx([200 * U * d for d in (4, 16, 64, 50)], rel=1e-9)
    # On 200 accelerators 4, 16 and 64 days; the fourth needs 256 and is cut off by the end at 50.
    assert days(record, "run_finished") == pytest.approx([4.0, 116.0, 264.0], abs=1e-8)
    assert only(events(record, "run_unfinished"))[6]["phase_done"] == pytest.approx(50 / 256)


@pytest.mark.parametrize("starts", [-30.0, -80.0, -300.0])
def test_a_cadence_that_began_before_the_start_goes_on_in_step(starts: float) -> None:
    spec = run("C", starts=starts, every=Recurrence(days=50.0), flop=200 * U * 1, flop_grows=2.0)
    record = simulate(draw(lab(use=USE, runs=[spec]), end=200.0))
    first = -starts // 50 + (1 if starts % 50 else 0)
    expected = [starts + 50.0 * k for k in range(int(first), 100) if starts + 50.0 * k < 200.0]
    assert expected[0] >= 0.0
    assert days(record, "run_due") == expected
    assert_sound(record)


# Several runs, waiting


def test_a_run_waits_for_accelerators_with_its_reason_and_starts_when_they_are_free() -> None:
    first = run("M1", starts=0.0, share=0.7, length_days=40.0)
    second = run("M2", starts=10.0, share=0.5, length_days=20.0)
    record = simulate(draw(lab(use=USE, runs=[first, second])))
    assert days(record, "run_waits", "M2") == [10.0]
    assert "500" in only(events(record, "run_waits"))[6]["reason"]
    ((since, until, why),) = log(record, "M2").waits
    assert (since, until) == (10.0, 40.0) and "700" in why
    assert days(record, "run_started", "M2") == [40.0]
    assert only(events(record, "run_started", "M2"))[6]["waited_days"] == 30.0
    assert days(record, "run_finished", "M2") == [60.0]
    assert_sound(record)


def test_a_delivery_lets_a_waiting_run_start() -> None:
    item = lab(
        use=USE,
        compute=[stock(1000.0), stock(500.0, on=25.0)],
        runs=[run(starts=10.0, accelerators={"H100": 1200.0}, length_days=20.0)],
    )
    record = simulate(draw(item))
    assert days(record, "run_started") == [25.0]
    cause = only(events(record, "run_started"))[7]
    assert {record.events[n][2] for n in cause} == {"run_due", "delivery"}


def test_first_come_first_served_a_run_that_waits_holds_up_those_behind_it() -> None:
    runs = [
        run("M1", starts=0.0, share=0.7, length_days=40.0),
        run("M2", starts=10.0, share=0.5, length_days=20.0),
        run("M3", starts=15.0, share=0.1, length_days=5.0),
    ]
    record = simulate(draw(lab(use=USE, runs=runs)))
    # M3 would fit at once, but is behind M2.
    assert days(record, "run_started", "M3") == [40.0]
    assert "M2" in log(record, "M3").waits[0][2]


def test_a_run_that_waits_for_its_base_holds_up_none() -> None:
    runs = [
        run("M1", starts=0.0, share=0.1, length_days=40.0),
        run("P", base="M1", starts=10.0, share=0.5, length_days=20.0),
        run("M3", starts=15.0, share=0.1, length_days=5.0),
    ]
    record = simulate(draw(lab(use=USE, runs=runs)))
    assert days(record, "run_started", "M3") == [15.0]
    assert days(record, "run_started", "P") == [40.0]
    assert "M1" in log(record, "P").waits[0][2]


def test_a_run_too_large_for_the_cluster_holds_up_none_and_never_starts() -> None:
    runs = [
        run("X", starts=0.0, accelerators={"H100": 5000.0}, length_days=20.0),
        run("M", starts=15.0, share=0.1, length_days=5.0),
    ]
    record = simulate(draw(lab(use=USE, runs=runs)))
    assert days(record, "run_started") == [15.0]
    assert days(record, "run_never_started", "X") == [1000.0]
    assert "5,000" in only(events(record, "run_never_started"))[6]["reason"]
    assert any(subject == "X" and "never starts" in text for _, _, subject, text in record.warnings)


def test_a_run_whose_flop_cannot_be_done_in_its_length_says_so() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, flop=2000.0 * 40 * U, length_days=40.0)])))
    assert "FLOP" in only(events(record, "run_never_started"))[6]["reason"]


def test_runs_due_on_one_day_go_by_name() -> None:
    runs = [run("M2", starts=0.0, share=0.6, length_days=10.0), run("M1", starts=0.0, share=0.6, length_days=10.0)]
    record = simulate(draw(lab(use=USE, runs=runs)))
    assert days(record, "run_finished", "M1") == [10.0]
    assert days(record, "run_finished", "M2") == [20.0]


def test_two_runs_share_training_s_accelerators() -> None:
    # The second, without a size of its own, waits until the first leaves some of training's share.
    runs = [run("M1", starts=0.0, length_days=10.0), run("M2", starts=5.0, length_days=10.0)]
    record = simulate(draw(lab(use=USE, runs=runs)))
    assert days(record, "run_started", "M2") == [10.0]
    assert held(record, "training", 5.0) == pytest.approx(200.0)


def test_a_run_at_the_end_is_unfinished_as_the_end_is_exclusive() -> None:
    record = simulate(draw(lab(use=USE, runs=[run(starts=0.0, length_days=100.0)]), end=100.0))
    assert days(record, "run_finished") == []
    done = only(events(record, "run_unfinished"))
    assert done[0] == 100.0 and done[6]["phase_done"] == pytest.approx(1.0)
    assert done[4] == pytest.approx(200 * 100 * U)


# A gang is never resized


def test_a_delivery_does_not_resize_a_gang() -> None:
    item = lab(use=USE, compute=[stock(1000.0), stock(4000.0, on=10.0)], runs=[run(starts=0.0, length_days=40.0)])
    record = simulate(draw(item))
    assert record.holdings["A", "training", "M", "H100"] == [(0.0, 200.0), (40.0, 0.0)]
    assert log(record).flop == pytest.approx(200 * 40 * U, rel=1e-12)


def test_retirement_of_a_gang_s_accelerators_waits_for_its_end() -> None:
    item = lab(
        use=USE,
        compute=[stock(600.0, life_days=50.0), stock(400.0)],
        runs=[run(starts=0.0, share=0.8, length_days=100.0)],
    )
    record = simulate(draw(item))
    # 600 are due to go on day 50, the run needs 800 of 1000: 200 go, 400 when it ends.
    assert record.clusters["A", "H100"] == [(0.0, 1000.0), (50.0, 800.0), (100.0, 400.0)]
    assert [e[4] for e in events(record, "retirement")] == [200.0, 400.0]
    assert [e[4] for e in events(record, "retirement_waits")] == [400.0]
    assert days(record, "run_finished") == [100.0]
    assert log(record).flop == pytest.approx(800 * 100 * U, rel=1e-12)
    assert_sound(record)


def test_retirement_that_waits_goes_when_a_phase_frees_enough() -> None:
    spec = run(
        starts=0.0,
        share=0.8,
        length_days=60.0,
        phases=[phase("pretraining", flop_share=1.0), phase("evaluation", length_days=20.0, accelerators_share=0.25)],
    )
    record = simulate(draw(lab(use=USE, compute=[stock(600.0, life_days=50.0), stock(400.0)], runs=[spec])))
    assert record.clusters["A", "H100"] == [(0.0, 1000.0), (50.0, 800.0), (60.0, 400.0)]
    assert_sound(record)


def test_existing_models_of_before_do_not_train() -> None:
    record = simulate(draw(lab(use=USE, models=[existing("O", -100.0, 1e25, -50.0, params=1e11)])))
    assert record.runs == [] and only(record.models).effective_flop == 1e25
    assert model(record, "O").total_params == 8e11


@pytest.mark.parametrize("length", [20.0, 25.0])
def test_phases_that_leave_no_time_between_the_pinned_dates_are_an_error(length: float) -> None:
    phases = [phase("pretraining", flop_share=1.0), phase("evaluation", length_days=length)]
    spec = run("M", starts=10.0, internal=30.0, flop=1e22, phases=phases)
    with pytest.raises(SimulationError, match="no time for training"):
        simulate(draw(lab(runs=[spec])))


def test_a_run_does_not_start_on_what_rounding_leaves_of_training_s_share() -> None:
    # 0.1 + 0.2 is a little more than 0.3: of training's share X leaves 6e-14 accelerators.
    runs = [
        run("X", starts=0.0, accelerators={"H100": 300.0}, length_days=50.0),
        run("Y", starts=10.0, flop=100 * 10 * U),
    ]
    record = simulate(draw(lab(use={"training": 0.1 + 0.2, "experiments": 0.5}, runs=runs)))
    assert days(record, "run_started", "Y") == [50.0]
    assert_sound(record)


def test_a_share_too_small_to_train_on_is_none() -> None:
    record = simulate(draw(lab(use={"training": 1e-310, "experiments": 0.5}, runs=[run(starts=10.0, flop=U)])))
    assert days(record, "run_started") == []


@pytest.mark.parametrize("length", [7.0, 10.125, 30.0, 90.0])
@pytest.mark.parametrize("part", [0.1, 0.3, 0.7, 0.9])
def test_a_length_split_into_phases_is_kept_to_the_tick(length: float, part: float) -> None:
    # Else the next run, due on the day the first ends, would find training's share taken and start on the rest of it.
    phases = [
        phase("pretraining", flop_share=part),
        phase("post-training", flop_share=1.0 - part, accelerators_share=0.7),
    ]
    first = run("X", starts=0.0, share=0.15, length_days=length, phases=phases)
    record = simulate(draw(lab(use=USE, runs=[first, run("Y", starts=length, length_days=5.0)])))
    assert days(record, "run_finished", "X") == [length]
    assert held(record, "training", length, model="Y") == pytest.approx(200.0)
    assert_sound(record)
