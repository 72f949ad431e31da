"""Which bloc's labs are first at each level, and by how much."""

from __future__ import annotations

from sim.model.level import threshold
from sim.world.record import RunRecord

Firsts = list[tuple[float, str]]
"""(day, bloc) of the first crossing of a level by a lab of each bloc that reaches it, the earliest first."""


def blocs_of(record: RunRecord) -> list[str]:
    """The blocs of a world's labs, in name order."""
    return sorted({lab.bloc for lab in record.draw.labs.values() if lab.bloc})


def paths_of_blocs(record: RunRecord) -> set[str]:
    """Paths of the blocs that are told apart: what is said of a run rests on them, where there are several."""
    grouped = len(blocs_of(record)) > 1
    return {f"labs.{name}.bloc" for name, lab in record.draw.labs.items() if grouped and lab.bloc}


def firsts(record: RunRecord) -> dict[str, Firsts]:
    """Level -> its first crossings by bloc, from the lowest level up; without those reached at the start."""
    labs = record.draw.labs
    found: dict[str, Firsts] = {}
    for level in sorted(record.draw.levels, key=lambda name: threshold(record.draw, name)):
        days: dict[str, float] = {}
        for (name, lab), (day, _) in record.levels.items():
            bloc = labs[lab].bloc if name == level and lab else ""
            if bloc:
                days[bloc] = min(day, days.get(bloc, day))
        first = sorted((day, bloc) for bloc, day in days.items())
        if first and first[0][0] > 0.0:
            found[level] = first
    return found
