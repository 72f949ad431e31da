"""How a scenario parameter is declared: once, as a dataclass field.

A field's metadata says everything that the loader, the messages, the schema and the docs need: kind,
unit, meaning, bounds, default with its source, and the key it has in a YAML file. In the dataclass
itself (a `Draw`) the value is a plain float, str, bool, `Series`, `Recurrence` or another dataclass.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache
from typing import Any

GUESS = "guess"
"""The `source` of a default that nobody measured: the program says so wherever the value matters."""

METADATA_KEY = "parameter"

REQUIRED = object()
"""Marks a parameter that a scenario must state."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """Declaration of one field.

    kind: `number` (float), `dated` (`Series`: a number or a mapping of dates), `date` (day since the
    start; in YAML an ISO date), `trigger` (a date, or a text that names a level or milestone), `every`
    (`Recurrence`), `text`, `choice`, `flag`, `whole` (int), `policy` (one of the choices, or a `UserPolicy`),
    `names` (list of texts), `numbers` (name -> float), `dated_numbers` (name -> `Series`), `block` (one
    dataclass), `blocks` (list of dataclasses; one mapping counts as a list of one), `named` (name ->
    dataclass, which has a field `name`).
    unit: canonical unit of the float: `day`, `FLOP`, `FLOP/s`, `byte`, `byte/s`, `W`, `USD`, `token`,
    `token/s`, `token/hour`, `hour/week`, `share` (percent or fraction), `x` (a factor), `x/year` (growth,
    "3x per year" is 3.0), `1/year` (a rate), `accelerators` (a count, whose unit may name the type),
    `copies`, `people`, `parameters`, `1`; `any` (each number has the unit in which it is written).
    default: what is taken when the key is absent, written as in a YAML file (`"40 to 700"` is a range,
    of which a single run takes the median), or None for "not stated". Absent (`REQUIRED`): required.
    inherits: a block; fields that it does not state come from the block of the same key one level up
    (fleet or run, then lab, then scenario). With nothing stated on any level the defaults hold.
    unless: field name of a flag of the same block, declared before: where it is set, a required one may be left out.
    above, low, high: the value must be > above, >= low, <= high, in the canonical unit.
    also: keys that people try in its place; the message about such an unknown key names this one.
    """

    kind: str
    key: str
    meaning: str
    unit: str = ""
    default: Any = REQUIRED
    source: str = ""
    above: float | None = None
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    of: type | None = None
    inherits: bool = False
    unless: str = ""
    also: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Whether it has no default and must be stated."""
        return self.default is REQUIRED


def _field(parameter: Parameter) -> Any:
    if parameter.required:
        return dataclasses.field(metadata={METADATA_KEY: parameter})
    given = parameter.default
    if given in ({}, []) and parameter.kind != "block":
        return dataclasses.field(default_factory=type(given), metadata={METADATA_KEY: parameter})
    default = None if parameter.kind not in ("text", "choice", "flag", "whole", "policy") else given
    return dataclasses.field(default=default, metadata={METADATA_KEY: parameter})


def number(key: str, unit: str, meaning: str, **options: Any) -> Any:
    """A float in `unit`."""
    return _field(Parameter("number", key, meaning, unit, **options))


def dated(key: str, unit: str, meaning: str, **options: Any) -> Any:
    """A `Series`: one number, or a mapping of dates to numbers, or a CSV file."""
    return _field(Parameter("dated", key, meaning, unit, **options))


def when(key: str, meaning: str, **options: Any) -> Any:
    """A date; in a Draw the day since the scenario's start (may be negative)."""
    return _field(Parameter("date", key, meaning, "date", **options))


def trigger(key: str, meaning: str, **options: Any) -> Any:
    """A date, or in words a level or milestone that is waited for; in a Draw a day, or the words."""
    return _field(Parameter("trigger", key, meaning, "date", **options))


def every(key: str, meaning: str, **options: Any) -> Any:
    """A `Recurrence`: calendar months or days."""
    return _field(Parameter("every", key, meaning, "recurrence", **options))


def text(key: str, meaning: str, **options: Any) -> Any:
    """A text, such as a name."""
    return _field(Parameter("text", key, meaning, **options))


def choice(key: str, choices: tuple[str, ...], meaning: str, **options: Any) -> Any:
    """One of `choices`, by its name."""
    return _field(Parameter("choice", key, meaning, choices=choices, **options))


def policy(key: str, choices: tuple[str, ...], meaning: str, **options: Any) -> Any:
    """A built-in policy by name, or a function in a user's Python file."""
    return _field(Parameter("policy", key, meaning, choices=choices, **options))


def flag(key: str, meaning: str, **options: Any) -> Any:
    """A choice of yes or no."""
    return _field(Parameter("flag", key, meaning, **options))


def whole(key: str, meaning: str, **options: Any) -> Any:
    """A whole number that counts nothing, such as a seed."""
    return _field(Parameter("whole", key, meaning, **options))


def names(key: str, meaning: str, **options: Any) -> Any:
    """A list of texts; one text counts as a list of one."""
    return _field(Parameter("names", key, meaning, **options))


def numbers(key: str, unit: str, meaning: str, **options: Any) -> Any:
    """A mapping of names to floats in `unit` (peaks by precision, accelerators by type)."""
    return _field(Parameter("numbers", key, meaning, unit, **options))


def dated_numbers(key: str, unit: str, meaning: str, **options: Any) -> Any:
    """A mapping of names to `Series` in `unit` (shares by use)."""
    return _field(Parameter("dated_numbers", key, meaning, unit, **options))


def block(key: str, of: type, meaning: str, **options: Any) -> Any:
    """Another declared dataclass."""
    return _field(Parameter("block", key, meaning, of=of, **options))


def blocks(key: str, of: type, meaning: str, **options: Any) -> Any:
    """A list of declared dataclasses; a single mapping counts as a list of one."""
    return _field(Parameter("blocks", key, meaning, of=of, **options))


def named(key: str, of: type, meaning: str, **options: Any) -> Any:
    """A mapping of names to declared dataclasses, each of which has a `name`."""
    return _field(Parameter("named", key, meaning, of=of, **options))


@cache
def parameters(of: type) -> dict[str, Parameter]:
    """Field name -> declaration, for every declared field of a dataclass, in order."""
    return {
        field.name: field.metadata[METADATA_KEY] for field in dataclasses.fields(of) if METADATA_KEY in field.metadata
    }


def meant_by(of: type, key: str) -> str:
    """The key of a block in whose place people also try this one (`also`), or ""."""
    return next((parameter.key for parameter in parameters(of).values() if key in parameter.also), "")
