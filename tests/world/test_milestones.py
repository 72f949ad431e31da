"""Milestones on every quantity that the kernel keeps, and shocks: by hand, and against closed forms."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim.base.calendar import Recurrence
from sim.base.growth import Growth
from sim.base.keyed import unit_exponential
from sim.base.piece import Piece
from sim.base.series import Series, fixed
from sim.model.cluster import Supply
from sim.model.lab import Lab
from sim.model.level import Level, Milestone
from sim.model.policy import Conditions, PolicyPhase
from sim.model.programme import StartRule
from sim.model.shock import Shock
from sim.model.software import Software
from sim.world.crossing import first_day
from sim.world.policy import Shares
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import H100, after, draw, existing, fleet, lab, run, stock
from tests.world.observe import assert_sound, cluster, days, events, held, only, rows, tables
from tests.world.worlds import busy

USE = {"training": 0.2, "experiments": 0.3, "research": 0.1, "serving": 0.4}
WORK = {"research": 0.2, "serving": 0.8}
H100E = H100.h100e


def reached(*labs: Lab, shocks: dict[str, Shock] | None = None, end: float = 1000.0, **conditions: Any) -> RunRecord:
    milestones = {"m": Milestone(name="m", **conditions)}
    record = simulate(draw(*labs, milestones=milestones, shocks=shocks or {}, end=end,
                           levels={"l": Level(name="l", effective_flop=1e25)}))  # fmt: skip
    assert_sound(record)
    assert len(events(record, "milestone")) == len(record.milestones)
    return record


def day_of(*labs: Lab, **conditions: Any) -> float | None:
    return reached(*labs, **conditions).milestones.get("m")


def grown(name: str = "A", **values: Any) -> Lab:
    values = {"compute": [stock(1000.0), stock(1000.0, on=40.0, life_days=20.0), stock(4000.0, on=80.0)], **values}
    return lab(name, use=USE, **values)


def test_quantities_that_move_at_events() -> None:
    models = [existing("M1", 10.0, 1e24, 30.0), existing("M2", 20.0, 2e25, 50.0)]
    staffed = grown(models=models, staff={"ai_research": Series(((0.0, 10.0), (70.0, 40.0))), "general": fixed(50.0)})
    # From day 50 on every use has work; training's share is lent to them: experiments get 3/8 of all.
    assert day_of(staffed, experiments_h100e=1500.0 * H100E) == 80.0
    assert day_of(staffed, experiments_h100e=1000.0 * H100E) == 0.0  # before any model they have all
    assert day_of(staffed, fleet_h100e=2000.0 * H100E, fleet="serving") == 80.0
    assert day_of(staffed, fleet_h100e=1250.0 * H100E) == 40.0
    assert day_of(staffed, fleet_h100e=1e9, fleet="serving") is None
    assert day_of(staffed, effective_flop=1e24) == 10.0
    assert day_of(staffed, effective_flop=1.5e25) == 20.0
    assert day_of(staffed, public_effective_flop=1.5e25) == 50.0
    assert day_of(staffed, models=2.0) == 20.0
    assert day_of(staffed, people=90.0) == 70.0
    assert day_of(staffed, people=40.0, domain="ai_research") == 70.0
    assert day_of(staffed, h100e=1500.0, below=True) == 0.0
    assert day_of(staffed, level="l") == 20.0


def test_the_first_lab_or_all_of_them_or_one_or_those_of_a_bloc() -> None:
    a, b, c = grown("A", bloc="X"), grown("B", bloc="Y", compute=[stock(2500.0)]), grown("C", bloc="X")
    assert day_of(a, b, c, h100e=2400.0) == 0.0
    assert day_of(a, b, c, h100e=2400.0, bloc="X") == 80.0
    assert day_of(a, b, c, h100e=1900.0, lab="A") == 40.0
    assert day_of(a, b, c, h100e=6000.0 * H100E, together=True) == 40.0
    assert day_of(a, b, c, h100e=4500.0 * H100E + 1.0, together=True, bloc="X") == 80.0
    record = reached(a, b, c, h100e=6000.0 * H100E, together=True)
    assert only(events(record, "milestone"))[1] == ""


def test_a_sum_that_is_the_number_but_for_rounding_meets_it() -> None:
    assert 150_000.0 * H100E < 1.5 * (100_000.0 * H100E)  # as floats
    item = lab(compute=[stock(100_000.0), stock(50_000.0, on=40.0)])
    assert day_of(item, h100e=1.5 * (100_000.0 * H100E)) == 40.0
    assert day_of(item, h100e=1.5 * (100_000.0 * H100E), together=True) == 40.0
    gone = lab(compute=[stock(150_000.0), stock(50_000.0, life_days=40.0), stock(1.0, life_days=60.0)])
    assert day_of(gone, h100e=1.5 * (100_000.0 * H100E), below=True) is None


def test_a_lab_that_is_not_there_yet_has_not_too_little() -> None:
    leaving = Series(((0.0, 10.0), (120.0, 4.0)))
    late = lab("A", enters=50.0, staff={"general": leaving}, compute=[stock(1000.0), stock(500.0, on=90.0)])
    assert day_of(late, people=5.0, below=True) == 120.0
    assert day_of(late, h100e=1200.0 * H100E, below=True) == 50.0
    assert day_of(late, lab("B", staff={"general": fixed(10.0)}), people=15.0, below=True, together=True) == 0.0


def test_what_a_decision_without_an_event_brings_about_is_seen_on_its_day() -> None:
    # Day 50: more people end an earmark, in a further round experiments get its accelerators back.
    item = lab(
        compute=[stock(1000.0), stock(1.0, on=10.0)],
        use={"training": 0.5, "experiments": 0.5, "research": 0.0},
        models=[existing("Old", -10.0, 1e24)],
        runs=[run("M", starts=0.0, length_days=20.0, share=0.5, after_training=after("research", until_milestone="a"))],
        staff={"general": Series(((0.0, 1.0), (50.0, 10.0)))},
    )
    milestones = {"a": Milestone(name="a", people=5.0), "b": Milestone(name="b", experiments_h100e=900.0 * H100E)}
    record = simulate(draw(item, milestones=milestones, end=200.0))
    assert record.milestones == {"a": 50.0, "b": 50.0}
    cause = only(only(events(record, "milestone", "b"))[7])
    assert record.events[cause][2] == "earmark_ended"


def test_an_answer_of_a_user_s_policy_to_a_rival_is_seen_on_its_day() -> None:
    def answers(view: Any) -> Shares:
        return Shares({"experiments": 0.9, "research": 0.1} if view.rivals else {"experiments": 0.1, "research": 0.9})

    use = {"experiments": 0.5, "research": 0.5}
    labs = [lab("A", use=use, models=[existing("Old", -10.0, 1e24)]),
            lab("B", use=use, models=[existing("New", 40.0, 1e24, 50.0)])]  # fmt: skip
    wanted = Milestone(name="m", experiments_h100e=800.0 * H100E, lab="A")
    record = simulate(draw(*labs, milestones={"m": wanted}, end=200.0), {"A": answers})
    assert record.milestones == {"m": 50.0}
    assert record.events[only(only(events(record, "milestone"))[7])][2:4] == ("model_public", "New")


def test_below_is_held_against_what_is_true_when_an_instant_is_over() -> None:
    # 3,000 on day 40, 2,000 again on day 60; both batches of day 100 cancel out.
    item = lab(use=USE, compute=[stock(2000.0), stock(1000.0, on=40.0, life_days=20.0),
                                 stock(500.0, on=50.0, life_days=50.0), stock(500.0, on=100.0)])  # fmt: skip
    assert day_of(item, h100e=2100.0 * H100E, below=True, lab="A") == 0.0
    rising = lab(use=USE, compute=[stock(3000.0, life_days=60.0), stock(2999.0, on=60.0, life_days=30.0)])
    assert day_of(rising, h100e=2999.5 * H100E, below=True) == 60.0
    same = lab(use=USE, compute=[stock(3000.0, life_days=60.0), stock(3000.0, on=60.0, life_days=30.0)])
    assert day_of(same, h100e=2999.5 * H100E, below=True) == 90.0


@pytest.mark.parametrize("name", ["training_efficiency", "inference_efficiency"])
def test_an_efficiency_crosses_on_the_day_of_the_closed_form(name: str) -> None:
    item = grown(software=Software(training_growth=5.0, inference_growth=5.0))
    day = day_of(item, **{name: 3.0})
    exact = 365.25 * math.log(3.0) / math.log(5.0)
    assert day is not None and 0.0 <= day - exact < 4 * 2.0**-30


@pytest.mark.parametrize("name", ["tokens_per_s", "copies"])
def test_what_a_fleet_makes_crosses_between_events(name: str) -> None:
    models = [existing("M1", -1.0, 1e24, -1.0)]
    software = Software(training_growth=1.0, inference_growth=3.0)
    item = grown(models=models, software=software, compute=[stock(1000.0), stock(500.0, on=90.0)])
    first = next(float(r["value"]) for r in rows(simulate(draw(grown(models=models, compute=[stock(1000.0)]))),
                                                 "trajectory")
                 if r["series"] == name and r["use"] == "serving")  # fmt: skip
    year = 365.25 / math.log(3.0)
    assert day_of(item, **{name: 1.2 * first}, fleet="serving") == pytest.approx(year * math.log(1.2), abs=1e-6)
    # From day 90 on half as much again: 2x is reached at 3^(t/year) = 4/3, and 1.4x on day 90 itself.
    assert day_of(item, **{name: 2.0 * first}, fleet="serving") == pytest.approx(year * math.log(4 / 3), abs=1e-6)
    assert day_of(item, **{name: 1.4 * first}, fleet="serving") == 90.0
    # Two labs together, one of which grows: a + a·3^t = 2.5 a.
    still = grown("B", models=models, compute=[stock(1000.0)])
    both = day_of(grown("A", models=models, software=software, compute=[stock(1000.0)]), still,
                  **{name: 2.5 * first}, fleet="serving", together=True)  # fmt: skip
    assert both == pytest.approx(year * math.log(1.5), abs=1e-6)


def test_work_crosses_between_events() -> None:
    """Human-equivalents are the trajectory's, and grow with inference efficiency; by domain, or all together."""
    models = [existing("M1", -1.0, 1e28, -1.0)]
    software = Software(training_growth=1.0, inference_growth=3.0)
    still = lab("B", use=WORK, models=models, compute=[stock(1000.0)])
    table = rows(simulate(draw(still, end=30.0)), "trajectory")
    first = {r["domain"]: float(r["value"]) for r in table if r["series"] == "human_equivalents"}
    assert set(first) == {"ai_research", "general"} and min(first.values()) > 0.0
    year = 365.25 / math.log(3.0)
    item = lab("A", use=WORK, models=models, software=software, compute=[stock(1000.0), stock(500.0, on=90.0)])
    for domain, wanted in (("ai_research", first["ai_research"]), ("general", first["general"]),
                           (None, sum(first.values()))):  # fmt: skip
        found = day_of(item, human_equivalents=1.2 * wanted, domain=domain)
        assert found == pytest.approx(year * math.log(1.2), abs=1e-6)
        # From day 90 on half as much again: twice as much is there at 3^(t/year) = 4/3.
        assert day_of(item, human_equivalents=2.0 * wanted, domain=domain) == pytest.approx(
            year * math.log(4 / 3), abs=1e-6
        )
    both = day_of(item, still, human_equivalents=1.1 * (first["general"] * 2.0), domain="general", together=True)
    assert both == pytest.approx(year * math.log(1.2), abs=1e-6)


