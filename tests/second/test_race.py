"""The kernel and the second simulator agree about random races: software that follows research, and what moves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.model.worth import worth
from sim.world.research import FleetWork, Research, Speed
from tests.second.compare import World, differences
from tests.second.race import Race
from tests.second.sample import sample
from tests.second.scenarios import races

pytestmark = pytest.mark.xdist_group("second simulator")  # one worker makes the worlds, once

BATCHES = 6


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return [World(draw, Race) for draw in sample(races(), BATCHES, first=1000)]


def test_they_agree(worlds: list[World]) -> None:
    found = {n: differences(world)[:5] for n, world in enumerate(worlds)}
    assert {n: what for n, what in found.items() if what} == {}
    assert sum(world.tells for world in worlds) >= 0.6 * len(worlds)


def sum_of_all(self: Research) -> Callable[[float], float]:
    """AI labour simply adds to people, whatever share of the tasks it can do."""
    ai = [(work, fleet.most) for fleet in self.fleets for _, work in fleet.models]
    return lambda efficiency: self.humans + sum(work * min(efficiency, most) for work, most in ai)


def whatever_is_asked(most: float, models: Any) -> FleetWork:
    return FleetWork(float("inf"), models)


def thought_is_free(*what: Any) -> float:
    return worth(*what) * what[-1]


def always_as_at_first(self: Speed, research: Research) -> float:
    return 1.0


@pytest.mark.parametrize(
    ("place", "broken"),
    [
        ("sim.world.research.Research._labour", sum_of_all),
        ("sim.world.research.FleetWork", whatever_is_asked),
        ("sim.world.research.worth", thought_is_free),
        ("sim.world.research.share_doable", lambda *what: 0.1),
        ("sim.world.research.Speed.compute", always_as_at_first),
        ("sim.world.world.World.ran", lambda *what: None),  # no run counts as the frontier run
        ("sim.world.diffusion.Sources._copied", lambda self, follower, own, *rest: own),  # nobody's speed is copied
        ("sim.world.diffusion.Sources.catch_up", lambda self, follower, efficiency: efficiency),
        ("sim.world.weights.adopt", lambda *what, **more: None),  # nobody runs the models of others
        ("sim.world.variant.tune", lambda model, rule: None),
        ("sim.world.variant.distil", lambda model, rule, base: None),
        ("sim.world.choice.most_work", lambda lab, fleet: None),  # no fleet goes by work
        ("sim.world.frontier.Frontier.reaches", lambda self, level, model: model.internal >= 0.0),
        ("sim.world.start_rule.RuleState._rival", lambda self, lab, event: True),  # hears of nobody
        ("sim.world.start_rule.RuleState._late", lambda self, version: None),
        ("sim.world.start_rule.RuleState._wait_for", lambda *what: None),
    ],
)
def test_a_broken_kernel_is_found_out(
    monkeypatch: pytest.MonkeyPatch, worlds: list[World], place: str, broken: Callable[..., Any]
) -> None:
    monkeypatch.setattr(place, broken)
    assert any(differences(world) for world in worlds)


