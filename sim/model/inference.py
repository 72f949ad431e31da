"""How a deployed model uses accelerators: the throughput estimate and its inputs, and dated tricks."""

from __future__ import annotations

from dataclasses import dataclass

from sim.base.series import Series
from sim.model.declare import GUESS, blocks, choice, dated, number, text, when

DEAN = "R. Dean, Compute in Plan A, AI Futures Project, July 2026, ai-2040.com (his estimate)"


@dataclass(slots=True, kw_only=True)
class Trick:
    """A named, dated change to inference: multipliers on what it needs, and its cost in quality."""

    name: str = text("name", "what it is")
    since: float | None = when("from", "date from which it is used; always if absent", default=None)
    weight_bytes_x: float | None = number(
        "weight_bytes", "x", "multiplies bytes of weights", default="1x", source="no change", above=0.0
    )
    context_bytes_x: float | None = number(
        "context_bytes", "x", "multiplies bytes a copy keeps", default="1x", source="no change", above=0.0
    )
    flop_x: float | None = number("flop", "x", "multiplies FLOP per token", default="1x", source="no change", above=0.0)
    params_x: float | None = number(
        "params", "x", "multiplies parameters (distillation, pruning)", default="1x", source="no change", above=0.0
    )
    speed_x: float | None = number(
        "speed", "x", "multiplies a copy's speed (speculative decoding)", default="1x", source="no change", above=0.0
    )
    quality_x: float | None = number(
        "quality", "x", "multiplies quality in every domain", default="1x", source="no change", low=0.0
    )


@dataclass(slots=True, kw_only=True)
class Inference:
    """Throughput of a deployed model: for the scenario, one lab or one fleet."""

    throughput: str = choice(
        "throughput",
        ("memory", "flop"),
        "memory: copies by memory, speed by bandwidth; flop: peak FLOP/s over FLOP per token, an upper bound",
        default="memory",
        source="this program's choice: most architectures are only inferred (docs/model.md)",
    )
    precision: str = choice(
        "precision",
        ("fp4", "fp8", "bf16"),
        "precision of weights and peak; a type without it uses the next wider one",
        default="fp8",
        source="fp8 is near lossless: Kurtic et al. 2025, arXiv:2411.02355",
    )
    utilisation: float | None = number(
        "utilisation",
        "share",
        "flop: FLOP used per peak FLOP while serving",
        default="0.1 to 0.4",
        source="0.1 for external serving, 0.4 for other work: R. Dean, AI 2027 compute forecast, 2025",
        above=0.0,
    )
    speed_tokens_per_s: float | None = number(
        "speed",
        "token/s",
        "flop: speed of one copy",
        default="10 to 100 tokens/s",
        source="L. Finnveden 2023 (the seed): 10 to 100 tokens/s",
        above=0.0,
    )
    copies_per_replica: float | None = number(
        "copies_per_replica",
        "copies",
        "memory: copies that share one set of weights",
        default="256",
        source=DEAN,
        above=0.0,
    )
    context_tokens: float | None = number(
        "context",
        "token",
        "memory: tokens that a copy keeps in memory, if the model states bytes per token",
        default="200000 tokens",
        source=DEAN,
        above=0.0,
    )
    context_bytes: float | None = number(
        "context_memory",
        "byte",
        "memory: bytes that a copy keeps, where the model states none",
        default="20 GB",
        source=DEAN,
        low=0.0,
    )
    bandwidth_share: float | None = number(
        "bandwidth_share",
        "share",
        "memory: share of memory bandwidth used",
        default="0.75 to 0.9",
        source="0.75 to 0.88 measured (Vidur profiles, arXiv:2405.05465); 0.9 assumed by " + DEAN,
        above=0.0,
        high=1.0,
    )
    decoding_gain: float | None = number(
        "decoding_gain",
        "x",
        "memory: speed-up by speculative decoding and the like",
        default="1x to 2x",
        source="none at large batch (TensorRT-LLM); 2x: " + DEAN,
        above=0.0,
    )
    generating_share: float | None = number(
        "generating_share",
        "share",
        "share of time that an AI worker generates; else it waits for tools",
        default="100%",
        source=GUESS,
        above=0.0,
        high=1.0,
    )
    sparsity: Series | None = dated(
        "sparsity",
        "x",
        "total over active parameters of a model finished on the date, where it states none",
        default={
            "2020-01-01": 1,
            "2023-01-01": 6,
            "2026-01-01": 8,
            "2027-01-01": 16,
            "2028-01-01": 32,
            "2030-01-01": 37,
            "2032-01-01": 48,
            "2035-01-01": 64,
            "2040-01-01": 128,
        },
        source="2026 on: " + DEAN + "; 2023: GPT-4 by a leak (1.8T/280B); 2020: dense GPT-3",
        low=1.0,
    )
    tricks: list[Trick] | None = blocks("tricks", Trick, "dated inference tricks", default=[])
