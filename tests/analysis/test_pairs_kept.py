"""What is kept of draws in pairs, and when they are enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import beta

import sim
from sim.analysis.compare import TABLES
from sim.analysis.pair import pairs_of
from sim.ensemble.until import UntilError
from sim.pairs import PairedComparison, compare_many
from sim.pairs_report import report_text
from sim.replay import replay
from tests.ensemble.worlds import UNCERTAIN, bytes_of, small_chunks

WORLD = UNCERTAIN[: UNCERTAIN.index("  Borealis")].replace("2027-10-01", "2028-01-01")
CHANGE = {"some": "pause={starts: 2026-02-01, lasts: {uniform: [20 days, 60 days]}, stops: everything}"}


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[pytest.MonkeyPatch]:
    """Chunks of 16 draws, long tables of the first 5, and errors that are believed from 16 draws on."""
    with pytest.MonkeyPatch.context() as patch:
        small_chunks(patch)
        patch.setattr("sim.ensemble.until.LEAST", 16)
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
    ("helps[some, near]=3%", "helps[some, near]", 0.03, False),
    ("time_bought[some, near]=4 days", "time_bought[some, near]", 4.0, False),
    ("time_bought[some, near] = 10%", "time_bought[some, near]", 0.1, True),
])  # fmt: skip
def test_they_end_once_a_result_is_known_well_enough(
    until: str, name: str, error: float, relative: bool, all_kept: PairedComparison
) -> None:
    """It ends at the first chunk whose error, worked out from the rows, is small enough."""
    found = made(48, until=until, keep="all")
    asked = {"result": name, "error": error, "relative": relative}
    assert found.summary["until"].items() >= asked.items()
    days = all_kept.levels.query("level == 'near'")["time_bought_days"].to_numpy()
    ends, now_of = [], dict[int, float]()
    for n in (16, 32, 48):
        line, half = np.sort(days[:n]), np.sqrt(n) / 2.0
        ranks = np.arange(n) + 0.5
        low, middle, high = np.interp([n / 2.0 - half, n / 2.0, n / 2.0 + half], ranks, line)
        helps = beta((line > 0.5).sum() + 0.5, (line <= 0.5).sum() + 0.5).std()
        now = helps if name.startswith("helps") else (high - low) / 2.0
        now_of[n] = now / (middle if relative else 1.0)
        if now_of[n] <= error:
            ends.append(n)
    assert found.draws == (ends or [48])[0]
    assert found.summary["until"]["reached"] == bool(ends)
    assert found.summary["until"]["came_to"] == pytest.approx(now_of[found.draws], rel=1e-9)
    assert any("is not reached" in text for text in found.summary["warnings"]) != bool(ends)
    same = made(found.draws, keep="all")
    assert {key: value for key, value in bytes_of(found.folder).items() if key != "summary.json"} == {
        key: value for key, value in bytes_of(same.folder).items() if key != "summary.json"}  # fmt: skip


@pytest.mark.parametrize(("until", "told"), [
    ("helps[some, neer]=2%", r"no draw gives 'helps\[some, neer\]' \(did you mean 'helps\[some, near\]'\?\)"),
    ("helps[some, near]", r"expected an error such as helps\[some, near\]=2%, got ''"),
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


def test_costs_are_quantiles_of_what_each_draw_gives_up(all_kept: PairedComparison) -> None:
    rows = all_kept.cost[all_kept.cost["lab"].isna()]
    costs = all_kept.costs
    assert len(costs) == len(rows.groupby(["what", "of"], dropna=False)) > 5
    for of in costs.fillna({"of": ""}).to_dict("records"):
        mine = rows[(rows["what"] == of["what"]) & (rows["of"].fillna("") == of["of"])]
        some = mine[mine["base"] > 0.0]
        for side, values in (("change", mine["change"]), ("share", some["change"] / some["base"])):
            line = np.sort(np.append(values, np.zeros(48 - len(mine)) if side == "change" else []))
            ranks = np.arange(len(line)) + 0.5
            for name, q in (("p5", 0.05), ("p25", 0.25), ("median", 0.5), ("p75", 0.75), ("p95", 0.95)):
                assert of[f"{side}_{name}"] == pytest.approx(np.interp(q * len(line), ranks, line), rel=1e-9, abs=1e-9)
            ends = np.interp([len(line) / 2.0 - np.sqrt(len(line)) / 2.0, len(line) / 2.0 + np.sqrt(len(line)) / 2.0],
                             ranks, line)  # fmt: skip
            assert of[f"{side}_median_error"] == pytest.approx((ends[1] - ends[0]) / 2.0, rel=1e-9, abs=1e-9)
    training = costs.query("what == 'compute' and of == 'training'").iloc[0]
    central = {(row[2], row[3]): row for row in TABLES["cost"][1](all_kept.central[0]) if row[1] is None}
    assert training["central_change"] == central["compute", "training"][6]
    text = report_text(all_kept.summary)
    assert "Given up until the end" in text and "training, H100e-years" in text


def test_what_nobody_keeps_to_gives_up_nothing() -> None:
    change = {"none": "pause={starts: 2026-02-01, lasts: 40 days, stops: everything, holds: 0%}"}
    found = compare_many(sim.load("world.yaml", text=WORLD), change, 5, workers=1)
    columns = [name for name in found.costs.columns if name.startswith(("change", "share"))]
    assert (found.costs[columns].fillna(0.0) == 0.0).all(axis=None) and (found.costs["base_median"] > 0.0).any()


def test_a_cluster_without_growth_gives_up_its_training_for_the_days_of_the_pause() -> None:
    """1,000 H100e, of which 20% train without a break: 40 days without are 8,000 H100e-days less, of 73,000."""
    text = ("start: 2026-01-01\nend: 2027-01-01\nlevels: {near: {effective_flop: 1e23 FLOP}}\n"
            "labs: {A: {compute: {stock: 1000 H100e}, use: {training: 20%, serving: 80%},\n"
            "  runs: {every: 30 days, length: 60 days}}}\n")  # fmt: skip
    change = {"pause": "pause={starts: 2026-06-01, lasts: 40 days, stops: [training]}"}
    found = compare_many(sim.load("world.yaml", text=text), change, 2, workers=1)
    row = found.costs.query("what == 'compute' and of == 'training'").iloc[0]
    assert row[["base_median", "change_median", "change_p95"]].tolist() == pytest.approx([73_000.0, -8_000.0, -8_000.0])
    assert row["share_median"] == pytest.approx(-8.0 / 73.0) and row["change_median_error"] == pytest.approx(0.0)


def test_a_wide_error_of_a_share_is_told_in_plain_numbers() -> None:
    from sim.pairs_cost_report import _shares

    found = {"median": -0.5, "median_error": 0.15, "p5": -0.9, "p95": 0.0}
    assert _shares(found) == ("−50% ± 15%", "−90% to 0%")
    found = {"median": 17.0, "median_error": 8.7, "p5": 7.0, "p95": 29.0}
    assert _shares(found) == ("18 ± 8.7 times as much", "8 to 30 times as much")
    assert _shares({**found, "median_error": 0.0, "p95": 7.0}) == ("18 times as much", "8 times as much")
