"""`--set path=value`: one change to a merged tree, by a path that goes through blocks, names and lists.

Names may hold dots and spaces: at each level the longest name that fits is taken. A path must name
something that the scenario has or that the declarations allow. A mapping is merged into what is there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.model.accelerator import PRECISIONS
from sim.model.declare import Parameter, meant_by, parameters
from sim.model.draw import Draw
from sim.model.lab import EXPERIMENTS, IDLE, TRAINING, Lab
from sim.scenario import catalog
from sim.scenario.dates import looks_like_date
from sim.scenario.keys import BLOCK_KEYS
from sim.scenario.merge import find_item, item_name, lay
from sim.scenario.problem import DEFAULT, Place, Problem, Problems, ScenarioError, join, nearest, quoted
from sim.scenario.shape import FACT_KEYS, SERIES_KEYS, is_wrapper
from sim.scenario.shares import scale
from sim.scenario.yaml_tree import Node, mapping, node_of, parse, scalar

FLEETS = ("research", "serving", "alignment")
COMMON_USES = (TRAINING, EXPERIMENTS, IDLE, *FLEETS)
"""Uses that `--set` may add to a lab's `use` mapping."""


@dataclass(frozen=True, slots=True)
class _Level:
    """What the declarations say of a node: a block of class `of`, or the value of a parameter.

    kind: `block`, `named`, `list`, or a parameter's kind.
    """

    kind: str
    of: type | None = None
    parameter: Parameter | None = None


@dataclass(slots=True)
class _Setting:
    """One `--set`: its steps down the tree (keys, or numbers in lists) and the value."""

    path: str
    value: Node
    place: Place
    steps: list[str | int]
    shares: bool = False


def apply(root: Node, sets: Sequence[str], problems: Problems, option: str = "") -> Node:
    """The tree with all settings made that can be; the others' problems are added.

    option: what they are called where they are told of, if not by `--set` and their path.
    """
    before = root
    made: list[_Setting] = []
    for text in sets:
        try:
            setting = _parse(root, text, option)
        except ScenarioError as error:
            problems.found.extend(error.problems)
            continue
        made.append(setting)
        root = _put(root, setting.steps, setting, problems, _Level("block", Draw))
    groups: dict[tuple[str | int, ...], list[_Setting]] = {}
    for setting in made:
        if setting.shares:
            groups.setdefault(tuple(setting.steps[:-1]), []).append(setting)
    for steps, settings in groups.items():
        old, new = _find(before, steps), _find(root, steps)
        if new is not None:
            old = old or _default_mapping(settings[0], root)
            changed = {str(setting.steps[-1]) for setting in settings}
            already = len(problems.found)
            scaled = scale(old, new, changed, settings[-1].place, settings[-1].path, problems)
            # Shares that do not add up are told once: the rest is read with the old ones.
            root = _replace(root, list(steps), scaled if len(problems.found) == already else old)
    return root


def _parse(root: Node, text: str, option: str = "") -> _Setting:
    path, equals, value_text = text.partition("=")
    path = path.strip()
    place = Place(option or f"--set {path}")
    if not equals or not path:
        message = "expected path=value, as in labs.Aurora.use.training=20%"
        raise ScenarioError([Problem(f"--set {text}", 0, 0, "", message)])
    value = parse(value_text, place.file, located=False) or scalar("", place)
    steps: list[str | int] = []
    shares = False
    level, rest, so_far = _Level("block", Draw), path, ""
    node: Node | None = root
    while rest:
        key, rest = _step(level, node, rest, so_far, place)
        if level.kind == "list" and not (node is not None and node.is_list):
            level = _Level("block", level.of)  # one block in place of a list: its name or number means itself
            continue
        parameter = level.parameter
        numbers = level.kind in ("numbers", "dated_numbers")
        shares = not rest and numbers and parameter is not None and parameter.key == "use"
        level, node, step = _down(level, node, key)
        steps.append(step)
        so_far = join(so_far, key)
        if level.kind == "list" and node is not None and node.is_map and rest and not _names_item(node, rest):
            level = _Level("block", level.of)
    return _Setting(path, value, place, steps, shares)


