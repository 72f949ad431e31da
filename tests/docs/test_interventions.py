"""docs/interventions.md: its scenario is written and run, and every field and word of an intervention is explained."""

from __future__ import annotations

import re
from pathlib import Path

import sim
from sim.base.calendar import tick
from sim.model.covert import Covert, OnFound
from sim.model.declare import parameters
from sim.model.intervention import EVERYTHING, STOPPABLE, Breaks, Intervention, OnBreak
from tests.cli.command import ROOT, SCENARIOS

TEXT = (ROOT / "docs" / "interventions.md").read_text(encoding="utf-8")


def test_the_example_starts_and_ends(tmp_path: Path) -> None:
    text, _ = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    path = tmp_path / "pause-at-coder.yaml"
    path.write_text(text.replace("over: frontier", f"over: {SCENARIOS}/frontier"), encoding="utf-8")
    record = sim.simulate(sim.load(str(path))).record
    ((name, since, until, _),) = record.interventions
    assert name == "pause" and until is not None and since == record.levels["automated_coder", ""][0]


def test_the_covert_project_begins_a_year_after_the_deal(tmp_path: Path) -> None:
    _, text = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    path = tmp_path / "behind-the-deal.yaml"
    path.write_text(f"over: {SCENARIOS}/frontier-2032.yaml\n{text}", encoding="utf-8")
    record = sim.simulate(sim.load(str(path))).record
    ((_, since, _, _),) = record.interventions
    assert [event[0] for event in record.events if event[2] == "covert_start"] == [tick(since + 365.25)]


def test_every_field_and_word_is_explained() -> None:
    for name in (*(parameter.key for parameter in parameters(Intervention).values()), *STOPPABLE, EVERYTHING):
        assert f"`{name}" in TEXT, name
    for block, of in (("breaks", Breaks), ("on_break", OnBreak), ("covert", Covert), ("on_found", OnFound)):
        for parameter in parameters(of).values():
            assert f"`{block}: {{{parameter.key}: " in TEXT, parameter.key
