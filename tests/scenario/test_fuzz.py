"""Whatever is done to a good file: a scenario or a `ScenarioError`, soon, and never anything else (see tests/fuzz)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.scenario import load
from tests.fuzz.__main__ import smallest
from tests.fuzz.attempt import Failure, attempt, guarded
from tests.fuzz.mutate import EVERYTHING, SYNTAX, VALUES, case, goods

CASES, PARTS = 240, 6


def test_what_is_changed_is_good() -> None:
    for path, text in goods().items():
        load(path, text=text)
    assert load("f.yaml", text=EVERYTHING).uncertain
    assert attempt("f.yaml", EVERYTHING, tables=True) == "ran"


@pytest.mark.parametrize("part", range(PARTS))
def test_changed_scenarios(part: int) -> None:
    ends = set()
    for number in range(part, CASES, PARTS):
        path, text = case(20261125, number)
        try:
            ends.add(attempt(path, text, tables=number % 16 == part))
        except Failure as failure:
            pytest.fail(f"{failure}\npython -m tests.fuzz --seed 20261125 --case {number}")
    assert {"refused", "ran"} <= ends


def test_the_fuzzer_sees_what_must_not_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.attempt.SECONDS", 0.1)

    def lines(number: int) -> str:
        return "\n".join(f"key{k}: {'bad' if k == number else 'good'}" for k in range(20))

    def broken(text: str) -> None:
        if "bad" in text:
            raise RuntimeError(text)

    with pytest.raises(Failure, match="RuntimeError"), guarded("load"):
        broken(lines(3))
    with pytest.raises(Failure, match="not done in"), guarded("load"):
        while True:
            pass
    with pytest.raises(Failure, match="writes"), guarded("load"):
        (tmp_path / "new").write_text("x", encoding="utf-8")


def test_a_failing_case_is_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    text = EVERYTHING + "x-bad: 1\n" + "# more\n" * 20
    monkeypatch.setattr("tests.fuzz.__main__.fails", lambda path, text, key: "x-bad" in text)
    assert smallest("f.yaml", text, "any") == "x-bad: 1"


PATHS = [
    *("labs.Aurora", "labs.Aurora.use", "labs.Aurora.runs[0]", "labs.Aurora.runs.A", "world", "software.training"),
    *("labs.Aurora.use.serving", "labs.Aurora.models.M0", "accelerators.Mine.peak", "levels", "end", ""),
]
MORE = ["", ".flop", ".training", "[0]", ".0", ".value", ".2026-01-01", ".source", ".name", ".", "..", ".use.training"]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PATHS), st.sampled_from(MORE), st.sampled_from([*VALUES, *SYNTAX]) | st.text(max_size=8))
def test_any_setting(path: str, more: str, value: str) -> None:
    attempt("f.yaml", EVERYTHING, (f"{path}{more}={value}",))
