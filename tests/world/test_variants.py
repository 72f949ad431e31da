"""Specialised and distilled models: what they can do, whose window they close, and which fleets run them."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim.model.domain import Thinking
from sim.model.draw import Draw
from sim.model.software import Software
from sim.model.variant import Distilled, Tuning
from sim.tables import tabulate
from sim.world.record import ModelRecord, RunRecord
from sim.world.simulate import simulate
from tests.world.build import draw, existing, fleet, inference, lab, run
from tests.world.observe import FLOP_PER_DAY, assert_sound, days, events, held, only

FLEETS = {"training": 0.2, "experiments": 0.2, "research": 0.3, "serving": 0.3}
TUNED = Tuning(domain="ai_research", there_x=10.0, elsewhere_x=0.5)
SMALL = Distilled(params_share=0.25, effective_flop_share=0.4)


def simulated(world: Draw) -> RunRecord:
    record = simulate(world)
    assert_sound(record)
    return record


def model(record: RunRecord, name: str) -> ModelRecord:
    return only([each for each in record.models if each.name == name])


def one(*runs: Any, models: Any = (), end: float = 300.0, **values: Any) -> RunRecord:
    return simulated(draw(lab(use=FLEETS, runs=list(runs), models=list(models), **values), end=end))


BASE = existing("Base", -10.0, 1e25, public=-5.0, params=1e11, total_params=8e11)


def test_a_tuned_model_is_better_in_its_domain_and_worse_elsewhere() -> None:
    # 200 H100 for 30 days at 3.456e19 FLOP a day each, on a base of 1e25.
    coder = run("Coder", base="Base", starts=10.0, share=0.2, length_days=30.0, tuned=TUNED)
    made = model(one(coder, models=[BASE]), "Coder")
    whole = 1e25 + 200.0 * 30.0 * FLOP_PER_DAY
    assert made.effective_flop == pytest.approx(0.5 * whole, rel=1e-12)
    assert made.capability("ai_research") == pytest.approx(10.0 * whole, rel=1e-12)
    assert made.capability("general") == made.capability("alignment") == made.effective_flop
    assert (made.kind, made.internal, made.params) == ("specialised", 40.0, 1e11)


def test_the_next_post_training_of_its_base_is_general_again() -> None:
    coder = run("Coder", base="Base", starts=10.0, share=0.2, length_days=10.0, tuned=TUNED)
    after = run("After", base="Coder", starts=30.0, share=0.2, length_days=10.0)
    made = model(one(coder, after, models=[BASE]), "After")
    assert (made.kind, made.in_domain) == ("general", {})
    assert made.effective_flop == pytest.approx(1e25 + 200.0 * 20.0 * FLOP_PER_DAY, rel=1e-12)


def test_a_distilled_model_has_shares_of_what_its_base_has() -> None:
    coder = run("Coder", base="Base", starts=0.0, share=0.2, length_days=10.0, tuned=TUNED)
    small = run("Small", base="Coder", starts=20.0, share=0.1, length_days=10.0, distilled=SMALL)
    record = one(coder, small, models=[BASE])
    made, base = model(record, "Small"), model(record, "Coder")
    assert (made.kind, made.closes_windows) == ("distilled", False)
    assert made.params == pytest.approx(0.25e11) and made.total_params == pytest.approx(2e11)
    assert made.effective_flop == pytest.approx(0.4 * base.effective_flop, rel=1e-12)
    assert made.capability("ai_research") == pytest.approx(0.4 * base.capability("ai_research"), rel=1e-12)
    assert made.training_flop == pytest.approx(100.0 * 10.0 * FLOP_PER_DAY, rel=1e-12)  # its cost is that of its run


@pytest.mark.parametrize("closes", [False, True])
def test_distilled_models_close_windows_only_if_stated(closes: bool) -> None:
    """By public dates the distilled model comes first: its base is never public."""
    rule = Distilled(params_share=0.25, effective_flop_share=0.4, closes_windows=closes)
    small = run("Small", base="Base", starts=20.0, share=0.1, length_days=10.0, public_after_days=5.0, distilled=rule)
    base = existing("Base", -10.0, 1e25, params=1e11)
    record = one(small, models=[existing("Old", -50.0, 1e24, public=-40.0, params=1e10), base])
    found = {
        (row[1], row[2], row[3], row[4]): row[7] for row in tabulate(record, "closings").rows if row[2] == 2.0
    }  # fmt: skip
    assert found["Old", 2.0, "own", "internal"] == "A/Base"
    assert found["Old", 2.0, "own", "public"] == ("A/Small" if closes else None)
    assert found["Small", 2.0, "own", "internal"] == "A/Base"  # surpassed from its first day


def test_the_kernel_tells_the_same_of_a_distilled_model_that_a_lab_has() -> None:
    old, small = existing("Old", -50.0, 1e24), existing("Small", 20.0, 1e26, distilled=True)
    assert events(one(models=[old, small]), "window_closed") == []
    assert [e[3] for e in events(one(models=[old, existing("Big", 20.0, 1e26)]), "window_closed")] == ["Old"]


def test_each_general_model_gets_its_runs() -> None:
    record = one(
        run("Big", starts=0.0, share=0.1, length_days=30.0),
        run("Bigger", starts=50.0, share=0.2, length_days=50.0),
        run("coder", base="each", after_days=7.0, share=0.05, length_days=10.0, tuned=TUNED),
        run("mini", base="each", share=0.02, length_days=20.0, distilled=SMALL),
        models=[BASE],
    )
    assert {(each.name, each.base, each.internal) for each in record.models} == {
        ("Base", None, -10.0),
        ("Big", None, 30.0),
        ("Big coder", "Big", 47.0),
        ("Big mini", "Big", 50.0),
        ("Bigger", None, 100.0),
        ("Bigger coder", "Bigger", 117.0),
        ("Bigger mini", "Bigger", 120.0),
    }
    due = only(events(record, "run_due", "Big coder"))
    cause = record.events[only(due[7])]
    assert (due[0], cause[2], cause[3]) == (37.0, "model_internal", "Big")


def test_the_strongest_is_meant_in_the_fleet_s_domain() -> None:
    coder = run("Coder", base="Base", starts=0.0, share=0.2, length_days=10.0, public_after_days=0.0, tuned=TUNED)
    record = one(coder, models=[BASE])
    assert days(record, "fleet_model", "research:Coder") == [10.0]
    assert held(record, "research", 11.0, model="Coder") > 0.0
    assert events(record, "fleet_model", "serving:Coder") == []  # 0.5 · 1.02e25 is less than the base's 1e25


def test_a_level_of_a_domain_is_reached_by_a_specialised_model() -> None:
    from sim.model.level import Level

    levels = {
        "half": Level(name="half", share_doable=0.5, domain="ai_research"),
        "much": Level(name="much", effective_flop=9e25),
    }
    coder = run("Coder", base="Base", starts=0.0, share=0.2, length_days=10.0,
                tuned=Tuning(domain="ai_research", there_x=100.0, elsewhere_x=1.0))  # fmt: skip
    record = simulated(draw(lab(use=FLEETS, runs=[coder], models=[BASE]), end=50.0, levels=levels))
    assert record.levels["half", ""] == (10.0, "A/Coder")  # 1.02e27 in the domain, midpoint 1e27
    assert ("much", "") not in record.levels  # in general it counts for 1.02e25


# Fleets that go by work: throughput by FLOP, so that tokens/s go with 1/params.

BY_FLOP = inference(throughput="flop")
CHEAP = existing("Cheap", -20.0, 1e25, params=1e10)
STRONG = existing("Strong", 40.0, 1e27, params=1e11)
USE = {"experiments": 0.5, "research": 0.5}
QUALITY = {"Cheap": 1.0 / (1.0 + math.exp(2.0)), "Strong": 0.5}  # logistic, midpoint 1e27, slope 1
TOKENS = {"Cheap": 500.0 * 2e15 * 0.3 / (2.0 * 1e10), "Strong": 500.0 * 2e15 * 0.3 / (2.0 * 1e11)}
HUMANS = 3600.0 / 1e5 * 168.0 / 40.0


def by_work(models: Any = (CHEAP, STRONG), end: float = 800.0, inference_growth: float = 1.0, **values: Any) -> Draw:
    research = fleet("research", choose="most_work", inference=BY_FLOP, **values)
    software = Software(training_growth=1.0, inference_growth=inference_growth)
    return draw(lab(use=USE, models=list(models), fleets={"research": research}, software=software), end=end)


def test_a_mediocre_cheap_model_may_win() -> None:
    record = simulated(by_work())
    # 10 times the tokens at 0.24 times the quality.
    assert TOKENS["Cheap"] * QUALITY["Cheap"] > TOKENS["Strong"] * QUALITY["Strong"]
    told = only(events(record, "fleet_model"))
    assert told[3] == "research:Cheap"
    assert told[6] is not None
    assert told[6]["human_equivalents"] == pytest.approx(TOKENS["Cheap"] * QUALITY["Cheap"] * HUMANS, rel=1e-12)
    assert held(record, "research", 799.0, model="Cheap") == pytest.approx(500.0)


def test_the_stronger_wins_where_it_does_more() -> None:
    strong = existing("Strong", 40.0, 1e29, params=3e10)  # quality 0.88: 7.4 times, tokens a third
    record = simulated(by_work([CHEAP, strong]))
    told = only(events(record, "fleet_model", "research:Strong"))
    assert told[0] == 40.0 and told[6] is not None
    assert told[6]["replaces"] == "Cheap" and told[6]["next"] == "Cheap"
    assert told[6]["next_human_equivalents"] == pytest.approx(TOKENS["Cheap"] * QUALITY["Cheap"] * HUMANS, rel=1e-12)


def test_when_demand_binds_the_better_one_wins_at_the_next_look() -> None:
    from sim.base.series import fixed

    demand = TOKENS["Cheap"] * 1.5
    record = simulated(by_work(inference_growth=3.0, demand_tokens_per_s=fixed(demand)))
    starts_of_months = [float(day) for day in days_of_months(30)]

    def best(day: float) -> str:
        grown = 3.0 ** (day / 365.25)
        return max(QUALITY, key=lambda name: min(TOKENS[name] * grown, demand) * QUALITY[name])

    first = next(day for day in starts_of_months if day > 40.0 and best(day) == "Strong")
    assert 40.0 < first < 800.0 and best(first - 31.0) == "Cheap"
    assert days(record, "fleet_model", "research:Strong") == [first]
    assert only(events(record, "fleet_model", "research:Strong"))[7] == ()


def test_a_lab_that_enters_knows_the_demand_for_its_fleets_when_it_chooses_what_they_run() -> None:
    """With no demand both models would do no work, and the stronger would run for a month."""
    from sim.base.series import fixed

    both = [existing("Cheap", 10.0, 1e25, params=1e10), existing("Strong", 10.0, 1e27, params=1e11)]
    world = by_work(both, end=30.0, demand_tokens_per_s=fixed(TOKENS["Cheap"]))
    next(iter(world.labs.values())).enters = 10.0
    record = simulated(world)
    assert held(record, "research", 10.0, model="Cheap") == pytest.approx(500.0)
    assert days(record, "fleet_model", "research:Strong") == []


def days_of_months(count: int) -> list[int]:
    """Days of the first of each month from January 2026 on."""
    from datetime import date

    return [date(2026 + k // 12, k % 12 + 1, 1).toordinal() - date(2026, 1, 1).toordinal() for k in range(count)]


def test_thinking_costs_tokens_and_buys_capability_at_the_declared_rate() -> None:
    """10 times the tokens, gain 1: the cheap model works at the quality of 1e26, with a tenth of the tokens."""
    world = by_work([CHEAP], think_x=10.0)
    for domain in world.domains.values():
        domain.thinking = Thinking(gain=1.0, most_x=100.0)
    record = simulated(world)
    quality = 1.0 / (1.0 + math.exp(1.0))
    told = only(events(record, "fleet_model"))
    assert told[6] is not None
    assert told[6]["human_equivalents"] == pytest.approx(TOKENS["Cheap"] * quality * HUMANS / 10.0, rel=1e-12)
    rows = tabulate(record, "trajectory").rows
    row = next(row for row in rows if row[6] == "human_equivalents" and row[5] == "ai_research")
    assert row[7] == pytest.approx(TOKENS["Cheap"] * quality * HUMANS / 10.0, rel=1e-12)
