"""Dates and recurrences as texts."""

from __future__ import annotations

from datetime import date

import pytest

from sim.scenario.dates import looks_like_date, parse_date, parse_recurrence
from sim.scenario.problem import Unreadable


@pytest.mark.parametrize(
    ("text", "day", "fraction"),
    [
        ("2026-03-01", date(2026, 3, 1), 0.0),
        ("2026-03", date(2026, 3, 1), 0.0),
        ("2026", date(2026, 1, 1), 0.0),
        ("2026-3-1", date(2026, 3, 1), 0.0),
        ("2024-02-29", date(2024, 2, 29), 0.0),
        ("2026-03-01 12:00", date(2026, 3, 1), 0.5),
        ("2026-03-01T18:00:00", date(2026, 3, 1), 0.75),
        ("0001-01-01", date(1, 1, 1), 0.0),
    ],
)
def test_dates(text: str, day: date, fraction: float) -> None:
    assert parse_date(text) == day.toordinal() + fraction
    assert looks_like_date(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2026-02-30", "there is no date '2026-02-30'"),
        ("2026-13-01", "there is no date '2026-13-01'"),
        ("0000", "there is no date '0000'"),
        ("2026-01-01 25:00", "there is no time of day '2026-01-01 25:00'"),
        ("1 March 2026", "expected a date such as 2026-03-01, got '1 March 2026'"),
        ("03/01/2026", "expected a date such as 2026-03-01, got '03/01/2026'"),
        ("20260301", "expected a date such as 2026-03-01, got '20260301'"),
    ],
)
def test_no_dates(text: str, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_date(text)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "recurrence"),
    [
        ("3 months", (3.0, "month")),
        ("1 month", (1.0, "month")),
        ("1.5 months", (1.5, "month")),
        ("1 year", (12.0, "month")),
        ("90 days", (90.0, "day")),
        ("2 weeks", (14.0, "day")),
        ("12 hours", (0.5, "day")),
    ],
)
def test_recurrences(text: str, recurrence: tuple[float, str]) -> None:
    assert parse_recurrence(text) == recurrence


@pytest.mark.parametrize("text", ["3", "monthly", "3 GB", "months", "every day"])
def test_no_recurrences(text: str) -> None:
    with pytest.raises(Unreadable, match="expected how often, such as '3 months' or '90 days'"):
        parse_recurrence(text)
