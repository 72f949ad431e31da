"""AI work in human-equivalents, and what humans and AIs do together when tasks are complements."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from sim.base.units import HOURS_PER_WEEK, SECONDS_PER_HOUR
from sim.physics.check import not_negative, positive, share
from sim.physics.mean import power_mean

_log10: Final[Callable[[float], float]] = math.log10  # compiled, it is looked up once


def logistic(effective_flop: float, ceiling: float, midpoint_flop: float, slope: float) -> float:
    """ceiling/(1 + exp(−slope·(log10 effective FLOP − log10 midpoint))): share doable or quality of a model.

    `slope` is per factor of ten. 0 for `effective_flop` of 0 or less; the ceiling for unbounded effective FLOP.
    Raises ValueError if the ceiling is negative, midpoint or slope is not positive, or effective FLOP is NaN.
    """
    return LogisticCurve(ceiling, midpoint_flop, slope).at(effective_flop)


class LogisticCurve:
    """`logistic` for many models: what does not depend on their effective FLOP is worked out once."""

    __slots__ = ("_ceiling", "_log_midpoint", "_slope")

    def __init__(self, ceiling: float, midpoint_flop: float, slope: float) -> None:
        if not (0.0 <= ceiling < math.inf and 0.0 < midpoint_flop < math.inf and 0.0 < slope < math.inf):
            not_negative("ceiling", ceiling)
            positive("midpoint_flop", midpoint_flop)
            positive("slope", slope)
        self._ceiling, self._log_midpoint, self._slope = ceiling, _log10(midpoint_flop), slope

    def at(self, effective_flop: float) -> float:
        """Its value at an effective FLOP, 0 at none. Raises ValueError if that is not a number."""
        if math.isnan(effective_flop):
            raise ValueError("effective_flop must be a number, got nan")
        if effective_flop <= 0.0:
            return 0.0
        x = self._slope * (_log10(effective_flop) - self._log_midpoint)
        if x >= 0.0:
            return self._ceiling / (1.0 + math.exp(-x))
        small = math.exp(x)
        return self._ceiling * small / (1.0 + small)


def human_equivalents(
    tokens_per_s: float, tokens_per_human_hour: float, work_hours_per_week: float, quality: float
) -> float:
    """W = tokens/s · 3600/tokens per human-hour · 168/work hours a week · quality, in full-time humans.

    Counts work on the tasks that the model can do. Raises ValueError if tokens/s or quality is negative, tokens
    per human-hour is not positive, or the work week is not above 0 and at most 168 hours.
    """
    if not (0.0 <= tokens_per_s < math.inf and 0.0 < tokens_per_human_hour < math.inf):
        not_negative("tokens_per_s", tokens_per_s)
        positive("tokens_per_human_hour", tokens_per_human_hour)
    if not 0.0 < work_hours_per_week <= HOURS_PER_WEEK:
        raise ValueError(f"work_hours_per_week must be above 0 and at most 168, got {work_hours_per_week}")
    not_negative("quality", quality)
    return tokens_per_s * SECONDS_PER_HOUR / tokens_per_human_hour * (HOURS_PER_WEEK / work_hours_per_week) * quality


def joint_labour(humans: float, ai: float, share_doable: float, substitution: float) -> float:
    """Labour L of H humans and W = `ai` human-equivalents that can do a share s of the tasks, in humans.

    Tasks are the interval [0, 1], complements with exponent ρ = `substitution` ≤ 0: L = [∫ e(t)^ρ dt]^(1/ρ) with
    effort e; AIs can do [0, s], humans all, and work where they help most:
    L = H + W while W ≤ s·H/(1−s) (effort is level), else [s·(W/s)^ρ + (1−s)·(H/(1−s))^ρ]^(1/ρ).
    At ρ = 0 that is (W/s)^s·(H/(1−s))^(1−s). s = 1: H + W. s = 0: H. H = 0 and s < 1: 0. W may be unbounded
    (`math.inf`): L is then `labour_limit`.
    Used by tests as the independent form of `joint_labour_nested`, which the tables use.

    Raises ValueError if H or W is negative, s is outside 0 to 1, or ρ above 0 or not finite.
    (Tasks as complements: AI Futures Model 2025, brendanhalstead/ai-progress-rates, ρ = −2.)
    """
    _check(humans, substitution)
    _check_model(share_doable, ai)
    if share_doable == 0.0:
        return humans
    rest = 1.0 - share_doable
    if ai * rest <= share_doable * humans or rest == 0.0:
        return humans + ai
    return power_mean(((share_doable, _log_level(ai, share_doable)), (rest, _log_level(humans, rest))), substitution)


def labour_with_one(
    humans: float, share_doable: float, substitution: float, each: float = 1.0
) -> Callable[[float], float]:
    """`joint_labour` as a function of W/`each` alone, for one model at many W: the rest is worked out once.

    Raises ValueError as `joint_labour` does; W is not checked.
    """
    if not (0.0 <= humans < math.inf and 0.0 <= share_doable <= 1.0 and -math.inf < substitution <= 0.0):
        _check(humans, substitution)
        share("share_doable", share_doable)
    if share_doable == 0.0:
        return lambda amount: humans
    rest = 1.0 - share_doable
    if rest == 0.0:
        return lambda amount: humans + each * amount
    level = share_doable * humans / rest
    if level == 0.0 or substitution > -1e-3:  # next to Cobb-Douglas the sum below would lose its digits
        return lambda amount: joint_labour(humans, each * amount, share_doable, substitution)
    # Everything about the humans' level, so that nothing overflows: L = (H/(1−s))·[s·(W/s ÷ H/(1−s))^ρ + (1−s)]^(1/ρ).
    of_humans, root = humans / rest, 1.0 / substitution

    def labour(amount: float) -> float:
        ai = each * amount
        if ai <= level:
            return humans + ai
        together: float = of_humans * (share_doable * (ai / level) ** substitution + rest) ** root
        return together

    return labour


def joint_labour_nested(humans: float, ai: Sequence[tuple[float, float]], substitution: float) -> float:
    """Labour L, in humans, of H humans and several models of (share doable s_i, human-equivalents W_i).

    Tasks and ρ as in `joint_labour`; model i can do [0, s_i]. Work can always be placed on easier tasks, never on
    harder ones, so that any effort is possible that has, for each x, effort on [x, 1] ≤ H + Σ_{s_i > x} W_i.
    L is concave and treats all tasks alike, so the most level such effort is the best: seen from the hardest task
    down, its cumulative sum is the greatest convex function below these bounds. It is found by laying each source
    on the tasks between its own share and the next narrower one, hardest first, and levelling neighbours
    wherever an easier stretch has less effort than a harder one (pool adjacent violators). Equal to `joint_labour`
    for one model; models of equal share add up; a model of share 0 does nothing; order does not matter.

    Raises ValueError as `joint_labour` does.
    (Levelling under nested bounds: Veinott 1971, "Least d-majorized network flows", Management Science 17(9);
    Barlow, Bartholomew, Bremner & Brunk 1972, Statistical Inference under Order Restrictions.)
    """
    _check(humans, substitution)
    work: dict[float, float] = {1.0: humans}
    for share_doable, amount in ai:
        _check_model(share_doable, amount)
        if share_doable > 0.0:
            work[share_doable] = work.get(share_doable, 0.0) + amount
    shares = sorted(work, reverse=True)
    blocks: list[tuple[float, float, float]] = []  # (width, effort, ln of effort per width), hardest tasks first
    for upper, lower in zip(shares, [*shares[1:], 0.0], strict=True):
        width, effort = upper - lower, work[upper]
        level = _log_level(effort, width)
        while blocks and blocks[-1][2] >= level:
            harder_width, harder_effort, _ = blocks.pop()
            width, effort = width + harder_width, effort + harder_effort
            level = _log_level(effort, width)
        blocks.append((width, effort, level))
    if len(blocks) == 1:
        return blocks[0][1]
    return power_mean([(width, level) for width, _, level in blocks], substitution)


def labour_limit(humans: float, share_doable: float, substitution: float) -> float:
    """H·(1−s)^((1−ρ)/ρ): the most that H humans and unlimited AI reach together, in humans.

    Unbounded (`math.inf`) for s = 1, and for ρ = 0 with s > 0 and H > 0. H = 0 and s < 1: 0.
    Used by tests as the independent form of the limit of `joint_labour_nested`.
    Raises ValueError if H is negative, s is outside 0 to 1, or ρ above 0 or not finite.
    """
    _check(humans, substitution)
    share("share_doable", share_doable)
    if share_doable == 1.0:
        return math.inf
    if share_doable == 0.0 or humans == 0.0:
        return humans
    if substitution == 0.0:
        return math.inf
    log = math.log(humans) + (1.0 - substitution) / substitution * math.log1p(-share_doable)
    try:
        return math.exp(log)
    except OverflowError:
        return math.inf


def _log_level(effort: float, width: float) -> float:
    """ln of effort per width of tasks; −∞ for no effort. Logs, as a tiny share would overflow the quotient."""
    return math.log(effort) - math.log(width) if effort > 0.0 else -math.inf


def _check(humans: float, substitution: float) -> None:
    not_negative("humans", humans)
    if not -math.inf < substitution <= 0.0:
        raise ValueError(f"substitution must be finite and at most 0 (tasks are complements), got {substitution}")


def _check_model(share_doable: float, ai: float) -> None:
    share("share_doable", share_doable)
    if not ai >= 0.0:
        raise ValueError(f"ai must be 0 or more, got {ai}")