def _names_item(node: Node, rest: str) -> bool:
    name = item_name(node)
    return bool(_begins(rest, "0") or _begins(rest, "[0]") or (name and _begins(rest, name)))


def _begins(rest: str, key: str) -> bool:
    return rest == key or rest.startswith((key + ".", key + "["))


def _step(level: _Level, node: Node | None, rest: str, so_far: str, place: Place) -> tuple[str, str]:
    """The key that a path begins with at this level, and what is left of the path."""
    valid = _keys(level, node)
    found = max((key for key in valid if _begins(rest, key)), key=len, default="")
    if not found and level.kind == "dated":
        first = rest.split(".", maxsplit=1)[0]
        found = first if looks_like_date(first) else ""
    if not found and level.kind == "numbers" and _open(level):
        found = rest
    if not found:
        shown = [key for key in valid if not key.startswith("[")]
        first = re.split(r"[.\[]", rest, maxsplit=1)[0] or rest.split(".", maxsplit=1)[0]
        whole = rest if nearest(rest, shown) and not nearest(first, shown) else first
        near = (meant_by(level.of, first) if level.kind == "block" and level.of else "") or _below(node, level, first)
        near = near or nearest(whole, shown)
        where = f"`{so_far}`" if so_far else "a scenario"
        empty = " (it has no items)" if level.kind == "list" else " (it is one value)"
        known = "" if near else f" (known: {', '.join(dict.fromkeys(shown[:12]))})" if shown else empty
        message = f"{where} has nothing called {quoted(whole)}{known}"
        raise ScenarioError([Problem(place.file, 0, 0, join(so_far, whole), message, near)])
    return found, rest[len(found) :].removeprefix(".")


def _below(node: Node | None, level: _Level, name: str) -> str:
    """Where a name stands one level down, as an intervention or a lab: `interventions.halt`; "" if nowhere or twice."""
    if level.kind != "block" or node is None or not node.is_map:
        return ""
    kinds = {p.key: p.kind for p in parameters(level.of).values()} if level.of else {}
    found = []
    for key, child in node.entries.items():
        named = child.is_map and kinds.get(key) == "named" and name in child.entries
        listed = child.is_list and kinds.get(key) == "blocks" and name in map(item_name, child.items)
        found += [f"{key}.{name}"] if named or listed else []
    return found[0] if len(found) == 1 else ""


def _open(level: _Level) -> bool:
    """Whether a mapping of numbers may have keys of any name (years, domains)."""
    return level.parameter is not None and level.parameter.unit not in ("accelerators", "FLOP/s", "any")


def _keys(level: _Level, node: Node | None) -> list[str]:
    """What a path may go on with."""
    present = list(node.entries) if node is not None and node.is_map else []
    if level.kind == "block":
        assert level.of is not None
        extra = ["start"] if level.of is Draw else []
        return [*present, *extra, *(p.key for p in parameters(level.of).values()), *BLOCK_KEYS]
    if level.kind == "list":
        items = node.items if node is not None and node.is_list else [node] if node is not None else []
        names = [name for item in items if (name := item_name(item))]
        return [*names, *(str(i) for i in range(len(items))), *(f"[{i}]" for i in range(len(items)))]
    parameter = level.parameter
    if level.kind == "named":
        known = list(catalog.names()) if parameter is not None and parameter.key == "accelerators" else []
        defaults = list(parameter.default) if parameter is not None and isinstance(parameter.default, dict) else []
        return [*present, *known, *defaults, *(FLEETS if parameter and parameter.key == "fleets" else ())]
    if level.kind in ("numbers", "dated_numbers") and parameter is not None:
        if parameter.key == "use":
            return [*present, *COMMON_USES]
        if parameter.unit == "accelerators":
            return [*present, *catalog.names()]
        return [*present, *(PRECISIONS if parameter.unit == "FLOP/s" else ())]
    if level.kind == "dated":
        return [*present, *sorted(SERIES_KEYS), *FACT_KEYS]
    return present if node is not None and node.is_map else []


