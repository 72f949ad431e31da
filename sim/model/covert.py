"""A covert project: a lab that begins in secret when a deal is made, and may be found."""

from __future__ import annotations

from dataclasses import dataclass

from sim.base.series import Series
from sim.model.declare import GUESS, block, choice, dated, number, text

HOLDS, BREAKS = "holds", "breaks"
GOES_ON, DISSOLVED = "goes on", "dissolved"


@dataclass(slots=True, kw_only=True)
class OnFound:
    """What becomes of a covert project when it is found."""

    loses: float = number(
        "loses", "share", "share of its accelerators that it loses; with all of them it is dissolved: its runs are "
        "given up, nobody works there any more, and its models are gone", default="100%", source=GUESS,
        above=0.0, high=1.0,
    )  # fmt: skip
    deal: str = choice("deal", (HOLDS, BREAKS), "of the deal that it went behind", default=HOLDS, source=GUESS)


@dataclass(slots=True, kw_only=True)
class Covert:
    """A lab that a deal makes begin, some time after it starts, and that is found at random.

    Nobody knows of it until it is found or the deal is over: what others do goes by each other's models alone.
    """

    lab: str = text("lab", "the lab: one that states `covert: yes`")
    compute: float = number(
        "compute", "share", "share of the world's accelerators of that day, of every type, that it begins with; they "
        "come from outside of the labs, and no more follow", above=0.0, high=1.0,
    )  # fmt: skip
    after_days: float | None = number(
        "after", "day", "time from the start of the deal until it begins", default="0 days",
        source="this program's choice: at once", low=0.0,
    )  # fmt: skip
    software: float = number(
        "software", "share", "share of the efficiencies of the best of the bound labs that its own are on that day",
        above=0.0, high=1.0,
    )  # fmt: skip
    found: Series | None = dated(
        "found", "1/year", "at what rate it is found, from that day on until the deal is over; never if absent",
        default=None, low=0.0,
    )  # fmt: skip
    on_found: OnFound | None = block("on_found", OnFound, "what becomes of it then", default={})
    when_over: str = choice(
        "when_over", (GOES_ON, DISSOLVED), "what becomes of it when the deal ends or breaks before it is found: it "
        "goes on in the open, or is dissolved", default=GOES_ON, source=GUESS,
    )  # fmt: skip
