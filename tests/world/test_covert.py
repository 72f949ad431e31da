"""Covert projects, by cases worked by hand."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.base.units import DAYS_PER_YEAR
from sim.model.covert import Covert, OnFound
from sim.model.draw import Draw, World
from sim.model.intervention import Breaks, Intervention
from sim.model.level import Level
from sim.model.software import RELATIVE, Diffusion, Software, Theft
from sim.tables.covert import covert_projects
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import draw, existing, lab, run, stock
from tests.world.observe import assert_sound, cluster, days, events, only, read_csv, tables, uses
from tests.world.test_intervention import pause, under
from tests.world.test_progress import software
from tests.world.worlds import busy

YEAR = DAYS_PER_YEAR


def covert(**values: Any) -> Covert:
    rest: dict[str, Any] = {"lab": "Hidden", "compute": 0.1, "after_days": 100.0, "software": 0.5}
    rest["on_found"] = on_found()
    return Covert(**{**rest, **values})


def on_found(**values: Any) -> OnFound:
    return OnFound(**{"loses": 1.0, "deal": "holds", **values})


def deal(**values: Any) -> Intervention:
    mine = {name: values.pop(name) for name in tuple(values) if name in Covert.__slots__}
    return pause(**{"name": "deal", "starts": 50.0, "stops": ["training"], "covert": covert(**mine), **values})


def hidden(**values: Any) -> Any:
    rest: dict[str, Any] = {
        "compute": [], "covert": True, "use": {"training": 0.4, "experiments": 0.6},
        "runs": [run("S", every=Recurrence(days=200.0), share=0.4, length_days=60.0)],
        "staff": {"ai_research": Series(((0.0, 10.0), (400.0, 20.0)))},
    }  # fmt: skip
    return lab("Hidden", **{**rest, **values})


def world(*others: Any, **values: Any) -> Draw:
    mine = {name: values.pop(name) for name in ("software", "runs", "use", "staff") if name in values}
    return draw(*(others or (lab("A", compute=[stock(1000.0), stock(300.0, "TPU"), stock(500.0, on=120.0)]),)),
                hidden(**mine), **values)  # fmt: skip


# What it begins with


def test_it_gets_its_share_of_all_accelerators_by_type_on_its_day() -> None:
    """100 days after day 50 the one lab has 1500 H100 and 300 TPU, of which nothing is taken away."""
    record = under(world(), deal())
    assert_sound(record)
    assert cluster(record, 149.9, lab="Hidden") == 0.0
    assert (cluster(record, 150.0, lab="Hidden"), cluster(record, 150.0, "TPU", "Hidden")) == (150.0, 30.0)
    assert (cluster(record, 150.0), cluster(record, 150.0, "TPU")) == (1500.0, 300.0)
    assert cluster(record, 999.0, lab="Hidden") == 150.0
    start = only(events(record, "covert_start"))
    assert start[0] == 150.0 and record.events[start[7][0]][2] == "intervention_start"
    assert [record.events[event[7][0]] for event in events(record, "covert_delivery")] == [start, start]
    assert uses(record, 150.0, "Hidden") == {"training": 72.0, "experiments": 108.0}
    assert days(record, "run_started", lab="Hidden") == [150.0, 350.0, 550.0, 750.0, 950.0]
    assert record.staff["Hidden", "ai_research"] == [(0.0, 0.0), (150.0, 10.0), (400.0, 20.0)]


def test_where_the_world_is_more_than_the_labs_it_is_the_worlds_share() -> None:
    stated = World(compute=[stock(9000.0), stock(1000.0, on=200.0)])
    record = under(world(world=stated), deal())
    assert cluster(record, 150.0, lab="Hidden") == 900.0
    assert cluster(record, 150.0, "TPU", "Hidden") == 0.0


@pytest.mark.parametrize(("stocked", "gets"), [(1600.0, 100.0), (1500.0, 0.0), (1000.0, 0.0), (1700.0, 170.0)])
def test_it_gets_no_more_than_the_labs_leave_of_the_world(stocked: float, gets: float) -> None:
    """A tenth of a world of which A has 1500 H100; of the TPU, 4000 against 300, the whole tenth."""
    record = under(world(world=World(compute=[stock(stocked), stock(4000.0, "TPU")])), deal())
    assert cluster(record, 150.0, lab="Hidden") == gets and cluster(record, 150.0, "TPU", "Hidden") == 400.0
    less = [message for day, by, _, message in record.warnings if (day, by) == (150.0, "Hidden")]
    assert len(less) == (gets < 0.1 * stocked)
    assert all(f"gets less than its {0.1 * stocked:.4g} H100" in message for message in less)


@pytest.mark.parametrize("iota", [1.0, 0.5])
def test_its_efficiencies_are_the_share_of_the_best_and_go_on_at_its_own_rate(iota: float) -> None:
    """A doubles a year, B trebles: on day 150 half of 3^(150/365.25); from there on it grows by half a year."""
    def grows(growth: float) -> Software:
        return Software(training_growth=growth, inference_exponent=iota)

    record = under(world(lab("A", software=grows(2.0)), lab("B", software=grows(3.0)), software=grows(1.5)), deal())
    trained, inferred = record.training_efficiency["Hidden"], record.inference_efficiency["Hidden"]
    best = 0.5 * 3.0 ** (150.0 / YEAR)
    assert trained.at(149.0) == 1.0
    for day in (150.0, 300.0, 900.0):
        expected = best * 1.5 ** ((day - 150.0) / YEAR)
        assert trained.at(day) == pytest.approx(expected, rel=1e-12)
        assert inferred.at(day) == pytest.approx(expected**iota, rel=1e-12)
    assert only(events(record, "covert_start"))[6]["software_of"] == "B"


def test_software_that_follows_research_goes_on_from_there() -> None:
    """With beta 0 and constant research it grows at its first rate; inference has a law of its own, of A's the half."""
    mine = software(training_growth=1.5, returns=0.0, inference_exponent=None, inference_growth=1.2)
    others = Software(training_growth=3.0, inference_growth=2.0)
    record = under(world(lab("A", software=others), software=mine, runs=[], staff={"ai_research": fixed(10.0)}), deal())
    trained, inferred = record.training_efficiency["Hidden"], record.inference_efficiency["Hidden"]
    for day in (150.0, 300.0, 900.0):
        since = (day - 150.0) / YEAR
        assert trained.at(day) == pytest.approx(0.5 * 3.0 ** (150.0 / YEAR) * 1.5**since, rel=1e-9)
        assert inferred.at(day) == pytest.approx(0.5 * 2.0 ** (150.0 / YEAR) * 1.2**since, rel=1e-12)
    assert days(record, "software_feedback") == [150.0]
    assert trained.at(149.0) == inferred.at(149.0) == 1.0


