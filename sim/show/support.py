"""How a picture marks what the range of an input rests on: a colour, and a hatch where it is no source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matplotlib.patches import Patch

from sim.scenario.support import Support
from sim.show.style import tint

COLOURS = {Support.SOURCE: "#0072B2", Support.GUESS: "#D55E00", Support.NONE: "#CC79A7"}
HATCHES = {Support.SOURCE: None, Support.GUESS: "////", Support.NONE: "...."}


def bar(support: Support, plain: float, hatched: float) -> dict[str, Any]:
    """How a bar is drawn. plain, hatched: how much of its colour fills it, without a hatch and with one."""
    colour, hatch = COLOURS[support], HATCHES[support]
    return {"facecolor": tint(colour, hatched if hatch else plain), "edgecolor": colour, "hatch": hatch, "lw": 0.0}


def legend_of(
    among: Iterable[Support], plain: tuple[float, ...], hatched: tuple[float, ...], shades: str = ""
) -> list[tuple[Any, str]]:
    """What a legend says of those that are there: a patch for each shade (two as a pair). shades: what these are, in
    words.
    """
    there = set(among)
    found: list[tuple[Any, str]] = []
    for support in (each for each in Support if each in there):
        each = tuple(Patch(**bar(support, *both)) for both in zip(plain, hatched, strict=True))
        verb = "has" if support is Support.NONE else "is"
        words = support.value if found else f"its range {verb} {support.value}{shades}"
        found.append((each[0] if len(each) == 1 else each, words))
    return found
