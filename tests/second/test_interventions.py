"""The kernel and the second simulator agree about random worlds with interventions of every kind, and of several."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from sim.model.intervention import DELIVERIES, RELEASES, TRAINING, Intervention
from sim.world.limits import CLOCKS, Limits
from tests.second.batch import Batch
from tests.second.compare import World, differences
from tests.second.interventions import Laid
from tests.second.laid_over import FOLLOWING, KINDS, eased, raced, world

EACH, TOGETHER = 3, 17
MORE = {"training": 2}
EARMARKED = ((7015, "minimum_shares"), (7054, "cap_research"))
"""Worlds in which an earmark is in the way of an intervention."""
FIRST_TO_GIVE = 9133
"""A world in which the earmark of the run that ended first begins last, and gives first."""


@pytest.fixture(scope="module")
def worlds() -> dict[str, Batch]:
    """By kind, and some in which kinds come together."""
    draws = {kind: [world(100 * n + k, [kind], most=1) for k in range(EACH + MORE.get(kind, 0))]
             for n, kind in enumerate(KINDS)}  # fmt: skip
    draws["together"] = [world(k, list(KINDS)) for k in range(5000, 5000 + TOGETHER)]
    draws["together"].append(world(FIRST_TO_GIVE, list(KINDS)))
    draws["earmarked"] = [world(k, [kind], most=1) for k, kind in EARMARKED]
    draws["eased"] = [eased(k) for k in (0, 1, 5, 8, 17, 19, 9371)]
    draws["following"] = [raced(k, list(FOLLOWING)) for k in range(16, 28)]
    return {kind: Batch([World(draw, Laid) for draw in some]) for kind, some in draws.items()}


def test_they_agree(worlds: dict[str, Batch]) -> None:
    found = {(kind, n): differences(world)[:5] for kind, some in worlds.items() for n, world in enumerate(some.worlds)}
    assert {which: what for which, what in found.items() if what} == {}
    every = [world for some in worlds.values() for world in some.worlds]
    assert sum(world.tells for world in every) >= 0.75 * len(every)


# A comparison that cannot fail proves nothing: the kernel, broken in one rule of each kind, must be found out.


def without(word: str) -> dict[str, tuple[str, ...]]:
    return {what: clocks for what, clocks in CLOCKS.items() if what != word}


def whatever_holds(self: Intervention, what: str) -> float:
    return self.continues.get(what, 0.0 if what in self.stops else 1.0)


def nothing(*what: Any, **more: Any) -> None:
    """It does not happen."""


def as_they_are(limits: Limits, uses: Any) -> Any:
    return uses


def never(*what: Any) -> bool:
    return False


def always(*what: Any) -> bool:
    return True


MUTANTS: list[tuple[str, str, Any]] = [
    ("following", "sim.world.dated.limit_researchers", nothing),
    ("following", "sim.world.hire.Hire.begin", nothing),
    ("following", "sim.world.pace.Pace.set", nothing),
    ("training", "sim.world.training.give_up", nothing),
    ("training", "sim.world.deal.release", nothing),
    ("cap_capability", "sim.world.capability_cap.cleared", lambda lab, after: math.inf),
    ("hold_at", "sim.world.capability_cap.effective_flop_of", lambda world, level: math.inf),
    ("cap_research_share", "sim.world.limited_uses.research_room", nothing),
    ("minimum_shares", "sim.world.limited_uses.minima", lambda limits: {}),
    ("earmarked", "sim.world.limited_uses._cut_for_minima", never),
    ("earmarked", "sim.world.limited_uses._cut_for_research", never),
    ("release_interval", "sim.world.limits.Limits.too_soon", never),
    ("research_models_older_than", "sim.world.old_models.old_enough", always),
    ("shift_from_level", "sim.world.shift_to_alignment.share_now", lambda spec, record: spec.shift_to_alignment or 0.0),
    ("training", "sim.world.limited_runs.suspend_too_large", nothing),
    ("training", "sim.world.limits.CLOCKS", without(TRAINING)),
    ("training", "sim.world.training.begin_anew", nothing),
    ("training", "sim.world.intervention.RandomBreak", nothing),
    ("training", "sim.model.intervention.Intervention.share", whatever_holds),
    ("training", "sim.world.limited_uses._lent_back", lambda *what: 0.0),
    ("experiments", "sim.world.limits.cut_uses", as_they_are),
    ("ai_use_in_research", "sim.world.limited_uses.research_fleets", lambda lab: []),
    ("releases", "sim.world.limits.CLOCKS", without(RELEASES)),
    ("releases", "sim.world.release.forget_held_back", nothing),
    ("deliveries", "sim.world.limits.CLOCKS", without(DELIVERIES)),
    ("software", "sim.world.pace.Pace.set", nothing),
    ("everything", "sim.world.intervention.stand_still", nothing),
    ("tax", "sim.model.intervention.TAXED", ("training",)),
    ("safety_tax", "sim.world.safety_tax.pay", nothing),
    ("cap_training", "sim.world.room._parts", lambda h100e, share, total: [] if share is None else [share]),
    ("cap_training_share", "sim.world.room._held_to", lambda spec, cap, meant: cap),
    ("cap_research", "sim.world.limited_uses.research_room", nothing),
    ("cap_run_flop", "sim.world.run_cap.cut_in_progress", always),
    ("eased", "sim.world.cut_runs.Plan.cuts", nothing),
    ("eased", "sim.world.capability_cap.uncut", lambda lab, run, meant: 0.0),
    ("slow_deliveries", "sim.world.withheld.limit", nothing),
    ("slow_deliveries", "sim.world.deliveries.let_go", nothing),
    ("shift_to_alignment", "sim.world.shift_to_alignment.shift", nothing),
    ("together", "sim.world.intervention.bound", lambda world, spec: list(world.labs)),
    ("together", "sim.world.intervention.InterventionState.hear", nothing),
]


@pytest.mark.parametrize(("kind", "place", "broken"), MUTANTS)
def test_a_broken_kernel_is_found_out(
    worlds: dict[str, Batch], kind: str, place: str, broken: Callable[..., Any]
) -> None:
    assert worlds[kind].find_out(place, broken) or (kind in KINDS and worlds["together"].find_out(place, broken))
