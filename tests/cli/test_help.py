"""Help texts, the schema and reference as files, and completion in real shells."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from sim.cli import _parser
from sim.completion import SHELLS, commands, script
from sim.scenario.schema import schema_text
from tests.cli.command import here, sim

COMMANDS = sorted(commands(_parser()))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str, tmp_path: Path) -> None:
    done = here(name, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "example:  " in done.stdout and f"sim {name}" in done.stdout.split("example:")[1]
    parser = commands(_parser())[name]
    assert all(action.help for action in parser._actions)


def test_help_lists_every_command(tmp_path: Path) -> None:
    done = sim("--help", cwd=tmp_path)
    assert set(COMMANDS) >= {"run", "validate", "show", "list", "schema", "completion"}
    assert all(f"\n    {name}" in done.stdout for name in COMMANDS)


def test_schema_is_printed_or_written(tmp_path: Path) -> None:
    printed = sim("schema", cwd=tmp_path)
    assert printed.returncode == 0 and json.loads(printed.stdout)["title"] == "manycopies scenario"
    assert here("schema", "--out", "s.json", cwd=tmp_path).returncode == 0
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == printed.stdout == schema_text()


def test_schema_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    done = here("schema", "--out", "no/such/folder/s.json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "sim schema: cannot write no/such/folder/s.json (No such file or directory)\n"


def test_reference_has_every_block_and_leads_to_it(tmp_path: Path) -> None:
    text = here("schema", "--markdown", cwd=tmp_path).stdout
    for heading in ("# Reference of scenario files", "## Scenario", "## Lab", "## Training run", "## Inference"):
        assert f"{heading}\n" in text
    headings = {line[3:].lower().replace(" ", "-") for line in text.splitlines() if line.startswith("## ")}
    links = {part.split(")")[0] for part in text.split("](#")[1:]}
    assert links and links <= headings
    assert "| `stronger_by` |" in text and "`2x`" in text and "**required**" in text
    keys, events = text.split("## Events\n")  # of events: tests/world/test_kinds.py
    assert "| `run_finished` |" in events
    rows = [line for line in keys.splitlines() if line.startswith("|")]
    assert all(line.replace("\\|", "").count("|") == 5 for line in rows)


def completed(shell_line: str, folder: Path) -> list[str]:
    """What bash offers for a line whose last word is to be completed."""
    words = shell_line.split(" ")
    listed = " ".join(f"'{word}'" for word in words)
    code = f"{script(_parser(), 'bash')}\nCOMP_WORDS=({listed}); COMP_CWORD={len(words) - 1}; _sim\n" + (
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return sorted(done.stdout.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("sim ", COMMANDS),
        ("sim va", ["validate"]),
        ("sim s", ["schema", "sensitivity", "show", "sweep"]),
        ("sim completion z", ["zsh"]),
        ("sim completion ", ["bash", "fish", "zsh"]),
        ("sim show --a", ["--all"]),
        ("sim run --no", ["--no-pictures"]),
        ("sim run ", ["a.yaml", "b.yml", "inner"]),
        ("sim run a", ["a.yaml"]),
        ("sim run a.yaml --with b", ["b.yml"]),
        ("sim run inner/", ["inner/c.yaml"]),
        ("sim run --nothing", []),
        ("sim nothing ", []),
    ],
)
def test_bash_completes_commands_options_and_files(line: str, offered: list[str], tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yml", "c.txt", "inner/c.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert completed(line, tmp_path) == sorted(offered)


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_reads_its_script(shell: str, tmp_path: Path) -> None:
    printed = sim("completion", shell, cwd=tmp_path)
    assert printed.returncode == 0
    assert printed.stdout == script(_parser(), shell)
    assert all(name in printed.stdout for name in COMMANDS)
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here: its script is printed, not read")
    done = subprocess.run([shell, "-n"], input=printed.stdout, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_another_shell_is_refused(tmp_path: Path) -> None:
    assert here("completion", "tcsh", cwd=tmp_path).returncode == 2
    with pytest.raises(ValueError, match="there is bash, zsh, fish"):
        script(_parser(), "tcsh")
