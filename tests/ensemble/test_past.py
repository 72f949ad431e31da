"""The past of a draw is told from that of other worlds."""

from __future__ import annotations

from sim.ensemble.past import Past
from sim.ensemble.sampler import Sampler
from sim.replay import replay
from tests.ensemble.branches import DRAW, world


def test_a_run_with_another_past_is_found() -> None:
    scenario, sampler = world(), Sampler(world())
    row = sampler.quantiles(DRAW, DRAW + 1)[0]
    past = Past.of(sampler.draw(DRAW, row), 365.0)
    assert past.lost(replay(scenario, DRAW).record) == ""
    assert past.lost(replay(scenario, 0).record).startswith("2026-01-01 ")
    record = replay(scenario, DRAW).record
    model = next(model for model in record.models if 0.0 < model.internal < 365.0)
    model.params *= 2.0
    assert past.lost(record) == f"the model {model.name}"
