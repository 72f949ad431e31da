"""Draws of which only the summary is kept: what counts say against rows, and the same bytes however they are made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.ensemble.counting import Progress, TooManyFailures
from sim.ensemble.estimate import Estimate, place, quantile
from sim.ensemble.reduced_store import NotKept
from sim.ensemble.sketch import Binned, Gathering, binned, empty, sketch_of
from sim.ensemble.survival import kaplan_meier
from sim.ensembles import Ensemble, run_ensemble
from sim.output import OutputError
from tests.cli.command import SMALL
from tests.ensemble.worlds import bytes_of, scenario, small_chunks

SHARE = 0.2 / 100 * (1 + 1e-9)
"""How far the docs say a number may be off."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ensemble, Ensemble]:
    """40 draws by rows and by counts."""
    folder = tmp_path_factory.mktemp("many")
    with pytest.MonkeyPatch.context() as patch:
        small_chunks(patch)
        return tuple(run_ensemble(scenario(), 40, workers=1, out=folder / keep, keep=keep)
                     for keep in ("examples", "summary"))  # type: ignore[return-value]  # fmt: skip


# ------------------------------------------------------------------------------------------------------------- sketch


def test_a_bin_is_close_to_every_value_in_it_and_sums_do_not_depend_on_order() -> None:
    found = np.random.default_rng(1)
    values = np.concatenate([10.0 ** found.uniform(-300, 300, 3000), -(10.0 ** found.uniform(-5, 5, 500)), np.zeros(7)])
    lines = found.integers(0, 3, values.size)
    whole = np.array([False, False, True, True])
    values[lines == 2] = found.integers(-40_000, 40_000, np.count_nonzero(lines == 2)) + 0.25
    values[np.flatnonzero(lines == 2)[:9]] = np.inf
    sketch = sketch_of(lines, values, whole)
    for line in (0, 1):
        of = binned(sketch, line, False)
        given = np.sort(values[lines == line])
        got = np.array([of[n] for n in range(of.size)])
        assert of.size == given.size and np.all(np.abs(got - given) <= SHARE * np.abs(given))
        for q in (0.05, 0.5, 0.95):
            assert quantile(of, q) == quantile(got, q) and place(of, got[70]) == place(got, got[70])
    exact, given = binned(sketch, 2, True), np.sort(np.floor(values[lines == 2]))
    assert [exact[n] for n in range(exact.size)] == given.tolist() and binned(sketch, 3, True).size == 0
    assert place(exact, 100.0) == place(given, 100.0) and place(exact, np.inf) == place(given, np.inf)
    parts = np.array_split(np.arange(values.size), 11)
    for order in (parts, parts[::-1]):
        gathering = Gathering(empty(4))
        gathering.LEAST = 300
        for part in order:
            gathering.add(sketch_of(lines[part], values[part], whole))
        assert all(one.tobytes() == two.tobytes() for one, two in zip(gathering.sum(), sketch, strict=True))


def test_the_same_value_in_all_draws_is_exact() -> None:
    sketch = sketch_of(np.zeros(5, dtype=np.int64), np.full(5, 50_000.0), np.array([False]))
    assert quantile(binned(sketch, 0, False), 0.5) == (50_000.0, 0.0)


def test_survival_of_counts_is_that_of_as_many_lengths() -> None:
    found = np.random.default_rng(2)
    lengths, closed = found.integers(1, 20, 400).astype(float), found.random(400) < 0.7
    pairs, counts = np.unique(np.stack([lengths, closed]), axis=1, return_counts=True)
    one, two = kaplan_meier(lengths, closed), kaplan_meier(pairs[0], pairs[1] > 0.0, counts)
    for name in ("times", "at_risk", "closed", "share", "sum_of"):
        assert getattr(one, name).tolist() == getattr(two, name).tolist()
    assert (one.of, one.open_ones) == (two.of, two.open_ones)


# ----------------------------------------------------------------------------------------------------------- ensemble


