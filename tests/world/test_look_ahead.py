"""How far ahead the day of a crossing is looked for is no part of the result."""

from __future__ import annotations

import pytest

from sim.model.draw import Draw
from sim.model.level import Milestone
from sim.world import simulate
from tests.world.build import draw, stock
from tests.world.test_progress import people, with_ai


def world() -> Draw:
    labs = with_ai(compute=[stock(1000.0), stock(4000.0, on=100.0)]), people("B")
    found = draw(*labs, end=900.0)
    found.milestones = {
        "ten": Milestone(name="ten", training_efficiency=10.0),
        "together": Milestone(name="together", copies=1e4, together=True),
        "never": Milestone(name="never", training_efficiency=1e9),
    }
    return found


@pytest.mark.parametrize("days", [0.7, 1e9])
def test_looking_less_or_further_ahead_changes_no_bit(days: float, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = simulate(world())
    assert {"ten", "together"} == set(usual.milestones)
    monkeypatch.setattr("sim.world.watch.NEAR_DAYS", days)
    again = simulate(world())
    assert again.events == usual.events
    assert again.training_efficiency == usual.training_efficiency
