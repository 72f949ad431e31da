"""Ctrl-C and kill -9 at every step of saving, and at any time of a whole `sim run`: earlier results stay whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sim
from sim import aside, output
from tests.cli.command import ROOT, SMALL
from tests.faults.runs import DONE, KILLED, child, few_files, interrupted_at_line, kill, result_of, whole

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(scope="module")
def runs() -> tuple[sim.Result, sim.Result, sim.Result]:
    return result_of("2x"), result_of("3x"), result_of("5x")


@pytest.fixture(params=["exchange", "two renames"])
def moves(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways in which results take their place."""
    if request.param == "two renames":
        monkeypatch.setattr(aside, "exchange", lambda *_: False)
        monkeypatch.setattr(output, "_write_all", few_files)
    return str(request.param)


def test_kill_at_every_step_leaves_a_whole_run_and_the_next_one_sweeps(
    runs: tuple[sim.Result, ...], tmp_path: Path, moves: str
) -> None:
    first, second, third = runs
    names = {run.scenario.effective_yaml(): n for n, run in enumerate(runs, 1) if run.scenario is not None}
    folder = tmp_path / "run"
    first.save(folder, pictures=False)
    ended, steps = child(lambda: second.save(folder, pictures=False))
    assert ended == DONE
    assert steps > 30
    found = set()
    every = 3 if moves == "exchange" else 1  # whole runs there, and a few files each here
    for step in range(0, steps, every):
        first.save(folder, pictures=False)
        ended, _ = child(lambda: second.save(folder, pictures=False), kill, step)
        assert ended in (KILLED, DONE)
        if moves == "exchange" or folder.exists():
            found.add(names[whole(folder)])
        else:  # killed between the two renames: the next run finds the earlier one, whole
            (parked,) = (path for path in tmp_path.iterdir() if "-old-" in path.name)
            assert names[whole(parked)] == 1
        with aside.locked(tmp_path):
            aside.sweep(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["run"]
        assert names[whole(folder)] in (1, 2)
    assert found == {1, 2}
    third.save(folder, pictures=False)
    assert names[whole(folder)] == 3


def test_ctrl_c_at_every_line_leaves_a_whole_run_and_nothing_else(
    runs: tuple[sim.Result, ...], tmp_path: Path, moves: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "_write_all", few_files)
    first, second, _ = runs
    assert first.scenario is not None and second.scenario is not None
    folder = tmp_path / "run"
    first.save(folder, pictures=False)
    with interrupted_at_line(-1, ("sim/output.py", "sim/aside.py")) as count:
        second.save(folder, pictures=False)
    lines, told = count[0], 0
    assert lines > 100
    for line in range(moves == "exchange", lines, 2):
        first.save(folder, pictures=False)
        with interrupted_at_line(line, ("sim/output.py", "sim/aside.py")):
            try:
                second.save(folder, pictures=False)
                stop = None
            except KeyboardInterrupt as error:
                stop = error.with_traceback(None)
        with aside.locked(tmp_path):
            aside.sweep(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["run"], line
        is_new = whole(folder) == second.scenario.effective_yaml()
        assert is_new or whole(folder) == first.scenario.effective_yaml()
        if stop is not None:
            notes = getattr(stop, "__notes__", [])
            assert bool(notes) == is_new, f"line {line}: what the message says of the folder is not so"
            told += is_new
    assert told, "an interrupt after the results took their place"


def test_an_export_that_is_killed_leaves_each_file_old_or_new(runs: tuple[sim.Result, ...], tmp_path: Path) -> None:
    first, second, _ = runs
    first.to_csv(tmp_path)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    old = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    _, steps = child(lambda: second.to_csv(tmp_path / "other"))
    new = {path.name: path.read_bytes() for path in (tmp_path / "other").iterdir()}
    for path in (tmp_path / "other").iterdir():
        path.unlink()
    (tmp_path / "other").rmdir()
    for step in range(0, steps, 2):
        child(lambda: second.to_csv(tmp_path), kill, step)
        for name, text in old.items():
            assert (tmp_path / name).read_bytes() in (text, new.get(name))
    first.to_csv(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == old


def test_only_our_own_leftovers_are_swept_and_none_of_the_living(
    runs: tuple[sim.Result, ...], tmp_path: Path
) -> None:
    kept = {
        ".sim-thesis-new-0123abcd": "chapter.txt",  # named like ours, but holds what no run wrote
        ".sim-cache": "data.bin",
        "sim-run-new-0123abcd": "events.csv",
    }
    for folder, file in kept.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / file).write_text("mine", encoding="utf-8")
    (tmp_path / ".sim-file-new-0123abcd").write_text("mine", encoding="utf-8")
    (tmp_path / ".sim-link-new-0123abcd").symlink_to(tmp_path / ".sim-cache")
    dead = tmp_path / ".sim-other-new-89abcdef"
    dead.mkdir()
    (dead / aside.MARK).touch()
    (dead / "events.csv").write_text("id,da", encoding="utf-8")
    (tmp_path / ".sim-other-new-00000000").mkdir()
    before = sorted(path.name for path in tmp_path.iterdir())
    with aside.folder_aside(tmp_path / "living") as living:
        (living / "events.csv").write_text("id,da", encoding="utf-8")
        ended, _ = child(lambda: runs[0].save(tmp_path / "run", pictures=False))
        assert ended == DONE
        assert (living / "events.csv").exists()
    assert not living.exists()
    gone = {".sim-other-new-89abcdef", ".sim-other-new-00000000"}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({*before, "run"} - gone)
    for folder, file in kept.items():
        assert (tmp_path / folder / file).read_text(encoding="utf-8") == "mine"


def test_a_run_that_was_about_to_be_replaced_is_put_back(runs: tuple[sim.Result, ...], tmp_path: Path) -> None:
    runs[0].save(tmp_path / "a-b", pictures=False)
    expected = whole(tmp_path / "a-b")
    os.rename(tmp_path / "a-b", tmp_path / ".sim-a-b-old-0123abcd")
    runs[1].save(tmp_path / "another", pictures=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-b", "another"]
    assert whole(tmp_path / "a-b") == expected


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_signals_at_random_times_of_a_whole_command(number: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(SMALL, encoding="utf-8")
    folder = tmp_path / "outputs" / "my"
    sim.simulate(sim.load(str(tmp_path / "my.yaml"))).save(folder, pictures=False)
    expected = whole(folder)
    random.seed(4)
    for _ in range(4):
        started = subprocess.Popen(
            [sys.executable, "-m", "sim", "run", "my.yaml"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        # Not before Python has come to the program: what it does until then ends as Python likes.
        time.sleep(random.uniform(0.5, 2.5))
        started.send_signal(number)
        _, told = started.communicate()
        if number == signal.SIGINT:
            assert started.returncode in (0, 130), told
            assert "Traceback" not in told
        assert whole(folder) == expected
    with aside.locked(tmp_path / "outputs"):
        aside.sweep(tmp_path / "outputs")
    assert [path.name for path in (tmp_path / "outputs").iterdir()] == ["my"]


def test_the_message_after_ctrl_c_says_what_stands_in_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim import cli, report, result

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    Path("my.yaml").write_text(SMALL, encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(result, "simulate", interrupt)
        assert cli.main(["run", "my.yaml", "--no-pictures"]) == 130
    assert capsys.readouterr().err == "\nstopped; earlier results are as they were\n"
    with monkeypatch.context() as patch:
        patch.setattr(report, "print_report", interrupt)
        assert cli.main(["run", "my.yaml", "--no-pictures"]) == 130
    assert capsys.readouterr().err == "\nstopped; the new results are whole in outputs/my\n"
    assert whole(Path("outputs/my"))
    assert output.holds_complete_run(Path("outputs/my"))
