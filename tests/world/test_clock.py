"""A process's own clock, the agenda's order, and the guard against endless loops."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest
import simpy

from sim.base.calendar import tick
from sim.world.agenda import Agenda, Calendar, Order
from sim.world.clock import Clock
from sim.world.errors import LoopError
from sim.world.policy import Decision
from sim.world.simulate import SimulationError, simulate
from sim.world.world import World
from tests.world.build import draw, lab
from tests.world.observe import assert_conserved

DAYS = [1.0, 10.5, tick(20.1), 40.0, 40.0, 77.25]


def play(
    plan: Callable[[Agenda, Clock], None], days: list[float] = DAYS, end: float = 1000.0
) -> list[tuple[float, int]]:
    """Events on `days` of a clock: (day of the world, number), with what `plan` puts on the agenda besides."""
    agenda = Agenda()
    clock = Clock(agenda, Order.SERIES, "A")
    seen: list[tuple[float, int]] = []
    for n, day in enumerate(days):
        clock.at(day, lambda n: seen.append((agenda.day, n)), n)
    plan(agenda, clock)
    Calendar(agenda, end, lambda: None, lambda: None).run()
    return seen


def pause(agenda: Agenda, clock: Clock, since: float, until: float, order: int = Order.REPAIR) -> None:
    agenda.at(since, order, "", lambda _: clock.pause())
    agenda.at(until, order, "", lambda _: clock.resume())


def test_without_a_pause() -> None:
    assert play(lambda agenda, clock: None) == [(day, n) for n, day in enumerate(DAYS)]


@pytest.mark.parametrize("since", [0.0, 5.0, 10.5, tick(30.3), 500.0])
@pytest.mark.parametrize("length", [1.0, tick(0.1), 30.0, tick(123.456)])
def test_a_pause_of_so_many_days_moves_what_follows_by_exactly_that(since: float, length: float) -> None:
    found = play(lambda agenda, clock: pause(agenda, clock, since, since + length))
    # Paused before what is due on the same day: that waits too.
    assert found == [(day if day < since else day + length, n) for n, day in enumerate(DAYS)]


def test_two_pauses_add_up() -> None:
    def plan(agenda: Agenda, clock: Clock) -> None:
        pause(agenda, clock, 5.0, 12.0)
        pause(agenda, clock, 30.0, 60.0)

    assert [day for day, _ in play(plan)] == [1.0, 17.5, tick(20.1) + 7.0, 77.0, 77.0, 114.25]


def test_pausing_twice_is_pausing_once_and_resuming_without_a_pause_nothing() -> None:
    def plan(agenda: Agenda, clock: Clock) -> None:
        pause(agenda, clock, 5.0, 12.0)
        agenda.at(6.0, Order.REPAIR, "", lambda _: clock.pause())
        agenda.at(15.0, Order.REPAIR, "", lambda _: clock.resume())

    assert [day for day, _ in play(plan)][1] == 17.5


def test_a_pause_after_what_was_due_on_its_day_does_not_hold_it_back() -> None:
    found = play(lambda agenda, clock: pause(agenda, clock, 10.5, 20.5, Order.FAILURE))
    assert found[1] == (10.5, 1) and found[2] == (tick(20.1) + 10.0, 2)


def test_a_pause_without_an_end_stops_everything() -> None:
    found = play(lambda agenda, clock: agenda.at(30.0, Order.REPAIR, "", lambda _: clock.pause()))
    assert [n for _, n in found] == [0, 1, 2]


def test_what_is_planned_during_a_pause_counts_on_the_clock() -> None:
    seen: list[float] = []

    def plan(agenda: Agenda, clock: Clock) -> None:
        pause(agenda, clock, 5.0, 25.0)
        agenda.at(10.0, Order.REPAIR, "", lambda _: clock.at(8.0, lambda _: seen.append(agenda.day)))

    play(plan, [])
    assert seen == [28.0]


def test_a_clock_shows_its_own_day() -> None:
    shown: list[float] = []

    def plan(agenda: Agenda, clock: Clock) -> None:
        pause(agenda, clock, 5.0, 25.0)
        for day in (4.0, 10.0, 30.0):
            agenda.at(day, Order.FAILURE, "", lambda _: shown.append(clock.now))

    play(plan, [])
    assert shown == [4.0, 5.0, 10.0]


# The agenda


def instant(plan: Callable[[Agenda, list[Any]], None], end: float = 10.0) -> list[Any]:
    agenda, seen = Agenda(), []
    plan(agenda, seen)
    Calendar(agenda, end, lambda: seen.append("decide"), lambda: seen.append("settled")).run()
    return seen


def test_events_of_simpys_own_have_their_turn_between_instants() -> None:
    agenda, seen = Agenda(), []
    for day in (1.0, 3.0):
        agenda.at(day, Order.SERIES, "", lambda _: seen.append((agenda.day, "agenda")))
    env = Calendar(agenda, 5.0, lambda: None, lambda: None)

    def process() -> Generator[simpy.Event, Any, None]:
        for _ in range(3):
            yield env.timeout(2.0)
            seen.append((env.now, "process"))

    env.process(process())
    env.run()
    assert seen == [(1.0, "agenda"), (2.0, "process"), (3.0, "agenda"), (4.0, "process"), (6.0, "process")]


def test_the_order_at_one_instant() -> None:
    orders = [
        "REPAIR",
        "DELIVERY",
        "COMPLETION",
        "RELEASE",
        "SERIES",
        "MILESTONE",
        "INTERVENTION_END",
        "INTERVENTION_START",
        "RETIREMENT",
        "FAILURE",
    ]

    def plan(agenda: Agenda, seen: list[Any]) -> None:
        for name in reversed(orders):
            for of in ("B", "A"):
                agenda.at(3.0, getattr(Order, name), of, seen.append, (name, of))

    assert instant(plan) == [*((name, of) for name in orders for of in ("A", "B")), "decide", "settled"]


def test_what_is_caused_at_an_order_already_past_is_a_further_round() -> None:
    def plan(agenda: Agenda, seen: list[Any]) -> None:
        agenda.at(
            3.0,
            Order.SERIES,
            "A",
            lambda _: (seen.append("series"), agenda.at(3.0, Order.DELIVERY, "A", seen.append, "more")),
        )
        agenda.at(3.0, Order.FAILURE, "A", seen.append, "failure")

    assert instant(plan) == ["series", "failure", "decide", "more", "decide", "settled"]


def test_the_end_is_exclusive() -> None:
    assert instant(lambda agenda, seen: agenda.at(10.0, Order.SERIES, "", seen.append, "x")) == []


def test_a_loop_at_one_instant_stops_with_its_name() -> None:
    def plan(agenda: Agenda, seen: list[Any]) -> None:
        def again(_: Any) -> None:
            agenda.at(3.0, Order.SERIES, "Aurora", again)

        agenda.at(3.0, Order.SERIES, "Aurora", again)

    with pytest.raises(LoopError, match=r"100 rounds.*again.*Aurora"):
        instant(plan)


def test_99_further_rounds_are_not_a_loop() -> None:
    def plan(agenda: Agenda, seen: list[Any]) -> None:
        def again(left: int) -> None:
            seen.append(left)
            if left:
                agenda.at(3.0, Order.SERIES, "A", again, left - 1)

        agenda.at(3.0, Order.SERIES, "A", again, 99)

    assert instant(plan).count("decide") == 100


def test_a_policy_that_goes_on_asking_for_a_review_now_stops_with_the_record_so_far() -> None:
    def policy(view: Any) -> Decision:
        return Decision([], [], {"experiments": dict(view.total)}, view.day if view.day >= 10.0 else 10.0)

    with pytest.raises(SimulationError, match=r"100 rounds.*A\b") as error:
        simulate(draw(lab("A")), {"A": policy})
    assert error.value.day == 10.0
    assert [e[2] for e in error.value.record.events[:1]] == ["on_hand"]
    assert_conserved(error.value.record)


# At a share of the world's speed


def test_a_slow_clock_reaches_its_days_later_and_goes_on_from_there() -> None:
    """At half speed from day 4 to day 10: day 6 of the clock is day 8 of the world, day 7 day 10, day 9 day 12."""

    def plan(agenda: Agenda, clock: Clock) -> None:
        agenda.at(4.0, Order.REPAIR, "", lambda _: clock.run(0.5, "x"))
        agenda.at(10.0, Order.REPAIR, "", lambda _: clock.run(1.0, "x"))

    assert [day for day, _ in play(plan, [2.0, 6.0, 7.0, 9.0])] == [2.0, 8.0, 10.0, 12.0]


def test_of_several_who_slow_a_clock_the_slowest_counts() -> None:
    def plan(agenda: Agenda, clock: Clock) -> None:
        agenda.at(4.0, Order.REPAIR, "", lambda _: clock.run(0.5, "x"))
        agenda.at(6.0, Order.REPAIR, "", lambda _: clock.pause("y"))  # the clock shows 5
        agenda.at(20.0, Order.REPAIR, "", lambda _: clock.resume("y"))
        agenda.at(24.0, Order.REPAIR, "", lambda _: clock.run(1.0, "x"))  # it shows 7

    assert [day for day, _ in play(plan, [4.5, 6.0, 7.5])] == [5.0, 22.0, 24.5]


def test_what_is_put_on_a_slow_clock_counts_on_it() -> None:
    seen: list[float] = []

    def plan(agenda: Agenda, clock: Clock) -> None:
        agenda.at(4.0, Order.REPAIR, "", lambda _: clock.run(0.25, "x"))
        agenda.at(8.0, Order.REPAIR, "", lambda _: clock.at(clock.now + 1.0, lambda _: seen.append(agenda.day)))

    play(plan, [])
    assert seen == [12.0]


def test_a_clock_that_is_made_while_its_process_is_slowed_is_slow_too() -> None:
    world = World(draw(lab("A")), {})
    world.run_clocks("A", "deliveries", 0.0, "x")
    made = world.clock("deliveries", Order.DELIVERY, "A")
    other = world.clock("runs", Order.SERIES, "A")
    world.agenda.day = 5.0
    assert (made.now, other.now) == (0.0, 5.0)
    world.run_clocks("A", "deliveries", 1.0, "x")
    world.agenda.day = 7.0
    assert (made.now, world.clock("deliveries", Order.DELIVERY, "A").now) == (2.0, 7.0)
