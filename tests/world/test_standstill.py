"""Everything stands still for T days: every later date moves by exactly that, and no value by a bit."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.base.calendar import tick
from sim.model.draw import Draw
from sim.tables.moves import ends_of
from sim.world.agenda import Calendar, Order
from sim.world.own_calendar import own_day, world_day
from sim.world.policy import Policy
from sim.world.record import MOVED, Event, RunRecord
from sim.world.setup import set_up
from sim.world.standstill import OWN, go_on, stand_still
from sim.world.world import World
from tests.world import test_pause
from tests.world.test_random_worlds import worlds
from tests.world.worlds import busy

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


def play(draw: Draw, stands: list[tuple[float, float]] = [], policies: dict[str, Policy] | None = None) -> RunRecord:  # noqa: B006
    """A draw with standstills of all labs: (from, days)."""
    draw = dataclasses.replace(draw, end=draw.end + sum(days for _, days in stands))
    world = World(draw, policies or {})
    set_up(world)

    def begin(_: Any) -> None:
        world.at_rest.append(lambda: stand_still(world, world.labs))

    def end(_: Any) -> None:
        go_on(world, world.labs)

    for since, days in stands:
        world.agenda.put(since, Order.INTERVENTION_START, "", begin, None, OWN)
        world.agenda.put(since + days, Order.INTERVENTION_END, "", end, None, OWN)
    Calendar(world.agenda, world.end, world.decide, world.settled).run()
    return world.record


def moved(day: float, stands: list[tuple[float, float]]) -> float:
    for since, days in stands:
        day = day + days if day > since else day
    return day


ROUNDS = 1024.0
"""From this day on a float has one bit less for the time of day. Software is also looked at between the kernel's ticks,
where such a bit is lost: what research drives is the same to the last bits only."""


def assert_moved(first: RunRecord, second: RunRecord, stands: list[tuple[float, float]]) -> None:
    """The same events, in the same order, later."""
    end = first.draw.end
    exact_until = ROUNDS - sum(days for _, days in stands) if end > ROUNDS else end
    later = [(*item[:6], item[6], item[7]) for item in second.events if item[0] < moved(end, stands)]
    before = [item for item in first.events if item[0] < end]  # at the end itself runs are closed
    for was, now in zip(before, later, strict=True):
        day, lab, kind, subject, value, unit, _, causes = was
        assert now[1:4] == (lab, kind, subject)
        assert (now[5], now[7]) == (unit, causes)
        if day < exact_until:
            assert now[0] == moved(day, stands)
            if unit != "days":  # lengths of what went on during the standstill
                assert now[4] == value, (was, now)
            lengths = ("days", "waited_days")
            assert _without(_ends_told(second, now), lengths) == _without(_ends_told(first, was), lengths)
        else:
            assert now[0] == pytest.approx(moved(day, stands), rel=0.0, abs=1e-6)
            if value is not None and unit != "days":
                assert now[4] == pytest.approx(value, rel=1e-9)
    models = [model for model in second.models if model.internal < moved(end, stands)]
    mine = [model for model in first.models if model.internal < end]
    for old, new in zip(mine, models, strict=True):
        if old.internal >= exact_until:
            break
        assert new.effective_flop == old.effective_flop and new.params == old.params and new.tokens == old.tokens
        assert new.internal == moved(old.internal, stands)
    for lab, law in first.training_efficiency.items():
        for part in (0.0, 0.3, 0.7, 0.999):
            day = tick(part * exact_until)
            assert second.training_efficiency[lab].at(moved(day, stands)) == law.at(day)
            assert second.inference_efficiency[lab].at(moved(day, stands)) == first.inference_efficiency[lab].at(day)


def _ends_told(record: RunRecord, event: Event) -> dict[str, Any] | None:
    """An event's details, with where accelerators came from and went instead of the splits of those days."""
    day, lab, *_, details, _ = event
    if details is None or MOVED not in details:
        return details
    return {**details, MOVED: ends_of(record, lab, day, details["accelerators"], details[MOVED])}


def _without(details: dict[str, Any] | None, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in (details or {}).items() if name not in names}


WORLDS = {"dated": test_pause.dated, "race": test_pause.race, "busy": busy}


@pytest.mark.parametrize("name", sorted(WORLDS))
@pytest.mark.parametrize("stands", [[(0.0, 30.0)], [(33.3, tick(77.7))], [(60.0, 1.0)], [(20.0, 9.5), (150.25, 200.0)]])
def test_built_worlds(name: str, stands: list[tuple[float, float]]) -> None:
    stands = [(tick(since), days) for since, days in stands]
    assert_moved(play(WORLDS[name]()), play(WORLDS[name](), stands), stands)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), st.floats(0.0, 350.0), st.floats(0.5, 300.0))
def test_random_worlds(world: Draw, since: float, days: float) -> None:
    stands = [(tick(since), tick(days))]
    assert_moved(play(world), play(world, stands), stands)


@pytest.mark.parametrize("name", ["frontier-2032", "two-blocs", "fast-feedback", "slow-software", "one-lab"])
def test_scenarios_as_they_are_shipped(name: str) -> None:
    """With software that follows research, findings that spread, policies by phase, variants, tricks and theft."""
    scenario = sim.load(SCENARIOS / f"{name}.yaml")
    stands = [(tick(500.3), 91.25)]
    assert_moved(play(scenario.draw()), play(scenario.draw(), stands), stands)


def test_two_calendars() -> None:
    stands = [(10.0, 15.0), (30.0, 40.0)]
    assert [own_day(stands, day) for day in (5.0, 12.0, 15.0, 20.0, 50.0)] == [5.0, 10.0, 10.0, 15.0, 35.0]
    assert [world_day(stands, own) for own in (5.0, 10.0, 15.0, 35.0)] == [5.0, 10.0, 20.0, 50.0]
