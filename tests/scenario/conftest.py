"""Small scenarios and ways to load them, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import Scenario, ScenarioError, load

BASE = """\
start: 2026-01-01
end: 2032-01-01
labs:
  Aurora:
    compute: {stock: 1.2e6 H100e, grows: 3x per year}
    use: {training: 10%, experiments: 45%, research: 5%, serving: 40%}
    runs: {every: 9 months, length: 60 days}
"""


@pytest.fixture
def base() -> str:
    """A valid scenario of one lab, seven lines long."""
    return BASE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes files into an empty folder that is the current one: `folder(**{"a.yaml": text})`."""
    monkeypatch.chdir(tmp_path)

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def lines() -> Callable[..., list[str]]:
    """The lines of the `ScenarioError` that loading raises."""

    def refused(text: str | None = None, path: str = "f.yaml", **options: object) -> list[str]:
        with pytest.raises(ScenarioError) as caught:
            load(path, text=text, **options)  # type: ignore[arg-type]
        return str(caught.value).splitlines()

    return refused


@pytest.fixture
def again() -> Callable[[Scenario], Scenario]:
    """The scenario read back from its effective YAML."""
    return lambda scenario: load("effective.yaml", text=scenario.effective_yaml())
