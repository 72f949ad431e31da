"""One quantity in several places: what is inherited is drawn once, what an anchor copies only if it is tied."""

from __future__ import annotations

import numpy as np
import pytest

from sim.ensemble import Sampler
from sim.scenario import load

TEXT = """
start: 2026-01-01
end: 2028-01-01
training: {whole_run_mfu: {uniform: [20%, 50%]}}
labs:
  Aurora: {compute: {stock: &stock 1e5 to 2e5 H100e}, runs: {every: 6 months, length: 90 days}}
  Borealis: {compute: {stock: *stock}, runs: {every: 6 months, length: 90 days}}
"""
STOCKS = ["labs.Aurora.compute.stock", "labs.Borealis.compute.stock"]
TIED = f"correlations: [{{inputs: [{', '.join(STOCKS)}], correlation: 100%}}]\n"


@pytest.mark.parametrize("tied", [False, True])
def test_an_anchor_copies_the_text_and_a_correlation_of_100_percent_makes_it_one_quantity(tied: bool) -> None:
    sampler = Sampler(load("f.yaml", text=TEXT + (TIED if tied else "")))
    rows = sampler.quantiles(0, 32)
    one, other = (rows[:, sampler.paths.index(path)] for path in STOCKS)
    assert (one == other).all() if tied else not (one == other).any()
    draw = sampler.draw(5, rows[5])
    stocks = [draw.labs[name].compute[0].stock.points for name in ("Aurora", "Borealis")]  # type: ignore[union-attr]
    assert (stocks[0] == stocks[1]) is tied


def test_what_all_labs_inherit_is_one_input() -> None:
    sampler = Sampler(load("f.yaml", text=TEXT))
    assert [path for path in sampler.paths if "mfu" in path] == ["training.whole_run_mfu"]
    for i, row in enumerate(sampler.quantiles(0, 4)):
        draw = sampler.draw(i, row)
        shares = {lab.runs[0].training.whole_run_mfu for lab in draw.labs.values()}
        expected = 0.2 + 0.3 * row[sampler.paths.index("training.whole_run_mfu")]
        assert len(shares) == 1 and np.isclose(shares.pop(), expected)
