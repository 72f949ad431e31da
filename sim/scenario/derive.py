"""Reading a number that follows from others: `{formula: 2 ** (12 months / doubling)}`, or the name of one alone.

Formulas refer to the quantities that the scenario names under `quantities:`. In the central case they are worked out
where they are read; in a draw from the values that those have there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from sim.model.declare import Parameter
from sim.scenario.bounds import check_bounds, check_date, check_recurrence, rounded
from sim.scenario.derived import Derived
from sim.scenario.draw_error import DrawError, text_of
from sim.scenario.formula import Typed, compiled, in_unit, named_in
from sim.scenario.formula_text import Parsed, names_in, parse_formula
from sim.scenario.formula_units import fits, words
from sim.scenario.problem import Problem, Unreadable
from sim.scenario.quantity import Quantity
from sim.scenario.reading import Reading
from sim.scenario.units import expected
from sim.scenario.yaml_tree import Node


class RestsOnUnreadable(Exception):
    """A formula that refers to a quantity which cannot be read."""


def as_name(node: Node, reading: Reading) -> bool:
    """Whether a value is the name of a quantity."""
    return node.is_scalar and node.text in reading.names


def formula_meant(text: str, reading: Reading) -> str:
    """A text that is a formula of named quantities, as one is written; "" if it is none."""
    if not any(word in reading.names for word in re.findall(r"\w+", text)):
        return ""  # nothing is parsed in vain: that loads the library of units
    try:
        found = names_in(parse_formula(text, reading.names, reading.accelerators))
    except Unreadable:
        return ""
    formula = " ".join(text.split())
    quotes = '"' * ("," in formula)
    return f"{{formula: {quotes}{formula}{quotes}}}" if found else ""


def read_formula(quantity: Quantity, node: Node, parameter: Parameter, reading: Reading) -> None:
    """Gives `quantity` the formula that a node writes, and its central value.

    Raises `Unreadable`, and RestsOnUnreadable.
    """
    if not node.is_scalar or node.is_null:
        raise Unreadable(f"expected a formula such as '2 * base', got {node.what()}")
    formula = " ".join(node.text.split())
    parsed = parse_formula(formula, reading.names, reading.accelerators)
    kinds = {name: found.kind for name, found in reading.names.items() if found is not None}
    if any(name not in kinds for name in names_in(parsed)):
        raise RestsOnUnreadable
    try:
        _derive(quantity, formula, compiled(parsed, kinds), parameter, reading)
    except Unreadable as error:
        raise Unreadable(f"{error.message}{_settings(parsed, reading)}", error.nearest) from None


def _settings(parsed: Parsed, reading: Reading) -> str:
    """The quantities from which a formula follows and which an option of the shell states: it may be these."""
    near = [named.quantity for name in names_in(parsed) if (named := reading.names[name]) is not None]
    paths = {each.path for each in near}.union(*(each.rests_on for each in near))
    every = [(name, named.quantity) for name, named in reading.names.items() if named is not None]
    told = [f"{name} is {each.text} by {each.origin}" for name, each in every
            if each.path in paths and each.origin.startswith("--")]  # fmt: skip
    return f" ({'; '.join(told)})" if told else ""


def _derive(quantity: Quantity, formula: str, typed: Typed, parameter: Parameter, reading: Reading) -> None:
    """Raises `Unreadable` for a formula that gives nothing that its field can have."""
    stands = fits(typed.kind, parameter.unit)
    if stands is None:
        wanted = "how often, a length such as '3 months'" if parameter.unit == "recurrence" else (
            "a date such as '2028-01-01 + base'" if parameter.unit == "date" else expected(parameter.unit))  # fmt: skip
        raise Unreadable(f"expected {wanted}, but the formula `{formula}` gives {words(typed.kind)}")
    unit, accelerator, scale = stands
    tree = in_unit(typed, scale)
    of = {name: found.quantity for name in named_in(tree) if (found := reading.names[name]) is not None}
    near = frozenset(each.path for each in of.values())
    rests_on = near.union(*(each.rests_on for each in of.values()))
    varies = any(each.varies for each in of.values())
    kind = replace(typed.kind, scale=scale)  # the number is kept in its unit, and others go on from it in that
    quantity.derived = Derived(formula, tree, kind, of, parameter, rests_on, varies)
    quantity.unit, quantity.accelerator = unit, accelerator
    quantity.value = derived_value(quantity, lambda each: each.central)
    quantity.text = _written(quantity, quantity.value)
    if not quantity.source and not quantity.guess and of:
        quantity.source = f"follows from {'; '.join(_supports(of))}"


def _supports(of: Mapping[str, Quantity], told: tuple[str, ...] = ()) -> list[str]:
    """What a number rests on, in words: the quantities that it names, then those that these name."""
    found = {name: each for name, each in of.items() if name not in told}
    lines = [f"{name}: {each.derived.formula if each.derived else each.text}{', a guess' if each.guess else ''}"
             for name, each in found.items()]  # fmt: skip
    told = (*told, *found)
    inner = {name: each for q in found.values() if q.derived for name, each in q.derived.of.items()}
    return [*lines, *(_supports(inner, told) if inner else ())]


def derived_value(quantity: Quantity, value: Callable[[Quantity], float], check: bool = True) -> float:
    """The value of a derived quantity where others have theirs.

    Raises `Unreadable` where that is no number, or, if it is to be checked, one that its field cannot have.
    """
    derived = quantity.derived
    assert derived is not None
    found = rounded(derived.number(value), derived.parameter)
    if check:
        check_derived(quantity, found)
    return found


def draw_error(quantity: Quantity, error: Unreadable, value: Callable[[Quantity], float]) -> DrawError:
    """What is said of a draw in which a derived quantity has no value: what is wrong, and what it is derived from."""
    derived, place = quantity.derived, quantity.place
    assert derived is not None
    problem = Problem(place.file, place.line, place.column, quantity.path, error.message)
    known = {}
    for each in derived.of.values():
        with suppress(DrawError):
            known[each.path] = text_of(each, value(each))
    return DrawError([problem], known)


def check_derived(quantity: Quantity, value: float) -> None:
    """Raises `Unreadable` for a value of a derived number that its field cannot have."""
    derived = quantity.derived
    assert derived is not None
    if quantity.unit == "date":
        check_date(value)
    try:
        check_bounds(value, derived.parameter, derived.formula)
    except Unreadable:
        check_bounds(value, derived.parameter, _written(quantity, value))
    if quantity.recurs:
        check_recurrence([value], quantity, _written(quantity, value))


def _written(quantity: Quantity, value: float) -> str:
    """A value with the formula that gives it."""
    assert quantity.derived is not None
    return f"{text_of(quantity, value)} = {quantity.derived.formula}"
