"""Research input to software progress, and the speed-up that AI labour implies."""

from __future__ import annotations

import math
from typing import Final

from sim.base.piece import Piece, piece_of
from sim.physics.check import not_negative, positive, share
from sim.physics.mean import power_mean


def research_input(labour: float, compute: float, labour_share: float, substitution: float) -> float:
    """R = exp(log1p(a·expm1(ρ ln L) + (1−a)·expm1(ρ ln C))/ρ), that is [a·L^ρ + (1−a)·C^ρ]^(1/ρ); L^a·C^(1−a) at ρ = 0.

    Research labour L and experiment compute C relative to the base date, a = `labour_share`,
    ρ = `substitution`. R = 1 at L = C = 1. If an input is 0 and ρ ≤ 0, R is 0, unless that input's share is 0:
    it then does not count. No unit.

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


def law_piece(day: float, efficiency: float, rate: float, returns: float, copying: float = 0.0) -> Piece:
    """dA/dt = d·A^(1−β) + c·A in closed form, from `efficiency` A₀ on `day` on; d and copying c held, both per day.

    rate = d·A₀^(−β), the law's own growth rate d ln A/dt on the day. c = 0: A = (A₀^β + β·d·t)^(1/β); c > 0:
    A^β = (A₀^β + d/c)·e^(β·c·t) − d/c; β = 0: A = A₀·e^((d + c)·t). d = g₀·R^λ with research input R; β = `returns`,
    less than 0 where R grows faster with A than A gets harder to raise: A then has a pole. c is what a follower copies
    of the leader's growth rate.

    Raises ValueError if the efficiency is not positive, or rate or copying is negative.
    (Davidson & Houlden 2025, Forethought: dS/dt = a·R^λ·S^(1−β). Copying is this program's definition.)
    """
    positive("efficiency", efficiency)
    not_negative("rate", rate)
    not_negative("copying", copying)
    if -NEGLIGIBLE_RETURNS < returns < NEGLIGIBLE_RETURNS:
        return piece_of(day, efficiency, rate + copying)
    return piece_of(day, efficiency, rate + copying, 1.0 / returns, returns * copying)


NEGLIGIBLE_RETURNS: Final = 1e-12
"""β below this changes A^β by less than a float shows for any A."""


def research_speed(
    labour: float, compute: float, labour_share: float, substitution: float, parallel_penalty: float
) -> float:
    """R^λ: software speed relative to that at the base date, at equal efficiency, R as `research_input`.

    λ = `parallel_penalty`. Raises ValueError as `research_input` does, or if λ is outside 0 to 1.
    """
    share("parallel_penalty", parallel_penalty)
    return float(research_input(labour, compute, labour_share, substitution) ** parallel_penalty)


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
