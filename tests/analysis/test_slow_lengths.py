"""What is told of runs that wait for a pause's end and are planned for its slow progress."""

from __future__ import annotations

from pathlib import Path

import sim
from tests.cli.command import SCENARIOS

APART = f"""\
over: {SCENARIOS / "frontier-2032.yaml"}
interventions:
  training: {{starts: when any lab reaches automated_coder, lasts: 183 days, stops: [training]}}
  research: {{starts: when any lab reaches automated_coder, lasts: 184 days, stops: [ai_use_in_research]}}
"""


def test_runs_that_start_a_day_before_research_goes_on_are_named_with_their_days(tmp_path: Path) -> None:
    """The jump that docs/model.md and the overlay tell of."""
    (tmp_path / "apart.yaml").write_text(APART, encoding="utf-8")
    overlays = SCENARIOS / "interventions"
    found = sim.compare(SCENARIOS / "frontier-2032.yaml", {
        "together": overlays / "six-month-pause.yaml", "apart": tmp_path / "apart.yaml",
        "half": overlays / "half-speed-research.yaml",
    })  # fmt: skip
    levels = found.levels.set_index(["scenario", "level"])
    bought = [round(levels.loc[(name, "expert_researcher"), "time_bought_days"]) for name in ("together", "apart")]
    assert bought == [202, 76]
    told = {name: [line for line in found.explain(name) if line.startswith("Started within 30 days")]
            for name in found.results}  # fmt: skip
    assert not told["together"] and not told["half"]
    (line,) = told["apart"]
    record = found.results["apart"].record
    (end,) = [until for name, _, until, _ in record.interventions if name == "training"]
    runs = [run for run in record.runs if run.started == end and run.finished]
    assert len(runs) == 4
    for run in runs:
        assert f"{run.lab}/{run.name} ({run.finished - run.started:,.0f} days)" in line
    assert found.explain("half")[-1].endswith("58 days = 263 in force until then less what came back or never stopped.")
