"""`sim run -n` and `--draw` as a user types them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.cli import main
from tests.cli.command import ROOT, here
from tests.cli.command import sim as command
from tests.ensemble.worlds import UNCERTAIN, bytes_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "s.yaml").write_text(UNCERTAIN.replace("2027-10-01", "2026-07-01"), encoding="utf-8")
    return tmp_path


def test_many_draws_and_one_of_them_again(folder: Path) -> None:
    done = command("run", "s.yaml", "-n", "40", "--out", "o", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "s: 40 draws (sobol, seed 0)" in done.stdout and "25 inputs are uncertain" in done.stdout
    assert "own windows that closed, a draw's median, days" in done.stdout
    assert "A draw's median leaves out windows of 0 days" in done.stdout and "not reached by 2026-07-01" in done.stdout
    assert "Kaplan-Meier, of 2 labs together" in done.stdout and "Tables and summary: o/" in done.stdout
    names = set(os.listdir(folder / "o"))
    assert names == set(json.loads((folder / "o" / "run.json").read_text())["files"])
    assert {"windows-00000.parquet", "inputs-00000.parquet", "fan.csv", "summary.json", "units.csv"} <= names
    more = here("run", "s.yaml", "-n", "44", "--resume", "--out", "o", "--no-pictures", cwd=folder)
    assert more.returncode == 0 and "44 draws" in more.stdout
    changed = here("run", "s.yaml", "-n", "50", "--resume", "--out", "o", "--set", "end=2026-08-01", cwd=folder)
    assert changed.returncode == 2 and "(end: 2026-07-01, now 2026-08-01)" in changed.stderr

    alone = here("run", "s.yaml", "--draw", "13", "--no-pictures", cwd=folder)
    assert alone.returncode == 0 and "this is draw 13" in alone.stdout
    assert "In short (draw 13; " in alone.stdout and "central case" not in alone.stdout
    assert json.loads((folder / "outputs" / "s-draw-13" / "run.json").read_text())["draw"] == 13
    explained = here("explain", "outputs/s-draw-13", "Aurora-1", cwd=folder)
    assert explained.returncode == 2 and "is draw 13 of an ensemble; only a central case" in explained.stderr


@pytest.mark.parametrize(("options", "told"), [
    (["-n", "0"], "-n 0: expected a whole number of draws above 0"),
    (["-n", "1e12"], "-n 1e12: 1e+12 draws are too many: at most 10,000,000"),
    (["-n", "many"], "-n many: expected a whole number of draws above 0, such as 1000"),
    (["-n", "5", "--workers", "0"], "--workers 0: expected a number above 0"),
    (["-n", "5", "--keep", "x"], "--keep x: expected examples, all or summary"),
    (["-n", "5", "--method", "dice"], "--method dice: expected sobol, random or latin"),
    (["-n", "5", "--until", "models"], "--until models: expected an error such as models=2%"),
    (["-n", "5", "--draw", "1"], "-n and --draw: one of them"),
    (["--workers", "2"], "--workers: only with -n"),
    (["--method", "latin"], "--method: only with -n or --draw"),
    (["--draw", "-1"], "--draw -1: draws are numbered from 0"),
    (["--draw", "-1", "--out", "o"], "--draw -1: draws are numbered from 0"),
    (["--draw", "1e9"], "--draw 1000000000: draws are numbered from 0 to 9,999,999"),
    (["--draw", "1.5"], "--draw 1.5: draws are numbered from 0"),
    (["--workers", "2", "--out", "o"], "--workers: only with -n"),
])  # fmt: skip
def test_mistakes_are_told_before_anything_runs(
    options: list[str], told: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    monkeypatch.chdir(folder)
    assert main(["run", "s.yaml", *options]) == 2
    said = capsys.readouterr().err
    assert told in said and "Traceback" not in said
    assert os.listdir(folder) == ["s.yaml"]


def test_kill_and_ctrl_c_lose_at_most_the_chunks_in_flight(folder: Path) -> None:
    text = (folder / "s.yaml").read_text(encoding="utf-8")
    (folder / "s.yaml").write_text(text[: text.index("  Borealis")], encoding="utf-8")
    asked = ["run", "s.yaml", "-n", "1000", "--no-pictures"]
    whole = command(*asked, "--workers", "1", "--out", "whole", cwd=folder)
    assert (whole.returncode, whole.stderr) == (0, "")
    line = [sys.executable, "-m", "sim", *asked, "--out", "cut", "--workers", "2"]
    kept = folder / "cut.unfinished"
    for stop in (signal.SIGKILL, signal.SIGINT):
        before = len(list(kept.glob("chunk-*.json"))) if kept.exists() else 0
        child = subprocess.Popen([*line, *(["--resume"] if kept.exists() else [])], cwd=folder, text=True,
                                 stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
        until = time.monotonic() + 60.0
        while child.poll() is None and time.monotonic() < until:
            if len(list(kept.glob("chunk-*.json"))) > before:
                break
            time.sleep(0.005)
        child.send_signal(stop)
        told = child.communicate()[1]
        if child.returncode == 0:
            pytest.fail("the ensemble ended before it could be stopped: give it more draws")
        there = len(list(kept.glob("chunk-*.json")))
        assert there > before and not (folder / "cut").exists()
        if stop == signal.SIGINT:
            assert child.returncode == 130 and "draws are kept in cut.unfinished/: go on with --resume" in told
    done = command(*asked, "--out", "cut", "--resume", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert bytes_of(folder / "cut") == bytes_of(folder / "whole") and not kept.exists()


def test_commands_that_draw_no_picture_import_nothing_that_only_pictures_or_many_draws_need(folder: Path) -> None:
    heavy = ("matplotlib", "PIL", "pandas", "pyarrow", "dask", "distributed", "scipy", "SALib")
    (folder / "p.yaml").write_text("pause: {starts: 2026-02-01, lasts: 30 days, stops: everything}\n", encoding="utf-8")
    commands = [["--help"], ["validate", "s.yaml"], ["run", "s.yaml", "--out", "r", "--no-pictures"],
                ["explain", "r", "Aurora-1"], ["compare", "s.yaml", "p.yaml", "--no-pictures"],
                ["sweep", "s.yaml", "--over", "seed=1,2", "--no-pictures"]]  # fmt: skip
    code = (f"import sys\nfrom sim.cli import main\nfor words in {commands}:\n"
            "    try:\n        assert main(words) == 0, words\n    except SystemExit:\n        pass\n"
            f"    print('imported:', words[0], [name for name in {heavy} if name in sys.modules], file=sys.stderr)\n")
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
    told = [line for line in done.stderr.splitlines() if line.startswith("imported:")]
    assert told == [f"imported: {words[0]} []" for words in commands], done.stderr
