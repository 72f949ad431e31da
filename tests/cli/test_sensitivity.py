"""`sim sensitivity` as a user types it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.cli.command import here, sim
from tests.ensemble.worlds import UNCERTAIN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "s.yaml").write_text(UNCERTAIN.replace("2027-10-01", "2026-12-01"), encoding="utf-8")
    return tmp_path


def test_draws_are_made_once_and_asked_again(folder: Path) -> None:
    done = sim("sensitivity", "s.yaml", "-n", "40", "--of", "copies_at_open[Aurora/1]", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "copies_at_open[Aurora/1]: rank correlation of each uncertain input, from 40 draws" in done.stdout
    assert "outputs/sensitivity-s/ (sensitivity.csv, sensitivity.png, scatter.png, ...)" in done.stdout
    made = folder / "outputs" / "sensitivity-s"
    assert set(os.listdir(made)) == set(json.loads((made / "run.json").read_text())["files"])
    before = (folder / "outputs" / "ensemble-s" / "outcomes-00000.parquet").stat().st_mtime_ns
    again = here("sensitivity", "s.yaml", "--of", "copies_at_open[Aurora/1]", "--out", "o", "--no-pictures", cwd=folder)
    assert again.stdout.splitlines()[:-1] == done.stdout.splitlines()[:-1] and not list((folder / "o").glob("*.png"))
    assert (folder / "outputs" / "ensemble-s" / "outcomes-00000.parquet").stat().st_mtime_ns == before
    of_folder = here("sensitivity", "outputs/ensemble-s", "--of", "level[near]", "--no-pictures", cwd=folder)
    assert of_folder.returncode == 0 and "these count as later than all that is known" in of_folder.stdout
    more = here("sensitivity", "s.yaml", "-n", "44", "--of", "level[near]", "--no-pictures", cwd=folder)
    assert more.returncode == 0 and "from 44 draws" in more.stdout
    for options, told in (
        (["outputs/ensemble-s", "-n", "50"], "-n: only with a scenario; outputs/ensemble-s holds draws"),
        (["outputs/ensemble-s", "--of", "level[neer]"], "no draw gives 'level[neer]' (did you mean 'level[near]'"),
        (["outputs/ensemble-s", "--of", "level[far]"], "level[far] is reached by the end in 0 of 44 draws"),
        (["s.yaml", "--seed", "3"], "outputs/ensemble-s: holds draws of something else (seed: 0, now 3); "),
        (["s.yaml", "-n", "50", "--set", "end=2026-12-02"], "(end: 2026-12-01, now 2026-12-02)"),
    ):
        wrong = here("sensitivity", *options, cwd=folder)
        assert wrong.returncode == 2 and told in wrong.stderr, wrong.stderr
    spec = folder / "outputs" / "ensemble-s" / "ensemble.json"
    spec.write_text(re.sub(r'"program": "[^"]+"', '"program": "0.9"', spec.read_text()), encoding="utf-8")
    wrong = here("sensitivity", "s.yaml", cwd=folder)
    assert wrong.returncode == 2 and "(version or code of this program: 0.9, now " in wrong.stderr, wrong.stderr


def test_runs_of_its_own_need_no_draws(folder: Path) -> None:
    (folder / "s.yaml").write_text(UNCERTAIN.replace("2027-10-01", "2026-03-01"), encoding="utf-8")
    of = ["--of", "h100e@2026-02-01", "--workers", "1"]
    done = here("sensitivity", "s.yaml", "--method", "tornado", *of, cwd=folder)
    assert done.returncode == 0 and "1 of 22 inputs moves it." in done.stdout, done.stderr
    left = ", ".join(f"observed_uplift.{year}" for year in (2024, 2025, 2026))
    assert f"Left out, as no simulation reads them (3): {left}\n" in done.stdout
    assert "outputs/sensitivity-s/ (tornado.csv, tornado.png, ...)\n" in done.stdout
    done = here("sensitivity", "s.yaml", "--method", "sobol", "--points", "16", *of, "--out", "o", "--no-pictures",
                cwd=folder)  # fmt: skip
    assert done.returncode == 0 and done.stderr == "sim: Sobol indices: 16 points × (22 inputs + 2) = 384 runs\n"
    assert "shares of its variance (Sobol indices), from 384 runs (16 points)" in done.stdout
    assert sorted(os.listdir(folder)) == ["o", "outputs", "s.yaml"]
    assert "sensitivity.csv" in os.listdir(folder / "o")


@pytest.mark.parametrize(("options", "told"), [
    (["s.yaml"], "outputs/ensemble-s holds no draws of s.yaml: say how many are to be made, as in -n 300"),
    (["s.yaml", "-n", "none"], "-n none: expected a whole number of draws above 0, such as 1000"),
    (["s.yaml", "-n", "40", "--method", "dice"], "--method dice: expected rank, pawn, tornado, sobol"),
    (["s.yaml", "-n", "40", "--workers", "0"], "--workers 0: expected a number above 0"),
    (["s.yaml", "--method", "tornado", "-n", "40"], "-n: only with --method rank or pawn"),
    (["s.yaml", "--method", "pawn", "--points", "40"], "--points: only with --method sobol"),
    (["s.yaml", "--method", "sobol", "--points", "none"], "--points none: expected a whole number above 0"),
    (["s.yaml", "--method", "sobol", "--runs", "99"], "128 points × (22 inputs + 2) = 3,072 runs, more than 99: take"),
    (["s.yaml", "--method", "tornado", "--of", "level[neer]"], "no draw gives 'level[neer]' (did you mean"),
    (["s.yaml", "-n", "400", "--of", "level[neer]"], "no draw gives 'level[neer]' (did you mean 'level[near]'"),
    ([".", "--of", "models"], "holds no finished ensemble: make one with sim run FILE -n 300 --out FOLDER"),
])  # fmt: skip
def test_mistakes_are_told_before_anything_runs(options: list[str], told: str, folder: Path) -> None:
    done = here("sensitivity", *options, cwd=folder)
    assert done.returncode == 2 and told in done.stderr, done.stderr
    assert os.listdir(folder) == ["s.yaml"]


def test_a_comparison_is_called_one_and_its_scenarios_can_be_asked(folder: Path) -> None:
    done = here("compare", "s.yaml", "stronger_by=3", "-n", "30", "--out", "both", "--no-pictures", cwd=folder)
    assert done.returncode == 0, done.stderr
    wrong = here("sensitivity", "both", cwd=folder)
    told = "both: holds a comparison, no ensemble; ask one of its scenarios, effective*.yaml there: "
    command = "sim sensitivity both/effective.yaml -n 300"
    assert (wrong.returncode, wrong.stdout) == (2, "") and f"{told}{command}" in wrong.stderr, wrong.stderr
    asked = command.replace("300", "30").split()[1:]
    done = here(*asked, "--of", "copies_at_open[Aurora/1]", "--no-pictures", cwd=folder)
    assert done.returncode == 0 and "from 30 draws" in done.stdout, done.stderr
