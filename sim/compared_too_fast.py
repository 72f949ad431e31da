"""A warning of a comparison: models that make more tokens/s than their parameters allow at their chips' peak."""

from __future__ import annotations

from collections.abc import Mapping

from sim.result_warnings import too_fast
from sim.tables.rates import Rates


def too_fast_in(worlds: Mapping[str, Rates]) -> list[str]:
    """The warning of each world, once for those of which it is the same. worlds: by name, the base first."""
    names: dict[str, list[str]] = {}
    for name, rates in worlds.items():
        for text in too_fast(rates):
            names.setdefault(text, []).append(name)
    return [f"{'all worlds' if len(found) == len(worlds) else ', '.join(found)}: {text}"
            for text, found in names.items()]  # fmt: skip
