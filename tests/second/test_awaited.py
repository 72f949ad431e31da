"""The kernel and the second simulator agree about milestones that are about to come, and about what waits for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.second.awaited import Awaited, awaited
from tests.second.batch import batch_of, mutants, of_batch
from tests.second.compare import differences
from tests.second.test_rules import by_half

BATCHES = (3001,)
"""Of many, the one that tells the most mutants."""


@pytest.mark.parametrize("number", [of_batch(number) for number in BATCHES])
def test_they_agree(number: int) -> None:
    worlds = batch_of(awaited, Awaited, number).worlds
    found = {n: differences(world)[:5] for n, world in enumerate(worlds)}
    assert {n: what for n, what in found.items() if what} == {}
    assert sum(world.tells or world.impossible for world in worlds) >= 7


def never(*what: Any) -> Callable[..., bool]:
    """No earmark ends at a milestone."""
    return lambda *news: False


@mutants({
    3001: [
        ("sim.world.watch.quantity_of", by_half("human_equivalents")),
        ("sim.world.watch.quantity_of", by_half("public_effective_flop")),
        ("sim.world.watch.quantity_of", by_half("demand_tokens_per_s")),
        ("sim.world.deployment._end_at", never),
    ],
})
def test_a_broken_kernel_is_found_out(number: int, place: str, broken: Any) -> None:
    assert batch_of(awaited, Awaited, number).find_out(place, broken)
