"""Every declared kind of event is one that happens; an event that differs from its declaration is found.

`tests/conftest.py` holds the events of all tests against the declarations, `tests/cli/test_scenarios.py` those of the
scenarios.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim.world
from sim.scenario.reference import markdown
from sim.world.kinds import KINDS
from tests.conftest import misfit

FILES = [path for path in sorted(Path(sim.world.__file__).parent.glob("*.py")) if path.name != "kinds.py"]


def test_every_declared_kind_is_written_by_the_kernel_and_stands_in_the_reference() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    literals = set(re.findall(r'"([a-z_]+)"', source))
    assert set(KINDS) <= literals
    page = markdown().partition("## Events")[2]
    assert re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE) == sorted(KINDS)
    for name, kind in KINDS.items():
        (row,) = re.findall(rf"^\| `{name}` \|.*$", page, re.MULTILINE)
        assert row.replace("\\|", "").count("|") == 7, name
        assert all(f"`{key}`" in row for key in kind.details) and all(unit in row for unit in kind.units), name


@pytest.mark.parametrize(
    ("event", "wrong"),
    [
        ((0.0, "A", "run_startled", "M", 1.0, "accelerators", None, ()), "'run_startled' is not declared"),
        ((0.0, "A", "delivery", "H100", 1.0, "chips", None, ()), "unit 'chips'"),
        ((0.0, "A", "delivery", "H100", None, "accelerators", None, ()), "no value"),
        ((0.0, "A", "trick", "serving:t", 1.0, "", None, ()), "a value without a unit"),
        ((0.0, "A", "phase_started", "M", None, "", {"stage": 1}, (3,)), "details 'stage'"),
        ((0.0, "A", "delivery", "H100", 1.0, "accelerators", None, (3,)), "a cause"),
    ],
)
def test_an_event_that_differs_from_its_declaration_is_found(event: tuple[object, ...], wrong: str) -> None:
    assert wrong in misfit(event)  # type: ignore[arg-type]
