"""Branches: the past of one draw to the byte, closed forms for what comes after, the same bytes however made."""

from __future__ import annotations

import json
import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

import sim
from sim.branching import branch
from sim.cli import main
from sim.ensemble.branch import BranchError, BranchRefused
from sim.ensemble.past import Past
from sim.ensemble.sampler import Sampler
from sim.ensemble_report import report_text
from sim.ensembles import Ensemble
from sim.output import OutputError
from sim.replay import replay
from tests.ensemble.branches import DAY, DRAW, FIRST, SECOND, TEXT, kolmogorov, world
from tests.ensemble.worlds import bytes_of, small_chunks


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    """40 worlds of what may follow draw 11, on one worker: two chunks of 16, and one of 8."""
    with pytest.MonkeyPatch.context() as patch:
        small_chunks(patch)
        return branch(world(), DRAW, DAY, 40, workers=1, keep="all", out=tmp_path_factory.mktemp("branch") / "one")


def plain(rows: pd.DataFrame) -> list[tuple[object, ...]]:
    """Rows to the last bit, what is empty as None."""
    return list(rows.astype(object).where(rows.notna(), None).itertuples(index=False, name=None))


def test_the_past_is_that_of_the_draw(made: Ensemble) -> None:
    alone = replay(world(), DRAW)
    for name, when in (("events", "date"), ("models", "internal_from")):
        expected = alone.frame(name)
        expected = expected[expected[when] < DAY]
        assert len(expected) >= 2
        found = made.frame(name)
        found = found[found[when] < DAY]
        columns = [column for column in expected if column not in ("details", "accelerators_by_type")]
        for number in range(40):
            rows = found[found["draw"] == number]
            assert plain(rows[columns]) == plain(expected[columns]), number
    after = made.events[made.events["date"] >= DAY]
    assert after.groupby("draw")["day"].apply(tuple).nunique() == 40  # and no two are the same from then on


def test_what_is_drawn_anew_and_what_is_kept(made: Ensemble) -> None:
    found = {row["input"]: row for row in made.summary["branch"]["inputs"]}
    assert found[FIRST]["drawn"] == "kept" and "on_hand" in found[FIRST]["would_change"]
    assert found[SECOND]["drawn"] == "anew" and found[SECOND]["moves"]
    assert found["pause.starts"]["drawn"] == "in part" and "intervention_start" in found["pause.starts"]["would_change"]
    assert found["pause.lasts"]["drawn"] == "anew"
    # No breach came before, and none would have at a higher rate: that says something of the rate all the same.
    early = found["hazards.breach.rate.2026-01-01"]
    assert early["drawn"] == "kept" and early["would_change"] == "how likely hazard/breach was until then"
    assert found["hazards.breach.rate.2028-01-01"]["drawn"] == "anew"
    inputs = made.inputs
    kept = [path for path, row in found.items() if row["drawn"] == "kept"]
    assert (inputs[kept].nunique() == 1).all() and inputs[SECOND].nunique() == 40
    draw = Sampler(world())
    row = draw.quantiles(DRAW, DRAW + 1)[0]
    spread = NormalDist(math.log(math.sqrt(2.0) * 1e5), math.log(2.0) / 2.0 / NormalDist().inv_cdf(0.95))
    assert inputs[FIRST][0] == pytest.approx(math.exp(spread.inv_cdf(row[draw.paths.index(FIRST)])))
    assert made.summary["uncertain_inputs"] == sum(row["drawn"] != "kept" for row in found.values())


def test_an_input_that_shapes_the_past_in_part_is_drawn_from_the_rest_of_its_range(made: Ensemble) -> None:
    """A pause had not begun by then: its start is normal, given that it is later."""
    epoch, mean = np.datetime64("1970-01-01"), np.datetime64("2027-01-01")
    days = [float(day) for day in (made.inputs["pause.starts"].to_numpy() - epoch) / np.timedelta64(1, "D")]
    law = NormalDist(float((mean - epoch) / np.timedelta64(1, "D")), 100.0)
    since = law.mean
    assert min(days) >= since
    assert kolmogorov(days, lambda day: (law.cdf(day) - 0.5) / 0.5) < 1.95


