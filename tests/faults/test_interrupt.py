"""An interrupt where Python does not hand it on as it is: always status 130 and one line, and earlier results whole."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from sim import cli, output
from sim.base import interrupt as ctrl_c
from tests.cli.command import ROOT, SMALL
from tests.faults.commands import forked, interrupt
from tests.faults.runs import whole

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

STOPPED = "\nstopped; earlier results are as they were\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a scenario, and a run of another one where its results would go."""
    other = sim.simulate(sim.load("my.yaml", text=f"stronger_by: 3x\n{SMALL}"))
    other.save(tmp_path / "outputs" / "my", pictures=False)
    (tmp_path / "my.yaml").write_text(SMALL, encoding="utf-8")
    return tmp_path


def at(home: Any, name: str, action: Callable[[], object]) -> Callable[[], object]:
    """What puts `action` before the first call of a function."""
    function = getattr(home, name)

    def first(*arguments: Any, **named: Any) -> Any:
        setattr(home, name, function)
        action()
        return function(*arguments, **named)

    return lambda: setattr(home, name, first)


class Naming:
    """Interrupted while a class is made of it, as in an import: Python 3.11 raises RuntimeError from it."""

    def __set_name__(self, owner: type, name: str) -> None:
        raise KeyboardInterrupt


def make_a_class() -> None:
    type("Made", (), {"part": Naming()})


def fail_from_it() -> None:
    """Like a library that says what it failed in, and not why."""
    try:
        make_a_class()
    except BaseException:
        raise ImportError("cannot import name 'part'") from None


def fail_after_it() -> None:
    """Like C code that forgets the interrupt that it met."""
    with contextlib.suppress(KeyboardInterrupt):
        interrupt()
    raise SystemError("error return without exception set")


def swallow_it() -> None:
    """Like other people's `except:`."""
    try:
        interrupt()
    except:  # noqa: E722
        pass


@pytest.mark.parametrize("way", [interrupt, make_a_class, fail_from_it, fail_after_it, swallow_it])
def test_whatever_becomes_of_an_interrupt_the_command_is_stopped(way: Callable[[], None], folder: Path) -> None:
    before = whole(folder / "outputs" / "my")
    ended = forked(["run", "my.yaml", "--no-pictures"], folder, at(output, "_write_all", way))
    assert ended == (130, "", STOPPED)
    assert whole(folder / "outputs" / "my") == before
    assert sorted(os.listdir(folder / "outputs")) == ["my"]


class Loser:
    """Interrupted where Python can raise nothing."""

    def __del__(self) -> None:
        interrupt()


def lose_it() -> None:
    Loser()
    gc.collect()


def press_twice() -> None:
    """The second while the first is being dealt with."""
    try:
        interrupt()
    finally:
        interrupt()


@pytest.mark.parametrize("way", [lose_it, press_twice])
def test_an_interrupt_that_python_loses_and_a_second_one_end_at_once(way: Callable[[], None], folder: Path) -> None:
    before = whole(folder / "outputs" / "my")
    ended = forked(["run", "my.yaml", "--no-pictures"], folder, at(output, "_write_all", way))
    assert ended == (130, "", ctrl_c.AT_ONCE)
    assert whole(folder / "outputs" / "my") == before
    ended = forked(["run", "my.yaml", "--no-pictures"], folder, lambda: None)
    assert ended.status == 0 and whole(folder / "outputs" / "my") != before
    assert sorted(os.listdir(folder / "outputs")) == ["my"], "what the one that ended at once left is swept"


def test_after_the_results_took_their_place_the_line_says_so(folder: Path) -> None:
    before = whole(folder / "outputs" / "my")
    ended = forked(["run", "my.yaml", "--no-pictures"], folder, at(cli, "flush", interrupt))
    assert (ended.status, ended.err) == (130, "\nstopped; the new results are whole in outputs/my\n")
    assert whole(folder / "outputs" / "my") != before


def test_when_all_is_done_an_interrupt_is_too_late(folder: Path) -> None:
    ended = forked(["validate", "my.yaml"], folder, at(ctrl_c, "ignore", interrupt))
    assert (ended.status, ended.err) == (0, "")
    code = ("import atexit, os, signal, threading\n"
            "import sim.__main__\n"
            "press = lambda: os.kill(os.getpid(), signal.SIGINT)\n"
            "atexit.register(press)\n"
            "threading._register_atexit(press)\n"
            "sim.__main__.start()\n")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code, "validate", "my.yaml"], cwd=folder, capture_output=True,
                          text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_an_error_of_its_own_is_no_interrupt(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Though an interrupt was being dealt with when the command began."""
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt:
        assert cli.main(["validate", str(folder / "none.yaml")]) == 2
    assert "stopped" not in capsys.readouterr().err


def test_where_interrupts_are_ignored_they_stay_so(folder: Path) -> None:
    def ignored() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        at(cli, "_parser", interrupt)()

    assert forked(["validate", "my.yaml"], folder, ignored).status == 0


@pytest.mark.parametrize("module", ["sim.base.interrupt", "argparse", "yaml"])
def test_an_interrupt_in_any_import(module: str, folder: Path) -> None:
    code = (f"import os, sys\n"
            f"class Finder:\n"
            f"    def find_spec(self, name, *_):\n"
            f"        if name == {module!r}:\n"
            f"            raise KeyboardInterrupt\n"
            f"sys.modules.pop({module!r}, None)\n"
            f"sys.meta_path.insert(0, Finder())\n"
            f"import sim.__main__\n"
            f"sim.__main__.start()\n")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code, "run", "my.yaml", "--no-pictures"], cwd=folder, text=True,
                          capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)  # fmt: skip
    assert done.returncode == 130
    assert done.stderr in ("", STOPPED)


def test_an_interrupt_of_a_whole_terminal_leaves_its_workers_quiet(folder: Path) -> None:
    """Ctrl-C goes to every process of a terminal: here to a worker that has hardly begun to exist."""
    ended = forked(["run", "my.yaml", "-n", "8", "--workers", "2"], folder,
                   lambda: os.register_at_fork(after_in_child=interrupt))  # fmt: skip
    assert (ended.status, ended.err) == (0, "")
