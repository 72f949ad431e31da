"""A branch of a draw: its past up to a day is kept, and what comes after is drawn anew.

Random events have no memory: from the day on they have streams of their own (`sim.world.chance`). Of the uncertain
inputs those are drawn anew that leave the past as it is (`sim.ensemble.screen`): all of their range, or the part of it
in which they do. The others are kept at their values (`sim.ensemble.branch_sampler`). So draws are of the inputs'
distribution given that past; each world that is made is held against it (`sim.ensemble.branch_plan`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Range = tuple[float, float]
"""The first and the last quantile of an input of those that leave the past as it is."""
WHOLE: Range = (0.0, 1.0)


class BranchError(RuntimeError):
    """A world of a branch has not the past that it is to have."""


class BranchRefused(ValueError):
    """There is no such branch: no such draw, a date outside of it, or nothing that could be drawn anew."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a draw branches. number: of the draw. on: the date. day: the same, since the start."""

    number: int
    on: date
    day: float

    @property
    def name(self) -> str:
        """As part of the names of random numbers."""
        return f"branch/{self.number}/{self.on.isoformat()}"
