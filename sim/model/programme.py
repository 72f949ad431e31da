"""Rules of a training programme: when its runs start, when it pauses, how long they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.model.declare import GUESS, choice, number, text, whole

ANY: Final = "any"
"""Of rivals or labs: whichever is first."""

FIXED, SHORTER, CONTINUOUS = "fixed", "shorter with progress", "continuous"


@dataclass(slots=True, kw_only=True)
class StartRule:
    """A run is due when one of the stated conditions comes true, and after `latest` in any case.

    Conditions are counted from the start of the rule's last run (before its first run, from the scenario's start or
    `starts`). A rule makes one run at a time: while its last one waits or trains, what happens is remembered and the
    next is due when that one ends.
    """

    cluster_grows: float | None = number(
        "cluster_grows", "x", "the lab's cluster has so many times the H100e that it had at the last run's start",
        default=None, above=1.0,
    )  # fmt: skip
    efficiency_grows: float | None = number(
        "efficiency_grows", "x", "training efficiency is so many times that at the last run's start", default=None,
        above=1.0,
    )  # fmt: skip
    rival_releases: str | None = text(
        "rival_releases", "a model of this lab, or with `any` of any rival, becomes public", default=None
    )
    level: str | None = text("level", "this level is reached (once)", default=None)
    by: str | None = text("by", "the lab that must reach `level`; any lab, this one too, if absent", default=None)
    milestone: str | None = text("milestone", "this milestone is reached (once)", default=None)
    apart_days: float | None = number(
        "apart", "day", "shortest time between the starts of two of its runs", default="0 days",
        source="this program's definition (docs/model.md)", low=0.0,
    )  # fmt: skip
    latest_days: float | None = number(
        "latest", "day", "time after the last run's start at which a run is due in any case", default=None, above=0.0
    )
    times: int | None = whole("times", "at most so many runs", default=None, low=1)


@dataclass(slots=True, kw_only=True)
class PauseRule:
    """While demand for a fleet is below a share of what the fleet can make, no run of the programme becomes due."""

    demand_below: float = number(
        "demand_below", "share", "of the tokens/s that the fleet can make; below it the programme pauses",
        above=0.0, high=1.0,
    )  # fmt: skip
    fleet: str = text("fleet", "the fleet, with a `demand`")
    apart_days: float | None = number(
        "apart", "day", "shortest time between two changes of mind", default="30 days", source=GUESS, low=0.0
    )


@dataclass(slots=True, kw_only=True)
class LengthRule:
    """How long the runs of a programme are (docs/model.md)."""

    rule: str = choice(
        "rule",
        (FIXED, SHORTER, CONTINUOUS),
        "fixed: `length`; shorter with progress: `length` times (reference growth / growth of training efficiency, "
        "as logarithms)^exponent; continuous: training never ends and leaves a model for each factor of growth",
        default=FIXED,
        source="this program's definition (docs/model.md)",
    )
    floor_days: float | None = number(
        "floor", "day", "shorter with progress: no run is shorter", default="30 days", source=GUESS, above=0.0
    )
    reference_growth: float | None = number(
        "reference_growth", "x/year", "shorter with progress: growth of training efficiency at which runs have "
        "`length`; if absent, that of the lab at the start", default=None, above=1.0,
    )  # fmt: skip
    exponent: float | None = number(
        "exponent", "1", "shorter with progress: by what power of the rate of progress runs get shorter", default="1",
        source="longest useful run = 1 / (growth rates of hardware, software and spending): Epoch AI, The longest "
        "training run, 2022, from memory; here of software alone (a guess)", low=0.0,
    )  # fmt: skip
    release_each: float | None = number(
        "release_each", "x", "continuous: a model each time effective FLOP is so many times that of the last",
        default="2x", source="this program's `stronger_by`: each model closes the window of the one before", above=1.0,
    )  # fmt: skip
