"""What one pair of worlds cannot tell stands wherever its time bought does."""

from __future__ import annotations

import html
from pathlib import Path

from sim.report_compare_short import in_short
from sim.show.post import html_page, markdown
from tests.analysis.test_compare import LATER, hand

APART = (
    "One pair of worlds: models come one by one (in the base the first at second, Aurora/C, comes 6.0 months after "
    "that lab's one before), so the days bought jump with where runs fall; "
    "`-n 100` gives their spread, `sim sweep` the jumps."
)


def test_how_far_apart_models_come_is_told_in_short_and_under_each_table(tmp_path: Path) -> None:
    """C comes on 2027-01-01, B on 2026-07-01: 184 days. Borealis has no part in it."""
    found = hand(tmp_path, later=LATER)
    said = in_short(found)[-1]
    assert said == APART
    assert said in markdown(found).splitlines()
    assert html.escape(said) in html_page(found)
    assert said in " ".join(text.get_text() for text in found.plot("table").texts).replace("\n", " ")
    more = hand(tmp_path, later=LATER, same="seed: 3\n")
    assert in_short(more)[-1] == said.replace("One pair of worlds:", "One pair of worlds for each change:")