def same(one: Any, two: Any, path: str = "") -> None:
    """One summary says what another does: counts and shares exactly, numbers to half a bin, dates to a day.

    Errors are differences of such numbers, and lengths with open ones are compared one by one below.
    """
    if isinstance(one, dict):
        assert list(one) == list(two), path
        for key in one:
            same(one[key], two[key], f"{path}/{key}")
    elif isinstance(one, list):
        assert len(one) == len(two), path
        for n, (left, right) in enumerate(zip(one, two, strict=True)):
            same(left, right, f"{path}/{n}")
    elif one is None or two is None or "error" in path or "_days" in path.rpartition("/")[2]:
        assert (one is None) == (two is None), path
    elif "central_at" in path:  # a draw in the bin of the central case may lie on either side
        assert two == pytest.approx(one, abs=1.0 / 40 + 1e-9), path
    elif isinstance(one, float):
        assert two == pytest.approx(one, rel=SHARE), path
    elif "/levels/" in path or "/milestones/" in path:
        assert abs(np.datetime64(one[:10]) - np.datetime64(two[:10])) <= np.timedelta64(1, "D"), path
    else:
        assert one == two, path


def test_counts_say_what_rows_do(made: tuple[Ensemble, Ensemble]) -> None:
    rows, counts = made
    ours = {**counts.summary}
    assert ours.pop("keep") == "summary"
    same(rows.summary, ours)
    assert counts.summary["windows"]["all"]["own"][0]["windows"] == 80
    windows = rows.windows[~rows.windows["opened_before_start"]].copy()
    windows["k"] = windows.groupby(["draw", "lab"]).cumcount() + 1
    for (lab, k), of in windows.groupby(["lab", "k"]):
        for how, given in (("closed", of[~of["censored"]]), ("open", of[of["censored"]])):
            if len(given):
                found = counts.store.values("windows", lab, str(k), "own", how)  # type: ignore[attr-defined]
                assert np.repeat(found.values, found.counts) == pytest.approx(np.sort(given["length_days"]), rel=SHARE)
    one, two = rows.fan, counts.fan
    assert one[["series", "unit", "date", "draws"]].equals(two[["series", "unit", "date", "draws"]])
    for column in ("p5", "p50", "p95", "central"):
        assert np.allclose(one[column], two[column], rtol=SHARE, atol=0.0, equal_nan=True)
    for name in ("own_window_median_days", "level[far]"):
        left, right = rows.quantiles(name)[0.5].value, counts.quantiles(name)[0.5].value
        assert right == (None if left is None else pytest.approx(left, rel=SHARE))


def test_no_rows_are_there(made: tuple[Ensemble, Ensemble]) -> None:
    counts = made[1]
    names = {path.name for path in counts.folder.iterdir()}
    assert names == {"ensemble.json", "effective.yaml", "reduced.json", "reduced-00000040.parquet", "fan.csv",
                     "units.csv", "summary.json", "run.json"}  # fmt: skip
    with pytest.raises(KeyError, match="no table 'windows': only the summary of these draws was kept"):
        _ = counts.windows
    with pytest.raises(NotKept, match="only the summary"):
        next(counts.store.read("outcomes", ["models"]))
    with pytest.raises(ValueError, match="made without --keep summary"):
        counts.sensitivity()
    for ensemble in made:
        with pytest.raises(KeyError, match="no draw gives 'model' .did you mean 'models'"):
            ensemble.quantiles("model")
    assert sorted(counts.plot()) == ["compute", "windows", "workforce"]  # type: ignore[arg-type]


