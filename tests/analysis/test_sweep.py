"""Sweeps: ranges, cells equal to single runs, the same bytes however they are made, the smallest value for a target."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import sim
from sim.analysis.axis import AxisError, axis, cells_of, parse_axis
from sim.analysis.chunks import OtherSweep, chunk_file, run
from sim.analysis.solve import TargetError, parse_target
from sim.analysis.sweep import plan
from sim.cli_progress import progress_text
from sim.show.sweep import figure
from sim.show.sweep_outputs import chosen
from sim.tables import Table
from tests.cli.command import ROOT, SMALL, here, tables
from tests.cli.command import sim as command
from tests.show.reading import words

LEVELS = "levels: {near: {effective_flop: 1e26 FLOP}, far: {effective_flop: 6e26 FLOP}}\n"
PAUSED = SMALL + LEVELS + "pause: {starts: 2026-06-01, lasts: 2 months, stops: [training]}\n"
STOPPED = PAUSED.replace("[training]", "[everything]")
SHARES = "labs.Aurora.use.training"


@pytest.mark.parametrize(("text", "values", "unit"), [
    ("p=5%,10%,20%", ["5%", "10%", "20%"], "%"),
    ("p=0:24:6 months", ["0 months", "6 months", "12 months", "18 months", "24 months"], "months"),
    ("p=0,3:9:3 months", ["0 months", "3 months", "6 months", "9 months"], "months"),
    ("p=0,1 year,18 months", ["0 year", "1 year", "18 months"], None),
    ("p=5%,0.0,10%", ["5%", "0%", "10%"], "%"),
    ("p=0,1000 H100e", ["0 H100e", "1000 H100e"], "H100e"),
    ("p=0,1,2", ["0", "1", "2"], ""),
    ("p=0,2 to 5 months", ["0", "2 to 5 months"], None),  # no unit to take
    ("p=0,2027-01-01", ["0", "2027-01-01"], None),
    ("p=0,off", ["0", "off"], None),
    ("p=0.1:0.3:0.1", ["0.1", "0.2", "0.3"], ""),  # decimals do not drift
    ("p=10:5:-5%", ["10%", "5%"], "%"),
    ("p=1e25:1e27:x10 FLOP", ["10000000000000000000000000 FLOP", "100000000000000000000000000 FLOP",
                              "1000000000000000000000000000 FLOP"], "FLOP"),
    ("p=2x per year,3x per year", ["2x per year", "3x per year"], "x per year"),
    ("p=2027-01-31:2027-04-30:1 month", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"], "date"),
    ("p=[a, b],{c: 1, d: 2}", ["[a, b]", "{c: 1, d: 2}"], None),
    ("p=5:5:1 days", ["5 days"], "days"),
    ("p=3 months,3 months", ["3 months"], "months"),
])  # fmt: skip
def test_lists_and_ranges(text: str, values: list[str], unit: str | None) -> None:
    found = parse_axis(text)
    assert list(found.values) == values
    assert (found.numbers is None) == (unit is None) and found.unit == (unit or "")


@pytest.mark.parametrize("text", ["p=0:24:0 months", "p=0:24:-3 months", "p=10:5:1", "p=1:8:x1", "p=1:8:x0.5",
                                  "p=0:8:x2", "p=2028-01-01:2027-01-01:1 month",
                                  "p=2027-01-01:2028-01-01:0 days"])  # fmt: skip
def test_a_range_that_never_ends_is_refused(text: str) -> None:
    with pytest.raises(AxisError, match="never ends"):
        parse_axis(text)


@pytest.mark.parametrize(("text", "write"), [
    ("p=0:12:5 months", "write 0:10:5 months or 0:15:5 months"),
    ("p=10%,40:5:-10%", "write 40:10:-10% or 40:0:-10%"),
    ("p=1e24:5e26:x10 FLOP", "write 1e24:1e+26:x10 FLOP or 1e24:1e+27:x10 FLOP"),
    ("p=2027-01-31:2027-03-01:1 month", "write 2027-01-31:2027-02-28:1 month or 2027-01-31:2027-03-31:1 month"),
])  # fmt: skip
def test_a_range_that_does_not_come_to_its_end_is_refused_with_the_nearest_two(text: str, write: str) -> None:
    with pytest.raises(AxisError) as told:
        parse_axis(text)
    assert str(told.value).endswith(write)
    for each in write.removeprefix("write ").split(" or "):
        parse_axis(f"p={each}")


def test_too_many_cells_are_refused() -> None:
    with pytest.raises(AxisError, match="more than 10,000 values"):
        axis("p", "0:1e9:1")
    with pytest.raises(AxisError, match="1,000 x 1,000 = 1,000,000 cells are too many"):
        cells_of([axis("p", "1:1000:1"), axis("q", "1:1000:1")])


def test_a_cell_is_the_run_with_its_settings(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SMALL + LEVELS, encoding="utf-8")
    over = {SHARES: ["5%", "20%"], "labs.Aurora.runs.length": [f"{n} days" for n in (60, 120)]}
    cells = sim.sweep(tmp_path / "s.yaml", over).cells
    assert cells[SHARES].tolist() == [5.0, 5.0, 20.0, 20.0]
    assert cells["labs.Aurora.runs.length"].tolist() == [60, 120] * 2
    assert cells.attrs["units"][SHARES] == "%" and cells.attrs["units"]["labs.Aurora.runs.length"] == "days"
    base = sim.simulate(sim.load(tmp_path / "s.yaml"))
    for _, cell in cells.iterrows():
        sets = [f"{SHARES}={cell[SHARES]:g}%", f"labs.Aurora.runs.length={cell['labs.Aurora.runs.length']:g} days"]
        one = sim.simulate(sim.load(tmp_path / "s.yaml", sets=sets))
        heads = one.summary["headlines"]
        assert cell["own_window_median_days"] == heads["own_window_median_days"]
        assert cell["frontier_window_median_days"] == heads["frontier_window_median_days"]
        assert cell["most_copies_at_open"] == heads["most_copies_at_open"]["copies"]
        levels = one.levels.set_index("level")
        assert cell["date[near]"] == levels.loc["near", "date"] and cell["first_lab[near]"] == "Aurora"
        dwell = levels.loc["near", "dwell_days_to_next"]
        assert cell["dwell_bound[near]"] == ("at least" if dwell is None or dwell != dwell else "exact")
        if cell["dwell_bound[near]"] == "exact":
            assert cell["dwell[near]"] == pytest.approx(dwell)
        later = levels.loc["near", "date"] - base.levels.set_index("level").loc["near", "date"]
        bought = later.total_seconds() / 86_400.0
        assert cell["time_bought[near]"] == pytest.approx(bought, abs=1e-4)
        windows = one.windows.set_index("model")
        assert cell["copies[near]"] == windows.loc[levels.loc["near", "first_model"], "copies_at_open"]
        assert cell["problem"] is None


def test_nothing_is_bought_by_no_pause_and_its_length_by_a_stop_of_everything(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(STOPPED, encoding="utf-8")
    cells = sim.sweep(tmp_path / "s.yaml", {"pause.lasts": "0:120:30 days"}).cells
    assert cells["bound[near]"].tolist() == ["exact"] * 5
    assert cells["time_bought[near]"].tolist() == [0.0, 30.0, 60.0, 90.0, 120.0]


def test_the_number_of_workers_and_their_order_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(PAUSED, encoding="utf-8")
    over = {"pause.lasts": "0:6:1 months", SHARES: "5%,10%,20%"}
    one, three = (sim.sweep(tmp_path / "s.yaml", over, workers=workers) for workers in (1, 3))
    assert one.table.to_csv() == three.table.to_csv() and len(one.rows) == 21
    turned = sim.sweep(tmp_path / "s.yaml", dict(reversed(over.items())))
    by = sorted(over)
    left, right = (found.cells.sort_values(by).reset_index(drop=True)[sorted(found.cells)] for found in (one, turned))
    assert left.equals(right)


def test_what_is_done_is_kept_and_gone_on_with(tmp_path: Path) -> None:
    scenario = sim.load("s.yaml", text=PAUSED)
    made = plan(scenario, [axis("pause.lasts", "0:60:1 days")])
    whole = run(made, tmp_path / "whole")
    kept = tmp_path / "kept"
    run(made, kept)
    for n in (0, 5, 9):
        chunk_file(kept, n).unlink()
    seen: list[int] = []
    assert run(made, kept, told=lambda done, cells, seconds: seen.append(done)) == whole
    assert seen[0] == 61 - 6 and seen[-1] == 61  # three chunks of two cells are simulated anew
    with pytest.raises(OtherSweep):
        run(plan(scenario, [axis("pause.lasts", "0:60:2 days")]), kept)
    with pytest.raises(OtherSweep):
        run(plan(scenario, [axis("pause.lasts", "0:60:1 days")], seed=5), kept)


def test_a_chunk_that_is_damaged_or_of_other_cells_is_made_anew(tmp_path: Path) -> None:
    made = plan(sim.load("s.yaml", text=PAUSED), [axis("pause.lasts", "0:4:1 months")])
    whole = run(made, tmp_path)
    files = [chunk_file(tmp_path, n) for n in range(5)]
    before = [file.read_bytes() for file in files]
    files[1].write_bytes(b"")
    files[2].write_bytes(before[0])
    files[3].write_bytes(before[3].replace(b"[[", b"[[1.0, ", 1))
    files[4].write_bytes(b"[]")
    seen: list[int] = []
    assert run(made, tmp_path, told=lambda done, cells, seconds: seen.append(done)) == whole
    assert seen == [1, 2, 3, 4, 5]
    assert [file.read_bytes() for file in files] == before


def test_a_cell_that_cannot_be_simulated_says_why(tmp_path: Path) -> None:
    scenario = sim.load("s.yaml", text=SMALL)
    found = sim.sweep(scenario, {"labs.Aurora.compute.grows": "2x per year,1e17x per year"})
    assert found.rows[0][-1] is None and "stopped on" in found.rows[1][-1]
    assert found.problems == [f"labs.Aurora.compute.grows=1e17x per year: {found.rows[1][-1]}"]
    # Each share is possible on its own, both are not.
    shares = {SHARES: "10%,60%", "labs.Aurora.use.serving": "40%,60%"}
    found = sim.sweep(scenario, shares)
    assert [row[-1] is None for row in found.rows] == [True, True, True, False]
    with pytest.raises(sim.ScenarioError, match="did you mean 'training'"):
        sim.sweep(scenario, {"labs.Aurora.use.trainin": "10%"})


def test_the_smallest_value_that_reaches_a_target() -> None:
    # All clocks stop, so time bought is the length: the answer is the target.
    found = sim.sweep(sim.load("s.yaml", text=STOPPED), {"pause.lasts": "0:120:40 days"})
    answer = found.solve("time_bought[near]=55 days")
    assert answer.value is not None and not answer.jump and answer.below is not None
    assert float(answer.value.split()[0]) == pytest.approx(55.0, abs=40.0 / 8**3)
    assert answer.reached == pytest.approx(float(answer.value.split()[0])) and answer.reached >= 55.0
    assert answer.reached_below is not None and answer.reached_below < 55.0
    assert "is the smallest that reaches time_bought[near]=55 days" in str(answer)
    assert found.solve("time_bought[near]=0 days").below is None
    none = found.solve("time_bought[near]=1 year")
    assert none.value is None and "No value of pause.lasts from 0 days to 120 days reaches" in str(none)
    assert none.best == 120.0 and none.best_at == "120 days"
    assert found.summary["solution"]["value"] is None
    assert all(len(value.split()[0]) <= 5 for value, _, _ in answer.tried)  # no more digits than half a day asks for


def test_what_is_solved_for_is_shown_also_where_nothing_is_bought() -> None:
    found = sim.sweep(
        sim.load("s.yaml", text=PAUSED.replace("2026-06-01", "2027-12-01")), {"pause.lasts": "0:2:1 days"}
    )
    assert chosen(found, None) == ["own_window_median_days"]
    found.solve("time_bought[near]=1 day")
    assert chosen(found, None) == ["time_bought[near]"]
    found.solve("models=1")
    assert chosen(found, None) == ["models"]


def test_what_does_not_come_before_the_end_is_later_than_any_day_until_then() -> None:
    """Due on 2027-01-01 for 30 days: after 2 months without training on 2027-04-02, after 20 not before the end."""
    text = (
        "start: 2026-01-01\nend: 2028-01-01\nlevels: {low: {effective_flop: 2e24}}\n"
        "software: {training: 1x per year, inference: 1x per year}\n"
        "labs:\n  X:\n    compute: {count: 10000 H100}\n    use: {training: 50%, experiments: 50%}\n"
        "    runs: [{name: A, starts: 2027-01-01, flop: 2.5e24 FLOP, length: 30 days}]\n"
        "pause: {starts: 2026-06-01, lasts: 3 months, stops: [training]}\n"
    )
    found = sim.sweep(sim.load("s.yaml", text=text), {"pause.lasts": "0:20:4 months"})
    column = [column.name for column in found.table.columns].index("date[low]")
    assert [row[column] is None for row in found.rows] == [False] * 3 + [True] * 3
    answer = found.solve("date[low]=2027-06-01")
    assert answer.value is not None and not answer.falls_below_at and "Not every" not in str(answer)
    assert [reached for _, _, reached in answer.tried] == sorted(reached for _, _, reached in answer.tried)
    assert answer.best == date(2028, 1, 1).toordinal() and answer.shown(answer.best).startswith("no day before the end")
    beyond = found.solve("date[low]=2028-06-01")  # of what comes after the end nothing is known
    assert beyond.value is None and "the most is no day before the end, 2028-01-01" in str(beyond)


def test_a_jump_is_told_and_values_beyond_that_do_not_reach_it() -> None:
    # A model of 2e25 FLOP is there on one day or the other: its date decides who is first.
    text = (
        "start: 2026-01-01\nend: 2028-01-01\nlevels: {near: {effective_flop: 1e25 FLOP}}\n"
        "labs:\n  Aurora:\n    compute: {count: 1000 H100}\n    models:\n"
        "      - {name: A, public: 2026-03-01, effective_flop: 1.5e25 FLOP, params: 1e10}\n"
        "      - {name: B, public: 2026-09-01, effective_flop: 3e25 FLOP, params: 1e10}\n"
    )
    scenario = sim.load("s.yaml", text=text)
    over = "1e24:2e25:1e24 FLOP"
    found = sim.sweep(scenario, {"levels.near.effective_flop": over})
    answer = found.solve("date[near]=2026-05-01")
    assert answer.jump and answer.reached_below is not None and answer.reached is not None
    assert answer.reached - answer.reached_below == 184.0
    assert answer.value is not None and 1.5e25 < float(answer.value.split()[0]) <= 1.5e25 + 1e24 / 8**3 * 1.001
    falling = sim.sweep(scenario, {"labs.Aurora.models.A.public": "2026-03-01:2026-12-01:3 months"})
    assert falling.solve("best_effective_flop=1e25").value == "2026-03-01"


@pytest.mark.parametrize(("target", "told"), [
    ("time_bought[ner]=6 months", r"did you mean 'time_bought\[near\]'"),
    ("time_bought[near]", "expected OUTPUT=VALUE"),
    ("time_bought[near]=6 parsecs", "expected a number of days"),
    ("time_bought[near]=soon", "expected a number of days"),
    ("date[near]=6 months", "expected a date"),
    ("first_lab[near]=Aurora", "is no number that a sweep gives"),
])  # fmt: skip
def test_a_target_that_makes_no_sense_is_told(target: str, told: str) -> None:
    made = plan(sim.load("s.yaml", text=PAUSED), [axis("pause.lasts", "0:2:1 months")])
    with pytest.raises(TargetError, match=told):
        parse_target(made, target)


def test_progress_in_words() -> None:
    assert progress_text(0, 1000, 0, 0.0, "cells") == "0 of 1,000 cells"
    assert progress_text(520, 1000, 500, 10.0, "cells") == "520 of 1,000 cells, 50 a second, 10 s left"
    assert progress_text(20, 100_000, 10, 10.0, "cells") == "20 of 100,000 cells, 1 a second, 27.8 h left"


def test_progress_never_wraps() -> None:
    """Where a line is too long, the rate goes first, then what is said besides, then the time that is left."""
    more = "; own windows, median so far: 353 days"
    done, rate, left = "520 of 1,000 draws", ", 50 a second", ", 10 s left"
    for width in range(120):
        told = progress_text(520, 1000, 500, 10.0, "draws", more, width)
        assert len(told) <= width
        if width >= len(done):
            texts = (done + rate + left + more, done + left + more, done + rate + left, done + left, done)
            assert told == next(text for text in texts if len(text) <= width)


def test_the_title_names_the_largest_value_where_it_lies_inside() -> None:
    scenario = sim.load("s.yaml", text=PAUSED)
    found = sim.sweep(scenario, {"pause.lasts": "0:6:3 months"})
    names = [column.name for column in found.table.columns]

    def title(values: list[float], *bounds: str) -> str:
        given = [{"time_bought[far]": value, "bound[far]": bounds[n] if bounds else "exact"}
                 for n, value in enumerate(values)]  # fmt: skip
        rows = [tuple(new.get(name, cell) for name, cell in zip(names, row, strict=True))
                for row, new in zip(found.table.rows, given, strict=True)]  # fmt: skip
        shown: Any = SimpleNamespace(plan=found.plan, table=Table("sweep", found.table.columns, rows), solution=None)
        return words(figure(shown, "time_bought[far]"), "title").replace("\n", " ").replace("\u00a0", " ")

    assert title([0.0, 40.0, 90.0]) == "Time bought at far: 90 days with pause.lasts = 6 months, 0 days with 0 months"
    inside = title([0.0, 95.0, 90.0])
    assert inside == ("Time bought at far is largest with pause.lasts = 3 months: 95 days; 90 days with 6 months, "
                      "0 days with 0 months")
    assert title([0.0, 90.0, 90.0]).startswith("Time bought at far: 90 days with")
    assert "3 months: at least 95 days; 90 days with" in title([0.0, 95.0, 90.0], "exact", "at least", "exact")
    unknown = title([0.0, 95.0, 90.0], "exact", "exact", "at least")
    assert unknown.startswith("Time bought at far: at least 90 days with")


def test_the_title_of_a_map_says_where_its_largest_number_is() -> None:
    found = sim.sweep(sim.load("s.yaml", text=PAUSED), {"pause.lasts": "0:6:3 months", SHARES: "5%,10%"})
    names = [column.name for column in found.table.columns]

    def title(values: list[float]) -> str:
        rows = [tuple({"most_copies_at_open": value}.get(name, cell) for name, cell in zip(names, row, strict=True))
                for row, value in zip(found.table.rows, values, strict=True)]  # fmt: skip
        shown: Any = SimpleNamespace(plan=found.plan, table=Table("sweep", found.table.columns, rows), solution=None)
        return words(figure(shown, "most_copies_at_open"), "title").replace("\n", " ").replace("\u00a0", " ")

    cell = found.plan.cells[3]
    at = ", ".join(f"{axis.path} = {axis.values[n]}" for axis, n in zip(found.plan.axes, cell, strict=True))
    assert title([1.0, 2.0, 3.0, 9.0, 4.0, 5.0]) == f"Most copies at open: 1 to 9 copies, largest with {at}"
    assert title([1.0, 9.0, 3.0, 9.0, 4.0, 5.0]) == "Most copies at open: 1 to 9 copies"
    assert title([7.0] * 6) == "Most copies at open: 7 copies in all"


def test_pictures_of_one_two_and_three_inputs() -> None:
    scenario = sim.load("s.yaml", text=PAUSED)
    one = sim.sweep(scenario, {"pause.lasts": "0:6:3 months"})
    two = sim.sweep(scenario, {"pause.lasts": "0:6:3 months", SHARES: "5%,10%"})
    told = [" ".join(text.get_text() for text in found.plot().texts) for found in (one, two)]
    assert all("Time bought at far" in text for text in told)
    assert "Most copies at open" in " ".join(text.get_text() for text in two.plot("most_copies_at_open").texts)
    with pytest.raises(ValueError, match="there are date"):
        one.plot("copies[none]")
    assert repr(two) == "<Sweep of s over pause.lasts (3) x labs.Aurora.use.training (2): 6 cells>"
    assert "<table" in one._repr_html_()


# ------------------------------------------------------------------------------------------------------- the command


def stopped_twice(folder: Path, line: list[str]) -> bool:
    """Kill a sweep on its way, go on with it and press Ctrl-C; whether it was still at work both times."""
    left = folder / "cut.unfinished"
    for stop in (signal.SIGKILL, signal.SIGINT):
        before = len(list(left.glob("chunk-*.json"))) if left.exists() else 0
        child = subprocess.Popen([*line, "--workers", "2", *(["--resume"] if before else [])], cwd=folder,
                                 stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
                                 text=True)  # fmt: skip
        until = time.monotonic() + 60.0
        while child.poll() is None and time.monotonic() < until:
            if left.exists() and len(list(left.glob("chunk-*.json"))) > before + 1:
                break
            time.sleep(0.002)
        child.send_signal(stop)
        told = child.communicate()[1]
        if child.returncode == 0:
            shutil.rmtree(folder / "cut")
            return False
        if stop == signal.SIGINT:
            assert child.returncode == 130 and "are kept in cut.unfinished/: go on with --resume" in told
        assert not (folder / "cut").exists()
        assert len(list(left.glob("chunk-*.json"))) > before
    return True


def test_kill_and_resume_give_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(PAUSED, encoding="utf-8")
    for days in (60, 240, 960):  # longer until it can be stopped
        over = ["--over", f"pause.lasts=0:{days}:1 days", "--no-pictures", "--out", "cut"]
        if stopped_twice(tmp_path, [sys.executable, "-m", "sim", "sweep", "s.yaml", *over]):
            break
    else:
        raise AssertionError("a sweep of 961 cells was over before it could be stopped")
    for more, told in (([], "add --resume to go on with it"),
                       (["--resume", "--seed", "9"], "an unfinished sweep of something else")):  # fmt: skip
        refused = here("sweep", "s.yaml", *over, *more, cwd=tmp_path)
        assert refused.returncode == 2 and told in refused.stderr
    done = command("sweep", "s.yaml", *over, "--resume", "--workers", "2", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "cut.unfinished").exists()
    sim.sweep(tmp_path / "s.yaml", {"pause.lasts": f"0:{days}:1 days"}).save(tmp_path / "whole", pictures=False)
    assert tables(tmp_path / "cut") == tables(tmp_path / "whole")


def test_the_folder_of_a_sweep_and_its_answer(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(STOPPED, encoding="utf-8")
    done = command("sweep", "s.yaml", "--over", "pause.lasts=0:120:40 days", "--solve", "time_bought[near]=50 days",
                   "--out", "o", cwd=tmp_path)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "is the smallest that reaches time_bought[near]=50 days" in done.stdout
    manifest = json.loads((tmp_path / "o" / "run.json").read_text(encoding="utf-8"))
    assert set(manifest["files"]) == {path.name for path in (tmp_path / "o").iterdir()} == {
        "sweep.csv", "sweep.png", "units.csv", "summary.json", "effective.yaml", "run.json"}  # fmt: skip
    answer = json.loads((tmp_path / "o" / "summary.json").read_text(encoding="utf-8"))["solution"]
    assert answer["in_words"] in done.stdout and "sweep.png" in done.stdout
    done = here("sweep", "s.yaml", "--over", "pause.lasts=0:80:40 days", "--no-pictures", "--out", "n", cwd=tmp_path)
    assert "Table: n/ (sweep.csv, ...)" in done.stdout and "png" not in done.stdout


@pytest.mark.parametrize(("written", "meant"), [
    ("0,3,12 months", ["0 months", "3 months", "12 months"]),
    ("0,5,20%", ["0%", "5%", "20%"]),
    ("1e25,1e26 FLOP", ["1e25 FLOP", "1e26 FLOP"]),
    ("1,2:4:2 months", ["1 months", "2 months", "4 months"]),
    ("1,2", ["1", "2"]),
    ("3,6 months,1 year", ["3", "6 months", "1 year"]),
    ("0,6 months,1 year", ["0 months", "6 months", "1 year"]),
    ("3,2 to 5 months", ["3", "2 to 5 months"]),
    ("6 months,3", ["6 months", "3"]),
])  # fmt: skip
def test_bare_numbers_of_a_list_have_the_unit_of_its_last_value(written: str, meant: list[str]) -> None:
    assert list(axis("pause.lasts", written).values) == meant


def test_0_needs_no_unit_beside_values_that_have_one(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(STOPPED, encoding="utf-8")
    for values in ("0,60 days", [0, "60 days"]):
        cells = sim.sweep(tmp_path / "s.yaml", {"pause.lasts": values}).cells
        assert cells["time_bought[near]"].tolist() == [0.0, 60.0]


@pytest.mark.parametrize(("arguments", "told"), [
    (["--over", "pause.last=0:6:1 months"], "did you mean 'lasts'?"),
    (["--over", "pause.lasts=0:6:0 months"], "--over pause.lasts=0:6:0 months: '0:6:0 months' never ends"),
    (["--over", "pause.lasts=6 months,5"], "expected a length of time such as '90 days', got '5' without a unit"),
    (["--over", "pause.lasts=0:9000:1 days", "--over", f"{SHARES}=1:90:0.1%"], "cells are too many: at most 100,000"),
    (["--over", "pause.lasts=1 day", "--over", "pause.lasts=2 days"], "an input is given twice"),
    (["--over", "pause.lasts=0:6:1 months", "--solve", "time_bought[ner]=1 day"], "did you mean 'time_bought[near]'?"),
    (["--over", f"{SHARES}=5%,6%", "--over", "pause.lasts=1 day", "--solve", "models=3"], "takes one input"),
    (["--over", "pause.lasts=0:6:1 months", "--show", "copies"], "a sweep gives no 'copies' to draw"),
    (["--over", "pause.lasts=0:6:1 months", "--workers", "0"], "expected a number above 0"),
    ([], "--over"),
])  # fmt: skip
def test_mistakes_are_told_before_anything_runs(arguments: list[str], told: str, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(PAUSED, encoding="utf-8")
    done = here("sweep", "s.yaml", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr and "Traceback" not in done.stderr
    assert len({line.partition(" [at ")[0] for line in done.stderr.splitlines()}) == len(done.stderr.splitlines())
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]
