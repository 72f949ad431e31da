"""What counts days, after some on which everything stood still: those do not count. By cases worked by hand."""

from __future__ import annotations

import math

import pytest

from sim.base.series import Series, fixed
from sim.model.alignment import Trust
from sim.model.intervention import Intervention
from sim.model.level import Level, Milestone
from sim.model.software import Diffusion, Software
from sim.world.record import RunRecord
from tests.world.build import draw, existing, fleet, lab, run
from tests.world.observe import days, events
from tests.world.test_intervention import pause, under
from tests.world.test_progress import people, software
from tests.world.test_trust import alignment

YEAR = 365.25


def stand(since: float, length: float, *labs: str) -> list[Intervention]:
    """Everything stands still, at all labs if none is named; not at all for no days."""
    if not length:
        return []
    return [pause(name="stand", starts=since, lasts=length, binds=list(labs or ["all"]), stops=["everything"])]


def research_models(length: float, rule_from: float) -> list[tuple[float, str]]:
    """A model that comes on day 20 and a better one on day 50, and a rule that AI research uses models of 100 days.

    From day 60 on all stands for some days.
    """
    models = [existing("M0", 20.0, 1e23), existing("M1", 50.0, 1e24)]
    world = draw(lab(use={"experiments": 0.5, "research": 0.5}, models=models))
    rule = pause(name="old", starts=rule_from, research_models_older_than=100.0)
    return [(event[0], event[3]) for event in events(under(world, rule, *stand(60.0, length)), "fleet_model")]


def test_a_model_is_no_older_for_days_on_which_all_stood() -> None:
    """Of two that wait each is 100 days old on its own day: 120 and 150, or with 60 days of standstill 180 and 210."""
    assert research_models(0.0, 10.0) == [(120.0, "research:M0"), (150.0, "research:M1")]
    assert research_models(60.0, 10.0) == [(180.0, "research:M0"), (210.0, "research:M1")]


def test_nor_if_it_stood_before_the_rule() -> None:
    """On day 160 they are 80 and 50 days old."""
    found = research_models(60.0, 160.0)
    assert found == [(20.0, "research:M0"), (50.0, "research:M1"), (180.0, "research:M0"), (210.0, "research:M1")]


@pytest.mark.parametrize("length", [0.0, 60.0])
def test_the_age_that_is_trusted_counts_from_the_end_of_training(length: float) -> None:
    """Trained on day 50 and in use from day 100: 100 days old on day 150, however long all stood in between."""
    world = draw(
        lab(use={"training": 0.3, "alignment": 0.7}, fleets={"alignment": fleet("alignment", domain="alignment")},
            runs=[run("R", starts=10.0, share=0.3, length_days=40.0, internal=100.0)],
            alignment=alignment(Trust(older_than_days=100.0)), staff={"alignment": fixed(10.0)}),
    )  # fmt: skip
    record = under(world, *stand(70.0, length))
    assert days(record, "run_finished") == [50.0]
    assert days(record, "model_internal") == [100.0 + length]
    assert days(record, "model_trusted") == [150.0 + length]


@pytest.mark.parametrize("how, ends", [("until caught up", None), ("its length", 300.0)])
@pytest.mark.parametrize("length", [0.0, 30.0])
def test_a_lead_is_no_longer_for_days_on_which_the_world_stood(how: str, ends: float | None, length: float) -> None:
    """B has on day 100 what A had 200 days before, and on day 200 what A had on day 50; all stand from day 60 on."""
    world = draw(
        lab("A", models=[existing("A0", -100.0, 1e24), existing("A1", 50.0, 1e25), existing("A2", 100.0, 1e26)]),
        lab("B", models=[existing("B0", -50.0, 1e24), existing("B1", 200.0, 1e25)]),
        levels={"top": Level(name="top", effective_flop=1e26)},
    )
    spend = pause(name="spend", starts="when any lab reaches top", binds=["A"], stops=["training"], spend_lead=how)
    record = under(world, spend, *stand(60.0, length))
    told = [(event[0], event[4]) for event in events(record, "lead_left")]
    assert told == [(100.0 + length, 200.0), (200.0 + length, 50.0)][: 1 if ends else 2]
    assert record.interventions[-1] == ("spend", 100.0 + length, ends and ends + length, ["A"])


def followed(length: float) -> RunRecord:
    """B learns what A finds 50 days later, or 75 what it finds from day 20 to 50. Research at A quickens on day 200."""
    leader = people("A", staff={"ai_research": Series(((0.0, 1000.0), (200.0, 4000.0)))})
    follower = people("B", staff={"ai_research": fixed(10.0)}, software=software(training_growth=1.2))
    world = draw(leader, follower,
                 diffusion=[Diffusion(sources=["A"], receivers=["B"], lag_days=50.0, how="published")])  # fmt: skip
    security = pause(name="security", starts=20.0, lasts=30.0, binds=["A"], slow_diffusion=1.5)
    return under(world, security, *stand(200.0, length), end=400.0 + length)


def test_what_was_found_as_a_standstill_began_comes_as_it_would_have() -> None:
    """On the day on which what A found then comes to B, B goes the way of A afterwards, not that of the standstill."""
    without, record = followed(0.0), followed(40.0)
    for day in (249.0, 250.0, 250.5, 251.0, 300.0, 390.0):
        of_a = record.training_efficiency["A"].at(day - 50.0 + (40.0 if day >= 250.0 else 0.0))
        assert record.training_efficiency["B"].at(day + 40.0) == pytest.approx(of_a, rel=1e-12)
        assert record.training_efficiency["B"].at(day + 40.0) == pytest.approx(
            without.training_efficiency["B"].at(day), rel=1e-12)  # fmt: skip


@pytest.mark.parametrize("since, length", [(350.0, 30.0), (300.0, 200.0)])
def test_what_labs_have_together_is_reached_later_if_one_of_them_stands(since: float, length: float) -> None:
    """Two efficiencies of 4x a year are 8 together on day 365.25. With one of them T days late for good, 8 is there
    when 4^t·(1 + 4^(-T)) = 8, t and T in years; or earlier, while it stands at 4^s, when 4^t + 4^s = 8."""
    labs = [lab(name, software=Software(training_growth=4.0)) for name in "AB"]
    both = Milestone(name="both", training_efficiency=8.0, together=True)
    assert under(draw(*labs, milestones={"both": both})).milestones == {"both": 365.25}
    record = under(draw(*labs, milestones={"both": both}), *stand(since, length, "A"))
    meanwhile = YEAR * math.log(8.0 - 4.0 ** (since / YEAR), 4.0)
    afterwards = YEAR * math.log(8.0 / (1.0 + 4.0 ** (-length / YEAR)), 4.0)
    expected = meanwhile if meanwhile < since + length else afterwards
    assert record.milestones["both"] == pytest.approx(expected, abs=1e-8)
    assert expected > 370.0
