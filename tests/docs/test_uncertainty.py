"""Every way of writing an uncertain number that its page has in a table is read."""

from __future__ import annotations

import re

from sim.scenario import load
from tests.cli.command import ROOT

PAGE = ROOT / "docs" / "uncertainty.md"


def test_every_way_in_the_table_is_read(base: str = "labs.Aurora.runs.length") -> None:
    ways = [way for line in re.findall(r"^\| (`.*) \|.*\|$", PAGE.read_text(encoding="utf-8"), re.M)
            for way in re.findall(r"`([^`]*)`", line.split(" | ")[0])]  # fmt: skip
    assert len(ways) >= 12
    for way in ways:
        path = base if "day" in way else "training.whole_run_mfu" if "beta" in way else "stronger_by"
        assert path in load(ROOT / "scenarios" / "one-lab.yaml", sets=[f"{path}={way}"]).uncertain, way
