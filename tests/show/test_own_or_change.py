"""The table of a comparison: below the base's row stand changes with their sign, or own numbers where that is said."""

from __future__ import annotations

import re
from pathlib import Path

from sim.show.post import post
from tests.analysis.test_compare import LATER, hand


def test_what_has_no_sign_is_said_to_be_each_worlds_own(tmp_path: Path) -> None:
    heads, (base, later), notes = post(hand(tmp_path, later=LATER))
    own = [head.endswith("each world's") for head in heads]
    assert heads[0] == "" and own.count(True) == 1 and len(heads) >= 6
    for cell, owned in zip(later[1:], own[1:], strict=True):
        change = re.match(r"[+−]\d|0\b|unknown|[<>] [+−]", cell) is not None
        assert change is not owned, cell
    assert not any(cell.startswith(("+", "−")) for cell in base)
    assert notes[0].endswith("changes against it (+ or −), but for work before a level: each world's own.")
