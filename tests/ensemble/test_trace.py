"""Tracebacks of draws that fail are the same bytes wherever the program stands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from sim.ensemble.trace import place, trace_text
from tests.cli.command import ROOT

POLICY = "def allocate(view):\n    raise RuntimeError('no')\n"
TEXT = """\
start: 2026-01-01
end: 2026-06-01
labs:
  Aurora:
    compute: {stock: 1e5 H100e}
    use: {training: 10%, serving: 90%}
    policy: mine.py:allocate
"""
PROGRAM = """\
import sys, sim
from sim.ensemble.part import failure
try:
    sim.simulate(sim.load("s.yaml"))
except Exception as error:
    sys.stdout.write(failure(error)[-1])
"""


def test_the_same_wherever_the_program_is(tmp_path: Path) -> None:
    told = []
    for name in ("here", "there"):
        root = tmp_path / name
        shutil.copytree(ROOT / "sim", root / "sim", ignore=shutil.ignore_patterns("__pycache__", "_compiled"))
        work = tmp_path / f"work-{name}"
        work.mkdir()
        (work / "mine.py").write_text(POLICY)
        (work / "s.yaml").write_text(TEXT)
        done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=work, env={**os.environ, "PYTHONPATH": str(root)},
                              capture_output=True, text=True, check=True)  # fmt: skip
        told.append(done.stdout)
    assert told[0] == told[1] and str(tmp_path) not in told[0] and sys.prefix not in told[0]
    for line in ('File "sim/world/simulate.py", line', 'File "simpy/core.py", line', 'File "mine.py", line 2, in allo',
                 "    raise RuntimeError('no')", "direct cause of the following exception"):  # fmt: skip
        assert line in told[0]


def test_where_a_file_is() -> None:
    found = ["", "/a", "/a/lib", "/b"]
    names = {"/a/lib/x/y.py": "x/y.py", "/a/x.py": "x.py", "/c/x.py": "/c/x.py", "/ab.py": "/ab.py", "m.py": "m.py"}
    assert {file: place(file, found) for file in names} == names
    assert place(str(ROOT / "sim" / "world" / "run.py"), [str(ROOT / "sim")]) == "sim/world/run.py"


def test_it_says_what_python_does() -> None:
    try:
        try:
            raise KeyError("x")
        except KeyError as error:
            raise ValueError("two\nlines") from error
    except ValueError as error:
        told = trace_text(error)
    assert told.startswith('Traceback (most recent call last):\n  File "') and told.endswith("ValueError: two\nlines\n")
    assert "KeyError: 'x'\n\nThe above exception was the direct cause" in told and "^" not in told
