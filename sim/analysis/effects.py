"""Which inputs matter to a run: the scenario simulated again with each made 10% larger, and what that moved.

An input mattered if any number of windows.csv, a model's effective FLOP, a date of a level or milestone, or the implied
uplift of a year is then another. A dated input is 10% larger on all its dates, a share at the expense of the others, a
date 30 days later; where there is no more (100%) or it cannot be simulated, it is 10% smaller. Choices and texts are
not tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from sim.analysis.explain_inputs import LATER_DAYS
from sim.analysis.explain_worlds import LARGER, with_larger_share
from sim.model.draw import Draw
from sim.scenario import Input, Scenario
from sim.scenario.policy_code import simulate_draw
from sim.tables.models import models_table
from sim.tables.rates import Rates
from sim.tables.summary import uplift_by_year
from sim.tables.windows import windows_table
from sim.world.record import RunRecord

ROUNDING = 1e-9
"""Relative change of a number that is rounding."""

LEGEND = """
+10% moves: the largest change of a headline number, and of a window's length or a date, if the input is 10% larger
(a dated one on all its dates, a share at the expense of the others, a date 30 days later), and which it is: a column of
windows.csv or models.csv and the lab/model; `internal` is a model's date, a lab's name with a level that of the level.
no: nothing moves. Empty: not a number, or neither 10% more nor less can be simulated."""

Headlines = dict[tuple[str, str, str], float]
"""(kind: `days`, `dates` or `numbers`; what; column) -> number."""


class Effect(NamedTuple):
    """What 10% more of an input moved.

    days: the largest change of a window's length or of a date. percent: the largest change of any other number.
    moved: that number (column and whose); shifted: that length or date. Both are 0, and nothing is named, for an input
    that moved nothing.
    """

    days: float
    percent: float
    moved: str
    shifted: str

    @property
    def mattered(self) -> bool:
        """Whether anything moved."""
        return bool(self.days or self.percent)


def headlines(record: RunRecord) -> Headlines:
    """The numbers that are compared."""
    rates = Rates(record)
    found: Headlines = {}
    for table in (windows_table(record, rates), models_table(record, rates)):
        columns = [column.name for column in table.columns]
        for row in table.rows:
            for column, value in zip(columns[2:], row[2:], strict=True):
                if isinstance(value, float) and (table.name == "windows" or column == "effective_flop"):
                    kind = "days" if column.endswith("length_days") else "numbers"
                    found[kind, f"{row[0]}/{row[1]}", column] = value
    found |= {("dates", f"{model.lab}/{model.name}", "internal"): model.internal for model in record.models}
    found |= {("dates", level, lab): day for (level, lab), (day, _) in record.levels.items()}
    found |= {("dates", name, "milestone"): day for name, day in record.milestones.items()}
    for year, labs in uplift_by_year(record, rates).items():
        found |= {("numbers", f"{lab} {year}", "implied_uplift"): value for lab, value in labs.items()}
    return found


def compare(old: Headlines, new: Headlines, end: float) -> Effect:
    """The largest changes from one run's headlines to another's."""
    days, percent, what, when = 0.0, 0.0, "", ""
    for key in dict.fromkeys([*old, *new]):
        kind, name, column = key
        one, two = old.get(key), new.get(key)
        if kind == "numbers":
            if one is None or two is None or abs(two - one) <= ROUNDING * max(abs(one), abs(two)):
                continue
            change = 100.0 * (two / one - 1.0) if one else 100.0
            if abs(change) > abs(percent):
                percent, what = change, f"{column} {name}"
            continue
        if kind == "days" and None in (one, two):
            continue  # a model that only one of the runs has: its dates tell
        one, two = (end if day is None else day for day in (one, two))
        if abs(two - one) > abs(days) + ROUNDING:
            days, when = two - one, f"{column} {name}"
    return Effect(days, percent, what, when)


def effects(
    scenario: Scenario, record: RunRecord, read: Collection[str], told: Callable[[int, int], None] | None = None
) -> dict[str, Effect | None]:
    """Path of an input -> its effect; None if it could not be tried. Inputs that nothing read moved nothing.

    read: paths of the parameters that the run read. told: called with how many were tried, and of how many.
    """
    base = headlines(record)
    groups = list(_groups(scenario, record.draw))
    found: dict[str, Effect | None] = {}
    for n, (members, use) in enumerate(groups):
        effect: Effect | None = Effect(0.0, 0.0, "", "")
        if members[0].parameter in read:
            effect = _try(scenario, record, members, use, LARGER, base)
            if effect is None or (not effect.mattered and members[0].unit == "share"):  # of 100% there is no more
                effect = _try(scenario, record, members, use, 1.0 / LARGER, base) or effect
        found |= dict.fromkeys((item.path for item in members), effect)
        if told is not None:
            told(n + 1, len(groups))
    return found


def _groups(scenario: Scenario, draw: Draw) -> Iterator[tuple[list[Input], tuple[str, str] | None]]:
    """The inputs that are changed together, and (lab, use) of a share. Dated ones go by their parameter."""
    groups: dict[str, list[Input]] = {}
    for item in scenario.inputs:
        if item.unit and item.path != "start" and (item.unit != "date" or re.match(r"\d{4}", item.text)):
            point = item.path != item.parameter and re.search(r"\.\d{4}(-\d\d){0,2}$", item.path)
            groups.setdefault(item.parameter if point else item.path, []).append(item)
    for members in groups.values():
        lab, _, use = members[0].parameter.removeprefix("labs.").partition(".use.")
        dated = members[0].path == members[0].parameter or len(members) > 1
        yield members, (lab, use) if lab in draw.labs and use in draw.labs[lab].use and dated else None


def _try(
    scenario: Scenario,
    record: RunRecord,
    members: list[Input],
    use: tuple[str, str] | None,
    factor: float,
    base: Headlines,
) -> Effect | None:
    def change(value: float) -> float:
        return value * factor

    def later(value: float) -> float:
        return value + (LATER_DAYS if factor > 1.0 else -LATER_DAYS)

    adjust = {item.path: later if item.unit == "date" else change for item in members}
    try:
        draw = scenario.draw(seed=record.draw.seed, adjust={} if use else adjust)
        if use is not None:
            draw.labs[use[0]] = with_larger_share(draw.labs[use[0]], use[1], factor)
        return compare(base, headlines(simulate_draw(draw)), record.draw.end)
    except (RuntimeError, ValueError, ArithmeticError, AssertionError):
        return None


def _percent(change: float) -> str:
    return f"{change:+,.0f}%" if abs(change) >= 99.5 else f"{change:+.2g}%"


def effect_text(effect: Effect | None) -> str:
    """In a few words: `no`, or the changes, each with the number that changed."""
    if effect is None:
        return ""
    if not effect.mattered:
        return "no"
    parts = [f"{_percent(effect.percent)} {effect.moved}"] if effect.percent else []
    if effect.days:
        days = f"{effect.days:+,.0f} days" if abs(effect.days) >= 99.5 else f"{effect.days:+.3g} days"
        parts.append(f"{days} {effect.shifted}")
    return ", ".join(parts)
