"""The page on uncertain numbers does what it says: its blocks are run in order, their output compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.scenario import load
from tests.cli.command import ROOT
from tests.docs.test_tutorial import run_page

PAGE = ROOT / "docs" / "uncertainty.md"


def test_every_block_runs_and_prints_what_stands_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_page(PAGE, tmp_path) >= 2


def test_every_way_in_the_table_is_read(base: str = "labs.Aurora.runs.length") -> None:
    ways = [way for line in re.findall(r"^\| (`.*) \|.*\|$", PAGE.read_text(encoding="utf-8"), re.M)
            for way in re.findall(r"`([^`]*)`", line.split(" | ")[0])]  # fmt: skip
    assert len(ways) >= 12
    for way in ways:
        path = base if "day" in way else "training.whole_run_mfu" if "beta" in way else "stronger_by"
        assert path in load(ROOT / "scenarios" / "one-lab.yaml", sets=[f"{path}={way}"]).uncertain, way


def test_links_lead_somewhere_and_to_it() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", PAGE.read_text(encoding="utf-8")):
        assert (PAGE.parent / link).exists(), link
    assert "(uncertainty.md)" in (ROOT / "docs" / "ensembles.md").read_text(encoding="utf-8")
