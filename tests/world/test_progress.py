"""Software that follows research, where its law has a closed form; and what must not change it."""

from __future__ import annotations

import copy
import itertools
import math
from typing import Any

import pytest

from sim.base.growth import Growth
from sim.base.series import Series, fixed
from sim.model.domain import Logistic
from sim.model.draw import Draw
from sim.model.lab import Lab
from sim.model.level import Hazard, Milestone
from sim.model.shock import Shock
from sim.model.software import RELATIVE, Software
from sim.tables.rates import Rates
from sim.tables.trajectory import labour_at
from sim.world import simulate
from sim.world.record import RunRecord
from sim.world.simulate import SimulationError
from tests.world.build import draw, existing, lab, run, stock

YEAR = 365.25


def software(**changes: Any) -> Software:
    values: dict[str, Any] = {
        "training_growth": 3.0, "feedback": True, "parallel_penalty": 0.6, "labour_share": 0.5, "returns": 0.25,
        "research_substitution": 0.0, "step": 1.1, "inference_exponent": 1.0,
    }  # fmt: skip
    return Software(**{**values, **changes})


def people(name: str = "A", **changes: Any) -> Lab:
    """A lab in which only people do research: R moves with staff and experiments alone."""
    values: dict[str, Any] = {
        "use": {"training": 0.2, "experiments": 0.8}, "staff": {"ai_research": fixed(1000.0)}, "software": software(),
    }  # fmt: skip
    return lab(name, **{**values, **changes})


def with_ai(name: str = "A", **changes: Any) -> Lab:
    """A lab whose first model does a part of the research."""
    values: dict[str, Any] = {
        "use": {"training": 0.1, "experiments": 0.5, "research": 0.1, "serving": 0.3},
        "models": [existing("M0", -10.0, 3e26, public=-5.0, params=1e12, total_params=1e13)],
        "staff": {"ai_research": fixed(50.0)}, "software": software(),
    }  # fmt: skip
    return lab(name, **{**values, **changes})


def training(world: Draw, name: str = "A") -> Growth:
    return simulate(world).training_efficiency[name]


def events(record: RunRecord, kind: str, name: str | None = None) -> list[Any]:
    return [event for event in record.events if event[2] == kind and name in (None, event[1])]


# Closed forms


@pytest.mark.parametrize(("beta", "penalty"), [(0.0, 0.6), (0.25, 0.6), (1.0, 1.0), (2.5, 0.3)])
def test_constant_research(beta: float, penalty: float) -> None:
    law = training(draw(people(software=software(returns=beta, parallel_penalty=penalty)), end=5 * YEAR))
    g0 = math.log(3.0)
    for years in (0.0, 0.1, 1.0, 4.9):
        expected = (1.0 + beta * g0 * years) ** (1.0 / beta) if beta else 3.0**years
        assert law.at(years * YEAR) == pytest.approx(expected, rel=1e-8)


def test_research_that_grows_exponentially() -> None:
    # Nobody but an AI that can do everything: L is its tokens, which grow 2.5 times a year whatever is found.
    # dA/dt = g0·A^(1−β)·e^(αλκt), so A^β = 1 + β·g0·(e^(αλκt) − 1)/(αλκ).
    law = software(inference_growth=2.5, inference_exponent=None, returns=0.5)
    item = with_ai(models=[existing("M0", -10.0, 1e95, params=1e12, total_params=1e13)], software=law,
                   staff={"ai_research": fixed(0.0)})  # fmt: skip
    found = training(draw(item, end=6 * YEAR))
    k, g0 = 0.5 * 0.6 * math.log(2.5), math.log(3.0)
    for years in (0.5, 1.0, 3.0, 5.9):
        expected = (1.0 + 0.5 * g0 * math.expm1(k * years) / k) ** 2.0
        assert found.at(years * YEAR) == pytest.approx(expected, rel=1e-3)


def test_staff_and_experiments_count_by_their_powers() -> None:
    # At beta 0 growth is g0·R^0.6: after day 100 people are 4 times, after day 200 the chips 9 times as many.
    item = people(
        compute=[stock(1000.0), stock(8000.0, on=200.0)],
        staff={"ai_research": Series(((0.0, 1000.0), (100.0, 4000.0)))},
        software=software(returns=0.0, labour_share=0.3),
    )
    law = training(draw(item, end=300.0))
    rate = math.log(3.0) / YEAR
    for day, ratio in ((50.0, 1.0), (150.0, 4**0.18), (250.0, 4**0.18 * 9**0.42)):
        assert law.rate_at(day) == pytest.approx(rate * ratio)


