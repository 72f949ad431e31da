"""Shocks: what befalls labs from outside, on a date or at random."""

from __future__ import annotations

from dataclasses import dataclass

from sim.base.series import Series
from sim.model.declare import dated, names, number, text, when

EFFECTS = ("deliveries_lost", "cluster_lost", "demand", "training_efficiency", "inference_efficiency")


@dataclass(slots=True, kw_only=True)
class Shock:
    """Something that happens `on` a date, or at random at a dated `rate` (each time anew).

    It states one or more effects. Effects on deliveries and demand end after `for`, if that is stated.
    """

    name: str
    on: float | None = when("on", "date on which it happens", default=None)
    rate: Series | None = dated("rate", "1/year", "expected times a year, instead of a date", default=None, low=0.0)
    for_days: float | None = number(
        "for", "day", "time after which lost deliveries and changed demand end; for ever if absent", default=None,
        above=0.0,
    )  # fmt: skip
    binds: list[str] = names("binds", "names of labs or blocs that it befalls; all labs if absent", default=[])
    deliveries_lost: float | None = number(
        "deliveries_lost", "share", "share of each delivery that never comes", default=None, above=0.0, high=1.0
    )
    cluster_lost: float | None = number(
        "cluster_lost", "share", "share of the cluster that is lost for good; what gangs hold goes when they end",
        default=None, above=0.0, high=1.0,
    )  # fmt: skip
    demand: float | None = number("demand", "x", "factor on the demand of fleets", default=None, low=0.0)
    fleet: str | None = text("fleet", "the fleet whose demand changes; all if absent", default=None)
    training_efficiency: float | None = number(
        "training_efficiency", "x", "a breakthrough: factor on training efficiency, and on inference efficiency where "
        "that follows it", default=None, above=0.0,
    )  # fmt: skip
    inference_efficiency: float | None = number(
        "inference_efficiency", "x", "a breakthrough: factor on inference efficiency alone", default=None, above=0.0
    )
