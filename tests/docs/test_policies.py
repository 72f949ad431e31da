"""docs/policies.md does what it says: its files are written, its commands and Python run, what they print compared."""

from __future__ import annotations

import dataclasses
import doctest
import re
from pathlib import Path
from typing import Any

import pytest

from sim.model.declare import parameters
from sim.model.policy import Conditions
from sim.policy import View
from tests.cli.command import ROOT
from tests.docs.test_tutorial import LOOSE, run_python, run_sh

TEXT = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_every_block_runs_and_prints_what_stands_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    printed, compared = "", 0
    for language, text in BLOCKS:
        named = re.fullmatch(r"# (\w+\.(py|yaml))", text.splitlines()[0])
        if named:
            (tmp_path / named[1]).write_text(text, encoding="utf-8")
        elif language == "python":
            printed = run_python(text, 0, names)
        elif language == "sh":
            assert "policy_phase" in run_sh(text, tmp_path) + (tmp_path / "outputs/phases/events.csv").read_text()
        else:
            assert doctest.OutputChecker().check_output(text, printed, LOOSE), f"printed instead:\n{printed}"
            compared += 1
    assert compared == 2


def test_every_condition_and_everything_that_a_view_shows_is_explained() -> None:
    for parameter in parameters(Conditions).values():
        assert f"`{parameter.key}" in TEXT, parameter.key
    built_in = {"training_share", "idle_share", "parts", "owed_share", "experiments_share", "fleet_parts",
                "usable_models"}  # fmt: skip
    for name in set(View.__slots__) - built_in - {"_of"}:
        assert f"`{name}`" in TEXT, name
    assert {field.name for field in dataclasses.fields(Conditions)} == set(parameters(Conditions))
