"""The README's commands do what it says, in a clean folder that has the scenarios; its Python as a program."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from sim.scenario import load
from tests.cli.command import ROOT, SCENARIOS, here

README = (ROOT / "README.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for found, text in _BLOCK.findall(README) if found == language]


def commands() -> list[list[str]]:
    """What stands in the blocks for a shell, without comments."""
    lines = [line for text in blocks("sh") for line in text.splitlines()]
    return [words for words in (shlex.split(line, comments=True) for line in lines) if words]


def affordable(arguments: list[str]) -> list[str]:
    """The command with few draws, or the two cells at the ends of a range, and without the worlds that `--days` makes
    (tests/analysis makes some); where it branches a race: 4 worlds, from that day on, of its labs as one."""
    arguments = [word.replace(":12:3 months", ":12:12 months") for word in arguments if word != "--days"]
    if "--from" not in arguments:
        return ["32" if before == "-n" else word for before, word in zip(["", *arguments], arguments, strict=False)]
    draw = load(ROOT / arguments[1]).draw()
    on = date.fromisoformat(arguments[arguments.index("--from") + 1])
    assert 0.0 < (on - draw.start).days < draw.end
    made = [arguments[0], "scenarios/labs-as-one.yaml", *arguments[2:]]
    made[made.index("-n") + 1] = "4"
    return made


def test_every_command_runs(tmp_path: Path) -> None:
    shutil.copytree(SCENARIOS, tmp_path / "scenarios")
    (scenario,) = (text for text in blocks("yaml") if "labs:" in text)
    (tmp_path / "my.yaml").write_text(scenario, encoding="utf-8")
    assert len(scenario.splitlines()) == 10  # short enough to be typed
    asked = [words[1:] for words in commands() if words[0] == "sim"]
    inline = [shlex.split(found)[1:] for found in re.findall(r"`(sim (?:run|schema) [^`]*)`", README)]
    assert len(asked) >= 6 and ["run", "my.yaml"] in inline
    printed = {}
    for arguments in [*asked, *inline]:
        fast = ["--no-pictures"] if arguments[0] in ("run", "compare", "sweep", "sensitivity") else []
        done = here(*affordable(arguments), *fast, cwd=tmp_path)
        assert done.returncode == 0, f"sim {shlex.join(arguments)}: {done.stderr}"
        printed[shlex.join(arguments)] = done.stdout
    assert "190M" in printed["run scenarios/finnveden.yaml"]
    swept = next(text for command, text in printed.items() if command.startswith("sweep "))
    cells = re.findall(r"^\d+ months +(\S+)$", swept, re.MULTILINE)
    assert len(cells) == len(set(cells)) == 2  # its picture says something
    for days in [words for words in asked if "--days" in words]:  # only the last part of what it prints is left out
        assert f"\n  sim {shlex.join(days)}\n" in printed[shlex.join(days)]
    assert "my.yaml: fine" in printed["validate my.yaml"]
    for name in ("finnveden", "mine", "my", "windows-backtest"):
        assert (tmp_path / "outputs" / name / "windows.csv").exists(), name

    # What it claims of the backtest.
    told = " ".join(README.split())
    outcome = printed["run scenarios/windows-backtest.yaml"]
    for line in re.findall(r"^.* really closed: .*$", outcome, re.MULTILINE):
        closed, kinds = re.search(r"(\d+) really closed: ([^;]+);", line).groups()  # type: ignore[union-attr]
        assert sum(int(kind.split()[-1]) for kind in kinds.split(", ")) == int(closed), line
    for start, claim in (
        ("own:", r"is where FLOP says in (\d+) of (\d+) cases"),
        ("own, where FLOP is known:", r"\((\d+) of (\d+) where FLOP is known\)"),
        ("frontier:", r"any lab's next flagship in only (\d+) of (\d+)"),
        ("frontier, where FLOP is known:", r"in only \d+ of \d+ \((\d+) of (\d+)\)"),
    ):
        found = re.search(claim, told)
        real = re.search(rf"^{re.escape(start)} (\d+) really closed: hit (\d+)", outcome, re.MULTILINE)
        assert found is not None and real is not None, start
        assert (found[1], found[2]) == (real[2], real[1]), start


def test_the_python_block_runs(tmp_path: Path) -> None:
    shutil.copytree(SCENARIOS, tmp_path / "scenarios")
    (text,) = blocks("python")
    done = subprocess.run([sys.executable, "-c", text], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "windows.csv").exists()


def test_make_has_its_targets_and_the_picture_is_small() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {words[1] for words in commands() if words[0] == "make"} | set(re.findall(r"`make (\w+)`", README))
    assert {"run", "test"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    (picture,) = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    assert (ROOT / picture).stat().st_size < 150_000
    for link in re.findall(r"[^!]\[[^]]+\]\(([^)#]+)\)", README):
        assert link == "docs/reference.md" or (ROOT / link).exists(), link
