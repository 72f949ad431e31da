"""What a lab may use: others' models too, and while its fleets have no accelerators."""

from __future__ import annotations

from typing import Any

import pytest

from sim.model.level import Milestone
from sim.model.software import Theft
from sim.world.simulate import simulate
from tests.world.build import draw, existing, fleet, inference, lab, run
from tests.world.observe import days, held

STRONG = 1e26


@pytest.mark.parametrize("way", ["open", "stolen"])
def test_the_best_model_for_internal_use_may_be_anothers(way: str) -> None:
    theirs = existing("B0", -10.0, 2.0 * STRONG, public=-5.0, opened=100.0 if way == "open" else None)
    world = draw(
        lab("A", models=[existing("A0", -10.0, 1e24)]), lab("B", models=[theirs]), end=200.0,
        milestones={"strong": Milestone(name="strong", lab="A", effective_flop=STRONG)},
        thefts={} if way == "open" else {"T": Theft(name="T", thief="A", victim="B", what="model", on=100.0)},
    )  # fmt: skip
    assert simulate(world).milestones == {"strong": 100.0}


def test_a_fleet_without_accelerators_chooses_by_its_share() -> None:
    """A run has them all: a model that does more work is taken up when it comes, not when the run is over."""
    flop: Any = inference(throughput="flop")
    big, small = existing("Big", -10.0, 2e25, params=1e13), existing("Small", 20.0, 1e25, params=1e10)
    site = lab("A", use={"training": 0.4, "research": 0.6}, models=[big, small],
               fleets={"research": fleet("research", choose="most_work", inference=flop)},
               runs=[run("All", starts=0.0, share=1.0, length_days=50.0)])  # fmt: skip
    record = simulate(draw(site, end=100.0))
    assert days(record, "fleet_model", "research:Small") == [20.0]
    assert held(record, "research", 30.0) == 0.0 and held(record, "research", 60.0, model="Small") > 0.0