def test_what_comes_before_it_is_there_does_nothing() -> None:
    thefts = {"raid": Theft(name="raid", thief="Hidden", victim="A", on=120.0),
              "later": Theft(name="later", thief="Hidden", victim="A", on=160.0)}  # fmt: skip
    others = lab("A", models=[existing("Old", -10.0, 1e24, params=1e11)])
    record = under(world(others, thefts=thefts), deal())
    assert days(record, "theft_failed") == [120.0] and days(record, "model_stolen") == [160.0]


# Being found


def found_after(number: int, **values: Any) -> float:
    """Days from the beginning of the project until it is found, in one draw."""
    base = dataclasses.replace(world(runs=[], end=4000.0), draw=number)
    at = days(under(base, deal(found=fixed(0.5), **values)), "covert_found")
    return at[0] - 150.0 if at else math.inf


def test_it_is_found_by_the_exponential_law() -> None:
    """Of 500 draws the share found within t years is 1 − e^(−h·t), within 4 standard deviations."""
    lives = [found_after(number) / YEAR for number in range(500)]
    for years in (0.5, 1.0, 2.5, 5.0, 10.0):
        expected = 1.0 - math.exp(-0.5 * years)
        found = sum(life <= years for life in lives) / len(lives)
        assert abs(found - expected) <= 4.0 * math.sqrt(expected * (1.0 - expected) / len(lives))


def test_a_rate_only_stretches_the_time_and_a_dated_one_adds_up() -> None:
    """The same draw: twice the rate takes half the time; no rate until day 1150 takes as much longer."""
    life = found_after(3)
    once = under(dataclasses.replace(world(runs=[], end=9000.0), draw=3), deal(found=fixed(1.0)))
    assert days(once, "covert_found")[0] - 150.0 == pytest.approx(life / 2.0, rel=1e-9)
    late = under(dataclasses.replace(world(runs=[], end=9000.0), draw=3),
                 deal(found=Series(((0.0, 0.0), (1150.0, 0.5)))))  # fmt: skip
    assert days(late, "covert_found")[0] - 1150.0 == pytest.approx(life, rel=1e-9)


