"""A warning of pairs: a stop of training that nearly holds, in a changed world and not in the base."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.pair import Pair
from sim.tables.leaks import leaks


def new_leaks(pair: Pair) -> list[str]:
    """What the changed world warns of, and the base does not."""
    known = leaks(pair.base.record.draw)
    return [text for text in leaks(pair.world.record.draw) if text not in known]


def leaky(pairs: Sequence[Pair]) -> list[str]:
    """The same of several changed worlds, with their names."""
    return [f"{pair.name}: {text}" for pair in pairs for text in new_leaks(pair)]
