"""A run that is asked to end early: what happened until then is the same, and nothing happens after it."""

from __future__ import annotations

from sim import load
from sim.scenario.policy_code import simulate_draw
from sim.world.record import RunRecord
from tests.cli.command import SMALL


def test_until_the_second_model() -> None:
    draw = load("my.yaml", text=SMALL).draw()
    asked: list[float] = []

    def second(record: RunRecord) -> bool:
        asked.append(record.events[-1][0])
        return sum(model.released for model in record.models) == 2

    whole, cut = simulate_draw(draw), simulate_draw(draw, until=second)
    day = cut.events[-1][0]
    assert cut.events == [event for event in whole.events if event[0] <= day]
    assert whole.events[-1][0] > day == cut.models[1].internal == asked[-1] and asked == sorted(asked)
    assert sum(model.internal < cut.end for model in cut.models) == 2 < len(whole.models)
    assert cut.end == whole.end and cut.stopped is None


def test_never() -> None:
    draw = load("my.yaml", text=SMALL).draw()
    assert simulate_draw(draw, until=lambda _: False).events == simulate_draw(draw).events
