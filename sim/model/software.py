"""The two software efficiencies: effective per physical FLOP in training, and in inference; and how they spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.base.series import Series
from sim.model.declare import GUESS, choice, dated, flag, names, number, text, when

FORETHOUGHT = "Davidson & Houlden 2025, Forethought"

STEP: Final = 1.5
"""Growth of efficiency between two looks at how much research there is."""

ABSOLUTE, RELATIVE = "absolute", "relative to the frontier run"
"""How experiment compute counts."""


@dataclass(slots=True, kw_only=True)
class Software:
    """Rates, or the efficiencies themselves as dated series (1 at the base date); or research that makes progress.

    With `feedback` training efficiency A follows dA/dt = g0·A^(1−beta)·R^lambda from `feedback_from` on, R being
    research labour (staff and AI in `ai_research`) and experiment compute, relative to that date.
    """

    feedback: bool = flag(
        "feedback",
        "software follows research: staff, AI in research and experiments; else its rate or series is given",
        default=False,
        source="this program's choice: a given rate unless asked for",
    )
    feedback_from: float | None = when(
        "feedback_from",
        "feedback: date from which it does, at first at the stated rate `training`, AI in research included",
        default="the base date, or the start if that is later",
    )

    training_growth: float | None = number(
        "training",
        "x/year",
        "growth of training efficiency; with feedback that of the first day, the same for large and small labs unless "
        "one states its own",
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
        "lambda: software speed goes with (research input)^lambda; also in the implied uplift",
        default="0.6",
        source=f"{FORETHOUGHT} (median; 0.3 to 1.2 at a labour share of 50%); AI Futures Model 2025: 0.5",
        low=0.0,
        high=1.0,
    )
    labour_share: float | None = number(
        "labour_share",
        "share",
        "alpha: share of labour in research input, the rest being experiment compute; also in the implied uplift",
        default="50%",
        source=f"{FORETHOUGHT} (median); AI Futures Model 2025: 30%; Full Takeoff Model: 70%",
        low=0.0,
        high=1.0,
    )
    returns: float | None = number(
        "beta",
        "1",
        "beta: how ideas get harder to find: at equal research, speed goes with A^(-beta); 0: they do not",
        default="0.0833 to 0.75",
        source=f"{FORETHOUGHT}: lambda times labour share over r, r 0.4 to 3.6 (median 0.25)",
        low=0.0,
    )
    research_substitution: float | None = number(
        "research_substitution",
        "1",
        "rho: how well labour and experiment compute substitute each other; 0: Cobb-Douglas, negative: complements",
        default="0",
        source=f"{FORETHOUGHT}: Cobb-Douglas; AI Futures Model 2025: -0.14; Whitfill & Wu 2025, arXiv:2507.23181: 0.61,"
        " or strong complements if experiments count relative to the frontier run",
        high=1.0,
    )
    experiments_count: str = choice(
        "experiments_count",
        (ABSOLUTE, RELATIVE),
        "whether experiment compute counts by its FLOP/s, or by those over the FLOP of the largest run of any lab",
        default=ABSOLUTE,
        source=f"{FORETHOUGHT}; the other: Whitfill & Wu 2025, arXiv:2507.23181 (it flips the sign of some results)",
    )
    limit: float | None = number(
        "limit",
        "x",
        "feedback: training efficiency at which growth ends, relative to the base date; below it the law is unchanged",
        default="1e6x to 1e16x",
        source=f"{FORETHOUGHT}: 6 to 16 factors of ten from 2025 (median 11); Full Takeoff Model: 1e8 to 1e16",
        above=0.0,
    )
    step: float | None = number(
        "step",
        "x",
        "feedback: growth of efficiency (for training, or where that grows faster for inference) between two looks at"
        " how much research there is",
        default=f"{STEP}x",
        source="this program's choice: dates within 0.1% of an ODE solver's (benchmarks/ode.py)",
        above=1.0,
        high=2.0,
    )


@dataclass(slots=True, kw_only=True)
class Diffusion:
    """What labs find in software reaches others: exactly one of `after` (a lag) and `fraction` (of the speed)."""

    sources: list[str] | None = names("from", "labs whose findings spread; all if absent", default=None)
    receivers: list[str] | None = names("to", "labs that they reach; all others if absent", default=None)
    how: str = choice(
        "how", ("published", "leaked"), "a word for the events; both work alike", default="published", source=GUESS
    )
    lag_days: float | None = number(
        "after", "day", "lag: no lab is further behind than the other was so long ago", default=None, low=0.0
    )
    fraction: float | None = number(
        "fraction",
        "share",
        "while behind, a lab gets this fraction of the growth rate of the one that leads, besides what it finds itself",
        default=None,
        above=0.0,
        high=1.0,
    )


@dataclass(slots=True, kw_only=True)
class Theft:
    """A lab takes another's strongest model, or its software. Exactly one of `on` and `rate` is stated."""

    name: str
    thief: str = text("by", "the lab that gets it")
    victim: str = text("from", "the lab that it is taken from")
    what: str = choice(
        "what",
        ("model", "software"),
        "the strongest model in use there, or all that it has found in software",
        default="model",
        source=GUESS,
    )
    on: float | None = when("on", "date", default=None)
    rate: Series | None = dated("rate", "1/year", "expected thefts a year, at random", default=None, low=0.0)