def _down(level: _Level, node: Node | None, key: str) -> tuple[_Level, Node | None, str | int]:
    """The level and the node below `key`, and the step that leads there."""
    if level.kind == "list":
        assert node is not None
        index = find_item(node, key)
        assert index is not None
        return _Level("block", level.of), node.items[index], index
    below = node.get(key) if node is not None and node.is_map else None
    parameter = level.parameter
    if level.kind == "block":
        assert level.of is not None
        declared = next((p for p in parameters(level.of).values() if p.key == key), None)
        return _level(declared), below, key
    if level.kind == "named":
        return _Level("block", level.of), below, key
    if level.kind in ("numbers", "dated_numbers"):
        return _Level("number" if level.kind == "numbers" else "dated", None, parameter), below, key
    if level.kind == "dated" and key == "value" and node is not None and is_wrapper(node):
        return level, below, key
    return _Level("number"), below, key


def _level(parameter: Parameter | None) -> _Level:
    if parameter is None:
        return _Level("text")
    kind = {"block": "block", "blocks": "list", "named": "named"}.get(parameter.kind, parameter.kind)
    return _Level(kind, parameter.of, parameter)


def _put(node: Node | None, steps: list[str | int], setting: _Setting, problems: Problems, level: _Level) -> Node:
    """`node` (or an empty mapping) with the value laid on what `steps` lead to."""
    if not steps:
        return setting.value if node is None else lay(node, setting.value, problems, setting.path)
    step = steps[0]
    if level.kind == "list" and not isinstance(step, int):
        level = _Level("block", level.of)  # one block in place of a list
    if isinstance(step, int):
        assert node is not None
        items = list(node.items)
        items[step] = _put(items[step], steps[1:], setting, problems, _Level("block", level.of))
        if len(steps) == 1 and setting.value.is_null:
            del items[step]
        return Node("list", node.place, items=items)
    if node is None:
        node = _made(level.parameter, setting.place)
    elif not node.is_map:
        node = mapping(setting.place)
    new = Node("map", node.place, entries=dict(node.entries), keys=dict(node.keys))
    if len(steps) == 1 and setting.value.is_null:
        new.entries.pop(step, None)
        return new
    below, child, _ = _down(level, node, step)
    new.put(step, _put(child, steps[1:], setting, problems, below), setting.place)
    return new


def _made(parameter: Parameter | None, place: Place) -> Node:
    """The mapping that stands where none was stated: the default's names and numbers, so that one can be changed."""
    default: Any = parameter.default if parameter is not None else None
    if parameter is None or parameter.kind not in ("numbers", "dated_numbers", "named", "dated") or not default:
        return mapping(place)
    if not isinstance(default, dict):
        return mapping(place)
    made = node_of(default, DEFAULT)
    if parameter.source and parameter.kind != "named":
        made.put("source", scalar(parameter.source, DEFAULT, plain=False), DEFAULT)
    return made


def _default_mapping(setting: _Setting, root: Node) -> Node:
    """The mapping of shares as it was by default before a setting made it."""
    return _made(parameters(Lab)["use"], setting.place)


def _find(root: Node, steps: Sequence[str | int]) -> Node | None:
    node: Node | None = root
    for step in steps:
        if node is None:
            return None
        node = node.items[step] if isinstance(step, int) else node.get(step)
    return node


def _replace(node: Node, steps: list[str | int], value: Node) -> Node:
    """`node` with what `steps` lead to replaced."""
    if not steps:
        return value
    step = steps[0]
    if isinstance(step, int):
        items = list(node.items)
        items[step] = _replace(items[step], steps[1:], value)
        return Node("list", node.place, items=items)
    new = Node("map", node.place, entries=dict(node.entries), keys=dict(node.keys))
    new.entries[step] = _replace(node.entries[step], steps[1:], value)
    return new
