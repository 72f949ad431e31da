"""Every bad file is refused with exactly the message that stands beside it, soon, and nothing is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bad_scenarios.transcript import FOLDER, Typed, lay_out, read, run
from tests.cli.command import ROOT

TRANSCRIPTS = read()
SECONDS, BYTES = 2.0, 500e6
"""What a user waits, and what a machine gives, for a bad file at most."""


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("bad"))


@pytest.fixture(scope="module", autouse=True)
def nothing_is_written(bad: Path) -> Iterator[None]:
    before = contents(bad)
    yield
    assert contents(bad) == before


def contents(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.mark.parametrize("typed", TRANSCRIPTS, ids=str)
def test_transcript(typed: Typed, bad: Path) -> None:
    status, printed = run(typed, bad)
    assert printed == typed.printed
    assert status == 2


def test_every_bad_file_is_in_a_transcript() -> None:
    words = {f"{Path(typed.file).parent}/{word}" for typed in TRANSCRIPTS for word in typed.arguments}
    files = {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.yaml")}
    named = {f"{Path(name).parent}/{other.rpartition('/')[2]}" for name, text in files.items()
             for line in text.splitlines() if line.startswith("extends: ") for other in [line[9:]]}  # fmt: skip
    assert not set(files) - words - named
    assert len(files) >= 60


HARD = [
    "yaml/billion-laughs.yaml",
    "yaml/python-object.yaml",
    "size/8000-runs.yaml",
    "size/maps-5000-deep.yaml",
    "size/long-spaces.yaml",
    "dates/recurs-every-second.yaml",
    "growth/stock-overflows.yaml",
    "csv/bad-rows.yaml",
    "labs/shares-above-100.yaml",
]


MEASURE = """
import json, resource, subprocess, sys
ran = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8")
used = resource.getrusage(resource.RUSAGE_CHILDREN)
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps([ran.returncode, ran.stdout, used.ru_utime + used.ru_stime, used.ru_maxrss * unit]))
"""
"""Runs a command from a small process of its own: a child's peak memory is at least its parent's when it was born."""


@pytest.mark.parametrize("name", HARD)
def test_in_a_process_of_its_own(name: str, bad: Path) -> None:
    """As a user runs it: status 2, no traceback, within 2 s of processor time and 500 MB, Python's start included."""
    script = Path(name)
    command = [sys.executable, "-m", "sim", "run", script.name]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, *command], cwd=bad / script.parent, env=env, capture_output=True, check=True
    )
    status, printed, seconds, memory = json.loads(measured.stdout)
    printed = printed.rstrip("\n")
    assert status == 2
    assert printed == next(typed.printed for typed in TRANSCRIPTS if typed.command == f"sim run {script.name}")
    assert "Traceback" not in printed
    assert seconds < SECONDS
    assert memory < BYTES
