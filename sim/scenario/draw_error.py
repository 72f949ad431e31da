"""What is said of a draw that contradicts itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sim.scenario.problem import Problem
from sim.scenario.quantity import Quantity

NOTHING = 1e-12
"""So small beside a range a value is that of 0 to within rounding: `0 to 5` has it at its 5%."""

MOST_NAMED = 6
"""Inputs that a message lists."""


class DrawError(ValueError):
    """A draw whose values contradict each other: what is wrong, and the inputs that it rests on with their values."""

    def __init__(self, problems: list[Problem], values: Mapping[str, str]) -> None:
        self.problems, self.values = list(dict.fromkeys(problems)), dict(values)
        super().__init__(self.problems, self.values)

    def __str__(self) -> str:
        what = "; ".join(f"{problem.path}: {problem.message}" for problem in self.problems)
        named = [f"{path} = {value}" for path, value in list(self.values.items())[:MOST_NAMED]]
        more = f" and {len(self.values) - MOST_NAMED} more" if len(self.values) > MOST_NAMED else ""
        return f"{what} (this draw has {', '.join(named)}{more})"


def text_of(item: Quantity, value: float) -> str:
    """A value of an input as it is written in a scenario."""
    if item.unit == "date":
        moment = datetime.fromordinal(1) + timedelta(minutes=round((value - 1.0) * 1440.0))
        return f"{moment:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    if item.unit == "share":
        return f"{100.0 * value:.4g}%"
    if item.unit in ("x", "x/year"):
        return f"{value:.4g}x" + (" per year" if item.unit == "x/year" else "")
    plain = {"1": "", "day": "days", "month": "months"}.get(item.unit, item.unit)
    return f"{value:.4g} {item.accelerator or plain}".rstrip()


def quantile_text(item: Quantity, q: float) -> str:
    """The quantile of an input as it is written in a scenario: what is nothing beside its range is 0."""
    value = item.quantile(q)
    if item.unit != "date" and abs(value) < NOTHING * abs(item.quantile(0.95) - item.quantile(0.05)):
        value = 0.0
    return text_of(item, value)
