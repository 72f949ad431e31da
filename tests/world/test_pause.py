"""Pausing every dated process for some days moves every one of its dates by exactly that."""

from __future__ import annotations

import pytest
import simpy

from sim.base.calendar import Recurrence, tick
from sim.base.series import Series
from sim.model.cluster import Supply
from sim.model.draw import Draw
from sim.world.agenda import Order
from sim.world.record import RunRecord
from sim.world.simulate import World
from tests.world.build import draw, lab, run, stock

KINDS = ("delivery", "retirement", "withdrawal", "series_value", "run_due")


def dated() -> Draw:
    """Deliveries, retirements, dated shares, demand and staff, runs and cadences; dates before and after the pause."""
    compute = [
        stock(1000.0),
        stock(200.0, on=20.0, life_days=tick(80.3)),
        stock(300.0, on=60.0, life_days=50.0),
        Supply(accelerator="TPU", deliver=10.0, every=Recurrence(months=1.0), life_days=75.0),
        Supply(
            accelerator="TPU", stock=Series(((0.0, 50.0), (45.5, 90.0), (90.0, 20.0))), every=Recurrence(months=1.0)
        ),
    ]
    use = {"training": 0.1, "experiments": Series(((0.0, 0.5), (33.3, 0.4), (50.0, 0.3))), "research": 0.4}
    runs = [
        run("One", starts=40.0, share=0.01, length_days=1.0),
        run("Many", starts=5.0, every=Recurrence(days=31.7), share=0.02, length_days=2.0),
    ]
    staff = {"general": Series(((0.0, 1.0), (10.0, 2.0), (70.0, 3.0)))}
    return draw(lab(compute=compute, use=use, runs=runs, staff=staff), end=400.0)


def play(since: float = 0.0, length: float = 0.0) -> RunRecord:
    world = World(dated(), {})
    world.set_up()

    def every(what: str) -> None:
        for clocks in world.clocks.values():
            for clock in clocks:
                getattr(clock, what)()

    if length:
        world.agenda.at(since, Order.REPAIR, "", every, "pause")
        world.agenda.at(since + length, Order.REPAIR, "", every, "resume")
    env = simpy.Environment()
    env.process(world.agenda.run(env, world.end, world.decide, world.settled))
    env.run()
    return world.record


@pytest.mark.parametrize("since", [0.0, 30.0, 45.5, 60.0, 100.0])
@pytest.mark.parametrize("length", [1.0, 30.0, tick(77.7)])
def test_pausing_everything_moves_everything(since: float, length: float) -> None:
    plain, paused = (
        sorted((e[2], e[3], e[0], e[4] or 0.0) for e in record.events if e[2] in KINDS)
        for record in (play(), play(since, length))
    )
    expected = [
        (kind, subject, day if day < since else day + length, value)
        for kind, subject, day, value in plain
        if day < since or day + length < 400.0
    ]
    assert {kind for kind, *_ in expected} == {*KINDS}
    assert paused == sorted(expected)
