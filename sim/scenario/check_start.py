"""Runs in progress at the start: whether they can be, which only the first instant of the simulation shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.calendar import TICKS_PER_DAY
from sim.model.draw import Draw
from sim.scenario.problem import Problems
from sim.scenario.spec import Spec

if TYPE_CHECKING:
    from sim.world.record import RunRecord


def begun_before(root: Spec, start: float) -> dict[tuple[str, str], Spec]:
    """(lab, run) -> each run that is stated to start before the scenario does, by its central values."""
    found = {}
    for lab in root.blocks("labs"):
        for run in lab.blocks("runs"):
            begins, internal = run.number("starts"), run.number("internal")
            if begins is None and internal is not None:
                begins = internal - (run.number("length_days") or 0.0)
            if begins is not None and begins < start:
                found[lab.name, str(run.plain("name"))] = run
    return found


def first_instant(draw: Draw) -> RunRecord:
    """Simulate only the first instant of a draw, whose end is changed. Raises SimulationError."""
    from sim.world.simulate import simulate  # the kernel is not needed to read most files

    draw.end = 1.0 / TICKS_PER_DAY
    return simulate(draw)


def check_start(runs: dict[tuple[str, str], Spec], draw: Draw, problems: Problems) -> None:
    """Adds a problem for a run that cannot be in progress at the start as `draw`, the central case, has it."""
    from sim.world.run import RunError
    from sim.world.simulate import SimulationError

    try:
        first_instant(draw)
    except SimulationError as error:
        cause = error.__cause__
        run = runs.get((cause.lab, cause.run)) if isinstance(cause, RunError) else None
        if run is not None:
            place = run.where("starts" if run.has("starts") else "internal")
            problems.add(place, run.path, str(cause).partition(": ")[2])
