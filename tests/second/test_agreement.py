"""The kernel and a second simulator that shares nothing with it agree about random scenarios."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sim.world import cluster
from sim.world.deliveries import _plan_retirement as plan_retirement
from sim.world.deployment import begin
from sim.world.efficiency import inference_law
from sim.world.lab import LabState
from sim.world.new_model import make_model
from sim.world.policy import by_shares, share_rest
from sim.world.programme import _plan_next as plan_next
from sim.world.programme import become_due, start_of
from sim.world.training import _begin_phase as begin_phase
from sim.world.view import View
from tests.second.batch import batch_of, mutants, of_batch
from tests.second.compare import World, differences
from tests.second.plain import plain
from tests.second.scenarios import scenarios
from tests.second.simulator import Second
from tests.second.whole import Whole

lose = cluster.lose

BATCHES, PLAIN = (1, 4, 6, 8, 9, 12), (4, 8, 12)
"""Of many, those that tell the most mutants; and those for the second simulator without the files that build on it."""


@pytest.mark.parametrize("number", [of_batch(number) for number in BATCHES])
def test_they_agree(number: int) -> None:
    agree(batch_of(scenarios, Whole, number).worlds)


@pytest.mark.parametrize("number", [of_batch(number) for number in PLAIN])
def test_the_plain_one_agrees(number: int) -> None:
    agree(batch_of(plain, Second, number).worlds)


def agree(worlds: list[World]) -> None:
    found = {n: differences(world)[:5] for n, world in enumerate(worlds)}
    assert {n: what for n, what in found.items() if what} == {}
    assert sum(world.tells for world in worlds) >= 6


# A comparison that cannot fail proves nothing: the kernel, broken in one rule, must be found out.


def nothing_lent(view: View) -> dict[str, dict[str, float]]:
    return {
        use: {kind: min(count, view.shares[use] * view.total[kind]) for kind, count in held.items()}
        for use, held in share_rest(view).items()
    }


def fleets_first(view: View) -> dict[str, dict[str, float]]:
    """Experiments keep their share, and the fleets give way."""
    uses = share_rest(view)
    for kind, total in view.total.items():
        have = sum(held.get(kind, 0.0) for held in uses.values())
        if "experiments" in uses and have < view.owed_share * total:
            kept = min(have, view.experiments_share * total)
            for use, part in view.fleet_parts:
                uses[use][kind] = (have - kept) * part
            uses["experiments"][kind] = kept
    return uses


def gain_on_gain(lab: Any, run: Any, day: float) -> Any:
    """A post-training keeps the gain of its base."""
    model = make_model(lab, run, day)
    model.flop_times_efficiency = model.effective_flop
    return model


def whole_batches_retire(lab: Any, kind: str, count: float, event_kind: str, causes: Any = ()) -> None:
    """What a gang holds back is forgotten."""
    lose(lab, kind, count, event_kind, causes)
    lab.retiring = {}


def never_ends(what: Any) -> None:
    """An earmark whose time is over stays."""


def more_credit(lab: Any, run: Any, event: int, day: float) -> None:
    begin_phase(lab, run, event, day)
    run.phase_efficiency *= 1.05 if run.phase else 1.0


def for_from_the_end(lab: Any, mark: Any, cause: int) -> None:
    if mark.for_days is not None and mark.model.finished is not None:
        mark.for_days -= lab.world.agenda.day - mark.model.finished
    begin(lab, mark, cause)


def holds_its_share(view: View, first: bool, hold: str = "") -> Any:
    """A run that is to come first keeps to training's share."""
    return by_shares(view, False, hold)


def ignores_the_exponent(law: Any, trained: Any, base_date: float) -> Any:
    return inference_law(replace(law, inference_exponent=None), trained, base_date)


def inclusive(clock: Any, lab: Any, spec: Any, *rest: Any) -> None:
    plan_next(clock, lab, spec if spec.until is None else replace(spec, until=spec.until + 1e-6), *rest)


