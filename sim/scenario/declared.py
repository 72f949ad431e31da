"""What a declaration says, in words: for the schema's hover texts and the reference."""

from __future__ import annotations

from typing import Any

from sim.model.declare import GUESS, Parameter
from sim.scenario.dates import DATE_EXAMPLE, RECURRENCE_EXAMPLE
from sim.scenario.units import expected

WORDS = {
    "text": "a text",
    "flag": "yes or no",
    "whole": "a whole number",
    "names": "a list of names",
    "block": "a block",
    "blocks": "a block, or a list of them",
    "named": "names, each with a block",
}


def default_text(parameter: Parameter) -> str:
    """A declared default as in a YAML file; "" if there is none."""
    default = parameter.default
    if parameter.required or default is None or default in ("", {}, []):
        return ""
    if isinstance(default, bool):
        return "yes" if default else "no"
    return _flow(default)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value)


def written_as(parameter: Parameter) -> str:
    """How a value is written, in words: "a share such as '10%'"."""
    kind, unit = parameter.kind, parameter.unit
    if kind == "date":
        return DATE_EXAMPLE
    if kind == "trigger":
        words = "`when any lab reaches LEVEL`, `when LAB reaches LEVEL`, `at MILESTONE`, `when INTERVENTION ends`"
        return f"{DATE_EXAMPLE}, or {words}"
    if kind == "every":
        return RECURRENCE_EXAMPLE
    if kind in ("number", "dated"):
        return expected(unit) + ("; may be dated" if kind == "dated" else "")
    if kind in ("numbers", "dated_numbers"):
        return f"names, each with {expected(unit)}" + ("; may be dated" if kind == "dated_numbers" else "")
    if kind == "choice":
        return "one of " + ", ".join(f"`{each}`" for each in parameter.choices)
    if kind == "policy":
        return f"one of {', '.join(f'`{each}`' for each in parameter.choices)}, or `FILE.py:FUNCTION`"
    return WORDS[kind]


def bounds_text(parameter: Parameter) -> str:
    """The declared bounds in words, in the canonical unit; "" if there are none."""
    pairs = (("above", parameter.above), ("at least", parameter.low), ("at most", parameter.high))
    return ", ".join(f"{word} {bound:g}" for word, bound in pairs if bound is not None)


def description(parameter: Parameter) -> str:
    """What an editor shows of a key: meaning, how it is written, bounds, default and where that comes from."""
    lines = [f"{parameter.meaning[0].upper()}{parameter.meaning[1:]}.", f"Written as {written_as(parameter)}."]
    bounds, default = bounds_text(parameter), default_text(parameter)
    if bounds:
        lines.append(f"Must be {bounds}.")
    if parameter.required:
        lines.append("Required.")
    if default:
        lines.append(f"Default: {default}.")
        if parameter.source:
            lines.append("The default is a guess." if parameter.source == GUESS else f"Source: {parameter.source}.")
    elif parameter.inherits:
        lines.append("What it does not state comes from the same block one level up.")
    return "\n\n".join(lines)
