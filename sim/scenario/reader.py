"""Reads a tree into a `Spec`, driven only by the declarations in `sim.model`.

Every problem is reported and reading goes on, so that all of them are found at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Set
from typing import Any

from sim.model.declare import Parameter, parameters
from sim.scenario.defaults import default_value
from sim.scenario.keys import keys_of, unknown_keys
from sim.scenario.plain import check_name, read_plain
from sim.scenario.policy_source import read_policy
from sim.scenario.problem import Place, join, nearest
from sim.scenario.quantity import Plain, Quantity, Timeline
from sim.scenario.reading import Facts, Reading
from sim.scenario.series import read_series
from sim.scenario.shape import FACT_KEYS, WRAPPER_KEYS, is_formula, is_wrapper
from sim.scenario.spec import Spec
from sim.scenario.trigger import read_trigger
from sim.scenario.values import read_quantity, unwrap
from sim.scenario.yaml_tree import Node


def read_block(
    of: type,
    node: Node | None,
    path: str,
    place: Place,
    facts: Facts,
    reading: Reading,
    *,
    name: str = "",
    fill: bool = True,
    start: float | None = None,
    extra: tuple[str, ...] = (),
) -> Spec:
    """The `Spec` of a block of class `of`.

    node None: all defaults. fill: take defaults for what is not stated and report what is required
    (not for blocks that inherit). start: the scenario's start as `date.toordinal()`. extra: more valid keys.
    """
    spec = Spec(of, path, place, name)
    declared = parameters(of)
    if node is not None and not node.is_map:
        wanted = ", ".join(parameter.key for parameter in list(declared.values())[:6])
        reading.problems.add(node.place, path, f"expected a mapping with keys such as {wanted}; got {node.what()}")
        spec.broken.update(declared)
        spec.unreadable = True
        return spec
    if node is not None:
        keys, block_keys = keys_of(of)
        meant = unknown_keys(node, path, keys, block_keys, extra, of, reading)
        # A misspelt key was meant as the nearest one: that one is neither missing nor contradicts anything.
        spec.broken.update(name for name, parameter in declared.items() if parameter.key in meant)
        if not block_keys.isdisjoint(node.entries):
            facts = _block_facts(node, keys, facts, path, reading)
    for field_name, parameter in declared.items():
        item = node.get(parameter.key) if node is not None else None
        here = join(path, parameter.key)
        if item is not None:
            assert node is not None
            spec.stated.add(field_name)
            spec.places[field_name] = node.keys[parameter.key]
            value = read_value(item, parameter, here, facts.at(item.place, parameter.key), reading, start, fill)
            if value is None:
                spec.broken.add(field_name)
            elif parameter.key == "name" and path and isinstance(value, Plain):
                check_name(str(value.value), item.place, here, reading)
            spec.values[field_name] = value
        elif not fill or parameter.inherits:
            spec.values[field_name] = None
        elif parameter.unless and spec.plain(parameter.unless) is True:
            spec.values[field_name] = []
        elif parameter.required:
            message = f"`{parameter.key}` is missing: {parameter.meaning}"
            if (node is not None or not path) and field_name not in spec.broken:
                reading.problems.add(place, here, message)
            spec.broken.add(field_name)
        else:
            spec.values[field_name] = default_value(of, field_name, parameter, here, reading, start)
    return spec


def _block_facts(node: Node, keys: Set[str], facts: Facts, path: str, reading: Reading) -> Facts:
    """The facts for the values of a block; its own parameters (`note` of a scenario) are no facts."""
    shadow = dataclasses.replace(node, entries={k: v for k, v in node.entries.items() if k not in keys})
    facts = reading.facts(shadow, facts, path)
    listed = shadow.entries.get("guesses")
    if listed is None or listed.is_null:
        return facts
    names = set()
    for item in listed.items if listed.is_list else [listed]:
        if item.text in keys:
            names.add(item.text)
        else:
            message = f"`guesses` names keys of this block; {item.what()} is none"
            reading.problems.add(item.place, join(path, "guesses"), message, nearest(item.text, keys))
    return dataclasses.replace(facts, guesses=frozenset(names), file=facts.file or listed.place.file)


def read_value(
    node: Node,
    parameter: Parameter,
    path: str,
    facts: Facts,
    reading: Reading,
    start: float | None,
    fill: bool = True,
) -> Any:
    """The value of one parameter; None if it cannot be read (its problems are reported).

    fill: whether blocks inside take defaults (not if they inherit, or stand in a block that does).
    """
    kind = parameter.kind
    if node.is_unreadable:
        return None
    if node.from_csv and kind not in ("dated", "number", "date", "every", "trigger"):
        what = ", but a mapping of names: give it to one of them" if kind.endswith("numbers") else ""
        message = f"a CSV series stands for one number that changes with time; `{parameter.key}` is not one{what}"
        reading.problems.add(node.place, path, message)
        return None
    if kind in ("number", "date", "every"):
        return read_quantity(node, parameter, path, facts, reading)
    if kind == "trigger":
        return read_trigger(node, parameter, path, facts, reading)
    if kind == "dated":
        return read_series(node, parameter, path, facts, reading, start)
    if kind in ("numbers", "dated_numbers"):
        return _read_numbers(node, parameter, path, facts, reading, start)
    if kind == "block":
        assert parameter.of is not None
        fill = fill and not parameter.inherits
        return read_block(parameter.of, node, path, node.place, facts, reading, fill=fill, start=start)
    if kind == "blocks":
        return _read_list(node, parameter, path, facts, reading, start)
    if kind == "named":
        return _read_named(node, parameter, path, facts, reading, start)
    if kind == "policy":
        return read_policy(node, parameter, path, facts, reading)
    return read_plain(node, parameter, path, facts, reading)


def _read_numbers(
    node: Node, parameter: Parameter, path: str, facts: Facts, reading: Reading, start: float | None
) -> dict[str, Quantity] | dict[str, Timeline] | None:
    if is_wrapper(node) and all(key in WRAPPER_KEYS for key in node.entries):
        node, facts = unwrap(node, path, facts, reading)
    one = dataclasses.replace(parameter, kind="number" if parameter.kind == "numbers" else "dated")
    if parameter.unit == "any":
        return {name: found.quantity for name, found in reading.names.items() if found is not None}
    if parameter.unit == "accelerators" and (is_formula(node) or (node.is_scalar and not node.is_null)):
        quantity = read_quantity(node, one, path, facts, reading)
        if quantity is None:
            return None
        if quantity.accelerator is None:
            message = f"name the accelerator, as in '{node.text or 1000} H100'"
            reading.problems.add(node.place, path, message)
            return None
        return {quantity.accelerator: quantity}
    if not node.is_map:
        reading.problems.add(node.place, path, f"expected a mapping of names to numbers, got {node.what()}")
        return None
    facts = reading.facts(node, facts, path)
    found: dict[str, Any] = {}
    broken = False
    for key in sorted(node.entries):
        item = node.get(key)
        if key in FACT_KEYS or item is None:
            continue
        here = join(path, key)
        check_name(key, node.keys[key], here, reading)
        value = read_value(item, one, here, facts.at(item.place, key), reading, start)
        broken = broken or value is None
        found[key] = value
    return None if broken else found


def _read_list(
    node: Node, parameter: Parameter, path: str, facts: Facts, reading: Reading, start: float | None
) -> list[Spec] | None:
    assert parameter.of is not None
    if not node.is_list:
        spec = read_block(parameter.of, node, path, node.place, facts, reading, start=start)
        return [spec] if node.is_map else None
    found = []
    for index, item in enumerate(node.items):
        name = item.get("name") if item.is_map else None
        here = f"{path}.{name.text}" if name is not None and name.is_scalar else f"{path}[{index}]"
        found.append(read_block(parameter.of, item, here, item.place, facts.at(item.place), reading, start=start))
    return found


def _read_named(
    node: Node, parameter: Parameter, path: str, facts: Facts, reading: Reading, start: float | None
) -> dict[str, Spec] | None:
    assert parameter.of is not None
    if not node.is_map:
        example = next(iter(parameters(parameter.of).values())).key
        message = f"expected names, each with its own keys (`NAME: {{{example}: …}}`), got {node.what()}"
        reading.problems.add(node.place, path, message)
        return None
    facts = reading.facts(node, facts, path)
    found = {}
    for key in sorted(node.entries):
        if key in FACT_KEYS:
            continue
        item = node.entries[key]
        here = join(path, key)
        check_name(key, node.keys[key], here, reading)
        block = None if item.is_null else item
        complete = parameter.key != "accelerators"  # what is not stated comes from the catalog
        found[key] = read_block(
            parameter.of,
            block,
            here,
            node.keys[key],
            facts.at(item.place),
            reading,
            name=key,
            fill=complete,
            start=start,
        )
        if block is None and complete:
            _report_missing(found[key], reading)
        _report_misspelt(key, node, found[key], reading)
    return found


def _report_misspelt(key: str, node: Node, spec: Spec, reading: Reading) -> None:
    """What lacks something that it needs, and has nearly the name of one in another file, is most likely that one."""
    needed = {name for name, parameter in parameters(spec.of).items() if parameter.required}
    if spec.broken & needed - spec.stated:
        place = node.keys[key]
        others = [name for name in sorted(node.entries) if node.keys[name].file != place.file]
        if near := nearest(key, others):
            message = "would be a new one: no other file of this scenario has the name"
            reading.problems.add(place, spec.path, message, near)


def _report_missing(spec: Spec, reading: Reading) -> None:
    for field_name in sorted(spec.broken):
        parameter = parameters(spec.of)[field_name]
        message = f"`{parameter.key}` is missing: {parameter.meaning}"
        reading.problems.add(spec.place, join(spec.path, parameter.key), message)
