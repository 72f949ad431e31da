"""The pictures of a comparison, by name, and as files."""

from __future__ import annotations

from pathlib import Path

from sim.show.against import against
from sim.show.compared import Compared
from sim.show.dwell import dwell
from sim.show.page import Picture
from sim.show.pictures import save_all
from sim.show.post_picture import table
from sim.show.style import styled
from sim.show.time_bought import time_bought

WHOLE = {"time_bought": time_bought, "dwell": dwell, "table": table}
"""Pictures of all changed worlds together."""

OVER_TIME = "over_time"


def pictures(comparison: Compared) -> list[str]:
    """Names of the pictures; `over_time NAME` where there are several changed worlds."""
    names = [pair.name for pair in comparison.pairs]
    each = [OVER_TIME] if len(names) == 1 else [f"{OVER_TIME} {name}" for name in names]
    return [*WHOLE, *each]


def figure(comparison: Compared, name: str) -> Picture:
    """One picture of a comparison. Raises ValueError, with the names that there are, for another name."""
    known = pictures(comparison)
    if name not in known:
        raise ValueError(f"no picture is called {name!r}; there are {', '.join(known)}")
    with styled():
        if name in WHOLE:
            return WHOLE[name](comparison)
        world = name.removeprefix(OVER_TIME).strip()
        return against(comparison, world or comparison.pairs[0].name)


def draw_all(comparison: Compared, folder: Path, svg: bool = False) -> list[Path]:
    """Write all pictures to a folder as PNG (and SVG); of several worlds over time numbered in their order."""
    drawn = (
        (name if name in WHOLE or name == OVER_TIME else f"{OVER_TIME}-{n - len(WHOLE) + 1}", figure(comparison, name))
        for n, name in enumerate(pictures(comparison))
    )
    return save_all(drawn, folder, svg)
