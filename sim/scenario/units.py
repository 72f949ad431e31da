"""Texts such as `90 days`, `3x to 5x per year` or `25000 A100` as numbers in a declared unit.

pint converts, with a small registry of our own. Its answers are kept, those for common units in `KNOWN`, so that most
scenarios are read without it. A month is 30.4375 days and a year 365.25 days.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sim.base.units import DAYS_PER_YEAR
from sim.scenario.problem import Unreadable, nearest, quoted
from sim.scenario.unit_names import (
    ACCELERATOR_WORDS,
    BARE,
    DEFINITIONS,
    DIMENSIONS,
    EXPECTED,
    KNOWN,
    PINT_NAMES,
    SUFFIXES,
    UNIT_NAMES,
)

_NUMBER = re.compile(
    r"(?P<number>[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:[0-9][0-9_,]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?))"
    r"(?P<unit>.*)",
    re.DOTALL,
)
_GROUPS = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\..*|[eE].*)?")
_UNIT = re.compile(r"[A-Za-z]+(?:[/*][A-Za-z]+)*")
_GROWTH = re.compile(r"x/(?P<count>[0-9.]+ )?(?P<time>[A-Za-z]+)")
_RATE = re.compile(r"(?P<percent>%?)/(?P<count>[0-9.]+ )?(?P<time>[A-Za-z]+)")
_DASH = re.compile(r"([0-9.,_]+)\s*[-\u2013\u2014]\s*([0-9.,_]+)(?![-0-9])(.*)", re.DOTALL)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_IN_WORDS = {"thousand": "e3", "million": "e6", "billion": "e9", "trillion": "e12"}
_ENDLESS = re.compile(r"[-+]?\.?(inf|infinity|nan)\b", re.IGNORECASE)


LONGEST_TEXT = 500
"""Characters of a text that states a number."""

LONGEST_UNIT = 40

LARGEST, SMALLEST = 1e60, 1e-60
"""No number of a scenario is above, or between 0 and below: nothing it describes is, and products stay finite."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in the canonical unit, or both ends of a range; with the accelerator that its unit names."""

    value: float
    high: float | None = None
    accelerator: str | None = None


@functools.lru_cache(maxsize=1)
def registry() -> Any:
    """pint's registry with our units only."""
    import pint

    units: Any = pint.UnitRegistry(None)
    for line in DEFINITIONS.strip().splitlines():
        units.define(line)
    return units


def expected(unit: str) -> str:
    """What a value in `unit` looks like, for messages: "a share such as '10%'"."""
    noun, example = EXPECTED.get(unit) or (f"a quantity in {unit}", f"20 {unit}")
    return f"{noun} such as '{example}'"


def parse_number(text: str) -> float:
    """A finite number without unit: YAML 1.2 core, or with `_` or `,` between thousands."""
    if len(text) > LONGEST_TEXT:
        raise Unreadable(f"expected a number, got a text of {len(text):,} characters")
    found = _NUMBER.fullmatch(text.strip())
    if _ENDLESS.match(text.strip()):
        raise Unreadable(f"{quoted(text)} is not a finite number")
    if not found or found["unit"]:
        raise Unreadable(f"expected a number, got {quoted(text)}")
    return _float(found["number"])


def check_size(value: float, text: str) -> None:
    """Raises `Unreadable` for a number so large or small that it can only be a mistake."""
    if abs(value) > LARGEST:
        raise Unreadable(f"{quoted(text)} is too large: no number may be above {LARGEST:g}")
    if 0.0 < abs(value) < SMALLEST:
        raise Unreadable(f"{quoted(text)} is too small: no number but 0 may be below {SMALLEST:g}")


def _float(text: str) -> float:
    if "," in text and not _GROUPS.fullmatch(text):
        raise Unreadable(f"{quoted(text)} is no number (commas only between thousands, as in '1,500')")
    clean = text.replace(",", "")
    if clean.endswith("_") or "__" in clean or "_." in clean or "_e" in clean or "_E" in clean:
        raise Unreadable(f"{quoted(text)} is no number")
    clean = clean.replace("_", "")
    try:
        digits = clean.lstrip("+-")
        value = float(int(digits, 0)) if digits[:2] in ("0x", "0o") else float(digits)
    except (ValueError, OverflowError):
        raise Unreadable(f"{quoted(text)} is no number that can be used") from None
    if not math.isfinite(value):
        raise Unreadable(f"{quoted(text)} is not a finite number")
    return -value if clean.startswith("-") else value


