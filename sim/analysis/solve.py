"""The smallest value of one input that reaches a target: scanned first, then refined.

Models are discrete, so what comes out moves in steps, and not always one way: only a scan finds the first value that
reaches the target, and what is found may be a jump over it. Between the last scanned value that does not reach it and
the first that does, seven values are tried in turn, and so again between two of them, three times in all; of lengths of
time fewer, where they would be less than half a day apart.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import floor, inf, log10
from typing import Any

from sim.analysis.axis import DAYS, Axis, with_unit
from sim.analysis.sweep import Plan, Row, columns, row
from sim.scenario.problem import nearest

PARTS, ROUNDS = 8, 3
JUMP = 0.02
"""Share of the target by which the two sides of what was found differ, if it is a jump."""
JUMP_DAYS = 7.0
"""The same for a target that is a date."""

HALF_A_DAY = 0.5

WORDS = frozenset(("first_lab", "bound", "dwell_bound"))


class TargetError(ValueError):
    """A target that makes no sense; the message says why."""


@dataclass(frozen=True)
class Target:
    """What is to be reached. output: a column of the sweep. value: in the column's unit, dates as ordinals.

    end: of a date, the day on which the base ends: what has not happened by then is at least that late.
    """

    output: str
    value: float
    unit: str
    text: str
    end: float = inf

    def of(self, found: dict[str, Any]) -> float | None:
        """The output in a row, as a number; of a date that did not come, the end; None if nothing is known."""
        value = found[self.output]
        if value is None:
            if self.unit != "date" or found["problem"] is not None:
                return None
            return min(self.end, date.fromisoformat(found["end"]).toordinal()) if "end" in found else self.end
        return float(date.fromisoformat(value[:10]).toordinal()) if self.unit == "date" else float(value)

    def reached(self, found: dict[str, Any]) -> bool:
        """Whether a row reaches it: by an exact value, or by one that it is at least."""
        value = self.of(found)
        name, _, level = self.output.partition("[")
        bound = found.get(f"{ {'time_bought': 'bound', 'dwell': 'dwell_bound'}.get(name, '') }[{level}", "exact")
        return value is not None and value >= self.value and bound in ("exact", "at least")


def parse_target(plan: Plan, text: str) -> Target:
    """The target that `OUTPUT=VALUE` names, as in `time_bought[expert_researcher]=6 months`. Raises TargetError."""
    name, equals, value = (part.strip() for part in text.partition("="))
    known = {column.name: column.unit for column in columns(plan)[len(plan.axes) :]}
    targets = [each for each in known if each.partition("[")[0] not in WORDS and each != "problem"]
    if not equals or not value:
        raise TargetError(f"{text}: expected OUTPUT=VALUE, as in 'time_bought[expert_researcher]=6 months'")
    if name not in targets:
        near = nearest(name, targets)
        hint = f" (did you mean {near!r}?)" if near else f" (there are {', '.join(targets)})"
        raise TargetError(f"{name!r} is no number that a sweep gives{hint}")
    end = plan.base.start + plan.base.end if known[name] == "date" else inf
    return Target(name, _number(value, known[name]), known[name], text, end)


def _number(text: str, unit: str) -> float:
    if unit == "date":
        try:
            return float(date.fromisoformat(text).toordinal())
        except ValueError:
            raise TargetError(f"expected a date such as 2029-01-01, got {text!r}") from None
    found = re.fullmatch(r"([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*(.*)", text)
    try:
        number = float(found[1]) if found else None
    except ValueError:
        number = None
    if found is None or number is None:
        raise TargetError(f"expected a number{' of ' + unit if unit else ''}, got {text!r}")
    word = found[2].removesuffix("s")
    if not word or word == unit.removesuffix("s"):
        return number
    if unit == "days" and word in DAYS:
        return number * DAYS[word]
    raise TargetError(f"expected a number of {unit}, got {text!r}")


@dataclass
class Solution:
    """The smallest value that reaches a target, or that none does.

    value: as it is set; None if none does. reached: what it gives, in the target's unit. below, reached_below: the
    nearest smaller value that was tried, and what it gives. jump: whether the target lies in a jump between the two.
    falls_below_at: larger values that were tried and do not reach it. best, best_at: the most that was found, and
    where. tried: (value, what it gives, whether it reaches the target), smallest first.
    """

    path: str
    target: Target
    value: str | None = None
    reached: float | None = None
    below: str | None = None
    reached_below: float | None = None
    jump: bool = False
    falls_below_at: list[str] = field(default_factory=list)
    best: float | None = None
    best_at: str | None = None
    tried: list[tuple[str, float | None, bool]] = field(default_factory=list)

    def __str__(self) -> str:
        """The answer in a sentence or three."""
        if self.value is None:
            least, most = self.tried[0][0], self.tried[-1][0]
            best = "nothing known" if self.best is None else f"{self.shown(self.best)} at {self.best_at}"
            return f"No value of {self.path} from {least} to {most} reaches {self.target.text}: the most is {best}."
        lines = [f"{self.path} = {self.value} is the smallest that reaches {self.target.text}: it gives "
                 f"{self.shown(self.reached)}."]  # fmt: skip
        if self.below is None:
            lines.append("It is the smallest that was tried.")
        elif self.jump:
            lines.append(f"A jump: {self.below} gives {self.shown(self.reached_below)}.")
        else:
            lines.append(f"{self.below} gives {self.shown(self.reached_below)}.")
        if self.falls_below_at:
            more = self.falls_below_at
            listed = ", ".join(more[:4]) + (f" and {len(more) - 4} more" if len(more) > 4 else "")
            lines.append(f"Not every larger value does: {listed} {'does' if len(more) == 1 else 'do'} not.")
        return " ".join(lines)

    def shown(self, value: float | None) -> str:
        """An amount of the target, with its unit."""
        if value is None:
            return "nothing known"
        if self.target.unit == "date":
            day = date.fromordinal(int(value)).isoformat()
            return day if value < self.target.end else f"no day before the end, {day}"
        return f"{value:,.4g} {self.target.unit}".strip() if abs(value) < 1e6 else f"{value:.4g} {self.target.unit}"


def solve(plan: Plan, rows: Sequence[Row], target: Target, told: Callable[[str], None] | None = None) -> Solution:
    """The smallest value of the plan's one input that reaches a target. rows: of its cells, already simulated.

    told: called with each value that is tried. Raises TargetError if the plan has several inputs, or values that are
    not numbers of one unit.
    """
    if len(plan.axes) != 1 or plan.axes[0].numbers is None:
        raise TargetError("a target is reached over one input whose values are numbers of one unit (or dates)")
    axis = plan.axes[0]
    names = [column.name for column in columns(plan)]
    assert axis.numbers is not None
    found = {number: dict(zip(names, each, strict=True)) for number, each in zip(axis.numbers, rows, strict=True)}
    texts = dict(zip(axis.numbers, axis.values, strict=True))
    order = sorted(found)
    first = next((n for n, number in enumerate(order) if target.reached(found[number])), None)
    solution = Solution(axis.path, target)
    if first is not None:
        high = order[first]
        low = order[first - 1] if first else None
        for _ in range(ROUNDS if low is not None else 0):
            assert low is not None
            low, high = _refine(plan, axis, names, found, texts, (low, high), target, told)
        solution.value, solution.reached = texts[high], target.of(found[high])
        if low is not None:
            solution.below, solution.reached_below = texts[low], target.of(found[low])
            one, other = solution.reached, solution.reached_below
            least = JUMP_DAYS if target.unit == "date" else JUMP * max(abs(target.value), 1.0)
            solution.jump = one is not None and other is not None and one - other > least
        solution.falls_below_at = [
            texts[number] for number in order if number > high and not target.reached(found[number])
        ]
    known = [(value, -number) for number in found for value in [target.of(found[number])] if value is not None]
    if known:
        best, at = max(known)
        solution.best, solution.best_at = best, texts[-at]
    solution.tried = [
        (texts[number], target.of(found[number]), target.reached(found[number])) for number in sorted(found)
    ]
    return solution


def _rounded(number: float, step: float, axis: Axis) -> float:
    """A value to try, with no more digits than the step asks for; of lengths of time, than half a day does."""
    if axis.unit == "date":
        return float(round(number))
    least = HALF_A_DAY / axis.days_each if axis.days_each is not None else 0.0
    return round(number, -floor(log10(max(step, least))))


def _refine(
    plan: Plan,
    axis: Axis,
    names: list[str],
    found: dict[float, dict[str, Any]],
    texts: dict[float, str],
    span: tuple[float, float],
    target: Target,
    told: Callable[[str], None] | None,
) -> tuple[float, float]:
    """The first part of a span in which the target is reached: (last value that does not, first that does)."""
    low, high = span
    whole = high - low
    parts = PARTS if axis.days_each is None else max(1, min(PARTS, floor(whole * axis.days_each / HALF_A_DAY)))
    for k in range(1, parts):
        number = _rounded(span[0] + whole * k / parts, whole / parts, axis)
        if not low < number < high:
            continue
        text = date.fromordinal(int(number)).isoformat() if axis.unit == "date" else with_unit(number, axis.unit)
        if told is not None:
            told(text)
        one = dataclasses.replace(plan, axes=(Axis(axis.path, (text,), (number,), axis.unit),))
        found[number], texts[number] = dict(zip(names, row(one, (0,)), strict=True)), text
        if target.reached(found[number]):
            return low, number
        low = number
    return low, high
