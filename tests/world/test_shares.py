"""Who holds what when nothing is special: declared shares, lending, idle, training_first, dated shares."""

from __future__ import annotations

import pytest

from sim.base.series import Series
from sim.world.policy import Decision
from sim.world.simulate import SimulationError, simulate
from tests.world.build import draw, existing, lab, run, stock
from tests.world.observe import assert_sound, days, held, only, uses

USE = {"training": 0.2, "experiments": 0.4, "research": 0.1, "serving": 0.3}


def test_without_runs_or_models_experiments_borrow_everything() -> None:
    record = simulate(draw(lab(use=USE)))
    assert uses(record, 0.0) == {"experiments": pytest.approx(1000.0)}


def test_a_share_without_work_is_lent_in_proportion() -> None:
    # Only an internal model: serving has no work. 0.2 + 0.3 are lent to experiments : research as 4 : 1.
    record = simulate(draw(lab(use=USE, models=[existing("O", -5.0, 1e24)])))
    assert uses(record, 0.0) == pytest.approx({"experiments": 800.0, "research": 200.0})


def test_training_s_share_is_lent_while_no_run_works() -> None:
    record = simulate(draw(lab(use=USE, models=[existing("O", -5.0, 1e24, -1.0)])))
    assert uses(record, 0.0) == pytest.approx({"experiments": 500.0, "research": 125.0, "serving": 375.0})
    assert_sound(record)


def test_a_run_of_training_s_share_leaves_the_declared_shares_to_the_others() -> None:
    record = simulate(
        draw(lab(use=USE, models=[existing("O", -5.0, 1e24, -1.0)], runs=[run(starts=10.0, length_days=50.0)]))
    )
    declared = {"training": 200.0, "experiments": 400.0, "research": 100.0, "serving": 300.0}
    lent = {"experiments": 500.0, "research": 125.0, "serving": 375.0}
    assert uses(record, 9.0) == pytest.approx(lent)
    assert uses(record, 10.0) == pytest.approx(declared)
    assert uses(record, 59.9) == pytest.approx(declared)
    assert uses(record, 60.0) == pytest.approx(lent)
    assert_sound(record)


def test_declared_idle_stays_idle() -> None:
    use = {"training": 0.2, "experiments": 0.4, "serving": 0.2}
    record = simulate(
        draw(lab(use=use, models=[existing("O", -5.0, 1e24, -1.0)], runs=[run(starts=10.0, length_days=50.0)]))
    )
    # 200 of 1000 are idle throughout; training's 200 are lent as 2 : 1 until the run starts.
    assert uses(record, 0.0) == pytest.approx({"experiments": 800 * 2 / 3, "serving": 800 / 3, "idle": 200.0})
    assert uses(record, 10.0) == pytest.approx(
        {"training": 200.0, "experiments": 400.0, "serving": 200.0, "idle": 200.0}
    )
    assert_sound(record)


def test_a_run_smaller_than_training_s_share_lends_the_rest() -> None:
    use = {"training": 0.2, "experiments": 0.4, "serving": 0.2}
    record = simulate(
        draw(
            lab(use=use, models=[existing("O", -5.0, 1e24, -1.0)], runs=[run(starts=0.0, share=0.08, length_days=50.0)])
        )
    )
    # 1000 - 80 - 200 idle = 720, as 2 : 1.
    assert uses(record, 0.0) == pytest.approx({"training": 80.0, "experiments": 480.0, "serving": 240.0, "idle": 200.0})


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        # 100 above training's share: from idle.
        (0.3, {"training": 300.0, "experiments": 400.0, "serving": 200.0, "idle": 100.0}),
        # 300 above: all idle, then 100 from experiments.
        (0.5, {"training": 500.0, "experiments": 300.0, "serving": 200.0}),
        # 700 above: idle, all of experiments, then 100 from serving.
        (0.9, {"training": 900.0, "serving": 100.0}),
        (1.0, {"training": 1000.0}),
    ],
)
def test_a_larger_run_takes_idle_first_then_experiments_then_fleets(share: float, expected: dict[str, float]) -> None:
    use = {"training": 0.2, "experiments": 0.4, "serving": 0.2}
    record = simulate(
        draw(
            lab(
                use=use, models=[existing("O", -5.0, 1e24, -1.0)], runs=[run(starts=0.0, share=share, length_days=50.0)]
            )
        )
    )
    assert uses(record, 0.0) == pytest.approx(expected)
    assert_sound(record)


