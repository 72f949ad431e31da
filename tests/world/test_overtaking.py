"""A lab that follows another leaves it on the very day on which its own research becomes faster: worked by hand."""

from __future__ import annotations

import math

import pytest

from sim.model.software import Diffusion, Software
from sim.world.simulate import simulate
from tests.world.build import draw, lab
from tests.world.test_progress import people, software

YEAR = 365.25


@pytest.mark.parametrize("step", [1.1, 1.5, 3.0])
@pytest.mark.parametrize("by_research", [False, True])
def test_it_leaves_between_two_looks(step: float, by_research: bool) -> None:
    """The leader grows 4x a year. The follower's own law, A' = g·A^1.5 with g = ln 2 a year, is slower until A^0.5 = 2:
    for a year both are alike, then A^-0.5 = 0.5 - g/2·t."""
    leader = people("A", software=software(training_growth=4.0, returns=0.0)) if by_research else lab(
        "A", software=Software(training_growth=4.0))  # fmt: skip
    follower = people("B", software=software(training_growth=2.0, returns=-0.5, step=step))
    learns = Diffusion(sources=["A"], receivers=["B"], lag_days=0.0, how="published")
    law = simulate(draw(leader, follower, diffusion=[learns], end=600.0)).training_efficiency["B"]
    for day in (1.0, 100.0, 300.0, 365.0):
        assert law.at(day) == pytest.approx(4.0 ** (day / YEAR), rel=1e-9)
    for day in (366.0, 400.0, 500.0, 599.0):
        expected = (0.5 - math.log(2.0) / 2.0 * (day / YEAR - 1.0)) ** -2.0
        assert law.at(day) == pytest.approx(expected, rel=1e-9)


def test_one_whose_own_law_slows_down_as_much_never_leaves() -> None:
    """Twice as slow at any efficiency: it follows for good."""
    labs = (people("A", software=software(training_growth=4.0)), people("B", software=software(training_growth=2.0)))
    learns = Diffusion(sources=["A"], receivers=["B"], lag_days=0.0, how="published")
    record = simulate(draw(*labs, diffusion=[learns], end=600.0))
    for day in (1.0, 300.0, 599.0):
        ratio = record.training_efficiency["B"].at(day) / record.training_efficiency["A"].at(day)
        assert ratio == pytest.approx(1.0, rel=1e-12)
