"""What a model's tokens are worth in a domain: shared by the kernel, whose fleets choose by it, and the tables."""

from __future__ import annotations

import math
from typing import Protocol

from sim.model.domain import Domain, Human, Logistic
from sim.model.inference import Inference
from sim.model.throughput import quality_multiplier
from sim.physics.labour import LogisticCurve, human_equivalents, logistic


class Capable(Protocol):
    """What the laws need to know of a model."""

    def capability(self, domain: str) -> float:
        """Effective FLOP that it counts for in a domain."""
        ...


def value_of(law: Logistic, effective_flop: float) -> float:
    """A logistic law's value at an effective FLOP."""
    assert law.ceiling is not None and law.midpoint_flop is not None and law.slope is not None
    return logistic(effective_flop, law.ceiling, law.midpoint_flop, law.slope)


def thought(domain: Domain, think_x: float, law: str) -> float:
    """Factor on effective FLOP that `think_x` times the tokens a task buy in one law (`quality`, `share_doable`)."""
    thinking = domain.thinking
    if think_x == 1.0 or thinking is None or thinking.buys not in (law, "both"):
        return 1.0
    most = thinking.most_x
    return math.pow(think_x if most is None else min(think_x, most), thinking.gain or 0.0)


def quality(model: Capable, domain: Domain, inference: Inference, day: float, think_x: float = 1.0) -> float:
    """Quality of a model's work in a domain on a day, tricks and thinking included."""
    effective = model.capability(domain.name) * thought(domain, think_x, "quality")
    return value_of(domain.quality, effective) * quality_multiplier(inference, day)


def share_doable(model: Capable, domain: Domain, think_x: float = 1.0) -> float:
    """Share of the domain's task-hours that a model can do at all."""
    effective = model.capability(domain.name) * thought(domain, think_x, "share_doable")
    return min(1.0, value_of(domain.share_doable, effective))


def tokens_per_human_hour(domain: Domain, human: Human) -> float:
    """Tokens that stand for an hour of human work, by the domain's token basis."""
    if domain.token_basis == "thinking":
        return human.tokens_per_human_hour_thinking or 0.0
    return domain.tokens_per_human_hour_task or 0.0


def worth(
    model: Capable, domain: Domain, human: Human, inference: Inference, day: float, think_x: float = 1.0
) -> float:
    """Human-equivalents of one token/s of a model in a domain on a day; `think_x` times the tokens go on each task."""
    return Worth(domain, human, think_x).of(model.capability(domain.name), quality_multiplier(inference, day))


class Worth:
    """`worth` in a domain for many models: what does not depend on the model is worked out once."""

    __slots__ = ("_quality", "_thought", "_tokens", "_hours")

    def __init__(self, domain: Domain, human: Human, think_x: float) -> None:
        law = domain.quality
        assert law.ceiling is not None and law.midpoint_flop is not None and law.slope is not None
        self._quality = LogisticCurve(law.ceiling, law.midpoint_flop, law.slope)
        self._thought = thought(domain, think_x, "quality")
        self._tokens = tokens_per_human_hour(domain, human) * think_x
        self._hours = human.work_hours_per_week or 40.0

    def of(self, effective_flop: float, quality_x: float) -> float:
        """Of a model that counts for so much in the domain; quality_x: `quality_multiplier` of its inference."""
        quality = self._quality.at(effective_flop * self._thought) * quality_x
        return human_equivalents(1.0, self._tokens, self._hours, quality)
