"""The pictures of a simulated scenario, by name, and as files."""

from __future__ import annotations

import os
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from matplotlib.figure import Figure

from sim.show.compute import compute
from sim.show.copies import copies
from sim.show.gantt import gantt
from sim.show.mediocre import mediocre
from sim.show.page import Picture
from sim.show.simulated import Simulated
from sim.show.style import DPI, styled
from sim.show.windows import windows
from sim.show.workforce import workforce

PICTURES: dict[str, Callable[[Simulated], Picture]] = {
    "copies": copies,
    "workforce": workforce,
    "compute": compute,
    "windows": windows,
    "gantt": gantt,
    "mediocre": mediocre,
}
"""Name -> how the picture is drawn, in the order in which a reader wants them."""


def figure(result: Simulated, name: str) -> Figure:
    """One picture of a simulated scenario.

    Raises ValueError, with the names that there are, for another name.
    """
    if name not in PICTURES:
        near = get_close_matches(str(name), PICTURES, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise ValueError(f"no picture is called {name!r}{hint}; there are {', '.join(PICTURES)}")
    with styled():
        return PICTURES[name](result)


def draw_all(result: Simulated, folder: Path, svg: bool = False) -> list[Path]:
    """Write all pictures to a folder as NAME.png (and NAME.svg): the same result gives the same bytes."""
    written = []
    for name in PICTURES:
        drawn = figure(result, name)
        for kind in ("png", "svg") if svg else ("png",):
            written.append(save(drawn, Path(folder) / f"{name}.{kind}"))
    return written


def save(drawn: Figure, path: Path) -> Path:
    """Write one figure, by its suffix as PNG or SVG: aside first, then renamed."""
    aside = path.with_name(f".{path.name}.part")
    kind = path.suffix[1:]
    try:
        with styled():
            if kind == "png":
                drawn.savefig(
                    aside, format=kind, dpi=DPI, metadata={"Software": None}, pil_kwargs={"compress_level": 3}
                )
            else:
                drawn.savefig(aside, format=kind, metadata={"Date": None, "Creator": None})
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    return path
