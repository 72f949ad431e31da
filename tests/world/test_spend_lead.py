"""A leader that spends its lead, by cases worked by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from sim.model.draw import Draw
from sim.model.software import Theft
from sim.world.simulate import simulate
from tests.world.build import draw, existing, lab, run, stock
from tests.world.observe import assert_sound, days, events, tables
from tests.world.test_intervention import pause, under, yearly


def race(*models: tuple[str, float, float], end: float = 1000.0) -> Draw:
    """Labs of which each has models of stated strength from stated days on."""
    names = sorted({name for name, _, _ in models})
    labs = []
    for name in names:
        own = [existing(f"{name}{k}", day, flop, None) for k, (who, day, flop) in enumerate(models) if who == name]
        labs.append(lab(name, compute=[stock(1000.0)], models=own, runs=[]))
    return draw(*labs, end=end)


MODELS = (
    ("A", -300.0, 1e24), ("A", -100.0, 1e25), ("A", 50.0, 1e26), ("A", 150.0, 1e27), ("B", -50.0, 1e24),
    ("B", 180.0, 1e25), ("B", 260.0, 1e26), ("B", 330.0, 10.0**26.5), ("B", 400.0, 2e27), ("C", 300.0, 1e26),
)  # fmt: skip
"""A stops on day 200. B has then what A had on day -100: a lead of 300 days. On day 260 it has what A had on day 50, a
lead of 150, and so has C on day 300. On day 330 B is half way (in factors) from that to A's best, which came 100 days
later: a lead of 100. On day 400 it has more than A ever had."""


def spend(**values: Any) -> Any:
    return pause(starts=200.0, binds=["leader"], stops=["training"], **values)


def test_until_caught_up() -> None:
    record = under(race(*MODELS), spend(spend_lead="until caught up"))
    assert record.interventions == [("pause", 200.0, 400.0, ["A"])]
    told = [(event[0], event[1], event[4]) for event in events(record, "lead_left")]
    assert told == [
        (200.0, "A", 300.0), (260.0, "A", 150.0), (330.0, "A", pytest.approx(100.0)), (400.0, "A", 0.0)
    ]  # fmt: skip
    assert record.events[events(record, "intervention_end")[0][7][0]][2] == "lead_left"
    causes = [record.events[cause][1:3] for cause in events(record, "lead_left")[1][7]]
    assert causes == [("B", "model_internal"), ("", "intervention_start")]


@pytest.mark.parametrize("left,ends", [(0.0, 400.0), (99.0, 400.0), (101.0, 330.0), (150.0, 260.0), (299.0, 260.0),
                                       (300.0, 200.0)])  # fmt: skip
def test_until_so_much_is_left(left: float, ends: float) -> None:
    record = under(race(*MODELS), spend(spend_lead="until caught up", lead_left=left))
    assert record.interventions == [("pause", 200.0, ends, ["A"])]


@pytest.mark.parametrize("left,ends", [(0.0, 500.0), (100.0, 400.0), (300.0, 200.0), (900.0, 200.0)])
def test_as_long_as_the_lead_is_when_it_starts(left: float, ends: float) -> None:
    record = under(race(*MODELS), spend(spend_lead="its length", lead_left=left))
    assert record.interventions == [("pause", 200.0, ends, ["A"])]
    assert [event[4] for event in events(record, "lead_left")] == [300.0]


def test_a_leader_that_has_just_gone_ahead_has_a_lead_all_the_same() -> None:
    """A was behind B until day 150: on the way from 1e26 (day 50) to 1e28 it passed B's 1e27 half way, on day 100."""
    world = race(("A", 50.0, 1e26), ("A", 150.0, 1e28), ("B", 100.0, 1e27), ("B", 500.0, 1e28))
    assert under(world, spend(spend_lead="its length")).interventions == [("pause", 200.0, 300.0, ["A"])]
    assert under(world, spend(spend_lead="until caught up")).interventions == [("pause", 200.0, 500.0, ["A"])]


@pytest.mark.parametrize("what,ends", [("theft", 240.0), ("open", 230.0)])
def test_a_model_that_another_lab_gets_from_the_leader_counts(what: str, ends: float) -> None:
    """On day 240 B steals the best that A has, or on day 230 its weights are open: the lead is gone."""
    world = race(*MODELS)
    if what == "theft":
        steals = Theft(name="theft", thief="B", victim="A", what="model", on=240.0)
        world = dataclasses.replace(world, thefts={"theft": steals})
    else:
        best = dataclasses.replace(world.labs["A"].models[-1], public=230.0, opened=230.0)
        a = dataclasses.replace(world.labs["A"], models=[*world.labs["A"].models[:-1], best])
        world = dataclasses.replace(world, labs={**world.labs, "A": a})
    record = under(world, spend(spend_lead="until caught up"))
    assert record.interventions == [("pause", 200.0, ends, ["A"])]
    last = events(record, "lead_left")[-1]
    assert last[4] == 0.0 and record.events[last[7][0]][2] == {"theft": "model_stolen", "open": "model_open"}[what]


def test_what_comes_first_ends_it() -> None:
    record = under(race(*MODELS), spend(spend_lead="until caught up", lasts=90.0))
    assert record.interventions == [("pause", 200.0, 290.0, ["A"])]
    assert len(events(record, "intervention_end")) == 1


def test_the_lead_over_labs_without_models_has_no_end() -> None:
    alone = race(*(model for model in MODELS if model[0] == "A"), ("B", 600.0, 1e30))
    assert under(alone, spend(spend_lead="its length")).interventions == [("pause", 200.0, None, ["A"])]
    caught = under(alone, spend(spend_lead="until caught up"))
    assert caught.interventions == [("pause", 200.0, 600.0, ["A"])]


def test_the_leader_trains_again_on_the_day_on_which_it_is_caught_up() -> None:
    """A's runs are due on days 20, 120, 220, … From day 200 to 250 they wait: 50 days later from then on."""
    one = yearly().labs["A"]
    rival = lab("B", compute=[stock(10.0)], models=[existing("B0", 250.0, 1e26, None)], runs=[])
    world = draw(one, rival, end=600.0)
    record = under(world, spend(spend_lead="until caught up"))
    assert record.interventions == [("pause", 200.0, 250.0, ["A"])]
    assert days(record, "run_started") == [20.0, 120.0, 270.0, 370.0, 470.0, 570.0]
    assert_sound(record)


def test_two_labs_have_no_lead_to_spend() -> None:
    both = dataclasses.replace(spend(spend_lead="its length", lasts=50.0), binds=["A", "B"])
    record = under(race(*MODELS), both)
    assert record.interventions == [("pause", 200.0, 250.0, ["A", "B"])]
    assert any("no one lab has a lead to spend" in warning[3] for warning in record.warnings)


def test_it_is_over_at_once_without_a_lead_and_changes_no_byte_but_its_own_rows() -> None:
    """Of two with equal models the first by name leads, by nothing; its run goes on."""
    world = race(("A", -10.0, 1e25), ("B", -10.0, 1e25), ("A", 400.0, 1e26))
    world.labs["A"].runs.append(run("M", starts=190.0, share=0.1, length_days=60.0))
    spent = spend(spend_lead="until caught up", lead_left=300.0, suspended="destroy")
    plain, text = tables(simulate(world)), tables(under(world, spent))
    lines = [line for line in text.pop("events").splitlines() if "/pause/" not in line]
    assert lines == plain["events"].splitlines()
    assert text == {name: value for name, value in plain.items() if name != "events"}
