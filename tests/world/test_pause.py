"""Pausing every dated process for some days moves every one of its dates by exactly that."""

from __future__ import annotations

import pytest

from sim.base.calendar import Recurrence, tick
from sim.base.series import Series, fixed
from sim.model.cluster import Supply
from sim.model.draw import Draw
from sim.model.inference import Trick
from sim.model.level import Hazard
from sim.model.programme import StartRule
from sim.model.shock import Shock
from sim.model.software import Theft
from sim.policy import Decision, shares
from sim.world.agenda import Calendar, Order
from sim.world.record import RunRecord
from sim.world.setup import set_up
from sim.world.view import View
from sim.world.world import World
from tests.world.build import after, draw, existing, fleet, lab, run, stock

KINDS = (
    "delivery", "retirement", "withdrawal", "series_value", "run_due", "run_finished", "model_internal", "model_public",
    "ramp_step", "earmark_started", "earmark_ended", "review", "hazard",
)  # fmt: skip


def dated() -> Draw:
    """Each kind of dated process, with dates before and after each pause, but no run in progress when one begins."""
    compute = [
        stock(1000.0),
        stock(200.0, on=20.0, life_days=tick(80.3)),
        stock(300.0, on=60.0, life_days=50.0),
        Supply(accelerator="TPU", deliver=10.0, every=Recurrence(months=1.0), life_days=75.0),
        Supply(
            accelerator="TPU", stock=Series(((0.0, 50.0), (45.5, 90.0), (90.0, 20.0))), every=Recurrence(months=1.0)
        ),
    ]
    use = {"training": 0.1, "experiments": Series(((0.0, 0.5), (33.3, 0.4), (50.0, 0.3))), "research": 0.4}
    runs = [
        run("One", starts=40.0, share=0.01, length_days=1.0, public_after_days=20.0),
        run("Many", starts=5.0, every=Recurrence(days=31.7), share=0.02, length_days=2.0, flop_grows=1.0),
        run("Pinned", internal=80.0, share=0.02, length_days=3.0, public=115.0),
    ]
    models = [existing("Old", -10.0, 1e20, public=-5.0), existing("Stated", 55.0, 1e20, public=105.0)]
    staff = {"general": Series(((0.0, 1.0), (10.0, 2.0), (70.0, 3.0)))}
    fleets = {"research": fleet("research", replace="ramp", ramp_days=12.0)}
    hazards = {"leak": Hazard(name="leak", rate=Series(((0.0, 8.0), (70.0, 20.0))), lab="A")}
    a = lab(
        compute=compute, use=use, runs=runs, models=models, fleets=fleets, staff=staff,
        after_training=after("research", for_days=17.25),
    )  # fmt: skip
    return draw(a, end=400.0, hazards=hazards)


RACE_KINDS = (
    "lab_enters", "delivery", "shock", "shock_over", "deliveries_lost", "demand_changed", "cluster_lost",
    "breakthrough", "model_stolen", "model_open", "run_due", "run_finished", "trick", "series_value",
)  # fmt: skip


def race() -> Draw:
    """The same of what befalls labs, of rules, and of a lab that enters later."""
    asked = fleet("serving", demand_tokens_per_s=Series(((0.0, 1e6), (35.0, 2e6), (95.0, 1e6))))
    asked.inference.tricks = [Trick(name="cheaper", speed_x=2.0, since=52.0)]
    latest = StartRule(latest_days=19.5, apart_days=0.0)
    a = lab(
        "A",
        fleets={"research": fleet("research"), "serving": asked},
        models=[existing("Old", -10.0, 1e20, public=-5.0), existing("Stated", 55.0, 2e20, public=105.0)],
        runs=[run("Rule", start_when=latest, share=0.01, length_days=1.0, starts=3.0, open_after_days=33.0)],
    )
    b = lab("B", enters=57.0, compute=[Supply(accelerator="H100", deliver=10.0, every=Recurrence(days=25.0))])
    shocks = {
        "cut": Shock(name="cut", on=40.0, for_days=61.0, deliveries_lost=0.5, demand=2.0, binds=[]),
        "chance": Shock(name="chance", rate=Series(((0.0, 5.0), (70.0, 20.0))), cluster_lost=0.01, binds=["A"]),
        "idea": Shock(name="idea", on=65.0, training_efficiency=2.0, binds=["A"]),
    }
    thefts = {
        "spy": Theft(name="spy", thief="B", victim="A", what="model", on=75.0),
        "spies": Theft(name="spies", thief="B", victim="A", what="model", rate=fixed(4.0)),
    }
    return draw(a, b, end=400.0, shocks=shocks, thefts=thefts)


def every_25_days(view: View) -> Decision:
    """The policy `shares`; it asks on the first day to be called again on day 25 (of its own clock)."""
    decision = shares(view)
    return decision if decision.starts else decision._replace(review=view.day + 25.0 if view.day == 0.0 else None)


def play(since: float = 0.0, length: float = 0.0, played: Draw | None = None) -> RunRecord:
    world = World(played, {}) if played else World(dated(), {"A": every_25_days})
    set_up(world)

    def every(what: str) -> None:
        for clocks in world.clocks.values():
            for clock in clocks:
                getattr(clock, what)()

    if length:
        world.agenda.at(since, Order.REPAIR, "", every, "pause")
        world.agenda.at(since + length, Order.REPAIR, "", every, "resume")
    Calendar(world.agenda, world.end, world.decide, world.settled).run()
    return world.record


@pytest.mark.parametrize("since", [2.0, 30.0, 45.5, 60.0, 90.0])
@pytest.mark.parametrize("length", [1.0, 30.0, tick(77.7)])
def test_pausing_everything_moves_everything(since: float, length: float) -> None:
    moved_by_exactly_that(play(), play(since, length), since, length, KINDS)


@pytest.mark.parametrize("since", [2.0, 30.0, 45.5, 60.0, 90.0])
@pytest.mark.parametrize("length", [1.0, tick(77.7)])
def test_what_befalls_labs_and_rules_are_moved_too(since: float, length: float) -> None:
    moved_by_exactly_that(play(played=race()), play(since, length, race()), since, length, RACE_KINDS)


def moved_by_exactly_that(
    first: RunRecord, second: RunRecord, since: float, length: float, kinds: tuple[str, ...]
) -> None:
    plain, paused = (
        sorted((e[2], e[3], e[0], e[4] or 0.0) for e in record.events if e[2] in kinds) for record in (first, second)
    )
    expected = [
        (kind, subject, day if day < since else day + length, value)
        for kind, subject, day, value in plain
        if day < since or day + length < 400.0
    ]
    assert {kind for kind, *_ in expected} == {*kinds}
    assert paused == sorted(expected)


@pytest.mark.parametrize("length", [1.0, 30.0, tick(77.7)])
def test_models_carry_the_dates_on_which_they_came(length: float) -> None:
    """Windows and tables read a model's dates: those of the events, not those that were planned before a pause."""
    record = play(60.0, length)
    days = {(e[2], e[3]): e[0] for e in record.events}
    found = [model for model in record.models if ("model_internal", model.name) in days]
    assert len(found) > 5
    for model in found:
        assert model.internal == days["model_internal", model.name]
        assert model.public is not None
        if model.public < 400.0:
            assert model.public == days["model_public", model.name]
