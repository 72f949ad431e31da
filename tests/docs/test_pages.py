"""Pages of docs/ do what they say: the blocks of each are run in order, their output compared; all lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.command import ROOT
from tests.docs.test_tutorial import run_page

DOCS = ROOT / "docs"
NAMED_IN = {
    "comparing": ["README.md"],
    "ensembles": ["README.md"],
    "quantities": ["README.md", "docs/uncertainty.md", "docs/sensitivity.md", "docs/model.md"],
    "sensitivity": ["README.md", "docs/ensembles.md"],
    "uncertainty": ["docs/ensembles.md"],
}
"""Page -> what leads a reader to it."""


@pytest.mark.parametrize("name", NAMED_IN)
def test_every_block_runs_and_prints_what_stands_below(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_page(DOCS / f"{name}.md", tmp_path) >= 2


@pytest.mark.parametrize(("name", "named_in"), NAMED_IN.items())
def test_links_lead_somewhere_and_to_it(name: str, named_in: list[str]) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", (DOCS / f"{name}.md").read_text(encoding="utf-8")):
        assert (DOCS / link).exists(), link
    for page in named_in:
        link = f"docs/{name}.md" if page == "README.md" else f"({name}.md)"
        assert link in (ROOT / page).read_text(encoding="utf-8"), page
