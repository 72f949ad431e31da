"""A fleet: one purpose for which models are deployed."""

from __future__ import annotations

from dataclasses import dataclass

from sim.base.series import Series
from sim.model.declare import GUESS, block, choice, dated, number, text
from sim.model.inference import Inference


@dataclass(slots=True, kw_only=True)
class Fleet:
    """What a use of that name runs, and how a new model replaces the old in it."""

    name: str
    models: str = choice(
        "models",
        ("internal", "public"),
        "models it may use: from their internal or their public date",
        default="internal; `serving`: public",
        source="this program's definition (docs/model.md)",
    )
    domain: str = text(
        "domain",
        "domain that its work counts in",
        default="the fleet's name if that is a domain; `research`: ai_research; else general",
        source="this program's definition (docs/model.md)",
    )
    choose: str = choice(
        "choose",
        ("strongest", "most_work"),
        "which of the models that it may use it runs: that of most effective FLOP in its domain, or the one with the"
        " most human-equivalents in it",
        default="strongest",
        source="this program's definition (docs/model.md)",
    )
    think_x: float | None = number(
        "think",
        "x",
        "tokens a task, over those of the token basis: buys capability at the domain's `thinking` rate",
        default="1x",
        source="no change",
        low=1.0,
    )
    replace: str = choice(
        "replace",
        ("at once", "ramp", "beside"),
        "how a new model takes over from the one before",
        default="at once",
        source=GUESS,
    )
    ramp_days: float | None = number(
        "ramp",
        "day",
        "ramp: time in which the new model takes over, in 10 steps",
        default="30 days",
        source=GUESS,
        above=0.0,
    )
    beside_share: float | None = number(
        "beside",
        "share",
        "beside: share of the fleet that the new model gets",
        default="50%",
        source=GUESS,
        above=0.0,
        high=1.0,
    )
    demand_tokens_per_s: Series | None = dated(
        "demand",
        "token/s",
        "tokens/s that are asked for; copies beyond it are available but not busy",
        default=None,
        low=0.0,
    )
    inference: Inference = block("inference", Inference, "throughput in this fleet", default={}, inherits=True)
