"""Dates and recurrences as they are written in a scenario."""

from __future__ import annotations

import re
from datetime import date

from sim.base.units import DAYS_PER_YEAR, SECONDS_PER_DAY
from sim.scenario.problem import Unreadable, quoted
from sim.scenario.units import parse_amount, parse_number

_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2})"
    r"(?:[ T](?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?)?)?)?"
)
_RECURRENCE = re.compile(r"(?P<number>[0-9.,_eE+]*) ?(?P<unit>months?|years?)")

LONGEST_DAYS = 10_000 * DAYS_PER_YEAR
"""No length is above; no date is after the year 9999."""

LONGEST_RECURRENCE_DAYS = 1000 * DAYS_PER_YEAR

ORDERS = ("year-month-day", "month/day/year", "day/month/year", "day.month.year")
"""How a table may write its dates; the first is the scenario's own way."""

DATE_EXAMPLE = "a date such as 2026-03-01"
RECURRENCE_EXAMPLE = "how often, such as '3 months' or '90 days'"


def looks_like_date(text: str) -> bool:
    """Whether a key is meant as a date: `2026`, `2026-03`, `2026-03-01` or with a time of day."""
    return bool(_DATE.fullmatch(text))


def parse_date(text: str) -> float:
    """Days since 0000-12-31 (`date.toordinal`), with the time of day as a fraction.

    `2026` and `2026-03` mean their first day. Raises `Unreadable`.
    """
    found = _DATE.fullmatch(text.strip())
    if not found:
        raise Unreadable(f"expected {DATE_EXAMPLE}, got {quoted(text)}")
    try:
        day = float(date(int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)).toordinal())
    except ValueError:
        raise Unreadable(f"there is no date {quoted(text)}") from None
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    if hour > 23 or minute > 59 or second > 59:
        raise Unreadable(f"there is no time of day {quoted(text)}")
    return day + (hour * 3600 + minute * 60 + second) / SECONDS_PER_DAY


def iso_date(text: str, order: str) -> str:
    """A date in one of `ORDERS` as the scenario writes it: `3/31/2022` by month/day/year is `2022-03-31`.

    Raises `Unreadable` where the text is not in that order.
    """
    if order == ORDERS[0]:
        parse_date(text)
        return text
    mark = "." if "." in order else "/"
    parts = text.split(mark)
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts) or len(parts[2]) != 4:
        example = {"month/day/year": "3/31/2022", "day/month/year": "31/3/2022", "day.month.year": "31.3.2022"}[order]
        raise Unreadable(f"expected a date such as {example} ({order}), got {quoted(text)}")
    by_name = dict(zip(order.split(mark), parts, strict=True))
    found = f"{by_name['year']}-{int(by_name['month']):02d}-{int(by_name['day']):02d}"
    try:
        parse_date(found)
    except Unreadable:
        raise Unreadable(f"there is no date {quoted(text)} ({order})") from None
    return found


def parse_recurrence(text: str) -> tuple[float, str]:
    """How often something happens: (12.0, "month") for `1 year`, (14.0, "day") for `2 weeks`.

    Months and years go by the calendar, all else is a length in days. Raises `Unreadable`.
    """
    found = _RECURRENCE.fullmatch(" ".join(text.split()))
    if found and found["number"]:
        months = parse_number(found["number"]) * (12.0 if found["unit"].startswith("year") else 1.0)
        return months, "month"
    try:
        amount = parse_amount(text, "day")
    except Unreadable as error:
        if error.message.startswith("expected a length"):
            raise Unreadable(f"expected {RECURRENCE_EXAMPLE}, got {quoted(text)}", error.nearest) from None
        raise
    return amount.value, "day"
