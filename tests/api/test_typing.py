"""The package's types serve a user who checks strictly: a script with mypy --strict, and one that is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import ROOT, SCENARIOS

UNASKED = """\
[mypy]
[mypy-matplotlib.*,scipy.*,PIL.*,SALib.*,distributed.*,dask.*,pyarrow.*,pint.*]
follow_imports = skip
"""
"""What the scripts do not name is not read: a third of the time."""

SCRIPT = ROOT / "tests" / "api" / "user_script.py"


def checked(*paths: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    settings = paths[0].with_name("mypy.ini")
    settings.write_text(UNASKED, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(settings), "--follow-imports", "silent"]
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    return subprocess.run([*command, "--cache-dir", str(cache), *map(str, paths)], cwd=paths[0].parent,
                          env=environment, capture_output=True, text=True, check=False)  # fmt: skip


def test_a_users_script_passes_and_runs(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """Both are checked at once. What mypy knows of pandas and NumPy is kept with pytest's cache: half of the time."""
    script, wrong = tmp_path / "mine.py", tmp_path / "wrong.py"
    script.write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    wrong.write_text("import sim\n\nresult = sim.simulate('a.yaml')\ndays: int = result.windows\nresult.explan('A')\n")
    cache = getattr(pytestconfig, "cache", None)
    told = checked(script, wrong, cache=tmp_path / "cache" if cache is None else cache.mkdir("mypy"))
    assert told.returncode == 1 and "(checked 2 source files)" in told.stdout, told.stdout + told.stderr
    errors = [line for line in told.stdout.splitlines() if ": error: " in line]
    assert len(errors) == 3, told.stdout
    for line, code in ((3, "arg-type"), (4, "assignment"), (5, "attr-defined")):
        assert any(error.startswith(f"wrong.py:{line}: ") and f"[{code}]" in error for error in errors), told.stdout
    ran = subprocess.run([sys.executable, str(script), str(SCENARIOS / "one-lab.yaml"), str(tmp_path / "out")],
                         cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
                         check=False)  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) == 2 and "0 unused" in ran.stdout
