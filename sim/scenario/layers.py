"""The files that make up one scenario: `extends:`, `over:`, overlays, in that order of precedence (last wins)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import PurePath

from sim.scenario.files import beside, read_text, readable
from sim.scenario.merge import lay
from sim.scenario.problem import DEFAULT, Place, Problem, Problems, ScenarioError, quoted
from sim.scenario.yaml_tree import Node, parse

LONGEST_CHAIN = 30
"""Files that one scenario may extend in a row."""

LAYER_KEYS = ("extends", "over")


def read_layers(path: str, overlays: Sequence[str], text: str | None, problems: Problems) -> tuple[Node, str]:
    """The merged tree of a scenario file and of overlays laid on it, and the scenario's name.

    text: the file's content, if it is not to be read. problems: takes what does not keep the rest from being checked.
    Raises `ScenarioError` where a file cannot be read.
    """
    top = _read(path, None, [], True, problems, text)
    return lay_files(top, _name(top, path) if top is not None else "", overlays, problems)


def lay_files(tree: Node | None, name: str, overlays: Sequence[str], problems: Problems) -> tuple[Node, str]:
    """A tree with overlays laid on it, and the scenario's name, theirs joined to `name`.

    tree: None if it could not be read. Raises `ScenarioError` where a file cannot be read.
    """
    names, whole = [name], tree is not None
    for overlay in overlays:
        over = _read(overlay, None, [], False, problems, None)
        if over is None or tree is None:
            whole = False
            continue
        names.append(_name(over, overlay))
        tree = lay(tree, over, problems)
    if not whole:
        problems.stop_if_any()
    assert tree is not None
    return tree, " + ".join(names)


def is_overlay(file: str | os.PathLike[str]) -> bool:
    """Whether a file only changes another: it names one by `over:`, or has neither `start` nor `extends`.

    Raises `ScenarioError` if it cannot be read.
    """
    root = read_root(os.fspath(file))
    return root.get("over") is not None or (root.get("start") is None and root.get("extends") is None)


def base_of(
    file: str | os.PathLike[str], text: str | None = None, problems: Problems | None = None
) -> str | None:  # fmt: skip
    """The file that an overlay names by `over:`, beside it; None if it names none. Raises `ScenarioError`.

    text: the overlay's content, if it is not to be read. problems: as in `parse`.
    """
    node = read_root(os.fspath(file), None, text, problems).get("over")
    return beside(node.place, node.text) if node is not None and node.is_scalar else None


def read_root(
    path: str, asked_by: Place | None = None, text: str | None = None, problems: Problems | None = None
) -> Node:
    """The tree of one file, a mapping. `problems` as in `parse`. Raises `ScenarioError`."""
    via = f"extended by {asked_by.file}:{asked_by.line}" if asked_by is not None else ""
    if text is None:
        text = read_text(path, asked_by, via)
    root = parse(text, path, via, problems=problems)
    if root is None or root.is_null:
        empty = "the file is empty: a scenario needs `start`, `end` and `labs`"
        raise ScenarioError([Problem(path, 0, 0, "", empty, via=via)])
    if not root.is_map:
        message = f"a scenario is a mapping of keys such as start, end and labs; got {root.what()}"
        raise ScenarioError([Problem(path, root.place.line, root.place.column, "", message, via=via)])
    return root


def _read(
    path: str,
    asked_by: Place | None,
    chain: list[tuple[str, str]],
    follow_over: bool,
    problems: Problems,
    text: str | None,
) -> Node | None:
    """A file laid on what it extends; None if there are problems. The file's own name is kept apart (`_name`)."""
    try:
        root = read_root(path, asked_by, text, problems)
    except ScenarioError as error:
        problems.found.extend(error.problems)
        return None
    chain = [*chain, (os.path.realpath(path), path)]
    keys = [key for key in LAYER_KEYS if root.get(key) is not None]
    if len(keys) > 1:
        problems.add(root.keys["over"], "over", "a file either extends another or lies over one, not both")
        return None
    own = {key: node for key, node in root.entries.items() if key not in LAYER_KEYS}
    body = Node("map", root.place, entries=own, keys=root.keys)
    if not keys or (keys == ["over"] and not follow_over):
        return body
    node = root.entries[keys[0]]
    if not node.is_scalar:
        problems.add(node.place, keys[0], f"expected the name of a file, got {node.what()}")
        return None
    base_path = beside(node.place, node.text)
    if os.path.realpath(base_path) in [real for real, _ in chain]:
        names = " -> ".join([*(shown for _, shown in chain), base_path])
        problems.add(node.place, keys[0], f"files extend each other in a circle: {names}")
        return None
    if len(chain) >= LONGEST_CHAIN:
        problems.add(node.place, keys[0], f"more than {LONGEST_CHAIN} files extend each other")
        return None
    base = _read(base_path, node.place, chain, follow_over, problems, None)
    if base is None:
        return None
    for key in ("name",):  # a scenario's name is its own, never that of what it extends
        base.entries.pop(key, None)
    return lay(base, body, problems)


def _name(root: Node, path: str) -> str:
    name = root.get("name")
    inner = name.entries.get("value") if name is not None and name.is_map else name
    if inner is not None and inner.is_scalar:
        return inner.text
    return readable(PurePath(path).stem)


def describe(file: str | os.PathLike[str]) -> tuple[str, str]:
    """Name and question of a scenario file, without reading the rest. Raises `ScenarioError`."""
    path = os.fspath(file)
    root = read_root(path)
    name = _name(root, path)
    seen = {os.path.realpath(path)}
    where = path
    while True:
        question = root.get("question")
        if question is not None:
            return name, question.text
        base = root.get("extends") or root.get("over")
        if base is None or not base.is_scalar:
            return name, ""
        where = beside(base.place, base.text)
        if os.path.realpath(where) in seen:
            raise ScenarioError(
                [
                    Problem(
                        path,
                        base.place.line,
                        base.place.column,
                        "extends",
                        f"files extend each other in a circle at {quoted(where)}",
                    )
                ]
            )
        seen.add(os.path.realpath(where))
        root = read_root(where, base.place)


def named(root: Node, name: str) -> Node:
    """`root` with its name stated."""
    node = root.get("name")
    if node is None or not node.is_scalar or node.text != name:
        node = Node("scalar", DEFAULT, text=name, plain=False)
    entries, keys = {**root.entries, "name": node}, {"name": node.place, **root.keys}
    return Node("map", root.place, entries=entries, keys=keys)
