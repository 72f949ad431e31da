"""What the numbers in a formula measure: their dimensions, for checking, and the unit in which each is computed."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from sim.base.units import DAYS_PER_MONTH, DAYS_PER_YEAR, SECONDS_PER_DAY
from sim.scenario.unit_names import ACCELERATOR_WORDS, BARE, DEFINITIONS, EXPECTED, KNOWN, UNIT_NAMES
from sim.scenario.units import dimensions_by_pint

Dimensions = tuple[tuple[str, Fraction], ...]
"""(what, exponent), by name; of accelerators the type is what they are."""

COUNT = "accelerators"
"""Accelerators of no stated type."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a number measures. scale: how many base units (days, FLOP, bytes, …) one of its units is.

    date: it is a date, not a length. months: whether all lengths in it were written in months or years; None: it has
    none.
    """

    dimensions: Dimensions = ()
    scale: Fraction = Fraction(1)
    date: bool = False
    months: bool | None = None

    @property
    def pure(self) -> bool:
        """Whether it is a number without dimension."""
        return not self.dimensions and not self.date

    def raised(self, exponent: Fraction) -> Kind:
        """The kind of its power, in base units."""
        return replace(self, dimensions=_made((name, power * exponent) for name, power in self.dimensions),
                       scale=Fraction(1))  # fmt: skip


def together(one: Kind, other: Kind, sign: int) -> Kind:
    """The kind of a product (sign 1), or of a quotient (−1)."""
    found = _made([*one.dimensions, *((name, sign * power) for name, power in other.dimensions)])
    return Kind(found, one.scale * other.scale**sign, months=months_of(one, other))


def months_of(*kinds: Kind) -> bool | None:
    """Whether all lengths in several were written in months or years."""
    known = [kind.months for kind in kinds if kind.months is not None]
    return all(known) if known else None


def _made(parts: Iterable[tuple[str, Fraction]]) -> Dimensions:
    found: dict[str, Fraction] = {}
    for name, power in parts:
        found[name] = found.get(name, Fraction(0)) + power
    return tuple(sorted((name, power) for name, power in found.items() if power))


def _kind(scale: float | Fraction = 1, **dimensions: int) -> Kind:
    return Kind(_made((name, Fraction(power)) for name, power in dimensions.items()), Fraction(scale))


_A_SECOND = Fraction(1, int(SECONDS_PER_DAY))

CANONICAL = {
    "1": _kind(),
    "x": _kind(),
    "x/year": _kind(),  # the factor that a year brings
    "share": _kind(),
    "day": _kind(time=1),
    "date": Kind(_kind(time=1).dimensions, date=True),
    "month": _kind(DAYS_PER_MONTH, time=1),
    "1/year": _kind(1 / Fraction(DAYS_PER_YEAR), time=-1),
    "FLOP": _kind(computation=1),
    "FLOP/s": _kind(1 / _A_SECOND, computation=1, time=-1),
    "byte": _kind(memory=1),
    "byte/s": _kind(1 / _A_SECOND, memory=1, time=-1),
    "W": _kind(power=1),
    "USD": _kind(money=1),
    "token": _kind(token=1),
    "token/s": _kind(1 / _A_SECOND, token=1, time=-1),
    "token/hour": _kind(24, token=1, time=-1),
    "hour/week": _kind(Fraction(1, 168)),
    "copies": _kind(copy=1),
    "people": _kind(person=1),
    "parameters": _kind(parameter=1),
    COUNT: _kind(accelerators=1),
}
"""Canonical unit -> its kind."""

_NAMED = {kind.dimensions: unit for unit, kind in reversed(CANONICAL.items())
          if unit not in ("date", "month", "token/hour")}  # fmt: skip
_BASE = {"time": "day", "computation": "FLOP", "memory": "byte", "power": "W", "money": "USD", "copy": "copies",
         "person": "people", "parameter": "parameters"}  # fmt: skip
_PLURAL = ("copy", "person", "parameter")
"""Of these the unit is a plural, except below a stroke: `token/parameter`."""
_KNOWN = dict(list(KNOWN))


def _unit_words() -> frozenset[str]:
    lines = (line.split("=") for line in DEFINITIONS.strip().splitlines() if "-" not in line.split("=")[0])
    words = {word.strip() for parts in lines for word in parts if word.strip().isalpha()}
    words |= {f"{word}s" for word in words if len(word) > 2}
    return frozenset((*words, *UNIT_NAMES, *(text for text in _KNOWN if "/" not in text), *ACCELERATOR_WORDS, "x"))


UNIT_WORDS = _unit_words()
"""Words that are units, but for some with prefixes."""


@functools.lru_cache(maxsize=1024)
def unit_of(text: str, accelerators: tuple[str, ...] = ()) -> str:
    """The canonical unit of a unit text (`months`, `%`, `x/year`, `H100`); of another (`USD/H100`) the text itself.

    Raises `Unreadable` if it is no unit.
    """
    if text in ("", "%", "x"):
        return {"": "1", "%": "share", "x": "x"}[text]
    if text.startswith("x/"):
        return "x/year"
    if text.startswith(("/", "%/")):
        return "1/year"
    if text in ACCELERATOR_WORDS or text in accelerators:
        return COUNT
    if text in _KNOWN:
        return _KNOWN[text]
    dimensions = _of_text(text, accelerators).dimensions
    return _NAMED.get(dimensions, text) if dimensions else text


@functools.lru_cache(maxsize=1024)
def _of_text(text: str, accelerators: tuple[str, ...]) -> Kind:
    """The kind of a number in a unit such as `tokens/parameter` or `USD/H100`. Raises `Unreadable`."""
    kind, sign = Kind(), 1
    for part in re.split("([/*])", text):
        if part in ("/", "*"):
            sign = -1 if part == "/" else 1
        elif part in ACCELERATOR_WORDS or part in accelerators:
            kind = together(kind, kind_of(COUNT, None if part in ACCELERATOR_WORDS else part), sign)
        else:
            by_name, factor = dimensions_by_pint(part)
            found = _made((name, Fraction(power)) for name, power in by_name.items())
            seconds = dict(found).get("time", Fraction(0))
            kind = together(kind, Kind(found, Fraction(factor) / Fraction(int(SECONDS_PER_DAY)) ** int(seconds)), sign)
    return kind


def kind_of(unit: str, accelerator: str | None = None, text: str = "", accelerators: tuple[str, ...] = ()) -> Kind:
    """The kind of a number in a canonical unit, or in a unit by its text; of accelerators that may be of a type.

    text: the unit as it is written: of lengths, whether in months or years. accelerators: types that a unit may name.
    """
    if unit == COUNT:
        return Kind(_made([(accelerator or COUNT, Fraction(1))]))
    kind = CANONICAL.get(unit)
    if kind is None:
        return _of_text(unit, accelerators)
    if unit == "day":
        return replace(kind, months=text.strip() in ("month", "months", "year", "years"))
    return kind


def unit_for(kind: Kind) -> tuple[str, str | None, Fraction]:
    """The unit in which a number of a kind is kept, the accelerator that it names, and the unit's scale."""
    if kind.date:
        return "date", None, Fraction(1)
    if len(kind.dimensions) == 1 and kind.dimensions[0][1] == 1 and kind.dimensions[0] not in _SINGLE:
        return COUNT, _type_of(kind), Fraction(1)
    unit = _NAMED.get(kind.dimensions)
    if unit is not None:
        return unit, None, CANONICAL[unit].scale
    above = [_BASE.get(name, name) + _power(power) for name, power in kind.dimensions if power > 0]
    below = ["/" + (name if name in _PLURAL else _BASE.get(name, name)) + _power(-power)
             for name, power in kind.dimensions if power < 0]  # fmt: skip
    return ("*".join(above) or "1") + "".join(below), None, Fraction(1)


