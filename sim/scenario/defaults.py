"""Declared defaults as a scenario has them: read once, then copied to the paths at which they stand."""

from __future__ import annotations

import dataclasses
from typing import Any

from sim.model.declare import Parameter
from sim.scenario.problem import NOWHERE, Problem, join
from sim.scenario.quantity import Plain, Sourced, Timeline
from sim.scenario.reading import Reading, default_facts
from sim.scenario.spec import Spec
from sim.scenario.yaml_tree import node_of

_defaults: dict[tuple[type, str], Any] = {}
"""Parsed defaults by class and field, to be copied to a path."""

Where = tuple[type, str, str, float | None]
"""Class, field, path, and of a block the scenario's start."""

_placed: dict[Where, Any] = {}
"""Defaults at their path: a sweep reads the same scenario a thousand times. Nothing changes an input that was read."""

MOST_PLACED = 100_000


def default_value(
    of: type, field_name: str, parameter: Parameter, path: str, reading: Reading, start: float | None = None
) -> Any:
    """The declared default, at `path`. None: not stated. A default in words becomes a `Plain` of None: derived."""
    default = parameter.default
    if default is None or (parameter.kind in ("blocks", "numbers", "dated_numbers") and not default):
        return default if default is None else type(default)()
    if parameter.kind in ("block", "named", "blocks"):
        # Each default inside has its own path.
        inner = Reading(reading.problems, {}, reading.accelerators, "default")
        where = (of, field_name, path, start)
        if where not in _placed:
            from sim.scenario.reader import read_value  # which reads defaults of the blocks inside

            _place(where, read_value(node_of(default), parameter, path, default_facts(parameter), inner, start))
        return _copy(_placed[where])
    where = (of, field_name, path, None)
    if where not in _placed:
        key = (of, field_name)
        if key not in _defaults:
            _defaults[key] = _parse_default(parameter, reading)
        _place(where, _moved(_defaults[key], path))
    return _copy(_placed[where])


def _place(where: Where, value: Any) -> None:
    if len(_placed) >= MOST_PLACED:
        _placed.clear()
    _placed[where] = value


def _copy(value: Any) -> Any:
    """A copy of what was read, to be completed: of blocks, and what holds them; inputs stay the same."""
    if isinstance(value, Spec):
        return value.copy(_copy)
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _parse_default(parameter: Parameter, reading: Reading) -> Any:
    inner = Reading(accelerators=reading.accelerators, origin="default")
    facts = default_facts(parameter)
    derived = parameter.kind == "text" and parameter.default != ""
    value = None
    if not derived:
        from sim.scenario.reader import read_value

        node = node_of(parameter.default, NOWHERE)
        value = read_value(node, parameter, "", facts, inner, None)
    if inner.problems.found or derived:
        if parameter.kind not in ("date", "choice", "text"):
            problems: list[Problem] = inner.problems.found
            raise AssertionError(f"the declared default of {parameter.key} cannot be read: {problems[0]}")
        return Plain(path="", text=str(parameter.default), value=None, source=facts.source, guess=facts.guess)
    return value


def _moved(value: Any, path: str) -> Any:
    """A copy of a parsed default with its path."""
    if isinstance(value, dict):
        return {key: _moved(item, join(path, key)) for key, item in value.items()}
    if not isinstance(value, Sourced):
        return value
    if isinstance(value, Timeline):
        points = [(d, dataclasses.replace(q, path=join(path, q.path) if q.path else path)) for d, q in value.points]
        return dataclasses.replace(value, path=path, points=points)
    return dataclasses.replace(value, path=path)
