"""One input at a time: rows of quantiles, what follows an input, and the order of the inputs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.ranking import SensitivityError
from sim.analysis.tornado import tornado, tornado_rows
from sim.cli import main
from sim.ensemble import part
from sim.ensemble.counting import TooManyFailures
from sim.ensemble.factors import factors_of
from sim.ensemble.observed import Observed
from sim.scenario.distribution import standard_cdf, standard_quantile
from sim.scenario.draw_error import DrawError
from sim.scenario.problem import Problem
from sim.sensitivities import sensitivity
from sim.tables.table import Column
from tests.cli.command import SCENARIOS
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
    for unit, order in (("copies", [0, 1, 3, 2]), ("days", [0, 1, 3, 2])):
        found = tornado(factors, Observed(Column("r", unit, ""), values, open_))
        assert [factor.path for factor in found.factors] == [factors[n].path for n in order]
        assert [factor.path for factor in found.unmoved] == [factors[2].path] and found.middle == 8.0
    wide = values.copy()
    wide[3:5] = 6.0, 19.5  # 13.5 days, but a factor of 3.25 against 4
    assert tornado(factors, Observed(Column("r", "days", ""), wide, open_)).factors[0] is factors[1]
    assert tornado(factors, Observed(Column("r", "copies", ""), wide, open_)).factors[0] is factors[0]
    open_[6] = True  # the same number, but only at least that
    assert tornado(factors, Observed(Column("r", "days", ""), values, open_)).unmoved == []
    row = found.table.rows[2]  # without a result at its 10%: before what moves nothing
    names = [column.name for column in found.table.columns]
    assert row[names.index("at_low")] is None and row[names.index("moves")] is True


def test_an_end_whose_run_failed_says_nothing(together: sim.Scenario) -> None:
    factors = factors_of(together)[:3]
    values = np.array([8.0, 8.0, 8.0, np.nan, 8.0, np.nan, 9.0])  # the second and third fail at their 10%
    observed = Observed(Column("r", "days", ""), values, np.zeros(7, dtype=bool))
    found = tornado(factors, observed, {3: "no", 5: "never"})
    assert found.moving == [factors[2]] and found.unmoved == [factors[0]]
    assert [(factor, end, why) for factor, end, why in found.failed] == [
        (factors[2], "low", "never"), (factors[1], "low", "no")]  # fmt: skip
    assert [row[-1] for row in found.table.rows] == ["low", "", "low"]
    assert tornado(factors, observed).unmoved == [factors[0]]  # there is none: that is a difference


def test_runs_that_fail_are_told_and_a_fault_of_the_program_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    real = part.simulate_draw
    cannot = DrawError([Problem("f.yaml", 1, 1, "labs", "it cannot be")], {})
    errors: list[Exception] = [cannot, ZeroDivisionError("no")]

    def breaks(draw: Any, **options: Any) -> Any:
        if draw.labs["Aurora"].compute[0].grows < 2.6:  # of 2x to 5x, at its 10% only
            raise errors[0]
        return real(draw, **options)

    monkeypatch.setattr(part, "simulate_draw", breaks)
    found = sensitivity(scenario(), "models", "tornado", workers=1)
    assert "1 run failed, of which nothing is known: labs.Aurora.compute.grows at its 10%: labs: it can" in str(found)
    assert found.summary["failed_runs"] == 1 and "labs.Aurora.compute.grows" not in found.unmoved
    del errors[0]
    with pytest.raises(TooManyFailures, match="fails by a fault of this program: no"):
        sensitivity(scenario(), "models", "tornado", workers=1)


def test_a_result_that_no_run_has_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As of `sobol`; before, nothing was said to move what does not exist."""
    nothing = Observed(Column("r", "days", ""), np.full(5, np.nan), np.zeros(5, dtype=bool))
    with pytest.raises(SensitivityError, match="no run has r, with all inputs at their medians or one at its 10%"):
        tornado(factors_of(scenario())[:2], nothing)
    line = ["sensitivity", str(SCENARIOS / "finnveden.yaml"), "--method", "tornado", "--out", str(tmp_path / "o")]
    assert main([*line, "--workers", "1"]) == 2
    assert "sim: no run has own_window_median_days" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
