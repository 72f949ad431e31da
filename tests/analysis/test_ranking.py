"""Rank correlations and PAWN: the Ishigami function, a normal sum in closed form, and what draws cannot tell."""

from __future__ import annotations

import math

import numpy as np
import pytest

import sim
from sim.analysis.pawn_chance import index_quantile, null_indices
from sim.analysis.ranking import PAWN, RANK, SLICES, SURE, Ranking, SensitivityError, _pawn, ranking
from sim.ensemble.estimate import Floats
from sim.ensemble.factors import Factor, factors_of
from sim.ensemble.observed import Observed
from sim.ensemble.sampler import Sampler
from sim.scenario.distribution import standard_quantile
from sim.tables.table import Column

FOUR = """\
start: 2026-01-01
end: 2027-01-01
labs:
  Lab:
    compute: {stock: {uniform: [1e5 H100e, 2e5 H100e]}}
    use: {training: 20%, serving: 80%}
    runs: {every: {uniform: [4 months, 9 months]}, length: {uniform: [30 days, 60 days]}}
stronger_by: {uniform: [2x, 3x]}
"""


@pytest.fixture(scope="module")
def many() -> tuple[list[Factor], Floats]:
    """Factors named after the inputs of a scenario, and 2,048 Sobol points in (0, 1) of the first four of them."""
    scenario = sim.load("four.yaml", text=FOUR)
    sampler = Sampler(scenario, seed=1)
    factors = factors_of(scenario)[:4]
    return factors, sampler.quantiles(0, 2048)[:, [sampler.paths.index(factor.path) for factor in factors]]


@pytest.fixture(scope="module")
def four(many: tuple[list[Factor], Floats]) -> tuple[list[Factor], Floats]:
    """The first 512 of them."""
    return many[0], many[1][:512]


def result(values: Floats, open_: Floats | None = None) -> Observed:
    return Observed(Column("result", "days", ""), values, np.zeros(values.size, bool) if open_ is None else open_ > 0)


def ishigami(quantiles: Floats) -> Floats:
    """sin x1 + 7 sin² x2 + x3⁴ sin(x1) / 10, x uniform in (-π, π); the fourth input moves nothing."""
    x = math.pi * (2.0 * quantiles - 1.0)
    found: Floats = np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return found


@pytest.fixture(scope="module")
def by_pawn(many: tuple[list[Factor], Floats]) -> Ranking:
    """PAWN indices of the Ishigami function."""
    return ranking(many[0], many[1], result(ishigami(many[1])), PAWN, 5)


def test_ishigami(many: tuple[list[Factor], Floats], by_pawn: Ranking) -> None:
    factors, quantiles = many
    one, two, three, nothing = (factor.path for factor in factors)
    by_rank = ranking(factors, quantiles, result(ishigami(quantiles)), RANK, 5)
    # x2 turns and x3 only widens: no rank correlation, but both move the distribution.
    assert {factor.path for factor in by_rank.unmoved} == {two, three, nothing}
    assert [factor.path for factor in by_pawn.unmoved] == [nothing]
    assert {factor.path for factor in by_pawn.factors[:2]} == {one, two}
    for each in (by_rank, by_pawn):
        assert not each.beyond_chance(each.dummy) and each.table.rows[-1][0] == "(dummy)"
        assert all(index.low <= index.value <= index.high for index in each.indices)


def test_pawn_is_the_distance_of_distributions_in_slices(
    many: tuple[list[Factor], Floats], by_pawn: Ranking
) -> None:  # fmt: skip
    factors, quantiles = many
    values = ishigami(quantiles)
    at = {factor.path: index.value for factor, index in zip(by_pawn.factors, by_pawn.indices, strict=True)}
    points = np.sort(values)
    every = np.searchsorted(points, points, side="right") / values.size
    for factor, column in zip(factors, quantiles.T, strict=True):
        far = []
        for part in np.array_split(values[np.argsort(column)], 10):
            far.append(np.abs(np.searchsorted(np.sort(part), points, side="right") / part.size - every).max())
        assert at[factor.path] == pytest.approx(float(np.median(far)), abs=0.01)  # a point more or less in a slice