def test_random_events_are_drawn_anew_by_their_law(tmp_path: Path) -> None:
    """From the day on the time to the next at 2 a year is exponential; what rates were before does not matter."""
    text = TEXT[: TEXT.index("pause:")] + "labs: {A: {compute: {count: 1 H100}}}\ntrajectory: 24 months\n"
    text = text.replace("breach: {rate: {2026-01-01: 0.01 to 0.04 per year, 2028-01-01: 1 to 3 per year}}",
                        "breach: {rate: 4 per year}")  # fmt: skip
    found = branch(world(text.replace("2029", "2033")), 0, DAY, 200, workers=1, keep="all")
    events = found.events[(found.events["kind"] == "hazard") & (found.events["date"] >= DAY)]
    for name, rate in (("fire", 2.0), ("breach", 4.0)):
        first = events[events["subject"] == name].groupby("draw")["day"].min()
        assert len(first) == 200
        waits = [(day - 365.0) / 365.25 for day in first]
        assert kolmogorov(waits, lambda years, rate=rate: 1.0 - math.exp(-rate * years)) < 1.95
    gaps = events[events["subject"] == "fire"].groupby("draw")["day"].apply(lambda days: days.iloc[1] - days.iloc[0])
    assert kolmogorov([gap / 365.25 for gap in gaps], lambda years: 1.0 - math.exp(-2.0 * years)) < 1.95


# -------------------------------------------------------------------------------------- the same bytes, however made


def test_workers_and_resuming_change_no_byte(made: Ensemble, small: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "more"
    branch(world(), DRAW, DAY, 24, workers=2, keep="all", out=folder)
    branch(world(), DRAW, DAY, 40, workers=2, keep="all", out=folder, resume=True)
    assert bytes_of(folder) == bytes_of(made.folder)
    with pytest.raises(OutputError, match="draw 11 from 2027-01-01 on, now draw 4 from 2027-01-01 on"):
        branch(world(), 4, DAY, 40, workers=1, keep="all", out=folder, resume=True)
    with pytest.raises(OutputError, match="draw 11 from 2027-01-01 on, now draws of all"):
        sim.run_ensemble(world(), 40, workers=1, keep="all", out=folder, resume=True)


def test_only_the_summary_of_a_branch(made: Ensemble) -> None:
    counted = branch(world(), DRAW, DAY, 40, workers=1, keep="summary").summary
    for name, found in made.summary["results"].items():
        if found["median"] is not None:
            assert counted["results"][name]["median"] == pytest.approx(found["median"], rel=2e-3)
    assert counted["branch"] == made.summary["branch"]


def test_a_branch_in_python(made: Ensemble) -> None:
    assert made.central.number == DRAW and made.drawn is not None and SECOND in made.drawn
    assert made.fan[made.fan["date"] < DAY].groupby("series")["p5"].count().min() >= 12
    before = made.fan[(made.fan["date"] < DAY) & (made.fan["series"] == "copies")]
    assert (before["p5"] == before["p95"]).all() and (before["p50"] == before["central"]).all()
    which = made.sensitivity("most_copies_at_open")
    read = {path for path in made.drawn if not path.startswith("observed_uplift.")}
    assert which.found.factors[0].path == SECOND and set(which.indices["input"]) == {*read, "(dummy)"}
    assert set(which.left_out) == {*made.drawn} - read
    with pytest.raises(ValueError, match="tornado makes runs of its own, which are none of a branch"):
        made.sensitivity("most_copies_at_open", "tornado")
    with pytest.raises(ValueError, match="is a branch of draw 11"):
        made.branch(1, "2028-01-01", 5)
    figure = made.plot("workforce")
    texts = [text.get_text() for legend in figure.legends for text in legend.get_texts()]  # type: ignore[union-attr]
    assert not texts or "draw 11" in texts


# ------------------------------------------------------------------------------------------------------------ faults


@pytest.mark.parametrize(("when", "told"), [
    ("2026-01-01", "a branch begins after the start and before the draw's end: after 2026-01-01 and before 2029-01-01"),
    ("2029-01-01", "a branch begins after the start"),
    ("soon", "expected a date such as 2028-01-01, got 'soon'"),
])  # fmt: skip
def test_dates_outside_of_the_draw_are_refused(when: str, told: str) -> None:
    with pytest.raises(BranchRefused, match=told):
        branch(world(), DRAW, when, 5)


def test_chance_that_changed_the_past_would_be_told_as_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Past, "lost", lambda *_: "the model Aurora-1")
    with pytest.raises(BranchError, match="random events after 2027-01-01 changed what was before: the model Aurora-1"):
        branch(world(), DRAW, DAY, 5)


