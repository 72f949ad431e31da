"""YAML text as a tree of located nodes.

Read from PyYAML's events, without recursion and without constructing anything: tags are refused, depth
and total size (with aliases expanded) are limited. Scalars keep their text; what it means is decided
by what is expected there, with the YAML 1.2 core schema for null, numbers and booleans (so `1e26` is a
number and `NO` a string).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sim.scenario.not_yaml import why_not
from sim.scenario.problem import NOWHERE, Place, Problems, ScenarioError, join, quoted

DEEPEST = 100
"""Levels of nesting that are read."""

LONGEST_KEY = 500

MOST_NODES = 20_000
"""Keys and values in one file, aliases expanded: checked within 2 s; the largest scenario here has a tenth of it."""

NULLS = frozenset(("", "~", "null", "Null", "NULL"))

_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that YAML does not allow."""

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What begins a new line for the parser."""

_LOADER = "CSafeLoader"
"""PyYAML's loader, where it was built with it."""


@dataclass(slots=True, eq=False)
class Node:
    """A mapping (`entries`, with the place of each key in `keys`), a list (`items`) or a scalar (`text`).

    `plain` scalars were written without quotes. `from_csv`: the dated values of a CSV series. Nodes are
    shared by aliases and never changed after reading.
    """

    kind: str
    place: Place
    text: str = ""
    plain: bool = True
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)
    size: int = 1
    from_csv: bool = False

    @property
    def is_map(self) -> bool:
        return self.kind == "map"

    @property
    def is_list(self) -> bool:
        return self.kind == "list"

    @property
    def is_unreadable(self) -> bool:
        """Its problems are reported already."""
        return self.kind == "unreadable"

    @property
    def is_scalar(self) -> bool:
        return self.kind == "scalar"

    @property
    def is_null(self) -> bool:
        return self.kind == "scalar" and self.plain and self.text in NULLS

    def get(self, key: str) -> Node | None:
        """The stated value of `key` in a mapping; None if absent or null."""
        node = self.entries.get(key)
        return None if node is None or node.is_null else node

    def put(self, key: str, node: Node, place: Place | None = None) -> None:
        """Adds or replaces an entry (only on mappings that are being made)."""
        self.entries[key] = node
        self.keys[key] = place or self.keys.get(key) or node.place

    def what(self) -> str:
        """The node in words, for messages."""
        if self.is_scalar:
            return "nothing" if self.is_null else quoted(self.text)
        return "a mapping" if self.is_map else "a list" if self.is_list else "what cannot be read"


_NO_ITEMS: list[Node] = []
_NO_ENTRIES: dict[str, Node] = {}
_NO_KEYS: dict[str, Place] = {}


def scalar(text: str, place: Place = NOWHERE, plain: bool = True) -> Node:
    # Scalars share their empty containers, which nothing fills: a file may have many thousands of them.
    return Node("scalar", place, text, plain, _NO_ITEMS, _NO_ENTRIES, _NO_KEYS)


def mapping(place: Place = NOWHERE) -> Node:
    return Node("map", place)


def unreadable(place: Place) -> Node:
    """Stands for a value whose problems are reported already: it reads as one that cannot be read."""
    return Node("unreadable", place)


def node_of(value: Any, place: Place = NOWHERE) -> Node:
    """The node of a Python value made of dicts, lists, texts, numbers and flags (declared defaults)."""
    if isinstance(value, dict):
        node = mapping(place)
        for key, item in value.items():
            node.put(str(key), node_of(item, place), place)
        return node
    if isinstance(value, list | tuple):
        return Node("list", place, items=[node_of(item, place) for item in value])
    if isinstance(value, bool):
        return scalar("yes" if value else "no", place)
    return scalar("null" if value is None else str(value), place, plain=not isinstance(value, str) or bool(value))


@dataclass(slots=True)
class _Open:
    """A container whose end has not been read yet."""

    node: Node
    path: str
    anchor: str | None
    key: str | None = None
    key_place: Place | None = None
    merged: list[Node] = field(default_factory=list)


class _Stop(Exception):
    """Reading cannot go on."""


