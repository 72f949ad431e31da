"""`after_training`: where a finished run's accelerators go, from when, until when, and who may cut them."""

from __future__ import annotations

from typing import Any

import pytest

from sim.tables.events import told
from sim.tables.rates import Rates
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import after, draw, existing, lab, run, stock
from tests.world.observe import assert_sound, days, events, held, only, uses

USE = {"training": 0.2, "experiments": 0.5, "research": 0.3}
"""With a model: 200 / 500 / 300 while a run works; 625 / 375 lent."""

LENT = {"experiments": 625.0, "research": 375.0}


def world(
    *more: Any,
    use: dict[str, Any] | None = None,
    end: float = 1000.0,
    compute: Any = None,
    first: Any = None,
    **rule: Any,
) -> RunRecord:
    """Run M on 200 of 1000 from day 0 to 100, then its earmark; a weak model O from before."""
    changes = {"starts": 0.0, "share": 0.2, "length_days": 100.0, **(first or {})}
    spec = run("M", after_training=after(rule.pop("to", "research"), **rule), **changes)
    item = lab(
        use=use or USE,
        models=[existing("O", -10.0, 1e20, -10.0)],
        runs=[spec, *more],
        compute=compute or [stock(1000.0)],
    )
    record = simulate(draw(item, end=end))
    assert_sound(record)
    return record


def test_at_the_same_instant() -> None:
    record = world()
    assert uses(record, 99.9) == pytest.approx({"training": 200.0, "experiments": 500.0, "research": 300.0})
    assert uses(record, 100.0) == pytest.approx({"experiments": 500.0, "research": 500.0})
    # Nothing in between: experiments hold their 500 right through day 100.
    assert record.holdings["A", "experiments", "", "H100"] == [(0.0, pytest.approx(500.0))]


def test_the_move_is_an_event_with_accelerators_flop_and_tokens() -> None:
    record = world()
    event = events(record, "accelerators_moved", "M")[-1]
    _, worth = told(record, record.events.index(event), Rates(record))
    assert worth is not None
    assert event[0] == 100.0 and event[4] == pytest.approx(200.0)
    assert worth["from"] == "training" and worth["to"] == {"research": {"H100": pytest.approx(200.0)}}
    assert worth["flop_per_s"] == pytest.approx(200 * 1e15)
    # By memory: 80 GB / (8p/256 + 20 GB) copies of 0.8*3.2e12/80e9 = 32 tokens/s, p = sqrt(FLOP/120).
    flop = 200 * 100 * 3.456e19
    copies = 80e9 / (8 * (flop / 120) ** 0.5 / 256 + 20e9)
    assert worth["copies"] == pytest.approx(200 * copies, rel=1e-9)
    assert worth["tokens_per_s"] == pytest.approx(200 * copies * 32, rel=1e-9)
    assert record.events[event[7][0]][2] == "run_finished"


def test_without_a_rule_back_to_the_declared_shares() -> None:
    record = world(move=0.0)
    assert uses(record, 100.0) == pytest.approx(LENT)
    assert events(record, "earmark_started") == []


def test_part_of_them() -> None:
    # 100 earmarked; the other 100 are lent as 5 : 3.
    record = world(move=0.5)
    assert uses(record, 100.0) == pytest.approx({"experiments": 900 * 5 / 8, "research": 900 * 3 / 8 + 100.0})


def test_for_so_many_days() -> None:
    record = world(for_days=60.0)
    assert uses(record, 159.9) == pytest.approx({"experiments": 500.0, "research": 500.0})
    assert uses(record, 160.0) == pytest.approx(LENT)
    assert days(record, "earmark_started") == [100.0] and days(record, "earmark_ended") == [160.0]


def test_for_counts_from_the_first_day_on_which_the_fleet_may_use_the_model() -> None:
    record = world(for_days=20.0, first={"internal": 130.0})
    assert uses(record, 100.0) == pytest.approx(LENT)
    assert uses(record, 130.0) == pytest.approx({"experiments": 500.0, "research": 500.0})
    assert uses(record, 149.9) == pytest.approx({"experiments": 500.0, "research": 500.0})
    assert uses(record, 150.0) == pytest.approx(LENT)


def test_to_a_serving_fleet_from_the_public_date_only() -> None:
    use = {"training": 0.2, "experiments": 0.5, "serving": 0.3}
    record = world(to="serving", for_days=20.0, use=use)
    lent = {"experiments": 625.0, "serving": 375.0}
    assert uses(record, 100.0) == pytest.approx(lent)
    assert uses(record, 130.0) == pytest.approx({"experiments": 500.0, "serving": 500.0})
    assert uses(record, 150.0) == pytest.approx(lent)
    # Serving ran the old model until the public date.
    assert held(record, "serving", 129.0, model="O") == pytest.approx(375.0)
    assert held(record, "serving", 130.0, model="M") == pytest.approx(500.0)


