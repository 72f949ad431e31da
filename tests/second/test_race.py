"""The kernel and the second simulator agree about random races: software that follows research, and what moves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.model.worth import worth
from sim.world.research import FleetWork, Research, Speed
from tests.second.batch import batch_of, mutants, of_batch
from tests.second.compare import differences
from tests.second.race import Race
from tests.second.scenarios import races

BATCHES = (1000, 1003, 1005)
"""Of many, those that tell the most mutants."""


@pytest.mark.parametrize("number", [of_batch(number) for number in BATCHES])
def test_they_agree(number: int) -> None:
    worlds = batch_of(races, Race, number).worlds
    found = {n: differences(world)[:5] for n, world in enumerate(worlds)}
    assert {n: what for n, what in found.items() if what} == {}
    assert sum(world.tells for world in worlds) >= 5


def sum_of_all(self: Research) -> Callable[[float], float]:
    """AI labour simply adds to people, whatever share of the tasks it can do."""
    ai = [(work, fleet.most) for fleet in self.fleets for _, work in fleet.models]
    return lambda efficiency: self.humans + sum(work * min(efficiency, most) for work, most in ai)


def whatever_is_asked(most: float, models: Any) -> FleetWork:
    return FleetWork(float("inf"), models)


def thought_is_free(*what: Any) -> float:
    return worth(*what) * what[-1]


set_speed = Speed.set


def always_as_at_first(self: Speed, research: Research) -> None:
    """Research stays what it was on the base date."""
    set_speed(self, self.base)


def nothing(*what: Any, **more: Any) -> None:
    """It does not happen."""


def a_tenth(*what: Any) -> float:
    """A model can do a tenth of the tasks, whatever it is."""
    return 0.1


def own_speed(self: Any, follower: Any, own: Any, *rest: Any) -> Any:
    """Nobody's speed is copied."""
    return own


def own_efficiency(self: Any, follower: Any, efficiency: float) -> float:
    """Nobody catches up."""
    return efficiency


def any_is_enough(draw: Any, level: Any, model: Any) -> bool:
    return bool(model.internal >= 0.0)


def hears_of_nobody(self: Any, lab: str, event: int) -> bool:
    return True


@mutants({
    1000: [
        ("sim.world.research.FleetWork", whatever_is_asked),
        ("sim.world.world.World.ran", nothing),  # no run counts as the frontier run
        ("sim.world.weights.adopt", nothing),  # nobody runs the models of others
        ("sim.world.start_rule.RuleState._rival", hears_of_nobody),
        ("sim.world.start_rule.RuleState._wait_for", nothing),
    ],
    1003: [
        ("sim.world.research.Research._labour", sum_of_all),
        ("sim.world.research.Speed.set", always_as_at_first),
        ("sim.world.variant.distil", nothing),
        ("sim.world.frontier.reaches", any_is_enough),
        ("sim.world.start_rule.RuleState._late", nothing),
    ],
    1005: [
        ("sim.world.research.worth", thought_is_free),
        ("sim.world.research.share_doable", a_tenth),
        ("sim.world.diffusion.Sources._copied", own_speed),
        ("sim.world.diffusion.Sources.catch_up", own_efficiency),
        ("sim.world.variant.tune", nothing),
        ("sim.world.choice.most_work", nothing),  # no fleet goes by work
    ],
})
def test_a_broken_kernel_is_found_out(number: int, place: str, broken: Any) -> None:
    assert batch_of(races, Race, number).find_out(place, broken)