def test_a_stronger_model_and_more_demand_meet_their_thresholds_on_their_days() -> None:
    models = [existing("M1", -1.0, 1e26, -1.0, params=1e11), existing("M2", 50.0, 1e29, 70.0, params=1e11)]
    asked = {"demand_tokens_per_s": Series(((0.0, 1e6), (80.0, 3e6)))}
    item = lab("A", use=WORK, models=models, compute=[stock(1000.0)],
               fleets={"serving": fleet("serving", **asked), "research": fleet("research")})  # fmt: skip
    before = {r["domain"]: float(r["value"]) for r in rows(simulate(draw(item, end=30.0)), "trajectory")
              if r["series"] == "human_equivalents"}  # fmt: skip
    # Quality rises from 1/(1 + e) to 1/(1 + e^-2), 3.27 times; inside the lab on day 50, for the public 20 days later,
    # and there whether or not anybody asks for it.
    wanted = 3.2 * before["ai_research"]
    assert day_of(item, human_equivalents=wanted, domain="ai_research") == 50.0
    assert day_of(item, human_equivalents=4.0 * wanted, domain="general") == 70.0  # four times the chips
    assert day_of(item, human_equivalents=4.1 * wanted, domain="general") is None
    assert day_of(item, human_equivalents=4.5 * wanted) == 70.0
    assert day_of(item, demand_tokens_per_s=2e6) == 80.0
    assert day_of(item, demand_tokens_per_s=2e6, fleet="serving") == 80.0
    assert day_of(item, demand_tokens_per_s=2e6, fleet="research") is None


