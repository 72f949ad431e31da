"""The kernel and the second simulator agree about random deals: pools, security, spent leads and covert projects."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from sim.world import covert, intervention, security
from sim.world.spend_lead import lead_of
from tests.second.batch import Batch
from tests.second.compare import World, differences
from tests.second.deal_scenarios import BEHIND, DEALS, behind, dealing
from tests.second.dealt import Dealt

SEEDS = {"pool": (4, 15), "slow_diffusion": (8, 15, 20), "slow_thefts": (7,), "spend_lead": (5, 7, 11, 33)}
"""Of many, those that tell the most mutants."""

TOGETHER, COVERT = (101,), (1, 4, 31, 69)


@pytest.fixture(scope="module")
def worlds() -> dict[str, Batch]:
    """By kind, and some in which kinds come together."""
    draws = {kind: [dealing(seed, [kind]) for seed in seeds] for kind, seeds in SEEDS.items()}
    draws["together"] = [dealing(seed, list(DEALS)) for seed in TOGETHER]
    draws["covert"] = [behind(seed, list(BEHIND)) for seed in COVERT]
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


in_the_world, know, bound = covert.in_the_world, covert.know, intervention.bound


def half_of_it(world: Any) -> Any:
    """The world has half as many accelerators."""
    return {kind: count / 2.0 for kind, count in in_the_world(world).items()}


def whole_software(lab: Any, others: Any, share: float, event: int) -> None:
    know(lab, others, 1.0, event)


def of_the_last(lab: Any, others: Any, share: float, event: int) -> None:
    """What it knows is not that of the best."""
    know(lab, others[-1:], share, event)


def no_secret(world: Any, spec: Any) -> Any:
    """What binds all binds a project of which nobody knows."""
    kept, world.secret = world.secret, set()
    try:
        return bound(world, spec)
    finally:
        world.secret = kept


def what_nobody_has(lab: Any) -> None:
    """At the end the models of a project that was dissolved never were."""
    for model in lab.models.values():
        if model.name not in lab.usable and "/" not in model.name:
            model.internal = lab.world.end


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
    ("covert", "sim.world.covert.in_the_world", half_of_it),
    ("covert", "sim.world.covert.know", whole_software),
    ("covert", "sim.world.covert.know", of_the_last),
    ("covert", "sim.world.covert.reveal", nothing),
    ("covert", "sim.world.covert.dissolve", nothing),
    ("covert", "sim.world.covert.HazardState", nothing),
    ("covert", "sim.world.covert.Covert.end", nothing),
    ("covert", "sim.world.covert.cluster.lose", nothing),
    ("covert", "sim.world.covert.dated.follow_all", nothing),
    ("covert", "sim.world.intervention.bound", no_secret),
    ("covert", "sim.world.intervention.InterventionState.break_now", nothing),
    ("covert", "sim.world.release.forget_held_back", what_nobody_has),
]


@pytest.mark.parametrize(("kind", "place", "broken"), MUTANTS)
def test_a_broken_kernel_is_found_out(
    worlds: dict[str, Batch], kind: str, place: str, broken: Callable[..., Any]
) -> None:
    assert worlds[kind].find_out(place, broken)
