"""The pictures of many draws, by name, and as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from sim.ensemble.bands import Band
from sim.ensemble.store import Store
from sim.scenario.problem import nearest
from sim.show.facts import PictureFacts
from sim.show.page import Picture
from sim.show.pictures import save_all
from sim.show.style import styled


class Many(Protocol):
    """An ensemble: `sim.ensembles.Ensemble`, or anything that has these."""

    store: Store

    @property
    def facts(self) -> PictureFacts: ...

    @property
    def summary(self) -> Mapping[str, Any]: ...

    @property
    def bands(self) -> Mapping[str, Band]: ...


def _pictures() -> dict[str, Callable[[Any], Picture]]:
    from sim.show.fans import compute, workforce
    from sim.show.lengths import windows
    from sim.show.levels import levels

    return {"workforce": workforce, "compute": compute, "windows": windows, "levels": levels}


def pictures_of(many: Many) -> list[str]:
    """Names of the pictures: that of levels only where there are any, and rows of draws were kept."""
    levels = many.store.has_rows and (many.summary["levels"] or many.summary["milestones"])
    return [name for name in _pictures() if name != "levels" or levels]


def figure(many: Many, name: str) -> Picture:
    """One picture of many draws. Raises ValueError, with the names that there are, for another name."""
    known = _pictures()
    if name not in known:
        near = nearest(str(name), known)
        raise ValueError(f"no picture is called {name!r}{f' (did you mean {near!r}?)' if near else ''}; there are "
                         f"{', '.join(known)}")  # fmt: skip
    with styled():
        return known[name](many)


def draw_all(many: Many, folder: Path, svg: bool = False) -> list[Path]:
    """Write all pictures to a folder as NAME.png (and NAME.svg): the same draws give the same bytes."""
    return save_all(((name, figure(many, name)) for name in pictures_of(many)), folder, svg)
