"""One input at a time: rows of quantiles, what follows an input, and the order of the inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest

import sim
from sim.analysis.tornado import tornado, tornado_rows
from sim.ensemble.factors import factors_of
from sim.ensemble.observed import Observed
from sim.scenario.distribution import standard_cdf, standard_quantile
from sim.tables.table import Column
from tests.ensemble.worlds import scenario

TOGETHER = """\
correlations:
  - {inputs: [labs.Aurora.runs.length, labs.Borealis.runs.every], correlation: 100%}
  - {inputs: [labs.Aurora.compute.grows, labs.Aurora.compute.stock], correlation: -50%}
labs:"""


@pytest.fixture(scope="module")
def together() -> sim.Scenario:
    return scenario(**{"labs:": TOGETHER})


def test_each_input_moves_alone_and_what_goes_with_it_follows(together: sim.Scenario) -> None:
    factors, paths = factors_of(together), together.uncertain
    rows = tornado_rows(paths, factors)
    assert len(factors) == len(paths) - 1 and rows.shape == (1 + 2 * len(factors), len(paths))
    assert (rows[0] == 0.5).all()
    score = 2.0 * math.sin(-math.pi / 12.0)  # of the normal scores, for Spearman's -50% (Pearson 1907)
    for n, factor in enumerate(factors):
        expected = {factor.path: 0.9}
        if factor.path == "labs.Aurora.runs.length":
            assert factor.same == ("labs.Borealis.runs.every",)
            expected["labs.Borealis.runs.every"] = 0.9
        if factor.path in ("labs.Aurora.compute.grows", "labs.Aurora.compute.stock"):
            (other,) = factor.partly
            expected[other] = standard_cdf(score * standard_quantile(0.9))
        high = dict(zip(paths, rows[2 + 2 * n].tolist(), strict=True))
        assert {path: q for path, q in high.items() if q != 0.5} == pytest.approx(expected)
        assert rows[1 + 2 * n] == pytest.approx(1.0 - rows[2 + 2 * n])


def test_the_widest_comes_first_by_factors_or_by_days_and_what_is_the_same_moves_nothing(
    together: sim.Scenario,
) -> None:
    factors = factors_of(together)[:4]
    values = np.array([8.0, 4.0, 16.0, 7.0, 19.0, 8.0, 8.0, np.nan, 8.0])
    open_ = np.zeros(9, dtype=bool)
    for unit, order in (("copies", [0, 1, 2, 3]), ("days", [0, 1, 2, 3])):
        found = tornado(factors, Observed(Column("r", unit, ""), values, open_))
        assert [factor.path for factor in found.factors] == [factors[n].path for n in order]
        assert [factor.path for factor in found.unmoved] == [factors[2].path] and found.middle == 8.0
    wide = values.copy()
    wide[3:5] = 6.0, 19.5  # 13.5 days, but a factor of 3.25 against 4
    assert tornado(factors, Observed(Column("r", "days", ""), wide, open_)).factors[0] is factors[1]
    assert tornado(factors, Observed(Column("r", "copies", ""), wide, open_)).factors[0] is factors[0]
    open_[6] = True  # the same number, but only at least that
    assert tornado(factors, Observed(Column("r", "days", ""), values, open_)).unmoved == []
    row = found.table.rows[3]
    names = [column.name for column in found.table.columns]
    assert row[names.index("at_low")] is None and row[names.index("moves")] is True
