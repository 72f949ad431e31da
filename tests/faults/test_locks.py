"""Locks of folders: a worker that outlives the process that made it keeps none of them."""

from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

import sim
from sim.aside import Busy, discard, folder_aside, locked, working
from sim.ensemble.workers import FORKS
from tests.cli.command import SMALL, here


def _stay(pipe: Connection) -> None:
    pipe.send("here")
    pipe.poll(None)


@pytest.mark.skipif(not FORKS, reason="no process is forked here")
def test_a_forked_process_neither_keeps_a_lock_nor_gives_it_up(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    mine, its = context.Pipe()
    with working(tmp_path):
        child = context.Process(target=_stay, args=(its,), daemon=True)
        child.start()
        assert mine.recv() == "here"
        with pytest.raises(Busy), working(tmp_path):
            pass
    assert child.is_alive()
    with working(tmp_path):
        pass
    mine.send("end")
    child.join()


def test_a_second_sweep_in_one_folder_is_refused_from_python_and_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(SMALL, encoding="utf-8")
    folder = tmp_path / "cut.unfinished"
    over = {"labs.Aurora.use.training": "10%,20%"}
    line = ["sweep", "my.yaml", "--over", "labs.Aurora.use.training=10%,20%", "--out", "cut", "--workers", "1"]
    told = []

    def meanwhile(done: int, *_: object) -> None:
        """A cell of the first is done: others come."""
        if done != 1:
            return
        before = sorted(path.name for path in folder.iterdir())
        with pytest.raises(Busy, match="another sweep is at work there"):
            sim.sweep(tmp_path / "my.yaml", over, folder=folder)
        for resume in ([], ["--resume"]):
            refused = here(*line, *resume, cwd=tmp_path)
            told.append((refused.returncode, refused.stderr))
        assert sorted(path.name for path in folder.iterdir()) == before

    found = sim.sweep(tmp_path / "my.yaml", over, folder=folder, told=meanwhile)
    assert told == [(2, "sim: cut.unfinished: another sweep is at work there\n")] * 2
    assert len(found.rows) == 2 and not found.problems
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert here(*line, "--no-pictures", "--resume", cwd=tmp_path).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut", "my.yaml"]


@pytest.mark.skipif(not FORKS, reason="no locks here")
def test_a_folder_that_was_discarded_meanwhile_is_nobodys_to_work_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened while another was about to be done with it, and locked just after."""
    import fcntl

    folder = tmp_path / "cut.unfinished"
    folder.mkdir()
    lock = fcntl.flock

    def late(held: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        discard(folder)
        lock(held, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with pytest.raises(Busy), working(folder):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_nobodys_to_work_in(tmp_path: Path) -> None:
    with pytest.raises(Busy, match="another is at work there"), working(tmp_path / "gone"):
        pass


@pytest.mark.skipif(not FORKS, reason="no locks here")
@pytest.mark.parametrize("held", [working, locked, lambda folder: folder_aside(folder / "run")])
@pytest.mark.parametrize(("code", "works"), [(errno.ENOLCK, True), (errno.EBADF, True), (errno.EIO, False)])
def test_only_a_file_system_without_locks_is_worked_in_without_one(
    code: int, works: bool, held: Callable[[Path], AbstractContextManager[Path | None]], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    import fcntl

    def fails(descriptor: int, how: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", fails)
    with nullcontext() if works else pytest.raises(OSError), held(tmp_path):
        pass


def test_unfinished_work_with_nothing_done_needs_no_resume(tmp_path: Path) -> None:
    """Killed, or stopped, before the first chunk: there is nothing to go on with."""
    (tmp_path / "my.yaml").write_text(SMALL, encoding="utf-8")
    for line, spec in ((["sweep", "my.yaml", "--over", "labs.Aurora.use.training=10%,20%"], "sweep.json"),
                       (["run", "my.yaml", "-n", "2"], "ensemble.json")):  # fmt: skip
        kept = tmp_path / "cut.unfinished"
        kept.mkdir()
        (kept / spec).write_text('{"program": "another"}', encoding="utf-8")
        (kept / f".{spec}.123.part").write_text("{", encoding="utf-8")
        line += ["--out", "cut", "--workers", "1"]
        (kept / "mine.txt").touch()
        refused = here(*line, cwd=tmp_path)
        assert refused.returncode == 2 and "add --resume to go on with it, or delete it" in refused.stderr
        (kept / "mine.txt").unlink()
        done = here(*line, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["cut", "my.yaml"]
        shutil.rmtree(tmp_path / "cut")
