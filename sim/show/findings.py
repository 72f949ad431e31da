"""The answer to a scenario's question in a few sentences: the titles of the pictures that show it."""

from __future__ import annotations

from sim.show import copies, windows, workforce
from sim.show.deployed import workforces
from sim.show.openings import points, shown
from sim.show.simulated import Simulated, start_of


def findings(result: Simulated) -> list[str]:
    """How many copies, how long the windows, how large the workforce; none of what there is nothing to say about."""
    found = []
    models = shown(points(result))
    if any(point.known for point in models):
        found.append(copies.headline(models))
    strips = windows.strips(result)
    if strips:
        found.append(windows.headline(strips, start_of(result)))
    labs = workforces(result)
    if labs:
        found.append(workforce.headline(labs))
    return [f"{text}." for text in found]
