"""A warning of draws in pairs: models that make more tokens/s than their parameters allow at their chips' peak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.analysis.pair import Pair
from sim.analysis.paired import BASE, beyond_column
from sim.ensemble.part import OUTCOMES
from sim.ensemble.store import Store
from sim.ensemble.too_fast import share_of_draws
from sim.tables.percent import percent


def beyond_of(store: Store, central: Sequence[Pair]) -> dict[str, dict[str, Any]]:
    """World, the base first -> share of draws with any such model, and its Monte Carlo error."""
    names = [BASE, *(pair.name for pair in central)]
    columns = [beyond_column(name) for name in names]
    chunks: list[Any] = list(store.read(OUTCOMES, columns))
    return {name: share_of_draws(np.sort(np.concatenate([chunk[column] for chunk in chunks])))
            for name, column in zip(names, columns, strict=True)}  # fmt: skip


def warnings(found: dict[str, dict[str, Any]]) -> list[str]:
    """The warning, if there is any such draw. found: of `beyond_of`."""
    shares = {name: of.get("share_of_draws", 0.0) for name, of in found.items()}
    if not any(shares.values()):
        return []
    if len({*shares.values()}) == 1:
        where = f"{percent(shares[BASE])} of draws"
    else:
        where = ", ".join(f"{percent(share)} of draws ({name})" for name, share in shares.items())
    return [f"in {where} some model makes more tokens/s than its parameters allow at its chips' peak: inference "
            "efficiency has grown too far there; read copies and AI work as the same capability made cheaper, or lower "
            "`software.inference`"]  # fmt: skip
