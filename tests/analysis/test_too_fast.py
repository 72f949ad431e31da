"""A comparison warns of the same impossible copies as a run of each of its worlds does."""

from __future__ import annotations

from pathlib import Path

import sim
from sim.compared_too_fast import too_fast_in
from tests.cli.command import SMALL, here

FAST = f"{SMALL}software: {{training: 3x per year, inference: 900x per year}}\n"


def told(*sets: str) -> list[str]:
    """What a run of one world warns of."""
    result = sim.simulate(sim.load("my.yaml", text=FAST, sets=list(sets)))
    return [text for text in result.summary["warnings"] if text.startswith("inference efficiency gives")]


def test_each_world_is_warned_of_as_its_run_is(tmp_path: Path) -> None:
    slow = "software.inference=1x per year"
    (base,), (other,) = told(), told("labs.Aurora.runs.length=80 days")
    assert told(slow) == [] and base != other
    (tmp_path / "my.yaml").write_text(FAST, encoding="utf-8")
    found = sim.compare(tmp_path / "my.yaml", {"slow": slow, "short": "labs.Aurora.runs.length=80 days"})
    assert found.summary["warnings"] == [f"base: {base}", f"short: {other}"]
    done = here("compare", "my.yaml", "stronger_by=3x", "--no-pictures", cwd=tmp_path)
    assert f"warning: all worlds: {base}" in " ".join(done.stdout.split())


def test_no_world_no_warning() -> None:
    assert too_fast_in({"base": sim.simulate(sim.load("my.yaml", text=SMALL)).rates}) == []
