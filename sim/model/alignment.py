"""Alignment work: which models may do it, what holds it down, what the job needs, and what a reader judges of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.base.series import Series
from sim.model.declare import GUESS, block, blocks, choice, dated, named, names, number, numbers, text
from sim.model.domain import DEFINED

ALIGNMENT: Final = "alignment"
"""The domain whose work it is; the fleet of that name works in it."""

WORLD_ONLY = ("elsewhere", "needs", "relevance", "job", "risk")
"""Fields of `Alignment` that are about the world's work, not a lab's."""

TRUST_RULES = ("cleared_after_days", "cleared_by_years", "older_than_days", "below", "models")
"""Fields of `Trust` that make a model trusted."""

LEAD, DWELL, SERIAL = "lead", "dwell", "serial days"


@dataclass(slots=True, kw_only=True)
class Trust:
    """Which models the fleets of the domain may run: from the first day on which one of the stated rules holds."""

    cleared_after_days: float | None = number(
        "cleared_after", "day", "a model is cleared so long after its lab has it (its internal date)", default=None,
        low=0.0,
    )  # fmt: skip
    cleared_by_years: float | None = number(
        "cleared_by",
        "1",
        "human-years of verification that clear a model, one model after another, from its internal date on",
        default=None,
        above=0.0,
    )
    verifiers: float | None = number(
        "verifiers",
        "share",
        "cleared_by: share of the lab's alignment staff who verify while a model waits; they do no other work then",
        default="25%",
        source=GUESS,
        above=0.0,
        high=1.0,
    )
    older_than_days: float | None = number(
        "older_than", "day", "a model is trusted so long after the end of its training (its internal date, if that is"
        " not known)", default=None, low=0.0,
    )  # fmt: skip
    below: str | None = text("below", "models that have not reached this level are trusted", default=None)
    models: list[str] | None = names(
        "models", "models that are trusted, by name; LAB/NAME is that lab's own, or its copy of another's", default=None
    )

    @property
    def rules(self) -> list[str]:
        """The rules that are stated, by field."""
        return [name for name in TRUST_RULES if getattr(self, name) is not None]


@dataclass(slots=True, kw_only=True)
class Job:
    """What has to be done: only where it is stated do results say whether it was."""

    researcher_years: float | None = number(
        "researcher_years", "1", "alignment work that is needed, as counted", default=None, above=0.0
    )
    serial_days: float | None = number(
        "serial_days", "day", "serial time that is needed, at the speed of one human", default=None, above=0.0
    )
    by: str | None = text("by", "level before which it has to be done; the end of the scenario if absent", default=None)


@dataclass(slots=True, kw_only=True)
class RiskPoint:
    """One point of a risk curve."""

    at_days: float = number("at", "day", "so much time", low=0.0)
    risk: float = number("risk", "share", "the risk that the author sees then", low=0.0, high=1.0)


@dataclass(slots=True, kw_only=True)
class Risk:
    """Somebody's judgement of a risk by time: a curve through points, straight between them and level outside."""

    name: str
    author: str = text("author", "whose judgement it is")
    of: str = choice(
        "of",
        (LEAD, DWELL, SERIAL),
        "the time that it goes by: the lead of the lab that reaches `level` first, the dwell from `level` on, or the"
        " serial days of alignment work in that dwell",
        default=LEAD,
    )
    level: str = text("level", "the level from which that time counts")
    points: list[RiskPoint] = blocks("points", RiskPoint, "points of the curve, by time")


@dataclass(slots=True, kw_only=True)
class Alignment:
    """Alignment work at N0·(N/N0)^lambda researcher-years a year: N of humans and of trusted models that they verify.

    Counted where a scenario has this block, or alignment staff. Models work in fleets of the domain `alignment`.
    """

    parallel_penalty: float | None = number(
        "lambda",
        "1",
        "lambda: N times as many workers as at the base date do N^lambda times as much",
        default="0.3 to 0.8",
        source="AI Futures Project 2025, ai-progress-rates: penalty on research labour in parallel, 0.3 to 0.8 (10 to"
        " 90%); that it holds for alignment is a guess",
        above=0.0,
        high=1.0,
    )
    verified_per_human: float | None = number(
        "verified",
        "1",
        "v: AI work, in full-time humans, that one human can verify; what is not verified does not count",
        default="3 to 30",
        source=GUESS,
        low=0.0,
    )
    oversight: float | None = number(
        "oversight",
        "share",
        "share of the AI work that goes into watching it (monitoring, checks, work done twice)",
        default="20%",
        source=GUESS,
        low=0.0,
        high=1.0,
    )
    good_enough: float | None = number(
        "good_enough",
        "share",
        "quality from which an AI counts as a worker for serial time",
        default="100%",
        source=DEFINED,
        above=0.0,
    )
    trust: Trust | None = block(
        "trust", Trust, "which models may do alignment work; all that the lab has, if absent", default=None
    )
    elsewhere: Series | None = dated(
        "elsewhere", "people", "people who do alignment work outside of the scenario's labs", default=None, low=0.0
    )
    needs: dict[str, float] = numbers(
        "needs",
        "share",
        "level: share of the job that can only be done once a model at that level exists",
        default={},
        low=0.0,
        high=1.0,
    )
    relevance: dict[str, float] = numbers(
        "relevance",
        "share",
        "level: what work counts that is done before a model at that level exists (the least, of several)",
        default={},
        low=0.0,
        high=1.0,
    )
    job: Job | None = block("job", Job, "a requirement to hold the work against", default=None)
    risk: dict[str, Risk] = named("risk", Risk, "curves of risk by time, each its author's judgement", default={})
