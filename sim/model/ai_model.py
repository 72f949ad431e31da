"""A model that a lab has at the start of a scenario."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.declare import block, flag, number, text, when
from sim.model.variant import Tuning


@dataclass(slots=True, kw_only=True)
class ExistingModel:
    name: str = text("name", "the model's name")
    internal: float = when("internal", "date from which the lab could use it", default="its public date")
    public: float | None = when("public", "date from which all could use it; never if absent", default=None,
                                also=("release", "released", "release_date"))  # fmt: skip
    opened: float | None = when(
        "open", "date from which every lab has its weights and may run it; never if absent", default=None
    )
    flop: float | None = number("flop", "FLOP", "physical training FLOP", default=None, above=0.0)
    effective_flop: float | None = number("effective_flop", "FLOP", "effective FLOP stated", default=None, above=0.0)
    params: float | None = number("params", "parameters", "active parameters", default=None, above=0.0)
    total_params: float | None = number("total_params", "parameters", "all parameters", default=None, above=0.0)
    tokens: float | None = number("tokens", "token", "training tokens", default=None, above=0.0)
    kv_bytes_per_token: float | None = number(
        "kv_bytes_per_token", "byte", "bytes kept per token of context", default=None, above=0.0
    )
    flagship: bool = flag("flagship", "a judgement: one of the lab's main line, for the backtest", default=False)
    tuned: Tuning | None = block("tuned", Tuning, "specialised: better in one domain, worse elsewhere", default=None)
    distilled: bool = flag("distilled", "made from a larger model: it closes no window", default=False)