def test_until_a_date() -> None:
    record = world(until=117.0)
    assert uses(record, 116.9) == pytest.approx({"experiments": 500.0, "research": 500.0})
    assert uses(record, 117.0) == pytest.approx(LENT)


def test_the_earlier_of_for_and_until() -> None:
    assert days(world(until=117.0, for_days=60.0), "earmark_ended") == [117.0]
    assert days(world(until=170.0, for_days=60.0), "earmark_ended") == [160.0]


def test_an_until_before_the_fleet_may_use_the_model_is_a_warning() -> None:
    record = world(until=110.0, first={"internal": 130.0})
    assert events(record, "earmark_started") == []
    assert any("research" in text for _, _, _, text in record.warnings)


def test_open_ended_until_the_next_run_starts() -> None:
    record = world(run("N", starts=300.0, share=0.1, length_days=50.0))
    assert uses(record, 299.9) == pytest.approx({"experiments": 500.0, "research": 500.0})
    # N holds 100; training's other 100 are lent.
    assert uses(record, 300.0) == pytest.approx(
        {"training": 100.0, "experiments": 900 * 5 / 8, "research": 900 * 3 / 8}
    )
    assert days(record, "earmark_ended") == [300.0]


def test_a_firm_earmark_holds_up_a_run_that_needs_it() -> None:
    record = world(run("N", starts=110.0, share=0.9, length_days=50.0), for_days=60.0, firm=True)
    assert days(record, "run_started", "N") == [160.0]
    assert days(record, "earmark_ended") == [160.0]
    assert "firm" in record.runs[-1].waits[0][2]


def test_a_firm_earmark_takes_what_is_freed_before_a_run_that_waits() -> None:
    # N needs 900 and waits for M; M's 200 go to the firm earmark on day 100, so N waits 30 days more.
    record = world(run("N", starts=50.0, share=0.9, length_days=50.0), for_days=30.0, firm=True)
    assert days(record, "run_started", "N") == [130.0]


def test_a_run_that_is_not_in_the_way_starts_beside_a_firm_earmark() -> None:
    record = world(run("N", starts=110.0, share=0.4, length_days=20.0), for_days=60.0, firm=True)
    # 400 to N, 200 earmarked; of the other 400 research keeps its 300, experiments give way.
    assert uses(record, 110.0) == pytest.approx({"training": 400.0, "experiments": 100.0, "research": 500.0})
    assert uses(record, 130.0) == pytest.approx({"experiments": 500.0, "research": 500.0})


IDLE_USE = {"training": 0.2, "experiments": 0.3, "research": 0.2, "serving": 0.1}
"""200 declared idle; serving has no model that it may use here: its 100 are lent."""


@pytest.mark.parametrize(
    ("count", "mark", "rest", "idle"),
    [
        # On day 120: idle 200, earmark 200, 600 to experiments (300 + 60 lent) and research (200 + 40 lent).
        (150.0, 200.0, 600.0, 50.0),  # from idle
        (250.0, 200.0, 550.0, 0.0),  # all idle, then 50 of the 100 lent
        (300.0, 200.0, 500.0, 0.0),  # all idle and all that was lent
        (400.0, 100.0, 500.0, 0.0),  # then 100 of the earmark
        (500.0, 0.0, 500.0, 0.0),  # then all of it
    ],
)
def test_the_order_in_which_a_run_takes_accelerators(count: float, mark: float, rest: float, idle: float) -> None:
    spec = run(
        "M",
        starts=0.0,
        share=0.2,
        length_days=100.0,
        public_after_days=2000.0,
        after_training=after("research", for_days=500.0),
    )
    later = run("N", starts=120.0, accelerators={"H100": count}, length_days=50.0)
    record = simulate(draw(lab(use=IDLE_USE, models=[existing("O", -10.0, 1e20)], runs=[spec, later])))
    assert uses(record, 119.0) == pytest.approx({"experiments": 360.0, "research": 440.0, "idle": 200.0})
    expected = {"training": count, "experiments": rest * 0.6, "research": rest * 0.4 + mark, "idle": idle}
    assert uses(record, 120.0) == pytest.approx({use: value for use, value in expected.items() if value})
    assert_sound(record)