def test_training_first_gives_a_due_run_the_whole_cluster() -> None:
    item = lab(
        use=USE,
        policy="training_first",
        models=[existing("O", -5.0, 1e24, -1.0)],
        runs=[run(starts=10.0, length_days=50.0)],
    )
    record = simulate(draw(item))
    assert uses(record, 10.0) == pytest.approx({"training": 1000.0})
    assert uses(record, 60.0) == pytest.approx({"experiments": 500.0, "research": 125.0, "serving": 375.0})


def test_training_first_keeps_to_a_size_that_the_run_states() -> None:
    item = lab(
        use=USE,
        policy="training_first",
        models=[existing("O", -5.0, 1e24, -1.0)],
        runs=[run(starts=10.0, length_days=50.0, share=0.6)],
    )
    record = simulate(draw(item))
    # The other 400 are what the fleets declare: experiments give way first.
    assert uses(record, 10.0) == pytest.approx({"training": 600.0, "research": 100.0, "serving": 300.0})


def test_fleets_give_way_in_proportion() -> None:
    item = lab(use=USE, models=[existing("O", -5.0, 1e24, -1.0)], runs=[run(starts=10.0, length_days=50.0, share=0.8)])
    # 200 are left of 400, as 1 : 3.
    assert uses(simulate(draw(item)), 10.0) == pytest.approx({"training": 800.0, "research": 50.0, "serving": 150.0})


def test_without_fleets_experiments_keep_what_is_left() -> None:
    item = lab(
        use={"training": 0.2, "experiments": 0.5, "serving": 0.3}, runs=[run(starts=10.0, length_days=50.0, share=0.8)]
    )
    assert uses(simulate(draw(item)), 10.0) == pytest.approx({"training": 800.0, "experiments": 200.0})


def test_training_first_gives_a_second_run_what_the_first_left() -> None:
    item = lab(
        use=USE,
        policy="training_first",
        runs=[run("M1", starts=0.0, length_days=50.0, share=0.6), run("M2", starts=10.0, length_days=10.0)],
    )
    record = simulate(draw(item))
    assert held(record, "training", 10.0, model="M2") == pytest.approx(400.0)


def test_dated_shares_move_on_their_dates() -> None:
    use = {
        "training": 0.0,
        "experiments": Series(((0.0, 0.9), (40.5, 0.3))),
        "research": Series(((0.0, 0.1), (40.5, 0.7))),
    }
    record = simulate(draw(lab(use=use, models=[existing("O", -5.0, 1e24)])))
    assert uses(record, 40.0) == pytest.approx({"experiments": 900.0, "research": 100.0})
    assert uses(record, 40.5) == pytest.approx({"experiments": 300.0, "research": 700.0})
    assert days(record, "series_value") == [40.5, 40.5]
    assert_sound(record)


def test_a_changed_training_share_leaves_a_run_in_progress_alone() -> None:
    use = {"training": Series(((0.0, 0.4), (20.0, 0.1))), "experiments": 0.5}
    record = simulate(draw(lab(use=use, runs=[run(starts=0.0, length_days=50.0)])))
    assert held(record, "training", 20.0) == pytest.approx(400.0)
    assert days(record, "run_finished") == [50.0]
    assert_sound(record)


def test_shares_apply_to_each_type() -> None:
    item = lab(
        use=USE,
        compute=[stock(1000.0), stock(300.0, "TPU")],
        models=[existing("O", -5.0, 1e24, -1.0)],
        runs=[run(starts=0.0, length_days=50.0)],
    )
    record = simulate(draw(item))
    for kind, total in (("H100", 1000.0), ("TPU", 300.0)):
        for use, share in USE.items():
            assert held(record, use, 0.0, kind=kind) == pytest.approx(share * total)
    assert_sound(record)


def test_a_lab_where_nothing_has_work_is_idle() -> None:
    record = simulate(draw(lab(use={"training": 0.5, "serving": 0.5})))
    assert uses(record, 0.0) == {"idle": 1000.0}
    assert_sound(record)


def test_a_lab_without_accelerators_does_nothing() -> None:
    record = simulate(draw(lab(compute=[], runs=[run(starts=0.0, length_days=50.0)])))
    assert uses(record, 500.0) == {}
    assert only(days(record, "run_never_started")) == 1000.0


def test_a_lab_decides_by_its_own_state_only() -> None:
    one = lab("A", use=USE, models=[existing("O", -5.0, 1e24)])
    record = simulate(
        draw(one, lab("B", use={"training": 0.5, "experiments": 0.5}, runs=[run(starts=3.0, length_days=9.0)]))
    )
    assert uses(record, 5.0, "A") == pytest.approx({"experiments": 800.0, "research": 200.0})
    assert uses(record, 5.0, "B") == pytest.approx({"training": 500.0, "experiments": 500.0})


