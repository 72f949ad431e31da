"""Times bought that are known by bounds only, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.base.units import DAYS_PER_MONTH

UNCLEAR = "unclear"
"""What is told of a quantile that no draw bounds."""


def between(found: Mapping[str, Any], months: bool) -> str:
    """A quantile: a number, or its bounds."""
    low, high = found["at_least"], found["at_most"]
    if low is None and high is None:
        return UNCLEAR
    if high is None:
        return f"> {signed(low, months)}"
    if low is None:
        return f"< {signed(high, months)}"
    first, last = signed(low, months), signed(high, months)
    return first if first == last else f"({first} to {last})"


def signed(days: float, months: bool) -> str:
    """A difference with its sign, in months or days."""
    text = size(abs(days), months)
    return text if not float(text.replace(",", "")) else f"{'+' if days > 0.0 else '−'}{text}"


def size(days: float, months: bool) -> str:
    """A length without its unit, in months or days."""
    return f"{days / DAYS_PER_MONTH:,.1f}" if months else f"{days:,.0f}" if abs(days) >= 10.0 else f"{days:,.1f}"
