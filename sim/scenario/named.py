"""The quantities that a scenario names, for several places to share and formulas to refer to.

    quantities:
      doubling: 4 to 8 months
      growth: {formula: 2 ** (12 months / doubling)}

Each has the unit that it is written in. They are read before all else, those with a formula after those it names.
"""

from __future__ import annotations

import keyword
import re

from sim.model.declare import Parameter
from sim.scenario.dates import looks_like_date
from sim.scenario.derive import as_name
from sim.scenario.formula_text import FUNCTIONS, names_in, parse_formula, unit_text_of
from sim.scenario.formula_units import kind_of, unit_of
from sim.scenario.problem import Unreadable, join, quoted
from sim.scenario.reading import FLAGS, Facts, Named, Reading
from sim.scenario.shape import (
    FACT_KEYS,
    FAMILIES,
    FORMULA,
    LIMITS,
    PERCENTILES,
    SERIES_KEYS,
    WRAPPER_KEYS,
    is_csv,
    is_dated,
    is_formula,
    is_wrapper,
)
from sim.scenario.values import read_quantity
from sim.scenario.yaml_tree import NULLS, Node

KEY = "quantities"
NAMED = "[A-Za-z][A-Za-z0-9_]*"
"""What a quantity may be called: letters, digits and _."""

_TAKEN = frozenset((*FAMILIES, *PERCENTILES, *LIMITS, *WRAPPER_KEYS, *SERIES_KEYS, FORMULA, "csv", "guesses",
                    "to", "inf", "nan"))  # fmt: skip
"""Words that mean something else where a name could stand."""
_SPREADS = frozenset(("gsd", "alpha", "beta", "weight", "family"))
"""Keys in a distribution whose numbers are not in its unit."""


def read_named(node: Node | None, reading: Reading) -> None:
    """Puts the quantities of a scenario, in the order of their names, into `reading.names`; None if unreadable."""
    if node is None or node.is_null:
        return
    if not node.is_map:
        message = f"expected names with numbers, as in {{doubling: 4 to 8 months}}; got {node.what()}"
        reading.problems.add(node.place, KEY, message)
        return
    facts = reading.facts(node, Facts(), KEY)
    names = [key for key in sorted(node.entries) if key not in FACT_KEYS and not node.entries[key].is_null]
    reading.names.update(dict.fromkeys(names))
    reader = _Reader(node, facts, reading)
    for name in names:
        reader.read(name, [])


class _Reader:
    def __init__(self, node: Node, facts: Facts, reading: Reading) -> None:
        self.node, self.facts, self.reading = node, facts, reading
        self.done: set[str] = set()

    def read(self, name: str, chain: list[str]) -> None:
        """Reads a quantity, and first those that its formula names. chain: those that wait for it."""
        if name in self.done:
            return
        node, reading, path = self.node.entries[name], self.reading, join(KEY, name)
        if name in chain:
            circle = " -> ".join([*chain[chain.index(name) :], name])
            reading.problems.add(_formula(node).place, path, f"quantities follow from each other in a circle: {circle}")
            self.done.update(chain[chain.index(name) :])
            return
        wrong = _wrong_name(name)
        if wrong:
            reading.problems.add(self.node.keys[name], path, wrong)
        else:
            for other in self._needs(node):
                self.read(other, [*chain, name])
            if name not in self.done:
                reading.names[name] = self._read(node, name, path)
        self.done.add(name)

    def _needs(self, node: Node) -> list[str]:
        inner = _formula(node)
        if inner is node and not as_name(_value(node), self.reading):
            return []
        try:
            return names_in(parse_formula(_formula(node).text, self.reading.names, self.reading.accelerators))
        except Unreadable:
            return []  # which is told when it is read

    def _read(self, node: Node, name: str, path: str) -> Named | None:
        reading = self.reading
        value = _value(node)
        parameter = Parameter("number", name, "a quantity that other values refer to", "any")
        if is_dated(value) or is_csv(value) or value.from_csv:
            message = "a named quantity is one number; where it changes with time, give each date's number its own name"
            reading.problems.add(value.place, path, message)
            return None
        if is_formula(value) or as_name(value, reading):
            return _formula_of(node, parameter, path, self.facts.at(node.place, name), reading)
        try:
            unit, text = _unit(value, reading)
        except Unreadable as error:
            reading.bad(value, path, error)
            return None
        parameter = Parameter("number", name, parameter.meaning, unit)
        quantity = read_quantity(node, parameter, path, self.facts.at(node.place, name), reading)
        if quantity is None:
            return None
        return Named(quantity, kind_of(unit, quantity.accelerator, text, tuple(reading.accelerators)))


def _formula_of(node: Node, parameter: Parameter, path: str, facts: Facts, reading: Reading) -> Named | None:
    quantity = read_quantity(node, parameter, path, facts, reading)
    if quantity is None or quantity.derived is None:
        return None
    return Named(quantity, quantity.derived.kind)


def _value(node: Node) -> Node:
    return node.entries["value"] if is_wrapper(node) else node


def _formula(node: Node) -> Node:
    """Where the formula of a value stands; a name alone is one."""
    value = _value(node)
    return value.entries[FORMULA] if is_formula(value) else value


def _wrong_name(name: str) -> str:
    """Why a quantity cannot be called so; "" if it can."""
    if not re.fullmatch(NAMED, name):
        return f"a quantity's name has letters, digits and _ only, as in doubling_time; got {quoted(name)}"
    if name in FUNCTIONS or name in _TAKEN or name in FLAGS or name in NULLS or keyword.iskeyword(name):
        return f"{quoted(name)} has another meaning in a scenario: call the quantity otherwise"
    return ""


def _unit(node: Node, reading: Reading) -> tuple[str, str]:
    """The canonical unit of what a node writes, and the unit as it is written there."""
    texts = _texts(node)
    if any("-" in text and looks_like_date(text.split(" to ")[0].strip()) for text in texts[:1]):
        return "date", ""
    written = next((unit for text in texts if (unit := unit_text_of(text))), "")
    return unit_of(written, tuple(reading.accelerators)), written


def _texts(node: Node) -> list[str]:
    """The numbers of a value, certain or not, in the order in which they are written."""
    if node.is_scalar:
        return [node.text]
    found = [text for item in node.items for text in _texts(item)]
    for key, inner in node.entries.items():
        if key in FACT_KEYS or (key in _SPREADS and not (key in FAMILIES and not inner.is_scalar)):
            continue
        if key[:1].isdigit() or key[:1] in "-+.$":
            found.append(key)  # discrete: {60 days: 70%}
        else:
            found += _texts(inner)
    return found