def test_a_sum_of_normals_has_spearmans_correlations_in_closed_form(four: tuple[list[Factor], Floats]) -> None:
    factors, quantiles = four
    weights = np.array([3.0, -2.0, 1.0, 0.0])
    normal = np.array([[standard_quantile(q) for q in row] for row in quantiles.tolist()])
    found = ranking(factors, quantiles, result(normal @ weights), RANK, 5)
    assert [factor.path for factor in found.factors] == [factor.path for factor in factors]
    for weight, index in zip(weights, found.indices, strict=True):
        expected = 6.0 / math.pi * math.asin(weight / math.sqrt(14.0) / 2.0)
        assert index.low <= expected <= index.high and index.high - index.low < 0.2


def test_what_is_beyond_the_end_is_tied_and_what_there_is_none_of_left_out(four: tuple[list[Factor], Floats]) -> None:
    factors, quantiles = four
    values, end = quantiles[:, 0].copy(), 0.7
    open_ = values > end
    found = ranking(factors, quantiles, result(np.minimum(values, end), open_), RANK, 5)
    # Ranks of u against those of min(u, c): 12 Cov = 12 E[u r] - 3 with r = (1 + c)/2 above c, over the spread of r.
    c = end
    mean_product = c**3 / 3.0 + (1.0 + c) / 2.0 * (1.0 - c**2) / 2.0
    variance = c**3 / 3.0 + (1.0 - c) * ((1.0 + c) / 2.0) ** 2 - 0.25
    assert found.indices[0].value == pytest.approx((mean_product - 0.25) / math.sqrt(variance / 12.0), abs=2e-3)
    assert found.factors[0].path == factors[0].path
    values[:100] = np.nan
    assert ranking(factors, quantiles, result(values), RANK, 5).draws == 412


@pytest.mark.parametrize("seed", [-1, -7, 2**70])
def test_any_whole_number_is_a_seed(seed: int, four: tuple[list[Factor], Floats]) -> None:
    factors, quantiles = four
    one, other = (ranking(factors, quantiles, result(quantiles[:, 0]), RANK, seed).table.rows for _ in range(2))
    assert one == other


def test_draws_that_tell_nothing_are_refused(four: tuple[list[Factor], Floats]) -> None:
    factors, quantiles = four
    few = np.full(512, np.nan)
    few[:12] = 1.0
    for observed, told in (
        (result(few), "12 of 512 draws have result: at least 30 are needed"),
        (result(quantiles[:, 0], np.arange(512) > 4), "is over by the end in 5 of 512 draws: at least 10"),
        (result(np.ones(512)), "is the same in all 512 draws: nothing moves it"),
    ):
        with pytest.raises(SensitivityError, match=told):
            ranking(factors, quantiles, observed, RANK, 5)


@pytest.mark.parametrize("tied", [False, True])
def test_chance_alone_gives_the_indices_that_salib_gives_random_columns(tied: bool) -> None:
    chance = np.random.default_rng(1)
    ranks = np.minimum(np.arange(200.0), 120.0 if tied else 200.0)
    columns = chance.random((200, 60))
    theirs, mine = _pawn(columns, ranks), null_indices(ranks, SLICES)
    assert theirs.mean() == pytest.approx(mine.mean(), abs=4.0 * mine.std() / math.sqrt(60))
    assert theirs.std() == pytest.approx(mine.std(), rel=0.4)


@pytest.mark.parametrize("draws", [64, 300])
def test_of_inputs_that_move_nothing_some_is_told_apart_by_pawn_in_one_of_twenty_ensembles(draws: int) -> None:
    inputs, ranks = 23, np.arange(float(draws))
    ensembles = null_indices(ranks, SLICES, seed=9)[: 23 * 860].reshape(-1, inputs)
    alarms = (ensembles.max(axis=1) > index_quantile(SURE ** (1.0 / inputs), ranks, SLICES)).mean()
    assert alarms == pytest.approx(0.05, abs=0.03)  # 4 standard errors: of 860 ensembles, and of the limit
