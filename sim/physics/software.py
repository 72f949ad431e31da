"""Research input to software progress, and the speed-up that AI labour implies."""

from __future__ import annotations

import math

from sim.physics.check import not_negative, positive, share
from sim.physics.mean import power_mean


def research_input(labour: float, compute: float, labour_share: float, substitution: float) -> float:
    """R = exp(log1p(a·expm1(ρ ln L) + (1−a)·expm1(ρ ln C))/ρ), that is [a·L^ρ + (1−a)·C^ρ]^(1/ρ); L^a·C^(1−a) at ρ = 0.

    Research labour L and experiment compute C relative to the base date, a = `labour_share`,
    ρ = `substitution`. R = 1 at L = C = 1. If an input is 0 and ρ ≤ 0, R is 0, unless that input's share is 0:
    it then does not count. No unit.
    Used by tests as the independent form of `implied_uplift`.

    Raises ValueError if L or C is negative, a is outside 0 to 1, or ρ above 1 or not finite.
    (Davidson & Houlden 2025, "How quick and big would a software intelligence explosion be?", Forethought:
    Cobb-Douglas; CES with ρ near 0 in the Full Takeoff Model, Davidson 2023.)
    """
    not_negative("labour", labour)
    not_negative("compute", compute)
    share("labour_share", labour_share)
    if not -math.inf < substitution <= 1.0:
        raise ValueError(f"substitution must be finite and at most 1, got {substitution}")
    return power_mean(
        (
            (labour_share, math.log(labour) if labour else -math.inf),
            (1.0 - labour_share, math.log(compute) if compute else -math.inf),
        ),
        substitution,
    )


def implied_uplift(labour_with_ai: float, humans: float, labour_share: float, parallel_penalty: float) -> float:
    """(L/H)^(a·λ): software speed with AI labour over that of the humans alone, at equal experiment compute.

    L = `labour_with_ai` as `labour.joint_labour` gives it, a = `labour_share`, λ = `parallel_penalty`.
    Raises ValueError if humans are not positive, labour is negative, or a or λ is outside 0 to 1.
    (Davidson & Houlden 2025, Forethought: speed goes with R^λ, R = L^a·C^(1−a).)
    """
    not_negative("labour_with_ai", labour_with_ai)
    positive("humans", humans)
    share("labour_share", labour_share)
    share("parallel_penalty", parallel_penalty)
    return float((labour_with_ai / humans) ** (labour_share * parallel_penalty))
