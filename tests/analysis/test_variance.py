"""Sobol indices: the Ishigami function's in closed form, by the design and the estimators that scenarios get."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

import sim
from sim.analysis.ranking import SensitivityError
from sim.analysis.variance import CHANCE, Variance, blocks_of, saltelli_rows, variance
from sim.base.limits import MOST_DRAWS
from sim.ensemble.design import second_points
from sim.ensemble.estimate import Floats
from sim.ensemble.factors import factors_of
from sim.ensemble.observed import Observed
from sim.ensemble.sampler import Sampler
from sim.sensitivity_report import _variance
from sim.tables.table import Column
from tests.analysis.test_ranking import FOUR, ishigami
from tests.analysis.test_tornado import TOGETHER
from tests.ensemble.worlds import scenario

POINTS = 1024


def indices(function: Callable[[Floats], Floats], unit: str = "days", points: int = POINTS, seed: int = 2) -> Variance:
    """Of a function of the quantiles of the first four inputs."""
    made = sim.load("four.yaml", text=FOUR)
    sampler = Sampler(made, seed=seed)
    blocks = blocks_of(factors_of(made)[:4], False)
    rows, _ = saltelli_rows(sampler.paths, blocks, sampler.quantiles(0, points), second_points(sampler, points))
    of = rows[:, [sampler.paths.index(block.path) for block in blocks]]
    values = function(of)
    return variance(blocks, Observed(Column("result", unit, ""), values, np.zeros(values.size, dtype=bool)), seed)


def test_ishigami_in_closed_form() -> None:
    a, b = 7.0, 0.1
    of_two, of_one = a**2 / 8.0, 0.5 * (1.0 + b * math.pi**4 / 5.0) ** 2
    of_both = b**2 * math.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    whole = of_one + of_two + of_both
    first = [of_one / whole, of_two / whole, 0.0, 0.0]
    total = [(of_one + of_both) / whole, of_two / whole, of_both / whole, 0.0]
    found = indices(ishigami)
    at = {block.path: share for block, share in zip(found.blocks, found.shares, strict=True)}
    for factor, one, every in zip(factors_of(sim.load("four.yaml", text=FOUR))[:4], first, total, strict=True):
        share = at[factor.path]
        assert abs(share.first - one) <= share.first_half + 1e-12 and share.first_half < 0.12
        assert abs(share.total - every) <= share.total_half + 1e-12 and share.total_half < 0.12
    assert [factor.path for factor in found.unmoved] == [found.blocks[3].path]
    assert abs(found.alone - sum(first)) < found.alone_half < 0.2 and found.alone + found.alone_half < 1.0
    assert "the rest comes of what they do together" in _variance(found)[-2]
    assert found.runs == POINTS * 6 and not found.by_factors
    assert found.table.rows[0][0] == found.blocks[0].path and found.table.rows[3][8] is False


def test_a_product_of_lognormals_is_shared_by_its_logarithm() -> None:
    def product(quantiles: Floats) -> Floats:
        return np.exp(3.0 * quantiles[:, 0] + 4.0 * quantiles[:, 1])

    found = indices(product, "copies", 256)
    assert found.by_factors and found.shares[0].first == pytest.approx(16.0 / 25.0, abs=found.shares[0].first_half)
    assert found.shares[1].total == pytest.approx(9.0 / 25.0, abs=found.shares[1].total_half)


def test_what_goes_together_is_one_and_random_events_are_another() -> None:
    made = scenario(**{"labs:": TOGETHER})
    blocks = blocks_of(factors_of(made), True)
    paths = {block.path: block.paths for block in blocks}
    assert paths["labs.Aurora.runs.length"] == ("labs.Aurora.runs.length", "labs.Borealis.runs.every")
    assert set(paths["labs.Aurora.compute.stock"]) == {"labs.Aurora.compute.grows", "labs.Aurora.compute.stock"}
    assert blocks[-1].path == CHANCE and sorted(sum(paths.values(), ())[:-0 or None]) == sorted(made.uncertain)
    sampler = Sampler(made, seed=1)
    first, second = sampler.quantiles(0, 3), second_points(sampler, 3)
    rows, events = saltelli_rows(sampler.paths, blocks, first, second)
    many = len(blocks) + 2
    assert rows.shape == (3 * many, len(sampler.paths)) and (rows[0::many] == first).all()
    assert (rows[many - 1 :: many] == second).all() and (rows[many - 2 :: many] == first).all()
    for n, block in enumerate(blocks[:-1]):
        moved = [path in block.paths for path in sampler.paths]
        assert (rows[n + 1 :: many] == np.where(moved, second, first)).all()
    assert events[:many].tolist() == [0] * (many - 2) + [MOST_DRAWS] * 2 and events[many] == 1
    length, every = (sampler.paths.index(path) for path in paths["labs.Aurora.runs.length"])
    assert (second[:, length] == second[:, every]).all()  # the second points go together as the first


def test_points_without_a_result_and_results_that_never_differ_are_refused() -> None:
    def sometimes(quantiles: Floats) -> Floats:
        return np.where(quantiles[:, 0] > 0.8, np.nan, quantiles[:, 1])

    with pytest.raises(SensitivityError, match="of the points lack it in some of their runs"):
        indices(sometimes, points=64)
    with pytest.raises(SensitivityError, match="is the same in all 384 runs: nothing moves it"):
        indices(lambda quantiles: np.ones(len(quantiles)), points=64)
    with pytest.raises(SensitivityError, match="8 points have it in all of their runs: at least 16 are needed"):
        indices(lambda quantiles: quantiles[:, 0], points=8)


def test_the_bands_of_any_seed_are_the_same_each_time() -> None:
    one, other = (indices(lambda quantiles: quantiles @ [4.0, 3.0, 2.0, 1.0], "days", 16, -1).table.rows for _ in "ab")
    assert one == other


@pytest.mark.parametrize("seed", range(4))
def test_the_band_of_what_all_make_alone_holds_the_whole_of_a_sum(seed: int) -> None:
    """Few points give a sum of shares far from the 1 that it is: a rest that comes of nothing must not be told."""
    found = indices(lambda quantiles: quantiles @ [4.0, 3.0, 2.0, 1.0], points=32, seed=seed)
    assert abs(found.alone - 1.0) < 1.6 * found.alone_half and found.alone_half > 0.02  # 3 standard errors
    told = " ".join(_variance(found))
    assert ("the rest comes" in told) == (found.alone + found.alone_half < 1.0)
    assert f"{found.shares[0].first - found.shares[0].first_half:.2f} to " in told
