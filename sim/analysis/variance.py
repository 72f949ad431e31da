"""Sobol indices: which share of a result's variance each input makes, alone and with all others.

Saltelli's design (Saltelli et al. 2010): two sets of n points, A and B, and for each input A with that input from B;
estimators and bootstrapped bands by SALib. Inputs that go together are one: only what is independent has a share of its
own. Random events, where there are any, are one more. That is n·(inputs + 2) runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.ranking import SensitivityError
from sim.analysis.tornado import goes_by_factors
from sim.base.limits import MOST_DRAWS
from sim.ensemble.columns import keyed
from sim.ensemble.estimate import Floats
from sim.ensemble.factors import Factor
from sim.ensemble.observed import Observed
from sim.scenario.distribution import standard_quantile
from sim.scenario.support import Support, weakest
from sim.tables.table import Column, Table

SOBOL = "sobol"
CHANCE = "(random events)"
MOST_LACKING = 0.2
"""Share of the points that may lack a result in any of their runs."""
LEAST_POINTS = 16
SURE, RESAMPLES = 0.95, 200

COLUMNS = [
    Column("input", "", "path in the scenario; of the first of those that go together"),
    Column("also", "", "the others that go together with it: they are one input here"),
    Column("first", "1", "share of the variance that it makes alone"),
    Column("first_low", "1", "95% band: lower end"),
    Column("first_high", "1", "95% band: upper end"),
    Column("total", "1", "share of the variance that would be gone if it were known, all others being unknown last"),
    Column("total_low", "1", "95% band: lower end"),
    Column("total_high", "1", "95% band: upper end"),
    Column("moves", "", "true if any run differs from its pair"),
    Column("guess", "", "true if the range of any of them is a guess"),
    Column("stated", "", "as written in the scenario"),
    Column("source", "", "what its range rests on"),
]


@dataclass(frozen=True, slots=True)
class Share:
    """Shares of the variance, and half of their bands."""

    first: float
    first_half: float
    total: float
    total_half: float


@dataclass(frozen=True, slots=True)
class Block:
    """Inputs that go together, moved as one. None of them: random events."""

    factors: tuple[Factor, ...]

    @property
    def path(self) -> str:
        """The path of the first."""
        return self.factors[0].path if self.factors else CHANCE

    @property
    def paths(self) -> tuple[str, ...]:
        """All paths."""
        return tuple(path for factor in self.factors for path in (factor.path, *factor.same))

    @property
    def guess(self) -> bool:
        """Whether the range of any of them is a guess."""
        return any(factor.guess for factor in self.factors)

    @property
    def support(self) -> Support:
        """What their ranges rest on: the weakest."""
        return weakest(factor.support for factor in self.factors)


@dataclass(frozen=True, slots=True)
class Variance:
    """Shares of all blocks, the largest total first. points: n, those that were used. by_factors: of its logarithm.

    alone, alone_half: what all make alone, added up, and half of its 95% band. At a sum of 1 nothing is done together.
    """

    observed: Observed
    blocks: tuple[Block, ...]
    shares: tuple[Share, ...]
    points: int
    runs: int
    by_factors: bool
    alone: float
    alone_half: float
    method: str = SOBOL

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The first input of each block, random events left out."""
        return tuple(block.factors[0] for block in self.blocks if block.factors)

    @property
    def unmoved(self) -> list[Factor]:
        """Inputs of blocks that moved the result in no run."""
        return [factor for block, share in zip(self.blocks, self.shares, strict=True) if not share.total
                for factor in block.factors]  # fmt: skip

    @property
    def table(self) -> Table:
        """A row for each block, the largest total first."""
        rows = []
        for block, share in zip(self.blocks, self.shares, strict=True):
            item = block.factors[0].input if block.factors else None
            rows.append((
                block.path, ";".join(block.paths[1:]), share.first, share.first - share.first_half,
                share.first + share.first_half, share.total, share.total - share.total_half,
                share.total + share.total_half, share.total > 0.0, block.guess, "" if item is None else item.text,
                "" if item is None else item.source,
            ))  # fmt: skip
        return Table("sensitivity", COLUMNS, rows)


