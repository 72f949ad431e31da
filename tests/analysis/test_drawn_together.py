"""An input that goes together with a strong one in the draws only is not told apart; one that matters itself is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.stats import spearmanr

import sim
from sim.analysis.drawn_together import LEAST, enough
from sim.analysis.ranking import PAWN, RANK, Ranking, ranking
from sim.ensemble.estimate import Floats
from sim.ensemble.factors import Factor, factors_of
from sim.ensemble.observed import Observed
from sim.ensemble.sampler import Sampler
from sim.sensitivities import Sensitivity
from sim.show.facts import PictureFacts
from sim.show.ranking import figure
from sim.tables.table import Column
from tests.analysis.test_ranking import FOUR
from tests.cli.command import SCENARIOS
from tests.show.reading import words

DRAWS = 200
MADE = sim.load("four.yaml", text=FOUR)


@pytest.fixture(scope="module")
def factors() -> list[Factor]:
    return factors_of(MADE)[:3]


@pytest.fixture(scope="module")
def scores() -> Floats:
    """Of three inputs and a rest, each exactly uncorrelated with the others in these draws."""
    drawn = np.random.default_rng(3).normal(size=(DRAWS, 4))
    found: Floats = np.linalg.qr(drawn - drawn.mean(axis=0))[0] * np.sqrt(DRAWS)
    return found


def found_by(method: str, factors: list[Factor], inputs: list[Floats], values: Floats) -> Ranking:
    observed = Observed(Column("result", "days", ""), values, np.zeros(values.size, dtype=bool))
    return ranking(factors, np.column_stack(inputs), observed, method, 5)


def together(scores: Floats) -> Floats:
    """A column that has a correlation of 0.8 with the first."""
    return 0.8 * scores[:, 0] + 0.6 * scores[:, 1]


@pytest.mark.parametrize("method", [RANK, PAWN])
def test_what_shows_by_a_stronger_input_only_is_listed_with_it(
    method: str, factors: list[Factor], scores: Floats
) -> None:  # fmt: skip
    strong, idle, other = factors
    inputs = [scores[:, 0], together(scores), scores[:, 2]]
    found = found_by(method, factors, inputs, 3.0 * scores[:, 0] + scores[:, 3])
    assert found.beyond == 2 and [factor.path for factor in found.told_apart] == [strong.path]
    assert {factor.path for factor in found.unmoved} == {idle.path, other.path}
    assert found.together[idle.path].stronger == strong
    assert found.together[idle.path].correlation == pytest.approx(spearmanr(*inputs[:2]).statistic)
    row = dict(zip([column.name for column in found.table.columns], found.table.rows[1], strict=True))
    assert (row["input"], row["told_apart"], row["drawn_with"]) == (idle.path, False, strong.path)

    told = str(Sensitivity(found, MADE, 0, DRAWS, None))
    correlation = found.together[idle.path].correlation
    assert "1 of 3 inputs is told apart from chance" in told and f"Not told apart (1): {other.path}\n" in told
    assert (f"Not told apart from {strong.path}, with which it goes together in these draws: {idle.path} (rank "
            f"correlation {correlation:.2f})\nMore draws ({LEAST:,}), or random ones") in told  # fmt: skip
    footer = words(figure(found, PictureFacts(question="Which?", name="small", draws=DRAWS)), "footer")
    assert f"{idle.path} (from {strong.path}: {correlation:.2f})" in footer.replace("\n", " ")

    # What the scenario correlates is left as it is: the columns goes_with say so.
    stated = [dataclasses.replace(strong, follows={idle.path: 0.8}), idle, other]
    assert len(found_by(method, stated, inputs, 3.0 * scores[:, 0] + scores[:, 3]).told_apart) == 2


def test_two_that_matter_are_told_apart_though_they_go_together(factors: list[Factor], scores: Floats) -> None:
    weak = together(scores)
    found = found_by(RANK, factors, [scores[:, 0], weak, scores[:, 2]], 1.5 * scores[:, 0] + weak + 0.3 * scores[:, 3])
    assert {factor.path for factor in found.told_apart} == {factor.path for factor in factors[:2]}
    assert not found.together and "go together" not in str(Sensitivity(found, MADE, 0, DRAWS, None))


def test_what_shows_by_two_stronger_inputs_is_not_told_apart(factors: list[Factor], scores: Floats) -> None:
    """Given either of the two alone it would be: a partial correlation of 0.31, where chance gives 0.17."""
    idle = 0.4 * scores[:, 0] + 0.4 * scores[:, 1] + np.sqrt(0.68) * scores[:, 2]
    found = found_by(RANK, factors, [*scores[:, :2].T, idle], scores[:, 0] + scores[:, 1] + scores[:, 3])
    assert found.beyond == 3
    assert list(found.together) == [factors[2].path] and found.unmoved == [factors[2]]


@pytest.mark.parametrize(("name", "wanted"), [("one-lab", 1024), ("frontier-2032", 1024)])
def test_sobol_points_go_together_in_pairs_if_there_are_few_of_them(name: str, wanted: int) -> None:
    """From `enough` on no more than random ones; of many inputs 256 are not enough."""
    made = sim.load(SCENARIOS / f"{name}.yaml")
    assert enough(len(made.uncertain)) == wanted

    def largest(draws: int, method: str = "sobol") -> float:
        columns = Sampler(made, 1, method)._independent(0, draws)
        pairs = np.abs(np.asarray(spearmanr(columns).statistic))
        np.fill_diagonal(pairs, 0.0)
        return float(pairs.max())

    assert largest(32) > 0.75
    assert largest(wanted) < largest(wanted, "random") + 0.02
    assert len(made.uncertain) < 50 or largest(wanted // 4) > 1.3 * largest(wanted // 4, "random")


def test_what_is_enough_grows_with_the_inputs() -> None:
    found = {inputs: enough(inputs) for inputs in (1, 46, 93, 94, 187, 200)}
    assert found == {1: 1024, 46: 1024, 93: 1024, 94: 2048, 187: 4096, 200: 4096}

