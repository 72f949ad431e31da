"""Named thresholds and dated chances: levels of capability, milestones, hazards."""

from __future__ import annotations

from dataclasses import dataclass

from sim.base.series import Series
from sim.model.declare import dated, number, text


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


@dataclass(slots=True, kw_only=True)
class Milestone:
    """A condition whose first date is kept: a latch. One of a level or H100e on hand, by one lab or any."""

    name: str
    lab: str | None = text("lab", "whose; any lab if absent", default=None)
    level: str | None = text("level", "a level is reached by a model for internal use", default=None)
    h100e: float | None = number(
        "h100e", "accelerators", "the lab's cluster has at least so many H100e", default=None, above=0.0
    )


@dataclass(slots=True, kw_only=True)
class Hazard:
    """Something that happens at random at a dated rate. It is recorded as an event."""

    name: str
    rate: Series = dated("rate", "1/year", "expected events a year", low=0.0)
    lab: str | None = text("lab", "the lab that it happens to; the world if absent", default=None)