def test_complements_by_name() -> None:
    law = software(returns=0.0, labour_share=0.5, research_substitution=-1.0, parallel_penalty=1.0)
    item = people(staff={"ai_research": Series(((0.0, 1000.0), (100.0, 4000.0)))}, software=law)
    # R = 1/(0.5/4 + 0.5/1) = 1.6.
    assert training(draw(item, end=200.0)).rate_at(150.0) == pytest.approx(1.6 * math.log(3.0) / YEAR)


def test_experiments_relative_to_the_frontier_run() -> None:
    models = [existing("M0", -10.0, None, flop=1e25), existing("M1", 100.0, None, flop=1e27)]
    law = software(returns=0.0, labour_share=0.0, experiments_count=RELATIVE, parallel_penalty=0.5)
    item = people(models=models, software=law)
    found = training(draw(item, end=200.0))
    assert found.rate_at(50.0) == pytest.approx(math.log(3.0) / YEAR)
    assert found.rate_at(150.0) == pytest.approx(math.log(3.0) / YEAR / 10.0)  # a hundredth of it, to the 0.5


def test_inference_efficiency_is_a_power_of_training_efficiency() -> None:
    record = simulate(draw(people(software=software(inference_exponent=0.4)), end=1000.0))
    for day in (-100.0, 0.0, 123.4, 999.0):
        trained = record.training_efficiency["A"].at(day)
        assert record.inference_efficiency["A"].at(day) == pytest.approx(trained**0.4, rel=1e-12)


def test_inference_efficiency_as_a_series_counts_from_its_dates_on() -> None:
    # The AI can do all of the research and outdoes the people, so L is H + W and W goes with inference efficiency.
    points = ((0.0, 1.0), (210.0, 6.0), (430.0, 15.0), (700.0, 60.0), (899.0, 60.0))
    law = software(inference_efficiency=Series(points), returns=0.3, labour_share=0.9)
    world = draw(with_ai(software=law, use={"experiments": 0.9, "research": 0.1}), end=900.0)
    world.domains["ai_research"].share_doable = Logistic(ceiling=1.0, midpoint_flop=1.0, slope=9.0)
    record = simulate(world)
    first = events(record, "software_feedback")[0][6]["labour"]
    reached = 1.0  # A^0.3
    for (left, efficiency), (right, _) in itertools.pairwise(points):
        labour = 50.0 + (first - 50.0) * efficiency
        reached += 0.3 * math.log(3.0) / YEAR * (labour / first) ** (0.9 * 0.6) * (right - left)
        assert record.training_efficiency["A"].at(right) == pytest.approx(reached ** (1.0 / 0.3), rel=1e-9)


def test_a_phase_takes_the_efficiency_of_its_first_day() -> None:
    item = people(runs=[run(starts=200.0, share=0.2, length_days=50.0)])
    record = simulate(draw(item, end=500.0))
    model = record.models[0]
    trained = record.training_efficiency["A"].at(200.0)
    assert model.effective_flop == pytest.approx(model.training_flop * trained)
    assert trained > 1.5


def test_before_its_first_day_growth_is_as_stated() -> None:
    law = training(draw(people(software=software(feedback_from=YEAR)), end=3 * YEAR))
    assert law.at(-YEAR) == pytest.approx(1.0 / 3.0)
    assert law.at(YEAR) == pytest.approx(3.0)
    # g0 is such that the speed on that day is the stated one: A' = ln 3·3^0.25·A^0.75.
    expected = (3.0**0.25 + 0.25 * math.log(3.0) * 3.0**0.25) ** 4.0
    assert law.at(2 * YEAR) == pytest.approx(expected)


# Ends


def test_a_limit_ends_growth_on_its_day() -> None:
    record = simulate(draw(people(software=software(limit=20.0, returns=0.0)), end=5 * YEAR))
    ends = events(record, "software_limit")
    assert [event[0] for event in ends] == [pytest.approx(YEAR * math.log(20.0) / math.log(3.0))]
    law = record.training_efficiency["A"]
    assert law.at(5 * YEAR) == 20.0
    assert law.at(ends[0][0] - 1.0) < 20.0
    assert len(record.warnings) == 1


