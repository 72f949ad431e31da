"""Laying one tree on another: what `extends`, overlays and `--set` do.

Mappings are merged; scalars, lists and mappings that are one value (see `shape`) replace what they are
laid on. A mapping laid on a list changes its items by name or by number. `key: null` removes what it is
laid on; where nothing is below, it stays for the reader (a setting not stated, a named block with defaults).
"""

from __future__ import annotations

import re

from sim.scenario.problem import Problems, join, nearest, quoted
from sim.scenario.shape import is_value
from sim.scenario.yaml_tree import Node

_INDEX = re.compile(r"\[?([0-9]{1,9})\]?")


def lay(base: Node, over: Node, problems: Problems, path: str = "") -> Node:
    """`over` laid on `base`, as a new tree (neither is changed)."""
    if not over.is_map:
        return over
    if base.is_list and not is_value(over):
        return _on_list(base, over, problems, path)
    if not base.is_map or (is_value(base) and is_value(over)):
        return over
    merged = Node("map", base.place, entries=dict(base.entries), keys=dict(base.keys))
    for key, node in over.entries.items():
        below = merged.get(key)
        if node.is_null:
            merged.entries.pop(key, None)
            merged.keys.pop(key, None)
        elif below is None:
            merged.put(key, node, over.keys[key])
        else:
            # The key's place goes with the newer text: a problem names the file that a user last wrote.
            merged.put(key, lay(below, node, problems, join(path, key)), over.keys[key])
    return merged


def item_name(node: Node) -> str:
    """The `name:` of an item of a list, or ""."""
    name = node.get("name") if node.is_map else None
    return name.text if name is not None and name.is_scalar else ""


def find_item(base: Node, key: str) -> int | None:
    """Number of the item of a list that a name or a number means."""
    for index, item in enumerate(base.items):
        if item_name(item) == key:
            return index
    found = _INDEX.fullmatch(key)
    return int(found[1]) if found and int(found[1]) < len(base.items) else None


def _on_list(base: Node, over: Node, problems: Problems, path: str) -> Node:
    places = {key: find_item(base, key) for key in over.entries}
    if over.entries and all(place is None for place in places.values()):
        if any(not (node.is_map or node.is_null) for node in over.entries.values()):
            return over  # one block in place of the list
    items: list[Node | None] = list(base.items)
    for key, node in over.entries.items():
        index = places[key]
        if index is None:
            names = [name for name in map(item_name, base.items) if name]
            message = f"the list below has no item {quoted(key)} (its items are {', '.join(names) or 'without names'})"
            problems.add(over.keys[key], join(path, key), message, nearest(key, names))
        elif node.is_null:
            items[index] = None
        else:
            below = items[index]
            assert below is not None
            items[index] = lay(below, node, problems, join(path, key))
    return Node("list", base.place, items=[item for item in items if item is not None])