def found_on(day: float) -> Series:
    """A rate at which it is found (nearly) at once from a day on."""
    return Series(((0.0, 0.0), (day, 1e9)))


def test_when_found_it_loses_all_and_nothing_of_it_goes_on() -> None:
    base = world(software=software(training_growth=1.5), staff={"ai_research": Series(((0.0, 10.0), (400.0, 20.0)))})
    record = under(base, deal(found=found_on(200.0)))
    assert_sound(record)
    finding = only(events(record, "covert_found"))
    assert finding[0] == pytest.approx(200.0, abs=1e-5) and finding[4] == 1.0
    causes = [record.events[n][2] for n in finding[7]]
    assert causes == ["covert_start", "intervention_start"]
    assert cluster(record, 201.0, lab="Hidden") == cluster(record, 201.0, "TPU", "Hidden") == 0.0
    given_up = only(events(record, "run_given_up"))
    assert record.events[given_up[7][0]][2] == "covert_found"
    assert not [model for model in record.models if model.lab == "Hidden"]
    assert record.staff["Hidden", "ai_research"][-1][1] == 0.0
    law = record.training_efficiency["Hidden"]
    assert law.at(900.0) == pytest.approx(law.at(finding[0]), rel=1e-9)
    assert len(events(record, "run_due", lab="Hidden")) == 1


def test_a_model_that_it_had_keeps_its_date_when_it_is_dissolved() -> None:
    record = under(world(), deal(found=found_on(300.0)))
    model = only([model for model in record.models if model.lab == "Hidden"])
    assert (model.internal, model.public) == (210.0, None)
    assert read_csv(tables(record)["models"])[-1]["internal_from"] == "2026-07-30"


def test_it_may_lose_a_part_and_go_on() -> None:
    """The run of 72 H100e that is in progress keeps what it holds; half of all goes, once."""
    record = under(world(), deal(found=found_on(200.0), on_found=on_found(loses=0.5)))
    assert_sound(record)
    assert cluster(record, 300.0, lab="Hidden") == 75.0 and cluster(record, 300.0, "TPU", "Hidden") == 15.0
    assert days(record, "run_finished", lab="Hidden")[0] == 210.0
    assert len(events(record, "covert_found")) == 1


def test_finding_it_may_break_the_deal() -> None:
    record = under(world(), deal(found=found_on(200.0), on_found=on_found(deal="breaks")))
    broken = only(events(record, "intervention_breaks"))
    assert [record.events[n][2] for n in broken[7]] == ["covert_found", "intervention_start"]
    assert broken[0] == days(record, "covert_found")[0] == record.interventions[0][2]


# When the deal is over


def test_a_deal_that_is_over_first_has_nothing_behind_it() -> None:
    record = under(world(), deal(lasts=99.0))
    assert not events(record, "covert_start") and cluster(record, 999.0, lab="Hidden") == 0.0
    assert record.events[only(events(record, "covert_given_up"))[7][0]][2] == "intervention_end"
    assert "does not begin, as the deal is over on 2026-05-30" in covert_projects(record)["deal"]
    never = under(world(), deal(lasts=0.0))
    assert not events(never, "covert_start") and not events(never, "covert_given_up")


@pytest.mark.parametrize("ends", [{"lasts": 200.0}, {"breaks": Breaks(when=250.0)}])
def test_one_that_was_not_found_goes_on_in_the_open_or_is_dissolved(ends: dict[str, Any]) -> None:
    on = under(world(), deal(found=found_on(251.0), **ends))
    assert days(on, "covert_over") == [250.0] and not events(on, "covert_found")
    assert cluster(on, 999.0, lab="Hidden") == 150.0
    assert days(on, "run_finished", lab="Hidden") == [210.0, 410.0, 610.0, 810.0]
    assert days(on, "model_public", lab="Hidden") == [280.0, 440.0, 640.0, 840.0]  # 30 days, none of them in secret
    no_more = under(world(), deal(found=found_on(251.0), when_over="dissolved", **ends))
    assert cluster(no_more, 250.0, lab="Hidden") == 0.0
    assert days(no_more, "run_finished", lab="Hidden") == [210.0]
    for record in (on, no_more):
        assert_sound(record)
    secret = under(world(), deal())
    assert {model.public for model in secret.models if model.lab == "Hidden"} == {None}


# What others notice

CAPS: dict[str, dict[str, Any]] = {
    "stop": {"stops": ["training"], "ends": 800.0},
    "steps": {"stops": [], "cap_capability": 2.0},
    "levels": {"stops": [], "shift_from_level": {"small": 0.2}, "ends": "when any lab reaches large"},
}