# A policy of the user's own


def test_what_a_policy_does_not_give_out_is_idle() -> None:
    def policy(view):  # type: ignore[no-untyped-def]
        return Decision([], [], {"experiments": {"H100": 300.0}})

    record = simulate(draw(lab()), {"A": policy})
    assert uses(record, 0.0) == {"experiments": 300.0, "idle": 700.0}
    assert_sound(record)


@pytest.mark.parametrize("count", [1001.0, -5.0])
def test_a_policy_that_gives_out_what_is_not_there_is_an_error(count: float) -> None:
    def policy(view):  # type: ignore[no-untyped-def]
        return Decision([], [], {"experiments": {"H100": count}})

    with pytest.raises(SimulationError, match="A") as error:
        simulate(draw(lab()), {"A": policy})
    assert error.value.day == 0.0


def test_reviews_come_on_the_days_that_a_policy_asks_for() -> None:
    called = []

    def policy(view):  # type: ignore[no-untyped-def]
        called.append(view.day)
        wanted = {0.0: 100.0, 20.0: 50.0}.get(view.day)
        return Decision([], [], {"experiments": dict(view.total)}, wanted)

    record = simulate(draw(lab(compute=[stock(1000.0), stock(10.0, on=20.0)])), {"A": policy})
    assert sorted(set(called)) == [0.0, 20.0, 50.0, 100.0]
    assert days(record, "review") == [50.0, 100.0]


def test_a_review_is_on_a_tick() -> None:
    def policy(view):  # type: ignore[no-untyped-def]
        return Decision([], [], {"experiments": dict(view.total)}, 10.1 if view.day < 10.0 else None)

    day = only(days(simulate(draw(lab()), {"A": policy}), "review"))
    assert (day * 2.0**30).is_integer() and 0.0 <= day - 10.1 < 2.0**-30


def test_a_policy_sees_rivals_public_models_only() -> None:
    seen: dict[float, list[str]] = {}

    def policy(view):  # type: ignore[no-untyped-def]
        seen[view.day] = sorted(model.name for model in view.rivals if model.lab != "A")
        return Decision([], [], {"experiments": dict(view.total)})

    rival = lab("B", models=[existing("P", -5.0, 1e24, 10.0), existing("Q", -5.0, 1e25)])
    simulate(draw(lab(compute=[stock(1000.0), stock(1.0, on=5.0), stock(1.0, on=15.0)]), rival), {"A": policy})
    assert seen[5.0] == [] and seen[15.0] == ["P"]


def test_a_policy_s_view_is_read_only() -> None:
    def policy(view):  # type: ignore[no-untyped-def]
        try:
            view.total["H100"] = 5000.0
            view.shares["experiments"] = 0.0
        except TypeError:
            pass  # refused: as good as a copy
        return Decision([], [], {"experiments": {"H100": 1000.0}})

    record = simulate(draw(lab(compute=[stock(1000.0), stock(10.0, on=5.0)])), {"A": policy})
    assert record.clusters["A", "H100"] == [(0.0, 1000.0), (5.0, 1010.0)]
    assert_sound(record)


@pytest.mark.parametrize("review", [float("inf"), float("nan")])
def test_a_review_that_is_no_date_is_an_error(review: float) -> None:
    def policy(view):  # type: ignore[no-untyped-def]
        return Decision([], [], {"experiments": dict(view.total)}, review)

    with pytest.raises(SimulationError, match="A"):
        simulate(draw(lab()), {"A": policy})


def test_a_policy_that_starts_a_run_on_an_unknown_type_is_an_error() -> None:
    def policy(view):  # type: ignore[no-untyped-def]
        return Decision([(item, {"Q": 5.0}) for item in view.due], [], {})

    with pytest.raises(SimulationError, match="A"):
        simulate(draw(lab(runs=[run(starts=1.0, length_days=5.0)])), {"A": policy})


@pytest.mark.parametrize(
    "grant", [{"experiments": {"Q": 5.0}}, {"nonsense": {"H100": 5.0}}, {"experiments": {"H100": float("nan")}}]
)
def test_a_grant_that_makes_no_sense_is_an_error(grant: dict[str, dict[str, float]]) -> None:
    with pytest.raises(SimulationError, match="A"):
        simulate(draw(lab()), {"A": lambda view: Decision([], [], grant)})
