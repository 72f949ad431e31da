"""What a sweep goes over: one input and its values, as a list (`5%,10%,20%`) or a range (`0:24:3 months`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sim.base.calendar import add_months
from sim.base.units import DAYS_PER_MONTH, DAYS_PER_YEAR

MOST_VALUES = 10_000
"""Values of one input: more is a mistake in a range."""

MOST_CELLS = 100_000
"""Cells of one sweep."""

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"(?P<first>{_NUMBER}):(?P<last>{_NUMBER}):(?P<times>[x*]?)(?P<step>{_NUMBER})(?P<unit>.*)", re.S)
_DATES = re.compile(r"(?P<first>\d{4}-\d\d-\d\d):(?P<last>\d{4}-\d\d-\d\d):(?P<step>\d+)\s*(?P<unit>day|month|year)s?")
_ONE = re.compile(rf"(?P<number>{_NUMBER})(?P<unit>\D.*|)", re.S)
_MORE = re.compile(r"(?<![A-Za-z0-9])\d")
"""In what follows a number: another one, as in `2 to 5 months`, so that it is no unit."""
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_OPENS, _CLOSES = "{[(", "}])"

DAYS = {"day": 1.0, "week": 7.0, "month": DAYS_PER_MONTH, "year": DAYS_PER_YEAR}
"""Days of each unit of time that a swept length may have."""


class AxisError(ValueError):
    """A list or range that makes no sense; the message says why."""


@dataclass(frozen=True)
class Axis:
    """One input and its values.

    path: as in `--set`. values: as they are set. numbers: the values as numbers in `unit` (dates as ordinals, their
    unit is `date`); None where they are not all numbers of one unit.
    """

    path: str
    values: tuple[str, ...]
    numbers: tuple[float, ...] | None = None
    unit: str = ""

    @property
    def days_each(self) -> float | None:
        """Days of one unit, where the values are lengths of time."""
        return DAYS.get(self.unit.removesuffix("s"))


def parse_axis(text: str) -> Axis:
    """The axis that `PATH=VALUES` names. Raises AxisError."""
    path, equals, values = text.partition("=")
    if not (equals and path.strip() and values.strip()):
        raise AxisError(
            "expected PATH=VALUES, as in labs.Aurora.use.training=5%,10%,20% or pause.lasts='0:24:3 months'"
        )
    return axis(path.strip(), split_values(values))


def axis(path: str, values: str | Iterable[object]) -> Axis:
    """The axis of a path, and of a text (`0:24:3 months`), or a list of values and such texts. Raises AxisError."""
    parts = split_values(values) if isinstance(values, str) else [_text(value) for value in values]
    found: list[str] = []
    for part in parts:
        found += _range(part) if ":" in part else [part]
        if len(found) > MOST_VALUES:
            raise AxisError(f"has more than {MOST_VALUES:,} values")
    unique = list(dict.fromkeys(_with_the_last_unit(found)))
    if not unique:
        raise AxisError("has no values")
    numbers, unit = _numbers(unique)
    return Axis(path, tuple(unique), numbers, unit)


def _text(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value).strip()


def split_values(text: str) -> list[str]:
    """A list at its commas, those inside brackets and quotes left alone."""
    parts, part, depth, quote = [], "", 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in _OPENS:
            depth += 1
        elif letter in _CLOSES:
            depth -= 1
        if letter == "," and depth <= 0 and not quote:
            parts.append(part.strip())
            part = ""
        else:
            part += letter
    parts.append(part.strip())
    return [part for part in parts if part]


def with_unit(number: Decimal | float, unit: str) -> str:
    """A number and its unit as they are written: `3 months`, `5%`, `2x per year`."""
    return with_unit_text(f"{number.normalize():f}" if isinstance(number, Decimal) else f"{number:.10g}", unit)


def with_unit_text(number: str, unit: str) -> str:
    """The same of a number that is text already."""
    return number + (unit if not unit or unit[0] in "%x" else f" {unit}")


def _range(text: str) -> list[str]:
    """The values of `from:to:step unit`; dates by whole days, months or years; `x2` for a step that multiplies."""
    found = _DATES.fullmatch(text.strip())
    if found:
        return _dates(text, found["first"], found["last"], int(found["step"]), found["unit"])
    found = _RANGE.fullmatch(text.strip())
    if not found:
        if re.match(r"[\d.+-]+\s*[^:\d]*:", text):
            raise AxisError(
                f"expected a range such as '0:24:3 months' or '2027-01-01:2029-01-01:6 months', got {text!r}"
            )
        return [text]
    try:
        first, last, step = (Decimal(found[key]) for key in ("first", "last", "step"))
    except InvalidOperation:
        raise AxisError(f"{text!r} is no range of numbers") from None
    unit = found["unit"].strip()
    if found["times"]:
        if first <= 0 or last <= 0 or step <= 0 or step == 1 or (first != last and (step > 1) != (last > first)):
            raise AxisError(f"{text!r} never ends: from {first} one does not come to {last} by factors of {step}")
    elif first != last and (step == 0 or (step > 0) != (last > first)):
        raise AxisError(f"{text!r} never ends: from {first} one does not come to {last} by steps of {step}")
    values: list[str] = []
    value = before = first
    up = last >= first
    while (value <= last if up else value >= last) and len(values) <= MOST_VALUES:
        values.append(with_unit(value, unit))
        before, value = value, value * step if found["times"] else value + step
        if first == last:
            break
    if len(values) <= MOST_VALUES and before != last:
        near, after = (with_unit(float(each), "") for each in (before, value))
        by = with_unit_text(found["times"] + found["step"], unit)
        raise _misses(text, found["first"], found["last"], near, after, by)
    return values


def _misses(text: str, first: str, last: str, before: str, after: str, step: str) -> AxisError:
    """A range includes both of its ends, and this one does not come to its last: the nearest two that do."""
    return AxisError(
        f"{text!r} does not come to {last}: from {first} by {step} it comes to {before} and then to {after}; "
        f"write {first}:{before}:{step} or {first}:{after}:{step}"
    )


def _dates(text: str, first: str, last: str, step: int, unit: str) -> list[str]:
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise AxisError(f"{text!r} is no range of dates: {error}") from None
    if step < 1 or end < start:
        raise AxisError(f"{text!r} never ends: from {first} one does not come to {last} by steps of {step} {unit}s")
    values: list[str] = []
    day = before = start
    while day <= end and len(values) <= MOST_VALUES:
        values.append(day.isoformat())
        n = len(values) * step
        before, day = (
            day,
            (
                date.fromordinal(start.toordinal() + n)
                if unit == "day"
                else add_months(start, n * (12 if unit == "year" else 1))
            ),
        )
    if len(values) <= MOST_VALUES and before != end:
        raise _misses(
            text, first, last, before.isoformat(), day.isoformat(), f"{step} {unit}{'s' if step != 1 else ''}"
        )
    return values


def _with_the_last_unit(values: list[str]) -> list[str]:
    """Bare numbers before values with one unit have that unit, as in a range; beside several only a bare 0 has one,
    the first, as it is 0 in any.
    """
    matched = [_ONE.fullmatch(value) for value in values]
    bare = [each is not None and not each["unit"].strip() for each in matched]
    others = [each for each, alone in zip(matched, bare, strict=True) if not alone]
    units = [each["unit"].strip() for each in others if each is not None]
    if not units or len(units) < len(others) or any(_MORE.search(unit) for unit in units):
        return values
    one = len({unit.removesuffix("s") for unit in units}) == 1 and not bare[-1]
    return [with_unit_text("0" if float(value) == 0.0 else value, units[-1] if one else units[0])
            if alone and (one or float(value) == 0.0) else value
            for value, alone in zip(values, bare, strict=True)]  # fmt: skip


def _numbers(values: list[str]) -> tuple[tuple[float, ...] | None, str]:
    if all(_ISO.fullmatch(value) for value in values):
        return tuple(float(date.fromisoformat(value).toordinal()) for value in values), "date"
    found = [match for value in values if (match := _ONE.fullmatch(value)) is not None]
    if len(found) < len(values):
        return None, ""
    units = {match["unit"].strip().removesuffix("s") for match in found}
    if len(units) > 1:
        return None, ""
    return tuple(float(match["number"]) for match in found), max((match["unit"].strip() for match in found), key=len)


def cells_of(axes: list[Axis]) -> list[tuple[int, ...]]:
    """Numbers of the values of each cell, the last input fastest. Raises AxisError if there are too many."""
    count = 1
    for each in axes:
        count *= len(each.values)
    if count > MOST_CELLS:
        sizes = " x ".join(f"{len(each.values):,}" for each in axes)
        raise AxisError(f"{sizes} = {count:,} cells are too many: at most {MOST_CELLS:,}")
    cells: list[tuple[int, ...]] = [()]
    for each in axes:
        cells = [(*cell, n) for cell in cells for n in range(len(each.values))]
    return cells
