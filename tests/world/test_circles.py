"""Labs that learn from each other in a circle: what comes back to where it was found is no news there."""

from __future__ import annotations

import pytest

from sim.model.software import Diffusion
from sim.world import simulate
from tests.world.test_diffusion import lagging, slow, world
from tests.world.test_progress import events, with_ai

LABS = ("A", "B", "C")


def link(source: str, receiver: str, days: float) -> Diffusion:
    return lagging(days, sources=[source], receivers=[receiver])


@pytest.mark.parametrize("days", [100.0, 1.0, 0.01])
def test_what_comes_back_changes_no_bit_of_the_leader_and_goes_round_once(days: float) -> None:
    labs = with_ai("A"), slow("B"), slow("C")
    row = link("A", "B", days), link("B", "C", days)
    circle = (*row, link("C", "A", days))
    in_a_row, round_and_round = (simulate(world(*labs, rules=rules)) for rules in (row, circle))
    assert events(in_a_row, "software_diffusion", "C")
    assert round_and_round.events == in_a_row.events
    assert round_and_round.training_efficiency == in_a_row.training_efficiency
    found = {name: len(round_and_round.training_efficiency[name].pieces) for name in LABS}
    assert max(found.values()) < 3 * found["A"] + 20
