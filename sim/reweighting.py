"""An ensemble given facts: draws weighted by how likely the facts are in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.ensemble.estimate import Estimate, Floats, effective, share_error, weighted_quantile
from sim.ensemble.fact import parse_fact
from sim.ensemble.observed import END, NoSuchResult, Observed, Results, columns_in
from sim.ensemble.part import INPUTS, OUTCOMES
from sim.ensemble.store import Store
from sim.ensemble.summary import QUANTILES
from sim.ensemble.survival import kaplan_meier

if TYPE_CHECKING:
    import pandas as pd

TOLD = (0.05, 0.5, 0.95)
LEAST, FEW = 10.0, 100.0
"""Draws that the weights must be worth, and below which it is told that they are few."""


class TooFewDraws(ValueError):
    """The facts leave too few draws to say anything."""


class Given:
    """What an ensemble's draws say if facts are taken as known.

    weights: of draws 0 to n − 1; they add up to 1. effective_draws: how many draws of equal weight they are worth
    (Kish). facts: as they were read. unclear: in how many draws their end leaves open whether a fact holds; these, and
    those that do not have the result, weigh nothing.
    """

    def __init__(self, name: str, results: Results, inputs: Mapping[str, Observed], facts: Sequence[str]) -> None:
        """Raises `sim.ensemble.fact.FactError`, `sim.ensemble.observed.NoSuchResult` and TooFewDraws."""
        if not facts:
            raise ValueError("reweight needs a fact at least")
        self.name = name
        self._results, self._inputs = results, inputs
        self.facts = [parse_fact(fact) for fact in facts]
        found = np.ones(results.draws)
        open_ = np.zeros(results.draws, dtype=bool)
        for fact in self.facts:
            likelihood, unclear = fact.likelihood(self.observed(fact.name))
            found *= likelihood
            open_ |= unclear
        self.unclear = int(open_.sum())
        self.effective_draws = effective(found)
        if self.effective_draws < LEAST:
            told = "; ".join(fact.text for fact in self.facts)
            raise TooFewDraws(f"{told}: worth {self.effective_draws:.1f} of {results.draws:,} draws, and fewer than "
                              f"{LEAST:g} say nothing: take more draws, or facts that are less surprising")  # fmt: skip
        self.weights: Floats = found / found.sum()

    def observed(self, name: str) -> Observed:
        """A result, or an uncertain input, in every draw. Raises `sim.ensemble.observed.NoSuchResult`."""
        return self._inputs[name] if name in self._inputs else self._results.observed(name)

    def quantiles(self, name: str, at: tuple[float, ...] = QUANTILES) -> dict[float, Estimate]:
        """Quantiles of a result given the facts, with their Monte Carlo error; dates as days since 1970-01-01.

        name: as in `Ensemble.sensitivity`, or the path of an uncertain input. What is open at a draw's end counts as
        longer, or later, than that (Kaplan-Meier); a quantile that so many draws have not reached is None.
        Raises ValueError for another name, or a quantile outside (0, 1).
        """
        if not all(0.0 < q < 1.0 for q in at):
            raise ValueError(f"a quantile lies between 0 and 1, got {at}")
        found = quantiles_of(self.observed(name), self.weights, at)
        if found is None:
            raise NoSuchResult(f"no draw that the facts leave gives {name!r}")
        return found

    def chance(self, fact: str) -> Estimate:
        """The chance of another fact given these, with its Monte Carlo error. Of a `±` fact there is none: ValueError.

        Draws in which it cannot be said count as if it were not so.
        """
        asked = parse_fact(fact)
        if asked.error is not None:
            raise ValueError(f"{fact!r}: a chance is that of a range or a bound")
        likelihood, _ = asked.likelihood(self.observed(asked.name))
        share = float((likelihood * self.weights).sum())
        return Estimate(share, share_error(share, self.effective_draws))

    @property
    def table(self) -> pd.DataFrame:
        """A row for each result of `outcomes` and each uncertain input: 5%, 50% and 95% before and given the facts."""
        import pandas as pd

        rows = []
        flat = np.full(self._results.draws, 1.0 / self._results.draws)
        outcomes = [column.name for column in self._results.columns[OUTCOMES] if column.name != END]
        for name in [*outcomes, *self._inputs]:
            row: dict[str, Any] = {"name": name}
            for words, weights in (("", flat), ("_given", self.weights)):
                found = quantiles_of(self.observed(name), weights, TOLD) or {}
                row |= {f"{key}{words}": found[q].value if q in found else None
                        for key, q in zip(("p5", "median", "p95"), TOLD, strict=True)}  # fmt: skip
            rows.append(row)
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        told = "; ".join(fact.text for fact in self.facts)
        few = ", few" if self.effective_draws < FEW else ""
        unclear = f"; unclear in {self.unclear:,}" if self.unclear else ""
        return (f"<{self.name} given {told}: worth {self.effective_draws:,.0f} of {self._results.draws:,} draws{few}"
                f"{unclear}>")  # fmt: skip


def quantiles_of(of: Observed, weights: Floats, at: tuple[float, ...]) -> dict[float, Estimate] | None:
    """Quantiles of a result in draws with weights; None if no draw that has a weight gives it."""
    weights = np.where(of.known, weights, 0.0)
    some = weights > 0.0
    if not some.any():
        return None
    if not of.open[some].any():
        return {q: weighted_quantile(of.values[some], weights[some], q) for q in at}
    scaled = weights[some] * (effective(weights) / weights.sum())
    line = kaplan_meier(of.values[some], ~of.open[some], scaled)
    found = {}
    for q in at:
        low, high = line.interval(q)
        found[q] = Estimate(line.quantile(q), None if low is None or high is None else (high - low) / 2.0)
    return found


def given(name: str, store: Store, draws: int, facts: Sequence[str]) -> Given:
    """The draws that a store holds given facts: see `Ensemble.reweight`. name: what the ensemble is called."""
    if not store.has_rows:
        raise ValueError(f"{store.folder}: only the summary of its draws was kept; facts need their rows, made without "
                         "--keep summary")  # fmt: skip
    columns = columns_in(store, INPUTS)
    results = Results(store, draws)
    values = results.inputs([column.name for column in columns]) if columns else np.zeros((draws, 0))
    none = np.zeros(draws, dtype=bool)
    inputs = {column.name: Observed(column, values[:, n], none) for n, column in enumerate(columns)}
    return Given(name, results, inputs, facts)