def test_nothing_lifts_software_beyond_its_limit() -> None:
    shocks = {"eureka": Shock(name="eureka", on=300.0, training_efficiency=100.0)}
    for limit, reached in ((1.2, 1.2), (50.0, 50.0), (1000.0, None)):
        law = training(draw(people(software=software(limit=limit)), end=400.0, shocks=shocks))
        after = law.at(300.0)
        assert after == pytest.approx(reached if reached else 100.0 * law.before(300.0))
        assert (law.at(399.0) == after) is (reached is not None)


def test_nobody_to_do_research_is_an_error() -> None:
    with pytest.raises(SimulationError, match="on its first day nobody does research"):
        simulate(draw(people(staff={})))
    with pytest.raises(SimulationError, match="on its first day there are no experiments"):
        simulate(draw(people(use={"training": 0.5})))


# The uplift


def test_turning_research_by_ai_off_slows_software_by_the_implied_uplift_and_no_more() -> None:
    day = 1.0
    # Its share is idle afterwards, so that experiments have the same chips with and without it.
    off = {"experiments": 0.5, "research": Series(((0.0, 0.1), (day, 0.0))), "serving": 0.4}
    on = {**off, "research": 0.1}
    worlds = [draw(with_ai(use=use), end=10.0) for use in (on, off)]
    records = [simulate(world) for world in worlds]
    with_it, without = (record.training_efficiency["A"] for record in records)
    humans, labour = labour_at(records[0], Rates(records[0]), "A", "ai_research", 2.0**-19)
    uplift = (labour / humans) ** 0.3
    assert uplift > 1.2
    # At the start growth is the stated one, AI in research included.
    stated = math.log(3.0) / YEAR
    assert with_it.rate_at(0.0) == pytest.approx(stated, rel=1e-5)
    # Without it growth is that over the uplift, and falls with A as the law says; the same at once for both worlds.
    assert without.rate_at(day) == pytest.approx(stated / uplift * without.at(day) ** -0.25, rel=1e-9)
    assert with_it.at(day) == pytest.approx(without.at(day), rel=1e-6)


def test_what_was_before_the_first_day_of_research_stays_as_stated() -> None:
    world = draw(people(models=[existing("M0", -YEAR, None, flop=1e25)]), end=500.0)
    record = simulate(world)
    assert record.training_efficiency["A"].at(-YEAR) == pytest.approx(1.0 / 3.0)
    assert record.inference_efficiency["A"].at(-40 * YEAR) == pytest.approx(3.0**-40)
    assert record.models[0].effective_flop == pytest.approx(1e25 / 3.0)
    late = training(draw(people(), end=500.0, base_date=200.0))
    assert late.at(100.0) == pytest.approx(3.0 ** (-100.0 / YEAR))


# What must not change it


def test_a_date_beyond_the_end_and_a_breakthrough_of_nothing_change_no_bit() -> None:
    def pieces(**changes: Any) -> list[Any]:
        opened = [existing("M0", -10.0, 3e26, public=-5.0, params=1e12, total_params=1e13, **changes)]
        shocks = {"nothing": Shock(name="nothing", on=100.5, training_efficiency=1.0)} if changes else {}
        record = simulate(draw(with_ai(models=opened), end=900.0, shocks=shocks))
        return list(record.training_efficiency["A"].pieces)

    assert pieces(opened=5000.0) == pieces()


def test_an_idle_lab_changes_no_bit() -> None:
    one = simulate(draw(with_ai(runs=[run(starts=50.0, share=0.1, length_days=40.0)]), end=900.0))
    idle = people("Z", compute=[stock(5.0), stock(5.0, on=33.0)])
    two = simulate(draw(with_ai(runs=[run(starts=50.0, share=0.1, length_days=40.0)]), idle, end=900.0))
    assert list(two.training_efficiency["A"].pieces) == list(one.training_efficiency["A"].pieces)


def test_what_only_watches_or_counts_changes_no_bit() -> None:
    """A lab looks ahead to what is dated, not to chance, nor to days on which a threshold will be crossed."""

    def world() -> Draw:
        return draw(with_ai(compute=[stock(1000.0), stock(4000.0, on=100.0)]), end=900.0)

    plain, other = world(), world()
    other.milestones = {
        "ten": Milestone(name="ten", training_efficiency=10.0),
        "more": Milestone(name="more", copies=1e7),
    }
    other.hazards = {"leak": Hazard(name="leak", rate=fixed(3.0), lab="A")}
    record = simulate(other)
    assert {event[2] for event in record.events} >= {"milestone", "hazard"}
    assert record.training_efficiency == simulate(plain).training_efficiency


