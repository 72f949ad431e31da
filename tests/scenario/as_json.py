"""A scenario's text as an editor's YAML parser hands it to a JSON Schema validator (YAML 1.2 core schema)."""

from __future__ import annotations

import re
from typing import Any

from sim.scenario.yaml_tree import NULLS, Node, parse

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def as_json(text: str) -> Any:
    root = parse(text, "f.yaml")
    assert root is not None
    return _value(root)


def _value(node: Node) -> Any:
    if node.is_map:
        return {key: _value(item) for key, item in node.entries.items()}
    if node.is_list:
        return [_value(item) for item in node.items]
    text = node.text
    if not node.plain:
        return text
    if text in NULLS:
        return None
    if text in _FLAGS:
        return _FLAGS[text]
    if _INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
