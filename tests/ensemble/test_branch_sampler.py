"""Draws of a branch: closed forms for what is drawn given what is kept."""

from __future__ import annotations

import math
from datetime import date
from statistics import NormalDist

from sim.ensemble.branch import Place
from sim.ensemble.branch_sampler import BranchSampler
from sim.ensemble.sampler import Sampler
from tests.ensemble.branches import FIRST, SECOND, kolmogorov, world

DRAW = 5
"""One in which the first value is far from its median."""


def test_what_goes_together_with_what_is_kept_is_drawn_given_that() -> None:
    """Scores of two values with the correlation r: given one at z, the other is normal about r·z with √(1 − r²)."""
    scenario = world()
    sampler = BranchSampler(scenario, 0, "sobol", Place(DRAW, date(2027, 1, 1), 365.0), {SECOND: (0.0, 1.0)})
    rows = sampler.quantiles(0, 512)
    r = scenario.correlations[FIRST, SECOND]
    scores = [NormalDist().inv_cdf(q) for q in rows[:, sampler.paths.index(SECOND)]]
    z = NormalDist().inv_cdf(sampler.row[sampler.paths.index(FIRST)])
    assert abs(r) > 0.7 and abs(z) > 0.5
    assert kolmogorov(scores, NormalDist(r * z, math.sqrt(1.0 - r * r)).cdf) < 1.95
    others = [column for column, path in enumerate(sampler.paths) if path != SECOND]
    assert (rows[:, others] == Sampler(scenario).quantiles(DRAW, DRAW + 1)[0][others]).all()
