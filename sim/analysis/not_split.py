"""Why the days that an intervention gave back at no level of a pair could be split by cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.analysis.derivation import BACK
from sim.analysis.pair import Pair

Row = Mapping[str, Any]


def not_split(pair: Pair, returned: Sequence[Row], rebound: Sequence[Row]) -> str:
    """The reason in a sentence; "" if any level is split. returned, rebound: rows of these tables, of this pair.

    A level that a lab which is not bound reaches first is not split: no time came back there.
    """
    if not pair.world.intervened(pair.end):
        return "nothing to split: no intervention is in force in it before the end"
    if not returned:
        return ("nothing to split: after an intervention began, no level is reached in both worlds before the end, on "
                "days that are known")  # fmt: skip
    first = {row["level"]: row for row in rebound}
    ours = [row for row in returned if row["level"] not in first or first[row["level"]]["binds_first"] is not False]
    if not ours:
        return "nothing to split: at each level that was reached after it began, a lab is first whom it does not bind"
    if any(row[name] is not None for row in ours for name, _ in BACK):
        return ""
    return ("nothing could be split: by what gave time back is known only where an intervention holds in full and is "
            "over before the level is reached, in each world that the split simulates")  # fmt: skip
