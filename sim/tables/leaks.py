"""A warning: a stop of training that nearly holds does not act like one that holds wholly."""

from __future__ import annotations

from sim.model.draw import Draw
from sim.model.intervention import TRAINING
from sim.tables.chance import interventions
from sim.tables.percent import percent

NEARLY = 0.9
"""A stop that holds by more, and not wholly, is warned of."""


def leaks(draw: Draw) -> list[str]:
    """A warning for each intervention that stops training by more than 90% but not wholly."""
    return [
        f"{name} stops training but holds at {percent(spec.holds)}: runs start on schedule with the "
        f"{percent(1.0 - spec.holds)} that leaks and use up their turn; at 100% they would wait, which may buy fewer "
        "days"
        for name, spec in sorted(interventions(draw).items())
        if TRAINING in spec.stops and NEARLY < spec.holds < 1.0 and spec.lasts != 0.0
    ]
