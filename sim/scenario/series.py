"""A number that may change with time: one value, or a mapping of dates with its settings."""

from __future__ import annotations

from dataclasses import replace

from sim.model.declare import Parameter
from sim.scenario.dates import looks_like_date, parse_date
from sim.scenario.problem import Unreadable, join, nearest, quoted
from sim.scenario.quantity import Quantity, Timeline
from sim.scenario.reading import Facts, Reading
from sim.scenario.shape import FACT_KEYS, SERIES_KEYS, is_distribution, is_formula, is_wrapper
from sim.scenario.values import read_quantity, unwrap
from sim.scenario.yaml_tree import Node

INTERPOLATIONS = ("staircase", "exponential")
ZERO_BEFORE = "stock"
"""Key of the parameter that is 0, not unknown, before its first date."""


def read_series(
    node: Node, parameter: Parameter, path: str, facts: Facts, reading: Reading, start: float | None
) -> Timeline | None:
    """The series that a node writes; None, with its problems reported, if it cannot be read.

    start: the scenario's start as `date.toordinal()`, at which the series must have a value; None if unknown.
    """
    outer = node
    node, facts = unwrap(node, path, facts, reading)
    line = Timeline(
        path=path,
        unit=parameter.unit,
        text="",
        source=facts.source,
        note=facts.note,
        guess=facts.guess,
        origin=reading.origin_of(node.place),
        stated=reading.stated(node.place),
        place=outer.place,
        zero_before=parameter.key == ZERO_BEFORE,
    )
    if not node.is_map or is_distribution(node) or is_formula(node):
        quantity = read_quantity(node, parameter, path, facts, reading)
        if quantity is None:
            return None
        line.points = [(None, quantity)]
        line.text, line.source, line.note, line.guess = quantity.text, quantity.source, quantity.note, quantity.guess
        return line
    facts = reading.facts(node, facts, path)
    line.source, line.note, line.guess = facts.source, facts.note, facts.guess
    problems_before = len(reading.problems.found)
    seen: set[float] = set()
    for key, item in node.entries.items():
        if looks_like_date(key):
            _point(line, key, item, parameter, facts, reading, node, seen)
        elif key not in SERIES_KEYS and key not in FACT_KEYS:
            keys = (*sorted(SERIES_KEYS), *FACT_KEYS)
            message = f"expected a date such as 2026-01-01, or one of {', '.join(keys)}; got {quoted(key)}"
            reading.problems.add(node.keys[key], join(path, key), message, nearest(key, keys))
    if len(reading.problems.found) == problems_before and not line.points:
        reading.problems.add(node.place, path, "a dated series needs at least one date, such as 2026-01-01: 10%")
    _settings(line, node, parameter, facts, reading)
    line.points.sort(key=lambda point: point[0] or 0.0)
    _check(line, node, path, reading, start)
    return line if len(reading.problems.found) == problems_before else None


def _point(
    line: Timeline,
    key: str,
    item: Node,
    parameter: Parameter,
    facts: Facts,
    reading: Reading,
    node: Node,
    seen: set[float],
) -> None:
    path = join(line.path, key)
    try:
        day = parse_date(key)
    except Unreadable as error:
        reading.problems.add(node.keys[key], path, error.message)
        return
    if day in seen:
        reading.problems.add(node.keys[key], path, f"the date {key} is stated twice")
        return
    seen.add(day)
    quantity = read_quantity(item, parameter, path, facts.at(item.place), reading)
    if quantity is not None:
        line.points.append((day, quantity))


def _settings(line: Timeline, node: Node, parameter: Parameter, facts: Facts, reading: Reading) -> None:
    def read(key: str, declared: Parameter) -> Quantity | None:
        item = node.get(key)
        if item is None:
            return None
        return read_quantity(item, declared, join(line.path, key), facts.at(item.place), reading)

    growth = replace(parameter, unit="x/year", kind="number", above=0.0, low=None, high=None)
    line.before = read("before", parameter)
    line.then = read("then", growth)
    line.every = read("every", replace(parameter, unit="recurrence", kind="every", above=None, low=None, high=None))
    together = read("correlation", Parameter("number", "correlation", "", "share", low=0.0, high=1.0))
    if together is not None and together.varies:
        message = f"a correlation is one number, got {quoted(together.text)}"
        reading.problems.add(together.place, together.path, message)
    elif together is not None:
        line.correlation = together.central
        follows = [quantity for _, quantity in line.points if quantity.varies and not quantity.uncertain]
        if line.correlation and follows:
            message = (f"{quoted(follows[0].path)} follows from others: say of those, under `correlations:`, how they "
                       "go together, and state none here")  # fmt: skip
            reading.problems.add(together.place, together.path, message)
    item = node.get("interpolate")
    if item is not None and item.text not in INTERPOLATIONS:
        message = f"interpolate is staircase or exponential, got {item.what()}"
        reading.problems.add(item.place, join(line.path, "interpolate"), message, nearest(item.text, INTERPOLATIONS))
    line.exponential = item is not None and item.text == "exponential"
    every = node.get("every")
    if every is not None and not line.exponential and line.then is None:
        message = "`every` is the step of `interpolate: exponential` or `then:`, and neither is stated"
        reading.problems.add(every.place, join(line.path, "every"), message)


def _check(line: Timeline, node: Node, path: str, reading: Reading, start: float | None) -> None:
    if not line.points:
        return
    first, quantity = line.points[0]
    dates = "; ".join(f"{key}: {_short(item)}" for key, item in sorted(node.entries.items()) if looks_like_date(key))
    line.text = dates
    types = {q.accelerator for q in line.quantities() if q.unit == "accelerators"}
    if len(types) > 1:
        names = ", ".join(sorted(name or "no type" for name in types))
        reading.problems.add(node.place, path, f"all numbers of a series must name the same accelerator, got {names}")
    if start is None or first is None or first <= start or line.before is not None or line.zero_before:
        return
    message = f"no value at the start: the first date is {_first_key(node)}; add `before:` or an earlier date"
    reading.problems.add(quantity.place, path, message)


def _short(item: Node) -> str:
    item = item.entries["value"] if is_wrapper(item) else item
    return item.text if item.is_scalar else "..."


def _first_key(node: Node) -> str:
    return min((key for key in node.entries if looks_like_date(key)), default="")
