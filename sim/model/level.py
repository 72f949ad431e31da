"""Named thresholds and dated chances: levels of capability, milestones, hazards."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log, log10
from typing import TYPE_CHECKING

from sim.base.series import Series
from sim.model.declare import dated, flag, number, text

if TYPE_CHECKING:
    from sim.model.draw import Draw


@dataclass(slots=True, kw_only=True)
class Level:
    """A capability threshold: effective FLOP, or a share doable in a domain. Exactly one is stated."""

    name: str
    effective_flop: float | None = number(
        "effective_flop", "FLOP", "reached by a model of so much effective FLOP", default=None, above=0.0
    )
    share_doable: float | None = number(
        "share_doable",
        "share",
        "reached by a model that can do this share of `domain`",
        default=None,
        above=0.0,
        high=1.0,
    )
    domain: str | None = text("domain", "the domain of share_doable", default=None)


def threshold(draw: Draw, name: str) -> float:
    """log10 of the effective FLOP at which a level is reached; a share doable that nothing reaches is infinite."""
    level = draw.levels[name]
    if level.effective_flop is not None:
        return log10(level.effective_flop)
    assert level.domain is not None and level.share_doable is not None
    law = draw.domains[level.domain].share_doable
    assert law.ceiling is not None and law.midpoint_flop is not None and law.slope is not None
    if level.share_doable >= law.ceiling:
        return inf
    return log10(law.midpoint_flop) + log(level.share_doable / (law.ceiling - level.share_doable)) / law.slope


ADDED_UP = ("h100e", "experiments_h100e", "fleet_h100e", "tokens_per_s", "copies", "human_equivalents",
            "demand_tokens_per_s", "models", "people")  # fmt: skip
"""Quantities of milestones that can be added up over labs."""

QUANTITIES = ("effective_flop", "public_effective_flop", "training_efficiency", "inference_efficiency", *ADDED_UP)
"""Fields of a milestone that state a threshold of a quantity."""


@dataclass(slots=True, kw_only=True)
class Milestone:
    """A condition whose first date is kept: a latch. It states exactly one level, shock or threshold of a quantity.

    Of one lab, of any lab of a bloc, of any lab, or of all of them `together`. Thresholds are held against what is
    true when an instant is over; what grows between events crosses on its exact date.
    """

    name: str
    lab: str | None = text("lab", "whose; any lab if absent", default=None)
    bloc: str | None = text("bloc", "of labs of this bloc only", default=None)
    together: bool = flag("together", "the sum over those labs, not the first of them", default=False)
    below: bool = flag("below", "the quantity is below the number, not at or above it", default=False)
    level: str | None = text("level", "a level is reached by a model for internal use", default=None)
    shock: str | None = text("shock", "a shock happens", default=None)
    h100e: float | None = number(
        "h100e", "accelerators", "the lab's cluster has at least so many H100e", default=None, above=0.0
    )
    experiments_h100e: float | None = number(
        "experiments_h100e", "accelerators", "experiments use at least so many H100e", default=None, above=0.0
    )
    fleet_h100e: float | None = number(
        "fleet_h100e", "accelerators", "fleets (or `fleet`) hold at least so many H100e", default=None, above=0.0
    )
    tokens_per_s: float | None = number(
        "tokens_per_s", "token/s", "fleets (or `fleet`) can make so many tokens/s", default=None, above=0.0
    )
    copies: float | None = number(
        "copies", "copies", "fleets (or `fleet`) can run so many copies", default=None, above=0.0
    )
    human_equivalents: float | None = number(
        "human_equivalents", "people", "fleets can do so many full-time humans' work, on the tasks that AI can do",
        default=None, above=0.0,
    )  # fmt: skip
    demand_tokens_per_s: float | None = number(
        "demand", "token/s", "so many tokens/s are asked of fleets (or `fleet`)", default=None, above=0.0
    )
    fleet: str | None = text("fleet", "the fleet of `fleet_h100e`, `tokens_per_s`, `copies` or `demand`; all if absent",
                             default=None)  # fmt: skip
    training_efficiency: float | None = number(
        "training_efficiency", "x", "training efficiency is so many times that of the base date", default=None,
        above=0.0,
    )  # fmt: skip
    inference_efficiency: float | None = number(
        "inference_efficiency", "x", "inference efficiency is so many times that of the base date", default=None,
        above=0.0,
    )  # fmt: skip
    effective_flop: float | None = number(
        "effective_flop", "FLOP", "the best model for internal use, another lab's too, has so much effective FLOP",
        default=None, above=0.0,
    )  # fmt: skip
    public_effective_flop: float | None = number(
        "public_effective_flop", "FLOP", "the best public model has so much effective FLOP", default=None, above=0.0
    )
    models: float | None = number("models", "1", "so many models are usable inside the lab", default=None, above=0.0)
    people: float | None = number("people", "people", "so many people work at the lab", default=None, above=0.0)
    domain: str | None = text("domain", "the domain of `people` or `human_equivalents`; all if absent", default=None)

    @property
    def quantity(self) -> str:
        """Name of the field that states a threshold; empty if it is a level or a shock."""
        return next((name for name in QUANTITIES if getattr(self, name) is not None), "")


@dataclass(slots=True, kw_only=True)
class Hazard:
    """Something that happens at random at a dated rate. It is recorded as an event."""

    name: str
    rate: Series = dated("rate", "1/year", "expected events a year", low=0.0)
    lab: str | None = text("lab", "the lab that it happens to; the world if absent", default=None)
