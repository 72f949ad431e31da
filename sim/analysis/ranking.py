"""Which inputs a result goes with, from draws that are there: rank correlations and PAWN, and what chance alone gives.

Rank: Spearman's correlation of the input and the result over the draws. It sees what rises or falls throughout.
PAWN (Pianosi and Wagener 2018, by SALib): draws are cut into ten slices by the input; the largest distance between the
result's distribution in a slice and in all draws, its median over slices. It sees any influence, and has no sign.

Chance: columns of random numbers that no draw read are put through the same. Of as many such dummies as there are
inputs, the strongest is below `noise` in 95 of 100 ensembles: a rank correlation is nearly normal, PAWN is skewed, and
its limit is read off many simulated dummies (`sim.analysis.pawn_chance`). What is beyond chance only because it goes
together with a stronger input in these draws is not told apart (`sim.analysis.drawn_together`). Bands are those of
drawing the draws again (bootstrap).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.drawn_together import TOGETHER, DrawnTogether, drawn_together
from sim.analysis.pawn_chance import index_quantile
from sim.ensemble.columns import keyed, uniform
from sim.ensemble.estimate import Floats
from sim.ensemble.expected_ranks import expected_ranks
from sim.ensemble.factors import Factor
from sim.ensemble.observed import Observed
from sim.scenario.distribution import standard_quantile
from sim.tables.table import Column, Table

RANK, PAWN = "rank", "pawn"
DUMMIES = {RANK: 512, PAWN: 1}
"""Columns of random numbers that tell what chance gives; the first is the one that is shown."""

SURE = 0.95
RESAMPLES = {RANK: 200, PAWN: 16}
SLICES = 10
LEAST, LEAST_REACHED = 30, 10
"""Draws that must have the result, and in which it must not be open: else nothing is said."""

COLUMNS = [
    Column("input", "", "path in the scenario; of the first, if one quantity stands in several places"),
    Column("also", "", "the other places"),
    Column("index", "1", "how strongly the result goes with it: rank correlation (-1 to 1), or PAWN (0 to 1)"),
    Column("low", "1", "95% band from drawing the draws again: lower end"),
    Column("high", "1", "the same: upper end"),
    Column("told_apart", "", "true if it is stronger than the strongest of as many dummies (95%), and not by going "
           "together with a stronger input in these draws only"),
    Column("guess", "", "true if its range is a guess"),
    Column("stated", "", "as written in the scenario"),
    Column("source", "", "what its range rests on"),
    Column("goes_with", "", "inputs that are correlated with it: part of its index may be theirs"),
    Column("drawn_with", "", "the stronger input that it is not told apart from, as they go together in these draws"),
    Column("drawn_with_correlation", "1", "their rank correlation in these draws"),
]


class SensitivityError(ValueError):
    """The draws that are there cannot say what a result is sensitive to."""


@dataclass(frozen=True, slots=True)
class Index:
    """How strongly a result goes with an input, and its band."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Indices of all inputs, the strongest first. noise: what the strongest of as many dummies is below, 95%.

    dummy: the index of one of them. draws: how many had the result. together: path -> the stronger input that it is
    not told apart from, of inputs that are beyond chance.
    """

    method: str
    observed: Observed
    factors: tuple[Factor, ...]
    indices: tuple[Index, ...]
    dummy: Index
    noise: float
    draws: int
    together: Mapping[str, DrawnTogether]

    def beyond_chance(self, index: Index) -> bool:
        """Whether it is stronger than chance."""
        return abs(index.value) > self.noise

    @property
    def beyond(self) -> int:
        """How many inputs are stronger than chance: the first so many."""
        return sum(self.beyond_chance(index) for index in self.indices)

    @property
    def told_apart(self) -> list[Factor]:
        """Inputs that are stronger than chance, and not as they go together with a stronger one in these draws only."""
        return [factor for factor in self.factors[: self.beyond] if factor.path not in self.together]

    @property
    def unmoved(self) -> list[Factor]:
        """Inputs that are not told apart, from chance or from a stronger input."""
        apart = {factor.path for factor in self.told_apart}
        return [factor for factor in self.factors if factor.path not in apart]

    @property
    def table(self) -> Table:
        """A row for each input, the strongest first, and the dummy as the last."""
        rows: list[tuple[object, ...]] = []
        apart = {factor.path for factor in self.told_apart}
        for factor, index in zip(self.factors, self.indices, strict=True):
            item, other = factor.input, self.together.get(factor.path)
            rows.append((factor.path, ";".join(factor.same), index.value, index.low, index.high,
                         factor.path in apart, item.guess, item.text, item.source, ";".join(factor.partly),
                         *(("", None) if other is None else (other.stronger.path, other.correlation))))  # fmt: skip
        rows.append(("(dummy)", "", self.dummy.value, self.dummy.low, self.dummy.high, self.beyond_chance(self.dummy),
                     False, "random numbers that no draw read", "", "", "", None))  # fmt: skip
        return Table("sensitivity", COLUMNS, rows)


def ranking(factors: Sequence[Factor], inputs: Floats, observed: Observed, method: str, seed: int) -> Ranking:
    """Indices from draws. inputs: a row a draw, a column for each factor. method: RANK or PAWN.

    seed: of the dummies and of drawing again. Raises SensitivityError where the draws say too little.
    """
    ranks = result_ranks(observed)
    known = observed.known
    columns = np.column_stack([expected_ranks(column) for column in inputs[known].T])
    dummies = np.column_stack([uniform(seed, f"dummy/{n}", 0, known.size) for n in range(DUMMIES[method])])[known]
    of = {RANK: _correlations, PAWN: _pawn}[method]
    found = of(columns, ranks)
    chance = of(dummies, ranks)
    bands = _bands(method, np.column_stack([columns, dummies[:, :1]]), ranks, seed)
    # Each dummy within `noise` with the chance that makes the strongest of all do so in 19 of 20 ensembles.
    within = SURE ** (1.0 / len(factors))
    if method == RANK:
        noise = standard_quantile((1.0 + within) / 2.0) * float(np.sqrt(np.mean(chance**2)))
    else:
        noise = index_quantile(within, ranks, SLICES)
    order = sorted(range(len(factors)), key=lambda n: (-abs(found[n]), n))
    half = standard_quantile((1.0 + SURE) / 2.0) * bands
    indices = [_index(method, found[n], half[n]) for n in order]
    dummy = _index(method, chance[0], half[-1])
    together = drawn_together(factors, columns, ranks, found, noise, None if method == RANK else TOGETHER)
    return Ranking(method, observed, tuple(factors[n] for n in order), tuple(indices), dummy, noise, int(known.sum()),
                   together)  # fmt: skip


def result_ranks(observed: Observed) -> Floats:
    """The ranks of a result in the draws that have it. Raises SensitivityError if they say nothing."""
    known = observed.known
    values, open_ = observed.values[known], observed.open[known]
    if values.size < LEAST:
        raise SensitivityError(f"{values.size:,} of {known.size:,} draws have {observed.name}: at least {LEAST} are "
                               "needed; take more draws")  # fmt: skip
    closed = int((~open_).sum())
    if closed < LEAST_REACHED:
        what = "is reached by the end" if observed.dated else "is over by the end"
        raise SensitivityError(f"{observed.name} {what} in {closed:,} of {values.size:,} draws: at least "
                               f"{LEAST_REACHED} are needed; take a later end, or more draws")  # fmt: skip
    ranks = expected_ranks(values, open_)
    if np.ptp(ranks) == 0.0:
        raise SensitivityError(f"{observed.name} is the same in all {values.size:,} draws: nothing moves it")
    return ranks


def _index(method: str, value: float, half: float) -> Index:
    low = -1.0 if method == RANK else 0.0
    return Index(float(value), max(low, float(value - half)), min(1.0, float(value + half)))


def _correlations(columns: Floats, ranks: Floats, weights: Floats | None = None) -> Floats:
    """Pearson's correlation of each column with the ranks; 0 for a column that is the same in all draws."""
    weights = np.full(ranks.size, 1.0) if weights is None else weights
    weights = weights / weights.sum()
    result = ranks - weights @ ranks
    means = weights @ columns
    spread = np.sqrt(np.maximum(weights @ columns**2 - means**2, 0.0) * (weights @ result**2))
    products = (weights * result) @ columns
    return np.divide(products, spread, out=np.zeros(columns.shape[1]), where=spread > 1e-12)


def _pawn(columns: Floats, ranks: Floats) -> Floats:
    from SALib.analyze import pawn

    names = [f"x{n}" for n in range(columns.shape[1])]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    # Slices of equal size by order, equal values by the number of their draw: those by value would leave out the
    # largest value of an input that has only a few.
    ordered = np.argsort(np.argsort(columns, axis=0, kind="stable"), axis=0, kind="stable").astype(np.float64)
    found: Floats = np.asarray(pawn.analyze(problem, ordered, ranks, S=SLICES)["median"], dtype=np.float64)
    return found


def _bands(method: str, columns: Floats, ranks: Floats, seed: int) -> Floats:
    """The standard error of each column's index: its spread over draws drawn again with replacement."""
    chance = np.random.default_rng(keyed(seed, f"bands/{method}"))
    n = ranks.size
    found = []
    for _ in range(RESAMPLES[method]):
        again: NDArray[np.int64] = chance.integers(0, n, n)
        if method == RANK:
            found.append(_correlations(columns, ranks, np.bincount(again, minlength=n).astype(np.float64)))
        else:
            found.append(_pawn(columns[again], ranks[again]))
    errors: Floats = np.std(found, axis=0, ddof=1)
    return errors
