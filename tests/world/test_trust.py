"""Which models alignment fleets may run, and from which day: dates worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from sim.base.series import Series, fixed
from sim.model.alignment import Alignment, Trust
from sim.model.draw import Draw
from sim.model.level import Level
from sim.model.policy import Conditions, PolicyPhase
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import after, draw, existing, fleet, inference, lab, run
from tests.world.observe import days, events, held, only, tables

YEAR = 365.25
BY_FLOP = inference(throughput="flop")


def alignment(trust: Trust | None = None, **values: Any) -> Alignment:
    rest: dict[str, Any] = {"parallel_penalty": 1.0, "verified_per_human": 10.0, "oversight": 0.0, "good_enough": 1.0}
    return Alignment(trust=trust, **{**rest, "needs": {}, "relevance": {}, "risk": {}, **values})


def world(trust: Trust | None, **values: Any) -> Draw:
    """Lab A with models of days -400, 100 and 300, each stronger; a tenth of its chips are for alignment."""
    rules = alignment(trust)
    rest: dict[str, Any] = {
        "models": [
            existing("M0", -400.0, 1e26, params=1e11),
            existing("M1", 100.0, 1e27, params=1e11),
            existing("M2", 300.0, 1e28, params=1e11),
        ],
        "use": {"alignment": 0.1, "research": 0.1},
        "fleets": {
            "alignment": fleet("alignment", domain="alignment", inference=BY_FLOP),
            "research": fleet("research", inference=BY_FLOP),
        },
        "staff": {"alignment": fixed(40.0)},
        "alignment": rules,
    }
    return draw(lab(**{**rest, **values}), alignment=rules, levels={"high": Level(name="high", effective_flop=5e27)})


def ran(record: RunRecord, use: str = "alignment") -> dict[str, float]:
    """Model -> first day on which the fleet ran it."""
    return {e[3].split(":")[1]: e[0] for e in events(record, "fleet_model") if e[3].startswith(f"{use}:")}


@pytest.mark.parametrize(
    ("trust", "expected"),
    [
        (None, {"M0": 0.0, "M1": 100.0, "M2": 300.0}),
        (Trust(cleared_after_days=150.0), {"M0": 0.0, "M1": 250.0, "M2": 450.0}),
        (Trust(cleared_after_days=450.0), {"M0": 50.0, "M1": 550.0, "M2": 750.0}),
        (Trust(older_than_days=900.0), {"M0": 500.0}),
        (Trust(below="high"), {"M0": 0.0, "M1": 100.0}),
        (Trust(models=["M2"]), {"M2": 300.0}),
        (Trust(models=["A/M1", "B/M2"]), {"M1": 100.0}),
        (Trust(below="high", cleared_after_days=200.0), {"M0": 0.0, "M1": 100.0, "M2": 500.0}),
        # 10 of 40 people verify 5 human-years in 182.625 days; M0 was there long enough before the start.
        (Trust(cleared_by_years=5.0, verifiers=0.25), {"M0": 0.0, "M1": 282.625, "M2": 482.625}),
        # 10 human-years take 365.25 days: M2 waits until M1 is through.
        (Trust(cleared_by_years=10.0, verifiers=0.25), {"M0": 0.0, "M1": 465.25, "M2": 830.5}),
    ],
)
def test_first_days(trust: Trust | None, expected: dict[str, float]) -> None:
    record = simulate(world(trust))
    assert ran(record) == pytest.approx(expected)
    assert ran(record, "research") == {"M0": 0.0, "M1": 100.0, "M2": 300.0}, "other fleets do not ask"
    if trust is not None:
        assert {name: day for (_, name), day in record.trusted.items()} == pytest.approx(expected)
        assert sorted(days(record, "model_trusted")) == pytest.approx(sorted(expected.values()))


def test_without_rules_no_event_and_no_byte_is_another() -> None:
    plain = world(None)
    plain.alignment = plain.labs["A"].alignment = None
    before, after_ = tables(simulate(plain)), tables(simulate(world(None)))
    assert before["events"] == after_["events"]
    assert before["models"] == after_["models"]


def test_staff_that_grows_verifies_faster() -> None:
    """40 people until day 200, 80 then: 10 human-years are 3652.5 human-days, 1000 by day 200 and 20 a day after."""
    staff = {"alignment": Series(((0.0, 40.0), (200.0, 80.0)))}
    record = simulate(world(Trust(cleared_by_years=10.0, verifiers=0.25), staff=staff))
    first = 200.0 + 2652.5 / 20.0
    assert ran(record) == pytest.approx({"M0": 0.0, "M1": first, "M2": first + 3652.5 / 20.0})
    # Nobody verifies until a model waits, then a quarter of the staff does, until none waits.
    since, people = zip(*record.verifiers["A"], strict=True)
    assert (since, people) == (pytest.approx((100.0, 200.0, first + 3652.5 / 20.0)), (10.0, 20.0, 0.0))


def test_chips_without_a_trusted_model_are_lent() -> None:
    record = simulate(world(Trust(cleared_after_days=450.0), use={"alignment": 0.1, "research": 0.1}))
    assert held(record, "alignment", 49.0) == 0.0
    assert held(record, "research", 49.0) == pytest.approx(200.0)
    assert held(record, "alignment", 50.0) == held(record, "research", 50.0) == pytest.approx(100.0)


def test_an_earmark_for_alignment_begins_with_trust() -> None:
    """A run ends on day 60; its chips go to alignment once its model is cleared 30 days later, for 20 days."""
    trained = run("R", starts=0.0, share=0.5, length_days=60.0, after_training=after("alignment", for_days=20.0),
                  effective_flop=1e29)  # fmt: skip
    use = {"training": 0.5, "alignment": 0.1, "research": 0.1}
    record = simulate(world(Trust(cleared_after_days=30.0), runs=[trained], use=use))
    assert only(days(record, "earmark_started")) == 90.0
    assert only(days(record, "earmark_ended")) == 110.0
    assert held(record, "alignment", 100.0, model="R") > 500.0


def test_public_models_need_both() -> None:
    models = [existing("M0", 10.0, 1e26, public=200.0, params=1e11), existing("M1", 20.0, 1e27, public=50.0,
                                                                              params=1e11)]  # fmt: skip
    fleets = {"alignment": fleet("alignment", domain="alignment", models="public", inference=BY_FLOP)}
    use = {"alignment": 0.1}
    for wait, expected in ((100.0, {"M1": 120.0}), (30.0, {"M1": 50.0}), (5.0, {"M1": 50.0})):
        record = simulate(world(Trust(cleared_after_days=wait), models=models, fleets=fleets, use=use))
        assert ran(record) == expected
    models[0].effective_flop = 1e28
    record = simulate(world(Trust(cleared_after_days=190.0), models=models, fleets=fleets, use=use))
    assert ran(record) == {"M0": 200.0}, "on the same day as its release, once"


def test_a_copy_of_another_labs_model_is_trusted_by_its_own_rules() -> None:
    rules = alignment(Trust(cleared_after_days=40.0))
    other = lab("B", models=[existing("Open", 50.0, 1e29, public=60.0, params=1e11, opened=100.0)])
    mine = world(Trust(cleared_after_days=40.0)).labs["A"]
    record = simulate(draw(mine, other, alignment=rules))
    assert ran(record)["B/Open"] == 140.0
    listed = alignment(Trust(models=["B/Open"]))
    mine.alignment = listed
    assert ran(simulate(draw(mine, other, alignment=listed))) == {"B/Open": 100.0}


@pytest.mark.parametrize("trust", [Trust(cleared_after_days=2000.0), Trust(models=["Nobody"])])
def test_rules_that_nothing_meets_are_told(trust: Trust) -> None:
    record = simulate(world(trust))
    assert ran(record) == {}
    (warning,) = record.warnings
    assert "ever trusted" in warning[3]
    assert not simulate(world(trust, use={"research": 0.1})).warnings, "no fleet asks"


def test_people_elsewhere_are_recorded_as_they_come() -> None:
    rules = alignment(elsewhere=Series(((0.0, 300.0), (200.0, 400.0))))
    record = simulate(draw(lab(), alignment=rules))
    assert record.elsewhere == {"alignment": [(0.0, 300.0), (200.0, 400.0)]}
    assert only(events(record, "series_value"))[:5] == (200.0, "", "series_value", "elsewhere:alignment", 400.0)


def test_alignment_s_share_by_a_rule() -> None:
    """Phases of a policy: 1% until the lab has a model at `high` (day 300), then a fifth; by dates, the same."""
    phases = [
        PolicyPhase(name="after", when=Conditions(level="high"), use={"alignment": 0.2, "research": 0.8},
                    starts_runs=True, training_first=False),
        PolicyPhase(name="before", when=None, use={}, starts_runs=True, training_first=False),
    ]  # fmt: skip
    use = {"alignment": fixed(0.01), "research": fixed(0.99)}
    by_rule = simulate(world(None, policy="phases", phases=phases, use=use))
    dated = {"alignment": Series(((0.0, 0.01), (300.0, 0.2))), "research": Series(((0.0, 0.99), (300.0, 0.8)))}
    by_date = simulate(world(None, use=dated))
    for record in (by_rule, by_date):
        assert held(record, "alignment", 299.0) == pytest.approx(10.0)
        assert held(record, "alignment", 300.0) == pytest.approx(200.0)
    assert tables(by_rule)["alignment"] == tables(by_date)["alignment"]
