"""The package's types serve a user who checks strictly: a script with mypy --strict, and one that is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.command import ROOT, SCENARIOS

SCRIPT = ROOT / "tests" / "api" / "user_script.py"


def checked(path: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "--follow-imports", "silent"]
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    return subprocess.run([*command, "--cache-dir", str(folder / "cache"), str(path)], cwd=folder, env=environment,
                          capture_output=True, text=True, check=False)  # fmt: skip


def test_a_users_script_passes_and_runs(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    done = checked(script, tmp_path)
    assert done.returncode == 0, done.stdout
    ran = subprocess.run([sys.executable, str(script), str(SCENARIOS / "one-lab.yaml"), str(tmp_path / "out")],
                         cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
                         check=False)  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) == 2 and "0 unused" in ran.stdout
    script.write_text("import sim\n\nresult = sim.simulate('a.yaml')\ndays: int = result.windows\nresult.explan('A')\n")
    wrong = checked(script, tmp_path)
    assert wrong.returncode == 1
    for line, code in ((3, "arg-type"), (4, "assignment"), (5, "attr-defined")):
        assert f"mine.py:{line}: error" in wrong.stdout and f"[{code}]" in wrong.stdout, wrong.stdout
