"""Draws in pairs against closed forms; the base's draws are left alone; the same bytes however they are made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.ensemble.bounds import Bounded, bounded
from sim.ensemble.counting import TooManyFailures
from sim.output import OutputError
from sim.pairs import PairedComparison, compare_many
from sim.pairs_report import report_text
from sim.show.paired import figure
from tests.ensemble.worlds import UNCERTAIN, bytes_of, small_chunks
from tests.show.reading import boxes, tagged, texts, words

INF = np.inf
WORLD = UNCERTAIN[: UNCERTAIN.index("  Borealis")].replace("2027-10-01", "2030-01-01")
STOP = "pause: {{starts: 2026-02-01, lasts: {lasts}, stops: everything{more}}}\n"
LENGTHS = "{uniform: [20 days, 60 days]}"


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[pytest.MonkeyPatch]:
    """Chunks of 16 draws."""
    with pytest.MonkeyPatch.context() as patch:
        small_chunks(patch)
        yield patch


def scenario(text: str = WORLD) -> sim.Scenario:
    return sim.load("world.yaml", text=text)


def changes(folder: Path) -> dict[str, Any]:
    for name, lasts, more in (("forty", "40 days", ""), ("some", LENGTHS, ""), ("ignored", "40 days", ", holds: 0%")):
        (folder / f"{name}.yaml").write_text(STOP.format(lasts=lasts, more=more), encoding="utf-8")
    return {name: str(folder / f"{name}.yaml") for name in ("forty", "some", "ignored")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PairedComparison:
    """40 draws on one worker: two chunks of 16, and one of 8."""
    folder = tmp_path_factory.mktemp("pairs")
    return compare_many(scenario(), changes(folder), 40, workers=1, out=folder / "one", pictures=True)


def lines(made: PairedComparison, scenario: str, level: str, what: str = "time") -> Any:
    chances = made.chances
    (row,) = chances[(chances["scenario"] == scenario) & (chances["level"] == level)
                     & (chances["what"] == what)].to_dict("records")  # fmt: skip
    return row


@pytest.mark.parametrize("level", ["near", "far"])
def test_stopping_everything_for_forty_days_moves_all_dates_by_forty(level: str, made: PairedComparison) -> None:
    row = lines(made, "forty", level)
    assert (row["draws"], row["helps"], row["same"], row["harms"], row["unclear"]) == (40, 1.0, 0.0, 0.0, 0.0)
    for name in ("p5", "p25", "median", "p75", "p95"):
        assert row[f"{name}_at_least_days"] == row[f"{name}_at_most_days"] == 40.0
    assert (row["median_error_days"], row["central_days"]) == (0.0, 40.0)
    assert row["helps_error"] == pytest.approx(0.0169, abs=1e-4)  # sqrt(40.5 · 0.5 / (41² · 42))
    rows = made.levels.query("scenario == 'forty' and level == @level")
    assert (rows["time_bought_days"] == 40.0).all() and (rows["bound"] == "exact").all()
    dwell = lines(made, "forty", "near", "dwell")
    assert dwell["same"] == 1.0 and dwell["median_at_least_days"] == dwell["median_at_most_days"] == 0.0
    work = made.work.query("scenario == 'forty' and level == @level and by == 'all'")
    assert np.abs(work["work_bought"]).max() < 1e-9 * work["work"].max()


def test_an_uncertain_length_buys_exactly_its_length(made: PairedComparison) -> None:
    rows = made.levels.query("scenario == 'some' and level == 'far'").set_index("draw")
    lengths = made.inputs.set_index("draw")["pause.lasts"]
    np.testing.assert_allclose(rows["time_bought_days"], lengths, atol=1e-8)
    row = lines(made, "some", "far")
    assert row["helps"] == 1.0
    for name, q in (("p5", 0.05), ("p25", 0.25), ("median", 0.5), ("p75", 0.75), ("p95", 0.95)):
        assert row[f"{name}_at_least_days"] == pytest.approx(20.0 + 40.0 * q, abs=40.0 / 32)  # Sobol points: even
    assert row["central_days"] == pytest.approx(40.0, abs=1e-8)


def test_what_nobody_keeps_to_helps_in_no_draw(made: PairedComparison) -> None:
    for level in ("near", "far"):
        row = lines(made, "ignored", level)
        assert (row["helps"], row["same"]) == (0.0, 1.0) and row["helps_error"] == pytest.approx(0.0169, abs=1e-4)
    levels = made.levels.query("scenario == 'ignored'")
    assert (levels["time_bought_days"] == 0.0).all()


def test_the_draws_of_the_base_are_those_of_its_ensemble(made: PairedComparison) -> None:
    alone = sim.run_ensemble(scenario(), 8, workers=1)
    paths = [path for path in made.inputs if path != "pause.lasts"]
    assert list(made.inputs)[-1] == "pause.lasts" and made.inputs[paths].head(8).equals(alone.inputs)
    for level in ("near", "far"):
        mine = made.levels.query("scenario == 'some' and level == @level and draw < 8")["date_base"]
        assert mine.tolist() == alone.outcomes[f"level[{level}]"].tolist()


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_and_going_on_change_no_byte(workers: int, made: PairedComparison, tmp_path: Path) -> None:
    mine = changes(tmp_path)
    if workers == 3:
        compare_many(scenario(), mine, 16, workers=1, out=tmp_path / "more")
    compare_many(scenario(), mine, 40, workers=workers, out=tmp_path / "more", resume=True, pictures=True)
    assert bytes_of(tmp_path / "more") == bytes_of(made.folder)
    if workers == 2:
        return
    before = bytes_of(tmp_path / "more")
    for change, told in (
        ({**mine, "some": mine["forty"]}, r"some: pause.lasts: .*uniform.*, now 40 days"),
        ({"forty": mine["forty"]}, "changed worlds: forty, some, ignored, now forty"),
    ):
        with pytest.raises(OutputError, match=told):
            compare_many(scenario(), change, 48, workers=1, out=tmp_path / "more", resume=True)
    with pytest.raises(OutputError, match="comparison, now draws"):
        sim.run_ensemble(scenario(), 48, workers=1, out=tmp_path / "more", resume=True)
    assert bytes_of(tmp_path / "more") == before


def test_levels_that_the_end_hides_are_bounds_and_counted(tmp_path: Path) -> None:
    text = WORLD.replace("2030-01-01", "2027-10-01")
    found = compare_many(scenario(text), changes(tmp_path)["forty"], 24, workers=1)
    (name,) = found.worlds
    rows = found.levels.query("level == 'far'")
    known = found.summary["scenarios"][name]["levels"]["far"]["known"]
    assert known == {bound: int((rows["bound"] == bound).sum()) for bound in known} and sum(known.values()) == 24
    row = found.chances.query("level == 'far' and what == 'time'").iloc[0]
    late = (rows["bound"] == "at least").mean()
    never = (rows["bound"] == "unknown").mean()
    assert 0.0 < never < 1.0 and row["unclear"] == pytest.approx(never)
    assert row["helps"] == pytest.approx(1.0 - never) and late >= 0.0
    text = report_text(found.summary)
    assert "unclear" in text and "unclear days" not in text


def test_quantiles_of_bounds_against_a_table_worked_by_hand() -> None:
    """Of -1, 0, 2 exact, at least 3, at most 1, and one of which nothing is known."""
    values = np.array([-1.0, 0.0, 2.0, 3.0, 1.0, np.nan])
    marks = np.array([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 1, 0]], dtype=bool)
    found = bounded(values, *marks)
    assert found.low.tolist() == [-1, 0, 2, 3, -INF, -INF] and found.high.tolist() == [-1, 0, 2, INF, 1, INF]
    half = found.quantile(0.5)
    assert (half.low, half.high) == (-0.5, 1.5)  # the middles of -inf -inf -1 0 2 3 and of -1 0 1 2 inf inf
    assert found.quantile(0.05)[:2] == (None, -1.0) and found.quantile(0.95)[:2] == (3.0, None)
    shares = found.shares(0.5)
    assert shares == pytest.approx((2 / 6, np.sqrt(2.5 * 4.5 / (49.0 * 8.0)), 1 / 6, 1 / 6, 2 / 6))
    none = Bounded(np.zeros(0), np.zeros(0))
    assert none.quantile(0.5) == (None, None, None) and np.isnan(none.shares(0.5).helps)


def test_the_picture_shows_the_table_and_no_text_is_cut(made: PairedComparison) -> None:
    drawn: Any = figure(made, "time_bought")
    assert words(drawn, "title").startswith("forty: far later in 100% of draws, by 40 days in the median")
    medians = [float(line.get_xdata()[0]) for line in tagged(drawn, "median") if hasattr(line, "get_xdata")]
    expected = [lines(made, name, level)["median_at_least_days"] for level in ("near", "far") for name in made.worlds]
    assert medians == expected
    helps = [text.get_text() for text in tagged(drawn, "helps")]
    assert helps == ["100%", "100%", "0%"] * 2
    for name in ("time_bought", "dwell"):
        drawn = figure(made, name)
        drawn.pixels()
        found = boxes(drawn, texts(drawn))
        assert all(box.x0 >= 0.0 and box.x1 <= drawn.bbox.width for _, box in found)
    assert {"time_bought.png", "dwell.png", "chances.csv"} <= set(os.listdir(made.folder))
    with pytest.raises(ValueError, match="there are time_bought, dwell"):
        made.plot("windows")


def test_what_cannot_be_compared_is_told(tmp_path: Path) -> None:
    mine = changes(tmp_path)
    with pytest.raises(ValueError, match="have no level in common"):
        compare_many(scenario(WORLD[: WORLD.index("levels:")] + WORLD[WORLD.index("labs:") :]), mine["forty"], 4)
    with pytest.raises(ValueError, match="'base' is what the unchanged world is called"):
        compare_many(scenario(), {"base": mine["forty"]}, 4)
    with pytest.raises(ValueError, match="above 0, got 0"):
        compare_many(scenario(), mine["forty"], 0)
    with pytest.raises(ValueError, match="needs at least one changed world"):
        compare_many(scenario(), {}, 4)
    with pytest.raises(OutputError, match="holds no finished comparison"):
        PairedComparison(tmp_path)


def test_a_draw_that_fails_in_one_world_is_told_with_the_world(
    small: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    from sim.analysis import paired

    real = paired.simulate_draw

    def simulate_draw(draw: Any, **options: Any) -> Any:
        if draw.draw == 3 and draw.pause:
            raise ZeroDivisionError("no")
        return real(draw, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paired, "simulate_draw", simulate_draw)
        patch.setattr("sim.ensemble.counting.MOST_FAILING", 0.5)
        changed = {"forty": changes(tmp_path)["forty"]}
        found = compare_many(scenario(), changed, 5, workers=1)
        again: Any = {"workers": 1, "out": tmp_path / "again", "resume": True}
        compare_many(scenario(), changed, 5, **again)
        patch.setattr("sim.ensemble.counting.MOST_FAILING", 0.01)
        for draws in (5, 5, 4):  # made before, and made now
            with pytest.raises(TooManyFailures, match="; the first: draw 3: forty: no$"):
                compare_many(scenario(), changed, draws, **again)
            again["out"] = tmp_path / "new"
    assert found.failed == 1 and found.failures[["draw", "scenario", "message"]].values.tolist() == [[3, "forty", "no"]]
    assert sorted(set(found.levels["draw"])) == [0, 1, 2, 4]