def test_a_crossing_is_found_for_any_law() -> None:
    """Power laws with and without a pull, jumps, and falling ones, against `Piece.days_to`."""
    pieces = [Piece(0.0, 1.0, 0.004, 4.0, 0.0), Piece(100.0, 1.5, 0.002, 2.5, 0.003), Piece(300.0, 9.0, 0.001)]
    law = Growth(pieces)
    for target, piece in ((1.2, pieces[0]), (2.0, pieces[1]), (9.5, pieces[2])):
        exact = piece.day + piece.days_to(target)
        found = first_day(law.at, lambda value, t=target: value >= t, target, 0.0, 1000.0, [p.day for p in pieces])
        assert found is not None and abs(found - exact) < 1e-6
    assert first_day(law.at, lambda value: value >= 8.0, 8.0, 0.0, 1000.0, [100.0, 300.0]) == 300.0
    assert first_day(law.at, lambda value: value >= 1e9, 1e9, 0.0, 1000.0, [100.0, 300.0]) is None
    falling = Growth([Piece(0.0, 1.0, -0.01)])
    found = first_day(falling.at, lambda value: value < 0.5, 0.5, 0.0, 1000.0)
    assert found == pytest.approx(100.0 * math.log(2.0), abs=1e-6)


def test_milestones_that_only_watch_change_nothing_else() -> None:
    plain = tables(simulate(busy()))
    world = busy()
    some = {"training_efficiency": 1.5, "tokens_per_s": 1.0, "copies": 1.0, "people": 1.0, "models": 1.0,
            "experiments_h100e": 1.0, "fleet_h100e": 1.0, "effective_flop": 1e20}  # fmt: skip
    for name, value in some.items():
        world.milestones[f"xx{name}"] = Milestone(name=f"xx{name}", **{name: value})
    text = tables(simulate(world))
    found = [line for line in text.pop("events").splitlines() if "/milestone/xx" in line]
    assert len(found) == len(some)
    left = [line for line in tables(simulate(world))["events"].splitlines() if "/milestone/xx" not in line]
    assert left == plain.pop("events").splitlines()
    assert text == plain