def test_the_same_bytes_for_any_workers_and_gone_on_with(
    made: tuple[Ensemble, Ensemble], small: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    whole = bytes_of(made[1].folder)
    run_ensemble(scenario(), 40, workers=3, out=tmp_path / "three", keep="summary")
    assert bytes_of(tmp_path / "three") == whole
    run_ensemble(scenario(), 21, workers=1, out=tmp_path / "grown", keep="summary")  # in the middle of a chunk
    seen: list[Progress] = []
    run_ensemble(scenario(), 40, workers=2, out=tmp_path / "grown", keep="summary", resume=True, progress=seen.append)
    assert seen[0].done == 21 and bytes_of(tmp_path / "grown") == whole
    small.setattr("sim.ensemble.run_reduced.SECONDS_BETWEEN", 0.0)

    def stop(now: Progress) -> None:
        if now.done >= 24:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stopped:
        run_ensemble(scenario(), 40, workers=1, out=tmp_path / "cut", keep="summary", progress=stop)
    assert "16 of 40 draws are kept" in stopped.value.__notes__[0]
    assert len(list(Path(f"{tmp_path / 'cut'}.unfinished").glob("reduced-*.parquet"))) == 1
    seen.clear()
    run_ensemble(scenario(), 40, workers=1, out=tmp_path / "cut", keep="summary", resume=True, progress=seen.append)
    assert seen[0].done == 16 and bytes_of(tmp_path / "cut") == whole
    with pytest.raises(OutputError, match="what is kept: summary, now examples"):
        run_ensemble(scenario(), 40, workers=1, out=tmp_path / "cut", resume=True)
    (file,) = (tmp_path / "grown").glob("reduced-*.parquet")
    file.write_bytes(file.read_bytes()[:-9])  # cut short: counted anew
    run_ensemble(scenario(), 40, workers=1, out=tmp_path / "grown", keep="summary", resume=True)
    assert bytes_of(tmp_path / "grown") == whole


def test_it_ends_early_where_rows_do(small: pytest.MonkeyPatch, tmp_path: Path) -> None:
    small.setattr("sim.ensemble.until.LEAST", 16)
    asked = "own_window_median_days=20 days"
    made = [run_ensemble(scenario(), 400, workers=workers, out=tmp_path / f"{workers}-{keep}", keep=keep, until=asked)
            for workers, keep in ((1, "summary"), (3, "summary"), (1, "examples"))]  # fmt: skip
    assert made[0].draws == made[1].draws == made[2].draws < 400
    assert bytes_of(made[0].folder) == bytes_of(made[1].folder)
    before, seen = bytes_of(made[0].folder), list[Progress]()
    again = run_ensemble(scenario(), 400, workers=1, out=made[0].folder, keep="summary", until=asked, resume=True,
                         progress=seen.append)  # fmt: skip
    assert again.draws == made[1].draws == seen[-1].done and seen[-1].new == 0 and bytes_of(again.folder) == before
    with pytest.raises(OutputError, match="when it ends: own_window_median_days=20 days, now None"):
        run_ensemble(scenario(), 400, workers=1, out=made[0].folder, keep="summary", resume=True)


def test_counts_that_are_gone_on_with_have_pictures(tmp_path: Path) -> None:
    options: Any = {"workers": 1, "keep": "summary", "out": tmp_path / "grown"}
    run_ensemble(scenario(), 5, **options)
    grown = run_ensemble(scenario(), 12, **options, resume=True, pictures=True)
    drawn = {path.stem: path.read_bytes()[:4] for path in grown.folder.glob("*.png")}
    assert drawn == dict.fromkeys(("compute", "windows", "workforce"), b"\x89PNG")  # that of levels needs rows
    with pytest.raises(ValueError, match="only the summary of its draws was kept"):
        grown.plot("levels")


def test_failing_draws_are_counted_and_listed(small: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from sim.ensemble import part

    true = part.simulate_draw

    def simulate(draw: Any, **options: Any) -> Any:
        if draw.draw == 5:
            raise RuntimeError("no 5")
        return true(draw, **options)

    small.setattr(part, "simulate_draw", simulate)
    options: Any = {"workers": 1, "out": tmp_path / "f", "keep": "summary"}
    with pytest.raises(TooManyFailures, match="1 of the first 8 draws fail.*the first: draw 5: no 5"):
        run_ensemble(scenario(), 40, **options)
    small.setattr("sim.ensemble.counting.MOST_FAILING", 0.05)
    found = run_ensemble(scenario(), 40, resume=True, **options)
    assert found.failed == 1 and found.summary["results"]["models"]["draws"] == 39
    listed = json.loads((found.folder / "reduced.json").read_text())
    assert listed["failures"] == [{"draw": 5, "message": "no 5", "ours": True}]
    assert isinstance(found.store.values("outcomes", "models"), Binned)  # type: ignore[attr-defined]


def test_a_result_that_no_draw_gives_has_no_quantiles_with_or_without_rows() -> None:
    """No window closes in half a year."""
    text = SMALL.replace("2028-01-01", "2026-06-01")
    for keep in ("examples", "summary"):
        found = run_ensemble(sim.load("s.yaml", text=text), 4, workers=1, keep=keep)
        assert found.quantiles("own_window_median_days", (0.5,)) == {0.5: Estimate(None, None)}
