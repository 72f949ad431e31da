"""Pictures of many draws show the numbers of the tables; the central case and how long levels last beside them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.cli import main
from sim.ensemble.estimate import quantile_alone
from sim.ensemble.part import OUTCOMES
from sim.ensemble.summary import beside_central
from sim.ensemble.survival import kaplan_meier
from sim.ensemble.years import means
from sim.ensembles import Ensemble, run_ensemble
from sim.show.lengths import with_error
from sim.show.many import figure, pictures_of
from sim.show.pictures import save
from sim.show.simulated import date_number
from tests.ensemble.worlds import UNCERTAIN, scenario
from tests.show.reading import boxes, tagged, texts, words


@pytest.fixture(scope="module")
def made() -> Ensemble:
    return run_ensemble(scenario(), 40, workers=1)


def days(line: Any) -> np.ndarray:
    return (pd.to_datetime(line) - pd.Timestamp("1970-01-01")).dt.total_seconds().to_numpy() / 86_400.0


def test_the_central_case_beside_the_bands_is_its_own_run(made: Ensemble) -> None:
    fan = made.fan
    central = fan[fan["series"] == "h100e"].set_index("date")["central"]
    cluster = made.central.frame("trajectory").query("series == 'accelerators_h100e' and lab != ''")
    assert central.notna().all() and len(central) == fan["date"].nunique()
    best = fan[fan["series"] == "best_effective_flop"]["central"].iloc[-1]
    last = fan["date"].max()
    models = made.central.models
    assert best == models[models["internal_from"] <= last]["effective_flop"].max()
    assert cluster is not None and central.is_monotonic_increasing


def test_how_long_a_level_lasts_against_the_table_of_outcomes(made: Ensemble) -> None:
    (row,) = made.summary["dwell"]
    assert (row["level"], row["next_level"]) == ("near", "far")
    outcomes = made.outcomes
    reached = outcomes[outcomes["level[near]"].notna()]
    closed = reached["level[far]"].notna().to_numpy()
    until = reached["level[far]"].fillna(reached["end"])
    line = kaplan_meier(days(until) - days(reached["level[near]"]), closed)
    assert row["draws"] == len(reached) and 0.0 < row["open_at_end"] == 1.0 - closed.mean() < 1.0
    assert row["median_days"] == pytest.approx(line.quantile(0.5), abs=1e-4)
    levels = made.central.levels.set_index("level")["date"]
    assert row["central_days"] == pytest.approx((levels["far"] - levels["near"]).total_seconds() / 86_400.0, abs=1e-4)
    assert row["central_open"] is False


def test_fans_have_the_numbers_of_the_table(made: Ensemble) -> None:
    drawn: Any = figure(made, "workforce")
    fan = made.fan
    assert drawn.axes[0].get_title(loc="left") == "Copies that all labs' fleets can run"
    copies = fan[fan["series"] == "copies"]
    (median, *_) = tagged(drawn, "median")
    np.testing.assert_allclose(median.get_ydata(), np.where(copies["p50"] > 0.0, copies["p50"], np.nan))
    (central, *_) = tagged(drawn, "central")
    np.testing.assert_allclose(central.get_ydata(), np.where(copies["central"] > 0.0, copies["central"], np.nan))
    panels = len(drawn.axes)
    assert len(tagged(drawn, "draw")) == 6 * panels and len(tagged(drawn, "band:", start=True)) == 2 * panels
    first = made.series.query("draw == 0")["copies"]
    np.testing.assert_allclose(tagged(drawn, "draw")[0].get_ydata(), np.where(first > 0.0, first, np.nan))
    assert "40 draws" in words(drawn, "footer") and "2 labs" not in words(drawn, "title")


def test_what_training_uses_is_a_mean_of_the_year_up_to_each_date(made: Ensemble) -> None:
    drawn: Any = figure(made, "compute")
    (panel,) = (axes for axes in drawn.axes if "training" in axes.get_title(loc="left"))
    assert "yearly mean" in panel.get_title(loc="left") and "runs come and go" in words(drawn, "footer").lower()
    table = made.series.pivot(index="date", columns="draw", values="h100e[training]")
    year = pd.Timedelta(days=364.5)
    means_of = [table[(table.index > date - year) & (table.index <= date)].mean() for date in table.index]
    there = table.notna().to_numpy()
    lines = [np.sort(mean.to_numpy()[row]) for mean, row in zip(means_of, there, strict=True)]
    (median,) = (line for line in panel.lines if line.get_gid() == "median")
    expected = np.array([quantile_alone(line, 0.5) for line in lines])
    np.testing.assert_allclose(np.nan_to_num(median.get_ydata()), expected, rtol=1e-9)
    assert len([line for line in panel.lines if line.get_gid() == "draw"]) == 6


def test_a_mean_of_a_year_of_nothing_is_nothing() -> None:
    dates = np.array([0.0, 31.0, 59.0, 365.0, 396.0, 424.0])
    values = np.array([3e8, 1e8 / 3.0, 0.0, 0.0, 0.0, np.nan])
    assert means(dates, values)[:3] == pytest.approx([3e8, 1e9 / 6.0, 1e9 / 9.0])
    assert means(dates, values)[3:5].tolist() == [pytest.approx(1e8 / 9.0), 0.0]
    assert np.isnan(means(dates, values)[5])


def test_an_axis_of_large_numbers_without_spread_has_words(tmp_path: Path) -> None:
    text = UNCERTAIN[: UNCERTAIN.index("levels:")] + "labs: {Aurora: {compute: {stock: 1e8 H100e}, use: {}}}\n"
    import sim

    found = run_ensemble(sim.load("flat.yaml", text=text.replace("2027-10-01", "2026-06-01")), 2, workers=1)
    drawn: Any = figure(found, "compute")
    drawn.pixels()
    assert "1e8" not in {text.get_text() for text in texts(drawn)}
    assert "50 million" in {text.get_text().replace("\u00a0", " ") for text in drawn.axes[0].get_yticklabels()}


def test_windows_show_medians_and_the_share_that_is_open(made: Ensemble) -> None:
    drawn: Any = figure(made, "windows")
    own = made.summary["windows"]["all"]["own"]
    left, _ = drawn.axes
    medians = [line for line in left.lines if line.get_gid() == "median"]
    known = [line["median_days"] for line in own if line["median_days"] is not None]
    assert [float(line.get_xdata()[0]) for line in medians] == known
    shares = [text.get_text() for text in left.texts if text.get_gid() == "open"]
    assert shares == [f"{100 * line['open_at_end']:.0f}%" for line in own]
    boxes_ = [artist for artist in left.artists + left.patches if artist.get_gid() == "open"]
    assert [box.get_hatch() for box in boxes_] == ["////"] * sum(line["open_at_end"] > 0.0 for line in own)


def test_windows_that_are_the_same_in_all_draws_have_no_error_and_none_is_below_nothing(made: Ensemble) -> None:
    def line(median: float, error: float, ends: tuple[float, float], draws: int = 12) -> dict[str, Any]:
        return {"generation": 1, "draws": draws, "open_at_end": 0.0, "median_days": median, "median_error_days": error,
                "p5_days": ends[0], "p95_days": ends[1]}  # fmt: skip

    def together(*labs: dict[str, Any]) -> float:
        found = {"all": {"own": [line(160.0, 9.0, (130.0, 280.0))], "frontier": []}}
        found |= {f"lab {n}": {"own": [each], "frontier": []} for n, each in enumerate(labs)}
        return float(beside_central(found, made.central.table("windows"))["all"]["own"][0]["median_error_days"])

    same, other = line(130.0, 0.0, (130.0, 130.0)), line(280.0, 0.0, (280.0, 280.0))
    assert together(same, other) == 0.0
    assert together(same, line(280.0, 3.0, (250.0, 300.0))) == 9.0
    assert together(same, {**other, "draws": 11}) == 9.0
    assert with_error(line(0.0, 61.0, (0.0, 90.0)), 1.0) == "0 (to 61)"
    assert with_error(line(38.0, 20.0, (0.0, 90.0)), 1.0) == "38 ± 20"
    assert with_error(line(0.0, 0.0, (0.0, 90.0)), 1.0) == "0"
    drawn: Any = figure(made, "windows")
    assert not any(dot.get_clip_on() for dot in tagged(drawn, "central"))


def test_curves_of_levels_end_at_the_share_that_is_reached(made: Ensemble) -> None:
    drawn: Any = figure(made, "levels")
    curves = tagged(drawn, "reached")
    outcomes = made.frame(OUTCOMES)
    for curve, name in zip(curves, ("level[near]", "level[far]", "milestone[early]"), strict=True):
        assert curve.get_ydata()[-1] == pytest.approx(outcomes[name].notna().mean())
    dots = [float(dot.get_xdata()[0]) for dot in tagged(drawn, "central")]
    assert dots[0] == date_number(made.summary["levels"]["near"]["central"])


@pytest.mark.parametrize("name", ["workforce", "compute", "windows", "levels"])
def test_no_text_covers_another_or_is_cut(name: str, made: Ensemble) -> None:
    drawn: Any = figure(made, name)
    drawn.pixels()
    found = boxes(drawn, texts(drawn))
    width, height = drawn.bbox.size
    for n, (one, box) in enumerate(found):
        assert box.x0 >= 0.0 and box.x1 <= width and box.y0 >= 0.0 and box.y1 <= height, one
        for other, at in found[n + 1 :]:
            across = min(box.x1, at.x1) - max(box.x0, at.x0)
            up = min(box.y1, at.y1) - max(box.y0, at.y0)
            assert across <= 2.0 or up <= 3.0, (one, other)


def test_the_command_draws_them_and_another_name_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = UNCERTAIN.replace("2027-10-01", "2026-10-01")
    Path("s.yaml").write_text(text[: text.index("  Borealis")], encoding="utf-8")
    line = ["run", "s.yaml", "-n", "4", "--workers", "1"]
    assert main([*line, "--out", "a"]) == 0
    made = Ensemble("a")
    assert {f"{name}.png" for name in pictures_of(made)} == {name for name in os.listdir("a") if name[-4:] == ".png"}
    again = save(figure(made, "levels"), tmp_path / "again.png")
    assert again.read_bytes() == Path("a/levels.png").read_bytes()
    assert main([*line, "--out", "a", "--resume", "--no-pictures"]) == 0
    assert not [name for name in os.listdir("a") if name.endswith(".png")]
    assert set(made.plot()) == set(pictures_of(made))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"no picture is called 'window' \(did you mean 'windows'\?\); there are work"):
        made.plot("window")


def test_draws_in_which_nothing_happens_have_pictures_that_say_so() -> None:
    text = UNCERTAIN[: UNCERTAIN.index("levels:")] + "labs: {Aurora: {compute: {stock: 1e5 to 2e5 H100e}, use: {}}}\n"
    import sim

    found = run_ensemble(sim.load("idle.yaml", text=text.replace("2027-10-01", "2026-03-01")), 2, workers=1)
    assert pictures_of(found) == ["workforce", "compute", "windows"]
    assert words(figure(found, "workforce"), "title") == "No copies ran in any draw"
    assert words(figure(found, "windows"), "title") == "No new model in any draw"
    assert "Compute in Feb 2026" in words(figure(found, "compute"), "title")