_SINGLE = frozenset(kind.dimensions[0] for unit, kind in CANONICAL.items() if kind.dimensions and unit != COUNT)


def _type_of(kind: Kind) -> str | None:
    name = kind.dimensions[0][0]
    return None if name == COUNT else name


def _power(power: Fraction) -> str:
    return "" if power == 1 else f"**{power}"


def words(kind: Kind) -> str:
    """What a kind measures, in words."""
    if kind.date:
        return "a date"
    if kind.pure:
        return "a pure number"
    unit, accelerator, _ = unit_for(kind)
    if unit == "1/year":
        return "a rate"
    if unit == COUNT:
        return f"a number of {accelerator or COUNT}"
    return EXPECTED[unit][0] if unit in EXPECTED else f"a quantity in {unit}"


def fits(kind: Kind, unit: str) -> tuple[str, str | None, Fraction] | None:
    """In which unit a number of a kind stands in a field of canonical unit `unit`, the accelerator it names, and that
    unit's scale; None if it cannot stand there. As elsewhere counts, FLOP and factors may be pure numbers.
    """
    if unit == "any":
        return unit_for(kind)
    if unit == "recurrence":
        unit = "month" if kind.months else "day"
    if kind.date or unit == "date":
        return ("date", None, Fraction(1)) if kind.date and unit == "date" else None
    if unit == COUNT and unit_for(kind)[0] == COUNT:
        return COUNT, _type_of(kind), Fraction(1)
    wanted = CANONICAL[unit]
    if kind.dimensions == wanted.dimensions:
        return unit, None, wanted.scale
    return (unit, None, Fraction(1)) if kind.pure and unit in BARE else None
