"""The program `sim` in a forked process, with an interrupt where a test wants it."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sim.__main__ import start


class Ended(NamedTuple):
    """status: negative for the signal that ended it."""

    status: int
    out: str
    err: str


def forked(arguments: list[str], cwd: Path, before: Callable[[], object]) -> Ended:
    """`sim ARGUMENTS` in `cwd`, in a child of this process that calls `before` first."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            gc.freeze()  # what this process left to be collected is none of the child's business
            try:
                for number, file in ((1, out), (2, err)):
                    os.dup2(file.fileno(), number)
                sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
                os.chdir(cwd)
                sys.argv = ["sim", *arguments]
                signal.signal(signal.SIGINT, signal.default_int_handler)
                before()
                start()
            except SystemExit as stop:
                sys.stdout.flush()
                os._exit(stop.code if isinstance(stop.code, int) else 99)
            finally:
                os._exit(98)
        _, ended = os.waitpid(pid, 0)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    return Ended(os.waitstatus_to_exitcode(ended), *texts)


def interrupt() -> None:
    """Ctrl-C, now."""
    os.kill(os.getpid(), signal.SIGINT)
