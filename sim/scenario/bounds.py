"""The declared bounds of numbers, certain or derived."""

from __future__ import annotations

from datetime import date

from sim.base.units import DAYS_PER_MONTH, SECONDS_PER_DAY
from sim.model.declare import Parameter
from sim.scenario.dates import LONGEST_DAYS, LONGEST_RECURRENCE_DAYS
from sim.scenario.problem import Unreadable, quoted
from sim.scenario.quantity import Quantity
from sim.scenario.spread import bound_text
from sim.scenario.units import check_size, parse_number

ROUNDING = 1e-12
"""Relative: what the arithmetic of a formula may be beyond a bound, and is then taken to be the bound."""


def check_bounds(value: float, parameter: Parameter, text: str) -> None:
    """Raises `Unreadable` if a value is outside the declared bounds."""
    if parameter.unit not in ("date", "recurrence"):
        check_size(value, text)
    if parameter.unit == "day" and abs(value) > LONGEST_DAYS:
        raise Unreadable(f"must be at most 10,000 years, got {quoted(text)}")
    for bound, fails, words in (
        (parameter.above, lambda b: value <= b, "above"),
        (parameter.low, lambda b: value < b, "at least"),
        (parameter.high, lambda b: value > b, "at most"),
    ):
        if bound is not None and fails(bound):
            near = ""
            if parameter.unit == "share" and 1.0 < value <= 100.0 and _bare(text):
                near = text + "%"
            raise Unreadable(f"must be {words} {bound_text(bound, parameter.unit)}, got {quoted(text)}", near)


def _bare(text: str) -> bool:
    try:
        parse_number(text)
    except Unreadable:
        return False
    return True


def check_recurrence(ends: list[float], quantity: Quantity, text: str) -> None:
    """The same of how often something happens; the quantity is given its bounds."""
    if min(ends) <= 0:
        raise Unreadable(f"a recurrence must be longer than 0, got {quoted(text)}")
    shortest = 1e-3 if quantity.unit == "month" else 1.0 / SECONDS_PER_DAY
    if min(ends) < shortest:
        raise Unreadable(f"a recurrence must be at least a second, got {quoted(text)}")
    longest = LONGEST_RECURRENCE_DAYS / (DAYS_PER_MONTH if quantity.unit == "month" else 1.0)
    if max(ends) > longest:
        raise Unreadable(f"a recurrence is at most 1000 years, got {quoted(text)}")
    quantity.low, quantity.high = shortest, longest


def rounded(value: float, parameter: Parameter) -> float:
    """A number that a formula gives; the bound itself where only rounding puts it beyond."""
    for bound, beyond in ((parameter.low, -1.0), (parameter.high, 1.0)):
        if bound is not None and 0.0 < (value - bound) * beyond <= ROUNDING * max(1.0, abs(bound)):
            return bound
    return value


def check_date(value: float) -> None:
    """Raises `Unreadable` for a date that no calendar has."""
    if not 1.0 <= value <= float(date.max.toordinal()):
        raise Unreadable("a date lies in the years 1 to 9999")
