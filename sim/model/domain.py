"""A domain of work, and how good and how general a model of given capability is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.base.series import Series
from sim.model.declare import GUESS, block, choice, dated, number, when

DEFINED = "this program's definition (docs/model.md)"

RESEARCH: Final = "ai_research"
"""The domain whose labour improves software."""


@dataclass(slots=True, kw_only=True)
class Logistic:
    """ceiling / (1 + exp(−slope · (log10 effective FLOP − log10 midpoint)))."""

    ceiling: float | None = number(
        "ceiling", "1", "value that unlimited effective FLOP gives", default="1", source=GUESS, low=0.0
    )
    midpoint_flop: float | None = number(
        "midpoint", "FLOP", "effective FLOP at half the ceiling", default="3e28 FLOP", source=GUESS, above=0.0
    )
    as_of: float | None = when(
        "as_of",
        "date whose algorithms the midpoint's FLOP refer to; converted to the base date by `software.training`",
        default="2024-01-01",
    )
    slope: float | None = number(
        "slope", "1", "steepness per factor of ten of effective FLOP", default="1.2", source=GUESS, above=0.0
    )


@dataclass(slots=True, kw_only=True)
class Thinking:
    """The exchange rate of tokens for capability: with x times the tokens a task, x^gain times the effective FLOP.

    A fleet's `think` says how much of it is used.
    """

    gain: float | None = number(
        "gain",
        "1",
        "factors of ten of effective FLOP that a factor of ten more tokens a task is worth",
        default="0.7",
        source="between 0.5 and 1: 10 to 100 times the inference for about 10 times the training in most language tasks"
        " (Villalobos & Atkinson 2023, Trading off compute in training and inference, Epoch AI)",
        low=0.0,
    )
    most_x: float | None = number(
        "most",
        "x",
        "tokens a task beyond which nothing is gained, over those of the token basis",
        default="100x",
        source="Villalobos & Atkinson 2023, Epoch AI: most language tasks (1 to 2 factors of ten)",
        low=1.0,
    )
    buys: str = choice(
        "buys",
        ("both", "quality", "share_doable"),
        "which law sees the larger effective FLOP: better work, a larger share of the tasks, or both",
        default="both",
        source="this program's choice (docs/model.md)",
    )


@dataclass(slots=True, kw_only=True)
class ExpertLevel:
    """What makes a model expert-level in a domain: both are reached, with as much thinking as a fleet allows it."""

    quality: float | None = number(
        "quality", "share", "output per token against a human expert's", default="100%", source=DEFINED, above=0.0
    )
    share_doable: float | None = number(
        "share_doable",
        "share",
        "share of the domain's task-hours that it can do",
        default="90%",
        source=DEFINED,
        above=0.0,
        high=1.0,
    )


@dataclass(slots=True, kw_only=True)
class ShareDoable(Logistic):
    """The same law for the share of tasks that a model can do at all: it decides how much AI speeds research up."""

    midpoint_flop: float | None = number(
        "midpoint",
        "FLOP",
        "effective FLOP at half the ceiling",
        default="3e28 to 2e29 FLOP",
        source="guess between two reports of 2026: with it the strongest models of that spring do 21% to 41% of the"
        " work, which at rho -2 makes people with unlimited AI 1.4 to 2.2 times as fast (AI Futures Model 2025: 1.6 in"
        " software engineering; METR's survey of 2026: 1.6 to 2.1)",
        above=0.0,
    )


@dataclass(slots=True, kw_only=True)
class Domain:
    """Work of one kind: what a token is worth in it, and the humans who do it today."""

    name: str
    token_basis: str = choice(
        "token_basis",
        ("task", "thinking"),
        "tokens for an hour of human work: as measured on tasks, or a human's words a minute",
        default="task",
        source="Epoch AI 2025, How many digital workers could OpenAI deploy? (METR tasks)",
    )
    tokens_per_human_hour_task: float | None = number(
        "tokens_per_human_hour_task",
        "token/hour",
        "tokens for what takes a human an hour, measured on tasks",
        default="1e5 to 1e6 tokens/hour",
        source="GPT-5 on METR tasks: Epoch AI, October 2025",
        above=0.0,
    )
    quality: Logistic = block(
        "quality", Logistic, "output per token against a human expert's, on tasks it can do", default={}
    )
    share_doable: Logistic = block(
        "share_doable", ShareDoable, "share of the domain's task-hours that a model can do", default={}
    )
    thinking: Thinking | None = block("thinking", Thinking, "what more tokens a task buy", default={})
    workforce: Series | None = dated(
        "workforce", "people", "full-time humans who do this work, worldwide", default=None, low=0.0
    )


@dataclass(slots=True, kw_only=True)
class Human:
    """The human that AI work is compared with."""

    tokens_per_human_hour_thinking: float | None = number(
        "tokens_per_human_hour_thinking",
        "token/hour",
        "tokens a human thinks or reads in an hour",
        default="3600 to 47000 tokens/hour",
        source="1 token/s: L. Finnveden 2023; 13 tokens/s: AI 2027 (600 words a minute)",
        above=0.0,
    )
    work_hours_per_week: float | None = number(
        "work_week",
        "hour/week",
        "working hours of a full-time human",
        default="40 hours/week",
        source="convention",
        above=0.0,
        high=168.0,
    )
    task_substitution: float | None = number(
        "task_substitution",
        "1",
        "rho_t: how well tasks substitute each other (negative: complements)",
        default="-2",
        source="AI Futures Model 2025: coding tasks, -2 (-5 to -1)",
        high=0.0,
    )
