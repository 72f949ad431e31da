"""`sim explain` of a scenario that is changed for the command: as of a file that says so."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import SMALL, here

PAUSED = f"""\
{SMALL}pause: {{starts: 2026-09-01, lasts: 2 months, stops: [training]}}
levels: {{far: {{effective_flop: 6e26 FLOP}}}}
"""
OVERLAY = "over: my.yaml\nlabs: {Aurora: {runs: {length: 61 days}}}\n"


def explained(*words: str, cwd: Path) -> str:
    done = here("explain", *words, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_it_is_that_of_a_file_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(PAUSED, encoding="utf-8")
    (tmp_path / "over.yaml").write_text(OVERLAY, encoding="utf-8")
    (tmp_path / "long.yaml").write_text(PAUSED.replace("lasts: 2 months", "lasts: 5 months"), encoding="utf-8")
    longer = explained("my.yaml", "--intervention", "pause", "--set", "pause.lasts=5 months", cwd=tmp_path)
    assert longer == explained("long.yaml", "--intervention", "pause", cwd=tmp_path)
    assert longer != explained("my.yaml", "--intervention", "pause", cwd=tmp_path)
    more = ("--with", "over.yaml", "--set", "labs.Aurora.runs.public_after=13 days")
    other = explained("my.yaml", "Aurora-1", *more, cwd=tmp_path)
    assert "Aurora/Aurora-1: usable inside 2026-03-03, public 2026-03-16\n" in other  # 61 and 13 days on
    assert "over.yaml:2" in other


def test_the_command_to_type_next_has_the_changes(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("sim.analysis.explain_days.AT_ONCE", 0)
    (tmp_path / "my.yaml").write_text(SMALL, encoding="utf-8")
    told = explained("my.yaml", "Aurora-1", "--set", "end=2027-06-01", "--policy", "Aurora=shares", cwd=tmp_path)
    command = "  sim explain my.yaml Aurora-1 --set end=2027-06-01 --policy Aurora=shares --days"
    assert told.splitlines()[-1] == command


def test_what_was_run_is_not_changed(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(SMALL, encoding="utf-8")
    assert here("run", "my.yaml", "--no-pictures", cwd=tmp_path).returncode == 0
    done = here("explain", "outputs/my", "Aurora-1", "--set", "end=2027-06-01", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "sim: --set: outputs/my is a run that was made; only a scenario can be changed\n"
    wrong = here("explain", "my.yaml", "Aurora-1", "--set", "labs.Aurora.runs.evry=3 months", cwd=tmp_path)
    assert wrong.returncode == 2 and "did you mean 'every'?" in wrong.stderr