# Shocks


def shocked(*labs: Lab, end: float = 400.0, seed: int = 0, **shock: Any) -> RunRecord:
    record = simulate(draw(*labs, shocks={"s": Shock(name="s", **{"binds": [], **shock})}, end=end, seed=seed))
    assert_sound(record)
    return record


def supplied(name: str = "A", **values: Any) -> Lab:
    deliveries = Supply(accelerator="H100", deliver=100.0, every=Recurrence(days=30.0), life_days=120.0)
    return lab(name, use=USE, compute=[stock(1000.0), deliveries], **values)


def test_a_cut_of_supply_takes_part_of_what_is_delivered_meanwhile() -> None:
    record = shocked(supplied(), on=50.0, for_days=60.0, deliveries_lost=0.4)
    # 100 on day 30; 60 on days 60 and 90; 100 on 120 and 150, when the first batch retires; 60 retire on day 180.
    assert [cluster(record, day) for day in (49.0, 60.0, 90.0, 120.0, 150.0, 180.0)] == [
        1100.0, 1160.0, 1220.0, 1320.0, 1320.0, 1360.0
    ]  # fmt: skip
    assert days(record, "shock") == [50.0] and days(record, "shock_over") == [110.0]
    assert [(e[0], e[4]) for e in events(record, "deliveries_lost")] == [(50.0, 0.4), (110.0, 0.0)]


