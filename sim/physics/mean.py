"""The weighted power mean: the constant-elasticity-of-substitution (CES) form behind labour and research."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

NEGLIGIBLE_EXPONENT: Final = 1e-100
"""Exponents below this differ from 0 by less than any float can show, and would lose digits as subnormal numbers."""


def power_mean(weighted_logs: Sequence[tuple[float, float]], exponent: float) -> float:
    """[Σ w·v^ρ]^(1/ρ) for (weight w, ln v) and exponent ρ; Π v^w at ρ = 0. Weights sum to 1.

    Taken about the value v₀ that counts most (the smallest for ρ ≤ 0, else the largest):
    ln mean = ln v₀ + log1p(Σ w·expm1(ρ·(ln v − ln v₀)))/ρ. So nothing overflows, and the mean is
    continuous through ρ = 0. A value may be 0 (ln v = −∞; the mean is then 0 for ρ ≤ 0) or unbounded
    (ln v = ∞). What has weight 0 does not count.

    Unit: that of the values. Raises ValueError if no weight is above 0.
    (Arrow, Chenery, Minhas & Solow 1961, Review of Economics and Statistics 43(3): the CES form.)
    """
    counted = [(weight, log) for weight, log in weighted_logs if weight > 0.0]
    if not counted:
        raise ValueError("a mean needs at least one weight above 0")
    logs = [log for _, log in counted]
    most = min(logs) if exponent <= 0.0 else max(logs)
    if most == -math.inf:
        return 0.0
    if most == math.inf:
        return math.inf
    if abs(exponent) < NEGLIGIBLE_EXPONENT:
        return _exp(most + sum(weight * (log - most) for weight, log in counted))
    departure = sum(weight * math.expm1(exponent * (log - most)) for weight, log in counted)
    if departure > -0.5:
        log_sum = math.log1p(departure)
    else:  # a small weight on v₀ would be lost in 1 + departure
        log_sum = math.log(sum(weight * math.exp(exponent * (log - most)) for weight, log in counted))
    return _exp(most + log_sum / exponent)


def _exp(log: float) -> float:
    """e^log, unbounded (∞) where a float cannot hold it."""
    try:
        return math.exp(log)
    except OverflowError:
        return math.inf
