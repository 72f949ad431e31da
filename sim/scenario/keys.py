"""Keys of a block: which it may have, and what an unknown one was probably meant to be."""

from __future__ import annotations

from collections.abc import Set
from functools import lru_cache

from sim.model.declare import meant_by, parameters
from sim.scenario.problem import join, nearest, quoted
from sim.scenario.reading import Reading
from sim.scenario.shape import FACT_KEYS
from sim.scenario.yaml_tree import Node

BLOCK_KEYS = (*FACT_KEYS, "guesses")
"""Keys that any block may have besides its declared ones."""


@lru_cache(maxsize=1024)
def keys_of(of: type) -> tuple[frozenset[str], frozenset[str]]:
    """The declared keys of a class, and those that its blocks may have besides."""
    keys = frozenset(parameter.key for parameter in parameters(of).values())
    return keys, frozenset(BLOCK_KEYS) - keys


def _last(path: str) -> str:
    return f"`{path.rsplit('.', 1)[-1]}`" if "." in path else f"`{path}`"


def unknown_keys(
    node: Node, path: str, keys: Set[str], block_keys: Set[str], extra: tuple[str, ...], of: type, reading: Reading
) -> set[str]:
    """Reports unknown keys; returns the known ones that were probably meant."""
    free, meant = bool(extra), set()
    for key in node.entries:
        if key in keys or key in block_keys or key in extra or (free and key.startswith("x-")):
            continue
        what = _last(path) if path else "a scenario"
        known = [*(parameter.key for parameter in parameters(of).values()),
                 *(other for other in BLOCK_KEYS if other in block_keys), *extra]  # fmt: skip
        near = meant_by(of, key) or nearest(key, known) or _elsewhere(key, node.entries[key], of)
        shown = ", ".join(k for k in sorted(known) if k not in BLOCK_KEYS)
        more = "" if near else f"; known are {shown}"
        reading.problems.add(node.keys[key], join(path, key), f"unknown key {quoted(key)} in {what}{more}", near)
        meant.add(near.split(".")[0])
    return meant


def _elsewhere(key: str, node: Node, of: type) -> str:
    """Where a key belongs that the block does not know: in a block inside it, or as one of its named blocks."""
    for parameter in parameters(of).values():
        if parameter.of is None:
            continue
        inner = {declared.key for declared in parameters(parameter.of).values()}
        if parameter.kind == "named" and node.entries and inner.issuperset(node.entries):
            return f"{parameter.key}.{key}"
        if parameter.kind == "block" and key in inner:
            return f"{parameter.key}.{key}"
    return ""