def parse_amount(text: str, unit: str, accelerators: Collection[str] = ()) -> Amount:
    """The number, or the range `a to b`, that a text states in canonical unit `unit`.

    `accelerators` are the type names that a count may end in. Raises `Unreadable`.
    """
    if len(text) > LONGEST_TEXT:
        raise Unreadable(f"expected {expected(unit)}, got a text of {len(text):,} characters")
    parts = re.split(r"\s+to\s+", text.strip())
    if len(parts) > 2:
        raise Unreadable(f"expected one range such as '2 to 8', got {quoted(text)}")
    if len(parts) == 1:
        number, unit_text = _split(parts[0], unit)
        value, accelerator = _convert(number, unit_text, unit, accelerators, text)
        return Amount(value, None, accelerator)
    (low, low_unit), (high, high_unit) = (_split(part, unit) for part in parts)
    if high_unit.startswith(low_unit):
        low_unit = high_unit
    first, first_type = _convert(low, low_unit, unit, accelerators, text)
    second, second_type = _convert(high, high_unit, unit, accelerators, text)
    if first_type != second_type:
        raise Unreadable(f"both ends of {quoted(text)} must name the same accelerator")
    return Amount(first, second, second_type)


def _split(text: str, unit: str) -> tuple[float, str]:
    """The number and the unit text, spaces and `per` normalised."""
    text = text.strip()
    if text.startswith("$"):
        text = text[1:] + " USD"
    found = _NUMBER.fullmatch(text)
    if _ENDLESS.match(text):
        raise Unreadable(f"{quoted(text)} is not a finite number")
    if not found:
        raise Unreadable(f"expected {expected(unit)}, got {quoted(text)}")
    number, rest = _float(found["number"]), found["unit"]
    if unit in ("parameters", "token") and rest[:1] in SUFFIXES and not rest[1:2].isalpha():
        number, rest = number * SUFFIXES[rest[0]], rest[1:]
    rest = " ".join(rest.split())
    word = rest.split(" ")[0]
    if word.rstrip("s") in _IN_WORDS:
        near = found["number"] + _IN_WORDS[word.rstrip("s")] + rest[len(word) :]
        raise Unreadable(f"expected {expected(unit)}, got {quoted(text)}: numbers are written in digits", near)
    if (rest[:1] and rest[0] in "0123456789.,_*+-^") or (rest[:1] == "/" and unit not in ("x/year", "1/year")):
        if _DATE.match(text):
            raise Unreadable(f"expected {expected(unit)}, got a date ({quoted(text)})")
        dash = _DASH.fullmatch(text)
        if dash:
            raise Unreadable(f"expected {expected(unit)}, got {quoted(text)}", f"{dash[1]} to {dash[2]}{dash[3]}")
        raise Unreadable(
            f"expected {expected(unit)}, got {quoted(text)}: write one number (1,200,000 or 1.2e6), not an expression"
        )
    rest = re.sub(r" ?\bper\b ?", "/", rest)
    return number, re.sub(r" ?([/*]) ?", r"\1", rest)


def _convert(
    number: float, text: str, unit: str, accelerators: Collection[str], whole: str
) -> tuple[float, str | None]:
    if unit == "accelerators":
        return number, _accelerator(text, accelerators, whole)
    if unit == "x/year":
        found = _GROWTH.fullmatch(text)
        if not found:
            raise _unexpected(unit, whole)
        if number <= 0:
            raise Unreadable(f"a growth is a factor above 0, got {quoted(whole)}")
        try:
            return number ** (DAYS_PER_YEAR / _days(found, unit, whole)), None
        except OverflowError:
            raise Unreadable(f"{quoted(whole)} is too large a growth") from None
    if unit == "1/year":
        found = _RATE.fullmatch(text)
        if not found:
            raise _unexpected(unit, whole)
        rate = number / 100.0 if found["percent"] else number
        return rate * DAYS_PER_YEAR / _days(found, unit, whole), None
    if text == "" and unit in BARE:
        return number, None
    if unit in ("share", "1", "x"):
        if text == "%" and unit == "share":
            return number / 100.0, None
        if text == "x" and unit == "x":
            return number, None
        raise _unexpected(unit, whole)
    if text == "":
        raise Unreadable(f"expected {expected(unit)}, got {quoted(whole)} without a unit")
    try:
        factor, divisor = _factor(text, unit)
    except Unreadable as error:
        if error.message:
            raise
        raise _unexpected(unit, whole) from None
    value = number * factor / divisor
    if not math.isfinite(value):
        raise Unreadable(f"{quoted(whole)} is not a finite number")
    return value, None


def _days(found: re.Match[str], unit: str, whole: str) -> float:
    count = parse_number(found["count"]) if found["count"] else 1.0
    try:
        factor, divisor = _factor(found["time"], "day")
    except Unreadable:
        raise _unexpected(unit, whole) from None
    days = count * factor / divisor
    if days <= 0:
        raise _unexpected(unit, whole)
    return days


