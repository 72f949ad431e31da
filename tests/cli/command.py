"""Run `sim` as a user does: a process of its own, in a folder of its own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

from sim.cli import main

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"

SMALL = """\
question: How many copies?
start: 2026-01-01
end: 2028-01-01
labs:
  Aurora:
    compute: {stock: 1e5 H100e, grows: 3x per year, every: 3 months}
    use: {training: 10%, experiments: 45%, research: 5%, serving: 40%}
    runs: {every: 9 months, length: 90 days, public_after: 1 month}
    after_training: {move: 100%, to: research, for: 60 days}
"""


def sim(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m sim …` in `cwd`; its output as text."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, "-m", "sim", *map(str, arguments)],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def here(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The same in this process, without the time that a new one takes to begin."""
    out, err = io.StringIO(), io.StringIO()
    asked = [str(argument) for argument in arguments]
    with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(asked)
        except SystemExit as stop:  # of argparse
            status = stop.code if isinstance(stop.code, int) else 1
    return subprocess.CompletedProcess(asked, status, out.getvalue(), err.getvalue())


def tables(folder: Path) -> dict[str, bytes]:
    """The files that are promised to be the same bytes: tables and the effective scenario."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in (".csv", ".yaml")}
