"""What PAWN indices chance alone gives: those of inputs that move nothing, by simulation of slices drawn at random.

An input that moves nothing cuts the draws into random subsets. The index then depends on nothing but how many draws
there are and which of their results are equal, so that its distribution can be had as exactly as wanted, without SALib.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import numpy as np

from sim.ensemble.estimate import Floats

SIMULATED = 20_000
"""Inputs that move nothing whose index is simulated: 45 of them are beyond what is told of 23 inputs."""
MOST = 1_024
"""Draws that are simulated: of more the distances go down with the root of their number (Stephens 1970)."""
ROWS = 1_000


def index_quantile(q: float, ranks: Floats, slices: int) -> float:
    """The quantile q of the index of an input that moves nothing. ranks: of the result in the draws."""
    return float(np.quantile(null_indices(ranks, slices), q))


def null_indices(ranks: Floats, slices: int, seed: int = 0) -> Floats:
    """The indices of `SIMULATED` inputs that move nothing."""
    n = ranks.size
    ordered = np.sort(ranks)
    if n > MOST:
        ordered = ordered[np.round(np.linspace(0, n - 1, MOST)).astype(np.int64)]
    if (np.diff(ordered) > 0.0).all():
        found = _untied(ordered.size, slices, seed)
    else:
        found = _simulated(ordered, slices, seed)
    return found * _root(ordered.size / slices) / _root(n / slices)


def _root(points: float) -> float:
    """By which a distance is multiplied so that its distribution does not depend on the number of points."""
    return math.sqrt(points) + 0.12 + 0.11 / math.sqrt(points)


@cache
def _untied(n: int, slices: int, seed: int) -> Floats:
    return _simulated(np.arange(n, dtype=np.float64), slices, seed)


def _simulated(ordered: Floats, slices: int, seed: int) -> Floats:
    """ordered: ranks, the least first. The slices are SALib's: the last draw is in none."""
    n = ordered.size
    chance = np.random.default_rng([seed, n])
    before = np.searchsorted(ordered, ordered, side="left") / n
    until = np.searchsorted(ordered, ordered, side="right") / n
    edges = np.quantile(np.arange(n), np.arange(slices + 1) / slices)
    cuts = np.ceil(edges - 1e-9).astype(np.int64)
    found = []
    for start in range(0, SIMULATED, ROWS):
        rows = min(ROWS, SIMULATED - start)
        places = chance.permuted(np.broadcast_to(np.arange(n), (rows, n)), axis=1)
        distances = []
        for first, last in pairwise(cuts.tolist()):
            own = np.sort(places[:, first:last], axis=1)
            steps = np.arange(last - first + 1) / (last - first)
            distances.append(np.maximum(steps[1:] - until[own], before[own] - steps[:-1]).max(axis=1))
        found.append(np.median(distances, axis=0))
    return np.concatenate(found)
