"""Training runs: what is asked of one job that turns FLOP into a model, and of a series of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.base.calendar import Recurrence
from sim.model.declare import GUESS, block, blocks, choice, every, flag, number, numbers, text, when
from sim.model.programme import CONTINUOUS, LengthRule, PauseRule, StartRule
from sim.model.variant import Distilled, Tuning

EACH: Final = "each"
"""As `base`: a run of its own for each general model that the lab's other runs make."""


@dataclass(slots=True, kw_only=True)
class SizeRule:
    """How many parameters and tokens a run of given FLOP has (docs/model.md)."""

    rule: str = choice(
        "rule",
        ("chinchilla", "tokens_per_param", "power"),
        "chinchilla: 20 tokens a parameter; tokens_per_param: as stated; power: total parameters by a power law",
        default="tokens_per_param",
        source="guess: recent open models lie between 39 and 712 tokens a parameter",
    )
    tokens_per_param: float | None = number(
        "tokens_per_param",
        "1",
        "training tokens per active parameter",
        default="39 to 712",
        source="Llama 3.1 405B (39; arXiv:2407.21783) to GLM-5 (712; arXiv:2602.15763)",
        above=0.0,
    )
    horizon_tokens: float | None = number(
        "horizon_length",
        "token",
        "token-equivalents per data point, H",
        default="1 token",
        source="L. Finnveden 2023, alignmentforum.org/posts/5sWNnbHRkExfLaS49",
        above=0.0,
    )
    params_at_reference: float | None = number(
        "params_at_reference",
        "parameters",
        "power rule: total parameters P0 at C0 and s0",
        default="10e12",
        source="R. Dean, Compute in Plan A, AI Futures Project, July 2026 (his estimate)",
        above=0.0,
    )
    flop_at_reference: float | None = number(
        "flop_at_reference",
        "FLOP",
        "power rule: C0",
        default="1.3e27 FLOP",
        source="R. Dean, Compute in Plan A, AI Futures Project, July 2026 (his estimate)",
        above=0.0,
    )
    flop_exponent: float | None = number(
        "flop_exponent",
        "1",
        "power rule: a, growth of total parameters with FLOP",
        default={"triangular": [0.2, 0.5, 0.8]},
        source="R. Dean, Compute in Plan A, AI Futures Project, July 2026: 0.5 (0.2 to 0.8)",
        low=0.0,
        high=1.0,
    )
    sparsity_exponent: float | None = number(
        "sparsity_exponent",
        "1",
        "power rule: b, growth of total parameters with sparsity",
        default="0.74",
        source="R. Dean, Compute in Plan A, AI Futures Project, July 2026",
        low=0.0,
    )
    sparsity_at_reference: float | None = number(
        "sparsity_at_reference",
        "x",
        "power rule: s0, total over active parameters",
        default="8",
        source="R. Dean, Compute in Plan A, AI Futures Project, July 2026 (2026)",
        low=1.0,
    )
    token_stock: float | None = number(
        "token_stock",
        "token",
        "training tokens that exist; if stated it binds and the model grows instead of the data",
        default=None,
        above=0.0,
    )


@dataclass(slots=True, kw_only=True)
class Phase:
    """Part of a run. It states a share of the run's FLOP, or a length (which trains nothing)."""

    phase: str = choice("phase", ("pretraining", "post-training", "evaluation"), "what is done")
    flop_share: float | None = number(
        "flop", "share", "share of the run's FLOP spent in it", default=None, low=0.0, high=1.0
    )
    length_days: float | None = number("length", "day", "time it takes, without training FLOP", default=None, above=0.0)
    accelerators_share: float | None = number(
        "accelerators",
        "share",
        "share of the run's accelerators that it holds",
        default="100%",
        source=GUESS,
        above=0.0,
        high=1.0,
    )


@dataclass(slots=True, kw_only=True)
class AfterTraining:
    """Where the accelerators of a finished run go."""

    move: float | None = number(
        "move",
        "share",
        "share of the freed accelerators that is earmarked",
        default="100%",
        source=GUESS,
        low=0.0,
        high=1.0,
    )
    to: str = text("to", "the fleet that gets them")
    for_days: float | None = number(
        "for",
        "day",
        "length from the first day on which the fleet may use the model; until the next run if absent",
        default=None,
        above=0.0,
    )
    until: float | None = when("until", "date on which the earmark ends", default=None)
    until_milestone: str | None = text("until_milestone", "milestone at which the earmark ends", default=None)
    firm: bool = flag("firm", "a run that is due may not take them", default=False, source=GUESS)


@dataclass(slots=True, kw_only=True)
class Training:
    """How training uses accelerators: for the scenario, one lab or one run."""

    precision: str = choice(
        "precision",
        ("fp4", "fp8", "bf16"),
        "precision whose peak the utilisation refers to",
        default="bf16",
        source="most published runs",
    )
    whole_run_mfu: float | None = number(
        "whole_run_mfu",
        "share",
        "model FLOP utilisation of a whole run, restarts and idle time included",
        default="0.28 to 0.35",
        source="implied by published params, tokens and chip-hours: Llama 3 70B 0.279 (model card), PaLM 0.304 "
        "(arXiv:2204.02311), Llama 3.1 405B 0.345 (arXiv:2407.21783), DeepSeek-V3 0.346 (arXiv:2412.19437)",
        above=0.0,
        high=1.0,
    )
    mfu: float | None = number(
        "mfu",
        "share",
        "in-step model FLOP utilisation, used with `goodput` instead of whole_run_mfu",
        default=None,
        above=0.0,
        high=1.0,
    )
    goodput: float | None = number(
        "goodput", "share", "share of wall time that makes progress, used with `mfu`", default=None, above=0.0, high=1.0
    )
    size: SizeRule = block("size", SizeRule, "parameters and tokens for given FLOP", default={})

    @property
    def utilisation(self) -> float:
        """Training FLOP per peak FLOP over the whole run."""
        if self.mfu is not None:
            return self.mfu * (1.0 if self.goodput is None else self.goodput)
        assert self.whole_run_mfu is not None
        return self.whole_run_mfu


