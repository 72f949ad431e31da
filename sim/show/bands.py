"""A lab's compute in the few bands that a reader can tell apart: training, what it freed, inference, experiments."""

from __future__ import annotations

import numpy as np

from sim.show.uses import Array, Earmark, Uses, sampled
from sim.world.record import RunRecord

TRAINING, INFERENCE, EXPERIMENTS, OTHER = "training", "inference", "experiments", "other"
MOVED = "inference on chips that a finished run freed"


def fleets_of(record: RunRecord, uses: set[str]) -> list[str]:
    """Those of the uses that are fleets: the ones that get accelerators from runs first."""
    receivers = {run.after_training.to for lab in record.draw.labs.values() for run in lab.runs if run.after_training}
    fleets = {name for lab in record.draw.labs.values() for name in lab.fleets}
    return sorted(uses & fleets, key=lambda use: (use not in receivers, use))


def bands_of(uses: Uses, earmarks: list[Earmark], fleets: list[str], *, merged: bool) -> dict[str, Array]:
    """Band -> H100e on the days of `uses`, from the axis up; together they are the cluster.

    merged: all fleets are one band (`inference`), and so is what is idle, in repair or waits for power (`other`).
    What fleets hold by an earmark is a band of its own.
    """
    none = np.zeros(len(uses.days))
    moved = none
    rest: dict[str, Array] = {}
    for fleet in fleets:
        line = uses.by_use.get(fleet, none)
        held = sum((sampled(mark.steps, uses.days) for mark in earmarks if mark.fleet == fleet), none)
        of_runs = np.minimum(line, held)
        moved = moved + of_runs
        rest[fleet] = line - of_runs
    found = {TRAINING: uses.by_use.get(TRAINING, none), MOVED: moved}
    if merged:
        found[INFERENCE] = sum(rest.values(), none)
    else:
        found.update(rest)
    found[EXPERIMENTS] = uses.by_use.get(EXPERIMENTS, none)
    others = {use: line for use, line in sorted(uses.by_use.items()) if use not in (TRAINING, EXPERIMENTS, *fleets)}
    if merged:
        found[OTHER] = sum(others.values(), none)
    else:
        found.update(others)
    return {band: line for band, line in found.items() if line.any()}
