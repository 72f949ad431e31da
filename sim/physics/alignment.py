"""Alignment work: how much of it counts, how fast one chain of it goes, and what it is enough for."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from sim.base.units import HOURS_PER_WEEK, SECONDS_PER_HOUR
from sim.physics.check import not_negative, positive, share


def verified(ai: Sequence[tuple[float, float]], humans: float, per_human: float, oversight: float) -> list[float]:
    """AI work that counts, of models of (share doable s_i, human-equivalents W_i): W'_i, in full-time humans.

    Oversight takes its share first: (1 − o)·W_i. What is left counts as far as people verify it: Σ W'_i ≤ v·H. Where
    they cannot verify all of it they take the work of the models with the widest share doable first: any task that
    another can do these can do too, so no other choice gives more labour. Of equal shares each has its proportion.

    Raises ValueError if humans, v or a W is negative, or o outside 0 to 1. (This program's definition.)
    """
    not_negative("humans", humans)
    not_negative("per_human", per_human)
    share("oversight", oversight)
    left = per_human * humans
    work = [(1.0 - oversight) * amount for _, amount in ai]
    if math.fsum(work) <= left:
        return work
    result = [0.0] * len(work)
    for wide in sorted({doable for doable, _ in ai}, reverse=True):
        alike = [n for n, (doable, _) in enumerate(ai) if doable == wide]
        together = math.fsum(work[n] for n in alike)
        taken = min(together, left)
        for n in alike:
            result[n] = work[n] * (taken / together) if together else 0.0
        left -= taken
    return result


def work_rate(labour: float, base_labour: float, parallel_penalty: float) -> float:
    """N0·(N/N0)^λ: researcher-years a year of N full-time workers, N0 of whom there were at the base date.

    The same as N at N0, and for λ = 1 always: plain staff-years. 0 for N = 0, and for N0 = 0 unless λ = 1.
    Raises ValueError if N or N0 is negative, or λ outside 0 to 1.
    (Labour in parallel, with exponent λ: Jones 1995, Journal of Political Economy 103(4).)
    """
    not_negative("labour", labour)
    not_negative("base_labour", base_labour)
    share("parallel_penalty", parallel_penalty)
    if parallel_penalty == 1.0:
        return labour
    if labour <= 0.0 or base_labour <= 0.0:
        return 0.0
    return float(base_labour * (labour / base_labour) ** parallel_penalty)


def worker_speed(
    tokens_per_s: float, generating_share: float, tokens_per_human_hour: float, work_hours_per_week: float,
    quality: float,
) -> float:  # fmt: skip
    """Speed of an AI worker, 1 a full-time human's: tokens/s · g · 3600/tokens per human-hour · 168/hours · quality.

    tokens/s is that of a copy, g the share of its time in which an AI worker generates. With copies/g workers their
    number times this speed is their work in human-equivalents: number and speed apart.

    Raises ValueError if tokens/s or quality is negative, tokens per human-hour or g not positive, or hours not above 0
    and at most 168.
    """
    not_negative("tokens_per_s", tokens_per_s)
    not_negative("quality", quality)
    positive("tokens_per_human_hour", tokens_per_human_hour)
    positive("generating_share", generating_share)
    if not 0.0 < work_hours_per_week <= HOURS_PER_WEEK:
        raise ValueError(f"work_hours_per_week must be above 0 and at most 168, got {work_hours_per_week}")
    per_hour = tokens_per_s * generating_share * SECONDS_PER_HOUR / tokens_per_human_hour
    return per_hour * (HOURS_PER_WEEK / work_hours_per_week) * quality


def enough_for(parts: Iterable[tuple[float, float]]) -> float:
    """The largest job that some work is enough for: the least of (work since then)/(share of the job).

    parts: (share of the job that could be done only from some day on, work from that day to now). A job J can be done
    if for each such day its later part fits in what was done since: share·J ≤ work; what needs nothing is the part
    (1, all the work). In the unit of the work; unbounded (`math.inf`) if no share is above 0.
    Raises ValueError if a share is outside 0 to 1 or work is negative. (This program's definition; the condition is
    Hall's for work that can be put on any later task.)
    """
    most = math.inf
    for part, work in parts:
        share("share of the job", part)
        not_negative("work", work)
        if part > 0.0:
            most = min(most, work / part)
    return most


def risk_at(points: Sequence[tuple[float, float]], time: float) -> float:
    """A risk, as a share, by a curve through points of (days, risk), ascending; level before the first and after the
    last, and straight between two. Raises ValueError if there is no point.
    """
    if not points:
        raise ValueError("a curve needs at least one point")
    place = bisect_right([at for at, _ in points], time)
    if place == 0 or place == len(points):
        return points[min(place, len(points) - 1)][1]
    (left, low), (right, high) = points[place - 1], points[place]
    return low + (high - low) * (time - left) / (right - left)
