"""A warning of many draws: models that make more tokens/s than their parameters allow at their chips' peak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.ensemble.estimate import Ordered, share_error
from sim.tables.outcomes import TOO_FAST
from sim.tables.percent import percent


def share_of_draws(line: Ordered) -> dict[str, float]:
    """Share of draws in which there is any, and its Monte Carlo error. line: how many there are in each, ascending."""
    if not line.size:
        return {}
    share = 1.0 - int(line.searchsorted(0.5)) / line.size
    return {"share_of_draws": share, "share_of_draws_error": share_error(share, line.size)}


def warnings(results: Mapping[str, Any]) -> list[str]:
    """The warning, if there is any such draw. results: of `summary.results`."""
    share = results[TOO_FAST].get("share_of_draws", 0.0)
    if not share:
        return []
    return [
        f"in {percent(share)} of draws some model makes more tokens/s than its parameters allow at its chips' peak: "
        "inference efficiency has grown too far there, and the most copies at opening are more than its chips can run; "
        "read them as the same capability made cheaper, or lower `software.inference`"
    ]
