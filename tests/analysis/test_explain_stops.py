"""What a stop left to a run, took from its days, and left of people at work is explained with numbers that add up."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.result import Result

WORLD = """\
start: 2027-01-01
end: 2027-12-01
labs:
  Aurora:
    compute: {accelerator: H100, count: 1000}
    use: {training: 20%, serving: 80%}
    staff: {ai_research: {2027-01-01: 100, 2027-05-01: 150}}
    runs: {name: M, every: 12 months, starts: 2027-02-01, length: 40 days, STATED}
software: {training: 2x per year}
"""


def simulated(tmp_path: Path, more: str, stated: str = "public_after: 0 days") -> Result:
    file = tmp_path / "world.yaml"
    file.write_text(WORLD.replace("STATED", stated) + more, encoding="utf-8")
    return sim.simulate(sim.load(str(file)))


@pytest.mark.parametrize(("more", "stated", "says"), [
    ("pause: {starts: 2027-01-15, lasts: 60 days, holds: 75%, stops: [training]}", "public_after: 0 days",
     "50 H100e = 20% [N] × 25% of 1,000; pause leaves 25% of training = 1 − 75% [N]; given by the policy"),
    ("interventions: {deal: {starts: 2027-01-15, holds: 50%, continues: {training: 40%}}}", "public_after: 0 days",
     "140 H100e = 20% [N] × 70% of 1,000; deal leaves 70% of training = 1 − 50% [N] × (1 − 40% [N]); given by the"),
    ("interventions: {tax: {starts: 2027-01-15, holds: 50%, tax: 30%}}", "share: 40%",
     "340 H100e = 40% [N] × 85% of 1,000; tax leaves 85% of training = 1 − 50% [N] × 30% [N]; share as stated [N]"),
    ("pause: {starts: 2027-03-20, lasts: 60 days, holds: 75%, stops: [training]}", "public_after: 0 days",
     "200 H100e = 20% of 1,000; given by the policy [N]"),
])  # fmt: skip
def test_the_share_that_an_intervention_leaves_is_a_factor(more: str, stated: str, says: str, tmp_path: Path) -> None:
    found = simulated(tmp_path, more, stated).explain("M-1")
    text = " ".join(str(found).split())
    for n in range(1, 30):
        text = text.replace(f"[{n}]", "[N]")
    assert f"accelerators {says}" in text
    told = [limit.what for limit in found.limits]
    left = [what for what in told if what.startswith("in force: the intervention")]
    assert bool(left) == ("×" in says), told


def test_a_suspension_is_told_besides_the_days_of_training_and_people_are_counted_alike(tmp_path: Path) -> None:
    """10 days of training, 100 of suspension, 30 of training; 100 people on the day of the stop, 150 on its last."""
    stop = "pause: {starts: 2027-02-11, lasts: 100 days, holds: 100%, stops: [training, human_research]"
    result = simulated(tmp_path, f"{stop}}}")
    (limit,) = [limit for limit in result.explain("M-1").limits if limit.what.startswith("trains")]
    assert limit.what == "trains, besides 100 days of suspension: length stated"
    assert limit.until is not None and limit.until - limit.since == pytest.approx(140.0)
    text = " ".join(str(result.explain_intervention("pause")).split())
    assert "people in AI research 100 -> 150 people x1.5" in text

    again = simulated(tmp_path, f"{stop}, suspended: restart}}").explain("M-1").limits
    (limit,) = [limit for limit in again if limit.what.startswith("trains")]
    assert limit.what == "trains, besides 100 days of suspension and 10 days of work that was lost: length stated"


@pytest.mark.parametrize("people", [
    "holds: 100%, continues: {human_research: 50%}", "holds: 0%, stops: [human_research]",
])  # fmt: skip
def test_people_who_may_work_in_part_are_all_counted(people: str, tmp_path: Path) -> None:
    result = simulated(tmp_path, f"pause: {{starts: 2027-02-11, lasts: 100 days, {people}}}")
    assert "people in AI research 100 -> 150 people x1.5" in " ".join(str(result.explain_intervention("pause")).split())


def test_people_who_do_not_work_until_the_end_are_left_out(tmp_path: Path) -> None:
    result = simulated(tmp_path, "pause: {starts: 2027-02-11, holds: 100%, stops: [human_research]}")
    assert "people" not in str(result.explain_intervention("pause")).partition("Meanwhile")[2]
