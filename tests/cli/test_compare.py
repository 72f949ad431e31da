"""`sim compare`, first in a process of its own: the folder, the table, mistakes."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.cli.command import SCENARIOS, SMALL, here, sim, tables
from tests.ensemble.worlds import UNCERTAIN

LEVELS = "levels: {near: {effective_flop: 1e25 FLOP}, far: {effective_flop: 1e27 FLOP}}\n"
SLOW = "software: {training: 1.5x per year}\n"


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(SMALL + LEVELS, encoding="utf-8")
    (tmp_path / "slow.yaml").write_text(f"over: {SCENARIOS / 'one-lab.yaml'}\n{SLOW}", encoding="utf-8")
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_folder_is_whole_and_says_what_was_compared(folder: Path) -> None:
    done = sim("compare", "base.yaml", "slow.yaml", "labs.Aurora.use.training=20%", "--out", "c", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    manifest = json.loads((folder / "c" / "run.json").read_text(encoding="utf-8"))
    assert {path.name for path in (folder / "c").iterdir()} == set(manifest["files"])
    for name, digest in manifest["sha256"].items():
        assert hashlib.sha256((folder / "c" / name).read_bytes()).hexdigest() == digest
    assert {"time_bought.png", "dwell.png", "table.png", "table.md", "table.html", "over_time-1.png",
            "over_time-2.png"} <= set(manifest["files"])  # fmt: skip
    names = ["slow", "labs.Aurora.use.training=20%"]
    assert [world["name"] for world in manifest["scenarios"]] == ["base", *names]
    assert sorted({row["scenario"] for row in rows(folder / "c" / "levels.csv")}) == sorted(names)
    units = {(row["table"], row["column"]): row["unit"] for row in rows(folder / "c" / "units.csv")}
    for name in ("levels", "work", "windows", "leads", "cost", "ladder", "rebound", "over_time"):
        header = (folder / "c" / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        assert [column for table, column in units if table == name] == header
    assert units["levels", "time_bought_days"] == "days"
    assert "time bought at far" in (folder / "c" / "table.md").read_text(encoding="utf-8")
    assert "slow: of 2 levels, 1 exact, far at least" in done.stdout
    # Each world's effective scenario is the world: compared again, it gives the same.
    again = here("compare", "c/" + manifest["scenarios"][0]["file"], "c/" + manifest["scenarios"][1]["file"], "--out",
                 "again", "--no-pictures", cwd=folder)  # fmt: skip
    assert again.returncode == 0, again.stderr
    first = [row for row in rows(folder / "c" / "levels.csv") if row["scenario"] == "slow"]
    second = rows(folder / "again" / "levels.csv")
    assert [list(row.values())[1:] for row in first] == [list(row.values())[1:] for row in second]


def test_the_same_command_gives_the_same_bytes(folder: Path) -> None:
    for out, run in (("one", sim), ("other", here)):
        done = run("compare", "base.yaml", "slow.yaml", "--set", "seed=4", "--out", out, "--no-pictures", cwd=folder)
        assert done.returncode == 0, done.stderr
    assert tables(folder / "one") == tables(folder / "other")
    assert json.loads((folder / "one" / "summary.json").read_text(encoding="utf-8"))["seed"] == 4


@pytest.mark.parametrize(("arguments", "told"), [
    (["none.yaml"], "none.yaml"),
    (["labs.Aurora.use.trainin=20%"], "did you mean 'training'?"),
    (["slow.yaml", "slow.yaml"], "slow.yaml: is given twice"),
    (["slow.yaml + base.yaml"], "base.yaml: is a whole scenario: it cannot be laid on another"),
    (["slow.yaml", "--set", "pause.lasts=3 months"], "none of the worlds that are compared has this"),
    (["pause.lasts=3 months"], "--set pause.lasts: there is no intervention `pause` here\n"),
    (["interventions.cap.lasts=3 months"], "there is no intervention `cap` here\n"),
    (["pause.lasts=3 months + pause.stops=[trainig]"], "did you mean 'training'?"),
    (["slow.yaml", "--out", "."], "is the current folder"),
])  # fmt: skip
def test_mistakes_are_told_before_anything_runs(arguments: list[str], told: str, folder: Path) -> None:
    before = sorted(folder.iterdir())
    done = here("compare", "base.yaml", *arguments, cwd=folder)
    assert done.returncode == 2
    assert told in done.stderr and "Traceback" not in done.stderr
    assert sorted(folder.iterdir()) == before


def test_an_overlay_for_another_scenario_is_refused_with_what_to_run_or_left_out_by_name(folder: Path) -> None:
    (folder / "two.yaml").write_text((SMALL + LEVELS).replace("Aurora", "Boreal"), encoding="utf-8")
    for name in ("one", "other"):
        pause = "pause: {starts: 2026-02-01, lasts: 50 days, binds: [Boreal], stops: [training]}\n"
        (folder / f"{name}.yaml").write_text(f"over: two.yaml\n{pause}", encoding="utf-8")
    arguments = ["compare", "base.yaml", "slow.yaml", "one.yaml", "other.yaml", "--no-pictures", "--out", "c"]
    done = here(*arguments, cwd=folder)
    assert done.returncode == 2 and not (folder / "c").exists()
    told = [line for line in done.stderr.splitlines() if line.startswith("sim compare: ")]
    command = "sim compare two.yaml one.yaml other.yaml"
    assert told == ["sim compare: 2 of 3 cannot be laid on base: leave out one.yaml, other.yaml (--skip-unfit does so "
                    f"and says so), and compare them with what they change: {command}"]  # fmt: skip
    done = here(*arguments, "--skip-unfit", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert {row["scenario"] for row in rows(folder / "c" / "levels.csv")} == {"slow"}
    assert done.stdout.splitlines()[-1] == ("Left out, as written for another scenario and not to be laid on base: "
                                            f"one.yaml, other.yaml. Run {command}")  # fmt: skip
    assert here(*command.split()[1:], "--no-pictures", "--out", "d", cwd=folder).returncode == 0
    none = here("compare", "base.yaml", "one.yaml", "--skip-unfit", cwd=folder)
    assert none.returncode == 2 and "--skip-unfit leaves nothing to compare" in none.stderr
    (folder / "one.yaml").write_text("over: base.yaml\npause: {lasts: 1}\n", encoding="utf-8")
    assert here(*arguments, "--skip-unfit", cwd=folder).returncode == 2  # other mistakes are told as ever


def test_a_setting_of_an_intervention_is_for_the_worlds_that_have_it(folder: Path) -> None:
    pause = "pause: {starts: 2026-02-01, lasts: 90 days, stops: [everything]}\n"
    (folder / "pause.yaml").write_text(pause, encoding="utf-8")
    done = here("compare", "base.yaml", "pause.yaml", "slow.yaml", "--set", "pause.lasts=50 days", "--split",
                "--out", "c", "--no-pictures", cwd=folder)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    found = {(row["scenario"], row["level"]): row for row in rows(folder / "c" / "levels.csv")}
    assert found["pause", "near"]["time_bought_days"] == found["pause", "near"]["intervention_days"] == "50.0"
    assert found["slow", "near"]["intervention_days"] == ""
    (back,) = [row for row in rows(folder / "c" / "returned.csv") if row["level"] == "near"]
    assert (back["scenario"], back["returned_days"], back["runs_days"]) == ("pause", "0.0", "0.0")
    told = (folder / "c" / "explain.txt").read_text(encoding="utf-8")
    assert "pause: in force from 2026-02-01 to 2026-03-23 (50 days) for all labs: stops everything." in told
    assert "; 50 days in force − 0 by chips − 0 by software − 0 by the rest = 50 days bought." in told
    assert "slow: --split: nothing to split: no intervention is in force" in done.stdout
    assert "pause: --split" not in done.stdout


def test_a_world_that_stops_is_compared_until_then(folder: Path) -> None:
    (folder / "explode.yaml").write_text("labs: {Aurora: {compute: {grows: 1e17x per year}}}\n", encoding="utf-8")
    done = here("compare", "base.yaml", "explode.yaml", "--out", "c", "--no-pictures", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "warning: explode: explode stopped on" in " ".join(done.stdout.split())
    assert json.loads((folder / "c" / "run.json").read_text(encoding="utf-8"))["complete"] is False


def test_an_intervention_that_never_starts_is_warned_of(folder: Path) -> None:
    (folder / "late.yaml").write_text("pause: {starts: 2040-01-01, stops: [training]}\n", encoding="utf-8")
    never = "end: 2026-03-01\npause: {starts: when any lab reaches far, stops: [training]}\n"
    (folder / "never.yaml").write_text(never, encoding="utf-8")
    done = here("compare", "base.yaml", "late.yaml", "never.yaml", "slow.yaml", "--out", "c", "--no-pictures",
                cwd=folder)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    worlds = json.loads((folder / "c" / "summary.json").read_text(encoding="utf-8"))["scenarios"]
    assert worlds["late"]["warnings"] == ["pause: the intervention never starts: its date is after the end"]
    assert worlds["never"]["warnings"][1:] == [
        "pause: the intervention never starts: when any lab reaches far did not happen"]  # fmt: skip
    assert worlds["slow"]["warnings"] == []
    told = " ".join(done.stdout.split())
    for name in ("late", "never"):
        assert f"warning: {name}: {worlds[name]['warnings'][-1]}" in told
    # No pictures were drawn: none is named.
    assert ".png" not in done.stdout and "Tables: c/ (levels.csv" in told


def test_every_limit_that_is_stated_is_told(folder: Path) -> None:
    (folder / "cap.yaml").write_text(
        "interventions:\n  cap: {starts: 2026-02-01, cap_run_flop: 1e27 FLOP, hold_at: far, slow_deliveries: 40%}\n",
        encoding="utf-8",
    )
    done = here("compare", "base.yaml", "cap.yaml", "--out", "c", "--no-pictures", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    told = (folder / "c" / "explain.txt").read_text(encoding="utf-8")
    assert ("for all labs: no run has more than 1e27 FLOP; 40% of each delivery comes; no run makes a model that "
            "reaches far.") in told  # fmt: skip



def test_many_draws_in_pairs_from_the_shell(tmp_path: Path) -> None:
    text = UNCERTAIN[: UNCERTAIN.index("  Borealis")]
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "p.yaml").write_text("pause: {starts: 2026-02-01, lasts: 30 days, stops: everything}\n")
    line = ["compare", "s.yaml", "p.yaml", "-n", "6", "--workers", "1", "--no-pictures", "--out", "o"]
    done = here(*line, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "s against p: 6 draws (sobol, seed 0)" in done.stdout
    assert re.search(r"^p +near +100% ± 9% +0% +0% +0% +\+30 days +\+30 days +\+30$", done.stdout, re.M)
    names = {path.name for path in (tmp_path / "o").iterdir()}
    assert {"chances.csv", "costs.csv", "cost-00000.parquet", "over_time-00000.parquet", "summary.json",
            "levels-00000.parquet", "effective-1-p.yaml"} <= names  # fmt: skip
    assert re.search(r"^p +training, H100e-years ", done.stdout, re.M)
    more = here(*[word if word != "6" else "8" for word in line], "--resume", cwd=tmp_path)
    assert more.returncode == 0 and "8 draws" in more.stdout
    for options, told in (
        (["-n", "0"], "-n 0: expected a whole number of draws above 0"),
        (["--workers", "2"], "--workers: only with -n"),
        (["--method", "latin"], "--method: only with -n"),
        (["-n", "4", "--split"], "--split: only without -n"),
        (["-n", "4", "--method", "dice"], "--method dice: expected sobol, random or latin"),
        (["-n", "4", "--keep", "summary"], "--keep summary: expected examples or all"),
        (["-n", "4", "--until", "helps[p, nowhere]=2%"], "--until helps[p, nowhere]=2%: no draw gives"),
        (["--until", "helps[p, near]=2%"], "--until: only with -n"),
    ):
        bad = here("compare", "s.yaml", "p.yaml", *options, cwd=tmp_path)
        assert bad.returncode == 2 and told in bad.stderr and "Traceback" not in bad.stderr
