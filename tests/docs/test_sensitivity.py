"""The page on what matters does what it says: its blocks are run in order, their output compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.command import ROOT
from tests.docs.test_tutorial import run_page

PAGE = ROOT / "docs" / "sensitivity.md"


def test_every_block_runs_and_prints_what_stands_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_page(PAGE, tmp_path) >= 2


def test_links_lead_somewhere_and_to_it() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", PAGE.read_text(encoding="utf-8")):
        assert (PAGE.parent / link).exists(), link
    assert "docs/sensitivity.md" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(sensitivity.md)" in (ROOT / "docs" / "ensembles.md").read_text(encoding="utf-8")
