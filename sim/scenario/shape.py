"""Telling by the shape of a node what kind of value it writes: sourced, uncertain, dated, or from a CSV file.

Used where the declarations do not matter (laying one file on another) as well as where they do.
"""

from __future__ import annotations

from sim.scenario.dates import looks_like_date
from sim.scenario.yaml_tree import Node

FACT_KEYS = ("source", "note", "guess")
WRAPPER_KEYS = frozenset(("value", *FACT_KEYS))
PERCENTILES = ("p10", "p50", "p90")
FAMILIES = {
    "normal": ("mean", "sd"),
    "lognormal": ("median", "gsd"),
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "pert": ("low", "mode", "high"),
    "beta": ("alpha", "beta"),
    "discrete": (),
    "empirical": (),
    "mixture": (),
    "truncate": (),
}
"""Family -> names of its parameters, in the order in which a list gives them (a lognormal's list is p5, p95)."""

OPTIONAL = {"beta": ("low", "high")}
"""Family -> parameters that it takes besides, all or none."""

LIMITS = ("min", "max")
"""Keys that stand beside `truncate`."""

FORMULA = "formula"
"""Key of a number that follows from others."""

SERIES_KEYS = frozenset(("interpolate", "every", "before", "then", "correlation"))
POLICY_KEYS = ("file", "function", "options", "text")
CSV_KEYS = frozenset(("csv", "date", "dates", "value", "where", "unit", *PERCENTILES, "family"))


def is_wrapper(node: Node) -> bool:
    """`{value: 80 GB, source: …}`."""
    return node.is_map and "value" in node.entries and "csv" not in node.entries


def is_distribution(node: Node) -> bool:
    """`{normal: {mean: 3, sd: 1}}`, `{p10: 1, p50: 2, p90: 4}` and the like."""
    if not node.is_map or "csv" in node.entries:
        return False
    if any(key in node.entries for key in PERCENTILES):
        return True
    named = [key for key in FAMILIES if key in node.entries]
    also = (*FACT_KEYS, *LIMITS) if "truncate" in named else FACT_KEYS
    return bool(named) and all(key in also or key in FAMILIES for key in node.entries)


def is_formula(node: Node) -> bool:
    """`{formula: 2 * base}`."""
    return node.is_map and FORMULA in node.entries and not any(map(looks_like_date, node.entries))


def is_csv(node: Node) -> bool:
    """`{csv: file.csv, date: …, value: …}`."""
    return node.is_map and "csv" in node.entries and node.entries["csv"].is_scalar


def is_policy(node: Node) -> bool:
    """`{file: my_policy.py, function: allocate}`."""
    return node.is_map and "file" in node.entries and "function" in node.entries


def is_dated(node: Node) -> bool:
    """`{2022-01-01: 10%, 2024-01-01: 20%}`, with or without its settings."""
    if not node.is_map or not any(looks_like_date(key) for key in node.entries):
        return False
    return all(looks_like_date(key) or key in SERIES_KEYS or key in FACT_KEYS for key in node.entries)


def is_value(node: Node) -> bool:
    """Whether a node is one value, which another value replaces whole."""
    found = (is_wrapper(node), is_distribution(node), is_formula(node), is_csv(node), is_dated(node), is_policy(node))
    return node.is_scalar or any(found)
