"""What a lab gives to its uses, runs apart, from one decision to the next: flat lists, as there are many of them."""

from __future__ import annotations

from typing import Any, Final

from sim.model.lab import EXPERIMENTS, IDLE

Use = tuple[str, str]
"""(experiments, a fleet or idle; of a fleet the model that it runs, else empty)."""

Split = tuple[float, str, list[Use], list[str], list[float]]
"""(day, lab, uses, types, counts): from then on the n-th use has `counts[n * len(types) + k]` of the k-th type.

Experiments come first and idle, if anything is, last; a fleet's models are one after another. Labs that go on with the
same uses or types go on with the same lists. Types are only ever added to those of a lab.
"""

Deployed = tuple[str, str, dict[str, float]]
"""(fleet, model, accelerators by type that run it there)."""

OF_EXPERIMENTS: Final[Use] = (EXPERIMENTS, "")
OF_IDLE: Final[Use] = (IDLE, "")


def nothing(lab: str) -> tuple[Any, ...]:
    """The split of a lab before its first decision."""
    return (0.0, lab, [], [], [])


def held_by(types: list[str], counts: list[float], n: int) -> dict[str, float]:
    """What the n-th use has, by type; without those of which it has none."""
    first = n * len(types)
    held = {}
    for k, kind in enumerate(types):
        count = counts[first + k]
        if count:
            held[kind] = count
    return held


def experiments_of(split: Split) -> dict[str, float]:
    """Accelerators of experiments, by type."""
    _, _, uses, types, counts = split
    return held_by(types, counts, 0) if uses else {}


def idle_of(split: Split) -> dict[str, float]:
    """Accelerators that are idle, by type."""
    _, _, uses, types, counts = split
    return held_by(types, counts, len(uses) - 1) if uses and uses[-1] == OF_IDLE else {}


def deployed_of(split: Split, wanted: str = "") -> list[Deployed]:
    """What fleets run; `wanted`: this fleet alone."""
    _, _, uses, types, counts = split
    return [
        (fleet, model, held_by(types, counts, n))
        for n, (fleet, model) in enumerate(uses)
        if model and (fleet == wanted or not wanted)
    ]
