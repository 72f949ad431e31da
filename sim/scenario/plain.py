"""Reading what is no number: texts, choices, flags, whole numbers, lists of names."""

from __future__ import annotations

from typing import Any

from sim.model.declare import Parameter
from sim.scenario.problem import Place, Unreadable, nearest, quoted
from sim.scenario.quantity import Plain
from sim.scenario.reading import Facts, Reading
from sim.scenario.units import parse_number
from sim.scenario.values import unwrap
from sim.scenario.yaml_tree import Node

NOT_IN_NAMES = "/;"
"""Characters that ids of events, or lists of them, use."""

LONGEST_NAME = 200


def read_plain(node: Node, parameter: Parameter, path: str, facts: Facts, reading: Reading) -> Plain | None:
    """The setting that a node writes; None, with its problem reported, if it cannot be read."""
    outer = node
    node, facts = unwrap(node, path, facts, reading)
    value: str | bool | int | list[str] | None
    try:
        if parameter.kind == "names":
            value = [_plain_text(item) for item in (node.items if node.is_list else [node])]
        elif parameter.kind == "flag":
            value = reading.flag(node, path)
        elif parameter.kind == "whole":
            value = _whole(_plain_text(node))
        else:
            if parameter.kind == "choice" and not node.is_scalar:
                raise Unreadable(f"expected one of {', '.join(parameter.choices)}; got {node.what()}")
            value = _plain_text(node)
            if parameter.kind == "choice" and value not in parameter.choices:
                options = ", ".join(parameter.choices)
                raise Unreadable(f"expected one of {options}; got {quoted(value)}", nearest(value, parameter.choices))
    except Unreadable as error:
        reading.bad(node, path, error)
        return None
    if value is None:
        return None
    return Plain(
        path=path,
        text=node.text if node.is_scalar else ", ".join(_texts(value)),
        value=value,
        source=facts.source,
        note=facts.note,
        guess=facts.guess,
        origin=reading.origin_of(node.place),
        stated=reading.stated(node.place),
        place=outer.place,
    )


def _texts(value: Any) -> list[str]:
    return value if isinstance(value, list) else [str(value)]


def _plain_text(node: Node) -> str:
    if not node.is_scalar or node.is_null:
        raise Unreadable(f"expected a text, got {node.what()}")
    return node.text


def _whole(text: str) -> int:
    try:
        number = parse_number(text)
    except Unreadable as error:
        raise Unreadable(error.message.replace("expected a number", "expected a whole number")) from None
    if abs(number) > 2**53:
        raise Unreadable(f"a whole number is at most {2**53:,} (2^53), got {quoted(text)}")
    if number != int(number):
        raise Unreadable(f"expected a whole number, got {quoted(text)}")
    return int(number)


def check_name(name: str, place: Place, path: str, reading: Reading) -> None:
    """A problem if a name cannot be part of an id."""
    if any(char in NOT_IN_NAMES or not char.isprintable() for char in name):
        reading.problems.add(place, path, f"a name holds no '/', ';' or control character, got {quoted(name)}")
    elif len(name) > LONGEST_NAME:
        reading.problems.add(place, path, f"a name has at most {LONGEST_NAME} characters, got {len(name)}")
    elif name != name.strip() or not name:
        reading.problems.add(place, path, f"a name does not begin or end with a space, got {quoted(name)}")