COUNTED = ("frontier_window_closed", "level_reached", "milestone")
"""Who is the first of all, and whose model closes whose window, is counted with labs that work in secret."""


def of_others(record: RunRecord) -> tuple[list[str], list[Any]]:
    """Rows of events.csv that are not of the hidden lab or the deal's own, and the primitives of the other labs."""
    rows = [row for row in tables(record)["events"].splitlines() if "Hidden" not in row and "/deal/" not in row]
    rows = [row for row in rows if row.split(",")[4] not in COUNTED]
    laws = (record.training_efficiency, record.inference_efficiency)
    kept: list[Any] = [{name: law for name, law in kind.items() if name != "Hidden"} for kind in laws]
    steps = (record.clusters, record.staff)
    kept += [{key: line for key, line in kind.items() if key[0] != "Hidden"} for kind in steps]
    kept.append([split for split in record.splits if split[1] != "Hidden"])
    kept.append([(m.lab, m.name, m.internal, m.public, m.effective_flop) for m in record.models if m.lab != "Hidden"])
    return rows, kept


def crowded() -> Draw:
    """The busy world, in which experiments count relative to the largest run, and a hidden lab that is far ahead."""
    base = busy()
    mine = hidden(
        models=[], runs=[run("S", starts=0.0, every=Recurrence(days=100.0), flop=1e30, share=0.9, length_days=30.0)],
        use={"training": 0.9, "experiments": 0.1}, software=Software(training_growth=9.0, inference_growth=9.0),
    )  # fmt: skip
    labs = {
        name: dataclasses.replace(each, software=software(experiments_count=RELATIVE),
                                  models=[dataclasses.replace(old, flop=1e24) for old in each.models])
        if each.staff and each.models else each
        for name, each in base.labs.items()
    }
    levels = {**base.levels, "small": Level(name="small", effective_flop=1e28), "large": Level(name="large",
              effective_flop=1e29)}  # fmt: skip
    return dataclasses.replace(base, labs={**labs, "Hidden": mine}, levels=levels, diffusion=[
        Diffusion(lag_days=30.0, how="published")])  # fmt: skip


@pytest.mark.parametrize("kind", CAPS)
def test_the_others_do_the_same_until_something_of_it_reaches_them(kind: str) -> None:
    """With a hidden lab that reaches every level, trains the largest runs and has the best software, or without one."""
    base = crowded()
    secret = under(base, deal(found=found_on(700.0), **CAPS[kind]))
    alone = under(base, dataclasses.replace(deal(**CAPS[kind]), covert=None))
    assert_sound(secret)
    assert max(model.effective_flop for model in secret.models if model.lab == "Hidden") > 1e30
    assert of_others(secret) == of_others(alone)
    if kind == "levels":
        assert secret.interventions[0][2] == alone.interventions[0][2]


def test_when_the_deal_is_over_all_know_of_it() -> None:
    """A cap of twice the strongest known: from the day on which the deal ends the other lab may train far more."""
    runs = [run("M", starts=20.0, every=Recurrence(days=100.0), share=0.1, length_days=60.0)]
    other = lab("A", runs=runs, models=[existing("Old", -10.0, 1e20, params=1e9)])
    base = world(other, levels={"some": Level(name="some", effective_flop=1e22)})
    steps = pause(name="steps", starts=0.0, cap_capability=2.0)
    later = pause(name="later", starts="when any lab reaches some", stops=["experiments"])
    record = under(base, deal(stops=["experiments"], lasts=500.0), steps, later)
    assert_sound(record)
    made = [model.effective_flop for model in record.models if model.lab == "A"][1:]
    assert made[:5] == [pytest.approx(2.0**k * 1e20, rel=1e-6) for k in range(1, 6)]
    hidden_best = max(m.effective_flop for m in record.models if m.lab == "Hidden" and m.internal <= 550.0)
    assert hidden_best > 1e22 and made[6] > 1e22  # the run that is due on day 620
    start = only(events(record, "intervention_start", "later"))
    assert start[0] == 550.0 and record.levels["some", ""] == (210.0, "Hidden/S-1")


def test_a_covert_lab_without_a_deal_is_not_there() -> None:
    base = busy()
    plain = tables(simulate(base))
    more = tables(simulate(dataclasses.replace(base, labs={**base.labs, "Hidden": hidden()})))
    for name, text in plain.items():
        rows = [row for row in read_csv(more[name]) if row.get("lab") != "Hidden"]
        assert rows == read_csv(text), name
