"""The kernel and the second simulator agree about random worlds in which labs pool, secure, or spend their leads."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from sim.world import security
from sim.world.spend_lead import lead_of
from tests.second.batch import Batch
from tests.second.compare import World, differences
from tests.second.deal_scenarios import DEALS, dealing
from tests.second.dealt import Dealt

pytestmark = pytest.mark.xdist_group("second simulator of deals")  # one worker makes the worlds, once

SEEDS = {"pool": (4, 15), "slow_diffusion": (8, 15, 20), "slow_thefts": (7,), "spend_lead": (5, 7, 11, 33)}
"""Of many, those that tell the most mutants."""

TOGETHER = (101,)


@pytest.fixture(scope="module")
def worlds() -> dict[str, Batch]:
    """By kind, and some in which kinds come together."""
    draws = {kind: [dealing(seed, [kind]) for seed in seeds] for kind, seeds in SEEDS.items()}
    draws["together"] = [dealing(seed, list(DEALS)) for seed in TOGETHER]
    return {kind: Batch([World(draw, Dealt) for draw in some]) for kind, some in draws.items()}


def test_they_agree(worlds: dict[str, Batch]) -> None:
    found = {(kind, n): differences(world)[:5] for kind, some in worlds.items() for n, world in enumerate(some.worlds)}
    assert {which: what for which, what in found.items() if what} == {}
    assert all(world.tells for some in worlds.values() for world in some.worlds)


# The kernel, broken in one rule of each kind, must be found out.


def nothing(*what: Any, **more: Any) -> None:
    """It does not happen."""


slow = security._slow


def fractions_alone(world: Any, lab: Any, link: Any, follower: Any, cause: int) -> None:
    if link.lag is None:
        slow(world, lab, link, follower, cause)


def lags_alone(world: Any, lab: Any, link: Any, follower: Any, cause: int) -> None:
    if link.lag is not None:
        slow(world, lab, link, follower, cause)


def also_under_way(world: Any, lab: Any, link: Any, follower: Any, cause: int) -> None:
    """What was found before is slowed too."""
    slow(world, lab, link, follower, cause)
    if link.lag is not None:
        link.lags = [(-math.inf, link.lag)]


def redrawn(self: Any, factor: float) -> None:
    """What has added up is forgotten when thefts get rarer."""
    if factor != self.factor:
        self.factor = factor
        self.set_rate(self.stated)
        self.integrated = 0.0
        self._project()


def from_model_to_model(leader: Any, stopped: float) -> float:
    """A leader does not grow between two of its models."""
    rivals = [lab for lab in leader.world.labs if lab is not leader]
    best = max((lab.models[name].effective_flop for lab in rivals for name in lab.usable), default=0.0)
    own = sorted((leader.models[name] for name in leader.usable), key=lambda model: model.internal)
    ahead = [model for model in own if model.effective_flop > best]
    return math.inf if not best else max(0.0, stopped - ahead[0].internal) if ahead else 0.0


def as_of_today(leader: Any, stopped: float) -> float:
    """The lead goes on growing while the leader stands."""
    return lead_of(leader, leader.world.agenda.day)


def longer(leader: Any, stopped: float) -> float:
    return 1.1 * lead_of(leader, stopped)


def never(*what: Any) -> bool:
    return False


MUTANTS: list[tuple[str, str, Any]] = [
    ("pool", "sim.world.pool.Pool.begin", nothing),
    ("pool", "sim.world.pool.Pool.end", nothing),
    ("slow_diffusion", "sim.world.security._slow", nothing),
    ("slow_diffusion", "sim.world.security._slow", fractions_alone),
    ("slow_diffusion", "sim.world.security._slow", lags_alone),
    ("slow_diffusion", "sim.world.security._slow", also_under_way),
    ("slow_diffusion", "sim.world.security.Security.end", nothing),
    ("slow_thefts", "sim.world.hazard.HazardState.scale", nothing),
    ("slow_thefts", "sim.world.hazard.HazardState.scale", redrawn),
    ("spend_lead", "sim.world.spend_lead.lead_of", from_model_to_model),
    ("spend_lead", "sim.world.spend_lead.lead_of", as_of_today),
    ("spend_lead", "sim.world.spend_lead.lead_of", longer),
    ("spend_lead", "sim.world.intervention.is_spent", never),
    ("spend_lead", "sim.world.spend_lead.SpendLead.available", nothing),
    ("spend_lead", "sim.world.intervention.InterventionState.end_on", nothing),
]


@pytest.mark.parametrize(("kind", "place", "broken"), MUTANTS)
def test_a_broken_kernel_is_found_out(
    worlds: dict[str, Batch], kind: str, place: str, broken: Callable[..., Any]
) -> None:
    assert worlds[kind].find_out(place, broken)