def test_as_a_user_types_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    (tmp_path / "w.yaml").write_text(TEXT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    line = ["run", "w.yaml", "--draw", "11", "--no-pictures"]
    assert main([*line, "--from", DAY, "-n", "12", "--workers", "1"]) == 0
    said = capsys.readouterr().out
    assert "w: 12 worlds that share the past of draw 11 before 2027-01-01 (sobol, seed 0)" in said
    assert "Random events from then on: drawn anew" in said
    folder = tmp_path / "outputs" / "branch-w-draw-11"
    assert "branch.csv" in json.loads((folder / "run.json").read_text(encoding="utf-8"))["files"]
    # What `sim run --draw 11` writes is, before the day, what each world has: line by line, but for the column `draw`.
    assert main([*line, "--out", "alone"]) == 0
    lines = (tmp_path / "alone" / "events.csv").read_text(encoding="utf-8").splitlines()[1:]
    ids = [line.split(",")[0] for line in lines if line.split(",")[1] < DAY]
    events = Ensemble(folder).events
    for number in range(12):
        assert events[(events["draw"] == number) & (events["date"] < DAY)]["id"].tolist() == ids


def test_worlds_that_are_alike_are_called_so(made: Ensemble) -> None:
    """After the last run nothing that is drawn anew has a part in any result: a fire moves nothing."""
    text = TEXT.replace("  breach: {rate: {2026-01-01: 0.01 to 0.04 per year, 2028-01-01: 1 to 3 per year}}\n", "")
    text = text.replace("1e5 to 2e5", "1e5").replace(", 2027-03-01: 3e5 to 5e5 H100e, correlation: 80%", "")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("pause"))
    said = report_text(branch(world(text), 3, "2028-06-01", 4, workers=1).summary)
    assert "Nothing that was drawn anew moves these results: 4 worlds that are alike." in said
    assert "no spread" in said and "± 0" not in said.partition("Windows")[0]
    assert "alike" not in report_text(made.summary)


@pytest.mark.parametrize(("options", "told"), [
    (["-n", "5", "--from", "2027-01-01"], "--from: with --draw K, the draw whose past is kept"),
    (["-n", "5", "--from", "2027-01-01", "--out", "o"], "--from: with --draw K, the draw whose past is kept"),
    (["-n", "5", "--from", "2027-01-01", "--draw", "-1", "--out", "o"], "--draw -1: draws are numbered from 0"),
    (["--draw", "1", "--from", "2027-01-01"], "--from: only with -n, the number of draws"),
    (["-n", "5", "--draw", "1", "--from", "2031-01-01"], "--from 2031-01-01: a branch begins after the start"),
    (["-n", "5", "--draw", "1", "--from", "2028-11-01"], "--from 2028-11-01: there is nothing to draw anew: of the "),
])  # fmt: skip
def test_mistakes_are_told(
    options: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    """All that is uncertain has shaped the past by November 2028, and nothing happens at random."""
    text = TEXT.replace(TEXT[TEXT.index("hazards") : TEXT.index("labs")], "")
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["run", "s.yaml", *options]) == 2
    said = capsys.readouterr().err
    assert told in said and "Traceback" not in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s.yaml"]
