"""Clusters: deliveries growing and stock growing are two things; lives; shares of the world."""

from __future__ import annotations

from datetime import date

import pytest

from sim.base.calendar import Recurrence
from sim.base.series import Series, fixed
from sim.model.cluster import Supply
from sim.model.draw import World
from sim.world.record import RunRecord
from sim.world.simulate import simulate
from tests.world.build import draw, lab, stock
from tests.world.observe import assert_sound, cluster, days, events

QUARTERLY = Recurrence(months=3.0)
QUARTERS = [float((day - date(2026, 1, 1)).days) for day in (date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1))]
"""Days 90, 181 and 273."""


def supply(**values: object) -> Supply:
    return Supply(**{"accelerator": "H100", **values})  # type: ignore[arg-type]


def world(*compute: Supply, end: float = 300.0, **values: object) -> RunRecord:
    record = simulate(draw(lab(compute=list(compute)), end=end, **values))
    assert_sound(record)
    return record


def test_deliveries_growing() -> None:
    record = world(supply(deliver=100.0, deliveries_grow=2.0, every=QUARTERLY))
    assert days(record, "delivery") == QUARTERS
    sizes = [100.0, 100 * 2 ** (91 / 365.25), 100 * 2 ** (183 / 365.25)]
    assert [e[4] for e in events(record, "delivery")] == pytest.approx(sizes)
    assert cluster(record, 299.0) == pytest.approx(sum(sizes))


def test_stock_growing() -> None:
    record = world(supply(stock=fixed(1000.0), grows=2.0, every=QUARTERLY))
    totals = [1000.0 * 2 ** (day / 365.25) for day in QUARTERS]
    assert [cluster(record, day) for day in (0.0, *QUARTERS)] == pytest.approx([1000.0, *totals])
    assert days(record, "delivery") == QUARTERS
    # Batches are the differences: 186.2, 223.6 and so on.
    assert events(record, "delivery")[0][4] == pytest.approx(1000.0 * (2 ** (90 / 365.25) - 1))


def test_a_stock_that_grows_from_a_date() -> None:
    # On hand from the start; it grows from day 30, first batch one period (100 days) later: 1000 * 2^(100/365.25).
    every = Recurrence(days=100.0)
    record = world(supply(stock=fixed(1000.0), grows=2.0, every=every, starts=30.0))
    assert days(record, "delivery") == [130.0, 230.0]
    assert [cluster(record, day) for day in (0.0, 129.9, 130.0, 230.0)] == pytest.approx(
        [1000.0, 1000.0, 1000.0 * 2 ** (100 / 365.25), 1000.0 * 2 ** (200 / 365.25)]
    )


@pytest.mark.parametrize("starts", [0.0, -50.0])
def test_a_stock_does_not_grow_before_the_start(starts: float) -> None:
    every = Recurrence(days=100.0)
    record = world(supply(stock=fixed(1000.0), grows=2.0, every=every, starts=starts))
    assert days(record, "delivery") == [100.0, 200.0]
    assert cluster(record, 100.0) == pytest.approx(1000.0 * 2 ** (100 / 365.25))


def test_the_two_differ() -> None:
    grown = world(supply(deliver=1000.0, deliveries_grow=2.0, every=QUARTERLY, starts=0.0))
    stocked = world(supply(stock=fixed(1000.0), grows=2.0, every=QUARTERLY))
    assert cluster(grown, 0.0) == cluster(stocked, 0.0) == 1000.0
    assert cluster(grown, 273.0) > 4000.0 > 2000.0 > cluster(stocked, 273.0)


def test_deliveries_from_a_date_until_a_date() -> None:
    record = world(supply(deliver=10.0, every=Recurrence(days=30.0), starts=15.0, until=105.0))
    assert days(record, "delivery") == [15.0, 45.0, 75.0]


def test_a_first_delivery_is_one_period_after_the_start() -> None:
    assert days(world(supply(deliver=10.0, every=Recurrence(days=100.0))), "delivery") == [100.0, 200.0]


def test_a_dated_stock() -> None:
    record = world(supply(stock=Series(((0.0, 100.0), (50.0, 400.0), (80.0, 250.0))), every=QUARTERLY))
    assert [cluster(record, day) for day in (0.0, 49.9, 50.0, 79.9, 80.0)] == [100.0, 100.0, 400.0, 400.0, 250.0]


def test_a_dated_stock_from_before_the_start() -> None:
    record = world(supply(stock=Series(((-100.0, 100.0), (-50.0, 400.0), (80.0, 500.0))), every=QUARTERLY))
    assert cluster(record, 0.0) == 400.0
    assert cluster(record, 80.0) == 500.0


