"""A world without one of its interventions, where others hang on it."""

from __future__ import annotations

import sim
from sim.analysis.without import settings_without
from sim.model.intervention import Breaks
from tests.world.build import draw, lab
from tests.world.test_intervention import pause


def test_what_would_start_after_it_goes_too_and_what_would_end_with_it_stays() -> None:
    deal = pause(name="deal", stops=["training"])
    second = pause(name="second", starts="when deal ends", stops=["training"])
    third = pause(name="third", starts="when second breaks", stops=["training"])
    part = pause(name="part", stops=["training"], ends="when deal ends", breaks=Breaks(when="when deal breaks"))
    rated = pause(name="rated", stops=["training"], breaks=Breaks(when="when third breaks", rate=0.1))
    world = draw(lab(), interventions={item.name: item for item in (deal, second, third, part, rated)})
    assert settings_without(world, "deal") == [
        "interventions.deal=null", "interventions.second=null", "interventions.third=null",
        "interventions.part.ends=null", "interventions.part.breaks=null", "interventions.part.on_break=null",
        "interventions.rated.breaks.when=null",
    ]  # fmt: skip
    assert settings_without(world, "rated") == ["interventions.rated=null"]
    world.pause, world.interventions = pause(stops=["training"]), {"part": pause(name="part", ends="when pause ends")}
    assert settings_without(world, "pause") == ["pause=null", "interventions.part.ends=null"]


SCENARIO = """
start: 2026-01-01
end: 2030-01-01
levels: {automated_coder: }
interventions:
  deal:
    starts: 2027-01-01
    cap_growth: 2x per year
    covert: {lab: Hidden, compute: 5%, after: 6 months, software: 80%}
  part: {stops: experiments, starts: 2027-01-01, breaks: {when: when deal breaks}}
labs:
  Aurora:
    compute: {stock: 1e6 H100e, grows: 2x per year}
    models: {name: A0, public: 2025-06-01, flop: 1e26}
    runs: {every: 9 months, length: 60 days}
  Hidden: {covert: yes, runs: {every: 9 months, length: 60 days}}
"""


def test_a_deal_is_explained_with_what_is_behind_it() -> None:
    result = sim.simulate(sim.load("deal.yaml", text=SCENARIO))
    found = result.explain_intervention("deal")
    assert {model.lab for model in found.pair.base.record.models} == {"Aurora"}  # the hidden lab is not there
    assert [name for name, *_ in found.pair.base.record.interventions] == ["part"]
    text = " ".join(str(found).split())
    count = 0.05 * 1e6 * 2.0 ** (546.0 / 365.25)  # the last step of the stock was on 2027-07-01, after 546 days
    assert f"covert project Hidden: begins on 2027-07-02 with {count:,.0f} H100e (5% of the world's)" in text
    assert "80% of Aurora's software; is not found before the end" in text
