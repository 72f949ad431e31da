"""Reading, typing and writing transcripts (see this folder's docstring)."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from sim.cli import main
from tests.bad_scenarios.made import make

FOLDER = Path(__file__).parent
PROMPT = "$ "


@dataclass(frozen=True)
class Typed:
    """A command of a transcript (`file`, relative to the folder) and what is printed below it."""

    file: str
    command: str
    printed: str

    def __str__(self) -> str:
        return f"{self.file}: {self.command}"

    @property
    def arguments(self) -> list[str]:
        program, *arguments = shlex.split(self.command)
        assert program == "sim", self.command
        return arguments


def read() -> list[Typed]:
    """Every command of every transcript."""
    found = []
    for path in sorted(FOLDER.rglob("*.txt")):
        name = path.relative_to(FOLDER).as_posix()
        text = path.read_text(encoding="utf-8")
        assert text.startswith(PROMPT), f"{name} does not begin with a command"
        for part in ("\n" + text).split("\n" + PROMPT)[1:]:
            command, _, printed = part.partition("\n")
            found.append(Typed(name, command, printed.rstrip("\n")))
    return found


def lay_out(folder: Path) -> Path:
    """A copy of the bad files in `folder`, with those that are made."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py", "*.txt"), dirs_exist_ok=True)
    make(folder)
    return folder


def run(typed: Typed, folder: Path) -> tuple[int, str]:
    """Exit status of a command in its folder of the copy at `folder`, in this process, and all that it printed."""
    screen = io.StringIO()
    before = os.getcwd()
    os.chdir((folder / typed.file).parent)
    try:
        with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
            try:
                status = main(typed.arguments)
            except SystemExit as stop:  # argparse
                status = int(stop.code or 0)
    finally:
        os.chdir(before)
    return status, screen.getvalue().rstrip("\n")
