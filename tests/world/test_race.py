"""Labs that enter later, and programmes whose runs start, pause and get shorter by rules."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.model.cluster import Supply
from sim.model.draw import Draw
from sim.model.lab import Lab
from sim.model.level import Level, Milestone
from sim.model.programme import LengthRule, PauseRule, StartRule
from sim.model.software import Software
from sim.world.record import RunRecord
from sim.world.simulate import SimulationError, simulate
from tests.world.build import draw, existing, fleet, lab, run, stock
from tests.world.observe import FLOP_PER_DAY, assert_sound, days, events, log, model, only, rows, tables
from tests.world.worlds import busy

HALF = {"training": 0.5, "experiments": 0.5}
TICK = 2.0**-30


def rule(name: str = "M", *, when: dict[str, Any], **values: Any) -> Any:
    values = {"share": 0.2, "length_days": 30.0, **values}
    return run(name, start_when=StartRule(**{"apart_days": 0.0, **when}), **values)


def due(record: RunRecord, lab_name: str = "A") -> list[float]:
    return days(record, "run_due", lab=lab_name)


def causes(record: RunRecord, name: str) -> list[str]:
    """Kinds of the events that made a run due."""
    return [record.events[n][2] for n in only(events(record, "run_due", name))[7]]


# Labs that enter later


def entrant(enters: float | None) -> Lab:
    return lab(
        "A",
        enters=enters,
        compute=[
            stock(1000.0),
            Supply(accelerator="TPU", deliver=100.0, every=Recurrence(days=20.0), life_days=70.0),
            Supply(accelerator="H100", stock=fixed(300.0), grows=2.0, every=Recurrence(days=30.0)),
        ],
        runs=[run("M", every=Recurrence(days=50.0), length_days=20.0, public_after_days=10.0)],
        staff={"ai_research": fixed(50.0)},
        fleets={"research": fleet("research"), "serving": fleet("serving", demand_tokens_per_s=fixed(1e6))},
    )


def test_a_lab_that_enters_later_does_everything_later_by_that() -> None:
    first = simulate(draw(entrant(None), end=300.0))
    later = simulate(draw(entrant(100.0), end=400.0))
    assert_sound(later)
    assert days(later, "lab_enters") == [100.0]
    assert min(event[0] for event in later.events) == 100.0
    told = [(day + 100.0, *rest[:5]) for day, *rest in first.events if rest[1] != "on_hand"]
    at_entry = ("lab_enters", "delivery")
    new = [(day, *rest[:5]) for day, *rest in later.events
           if rest[1] not in ("lab_enters", "series_value") and not (day == 100.0 and rest[1] in at_entry)]  # fmt: skip
    assert new == told
    assert [m.effective_flop for m in first.models] == [m.effective_flop for m in later.models]
    assert later.staff["A", "ai_research"] == [(0.0, 0.0), (100.0, 50.0)]
    assert later.demand["A", "serving"] == [(0.0, 0.0), (100.0, 1e6)]


def test_a_late_lab_with_dated_stock_or_a_share_of_the_world_has_nothing_before() -> None:
    from sim.model.draw import World

    dated = Series(((0.0, 100.0), (50.0, 200.0), (150.0, 400.0)))
    a = lab("A", enters=100.0, compute=[Supply(accelerator="H100", stock=dated, every=Recurrence(days=30.0))])
    b = lab("B", enters=100.0, compute=[Supply(share_of_world=fixed(0.25))])
    world = World(compute=[Supply(accelerator="H100", stock=dated, every=Recurrence(days=30.0))])
    record = simulate(draw(a, b, world=world, end=200.0))
    assert record.clusters["A", "H100"] == [(0.0, 0.0), (100.0, 200.0), (150.0, 400.0)]
    assert record.clusters["B", "H100"] == [(0.0, 0.0), (100.0, 50.0), (150.0, 100.0)]


# Starts


def test_a_run_starts_when_the_cluster_is_so_many_times_that_of_the_last() -> None:
    compute = [stock(1000.0), stock(999.0, on=20.0), stock(1.0, on=50.0), stock(1999.0, on=100.0), stock(1.0, on=130.0)]
    record = simulate(draw(lab(compute=compute, use=HALF, runs=[rule(when={"cluster_grows": 2.0})])))
    assert due(record) == [50.0, 130.0]
    assert causes(record, "M-1") == ["delivery"]
    assert causes(record, "M-2") == ["delivery", "run_finished"]
    assert only(events(record, "run_due", "M-1"))[6] == {"rule": "cluster_grows"}


@pytest.mark.parametrize("times", [1.1, 1.5, 3.0])
@pytest.mark.parametrize("count", [7_000.0, 12_345.0, 100_000.0])
def test_a_cluster_that_has_grown_so_much_but_for_rounding_has_grown(count: float, times: float) -> None:
    grown = [stock(count), stock(round(count * (times - 1.0), 6), on=40.0)]
    record = simulate(draw(lab(use=HALF, compute=grown, runs=[rule(when={"cluster_grows": times})]), end=100.0))
    assert due(record) == [40.0]


def test_a_run_starts_when_software_is_so_many_times_as_good() -> None:
    item = lab(use=HALF, runs=[rule(when={"efficiency_grows": 2.0})], software=Software(training_growth=4.0))
    half_year = 365.25 / 2.0
    found = due(simulate(draw(item, end=600.0)))
    assert len(found) == 3
    for k, day in enumerate(found, 1):
        assert 0.0 <= day - k * half_year < 8 * TICK


def test_a_run_starts_when_a_rival_releases() -> None:
    b = lab("B", models=[existing("B1", 10.0, 1e24, 20.0), existing("B2", 30.0, 1e24, 35.0)])
    c = lab("C", models=[existing("C1", 70.0, 1e24, 90.0)])
    anybody = simulate(draw(lab(use=HALF, runs=[rule(when={"rival_releases": "any"})]), b, c, end=200.0))
    # The second release falls into the run from 20 to 50, and is remembered until it ends.
    assert due(anybody) == [20.0, 50.0, 90.0]
    assert causes(anybody, "M-2") == ["model_public", "run_finished"]
    assert due(simulate(draw(lab(use=HALF, runs=[rule(when={"rival_releases": "C"})]), b, c, end=200.0))) == [90.0]


def test_own_releases_are_no_rival_s() -> None:
    assert due(simulate(draw(lab(use=HALF, models=[existing("A0", 5.0, 1e24, 20.0)],
                                 runs=[rule(when={"rival_releases": "any"})]), lab("B")))) == []  # fmt: skip


@pytest.mark.parametrize(("by", "expected"), [(None, [10.0]), ("any", [10.0]), ("C", [60.0])])
def test_a_run_starts_once_when_a_level_is_reached(by: str | None, expected: list[float]) -> None:
    levels = {"l": Level(name="l", effective_flop=1e25)}
    b, c = lab("B", models=[existing("B1", 10.0, 1e25)]), lab("C", models=[existing("C1", 60.0, 1e26)])
    record = simulate(draw(lab(use=HALF, runs=[rule(when={"level": "l", "by": by})]), b, c, levels=levels))
    assert due(record) == expected
    assert causes(record, "M-1") == ["level_reached"]


def test_a_run_starts_at_a_milestone_even_if_that_falls_into_a_run() -> None:
    milestones = {"m": Milestone(name="m", h100e=1500.0)}
    item = lab(compute=[stock(1000.0), stock(1000.0, on=95.0)], use=HALF,
               runs=[rule(when={"milestone": "m", "latest_days": 80.0})])  # fmt: skip
    record = simulate(draw(item, milestones=milestones, end=300.0))
    # `latest` at 80; the milestone on day 95 is remembered until that run ends on 110; then 80 days after it.
    assert due(record) == [80.0, 110.0, 190.0, 270.0]
    why = [only(events(record, "run_due", f"M-{k}"))[6]["rule"] for k in (1, 2, 3)]
    assert why == ["latest", "milestone", "latest"]


def test_starts_are_apart_and_at_most_so_many() -> None:
    releases = [existing(f"B{k}", 10.0 * k, 1e24, 10.0 * k) for k in range(1, 40)]
    item = lab(use=HALF, runs=[rule(when={"rival_releases": "any", "apart_days": 77.0, "times": 3})])
    record = simulate(draw(item, lab("B", models=releases)))
    assert due(record) == [10.0, 87.0, 164.0]
    until = lab(use=HALF, runs=[rule(when={"latest_days": 50.0}, until=149.0, starts=10.0)])
    assert due(simulate(draw(until))) == [60.0, 110.0]


def test_a_rule_that_waits_for_accelerators_makes_no_second_run() -> None:
    big = rule(when={"latest_days": 20.0}, share=None, accelerators={"H100": 5000.0}, length_days=10.0)
    record = simulate(draw(lab(compute=[stock(1000.0), stock(5000.0, on=100.0)], use=HALF, runs=[big]), end=140.0))
    # It waits from 20 to 100; the next is due 20 days after that start.
    assert due(record) == [20.0, 120.0]
    assert log(record, "M-1").started == 100.0


def test_two_labs_that_answer_each_other_go_on_in_turn() -> None:
    a = lab("A", use=HALF, models=[existing("A0", 0.0, 1e22, 5.0)],
            runs=[rule("A", when={"rival_releases": "any"}, public_after_days=0.0)])  # fmt: skip
    b = lab("B", use=HALF, runs=[rule("B", when={"rival_releases": "any"}, public_after_days=0.0)])
    record = simulate(draw(a, b, end=200.0))
    assert due(record, "B") == [5.0, 65.0, 125.0, 185.0]
    assert due(record, "A") == [35.0, 95.0, 155.0]
    assert_sound(record)


# Pauses


def demanding(demand: Series, **values: Any) -> Lab:
    """A lab whose serving fleet of 500 accelerators has a model from the start; its runs are due every 20 days."""
    values = {"pause_when": PauseRule(demand_below=0.5, fleet="serving", apart_days=30.0), **values}
    return lab(
        use={"training": 0.5, "serving": 0.5},
        models=[existing("A0", -10.0, 1e25, -5.0)],
        fleets={"serving": fleet("serving", demand_tokens_per_s=demand)},
        runs=[run("M", every=Recurrence(days=20.0), share=0.5, length_days=20.0, public_after_days=1e6, **values)],
    )


def capacity() -> float:
    """Tokens/s of that fleet while a run holds the other half."""
    record = simulate(draw(demanding(fixed(1e12), pause_when=None), end=10.0))
    return float(next(r["value"] for r in rows(record, "trajectory") if r["series"] == "tokens_per_s"))


def test_a_programme_pauses_while_demand_is_low() -> None:
    full = capacity()
    demand = Series(((0.0, full), (50.0, 0.3 * full), (115.0, 1.1 * full)))
    record = simulate(draw(demanding(demand), end=200.0))
    # The clock stands from 50 to 115 with a run due on 60: it comes 65 days later.
    assert due(record) == [0.0, 20.0, 40.0, 125.0, 145.0, 165.0, 185.0]
    assert days(record, "programme_paused") == [50.0]
    assert days(record, "programme_resumed") == [115.0]
    paused = only(events(record, "programme_paused"))
    assert [record.events[n][2] for n in paused[7]] == ["series_value"]
    assert log(record, "M-3").finished == 60.0  # what is in progress goes on


@pytest.mark.parametrize(("more", "pauses"), [(0.0, False), (1e-9, False), (-1e-9, True)])
def test_demand_that_is_just_the_share_is_not_below_it(more: float, pauses: bool) -> None:
    world = draw(lab(models=[existing("Old", -10.0, 1e24, -5.0)]))
    made = next(
        r["value"]
        for r in rows(simulate(world), "trajectory")
        if r["series"] == "tokens_per_s" and r["use"] == "serving"
    )
    pause = PauseRule(fleet="serving", demand_below=0.5, apart_days=1.0)
    asked = fleet("serving", demand_tokens_per_s=fixed(0.5 * made * (1.0 + more)))
    item = lab(
        models=[existing("Old", -10.0, 1e24, -5.0)],
        fleets={"research": fleet("research"), "serving": asked},
        runs=[run("M", every=Recurrence(days=30.0), share=0.01, length_days=5.0, pause_when=pause)],
    )
    assert bool(days(simulate(draw(item, end=20.0)), "programme_paused")) == pauses


def test_minds_do_not_change_faster_than_allowed() -> None:
    full = capacity()
    demand = Series(((0.0, full), (50.0, 0.3 * full), (52.0, 1.1 * full), (55.0, 0.3 * full), (90.0, 1.1 * full)))
    record = simulate(draw(demanding(demand), end=200.0))
    assert days(record, "programme_paused") == [50.0]
    assert days(record, "programme_resumed") == [90.0]


def test_a_pause_begins_on_the_day_on_which_growing_capacity_outgrows_demand() -> None:
    full = capacity()
    item = demanding(fixed(full))
    item.software = Software(training_growth=1.0, inference_growth=4.0)
    record = simulate(draw(item, end=400.0))
    # In a run the fleet has half of the cluster and makes full · 4^(t/year): twice the demand after half a year.
    assert days(record, "programme_paused")[0] == pytest.approx(365.25 / 2.0, abs=1e-6)


def test_a_pause_that_never_comes_changes_no_byte() -> None:
    demand = fixed(1e15)
    assert tables(simulate(draw(demanding(demand), end=200.0))) == tables(
        simulate(draw(demanding(demand, pause_when=None), end=200.0))
    )


# Lengths


def test_runs_get_shorter_as_progress_speeds_up() -> None:
    growth = 0.002
    law = Series(((0.0, 1.0), (100.0, math.exp(100 * growth)), (200.0, math.exp(300 * growth)),
                  (300.0, math.exp(1100 * growth))), exponential=True)  # fmt: skip
    shorter = LengthRule(rule="shorter with progress", floor_days=10.0, exponent=1.0)
    item = lab(use=HALF, software=Software(training_efficiency=law, inference_growth=1.0),
               runs=[run("M", every=Recurrence(days=100.0), share=0.5, length_days=60.0,
                         length_rule=shorter)])  # fmt: skip
    record = simulate(draw(item, end=400.0))
    # Rates: 1, 2, 8 times that of the start, then 0 (never longer than stated).
    lengths = [log(record, f"M-{k}").finished - log(record, f"M-{k}").started for k in (1, 2, 3, 4)]
    assert lengths == pytest.approx([60.0, 30.0, 10.0, 60.0], abs=1e-8)


def test_a_reference_growth_and_an_exponent() -> None:
    shorter = LengthRule(rule="shorter with progress", floor_days=1.0, reference_growth=2.0, exponent=0.5)
    item = lab(use=HALF, software=Software(training_growth=16.0, inference_growth=1.0),
               runs=[run("M", every=Recurrence(days=100.0), share=0.5, length_days=60.0,
                         length_rule=shorter)])  # fmt: skip
    record = simulate(draw(item, end=90.0))
    # ln 16 / ln 2 = 4, to the power 0.5.
    assert log(record, "M-1").finished == pytest.approx(30.0, abs=1e-8)


# Continuous training


def continuous(each: float = 2.0, **values: Any) -> Any:
    rest = {"elastic": True, "length_rule": LengthRule(rule="continuous", release_each=each)}
    return run("C", **{**rest, **values})


@pytest.mark.parametrize("growth", [1.0, 5.0])
def test_continuous_training_leaves_a_model_for_each_factor(growth: float) -> None:
    base, rate = 1e22, 500.0 * FLOP_PER_DAY
    item = lab(use=HALF, models=[existing("A0", -1.0, base)], runs=[continuous()],
               software=Software(training_growth=growth, inference_growth=1.0))  # fmt: skip
    record = simulate(draw(item, end=500.0))
    assert_sound(record)
    g = math.log(growth) / 365.25
    made = [m for m in record.models if not m.existing]
    assert len(made) >= 6
    for k, item in enumerate(made, 1):
        # E(t) = E0 + rate · (e^(gt) − 1)/g reaches 2^k E0
        need = base * (2.0**k - 1.0) / rate
        day = math.log1p(g * need) / g if g else need
        assert item.internal == pytest.approx(day, abs=1e-7)
        assert item.effective_flop == base * 2.0**k
        assert item.name == f"C-{k}"
        assert item.training_flop == pytest.approx(rate * day, rel=1e-8)
    assert len(days(record, "window_closed")) == len(made)


def test_continuous_training_follows_the_cluster_and_its_software() -> None:
    base, rate = 1e24, 500.0 * FLOP_PER_DAY
    jump = Series(((0.0, 1.0), (60.0, 3.0)))
    item = lab(compute=[stock(1000.0), stock(1000.0, on=20.0)], use=HALF, models=[existing("A0", -1.0, base)],
               runs=[continuous(4.0)], software=Software(training_efficiency=jump, inference_growth=1.0))  # fmt: skip
    record = simulate(draw(item, end=500.0))
    first = only([m for m in record.models if m.name == "C-1"])
    done = rate * (20.0 + 2.0 * 40.0)  # until day 60, when software becomes 3 times as good
    assert done < 3.0 * base
    assert first.internal == pytest.approx(60.0 + (3.0 * base - done) / (6.0 * rate), abs=1e-7)


def test_continuous_training_needs_a_model() -> None:
    with pytest.raises(SimulationError, match="goes on from a model, and there is none"):
        simulate(draw(lab(use=HALF, runs=[continuous()])))


def test_many_short_runs_without_gaps_come_near_to_continuous_training() -> None:
    """A run without a base starts from nothing: only the accumulated FLOP of continuous training is the limit."""
    base, rate = 1e20, 500.0 * FLOP_PER_DAY
    item = lab(use=HALF, models=[existing("A0", -1.0, base)], runs=[continuous(1.01)])
    record = simulate(draw(item, end=300.0))
    best = max(m.effective_flop for m in record.models)
    assert best == pytest.approx(rate * 300.0, rel=0.011)


# What must hold of any race


def equal_labs(count: int) -> Draw:
    names = [f"L{k:03d}" for k in range(count)]
    labs = [
        lab(name, models=[existing("M-0", -5.0, 1e22, 3.0)], use=HALF,
            runs=[rule("M", when={"rival_releases": "any", "cluster_grows": 2.0, "apart_days": 20.0})],
            compute=[Supply(accelerator="H100", stock=fixed(300.0), grows=3.0, every=Recurrence(days=30.0))])
        for name in names
    ]  # fmt: skip
    return draw(*labs, levels={"l": Level(name="l", effective_flop=1e24)}, end=400.0)


def test_equal_labs_have_equal_tables() -> None:
    record = simulate(equal_labs(2))
    for name in ("models", "trajectory"):
        table = rows(record, name)
        one, other = ([{k: v for k, v in r.items() if k != "lab"} for r in table if r["lab"] == who]
                      for who in ("L000", "L001"))  # fmt: skip
        assert one == other and one
    assert due(record, "L000") == due(record, "L001") != []


def test_a_rule_that_never_fires_changes_no_byte() -> None:
    plain = tables(simulate(busy()))
    world = busy()
    rival = next(iter(world.labs))
    for item in world.labs.values():
        item.runs.append(rule("Never", when={"cluster_grows": 1e9, "level": "unreachable", "milestone": "never"}))
    world.levels["unreachable"] = Level(name="unreachable", effective_flop=1e60)
    world.milestones["never"] = Milestone(name="never", lab=rival, training_efficiency=1e60)
    text = tables(simulate(world))
    without = [line for line in text.pop("levels").splitlines() if not line.startswith("unreachable")]
    assert without == plain.pop("levels").splitlines()
    assert text == plain


@pytest.mark.parametrize("more", [1.1, 2.0, 7.0])
def test_more_compute_never_delays_the_next_run_of_fixed_flop(more: float) -> None:
    def finished(times: float) -> list[float]:
        compute = [Supply(accelerator="H100", stock=fixed(300.0 * times), grows=3.0, every=Recurrence(days=30.0))]
        item = lab(compute=compute, use=HALF,
                   runs=[rule(when={"latest_days": 60.0}, share=None, length_days=None, flop=1.0e24)])  # fmt: skip
        return [m.internal for m in simulate(draw(item, end=2000.0)).models]

    few, many = finished(1.0), finished(more)
    assert len(many) >= len(few) >= 5
    assert all(b <= a for a, b in zip(few, many, strict=False))


# Leads


def test_leads_by_level_and_by_frontier_model() -> None:
    levels = {"low": Level(name="low", effective_flop=1e24), "high": Level(name="high", effective_flop=1e26)}
    a = lab("A", models=[existing("A1", 10.0, 2e24), existing("A2", 90.0, 1e26)])
    b = lab("B", models=[existing("B1", 40.0, 1e24), existing("B2", 100.0, 5e24)])
    c = lab("C", models=[existing("C1", 200.0, 1e26)])
    record = simulate(draw(a, b, c, levels=levels, end=500.0))
    found = [(r["what"], r["level"], r["lab"], r["next_lab"], r["lead_days"], r["censored"])
             for r in rows(record, "leads")]  # fmt: skip
    assert found == [
        ("level", "high", "A", "C", 110.0, False),
        ("level", "high", "C", None, 300.0, True),
        ("level", "low", "A", "B", 30.0, False),
        ("level", "low", "B", "C", 160.0, False),
        ("frontier model", "A/A1", "A", "B", 90.0, False),
        ("frontier model", "A/A2", "A", "C", 110.0, False),
    ]


def test_a_lone_lab_has_no_lead() -> None:
    assert rows(simulate(draw(lab(models=[existing("A1", 10.0, 2e24)]))), "leads") == []


def test_model_names_of_a_rule_are_numbered() -> None:
    record = simulate(draw(lab(use=HALF, runs=[rule("Next", when={"latest_days": 100.0})])))
    assert model(record, "Next-1").started == 100.0