def blocks_of(factors: Sequence[Factor], chance: bool) -> list[Block]:
    """Factors that go together as one, in order; random events last, if there are any."""
    owner = {path: n for n, factor in enumerate(factors) for path in (factor.path, *factor.same)}
    root = list(range(len(factors)))

    def find(n: int) -> int:
        while root[n] != n:
            n = root[n]
        return n

    for n, factor in enumerate(factors):
        for path in factor.follows:
            one, other = sorted((find(n), find(owner[path])))
            root[other] = one
    found: dict[int, list[Factor]] = {}
    for n, factor in enumerate(factors):
        found.setdefault(find(n), []).append(factor)
    return [*(Block(tuple(each)) for each in found.values()), *([Block(())] if chance else [])]


def saltelli_rows(
    paths: Sequence[str], blocks: Sequence[Block], first: Floats, second: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """Quantiles of the runs, and whose random events each has: for each point A, A with each block from B, and B.

    first, second: the points A and B.
    """
    n, many = first.shape[0], len(blocks) + 2
    rows = np.repeat(first, many, axis=0)
    events = np.repeat(np.arange(n, dtype=np.int64), many)
    place = {path: k for k, path in enumerate(paths)}
    for k, block in enumerate(blocks):
        if block.factors:
            for column in (place[path] for path in block.paths):
                rows[k + 1 :: many, column] = second[:, column]
        else:
            events[k + 1 :: many] += MOST_DRAWS
    rows[many - 1 :: many] = second
    events[many - 1 :: many] += MOST_DRAWS
    return rows, events


def variance(blocks: Sequence[Block], observed: Observed, seed: int) -> Variance:
    """Shares from the runs of `saltelli_rows`. What is not over by the end counts with the end.

    Raises SensitivityError where too many points lack a result, or nothing moves.
    """
    many = len(blocks) + 2
    by_factors = goes_by_factors(observed)
    values = (np.log10(observed.values) if by_factors else observed.values).reshape(-1, many)
    whole = values[~np.isnan(values).any(axis=1)]
    lacking = 1.0 - len(whole) / len(values)
    if lacking <= MOST_LACKING and len(whole) < LEAST_POINTS:
        raise SensitivityError(f"{observed.name}: {len(whole):,} points have it in all of their runs: at least "
                               f"{LEAST_POINTS} are needed")  # fmt: skip
    if lacking > MOST_LACKING:
        raise SensitivityError(f"{observed.name}: {lacking:.0%} of the points lack it in some of their runs: shares of "
                               "its variance would be those of some other result")  # fmt: skip
    shares, (alone, alone_half) = _shares(whole, seed)
    if not any(share.total for share in shares):
        raise SensitivityError(f"{observed.name} is the same in all {observed.values.size:,} runs: nothing moves it")
    order = sorted(range(len(blocks)), key=lambda n: (-shares[n].total, n))
    return Variance(observed, tuple(blocks[n] for n in order), tuple(shares[n] for n in order), len(whole),
                    int(observed.values.size), by_factors, alone, alone_half)  # fmt: skip


def _shares(values: Floats, seed: int) -> tuple[list[Share], tuple[float, float]]:
    """values: a row a point; A, A with each block from B, B. Also the sum of what all make alone, and half its band."""
    from SALib.analyze import sobol

    many = values.shape[1] - 2
    if np.ptp(values) == 0.0:
        return [Share(0.0, 0.0, 0.0, 0.0)] * many, (0.0, 0.0)
    names = [f"x{n}" for n in range(many)]
    problem = {"num_vars": many, "names": names, "bounds": [[0.0, 1.0]] * many}
    start = keyed(seed, "bands/sobol") % 2**32 or 1  # 0 is no seed there
    found = sobol.analyze(problem, values.reshape(-1), calc_second_order=False, num_resamples=RESAMPLES,
                          conf_level=SURE, seed=start, keep_resamples=True)  # fmt: skip
    shares = [Share(*(float(found[key][n]) for key in ("S1", "S1_conf", "ST", "ST_conf"))) for n in range(many)]
    sums = found["S1_conf_all"].sum(axis=1)  # each resample takes the same points for all inputs
    return shares, (float(found["S1"].sum()), standard_quantile((1.0 + SURE) / 2.0) * float(sums.std(ddof=1)))
