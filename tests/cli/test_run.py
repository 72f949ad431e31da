"""A user's commands, each once in a process of its own: what they print, write, refuse, and never overwrite."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

import sim as sim_api
from tests.cli.command import SCENARIOS, SMALL, here, sim, tables

FILES = {
    "events.csv", "models.csv", "windows.csv", "closings.csv", "levels.csv", "leads.csv", "trajectory.csv", "units.csv",
    "capability.csv", "bands.csv", "parity.csv",
    "summary.json", "run.json", "effective.yaml",
}  # fmt: skip


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "my.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_run_writes_tables_pictures_and_says_where(small: Path, tmp_path: Path) -> None:
    done = sim("run", small, "--svg", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "outputs" / "my"
    names = {path.name for path in folder.iterdir()}
    assert names >= FILES
    pictures = {
        f"{name}.{kind}"
        for name in ("copies", "workforce", "compute", "windows", "gantt", "mediocre")
        for kind in ("png", "svg")
    }
    assert names - FILES == pictures
    for word in ("How many copies?", "Aurora-1", "Pictures: outputs/my/ (", "copies.png", "Guesses among the inputs"):
        assert word in done.stdout
    assert set(json.loads((folder / "run.json").read_text())["files"]) == names
    assert not done.stderr


def test_every_column_has_a_unit_and_a_meaning(small: Path, tmp_path: Path) -> None:
    assert here("run", small, "--no-pictures", cwd=tmp_path).returncode == 0
    folder = tmp_path / "outputs" / "my"
    told = {(row["table"], row["column"]) for row in rows(folder, "units") if row["meaning"]}
    for name in ("events", "models", "windows", "closings", "levels", "leads", "trajectory"):
        with (folder / f"{name}.csv").open(encoding="utf-8") as file:
            assert {(name, column) for column in next(csv.reader(file))} <= told


def test_the_effective_scenario_reproduces_the_run_when_its_csv_is_gone(tmp_path: Path) -> None:
    data = tmp_path / "stock.csv"
    data.write_text("day,chips\n2026-01-01,1000\n2026-06-01,2500.5\n2027-01-01,4000\n", encoding="utf-8")
    base = tmp_path / "base.yaml"
    stock = "{stock: {csv: stock.csv, date: day, value: chips}, accelerator: H100}"
    base.write_text(SMALL.replace("{stock: 1e5 H100e, grows: 3x per year, every: 3 months}", stock), encoding="utf-8")
    top = tmp_path / "top.yaml"
    top.write_text("extends: base.yaml\nlabs:\n  Aurora:\n    policy: training_first\n", encoding="utf-8")
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("over: top.yaml\nstronger_by: 3x\n", encoding="utf-8")
    first = here("run", top, "--with", overlay, "--set", "labs.Aurora.use.research=8%", "--no-pictures", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    folder = tmp_path / "outputs" / "top+overlay"
    kept = tmp_path / "kept.yaml"
    kept.write_bytes((folder / "effective.yaml").read_bytes())
    for gone in (data, base, top, overlay):
        gone.unlink()
    second = here("run", kept, "--no-pictures", "--out", tmp_path / "again", cwd=tmp_path)
    assert second.returncode == 0, second.stderr
    assert tables(tmp_path / "again") == tables(folder)
    delivered = [float(row["value"]) for row in rows(folder, "events") if row["kind"] == "delivery"]
    assert delivered == [1500.5, 1499.5]


def test_the_same_bytes_in_another_process_with_another_hash_seed_locale_and_time_zone(
    small: Path, tmp_path: Path
) -> None:
    for name, environment in (
        ("a", {"PYTHONHASHSEED": "1"}),
        ("b", {"PYTHONHASHSEED": "2", "LC_ALL": "C", "TZ": "Asia/Tokyo"}),
    ):
        assert sim("run", small, "--out", name, "--no-pictures", cwd=tmp_path, **environment).returncode == 0
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


def test_set_of_one_share_scales_the_others(small: Path, tmp_path: Path) -> None:
    assert here("run", small, "--set", "labs.Aurora.use.training=0.2", "--no-pictures", cwd=tmp_path).returncode == 0
    first = rows(tmp_path / "outputs" / "my", "models")[0]
    assert float(first["accelerators"]) == pytest.approx(0.2 * 1e5)
    shares = sim_api.load(str(tmp_path / "outputs" / "my" / "effective.yaml")).draw().labs["Aurora"].use
    values = {use: series.at(0.0) for use, series in shares.items()}
    assert values == pytest.approx({"training": 0.2, "experiments": 0.4, "research": 0.4 / 9, "serving": 3.2 / 9})


def test_a_second_run_replaces_the_first_whole(small: Path, tmp_path: Path) -> None:
    assert here("run", small, cwd=tmp_path).returncode == 0
    assert here("run", small, "--no-pictures", cwd=tmp_path).returncode == 0
    folder = tmp_path / "outputs" / "my"
    assert {path.name for path in folder.iterdir()} == FILES
    assert [path.name for path in (tmp_path / "outputs").iterdir()] == ["my"]


def test_a_wrong_file_is_refused_before_anything_is_written(small: Path, tmp_path: Path) -> None:
    assert here("run", small, "--no-pictures", cwd=tmp_path).returncode == 0
    folder = tmp_path / "outputs" / "my"
    before = tables(folder)
    small.write_text(SMALL.replace("serving: 40%", "servin: 40 days").replace("90 days", "-90 days"), encoding="utf-8")
    done = here("run", small, cwd=tmp_path)
    assert done.returncode == 2
    assert not done.stdout
    lines = done.stderr.strip().splitlines()
    assert all(line.startswith(f"{small}:") for line in lines), done.stderr
    assert any(":7:" in line for line in lines)
    assert any(":8:" in line for line in lines)
    assert "Traceback" not in done.stderr
    assert tables(folder) == before
    missing = here("run", "nowhere.yaml", cwd=tmp_path)
    assert missing.returncode == 2
    assert len(missing.stderr.strip().splitlines()) == 1
    assert "nowhere.yaml" in missing.stderr


def test_a_folder_with_somebody_s_files_is_refused(small: Path, tmp_path: Path) -> None:
    mine = tmp_path / "thesis"
    mine.mkdir()
    (mine / "chapter.txt").write_text("mine", encoding="utf-8")
    done = here("run", small, "--out", mine, cwd=tmp_path)
    assert done.returncode == 2
    assert "--out" in done.stderr
    assert [path.name for path in mine.iterdir()] == ["chapter.txt"]
    assert here("run", small, "--out", "run", "--no-pictures", cwd=tmp_path).returncode == 0
    (tmp_path / "run" / "notes.txt").write_text("mine", encoding="utf-8")
    done = here("run", small, "--out", "run", cwd=tmp_path)
    assert done.returncode == 2
    assert "notes.txt" in done.stderr
    assert (tmp_path / "run" / "notes.txt").read_text() == "mine"


def test_out_that_is_a_file_is_refused(small: Path, tmp_path: Path) -> None:
    done = here("run", small, "--out", small, cwd=tmp_path)
    assert done.returncode == 2
    assert small.read_text() == SMALL
    done = here("run", small, "--out", small / "below", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_failing_write_leaves_the_earlier_run_whole(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim import output

    result = sim_api.simulate(sim_api.load(str(small)))
    folder = result.save(tmp_path / "run", pictures=False)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    written = []

    def disk_full(path: Path, text: str) -> None:
        written.append(path.name)
        if len(written) == 4:
            raise OSError(28, "No space left on device")
        path.write_text(text, encoding="utf-8")

    monkeypatch.setattr(output, "write_text", disk_full)
    with pytest.raises(output.OutputError, match="No space left on device"):
        result.save(tmp_path / "run", pictures=False)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert sorted(os.listdir(tmp_path)) == ["my.yaml", "run"]


def test_validate_list_help_and_version(small: Path, tmp_path: Path) -> None:
    done = sim("validate", small, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "my.yaml" in done.stdout
    late = tmp_path / "late.yaml"
    late.write_text(f"extends: {small}\npause: {{starts: 2099-01-01, stops: [training]}}\n", encoding="utf-8")
    assert f"{late}: pause: the intervention never starts" in here("validate", late, cwd=tmp_path).stdout
    assert not (tmp_path / "outputs").exists()
    done = sim("list", SCENARIOS, cwd=tmp_path)
    assert done.returncode == 0
    listed = done.stdout.splitlines()
    assert len(listed) == len(list(SCENARIOS.rglob("*.yaml")))
    assert all(line.split("  ", 1)[1].strip() for line in listed)
    assert here("list", tmp_path / "nothing", cwd=tmp_path).returncode == 2
    for arguments in (("--help",), ("run", "--help"), ("validate", "--help"), ("list", "--help"), ()):
        done = here(*arguments, cwd=tmp_path)
        assert done.returncode == 0
        assert "usage: sim" in done.stdout
    assert sim("--version", cwd=tmp_path).stdout.startswith("manycopies ")
    assert here("run", cwd=tmp_path).returncode == 2
    assert here("fly", cwd=tmp_path).returncode == 2


def test_a_fault_of_the_program_is_told_apart(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim import cli, result

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(result, "simulate", broken)
    assert cli.main(["run", str(small)]) == 1
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert "--debug" in told
    assert not (tmp_path / "outputs").exists()
    assert "Traceback" not in told
    assert cli.main(["run", str(small), "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_debug_changes_what_is_shown_and_not_whose_mistake_it_is(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("question: 1\nstrat: 2026-01-01\n", encoding="utf-8")
    quiet = here("validate", "bad.yaml", cwd=tmp_path)
    loud = here("validate", "bad.yaml", "--debug", cwd=tmp_path)
    assert quiet.returncode == loud.returncode == 2
    assert "Traceback" not in quiet.stderr
    assert "Traceback" in loud.stderr and loud.stderr.endswith(quiet.stderr)


def test_leftovers_of_other_programs_do_not_keep_a_folder_from_being_replaced(tmp_path: Path) -> None:
    from sim import output

    result = sim_api.simulate(sim_api.load(str(SCENARIOS / "one-lab.yaml")))
    folder = result.save(tmp_path / "run", pictures=False)
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", ".~lock.events.csv#", "~$events.xlsx"):
        (folder / name).write_text("x")
    (folder / ".ipynb_checkpoints").mkdir()
    output.check_folder(folder)
    result.save(folder, pictures=False)
    assert not (folder / ".DS_Store").exists()
    for name in ("notes.txt", ".~lock.events.csv", "my~$events.xlsx"):
        (folder / name).write_text("x")
        with pytest.raises(output.OutputError, match="which no run wrote"):
            output.check_folder(folder)
        (folder / name).unlink()
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / ".DS_Store").write_text("x")
    result.save(empty, pictures=False)
