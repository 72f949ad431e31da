"""The line of progress in a terminal: as wide as that at most."""

from __future__ import annotations

import os
import struct
import sys

import pytest

from sim.cli_progress import ProgressLine


@pytest.mark.parametrize("columns", [30, 60, 80, 200])
def test_it_fits_the_terminal_of_stderr(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where stdout goes elsewhere, and whatever COLUMNS says."""
    fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))
    reads, writes = pty.openpty()
    fcntl.ioctl(writes, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    monkeypatch.setenv("COLUMNS", "500")
    with os.fdopen(writes, "w") as terminal, os.fdopen(reads, "rb") as seen:
        monkeypatch.setattr(sys, "stderr", terminal)
        line = ProgressLine("draws")
        line.told(8, 1000, 0.1, "; own windows, median so far: 353 days")
        line.told(512, 1000, 6.1, "; own windows, median so far: 353 days")
        print("|", end="", file=terminal, flush=True)
        written = ""
        while not written.endswith("|"):  # a terminal hands over as much at once as it likes
            written += os.read(seen.fileno(), 10_000).decode()
    told = written[:-1].split("\r\033[K")[1:]
    assert all(text and len(text) < columns for text in told) and len(told) == 2
    assert told[1] == {
        30: "512 of 1,000 draws, 6 s left",
        60: "512 of 1,000 draws, 82.6 a second, 6 s left",
        80: "512 of 1,000 draws, 6 s left; own windows, median so far: 353 days",
        200: "512 of 1,000 draws, 82.6 a second, 6 s left; own windows, median so far: 353 days",
    }[columns]
