"""The pictures of a simulated scenario, by name, and as files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sim.show.alignment import alignment
from sim.show.compute import compute
from sim.show.copies import copies
from sim.show.gantt import gantt
from sim.show.mediocre import mediocre
from sim.show.page import Picture
from sim.show.png import png
from sim.show.simulated import Simulated
from sim.show.style import styled
from sim.show.windows import windows
from sim.show.workforce import workforce
from sim.tables.alignment_work import counts_alignment

PICTURES: dict[str, Callable[[Simulated], Picture]] = {
    "copies": copies,
    "workforce": workforce,
    "compute": compute,
    "windows": windows,
    "gantt": gantt,
    "mediocre": mediocre,
    "alignment": alignment,
}
"""Name -> how the picture is drawn, in the order in which a reader wants them."""


def pictures_of(result: Simulated) -> list[str]:
    """Names of the pictures that a result fills: that of alignment work only where it is counted."""
    return [name for name in PICTURES if name != "alignment" or counts_alignment(result.record)]


def figure(result: Simulated, name: str) -> Picture:
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
    return save_all(((name, figure(result, name)) for name in pictures_of(result)), folder, svg)


def save_all(pictures: Iterable[tuple[str, Picture]], folder: Path, svg: bool = False) -> list[Path]:
    """Write pictures as NAME.png (and NAME.svg); one is packed and written while the next is drawn."""
    written, packing = [], []
    with ThreadPoolExecutor(max_workers=1) as packer, styled():
        for name, drawn in pictures:
            written.append(folder / f"{name}.png")
            packing.append(packer.submit(_write_png, written[-1], drawn.pixels(), drawn.dpi))
            if svg:
                written.append(save(drawn, folder / f"{name}.svg"))
    for done in packing:
        done.result()
    return written


def save(drawn: Picture, path: Path) -> Path:
    """Write one figure, by its suffix as PNG or SVG: aside first, then renamed."""
    with styled():
        if path.suffix == ".png":
            _write_png(path, drawn.pixels(), drawn.dpi)
        else:
            with _aside(path) as aside:
                drawn.savefig(aside, format=path.suffix[1:], metadata={"Date": None, "Creator": None})
    return path


def _write_png(path: Path, pixels: Any, dpi: float) -> None:
    with _aside(path) as aside:
        aside.write_bytes(png(pixels, dpi))


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """A path to write to, renamed to `path` when that is done; nothing is left of what failed."""
    aside = path.with_name(f".{path.name}.part")
    try:
        yield aside
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