def test_two_cuts_at_once_multiply_and_nothing_comes_of_a_whole_one() -> None:
    shocks = {"s": Shock(name="s", on=10.0, deliveries_lost=0.5, binds=[], for_days=30.0),
              "t": Shock(name="t", on=20.0, deliveries_lost=0.4, binds=[])}  # fmt: skip
    record = simulate(draw(supplied(), shocks=shocks, end=100.0))
    assert [e[4] for e in events(record, "delivery")] == pytest.approx([30.0, 60.0, 60.0])
    assert not days(shocked(supplied(), on=10.0, deliveries_lost=1.0), "delivery")


def test_a_loss_of_the_cluster_waits_for_gangs_and_shrinks_what_retires_later() -> None:
    item = supplied(runs=[run("M", starts=10.0, accelerators={"H100": 900.0}, length_days=50.0)])
    record = shocked(item, on=40.0, cluster_lost=0.5, end=130.0)
    # 1,100 on day 40: 550 are lost, 200 of them at once, the rest when the gang of 900 ends on day 60.
    assert [cluster(record, day) for day in (39.0, 40.0, 59.0, 60.0, 90.0)] == [1100.0, 900.0, 900.0, 650.0, 750.0]
    assert only(events(record, "run_finished"))[0] == 60.0
    later = shocked(supplied(), on=40.0, cluster_lost=0.5, end=200.0)
    # 50 of the batch of day 30 are left on day 150, when it retires; that of day 60 retires whole on day 180.
    assert [e[4] for e in events(later, "retirement")] == [50.0, 100.0]


def test_what_never_came_is_not_withdrawn() -> None:
    stated = Series(((0.0, 100.0), (10.0, 1000.0), (20.0, 100.0), (30.0, 1000.0)))
    dated = [Supply(accelerator="H100", stock=stated, every=Recurrence(days=30.0))]
    trains = lab(compute=dated, use=USE, runs=[run("M", starts=35.0, share=0.5, length_days=5.0)])
    record = shocked(trains, on=5.0, for_days=10.0, deliveries_lost=1.0, end=100.0)
    # 900 never come: 100 of a planned 1,000 are there on day 20, of which a tenth is to stay. Later ones come whole.
    assert [cluster(record, day) for day in (19.0, 20.0, 30.0, 99.0)] == [100.0, 10.0, 910.0, 910.0]
    assert not events(record, "retirement_waits")
    lost = shocked(lab(compute=dated, use=USE), on=5.0, cluster_lost=0.5, end=25.0)
    # 50 of 100 are left, then 900 come whole: nine tenths of the 950 go.
    assert [cluster(lost, day) for day in (5.0, 10.0, 20.0)] == pytest.approx([50.0, 950.0, 95.0])