def test_two_equal_labs_are_equal() -> None:
    record = simulate(draw(with_ai("A"), with_ai("B"), end=900.0))
    assert list(record.training_efficiency["A"].pieces) == list(record.training_efficiency["B"].pieces)
    mine, other = ([(e[0], *e[2:7]) for e in record.events if e[1] == name] for name in "AB")
    assert mine == other


def test_without_feedback_its_parameters_change_nothing() -> None:
    plain = with_ai(software=Software(training_growth=3.0, inference_exponent=1.0))
    stated = copy.deepcopy(plain)
    stated.software = software(feedback=False, returns=2.0, limit=1.5, step=1.5)
    one, two = simulate(draw(plain)), simulate(draw(stated))
    assert one.events == two.events
    assert one.training_efficiency == two.training_efficiency


# Events


def test_each_step_is_an_event_with_its_causes() -> None:
    item = with_ai(compute=[stock(1000.0), stock(4000.0, on=100.0)])
    record = simulate(draw(item, end=400.0))
    steps = events(record, "software_step")
    assert [event[4] for event in steps] == [pytest.approx(1.1 ** (n + 1), rel=1e-6) for n in range(len(steps))]
    law = record.training_efficiency["A"]
    assert all(law.at(event[0]) == pytest.approx(event[4], rel=1e-9) for event in steps)
    delivery = next(n for n, event in enumerate(record.events) if event[2] == "delivery")
    after = [event for event in steps if event[0] > 100.0]
    assert delivery in after[0][7] and delivery not in after[1][7]
    # Each goes back to the one before it.
    assert [record.events[event[7][0]] for event in steps[1:]] == steps[:-1]
    assert record.events[steps[0][7][0]][2] == "software_feedback"


# What reacts to it


def test_a_milestone_of_efficiency_comes_on_the_day_of_its_crossing() -> None:
    world = draw(with_ai(compute=[stock(1000.0), stock(4000.0, on=100.0)]), end=900.0)
    world.milestones = {"ten": Milestone(name="ten", training_efficiency=10.0)}
    record = simulate(world)
    law, day = record.training_efficiency["A"], record.milestones["ten"]
    assert law.at(day - 1e-6) < 10.0 <= law.at(day) * (1.0 + 1e-9)
    cause = events(record, "milestone")[0][7][0]
    assert record.events[cause][2].startswith(("software_", "delivery", "accelerators_moved"))


def test_a_breakthrough_lifts_software_and_leaves_the_law() -> None:
    world = draw(people(software=software(inference_exponent=0.5)), end=900.0)
    world.shocks = {"idea": Shock(name="idea", on=300.0, training_efficiency=4.0)}
    record = simulate(world)
    law, inference = record.training_efficiency["A"], record.inference_efficiency["A"]
    assert law.at(300.0) == pytest.approx(4.0 * law.before(300.0))
    assert inference.at(300.0) == pytest.approx(2.0 * inference.before(300.0))
    # People alone: A^0.25 = A(300)^0.25 + 0.25·g0·t.
    expected = (law.at(300.0) ** 0.25 + 0.25 * math.log(3.0) / YEAR * 500.0) ** 4.0
    assert law.at(800.0) == pytest.approx(expected)
    told = events(record, "breakthrough")
    steps = [event for event in events(record, "software_step") if event[0] > 300.0]
    assert record.events.index(told[0]) in steps[0][7]


@pytest.mark.parametrize("own", [None, 2.0])
def test_a_breakthrough_of_inference_alone_leaves_training(own: float | None) -> None:
    changes = {"inference_growth": own, "inference_exponent": None if own else 1.0}
    world = draw(people(software=software(**changes)), end=600.0)
    world.shocks = {"trick": Shock(name="trick", on=300.0, inference_efficiency=3.0)}
    record = simulate(world)
    law, inference = record.training_efficiency["A"], record.inference_efficiency["A"]
    assert law.at(300.0) == pytest.approx(law.before(300.0))
    for day in (300.0, 450.0, 599.0):
        expected = 3.0 * (2.0 ** (day / YEAR) if own else law.at(day))
        assert inference.at(day) == pytest.approx(expected, rel=1e-9)
