"""Models that are not general: tuned for one domain, or distilled from a larger one."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.declare import GUESS, flag, number, text


@dataclass(slots=True, kw_only=True)
class Tuning:
    """A specialised model: factors on effective FLOP, which the laws of quality and share doable then see.

    Its cost is that of its run (FLOP and days). Windows and levels of effective FLOP count it as elsewhere.
    """

    domain: str = text("domain", "the domain that it is tuned for")
    there_x: float | None = number(
        "there",
        "x",
        "multiplies its effective FLOP in that domain",
        default="5x to 20x",
        source="Davidson et al. 2023, arXiv:2312.07413: most enhancements after training are worth more than 5 times"
        " the training compute on the tasks they are meant for, some more than 20",
        low=1.0,
    )
    elsewhere_x: float | None = number(
        "elsewhere",
        "x",
        "multiplies its effective FLOP in every other domain",
        default="0.3x to 1x",
        source=GUESS,
        above=0.0,
        high=1.0,
    )


@dataclass(slots=True, kw_only=True)
class Distilled:
    """A smaller model that learns from its base: shares of what the base has."""

    params_share: float | None = number(
        "params",
        "share",
        "its parameters, active and in all, over its base's",
        default="10% to 30%",
        source=GUESS,
        above=0.0,
        high=1.0,
    )
    effective_flop_share: float | None = number(
        "effective_flop",
        "share",
        "its effective FLOP over its base's, in every domain",
        default="20% to 60%",
        source=GUESS,
        above=0.0,
        high=1.0,
    )
    closes_windows: bool = flag(
        "closes_windows", "it closes windows if it is strong enough", default=False, source=GUESS
    )
