"""The shipped interventions: each runs alone over the scenario that it names, starts, and says where it comes from."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import sim
from sim.base.units import DAYS_PER_MONTH
from sim.report import print_report
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.cli.command import SCENARIOS

FOLDER = SCENARIOS / "interventions"
FILES = sorted(path.name for path in FOLDER.glob("*.yaml"))


def record_of(path: Path) -> RunRecord:
    return simulate(sim.load(str(path)).draw())


@pytest.fixture(scope="module")
def records() -> dict[str, RunRecord]:
    return {name: record_of(FOLDER / name) for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_each_starts_and_answers_a_question(name: str, records: dict[str, RunRecord]) -> None:
    record = records[name]
    assert "?" in record.draw.question
    assert record.interventions and all(labs for _, _, _, labs in record.interventions)
    assert not [text for *_, text in record.warnings if "never" in text and "intervention" in text]
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert text.startswith("# ") and "over: ../" in text and ("source" in text or "guess" in text)


def test_the_time_that_pauses_buy_until_the_expert_researcher(records: dict[str, RunRecord]) -> None:
    """A stop of everything buys its length; every real one less."""
    base = record_of(SCENARIOS / "frontier-2032.yaml")

    def bought(name: str) -> float:
        return records[name].levels["expert_researcher", ""][0] - base.levels["expert_researcher", ""][0]

    six = 6 * DAYS_PER_MONTH
    assert bought("everything-stops.yaml") == pytest.approx(six, abs=1e-6)
    assert 0.0 < bought("training-pause.yaml") < bought("six-month-pause.yaml") < six
    assert 0.0 <= bought("leader-spends-its-lead.yaml") < bought("six-month-pause.yaml")
    assert bought("half-speed-research.yaml") > 0.0


def test_the_report_and_a_model_s_explanation_say_what_was_stopped() -> None:
    result = sim.simulate(sim.load(str(FOLDER / "six-month-pause.yaml")))
    (told,) = result.summary["interventions"]
    assert (told["name"], told["starts"][:7], told["ends"][:7]) == ("pause", "2028-06", "2028-12")
    assert len(told["binds"]) == 5
    out = io.StringIO()
    print_report(result, Path("out"), out)
    assert "Intervention pause: from 2028-06-01 to 2028-12-01; binds every lab" in out.getvalue()
    (event,) = [event for event in result.record.events if event[2] == "run_suspended"]
    assert "suspended: the intervention pause" in str(result.explain(f"{event[1]}/{event[3]}"))
