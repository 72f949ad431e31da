"""Effective FLOP: training FLOP counted in the algorithms of the base date. Capability is its log10."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum
from typing import Final

from sim.physics.check import not_negative, positive

ROUNDING: Final = 1e-9
"""Share by which effective FLOP may miss a multiple of another: rounding."""


def times_as_strong(factor: float, effective_flop: float) -> float:
    """Effective FLOP from which a model counts as `factor` times as strong as one of `effective_flop`.

    The product, less what rounding may take: in floats ten times 7e24 is more than 7e25.
    """
    return factor * effective_flop * (1.0 - ROUNDING)


def effective_flop(phases: Iterable[tuple[float, float]], gain: float = 1.0) -> float:
    """G·Σ FLOP·A: over phases of (physical FLOP, training efficiency at the phase's start).

    G is the compute-equivalent gain of the last post-training: it applies to the whole sum. A phase may have
    0 FLOP; without phases the result is 0. Unit: FLOP at the base date's algorithms.
    Raises ValueError if a phase's FLOP is negative, or an efficiency or the gain is not positive.
    (Gain: Davidson et al. 2023, arXiv:2312.07413, compute-equivalent gain of post-training enhancements.)
    """
    positive("gain", gain)
    terms = []
    for flop, efficiency in phases:
        not_negative("FLOP of a phase", flop)
        positive("training efficiency of a phase", efficiency)
        terms.append(flop * efficiency)
    return gain * (terms[0] if len(terms) == 1 else fsum(terms))