def starts_anew(what: Any, *rest: Any) -> None:
    """A run in progress at the start has done nothing yet."""
    become_due(what, *rest)
    what[1].backdated = 0.0


def no_evaluation(spec: Any, lab: Any) -> float:
    days = sum(phase.length_days or 0.0 for phase in spec.phases or ())
    return start_of(spec, lab) + (0.0 if spec.starts is not None else days)


def life_from_the_start(lab: Any, batch: Any, *rest: Any) -> None:
    plan_retirement(lab, replace(batch, day=max(0.0, batch.day)), *rest)


def all_but_runs(lab: LabState | View) -> dict[str, float]:
    """Firm earmarks are as good as free."""
    free = dict(lab.total)
    for run in lab.running:
        for kind, count in run.held.items():
            free[kind] -= count
    return free


def idle_stays(view: View) -> dict[str, dict[str, float]]:
    """Declared idle is given to no run."""
    uses = share_rest(view)
    for kind, total in view.total.items():
        have = sum(held.get(kind, 0.0) for held in uses.values())
        left = max(0.0, total - view.taken.get(kind, 0.0) - view.idle_share * total)
        for held in uses.values():
            held[kind] *= min(1.0, left / have) if have else 1.0
    return uses


def waits_alone(run: Any, total: Any, accelerators: Any) -> bool:
    """A run that waits holds up none."""
    return True


def the_newest(fleet: Any, model: Any) -> bool:
    """Not the strongest."""
    return True


@mutants({
    4: [
        ("sim.world.policy.share_rest", nothing_lent),
        ("sim.world.deployment.begin", for_from_the_end),
        ("sim.world.training._begin_phase", more_credit),
        ("sim.world.choice.as_strong", the_newest),
    ],
    8: [
        ("sim.world.policy.share_rest", fleets_first),
        ("sim.world.deployment._expire", never_ends),
        ("sim.world.policy.share_rest", idle_stays),
        ("sim.world.deliveries._plan_retirement", life_from_the_start),
        ("sim.world.policy.by_shares", holds_its_share),
        ("sim.world.policy.too_large", waits_alone),
        ("sim.world.training.make_model", gain_on_gain),
        ("sim.world.programme._plan_next", inclusive),
        ("sim.world.cluster.lose", whole_batches_retire),
        ("sim.world.setup.inference_law", ignores_the_exponent),
    ],
    12: [
        ("sim.world.view.View.free", property(all_but_runs)),
        ("sim.world.programme.start_of", no_evaluation),
    ],
})
def test_the_plain_one_finds_out_a_broken_kernel(number: int, place: str, broken: Any) -> None:
    assert batch_of(plain, Second, number).find_out(place, broken)


@mutants({
    1: [
        ("sim.world.policy.share_rest", nothing_lent),
        ("sim.world.policy.share_rest", fleets_first),
        ("sim.world.programme.become_due", starts_anew),
    ],
    4: [
        ("sim.world.training._free", all_but_runs),  # firm earmarks give way to a phase
        ("sim.world.deployment._expire", never_ends),
        ("sim.world.deployment.begin", for_from_the_end),
    ],
    6: [
        ("sim.world.policy.share_rest", idle_stays),
        ("sim.world.training._begin_phase", more_credit),
        ("sim.world.choice.as_strong", the_newest),
        ("sim.world.deliveries._plan_retirement", life_from_the_start),
    ],
    8: [
        ("sim.world.policy.by_shares", holds_its_share),
        ("sim.world.policy.too_large", waits_alone),
        ("sim.world.training.make_model", gain_on_gain),
        ("sim.world.programme._plan_next", inclusive),
    ],
    9: [
        ("sim.world.view.View.free", property(all_but_runs)),
        ("sim.world.cluster.lose", whole_batches_retire),
        ("sim.world.setup.inference_law", ignores_the_exponent),
    ],
    12: [
        ("sim.world.programme.start_of", no_evaluation),
    ],
})
def test_a_broken_kernel_is_found_out(number: int, place: str, broken: Any) -> None:
    assert batch_of(scenarios, Whole, number).find_out(place, broken)
