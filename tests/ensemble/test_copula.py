"""Inputs that go together: their ranks, each one's own distribution, and what cannot be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

import sim
from sim.ensemble import Sampler
from sim.scenario import ScenarioError, load
from sim.scenario.correlation import factor, nearest_valid

A, B, C = "labs.Aurora.compute.stock", "labs.Aurora.runs.every", "labs.Aurora.runs.length"
TEXT = """
start: 2026-01-01
end: 2029-01-01
labs:
  Aurora:
    models: {name: A0, public: 2025-06-01, flop: 1e26 FLOP}
    compute: {stock: 1e5 to 2e5 H100e}
    use: {training: 10%, serving: 90%}
    runs: {every: 5 to 8 months, length: 60 to 120 days}
"""


def given(correlations: str) -> sim.Scenario:
    return load("f.yaml", text=f"{TEXT}correlations: {correlations}\n")


def column(sampler: Sampler, points: np.ndarray, path: str) -> np.ndarray:
    return points[:, sampler.paths.index(path)]


def test_ranks_correlate_as_stated_and_each_input_keeps_its_distribution() -> None:
    stated = np.array([[1.0, 0.7, -0.3], [0.7, 1.0, 0.2], [-0.3, 0.2, 1.0]])
    sampler = Sampler(given(f"[{{inputs: [{A}, {B}, {C}], matrix: {stated.tolist()}}}]"))
    points = sampler.quantiles(0, 4096)
    three = np.array([column(sampler, points, path) for path in (A, B, C)])
    assert stats.spearmanr(three.T).statistic == pytest.approx(stated, abs=0.01)
    for each in three:
        assert np.sort(each) == pytest.approx((np.arange(4096) + 0.5) / 4096, abs=0.01)
    alone = Sampler(load("f.yaml", text=TEXT)).quantiles(0, 4096)
    others = [k for k, path in enumerate(sampler.paths) if path not in (B, C)]
    assert (points[:, others] == alone[:, others]).all()
    assert (sampler.quantiles(300, 310) == points[300:310]).all()


def test_at_100_percent_it_is_one_quantity_in_two_places() -> None:
    sampler = Sampler(given(f"[{{inputs: [{A}, {B}], correlation: 100%}}, {{inputs: [{A}, {C}], correlation: -100%}},"
                            f"{{inputs: [{B}, {C}], correlation: -1}}]"))  # fmt: skip
    points = sampler.quantiles(0, 64)
    assert (column(sampler, points, A) == column(sampler, points, B)).all()
    assert (column(sampler, points, C) == 1.0 - column(sampler, points, A)).all()


def test_a_series_goes_with_itself_in_time(again: Callable[[sim.Scenario], sim.Scenario]) -> None:
    """Values t years apart have normal scores of correlation 0.8^t; at 100% they have one quantile."""
    stocks = "2026-01-01: 1e5 to 2e5 H100e, 2027-01-01: 2e5 to 4e5 H100e, 2029-01-01: 4e5 to 9e5 H100e"
    dated = f"{{{stocks}, correlation: 80%}}"
    for text, rho in ((dated, 0.8), (dated.replace("80%", "100%"), 1.0)):
        scenario = load("f.yaml", text=TEXT.replace("1e5 to 2e5 H100e", text))
        assert again(scenario).correlations == scenario.correlations
        sampler = Sampler(scenario)
        points = sampler.quantiles(0, 4096)
        scores = [stats.norm.ppf(column(sampler, points, f"{A}.{year}-01-01")) for year in (2026, 2027, 2029)]
        wanted = [rho ** (days / 365.25) for days in (365, 1096, 731)]
        found = np.corrcoef(scores)
        assert [found[0, 1], found[0, 2], found[1, 2]] == pytest.approx(wanted, abs=0.01)
        if rho == 1.0:
            assert (scores[0] == scores[1]).all()


@pytest.fixture
def again() -> Callable[[sim.Scenario], sim.Scenario]:
    return lambda scenario: load("again.yaml", text=scenario.effective_yaml())


@pytest.mark.parametrize(
    ("correlations", "message"),
    [
        (f"[{{inputs: [{A}, {B}], correlation: 90%}}, {{inputs: [{B}, {C}], correlation: 90%}}, "
         f"{{inputs: [{A}, {C}], correlation: -90%}}]",
         f"correlations: these correlations cannot all be: the nearest that can are {A} and {B} 0.48 (not 0.90), "
         f"{A} and {C} -0.48 (not -0.90), {B} and {C} 0.48 (not 0.90)"),
        (f"[{{inputs: [{A}, {B}], correlation: 120%}}]",
         "correlations[0].correlation: a correlation is one number from -100% to 100%, got '120%'"),
        (f"[{{inputs: [{A}, labs.Aurora.runs.evry], correlation: 20%}}]",
         "correlations[0].inputs: there is no uncertain input 'labs.Aurora.runs.evry' (did you mean "
         "'labs.Aurora.runs.every'?)"),
        (f"[{{inputs: [{A}, {B}], matrix: [[1, 0.5], [0.4, 1]]}}]",
         "correlations[0].matrix: rows and columns must agree: 0.4 in row 2, 0.5 in row 1"),
        (f"[{{inputs: [{A}, {B}], matrix: [[1, 0.5]]}}]",
         "correlations[0].matrix: expected 2 rows of 2 numbers, as many as `inputs`"),
        (f"[{{inputs: [{A}, {B}], correlation: 0.5}}, {{inputs: [{B}, {A}], correlation: 0.4}}]",
         f"correlations[1]: the correlation of {A} and {B} is stated twice"),
        ("[{inputs: [stronger_by]}]", "correlations[0]: expected {inputs: [A, B], correlation: 50%}, or inputs with a "
         "`matrix` of their correlations"),
        ("50%", "correlations: expected a list, as in [{inputs: [A, B], correlation: 50%}]; got '50%'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(correlations: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        given(correlations)
    assert [str(problem).split(": ", 1)[1] for problem in caught.value.problems] == [message]


def test_what_is_offered_is_valid_and_nearest() -> None:
    """Of three inputs of correlations r, r, −r a matrix is valid up to r = 1/2: the nearest to 0.9 is there."""
    near = np.array(nearest_valid([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]))
    assert abs(near[np.triu_indices(3, 1)]) == pytest.approx([0.5] * 3, abs=1e-3)
    assert np.linalg.eigvalsh(near).min() > -1e-9
    offered = f"[{{inputs: [{A}, {B}, {C}], matrix: [[1, 0.48, -0.48], [0.48, 1, 0.48], [-0.48, 0.48, 1]]}}]"
    assert len(given(offered).correlations) == 3


def test_the_factor_gives_the_matrix_again() -> None:
    for matrix in ([[1.0, 0.5], [0.5, 1.0]], [[1.0, 1.0, 0.3], [1.0, 1.0, 0.3], [0.3, 0.3, 1.0]]):
        lower = np.array(factor(matrix))
        assert lower @ lower.T == pytest.approx(np.array(matrix), abs=1e-12)
    assert factor([[1.0, 1.0, 0.3], [1.0, 1.0, 0.5], [0.3, 0.5, 1.0]]) is None
