"""Inputs that are not told apart from a stronger one, as the two go together in the draws that are there by accident.

Few Sobol points are even in each input, but not in each pair: of 32 points two inputs that are independent in the
scenario may have a rank correlation of 0.8, and then what one moves shows in both. Dummies cannot tell: they are
random numbers. How many points it takes for pairs to be as random ones are grows with the inputs (`enough`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.estimate import Floats
from sim.ensemble.factors import Factor

TOGETHER = 0.4
"""Rank correlation in the draws from which on PAWN, which has no partial form, does not tell two inputs apart: a tenth
of the draws by one then lies, in median, a quarter of a standard deviation off in the other (0.4 · 0.67)."""

LEAST, FOR_EACH = 1024, 11
"""Sobol points for few inputs, and for each of many, from which on (rounded up to a power of two) no two inputs go
together by accident more than random ones: measured for 10 to 200 dimensions, in `benchmarks/pairs.py`. Few inputs lie
in about 50 of these, as defaults have some of their own. With half as many points the largest rank correlation is about
twice as large, as 0.2 for 62 inputs at 512 points."""


def enough(inputs: int) -> int:
    """How many Sobol points of so many inputs have pairs as random ones do."""
    least = max(LEAST, FOR_EACH * inputs)
    return 1 << (least - 1).bit_length()


@dataclass(frozen=True, slots=True)
class DrawnTogether:
    """A stronger input that an input is not told apart from, and their rank correlation in the draws (-1 to 1)."""

    stronger: Factor
    correlation: float


def drawn_together(
    factors: Sequence[Factor], columns: Floats, ranks: Floats, indices: Floats, noise: float, limit: float | None = None
) -> dict[str, DrawnTogether]:  # fmt: skip
    """Path -> what it is not told apart from, of inputs that are beyond chance but may be so by a stronger one only.

    columns: ranks of each factor in the draws; ranks: of the result; indices: of each factor; noise: what chance
    gives. limit: a correlation beyond which two are not told apart. None: their partial rank correlation with the
    result decides, given all stronger ones with which they go together by more than `noise`: what goes together by less
    cannot by that alone be beyond it. Pairs that the scenario correlates are left alone.
    """
    beyond = sorted((n for n in range(len(factors)) if abs(indices[n]) > noise), key=lambda n: (-abs(indices[n]), n))
    scores = _standard(columns[:, beyond])
    result = _standard(ranks[:, np.newaxis])[:, 0]
    correlations = scores.T @ scores
    found: dict[str, DrawnTogether] = {}
    for weak in range(1, len(beyond)):
        factor = factors[beyond[weak]]
        rivals = [strong for strong in range(weak)
                  if abs(correlations[weak, strong]) > (noise if limit is None else limit)
                  and not _stated(factor, factors[beyond[strong]])]  # fmt: skip
        if not rivals or (limit is None and _beyond_given(scores[:, weak], result, scores[:, rivals], noise)):
            continue
        most = max(rivals, key=lambda strong: abs(correlations[weak, strong] * indices[beyond[strong]]))
        found[factor.path] = DrawnTogether(factors[beyond[most]], float(correlations[weak, most]))
    return found


def _standard(columns: Floats) -> Floats:
    """Columns less their means, of length 1; 0 for one that is the same in all draws."""
    centred = columns - columns.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    standard: Floats = np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-9)
    return standard


def _stated(one: Factor, other: Factor) -> bool:
    """Whether the scenario says that two go together."""
    return any(path in one.follows for path in (other.path, *other.same)) or any(
        path in other.follows for path in (one.path, *one.same)
    )


def _beyond_given(column: Floats, result: Floats, given: Floats, noise: float) -> bool:
    """Whether the partial correlation of two standard columns, given others, is beyond chance.

    Each column that is given takes a degree of freedom: chance gives √((n - 1) / (n - 1 - k)) times as much.
    """
    left = column.size - 1 - given.shape[1]
    if left <= 0:
        return False
    both: NDArray[np.float64] = np.column_stack([column, result])
    rest = both - given @ np.linalg.lstsq(given, both, rcond=None)[0]
    size = math.sqrt(float((rest[:, 0] ** 2).sum() * (rest[:, 1] ** 2).sum()))
    if size < 1e-9:
        return False
    return abs(float(rest[:, 0] @ rest[:, 1])) / size > noise * math.sqrt((column.size - 1) / left)