def _accelerator(text: str, accelerators: Collection[str], whole: str) -> str | None:
    if text == "" or text in ACCELERATOR_WORDS:
        return None
    if text in accelerators:
        return text
    if text in ("%", "x"):
        raise _unexpected("accelerators", whole)
    message = f"expected {expected('accelerators')}, got {quoted(whole)}: {quoted(text)} is no known type"
    raise Unreadable(message, nearest(text, accelerators))


def _unexpected(unit: str, whole: str) -> Unreadable:
    """What to say of a text whose unit does not fit, saying what it is instead if that is known."""
    given = quoted(whole)
    try:
        _, text = _split(re.split(r"\s+to\s+", whole.strip())[-1], unit)
        if text[:1] != "x" and len(text) <= LONGEST_UNIT and _UNIT.fullmatch(text) and "FLOPS" not in text:
            given = f"{_dimension(text)} ({given})"
        elif text in ("%", "x"):
            given = f"{'a share' if text == '%' else 'a factor'} ({given})"
    except Unreadable as error:
        return Unreadable(f"expected {expected(unit)}, got {given}: {error.message}", error.nearest)
    return Unreadable(f"expected {expected(unit)}, got {given}", _meant(whole, unit))


def _meant(whole: str, unit: str) -> str:
    """What a text with the wrong unit probably means; "" if that is not plain."""
    text = whole.strip()
    if unit == "FLOP/s":
        flops = re.fullmatch(r"([0-9.eE+]+ ?)([kMGTPEZ]?)FLOPS", text, re.IGNORECASE)
        return f"{flops[1]}{flops[2]}FLOP/s" if flops else ""
    if unit == "x/year":
        percent = re.fullmatch(r"([-+]?[0-9.]+) ?% ?(?:per |/ ?)([a-z]+)", text)
        if percent and float(percent[1]) > -100.0:
            return f"{1.0 + float(percent[1]) / 100.0:g}x per {percent[2]}"
        return f"{text} per year" if re.fullmatch(r"[0-9.]+ ?x", text) else ""
    return ""


def _factor(text: str, unit: str) -> tuple[float, float]:
    """Canonical units in one `text`, as a product and a divisor: 2160 hours are then exactly 90 days.

    Raises `Unreadable`, with an empty message if it is another dimension.
    """
    if text == unit:
        return 1.0, 1.0
    return KNOWN.get((text, unit)) or by_pint(text, unit)


@functools.lru_cache(maxsize=1024)
def by_pint(text: str, unit: str) -> tuple[float, float]:
    """The same for any unit text, asking pint."""
    units = registry()
    if len(text) > LONGEST_UNIT or not _UNIT.fullmatch(text) or "FLOPS" in text:
        raise Unreadable("")
    _dimension(text)
    import pint

    try:
        factor = float(units.Quantity(1.0, units.parse_units(text)).to(PINT_NAMES.get(unit, unit)).magnitude)
    except pint.DimensionalityError:
        raise Unreadable("") from None
    inverse = round(1.0 / factor)
    if factor < 1.0 and abs(inverse * factor - 1.0) < 1e-12:
        return 1.0, float(inverse)
    return factor, 1.0


@functools.lru_cache(maxsize=1024)
def _dimension(text: str) -> str:
    """In words, what a unit text measures. Raises `Unreadable` if a unit is unknown."""
    dimension = str(_parsed(text).dimensionality)
    return DIMENSIONS.get(dimension, f"a quantity in {text}")


def dimensions_by_pint(text: str) -> tuple[dict[str, float], float]:
    """Dimension -> its exponent, of a unit text; and what one of it is in base units (seconds, FLOP, bytes, …).

    Raises `Unreadable` if a unit is unknown.
    """
    if len(text) > LONGEST_UNIT or not _UNIT.fullmatch(text) or "FLOPS" in text:
        raise Unreadable(f"unknown unit {quoted(text)}", nearest(text, UNIT_NAMES))
    units = _parsed(text)
    by_name = {name.strip("[]"): float(power) for name, power in units.dimensionality.items()}
    return by_name, float((1.0 * units).to_base_units().magnitude)


def _parsed(text: str) -> Any:
    """pint's unit of a text. Raises `Unreadable` if one is unknown."""
    units = registry()
    import pint

    for name in re.split(r"[/*]", text):
        try:
            units.parse_units(name)
        except (pint.UndefinedUnitError, pint.PintError, AttributeError, ValueError, TypeError):
            raise Unreadable(f"unknown unit {quoted(name)}", nearest(name, UNIT_NAMES)) from None
    return units.parse_units(text)
