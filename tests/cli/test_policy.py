"""Policies in a user's Python file on the command line: what runs them, what does not, how their errors are told."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.command import SMALL, here, sim, tables

CODE = """\
open("ran", "a").close()

def allocate(view):
    if view.day >= 100:
        return broken(view)
    return {"training": 0.2, "experiments": 0.4, "serving": 0.4}

def broken(view):
    return {"training": 0.2, "experiments": 0.8 / WORTH}
"""
WORTH = "WORTH = 1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(WORTH + CODE, encoding="utf-8")
    (tmp_path / "plain.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "my.yaml").write_text(SMALL + "    policy: mine.py:allocate\n", encoding="utf-8")
    (tmp_path / "top.yaml").write_text("extends: my.yaml\n", encoding="utf-8")
    return tmp_path


def test_run_says_that_it_runs_code_and_the_result_reproduces_without_the_file(folder: Path) -> None:
    done = sim("run", "my.yaml", "--out", "one", "--no-pictures", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "sim: runs the code of a policy: mine.py:allocate for Aurora, named at my.yaml:10:13" in done.stderr
    stored = json.loads((folder / "one" / "run.json").read_text(encoding="utf-8"))["policies"]["Aurora"]
    assert stored["sha256"] == sha256((WORTH + CODE).encode()).hexdigest()
    assert (stored["file"], stored["function"]) == ("mine.py", "allocate")
    (folder / "mine.py").unlink()
    again = here("run", "one/effective.yaml", "--out", "two", "--no-pictures", cwd=folder)
    assert again.returncode == 0, again.stderr
    assert tables(folder / "one") == tables(folder / "two")
    explained = here("explain", "one", "Aurora-1", cwd=folder)
    assert explained.returncode == 0 and "Aurora/Aurora-1: usable inside 2026-04-01" in explained.stdout
    assert "runs the code of a policy: mine.py:allocate for Aurora, named at one/effective.yaml" in explained.stderr


def test_an_option_names_a_policy_for_one_run(folder: Path) -> None:
    done = here("run", "plain.yaml", "--policy", "Aurora=mine.py:allocate", "--out", "one", "--no-pictures", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "mine.py:allocate for Aurora, named at --policy Aurora\n" in done.stderr
    named = here("run", "my.yaml", "--out", "two", "--no-pictures", cwd=folder)
    assert named.returncode == 0, named.stderr
    one, two = tables(folder / "one"), tables(folder / "two")
    one.pop("effective.yaml"), two.pop("effective.yaml")
    assert one == two
    done = here("run", "my.yaml", "--policy", "Aurora=shares", "--out", "three", "--no-pictures", cwd=folder)
    assert done.returncode == 0 and "code" not in done.stderr
    assert "policies" not in json.loads((folder / "three" / "run.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["my.yaml", "top.yaml"])
def test_what_does_not_simulate_runs_nothing_and_says_so(name: str, folder: Path) -> None:
    checked = here("validate", name, cwd=folder)
    assert checked.returncode == 0
    where = "code is not run here (mine.py:allocate for Aurora, named at my.yaml:10:13)"
    assert f"{name}: read, not simulated: {where}" in checked.stdout
    shown = here("show", name, "--all", cwd=folder)
    assert shown.returncode == 0 and where in shown.stderr and "mine.py:allocate" in shown.stdout
    assert here("list", ".", cwd=folder).returncode == 0
    assert not (folder / "ran").exists()


def test_an_error_in_it_is_told_with_file_line_source_lab_and_date(folder: Path) -> None:
    (folder / "mine.py").write_text("WORTH = 0\n" + CODE, encoding="utf-8")
    done = here("run", "my.yaml", cwd=folder)
    assert done.returncode == 2  # day 100 is in April; the next event is the first model's release
    line = """return {"training": 0.2, "experiments": 0.8 / WORTH}"""
    message = f"sim: stopped on 2026-05-01 10:30:00: mine.py:10: in '{line}': "
    assert message + "the policy of Aurora fails: ZeroDivisionError: float division by zero" in done.stderr
    assert "Traceback" not in done.stderr
    loud = here("run", "my.yaml", "--debug", cwd=folder)
    assert line in loud.stderr and "Traceback" in loud.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("Aurora",), "sim: --policy Aurora: expected LAB=POLICY, as in --policy Aurora=my_policy.py:allocate\n"),
        (("Aurora=",), "sim: --policy Aurora=: expected LAB=POLICY"),
        (("Aurora=mine.py:alocate",), "mine.py has no function 'alocate' (did you mean 'allocate'?)"),
        (("Aurora=mein.py:allocate",), "mein.py: no such file (did you mean 'mine.py'?)"),
        (("Aurora=share",), "or FILE.py:FUNCTION; got 'share' (did you mean 'shares'?)"),
        (("Aurura=shares",), "`labs` has nothing called 'Aurura' (did you mean 'Aurora'?)"),
    ],
)
def test_an_option_that_makes_no_sense_is_told(options: tuple[str, ...], message: str, folder: Path) -> None:
    done = here("run", "plain.yaml", "--policy", *options, cwd=folder)
    assert done.returncode == 2 and message in done.stderr, done.stderr
    assert not (folder / "ran").exists() and not (folder / "outputs").exists()
