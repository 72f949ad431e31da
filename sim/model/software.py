"""The two software efficiencies: effective per physical FLOP in training, and in inference."""

from __future__ import annotations

from dataclasses import dataclass

from sim.base.series import Series
from sim.model.declare import GUESS, dated, number


@dataclass(slots=True, kw_only=True)
class Software:
    """Rates, or the efficiencies themselves as dated series (1 at the base date)."""

    training_growth: float | None = number(
        "training",
        "x/year",
        "growth of training efficiency",
        default="2.8x to 6.2x per year",
        source="2.8x: Ho et al. 2024, arXiv:2403.05812; 6.2x: AI Futures Model 2025 (0.79 OOM a year)",
        above=0.0,
    )
    training_efficiency: Series | None = dated(
        "training_efficiency", "x", "training efficiency itself, instead of its growth", default=None, above=0.0
    )
    inference_growth: float | None = number(
        "inference",
        "x/year",
        "growth of inference efficiency; if absent it follows training efficiency",
        default=None,
        above=0.0,
    )
    inference_exponent: float | None = number(
        "inference_exponent",
        "1",
        "iota: inference efficiency is training efficiency to this power, where no rate is stated",
        default="1",
        source=GUESS,
        low=0.0,
    )
    inference_efficiency: Series | None = dated(
        "inference_efficiency", "x", "inference efficiency itself, instead of its growth", default=None, above=0.0
    )
    parallel_penalty: float | None = number(
        "lambda",
        "1",
        "lambda: software speed goes with (research input)^lambda; used for the implied uplift",
        default="0.6",
        source="Davidson & Houlden 2025, Forethought (median)",
        low=0.0,
        high=1.0,
    )
    labour_share: float | None = number(
        "labour_share",
        "share",
        "alpha: share of labour in research input (Cobb-Douglas); used for the implied uplift",
        default="50%",
        source="Davidson & Houlden 2025, Forethought (median)",
        low=0.0,
        high=1.0,
    )
