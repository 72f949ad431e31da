"""Caps on capability hold for what a tuned or distilled model counts for: by cases worked by hand."""

from __future__ import annotations

import pytest

from sim.model.level import Level
from sim.model.variant import Distilled, Tuning
from sim.world.record import RunRecord
from tests.world.build import draw, existing, lab, run, stock
from tests.world.observe import assert_sound, days, events, log, model, only
from tests.world.test_intervention import pause, under

TUNED = Tuning(domain="ai_research", there_x=10.0, elsewhere_x=0.5)
LEVELS = {
    "half of research": Level(name="half of research", domain="ai_research", share_doable=0.5),  # from 1e27 on
    "half of alignment": Level(name="half of alignment", domain="alignment", share_doable=0.5),
    "strong": Level(name="strong", effective_flop=1.5e26),
}


def tuned(level: str, flop: float = 2e26) -> RunRecord:
    """A run of 2e26 FLOP counts for 2e27 in AI research and for 1e26 elsewhere."""
    world = draw(lab(compute=[stock(1e6)], runs=[run("T", starts=20.0, flop=flop, share=0.1, tuned=TUNED)]),
                 levels=LEVELS, end=400.0)  # fmt: skip
    record = under(world, pause(starts=5.0, hold_at=level))
    assert_sound(record)
    return record


def test_a_tuned_model_does_not_reach_the_level_of_its_domain() -> None:
    """It may count for just below 1e27 there: 1e26 FLOP, half of its accelerators for as many days."""
    record = tuned("half of research")
    assert not days(record, "level_reached", "half of research")
    assert model(record, "T").in_domain["ai_research"] == pytest.approx(1e27 * (1.0 - 1e-6), rel=1e-9)
    assert only(events(record, "run_cut"))[4] == pytest.approx(1e26, rel=2e-6)


@pytest.mark.parametrize("level", ["half of alignment", "strong"])
def test_it_is_not_cut_for_what_it_does_not_reach_elsewhere(level: str) -> None:
    record = tuned(level)
    assert not events(record, "run_cut") and not days(record, "level_reached", level)
    assert (log(record, "T").flop, model(record, "T").effective_flop) == (2e26, 1e26)


def test_but_for_what_it_would() -> None:
    """Of 4e26 FLOP it would count for 2e26 elsewhere: 3e26 are 1.5e26."""
    record = tuned("strong", 4e26)
    assert log(record, "T").flop == pytest.approx(3e26 * (1.0 - 1e-6))
    assert not days(record, "level_reached", "strong")


@pytest.mark.parametrize("cap, starts", [(0.5, True), (0.39, False)])
def test_a_distilled_model_is_a_share_of_its_base_whatever_its_own_training(cap: float, starts: bool) -> None:
    """40% of what is cleared: it starts under a cap of half of that, and waits under one of 39%."""
    small = run("S", base="M0", starts=20.0, share=0.1, length_days=20.0,
                distilled=Distilled(params_share=0.2, effective_flop_share=0.4))  # fmt: skip
    world = draw(lab(models=[existing("M0", -10.0, 1.5e25)], runs=[small]), end=200.0)
    record = under(world, pause(starts=5.0, cap_capability=cap))
    assert days(record, "run_finished") == ([40.0] if starts else [])
    assert not events(record, "run_cut")
    if starts:
        assert model(record, "S").effective_flop == pytest.approx(0.6e25)
