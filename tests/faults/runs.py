"""Runs to save, whether what stands in a folder is whole, and faults at every step that reaches the file system."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sim
from sim.output import OutputError
from tests.cli.command import SMALL

REACHES = ("open", "os.", "shutil.", "fcntl.", "ctypes.call_function")
"""Audit events that come before something is read, written, moved or removed."""

DONE, REFUSED, STOPPED, KILLED = 0, 3, 4, -signal.SIGKILL


def result_of(stronger_by: str) -> sim.Result:
    """A small run with its tables made, told apart by `stronger_by` in its effective.yaml."""
    made = sim.simulate(sim.load("my.yaml", text=f"stronger_by: {stronger_by}\n{SMALL}"))
    made.tables()
    assert made.summary
    return made


def whole(folder: Path) -> str:
    """Which run stands in `folder` (its effective.yaml), after checking that every file of it is there and whole."""
    manifest = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert {path.name for path in folder.iterdir()} == set(manifest["files"])
    for name, digest in manifest["sha256"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
    json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return (folder / "effective.yaml").read_text(encoding="utf-8")


def few_files(result: sim.Result, folder: Path, *_: object) -> None:
    """In place of `sim.output._write_all`: three files and a manifest of them, in a millisecond."""
    from sim import output

    assert result.scenario is not None
    texts = {"windows.csv": result.table("windows").to_csv(), "effective.yaml": result.scenario.effective_yaml(),
             "summary.json": "{}"}  # fmt: skip
    for name, text in texts.items():
        output.write_text(folder / name, text)
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in texts}
    output.write_text(folder / "run.json", json.dumps({"files": [*texts, "run.json"], "sha256": digests}))


def child(action: Callable[[], object], fault: Callable[[], None] | None = None, at: int = -1) -> tuple[int, int]:
    """`action` in a process of its own, where `fault` happens at the `at`-th step that reaches the file system.

    Returns how it ended (DONE, REFUSED with an OutputError, STOPPED by KeyboardInterrupt, KILLED) and its steps.
    """
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reads)
        status, count, inside = 5, 0, False

        def hook(event: str, _: Any) -> None:
            nonlocal count, inside
            if inside or not event.startswith(REACHES):
                return
            count += 1
            if count - 1 == at and fault is not None:
                inside = True
                try:
                    fault()
                finally:
                    inside = False

        try:
            sys.addaudithook(hook)
            action()
            status = DONE
        except OutputError:
            status = REFUSED
        except KeyboardInterrupt:
            status = STOPPED
        finally:
            at = -1
            os.write(writes, str(count).encode())
            os._exit(status)
    os.close(writes)
    _, ended = os.waitpid(pid, 0)
    steps = os.read(reads, 100)
    os.close(reads)
    return os.waitstatus_to_exitcode(ended), int(steps or 0)


def kill() -> None:
    """kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def interrupted_at_line(n: int, files: tuple[str, ...]) -> Iterator[list[int]]:
    """Ctrl-C before the n-th line that is run in some source files. Yields the list that counts lines."""
    count = [0]

    def lines(frame: Any, event: str, _: Any) -> Any:
        if event == "line":
            count[0] += 1
            if count[0] - 1 == n:
                sys.settrace(None)
                raise KeyboardInterrupt
        return lines

    def calls(frame: Any, event: str, _: Any) -> Any:
        code = frame.f_code
        # A generator's `with` statement sees the interrupt where it is entered, as with a real signal.
        return lines if code.co_filename.endswith(files) and code.co_name != "<listcomp>" else None

    before = sys.gettrace()
    sys.settrace(calls)
    try:
        yield count
    finally:
        sys.settrace(before)