@pytest.mark.parametrize(
    ("count", "experiments", "research"), [(700.0, 100.0, 200.0), (800.0, 0.0, 200.0), (950.0, 0.0, 50.0)]
)
def test_after_the_earmark_experiments_then_fleets(count: float, experiments: float, research: float) -> None:
    spec = run(
        "M",
        starts=0.0,
        share=0.2,
        length_days=100.0,
        public_after_days=2000.0,
        after_training=after("research", for_days=500.0),
    )
    later = run("N", starts=120.0, accelerators={"H100": count}, length_days=50.0)
    record = simulate(draw(lab(use=IDLE_USE, models=[existing("O", -10.0, 1e20)], runs=[spec, later])))
    expected = {"training": count, "experiments": experiments, "research": research}
    assert uses(record, 120.0) == pytest.approx({use: value for use, value in expected.items() if value})


def test_copies_wound_down_are_an_event() -> None:
    spec = run("M", starts=0.0, share=0.2, length_days=100.0, public_after_days=2000.0)
    later = run("N", starts=120.0, accelerators={"H100": 700.0}, length_days=50.0)
    record = simulate(draw(lab(use=IDLE_USE, models=[existing("O", -10.0, 1e20)], runs=[spec, later])))
    down = only(events(record, "copies_wound_down"))
    before, now = uses(record, 119.0)["research"], uses(record, 120.0)["research"]
    assert down[0] == 120.0 and down[3] == "research:M"
    assert down[6]["accelerators"] == {"H100": pytest.approx(before - now)}
    copies, worth = told(record, record.events.index(down), Rates(record))
    assert copies and worth and worth["tokens_per_s"] == pytest.approx(copies * 32.0)


def test_to_a_fleet_that_runs_a_stronger_model() -> None:
    item = lab(
        use=USE,
        models=[existing("S", -10.0, 1e30)],
        runs=[run("M", starts=0.0, share=0.2, length_days=100.0)],
        after_training=after("research"),
    )
    record = simulate(draw(item))
    # The fleet gets the accelerators and runs the best model that it may on them.
    assert held(record, "research", 100.0, model="S") == pytest.approx(500.0)
    assert held(record, "research", 100.0, model="M") == 0.0


def test_a_delivery_in_between_is_shared_out() -> None:
    record = world(for_days=60.0, compute=[stock(1000.0), stock(500.0, on=120.0)])
    # 1500 - 200 as 5 : 3.
    assert uses(record, 120.0) == pytest.approx({"experiments": 1300 * 5 / 8, "research": 1300 * 3 / 8 + 200.0})


@pytest.mark.parametrize("firm", [False, True])
def test_retirement_in_between_cuts_it_only_when_nothing_else_is_left(firm: bool) -> None:
    record = world(for_days=60.0, firm=firm, compute=[stock(100.0), stock(900.0, life_days=130.0)])
    assert uses(record, 130.0) == pytest.approx({"research": 100.0})
    assert uses(record, 160.0) == pytest.approx({"experiments": 62.5, "research": 37.5})


def test_two_earmarks_follow_each_other() -> None:
    record = world(
        run("N", starts=110.0, share=0.3, length_days=20.0, after_training=after("research", for_days=10.0)),
        for_days=60.0,
    )
    # Beside the earmark's 200 nothing is idle or lent: N takes all of it, then 100 from experiments.
    assert uses(record, 110.0) == pytest.approx({"training": 300.0, "experiments": 400.0, "research": 300.0})
    assert uses(record, 130.0) == pytest.approx({"experiments": 400.0, "research": 300.0 + 300.0})
    assert uses(record, 140.0) == pytest.approx(LENT)


def test_the_next_run_that_was_waiting_takes_the_freed_accelerators() -> None:
    # N waits for 900 from day 50; M's open-ended earmark (not firm) gives way at once.
    record = world(run("N", starts=50.0, share=0.9, length_days=50.0))
    assert days(record, "run_started", "N") == [100.0]
    assert uses(record, 100.0) == pytest.approx({"training": 900.0, "research": 100.0})


def test_a_model_public_at_once_is_released_before_the_next_run_starts() -> None:
    # The firm earmark is for serving and M is public on its last day: N, waiting for 900, may not have its 200.
    record = world(
        run("N", starts=50.0, share=0.9, length_days=50.0), to="serving", for_days=30.0, firm=True,
        use={"training": 0.2, "experiments": 0.5, "serving": 0.3}, first={"public_after_days": 0.0},
    )  # fmt: skip
    assert days(record, "earmark_started") == [100.0]
    assert days(record, "run_started", "N") == [130.0]
