"""Dates, ticks and recurrences against the calendar itself."""

from __future__ import annotations

import calendar
import math
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.calendar import DateSeconds, DateTexts, Recurrence, add_months, date_text, day_of, tick

START = date(2026, 1, 1)
MONTH = 365.25 / 12.0
DATES = st.dates(date(1900, 1, 1), date(2500, 12, 31))


def on(text: str, start: date = START) -> float:
    return float((date.fromisoformat(text) - start).days)


# Ticks


@given(st.floats(-1e5, 1e5, allow_nan=False))
def test_a_tick_is_the_least_multiple_of_two_to_the_minus_30_that_is_not_earlier(day: float) -> None:
    found = Fraction(tick(day))
    assert (found * 2**30).denominator == 1
    assert 0 <= found - Fraction(day) < Fraction(1, 2**30)


@given(st.floats(-1e5, 1e5, allow_nan=False))
def test_a_tick_of_a_tick_is_itself(day: float) -> None:
    assert tick(tick(day)) == tick(day)


@given(st.floats(0, 5e4), st.floats(0, 5e4), st.floats(0, 5e4))
def test_sums_and_differences_of_ticks_are_exact(a: float, b: float, c: float) -> None:
    a, b, c = tick(a), tick(b), tick(c)
    assert Fraction(a + b - c) == Fraction(a) + Fraction(b) - Fraction(c)


def test_a_tick_is_80_microseconds() -> None:
    # 2^-30 day = 86400/1073741824 s = 80.47 microseconds.
    assert tick(1e-12) * 86_400 == pytest.approx(80.47e-6, rel=1e-4)


# Dates and days


@given(DATES, DATES)
def test_days_count_from_midnight_of_the_start(start: date, when: date) -> None:
    assert day_of(when, start) == (when - start).days


def test_a_datetime_keeps_its_time_of_day() -> None:
    assert day_of(datetime(2026, 1, 3, 18, 0, 0), START) == 2.75
    assert day_of(datetime(2025, 12, 31, 12, 0, 0), START) == -0.5


@given(DATES, st.integers(-100_000, 100_000), st.integers(0, 86_399))
def test_date_text_is_the_date_to_the_second(start: date, days: int, seconds: int) -> None:
    when = datetime(start.year, start.month, start.day) + timedelta(days=days, seconds=seconds)
    expected = when.date().isoformat() + (f" {when.time().isoformat()}" if seconds else "")
    assert date_text(days + seconds / 86_400.0, start) == expected


def test_a_tick_s_rounding_does_not_show_in_the_text() -> None:
    assert date_text(tick(31.0 + 1e-9), START) == "2026-02-01"
    assert date_text(31.0 - 2.0**-30, START) == "2026-02-01"


# Months


@given(DATES, st.integers(-600, 600))
def test_add_months_keeps_the_day_or_takes_the_month_s_last(when: date, months: int) -> None:
    moved = add_months(when, months)
    assert (moved.year * 12 + moved.month) - (when.year * 12 + when.month) == months
    last = calendar.monthrange(moved.year, moved.month)[1]
    assert moved.day == min(when.day, last)


def test_every_month_from_the_31st() -> None:
    monthly = Recurrence(months=1.0)
    anchor = on("2027-12-31")
    found = [date_text(monthly.occurrence(k, anchor, START), START) for k in range(6)]
    # 2028 is a leap year; the anchor's 31 comes back after the short months.
    assert found == ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"]


@pytest.mark.parametrize(
    ("year", "last"), [(2027, "2027-02-28"), (2028, "2028-02-29"), (2100, "2100-02-28"), (2400, "2400-02-29")]
)
def test_february_by_leap_years(year: int, last: str) -> None:
    assert date_text(Recurrence(months=1.0).occurrence(1, on(f"{year}-01-31"), START), START) == last


def test_a_year_from_a_leap_day() -> None:
    yearly = Recurrence(months=12.0)
    anchor = on("2028-02-29")
    found = [date_text(yearly.occurrence(k, anchor, START), START) for k in range(5)]
    assert found == ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]


def test_part_of_a_month_is_a_length() -> None:
    every = Recurrence(months=1.5)
    # k = 1: 1 February + half a month; k = 2: exactly three months, 1 April; k = 3: four months and a half.
    assert every.occurrence(1, 0.0, START) == tick(31.0 + MONTH / 2)
    assert every.occurrence(2, 0.0, START) == on("2026-04-01")
    assert every.occurrence(3, 0.0, START) == tick(on("2026-05-01") + MONTH / 2)


def test_thirds_of_a_month_do_not_drift() -> None:
    every = Recurrence(months=1.0 / 3.0)
    for k in range(0, 120, 3):
        moved = add_months(START, k // 3)
        assert every.occurrence(k, 0.0, START) == float((moved - START).days)


def test_months_and_days_together() -> None:
    # Every month and 2 days from 1 January 2026: 1 February + 2, 1 March + 4.
    every = Recurrence(months=1.0, days=2.0)
    assert every.occurrence(1, 0.0, START) == on("2026-02-03")
    assert every.occurrence(2, 0.0, START) == on("2026-03-05")


def test_the_anchor_s_time_of_day_is_kept() -> None:
    assert Recurrence(months=1.0).occurrence(1, 10.25, START) == on("2026-02-11") + 0.25
    assert Recurrence(months=1.0).occurrence(2, -0.5, START) == on("2026-02-28") + 0.5


def test_days_count_from_the_anchor() -> None:
    every = Recurrence(days=90.3)
    for k in range(50):
        assert every.occurrence(k, 7.5, START) == tick(7.5 + k * 90.3)


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.floats(0.25, 30).map(lambda m: round(m * 4) / 4),
    st.integers(0, 200),
    st.integers(-2000, 2000),
)
def test_the_gregorian_calendar_repeats_after_400_years(start: date, months: float, k: int, anchor: int) -> None:
    # 400 years are 146,097 days, a whole number of weeks and of leap cycles.
    every = Recurrence(months=months)
    later = start.replace(year=start.year + 400)
    assert (later - start).days == 146_097
    assert every.occurrence(k, float(anchor), start) == every.occurrence(k, float(anchor), later)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.floats(0.1, 30), st.floats(0, 30), st.integers(0, 100))
def test_occurrences_go_forward(start: date, months: float, days: float, k: int) -> None:
    every = Recurrence(months=months, days=days)
    assert every.occurrence(k + 1, 0.0, start) >= every.occurrence(k, 0.0, start)


def test_mean_length() -> None:
    assert Recurrence(months=3.0).mean_days == pytest.approx(91.3125)
    assert Recurrence(days=5.0).mean_days == 5.0
    assert math.isclose(Recurrence(months=12.0, days=1.0).mean_days, 366.25)


@given(start=DATES, day=st.one_of(st.floats(-9e4, 9e4), st.integers(-(10**9), 10**9).map(lambda n: n / 172_800.0)))
def test_seconds_are_those_of_the_texts(start: date, day: float) -> None:
    """Also half-way between two seconds."""
    found = datetime(1970, 1, 1) + timedelta(seconds=DateSeconds(start).of(day))
    assert found == datetime.fromisoformat(DateTexts(start).of(day))
