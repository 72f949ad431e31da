"""Dated values and growth laws against quadrature and hand-worked numbers."""

from __future__ import annotations

import itertools
import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.calendar import Recurrence, tick
from sim.base.growth import Growth, growth_from
from sim.base.piece import BEYOND, Piece
from sim.base.series import Series, fixed, steps_of

START = date(2026, 1, 1)
MONTHLY = Recurrence(months=1.0)


def quadrature(growth: Growth, start: float, end: float) -> float:
    """Midpoint rule between the law's own breaks, at which it may jump."""
    cuts = sorted({start, end, *(piece.day for piece in growth.pieces if start < piece.day < end)})
    total = 0.0
    for left, right in itertools.pairwise(cuts):
        middles = left + (np.arange(4000) + 0.5) * (right - left) / 4000
        total += float(np.mean([growth.at(float(day)) for day in middles])) * (right - left)
    return total


def test_a_staircase_holds_from_its_date_on() -> None:
    series = Series(((0.0, 1.0), (10.0, 5.0), (20.0, 2.0)))
    assert [series.at(day) for day in (0.0, 9.999, 10.0, 19.9, 20.0, 1e6)] == [1.0, 1.0, 5.0, 5.0, 2.0, 2.0]


def test_exponential_interpolation_goes_by_the_geometric_mean() -> None:
    series = Series(((0.0, 1.0), (10.0, 100.0)), exponential=True)
    assert series.at(5.0) == pytest.approx(10.0)
    assert series.at(2.5) == pytest.approx(100.0**0.25)
    assert series.at(11.0) == 100.0


def test_a_stated_growth_goes_on_after_the_last_point() -> None:
    series = Series(((0.0, 3.0),), growth_per_day=math.log(2.0) / 365.25)
    assert series.at(365.25) == pytest.approx(6.0)
    assert series.at(2 * 365.25) == pytest.approx(12.0)
    assert not series.constant
    assert fixed(3.0).constant


PIECES = st.lists(st.tuples(st.floats(1.0, 50.0), st.floats(0.1, 10.0)), min_size=1, max_size=5).map(
    lambda gaps: tuple((sum(g for g, _ in gaps[: i + 1]) - 30.0, v) for i, (_, v) in enumerate(gaps))
)