def test_what_comes_after_a_total_loss_retires_whole() -> None:
    record = shocked(lab(compute=[stock(100.0), stock(50.0, on=10.0, life_days=20.0)]), on=5.0, cluster_lost=1.0)
    assert record.clusters["A", "H100"] == [(0.0, 100.0), (5.0, 0.0), (10.0, 50.0), (30.0, 0.0)]


def test_a_loss_hits_what_waits_to_retire_too() -> None:
    old_and_new = [stock(70.0, life_days=50.0), stock(30.0), stock(50.0, on=120.0)]
    runs = [run("M", starts=10.0, share=0.8, length_days=90.0), run("N", starts=130.0, share=0.9, length_days=10.0)]
    item = lab(compute=old_and_new, use={"training": 0.9, "experiments": 0.1}, runs=runs)
    record = shocked(item, on=60.0, cluster_lost=0.5, end=200.0)
    # Of the 80 that the gang holds from day 50 on, 50 are to go. Half is lost: 40, and 25 of those that were to go.
    assert record.clusters["A", "H100"] == [(0.0, 100.0), (50.0, 80.0), (100.0, 15.0), (120.0, 65.0)]


def test_a_jump_of_demand_and_its_end() -> None:
    asked = Series(((0.0, 1e6), (80.0, 3e6)))
    item = lab(use=USE, fleets={"research": fleet("research"), "serving": fleet("serving", demand_tokens_per_s=asked)})
    record = shocked(item, on=50.0, for_days=100.0, demand=2.0)
    assert record.demand["A", "serving"] == [(0.0, 1e6), (50.0, 2e6), (80.0, 6e6), (150.0, 3e6)]
    assert [e[3] for e in events(record, "demand_changed")] == ["serving", "serving"]


def test_a_breakthrough_binds_some_labs() -> None:
    software = Software(training_growth=4.0, inference_exponent=0.5)
    labs = [supplied("A", software=software), supplied("B", software=software, bloc="X"), supplied("C")]
    record = shocked(*labs, on=100.0, training_efficiency=9.0, binds=["A", "X"])
    for name in ("A", "B"):
        law, inference = record.training_efficiency[name], record.inference_efficiency[name]
        for day in (0.0, 50.0, 99.0, 100.0, 300.0):
            exact = 4.0 ** (day / 365.25) * (9.0 if day >= 100.0 else 1.0)
            assert law.at(day) == pytest.approx(exact, rel=1e-12)
            assert inference.at(day) == pytest.approx(math.sqrt(exact), rel=1e-12)
    assert record.training_efficiency["C"].at(300.0) == 1.0
    assert [(e[1], e[3], e[4]) for e in events(record, "breakthrough")] == [
        ("A", "training", 9.0), ("A", "inference", 3.0), ("B", "training", 9.0), ("B", "inference", 3.0)
    ]  # fmt: skip


def test_a_breakthrough_makes_later_runs_stronger_and_crosses_milestones() -> None:
    item = supplied(runs=[run("M", every=Recurrence(days=100.0), share=0.5, length_days=10.0)])
    record = reached(item, shocks={"s": Shock(name="s", on=150.0, training_efficiency=5.0, binds=[])}, end=250.0,
                     training_efficiency=4.0)  # fmt: skip
    assert record.milestones == {"m": 150.0}
    one, two, three = record.models
    assert two.effective_flop == two.training_flop and three.effective_flop == 5.0 * (three.training_flop or 0.0)
    assert one.effective_flop == one.training_flop