def test_a_stock_interpolated_moves_in_its_steps() -> None:
    record = world(supply(stock=Series(((0.0, 100.0), (100.0, 1000.0)), exponential=True), every=Recurrence(days=25.0)))
    assert days(record, "delivery") == [25.0, 50.0, 75.0, 100.0]
    for day in (25.0, 50.0, 75.0, 100.0):
        assert cluster(record, day) == pytest.approx(100.0 * 10 ** (day / 100.0))


def test_a_life_counts_from_delivery() -> None:
    record = world(stock(100.0), stock(40.0, on=20.0, life_days=100.0), stock(7.0, life_days=60.5))
    assert [cluster(record, day) for day in (0.0, 20.0, 60.4, 60.5, 119.9, 120.0)] == [
        107.0,
        147.0,
        147.0,
        140.0,
        140.0,
        100.0,
    ]
    assert days(record, "retirement") == [60.5, 120.0]


def test_what_was_delivered_before_the_start_retires_the_earlier() -> None:
    record = world(stock(10.0), stock(40.0, on=-30.0, life_days=100.0), stock(500.0, on=-300.0, life_days=100.0))
    assert [cluster(record, day) for day in (0.0, 69.9, 70.0)] == [50.0, 50.0, 10.0]


def test_every_delivery_of_a_series_lives_as_long() -> None:
    record = world(supply(deliver=10.0, every=Recurrence(days=10.0), life_days=25.0), end=101.0)
    # From day 30 on: one arrives on each 10th day, one leaves 5 days later.
    assert [cluster(record, float(day)) for day in (29, 34, 35, 40, 45, 99)] == [20.0, 30.0, 20.0, 30.0, 20.0, 20.0]


def test_a_constant_share_of_the_world() -> None:
    compute = [supply(count=1000.0), supply(count=500.0, on=40.0), supply(accelerator="TPU", count=200.0, on=60.0)]
    record = simulate(draw(lab(compute=[Supply(share_of_world=fixed(0.3))]), world=World(compute=compute)))
    assert [cluster(record, day) for day in (0.0, 40.0)] == pytest.approx([300.0, 450.0])
    assert cluster(record, 60.0, "TPU") == pytest.approx(60.0)
    assert record.world["H100"] == [(0.0, 1000.0), (40.0, 1500.0)]
    assert_sound(record)


def test_a_dated_share_of_the_world() -> None:
    share = Series(((0.0, 0.1), (50.0, 0.3), (70.0, 0.2)))
    compute = [supply(count=1000.0), supply(count=500.0, on=60.0)]
    record = simulate(draw(lab(compute=[Supply(share_of_world=share)]), world=World(compute=compute)))
    assert [cluster(record, day) for day in (0.0, 50.0, 60.0, 70.0)] == pytest.approx([100.0, 300.0, 450.0, 300.0])
    assert_sound(record)


def test_shares_of_the_world_add_up() -> None:
    compute = [supply(stock=fixed(1000.0), grows=3.0, every=QUARTERLY), supply(count=700.0, on=100.0, life_days=100.0)]
    labs = [lab(name, compute=[Supply(share_of_world=fixed(0.25))]) for name in "ABCD"]
    record = simulate(draw(*labs, world=World(compute=compute), end=300.0))
    for day in (0.0, 95.0, 150.0, 250.0):
        total = sum(cluster(record, day, lab=name) for name in "ABCD")
        expected = 1000.0 * 3.0 ** (max(q for q in (0.0, *QUARTERS) if q <= day) / 365.25) + 700.0 * (100 <= day < 200)
        assert total == pytest.approx(expected)


def test_the_world_s_lives_count_from_delivery_too() -> None:
    compute = [supply(count=1000.0, on=-100.0, life_days=150.0), supply(count=100.0)]
    record = simulate(draw(lab(compute=[Supply(share_of_world=fixed(0.1))]), world=World(compute=compute)))
    assert [cluster(record, day) for day in (0.0, 49.9, 50.0)] == pytest.approx([110.0, 110.0, 10.0])
    assert record.world["H100"] == [(0.0, 1100.0), (50.0, 100.0)]


def test_months_by_the_calendar_from_the_31st() -> None:
    start = date(2027, 12, 31)
    record = simulate(draw(lab(compute=[supply(deliver=1.0, every=Recurrence(months=2.0))]), start=start, end=300.0))
    expected = [date(2028, 2, 29), date(2028, 4, 30), date(2028, 6, 30), date(2028, 8, 31)]
    assert days(record, "delivery") == [float((day - start).days) for day in expected]
