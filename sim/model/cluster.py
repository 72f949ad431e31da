"""A cluster's supply: what is on hand, what is delivered when, and how long it lives."""

from __future__ import annotations

from dataclasses import dataclass

from sim.base.calendar import Recurrence
from sim.base.series import Series
from sim.model.accelerator import H100E_DEFINITIONS
from sim.model.declare import choice, dated, every, number, text, when


@dataclass(slots=True, kw_only=True)
class Supply:
    """One source of accelerators of one type. Exactly one of the four forms is stated:

    `count` (on hand at the start, or one batch `on` a date); `deliver` + `every` (batches, each larger
    by `deliveries_grow`); `stock` (dated, or on hand at the start and then, with `grows`, growing from the
    start or from `from` if that is later; batches are the stock's differences); `share_of_world`.
    """

    accelerator: str | None = text("accelerator", "type, from the catalog or `accelerators:`", default=None)
    count: float | None = number("count", "accelerators", "accelerators in one batch", default=None, low=0.0)
    on: float | None = when("on", "date of the batch; on hand at the start if absent", default=None)
    deliver: float | None = number(
        "deliver", "accelerators", "accelerators in the first delivery", default=None, low=0.0
    )
    deliveries_grow: float | None = number(
        "deliveries_grow", "x/year", "growth of the size of a delivery", default=None, above=0.0
    )
    stock: Series | None = dated(
        "stock", "accelerators", "accelerators in the cluster, all told", default=None, low=0.0
    )
    grows: float | None = number("grows", "x/year", "growth of the stock", default=None, above=0.0)
    share_of_world: Series | None = dated(
        "share_of_world", "share", "share of every type in `world:`", default=None, low=0.0, high=1.0
    )
    every: Recurrence | None = every("every", "how often a batch arrives", default="3 months", source="guess")
    starts: float | None = when(
        "from",
        "date of the first delivery, one period after the start if absent; of a stock that `grows`: date from which it"
        " grows (first batch one period later), the start if absent",
        default=None,
    )
    until: float | None = when("until", "no delivery on or after this date", default=None)
    life_days: float | None = number(
        "life", "day", "time from delivery to retirement; for ever if absent", default=None, above=0.0
    )
    h100e: str = choice(
        "h100e",
        H100E_DEFINITIONS,
        "what a number in H100e goes by, where `accelerator` states another type: dense bf16 peaks (this program), or"
        " 8-bit operations (Epoch AI's stock figures)",
        default=H100E_DEFINITIONS[0],
        source="this program's definition (docs/model.md)",
    )

    def every_or_month(self) -> Recurrence:
        """The steps in which a dated share moves."""
        return self.every or Recurrence(months=1.0)
