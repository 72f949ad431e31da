"""What is kept of draws in pairs, and when they are enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.ensemble.until import UntilError
from sim.pairs import PairedComparison, compare_many
from tests.ensemble.worlds import UNCERTAIN, bytes_of, small_chunks

WORLD = UNCERTAIN[: UNCERTAIN.index("  Borealis")].replace("2027-10-01", "2028-01-01")
CHANGE = {"some": "pause={starts: 2026-02-01, lasts: {uniform: [20 days, 60 days]}, stops: everything}"}


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[pytest.MonkeyPatch]:
    """Chunks of 16 draws, long tables of the first 5, and errors that are believed from 16 draws on."""
    with pytest.MonkeyPatch.context() as patch:
        small_chunks(patch)
        patch.setattr("sim.analysis.paired_until.LEAST", 16)
        yield patch


def made(n: int, **options: Any) -> PairedComparison:
    return compare_many(sim.load("world.yaml", text=WORLD), CHANGE, n, workers=1, **options)


@pytest.fixture(scope="module")
def all_kept() -> PairedComparison:
    return made(48, keep="all")


def test_long_tables_are_kept_of_examples_or_of_all(all_kept: PairedComparison) -> None:
    few = made(18)
    for name in ("windows", "ladder", "rebound", "over_time"):
        assert sorted(set(few.frame(name)["draw"])) == list(range(5))
        rows = all_kept.frame(name)
        assert sorted(set(rows["draw"])) == list(range(48))
        assert rows[rows["draw"] < 5].reset_index(drop=True).equals(few.frame(name))
    for name in ("levels", "work", "leads", "cost"):
        assert sorted(set(few.frame(name)["draw"])) == list(range(18))


def test_a_kept_draw_is_what_a_comparison_of_that_draw_alone_says(all_kept: PairedComparison) -> None:
    """Its rows against those of `sim.compare` on the same two worlds, each simulated by number."""
    from sim.analysis.compare import TABLES
    from sim.analysis.pair import pairs_of
    from sim.replay import replay

    base = sim.load("world.yaml", text=WORLD)
    found = all_kept.central[0]
    assert found.name == "some"
    number = 7
    lasts = float(all_kept.inputs.set_index("draw").loc[number, "pause.lasts"])
    changed = sim.load("world.yaml", text=WORLD, sets=[f"pause={{starts: 2026-02-01, lasts: {lasts!r} days, "
                                                       "stops: everything}"])  # fmt: skip
    records = [replay(world, number, seed=base.draw().seed).rates for world in (base, changed)]
    (pair,) = pairs_of(records[0], {"some": records[1]})
    rows = [row for row in TABLES["cost"][1](pair) if row[1] is None]
    mine = all_kept.frame("cost").query("draw == @number and lab.isna()")
    np.testing.assert_allclose(mine["change"], [row[6] for row in rows], rtol=1e-6, atol=1e-3)


@pytest.mark.parametrize(("until", "name", "error", "relative"), [
    ("helps[some, near]=5%", "helps[some, near]", 0.05, False),
    ("time_bought[some, near]=4 days", "time_bought[some, near]", 4.0, False),
    ("time_bought[some, near] = 10%", "time_bought[some, near]", 0.1, True),
])  # fmt: skip
def test_they_end_once_a_result_is_known_well_enough(
    until: str, name: str, error: float, relative: bool, all_kept: PairedComparison
) -> None:
    """It ends at the first chunk whose error, worked out from the rows, is small enough."""
    found = made(48, until=until, keep="all")
    assert found.summary["until"] == {"result": name, "error": error, "relative": relative}
    days = all_kept.levels.query("level == 'near'")["time_bought_days"].to_numpy()
    ends = []
    for n in (16, 32, 48):
        line, half = np.sort(days[:n]), np.sqrt(n) / 2.0
        ranks = np.arange(n) + 0.5
        low, middle, high = np.interp([n / 2.0 - half, n / 2.0, n / 2.0 + half], ranks, line)
        share = (line > 0.5).mean()
        now = np.sqrt(share * (1.0 - share) / n) if name.startswith("helps") else (high - low) / 2.0
        if now <= error * (middle if relative else 1.0):
            ends.append(n)
    assert found.draws == (ends or [48])[0]
    same = made(found.draws, keep="all")
    assert {key: value for key, value in bytes_of(found.folder).items() if key != "summary.json"} == {
        key: value for key, value in bytes_of(same.folder).items() if key != "summary.json"}  # fmt: skip


@pytest.mark.parametrize(("until", "told"), [
    ("helps[some, neer]=2%", r"no draw gives 'helps\[some, neer\]' \(did you mean 'helps\[some, near\]'\?\)"),
    ("helps[some, near]=2", r"expected an error such as helps\[some, near\]=2%, got '2'"),
    ("time_bought[some, near]=2 hours", r"expected an error such as time_bought\[some, near\]=5 days"),
    ("time_bought[some, near]=0", "expected an error such as"),
    ("time_bought[some, near]=1.2.3", "expected an error such as"),
    ("nothing", "no draw gives 'nothing'; there are helps"),
])  # fmt: skip
def test_an_end_that_no_draw_can_tell_is_refused(until: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(UntilError, match=told):
        made(4, until=until, out=tmp_path / "x")
    assert not list(tmp_path.iterdir())