@dataclass(slots=True, kw_only=True)
class TrainingRun:
    """An explicit run, or with `every` a cadence of them, or with `start_when` runs that are due by a rule.

    Size: two of FLOP (`flop` or `params`), accelerators (`accelerators` or `share`) and `length`; with
    one of them the run takes the accelerators that the policy gives. Dates: `starts`, or follows from `internal`.
    """

    name: str | None = text("name", "the model's name; a cadence or rule numbers its models", default=None)
    starts: float | None = when(
        "starts", "date on which the run is due; before the scenario's start: in progress", default=None
    )
    every: Recurrence | None = every("every", "a run is due this often, from `starts` on", default=None)
    until: float | None = when("until", "a cadence or rule makes no run due on or after this date", default=None)
    flop: float | None = number("flop", "FLOP", "physical training FLOP, all phases", default=None, above=0.0)
    flop_grows: float | None = number(
        "flop_grows", "x", "cadence: each run has this many times the FLOP of the last", default=None, above=0.0
    )
    params: float | None = number("params", "parameters", "active parameters", default=None, above=0.0)
    total_params: float | None = number("total_params", "parameters", "all parameters", default=None, above=0.0)
    tokens: float | None = number("tokens", "token", "training tokens", default=None, above=0.0)
    kv_bytes_per_token: float | None = number(
        "kv_bytes_per_token", "byte", "bytes that the model keeps per token of context", default=None, above=0.0
    )
    accelerators: dict[str, float] | None = numbers(
        "accelerators", "accelerators", "accelerators that the run holds, by type", default=None, above=0.0
    )
    share: float | None = number(
        "share", "share", "share of the lab's cluster that the run takes", default=None, above=0.0, high=1.0
    )
    length_days: float | None = number("length", "day", "length of the phases that train", default=None, above=0.0)
    phases: list[Phase] | None = blocks("phases", Phase, "phases in order; one pretraining if absent", default=None)
    base: str | None = text(
        "base",
        "post-training: the existing model that the run starts from; `each`: such a run for each general model that"
        " the lab's runs make",
        default=None,
    )
    after_days: float | None = number(
        "after",
        "day",
        "base: each: due so long after the lab can use the base",
        default="0 days",
        source="no wait",
        low=0.0,
    )
    tuned: Tuning | None = block("tuned", Tuning, "specialised: better in one domain, worse elsewhere", default=None)
    distilled: Distilled | None = block(
        "distilled", Distilled, "a smaller model made from its base, somewhat worse", default=None
    )
    gain: float | None = number(
        "gain",
        "x",
        "compute-equivalent gain of the post-training, on the whole sum",
        default="1x",
        source=GUESS,
        above=0.0,
    )
    effective_flop: float | None = number(
        "effective_flop",
        "FLOP",
        "effective FLOP stated, where FLOP is unknown or not the measure",
        default=None,
        above=0.0,
    )
    internal: float | None = when("internal", "pinned date from which the lab can use the model", default=None)
    public: float | None = when("public", "pinned date from which all can use it", default=None)
    internal_only: bool = flag("internal_only", "the model is never public", default=False)
    public_after_days: float | None = number(
        "public_after",
        "day",
        "time from internal to public",
        default="0.25 to 6 months",
        source="AI 2027 timelines model (uvafan/timelines-takeoff-ai-2027, 2025): announcement delay, 80% interval",
        low=0.0,
        also=("release", "released", "released_after", "release_after"),
    )
    opened: float | None = when(
        "open", "pinned date from which every lab has its weights and may run it", default=None
    )
    open_after_days: float | None = number(
        "open_after",
        "day",
        "time from public to open weights, which every lab may run; never open if absent",
        default=None,
        low=0.0,
    )
    elastic: bool = flag("elastic", "the run is resized when the cluster changes", default=False, source=GUESS)
    flagship: bool = flag("flagship", "a judgement: one of the lab's main line, for the backtest", default=False)
    start_when: StartRule | None = block("start_when", StartRule, "a run is due by this rule", default=None)
    pause_when: PauseRule | None = block(
        "pause_when", PauseRule, "with `every` or `start_when`: no run is due meanwhile", default=None
    )
    length_rule: LengthRule | None = block(
        "length_rule", LengthRule, "how the length of a cadence's or rule's runs follows progress; or continuous "
        "training", default=None,
    )  # fmt: skip
    training: Training = block("training", Training, "how this run uses accelerators", default={}, inherits=True)
    after_training: AfterTraining | None = block(
        "after_training", AfterTraining, "where its accelerators go when it ends", default=None, inherits=True
    )

    @property
    def continuous(self) -> bool:
        """Whether training never ends and leaves checkpoints as models."""
        return self.length_rule is not None and self.length_rule.rule == CONTINUOUS

    @property
    def numbered(self) -> bool:
        """Whether it makes many models, which are numbered: a cadence, a rule, or continuous training."""
        return self.every is not None or self.start_when is not None or self.continuous