@settings(max_examples=25, deadline=None)
@given(PIECES, st.booleans(), st.floats(-0.02, 0.02), st.floats(-40, 100), st.floats(0.1, 150))
def test_integrals_of_a_growth_law_against_quadrature(
    points: tuple[tuple[float, float], ...], exponential: bool, rate: float, start: float, length: float
) -> None:
    growth = growth_from(Series(points, exponential=exponential, growth_per_day=rate))
    expected = quadrature(growth, start, start + length)
    assert growth.integral(start, start + length) == pytest.approx(expected, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(PIECES, st.booleans(), st.floats(-0.02, 0.02), st.floats(0, 200))
def test_a_growth_law_has_the_values_of_its_series(
    points: tuple[tuple[float, float], ...], exponential: bool, rate: float, beyond: float
) -> None:
    series = Series(points, exponential=exponential, growth_per_day=rate)
    growth = growth_from(series)
    for day in [*(day for day, _ in points), points[0][0] + beyond, points[0][0] - beyond]:
        assert growth.at(day) == pytest.approx(series.at(day), rel=1e-9)


@pytest.mark.parametrize(
    "growth",
    [
        Growth((Piece(100.0, 2.0, 0.01),)),
        Growth((Piece(100.0, 2.0, 0.0),)),
        Growth((Piece(100.0, 2.0, 0.01, 4.0, 0.001),)),
        Growth((Piece(0.0, 2.0, 0.01), Piece(200.0, 3.0, 0.02))),
        Growth((Piece(0.0, 2.0, 0.01),)).stood(50.0, 150.0, Growth((Piece(0.0, 2.0, 0.01), Piece(50.0, 3.0, 0.0)))),
    ],
)
def test_on_each_of_many_days_as_on_one(growth: Growth) -> None:
    days = [0.0, 33.3, 100.0, 199.0, 200.0, 777.7]
    assert growth.on_each(days) == [growth.at(day) for day in days]


def test_a_first_piece_holds_before_its_day() -> None:
    growth = Growth((Piece(100.0, 1.0, math.log(2.0) / 100.0),))
    assert growth.at(0.0) == pytest.approx(0.5)
    assert growth.integral(0.0, 100.0) == pytest.approx(100.0 * 0.5 / math.log(2.0))


def test_a_dated_efficiency_is_flat_before_its_first_point() -> None:
    # 2 until day 10, then 2 to 4 in 10 days: the integral from 0 to 20 is 2 * 10 + 2 * 10/ln 2.
    for series in (
        Series(((10.0, 2.0), (20.0, 4.0)), exponential=True),
        Series(((10.0, 2.0),), growth_per_day=math.log(2.0) / 10.0),
    ):
        growth = growth_from(series)
        for day, value in ((-1000.0, 2.0), (9.9, 2.0), (10.0, 2.0), (15.0, 2.0 * 2.0**0.5), (20.0, 4.0)):
            assert series.at(day) == pytest.approx(value)
            assert growth.at(day) == pytest.approx(value)
        assert growth.integral(0.0, 20.0) == pytest.approx(20.0 + 20.0 / math.log(2.0))
        assert growth.integral(-10.0, 10.0) == pytest.approx(40.0)
        assert [(a, b) for a, b, _ in growth.segments(0.0, 20.0)] == [(0.0, 10.0), (10.0, 20.0)]


def test_segments_cover_the_interval_once() -> None:
    growth = growth_from(Series(((0.0, 1.0), (10.0, 2.0), (30.0, 1.5)), exponential=True))
    parts = list(growth.segments(-5.0, 50.0))
    assert parts[0][0] == -5.0 and parts[-1][1] == 50.0
    assert all(a[1] == b[0] for a, b in itertools.pairwise(parts))
    assert list(growth.segments(5.0, 5.0)) == []


def test_a_staircase_steps_at_its_points() -> None:
    series = Series(((-5.0, 1.0), (0.0, 2.0), (10.5, 2.0), (20.0, 3.0), (99.0, 4.0)))
    # Day 0 is the start, not a step; 10.5 changes nothing; 99 is not before the end.
    assert steps_of(series, 99.0, START, MONTHLY) == [(20.0, 3.0)]
    assert steps_of(series, 99.5, START, MONTHLY) == [(20.0, 3.0), (99.0, 4.0)]
    assert steps_of(fixed(2.0), 99.0, START, MONTHLY) == []


def test_a_step_comes_on_a_tick_with_its_own_value() -> None:
    assert steps_of(Series(((0.0, 1.0), (10.1, 7.0))), 20.0, START, MONTHLY) == [(tick(10.1), 7.0)]


def test_an_exponential_series_steps_by_the_calendar_and_at_its_points() -> None:
    series = Series(((0.0, 1.0), (100.0, 10.0)), exponential=True)
    steps = steps_of(series, 1000.0, START, MONTHLY)
    # 1 February, 1 March, 1 April 2026, then the last point.
    assert [day for day, _ in steps] == [31.0, 59.0, 90.0, 100.0]
    for day, value in steps:
        assert value == pytest.approx(10.0 ** (day / 100.0))


def test_declared_steps_take_the_place_of_the_default() -> None:
    series = Series(((0.0, 1.0),), growth_per_day=0.01, every=Recurrence(days=7.0))
    steps = steps_of(series, 30.0, START, MONTHLY)
    assert [day for day, _ in steps] == [7.0, 14.0, 21.0, 28.0]
    assert [value for _, value in steps] == pytest.approx([math.exp(0.01 * k * 7.0) for k in range(1, 5)])


def test_steps_before_the_start_are_not_steps() -> None:
    series = Series(((-100.0, 1.0), (50.0, 2.0)), exponential=True, every=Recurrence(days=60.0))
    # Anchored at day -100: -40, 20, then the last point at 50.
    assert [day for day, _ in steps_of(series, 200.0, START, MONTHLY)] == [20.0, 50.0]


# Pieces of a power law, with and without copying

LAWS = st.tuples(
    st.floats(0.2, 5.0),  # A
    st.one_of(st.just(0.0), st.floats(0.05, 2.0)),  # beta
    st.floats(1e-4, 0.02),  # drive, per day
    st.one_of(st.just(0.0), st.floats(1e-4, 0.01)),  # c, per day
)


def of_law(day: float, value: float, beta: float, drive: float, copying: float) -> Piece:
    """A' = drive·A^(1−β) + c·A as a piece: d ln A/dt is drive·A^(−β) + c."""
    rate = drive * value**-beta + copying
    return Piece(day, value, rate, 1.0 / beta, beta * copying) if beta else Piece(day, value, rate)


@settings(max_examples=60, deadline=None)
@given(LAWS, st.floats(0.0, 400.0))
def test_a_piece_solves_its_law(law: tuple[float, float, float, float], days: float) -> None:
    value, beta, drive, copying = law
    piece = of_law(10.0, value, beta, drive, copying)
    if beta and copying:  # A^β = (A₀^β + d/c)·e^(βct) − d/c
        ratio = drive / copying
        expected = ((value**beta + ratio) * math.exp(beta * copying * days) - ratio) ** (1.0 / beta)
    elif beta:
        expected = (value**beta + beta * drive * days) ** (1.0 / beta)
    else:
        expected = value * math.exp((drive + copying) * days)
    assert piece.at(10.0 + days) == pytest.approx(expected, rel=1e-9)
    assert piece.days_to(expected) == pytest.approx(days, rel=1e-6, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(LAWS, st.floats(1.0, 300.0), st.floats(0.0, 300.0), st.sampled_from([0.5, 1.0, 2.0]))
def test_a_piece_moved_or_raised_is_the_same_curve(
    law: tuple[float, float, float, float], days: float, shift: float, exponent: float
) -> None:
    piece = of_law(0.0, *law)
    moved, raised = piece.moved(shift), piece.raised(exponent)
    assert moved.day == shift
    assert moved.at(shift + days) == pytest.approx(piece.at(shift + days), rel=1e-9)
    assert raised.at(days) == pytest.approx(piece.at(days) ** exponent, rel=1e-9)
    middles = (np.arange(4000) + 0.5) * days / 4000
    expected = float(np.mean([raised.at(float(day)) for day in middles])) * days
    assert raised.integral(days) == pytest.approx(expected, rel=1e-5)
    # Integrals add up, however the curve is cut.
    whole = raised.integral(days)
    assert raised.integral(days / 3) + raised.moved(days / 3).integral(days * 2 / 3) == pytest.approx(whole, rel=1e-11)


@pytest.mark.parametrize("beta", [-2.0, -1.0, -0.999999999999, -0.3, -1e-9, 1e-9])
def test_a_piece_that_goes_ever_faster(beta: float) -> None:
    """A' = 0.01·A^(1−β) from A = 3 on: A^β = 3^β + β·0.01·t. With β < 0 that comes to nothing, and A to a pole."""
    piece = of_law(0.0, 3.0, beta, 0.01, 0.0)
    days = 0.9 * min(100.0, 3.0**beta / (-beta * 0.01)) if beta < 0.0 else 90.0
    expected = math.exp(math.log1p(math.expm1(beta * math.log(3.0)) + beta * 0.01 * days) / beta)
    assert piece.at(days) == pytest.approx(expected, rel=1e-6)
    assert piece.days_to(expected) == pytest.approx(days, rel=1e-6)
    assert piece.rate_where(expected) == pytest.approx(piece.moved(days).rate, rel=1e-5)
    steps = np.linspace(0.0, days, 20_001)
    values = [piece.at(float(day)) for day in steps]
    assert piece.integral(days) == pytest.approx(float(np.trapezoid(values, steps)), rel=1e-5)


def test_a_piece_beyond_its_pole_is_more_than_anything() -> None:
    piece = of_law(0.0, 1.0, -1.0, 0.01, 0.0)  # 1/A = 1 − 0.01·t
    assert piece.at(99.0) == pytest.approx(100.0)
    assert piece.at(100.0) == piece.at(1e6) == BEYOND == piece.integral(100.0) == piece.integral(1e6)
    assert piece.integral(99.0) == pytest.approx(100.0 * math.log(100.0))
    nearly = of_law(0.0, 1.0, 1e-4, 1.0, 0.0)  # e^1000 is no float
    assert nearly.at(2000.0) == nearly.integral(2000.0) == nearly.moved(2000.0).value == BEYOND


@pytest.mark.parametrize("pull", [0.0, 0.1])
def test_a_piece_is_the_same_beyond_its_pole_however_it_is_asked(pull: float) -> None:
    """With a pull c, A' = d·A² + c·A from A = 1: 1/A = (1 + d/c)·e^(−c·t) − d/c, which is 0 at t = ln(1 + c/d)/c."""
    piece = of_law(0.0, 1.0, -1.0, 0.01, pull)
    pole = math.log1p(pull / 0.01) / pull if pull else 100.0
    there = piece.moved(pole + 1.0)
    assert (there.at(pole + 1.0), there.at(pole + 9.0), there.rate) == (BEYOND, BEYOND, 0.0)
    for left, right in ((0.0, pole + 1.0), (pole - 1.0, pole + 1.0), (pole + 1.0, pole + 9.0)):
        assert piece.between(left, right) == piece.between(left, right, 1e9) == BEYOND
        assert piece.between(left, right, 0.0) == 0.0
    assert piece.integral(pole + 1.0) == BEYOND
    assert piece.between(pole + 1.0, pole + 1.0) == 0.0


def test_a_piece_that_never_comes_there() -> None:
    assert Piece(0.0, 2.0, 0.0).days_to(3.0) == math.inf
    assert Piece(0.0, 2.0, 0.0).days_to(2.0) == 0.0
    assert Piece(0.0, 2.0, 0.0, 4.0, 0.1).integral(10.0) == 20.0
    assert of_law(0.0, 1.0, 0.5, 1e-13, 0.0).integral(2.0) == pytest.approx(2.0, rel=1e-12)
    # Looked at backwards, A' = 2·√A from A = 1 at t = 0 was 0 at t = −1, and was never less.
    backwards = of_law(0.0, 1.0, 0.5, 2.0, 0.0)
    assert backwards.days_to(1e-12) == pytest.approx(-1.0, abs=1e-5)


def test_what_steps_has_not_done_so_just_before() -> None:
    growth = growth_from(Series(((0.0, 1.0), (10.0, 2.0))))
    assert (growth.before(10.0), growth.at(10.0), growth.before(-5.0)) == (1.0, 2.0, 1.0)