class _Builder:
    def __init__(self, file: str, via: str, located: bool) -> None:
        self.file, self.via, self.located = file, via, located
        self.problems = Problems()
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node | None] = {}
        self.root: Node | None = None
        self.total = 0

    def place(self, mark: Any) -> Place:
        return Place(self.file, mark.line + 1, mark.column + 1, self.via) if self.located else Place(self.file)

    def fail(self, place: Place, message: str, path: str = "") -> None:
        self.problems.add(place, path, message)
        raise _Stop

    def here(self) -> str:
        """Path of the value that comes next."""
        if not self.stack:
            return ""
        top = self.stack[-1]
        return f"{top.path}[{len(top.node.items)}]" if top.node.is_list else join(top.path, top.key or "")

    def event(self, event: Any) -> None:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            self.alias(event)
        elif isinstance(event, yaml.NodeEvent):
            place = self.place(event.start_mark)
            if event.tag is not None:  # type: ignore[attr-defined]
                tag = quoted(str(event.tag))  # type: ignore[attr-defined]
                self.fail(place, f"YAML tags are not allowed: {tag}", self.here())
            if isinstance(event, yaml.ScalarEvent):
                plain = event.style is None or event.style == ""
                self.add(scalar(event.value, place, plain), event.anchor)
                return
            if len(self.stack) >= DEEPEST:
                self.fail(place, f"nested deeper than {DEEPEST} levels")
            node = Node("map" if isinstance(event, yaml.MappingStartEvent) else "list", place)
            if event.anchor:
                self.anchors[event.anchor] = None
            self.stack.append(_Open(node, self.here(), event.anchor))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            done = self.stack.pop()
            for other in done.merged:
                for key, node in other.entries.items():
                    if key not in done.node.entries:
                        done.node.put(key, node, other.keys[key])
            self.add(done.node, done.anchor)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            self.fail(self.place(event.start_mark), "a second document begins here; a file holds one scenario")

    def alias(self, event: Any) -> None:
        place = self.place(event.start_mark)
        if event.anchor not in self.anchors:
            self.fail(place, f"alias *{event.anchor} has no anchor &{event.anchor} before it", self.here())
        node = self.anchors[event.anchor]
        if node is None:
            self.fail(place, f"alias *{event.anchor} stands inside its own anchor", self.here())
        assert node is not None
        self.total += node.size - 1
        self.add(node, None, place)

    def add(self, node: Node, anchor: str | None, at: Place | None = None) -> None:
        """Puts a complete node into the container that is open."""
        self.total += 1
        if self.total > MOST_NODES:
            self.fail(at or node.place, f"more than {MOST_NODES:,} keys and values, aliases expanded")
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        top.node.size += node.size
        if top.node.is_list:
            top.node.items.append(node)
        elif top.key is None:
            if not node.is_scalar:
                self.fail(at or node.place, "a key must be a plain text", top.path)
            top.key, top.key_place = node.text, at or node.place
        else:
            self.pair(top, node)

    def pair(self, top: _Open, node: Node) -> None:
        key, place = top.key, top.key_place
        assert key is not None and place is not None
        path = self.here()
        top.key = None
        if key == "<<":
            parts = node.items if node.is_list else [node]
            if not all(part.is_map for part in parts):
                self.fail(place, "the merge key << takes an alias of a mapping", top.path)
            top.merged.extend(parts)
        elif key in top.node.entries:
            first = top.node.keys[key]
            where = f" (first on line {first.line})" if first.line else ""
            self.problems.add(place, path, f"key {quoted(key)} is stated twice{where}")
            again = top.node.entries[key]
            if again.is_map and node.is_map:
                # So that what names the second's keys is not reported too. A new node: aliases may share these two.
                entries, keys = {**node.entries, **again.entries}, {**node.keys, **again.keys}
                top.node.entries[key] = Node("map", again.place, entries=entries, keys=keys)
        elif len(key) > LONGEST_KEY:
            self.problems.add(place, top.path, f"a key is longer than {LONGEST_KEY} characters")
        elif not key.strip():
            self.problems.add(place, top.path, "a key is empty")
        else:
            top.node.put(key, node, place)


def parse(
    text: str, file: str, via: str = "", located: bool = True, problems: Problems | None = None, loader: Any = None
) -> Node | None:
    """The tree of one YAML document; None if the text is empty.

    `file` names the text in messages, `via` the place that extends it. With `located` False (options of
    the command line) places have no line. `problems`: takes what does not keep the rest from being read (a key stated
    twice, of which the first counts). `loader`: of PyYAML (the fastest, if None).
    Raises `ScenarioError` with every problem found.
    """
    import yaml  # here, so that what only has trees (a worker that simulates draws) does not import it

    loader = loader or getattr(yaml, _LOADER, yaml.SafeLoader)
    builder = _Builder(file, via, located)
    strange = _NOT_TEXT.search(text)
    if strange:
        before = _BREAK.split(text[: strange.start()])
        line, column = len(before), len(before[-1]) + 1
        place = Place(file, line, column, via) if located else Place(file)
        builder.problems.add(place, "", f"holds the character U+{ord(strange[0]):04X}, which is no text")
        raise ScenarioError(builder.problems.found)
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.event(event)
        if problems is not None:
            problems.found.extend(builder.problems.found)
            return builder.root
    except _Stop:
        pass
    except yaml.MarkedYAMLError as error:
        if "nesting depth" in str(error.problem) and loader is not yaml.SafeLoader:
            # The C parser has a limit of its own, which it meets as it reads ahead; the other one tells where ours is.
            return parse(text, file, via, located, problems, yaml.SafeLoader)
        mark, what = why_not(error, text)
        builder.problems.add(builder.place(mark) if mark else Place(file, via=via), "", f"this is not YAML: {what}")
    except yaml.YAMLError as error:
        builder.problems.add(Place(file, via=via), "", f"this is not YAML: {' '.join(str(error).split())}")
    if builder.problems.found:
        raise ScenarioError(builder.problems.found)
    return builder.root
