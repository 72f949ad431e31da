"""Which declared run of a lab a run by its name is one of."""

from __future__ import annotations

from sim.model.training_run import EACH, TrainingRun
from sim.world.record import RunRecord


def spec_named(record: RunRecord, lab: str, run: str, base: str | None = None) -> tuple[int, TrainingRun] | None:
    """Its number among the lab's declared runs, and the declaration. base: the model that it goes on from, where that
    has a part in the name.
    """
    for index, spec in enumerate(record.draw.labs[lab].runs):
        name = spec.name or lab
        if spec.base == EACH:
            if base is not None and run == f"{base} {name}":
                return index, spec
            continue
        if run == name and not spec.numbered:
            return index, spec
        if spec.numbered and run.startswith(f"{name}-") and run[len(name) + 1 :].isdigit():
            return index, spec
    return None
