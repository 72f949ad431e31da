"""A draw is the same in all worlds: what a change does to a series leaves the series' other values alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

import sim
from sim.analysis.paired import samplers
from sim.analysis.together import NotComparable
from sim.analysis.worlds import named, worlds
from sim.ensemble import Sampler

BASE = """\
question: q
start: 2026-01-01
end: 2029-01-01
world: {compute: {stock: 2e7 H100e, grows: 2.2x per year, every: 1 month}}
labs:
  Aurora:
    compute: {share_of_world: {2026-01-01: 5% to 8%, 2028-01-01: 10% to 25%, correlation: 90%}}
    use: {training: 10%, serving: 90%}
    models: {name: Aurora-0, public: 2025-06-01, flop: 1e26 FLOP}
    runs: {every: 9 to 15 months, length: 60 to 120 days}
"""
SHARE = "labs.Aurora.compute.share_of_world"
FIRST, LATER, ADDED = f"{SHARE}.2026-01-01", f"{SHARE}.2028-01-01", f"{SHARE}.2027-01-01"


def quantiles(*changes: str, n: int = 64) -> tuple[list[str], list[np.ndarray]]:
    """The input map, and each world's quantiles."""
    base = sim.load("base.yaml", text=BASE)
    first, others = worlds(base, named({change: [change] for change in changes}))
    found = list(samplers(first, others, None).values())
    assert (found[0].quantiles(0, n)[:, : len(base.uncertain)] == Sampler(base).quantiles(0, n)).all()
    return list(found[0].paths), [sampler.quantiles(0, n) for sampler in found]


def test_pinning_one_date_of_a_series_leaves_its_other_dates() -> None:
    _, (base, pinned, other) = quantiles(f"{FIRST}=6%", "labs.Aurora.runs.every=12 months")
    assert (base == pinned).all() and (base == other).all()


def test_a_date_that_a_change_adds_goes_with_those_of_the_base_as_stated() -> None:
    paths, (base, added) = quantiles(f"{ADDED}=7% to 15%", n=4096)
    assert (base == added).all()
    ranks = np.corrcoef(added[:, [paths.index(each) for each in (FIRST, ADDED, LATER)]].T)
    expected = [6.0 / math.pi * math.asin(score / 2.0) for score in (0.9, 0.9, 0.9**2)]
    assert [ranks[0, 1], ranks[1, 2]] == pytest.approx(expected[:2], abs=0.01)
    assert ranks[0, 2] == pytest.approx(expected[2], abs=0.01)


def test_a_date_that_takes_the_place_of_another_goes_with_it_by_what_both_go_with() -> None:
    """The normal scores of 2027 (added) and 2028 (pinned there) are independent given 2026: 0.9 times 0.81."""
    base = sim.load("base.yaml", text=BASE)
    first, others = worlds(base, named({"x": [f"{LATER}=15%", f"{ADDED}=7% to 15%"]}))
    found = samplers(first, others, None)["x"]
    points = found.quantiles(0, 4096)
    ranks = np.corrcoef(points[:, [found.paths.index(each) for each in (ADDED, LATER)]].T)
    assert ranks[0, 1] == pytest.approx(6.0 / math.pi * math.asin(0.9 * 0.81 / 2.0), abs=0.01)


def test_a_correlation_that_a_change_restates_is_refused_and_told() -> None:
    with pytest.raises(NotComparable, match=rf"{SHARE}.2026-01-01 and .*2028-01-01 is 0%, in the base 79.*alike"):
        quantiles(f"{SHARE}.correlation=0%")
