"""The sum that leads to the days which an intervention bought at a level, in whole days that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

COURSE = (
    ("started_later_days", "starts"),
    ("worked_longer_days", "works"),
    ("waited_longer_days", "waits"),
    ("used_later_days", "is used"),
)
"""Columns of `rebound` that add up to the time bought, and what the run does so much later or longer."""

BACK = (("chips_days", "chips"), ("software_days", "software"), ("runs_days", "its suspended run"),
        ("other_days", "the rest"))  # fmt: skip
"""Columns of `returned` that add up to what came back."""

PRINTED = 0.5
"""Days from which on a part is told of."""


def whole(values: Sequence[float]) -> list[int]:
    """Whole numbers near the values which add up to their sum, rounded."""
    result, total, told = [], 0.0, 0
    for value in values:
        total += value
        result.append(round(total) - told)
        told = round(total)
    return result


def course(row: Row) -> str:
    """A row of `rebound` as a sum: `76 days = its run starts 8 days later + works 68 days longer`."""
    parts = [(words, row[name]) for name, words in COURSE]
    if row["time_bought_days"] is None:
        return ""
    if any(value is None for _, value in parts):
        return f"{days(round(row['time_bought_days']))}: the date of one of the two models is stated"
    numbers = whole([value for _, value in parts])
    told = []
    for (words, value), number in zip(parts, numbers, strict=True):
        if number or abs(value) >= PRINTED:
            longer = "later" if words in ("starts", "is used") else "longer"
            opposite = "sooner" if longer == "later" else "less"
            told.append(f"{words} {days(abs(number))} {longer if number >= 0 else opposite}")
    return f"{days(sum(numbers))}: " + (f"its run {', '.join(told)}" if told else "its run goes as it would")


def balance(row: Row) -> str:
    """A row of `returned` as a sum: `183 days in force − 2 by chips − 104 by software − 1 by the rest = 76 days`."""
    if any(row[name] is None for name, _ in BACK):
        why = "it is still in force then, does not hold in full, or the end comes first"
        return f"what gave time back is not known: {why}"
    last = "runs_days" if row["runs_days"] else "other_days"
    spent, *parts = whole([row["intervention_days"], *(-row[name] for name, _ in BACK)])
    terms = "".join(f" {'−' if part <= 0 else '+'} {abs(part):,} by {words}"
                    for part, (name, words) in zip(parts, BACK, strict=True)
                    if row[name] or name in ("chips_days", "software_days", last))  # fmt: skip
    return f"{days(spent)} in force{terms} = {days(spent + sum(parts))} bought"


def days(number: int) -> str:
    """A number of days to read."""
    return f"{number:,} day{'' if abs(number) == 1 else 's'}".replace("-", "−")
