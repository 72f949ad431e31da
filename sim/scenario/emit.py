"""Writes a merged tree as YAML: the effective scenario, in one order of keys, number texts as they were written."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

from sim.model.declare import Parameter, parameters
from sim.model.draw import Draw
from sim.scenario.keys import BLOCK_KEYS
from sim.scenario.shape import FACT_KEYS, FAMILIES, FORMULA, LIMITS, PERCENTILES, is_distribution, is_wrapper
from sim.scenario.yaml_tree import NULLS, Node, mapping, scalar

FIRST = ("name", "question", "note", "start", "end")
"""Keys with which a scenario begins."""

_VALUE_ORDER = ("value", FORMULA, "csv", *FAMILIES, *PERCENTILES, "family", *LIMITS, "weight",
                *dict.fromkeys(name for names in FAMILIES.values() for name in names))  # fmt: skip
_SETTINGS = ("before", "interpolate", "every", "then", "correlation", *FACT_KEYS, "guesses")
_NEVER_WRAPPED = frozenset((*FACT_KEYS, "guesses", "name", "value", "interpolate", "family", "sources", "correlation",
                            "correlations", "inputs", "matrix", "input_order"))  # fmt: skip
_SAFE = re.compile(r"[A-Za-z0-9_$./+(~=^][A-Za-z0-9_ ./%+(),;=<>~*$@&!?'^-]*")
_SPECIAL = re.compile(
    r"[-+]?(\.[0-9]+|[0-9][0-9_,]*(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0x[0-9a-fA-F]+|0o[0-7]+|[-+]?\.(inf|Inf|INF)"
    r"|\.(nan|NaN|NAN)|true|True|TRUE|false|False|FALSE"
)


def emit(root: Node) -> str:
    """The YAML text of a scenario's tree. Free keys (`x-…`) are left out: what they anchor stands where it is used."""
    entries = {key: node for key, node in root.entries.items() if not key.startswith("x-")}
    lines: list[str] = []
    _block(dataclasses.replace(root, entries=entries), Draw, 0, lines, "")
    return "\n".join(lines) + "\n"


def _ordered(node: Node, of: type | None) -> list[str]:
    """The keys of a mapping in the order in which they are written."""
    if of is Draw:
        declared = [p.key for p in parameters(Draw).values() if p.key != "labs"]
        rank = [*FIRST, *declared, "labs", "sources"]
    elif of is not None:
        rank = ["name", *(p.key for p in parameters(of).values()), *BLOCK_KEYS]
    else:
        rank = [*_VALUE_ORDER, *sorted(k for k in node.entries if k not in (*_VALUE_ORDER, *_SETTINGS)), *_SETTINGS]
    places = {key: index for index, key in reversed(list(enumerate(rank)))}
    return sorted(node.entries, key=lambda key: (places.get(key, len(rank)), key))


def _parameter(of: type | None, key: str) -> Parameter | None:
    if of is None:
        return None
    return next((p for p in parameters(of).values() if p.key == key), None)


def _block(node: Node, of: type | None, depth: int, lines: list[str], facts_file: str) -> None:
    """Writes the entries of a mapping. facts_file: the file whose `source:` or `guess:` holds here."""
    facts_file = _facts_file(node, of, facts_file)
    for key in _ordered(node, of):
        if node.entries[key].is_null:
            continue  # not stated
        parameter = _parameter(of, key)
        inner = parameter.of if parameter is not None else None
        _entry(key, node.entries[key], inner, parameter, depth, lines, facts_file)


def _facts_file(node: Node, of: type | None, outer: str) -> str:
    if is_distribution(node):
        return ""
    declared = {p.key for p in parameters(of).values()} if of is not None else set()
    for key in ("source", "note", "guess", "guesses"):
        if key in node.entries and key not in declared:
            return node.entries[key].place.file
    return outer


def _entry(
    key: str, node: Node, of: type | None, parameter: Parameter | None, depth: int, lines: list[str], facts_file: str
) -> None:
    if key not in _NEVER_WRAPPED:
        node = _own_facts(node, facts_file)
    pad = "  " * depth
    head = f"{pad}{_text(key, True)}:"
    named = parameter is not None and parameter.kind == "named" and not is_wrapper(node)  # null: all its defaults
    if node.is_scalar and parameter is None and key == "text" and _literal(node.text):
        # Code to be read by people before they run it: as it is, in a literal block.
        lines.append(f"{head} |")
        lines.extend(f"{pad}  {line}" if line else "" for line in node.text[:-1].split("\n"))
    elif node.is_scalar:
        lines.append(f"{head} {_text(node.text, node.plain)}")
    elif node.is_list:
        _list(head, node, of, depth, lines, facts_file)
    elif not any(named or not item.is_null for item in node.entries.values()):
        lines.append(f"{head} {{}}")
    elif named:
        lines.append(head)
        facts_file = _facts_file(node, None, facts_file)
        for name in sorted(node.entries, key=lambda k: (k in FACT_KEYS, k)):
            item = node.entries[name]
            _entry(name, mapping() if item.is_null else item, of, None, depth + 1, lines, facts_file)
    else:
        lines.append(head)
        _block(node, of, depth + 1, lines, "" if key == "sources" and depth == 0 else facts_file)


def _list(head: str, node: Node, of: type | None, depth: int, lines: list[str], facts_file: str) -> None:
    if not node.items:
        lines.append(f"{head} []")
        return
    lines.append(head)
    _items(node.items, of, depth + 1, lines, facts_file)


def _items(items: Iterable[Node], of: type | None, depth: int, lines: list[str], facts_file: str) -> None:
    pad = "  " * depth
    for item in items:
        if item.is_scalar:
            lines.append(f"{pad}- {_text(item.text, item.plain)}")
        elif all(inner.is_null for inner in item.entries.values()) and not item.items:
            lines.append(f"{pad}- " + ("{}" if item.is_map else "[]"))
        else:
            inner: list[str] = []
            if item.is_map:
                _block(item, of, depth + 1, inner, facts_file)
            else:
                _items(item.items, None, depth + 1, inner, facts_file)
            lines.append(f"{pad}- " + inner[0][len(pad) + 2 :])
            lines.extend(inner[1:])


def _own_facts(node: Node, facts_file: str) -> Node:
    """A value from another file than the source that holds around it, with the empty source that it has."""
    if not facts_file or node.place.file == facts_file:
        return node
    if node.is_list:
        return dataclasses.replace(node, items=[_own_facts(i, facts_file) if i.is_map else i for i in node.items])
    if node.is_map and "source" in node.entries:
        return node
    wrapped = mapping(node.place)
    if node.is_map:
        wrapped = dataclasses.replace(node, entries=dict(node.entries), keys=dict(node.keys))
    else:
        wrapped.put("value", node)
    wrapped.put("source", scalar("", node.place, plain=False))
    return wrapped


def _text(text: str, plain: bool) -> str:
    """A scalar: without quotes if it reads back as the same, quoted if it would read as something else."""
    special = text in NULLS or bool(_SPECIAL.fullmatch(text))
    safe = bool(_SAFE.fullmatch(text)) and text == text.strip() and not text.startswith("...")
    if text and (safe or special if plain else safe and not special):
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _literal(text: str) -> bool:
    """Whether a text of several lines reads back as the same from a literal block."""
    if text.count("\n") < 2 or text[0] in " \t\n" or not text.endswith("\n") or text.endswith("\n\n"):
        return False
    return all(char.isprintable() or char in "\n\t" for char in text) and "\ufeff" not in text


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char == "\n":
        return "\\n"
    if char == "\t":
        return "\\t"
    if char.isprintable() and char != "\ufeff":
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
