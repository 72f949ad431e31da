"""The tutorial does what it says: its blocks are run in order in a folder of their own, their output compared."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import ROOT, SCENARIOS, here

TUTORIAL = ROOT / "docs" / "tutorial.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LOOSE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(page: Path = TUTORIAL) -> list[tuple[int, str, str]]:
    """(line in the file, language, text) of each block."""
    text = page.read_text(encoding="utf-8")
    return [(text[: found.start()].count("\n") + 1, found[1], found[2]) for found in _BLOCK.finditer(text)]


def run_python(text: str, line: int, names: dict[str, Any]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile("\n" * line + text, str(TUTORIAL), "exec"), names)
    return out.getvalue()


def run_sh(text: str, folder: Path) -> str:
    out = ""
    for command in text.splitlines():
        program, *arguments = shlex.split(command)
        assert program == "sim", f"{command}: only sim is run"
        fast = ["--no-pictures"] if arguments[0] == "compare" and "--no-pictures" not in arguments else []
        done = here(*arguments, *fast, cwd=folder)  # tests/cli has each command in a process of its own, and pictures
        assert done.returncode == 0, f"{command}: {done.stderr}"
        out += done.stdout
    return out


def run_page(page: Path, folder: Path) -> int:
    """Run a page's blocks in order in `folder`, the current one; how many outputs were compared."""
    shutil.copytree(SCENARIOS, folder / "scenarios")
    names: dict[str, Any] = {"__name__": "tutorial"}
    printed, last = "", ""
    compared = 0
    for line, language, text in blocks(page):
        where = f"{page.name}:{line}"
        if language == "text":
            assert doctest.OutputChecker().check_output(text, printed, LOOSE), f"{where}: printed instead:\n{printed}"
            compared += 1
            printed = ""
        elif language == "yaml":
            name = text.splitlines()[0].removeprefix("# ")
            assert name.endswith(".yaml"), f"{where}: the first line names the file"
            (folder / name).write_text(text, encoding="utf-8")
        else:
            assert not (last == "python" and printed), f"{where}: what the block before it printed is not shown"
            printed = run_python(text, line, names) if language == "python" else run_sh(text, folder)
        last = language
    return compared


def test_every_block_runs_and_prints_what_stands_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_page(TUTORIAL, tmp_path) >= 8
    assert {path.name for path in tmp_path.iterdir()} == {"scenarios", "outputs", "tables", "mine.yaml", "copies.png"}


def test_only_known_languages_and_links_that_lead_somewhere() -> None:
    assert {language for _, language, _ in blocks()} == {"python", "sh", "text", "yaml"}
    text = TUTORIAL.read_text(encoding="utf-8")
    assert text.count("\n```") == 2 * len(blocks())
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert (TUTORIAL.parent / link).exists(), link
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "docs/tutorial.md" in readme and "# In an editor" in readme