def test_shocks_at_random_come_again_and_are_keyed() -> None:
    rate = 3.0
    record = shocked(supplied(), rate=fixed(rate), cluster_lost=0.1, end=1000.0, seed=7)
    day, expected = 0.0, []
    for k in range(50):
        day += unit_exponential(7, 0, "shock/s", k) * 365.25 / rate
        if day < 1000.0:
            expected.append(day)
    assert days(record, "shock") == pytest.approx(expected, abs=1e-6)
    assert [e[4] for e in events(record, "shock")] == [float(k + 1) for k in range(len(expected))]


def test_a_shock_starts_a_run_through_a_milestone() -> None:
    item = supplied(runs=[run("M", share=0.5, length_days=10.0, start_when=StartRule(milestone="m", apart_days=0.0))])
    record = reached(item, shocks={"s": Shock(name="s", on=33.0, cluster_lost=0.1, binds=[])}, shock="s")
    due = only(events(record, "run_due"))
    assert due[0] == 33.0
    chain, at = [], due
    while at[7]:
        at = record.events[at[7][0]]
        chain.append(at[2])
    assert chain == ["milestone", "shock"]


def test_a_shock_that_never_comes_changes_no_byte() -> None:
    plain = tables(simulate(busy()))
    world = busy()
    world.shocks = {"late": Shock(name="late", on=1e6, cluster_lost=0.5, binds=[]),
                    "rare": Shock(name="rare", rate=fixed(0.0), training_efficiency=5.0, binds=[])}  # fmt: skip
    assert tables(simulate(world)) == plain


def test_an_earmark_until_a_milestone() -> None:
    rule = after("research", until_milestone="m")
    runs = [
        run("M", starts=10.0, share=0.5, length_days=20.0, after_training=rule),
        run("N", starts=100.0, share=0.1, length_days=20.0, after_training=rule),
    ]
    record = reached(supplied(runs=runs), h100e=1150.0 * H100E, lab="A")
    # 1,200 accelerators on day 60. The run of day 100 ends after that: nothing is earmarked.
    assert record.milestones == {"m": 60.0}
    assert days(record, "earmark_started") == [30.0]
    ended = only(events(record, "earmark_ended"))
    assert ended[0] == 60.0 and ended[6] == {"reason": "the milestone m is reached"}
    assert [record.events[n][2] for n in ended[7]] == ["milestone"]
    # From day 30 on the fleet has 550 of the 1,100 and its share of the rest; from day 60 on its share of 1,200.
    assert held(record, "research", 59.9) > 550.0
    assert held(record, "research", 60.0) == pytest.approx(1200.0 * 0.1 / 0.8)  # M is public too


def test_an_earmark_whose_milestone_comes_before_the_fleet_may_use_the_model_held_nothing() -> None:
    item = lab(
        use={"training": 0.5, "experiments": 0.3, "serving": 0.2},
        models=[existing("Old", -10.0, 1e24, -5.0)],
        runs=[run("M", starts=0.0, length_days=20.0, share=0.5, public_after_days=40.0,
                  after_training=after("serving", until_milestone="m"))],
        staff={"general": Series(((0.0, 1.0), (30.0, 10.0)))},
    )  # fmt: skip
    record = reached(item, people=5.0, end=100.0)
    assert only(events(record, "earmark_ended"))[4] == 0.0
    assert not events(record, "earmark_started")


def test_a_phase_that_waits_for_a_milestone_begins_on_its_day() -> None:
    phases = [
        PolicyPhase(name="fast", when=Conditions(milestone="m"), use={"training": 0.0, "experiments": 1.0}),
        PolicyPhase(name="first", use={}),
    ]
    item = lab("A", use=USE, policy="phases", phases=phases, models=[existing("M1", -1.0, 1e24, -1.0)],
               software=Software(training_growth=4.0, inference_growth=1.0))  # fmt: skip
    record = reached(item, training_efficiency=2.0)
    half = 365.25 / 2.0
    assert held(record, "experiments", half - 1e-6) == pytest.approx(1000.0 * 0.3 / 0.8)
    assert held(record, "experiments", half + 1e-6) == 1000.0
