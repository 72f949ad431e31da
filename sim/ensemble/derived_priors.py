"""What derived inputs of a scenario may be: drawn from what they follow from, as an ensemble draws it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.inputs import derived_values
from sim.ensemble.sampler import Sampler
from sim.scenario import Scenario
from sim.scenario.draw_error import text_of
from sim.scenario.priors import QUANTILES
from sim.scenario.problem import one_line
from sim.scenario.quantities import derived_quantities
from sim.scenario.quantity import Quantity

DRAWS = 1024
"""Draws that are looked at."""


@dataclass(frozen=True, slots=True)
class DerivedPrior:
    """One derived input. values: in those of `DRAWS` draws in which it has one, ascending. failing: share of others."""

    path: str
    quantity: Quantity
    values: NDArray[np.float64]
    failing: float

    @property
    def texts(self) -> tuple[str, ...]:
        """Its 5%, 50% and 95% quantile over the draws, as they are written in a scenario."""
        if not len(self.values):
            return ("-",) * len(QUANTILES)
        return tuple(text_of(self.quantity, float(value)) for value in np.quantile(self.values, QUANTILES))


def derived_priors(scenario: Scenario) -> list[DerivedPrior]:
    """Every input that follows from uncertain ones, in the order of `scenario.inputs`."""
    derived = derived_quantities(scenario)
    if not derived:
        return []
    sampler = Sampler(scenario)
    values = sampler.values(sampler.quantiles(0, DRAWS))
    columns = derived_values(list(derived.values()), sampler.paths, values, check=True)
    known = [np.sort(column[~np.isnan(column)]) for column in columns]
    return [DerivedPrior(path, quantity, values, 1.0 - len(values) / DRAWS)
            for (path, quantity), values in zip(derived.items(), known, strict=True)]  # fmt: skip


def derived_text(found: list[DerivedPrior]) -> str:
    """A line for each: 5%, 50% and 95% over the draws, its value in the central case, and its formula."""
    if not found:
        return ""
    head = ("derived from these", "5%", "50%", "95%", "central case", "formula")
    lines = [(one_line(p.path, 60), *p.texts, text_of(p.quantity, p.quantity.central), _formula(p)) for p in found]
    widths = [max(len(line[column]) for line in [head, *lines]) for column in range(len(head))]
    text = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in [head, *lines]]
    what = "1 derived input, over" if len(found) == 1 else f"{len(found)} derived inputs, over"
    text.append(f"{what} {DRAWS:,} draws; the central case takes the formula of medians.")
    return "\n" + "\n".join(text) + "\n"


def _formula(prior: DerivedPrior) -> str:
    derived = prior.quantity.derived
    assert derived is not None
    fails = f" ({100.0 * prior.failing:.2g}% of draws fail: out of bounds, or no number)" if prior.failing else ""
    return one_line(derived.formula, 76) + fails
