"""Stopping draws in pairs early: once the chance that a change helps, or the time it buys, is known well enough."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.pair import Pair
from sim.analysis.paired import bought_column, bound_column
from sim.analysis.paired_summary import LEAST_DAYS, bought_days
from sim.ensemble.encode import join
from sim.ensemble.part import OUTCOMES
from sim.ensemble.store import Store, chunks_of
from sim.ensemble.until import UntilError, above_0, as_asked
from sim.scenario.problem import nearest

HELPS = "helps"


@dataclass(frozen=True, slots=True)
class PairsUntil:
    """A changed world and a level, and the error there that is small enough: of the chance that it helps (`helps`; a
    share), else of the median time bought (days; a share of it if `relative`).
    """

    world: str
    level: str
    helps: bool
    error: float
    relative: bool

    @property
    def name(self) -> str:
        """As it is asked for."""
        return helps_name(self.world, self.level) if self.helps else bought_column(self.world, self.level)

    def facts(self) -> dict[str, Any]:
        """As `summary.json` has it."""
        return {"result": self.name, "error": self.error, "relative": self.relative}

    @property
    def unit(self) -> str:
        """Of the error, if it is not a share."""
        return "points" if self.helps else "days"

    def error_of(self, store: Store, draws: int) -> float | None:
        """The error of the first draws; None if they are too few to tell."""
        value, bound = bought_column(self.world, self.level), bound_column(self.world, self.level)
        parts = [next(store.read(OUTCOMES, [value, bound], chunk.n)) for chunk in chunks_of(draws)]
        found = {name: join(part[name] for part in parts) for name in (value, bound)}
        size = sum(len(part[value]) for part in parts)
        days = bought_days(found, value, bound, np.ones(size, dtype=bool))
        if self.helps:
            error = days.shares(LEAST_DAYS).error
            return error if math.isfinite(error) else None
        median = days.quantile(0.5)
        ends = [abs(end) for end in (median.low, median.high) if end is not None]
        return None if median.error is None else as_asked(median.error, min(ends), self.relative)


def helps_name(world: str, level: str) -> str:
    """What the chance that a change helps at a level is called."""
    return f"{HELPS}[{world}, {level}]"


def parse_pairs_until(text: str, pairs: Sequence[Pair]) -> PairsUntil:
    """`helps[pause, coder]=2%` (points of the chance), `time_bought[pause, coder]=5 days` or `=3%` (of the median).

    Raises UntilError.
    """
    name, sign, amount = (word.strip() for word in text.rpartition("="))
    asked = {called(pair.name, level): (pair.name, level, called is helps_name)
             for pair in pairs for level in pair.levels for called in (helps_name, bought_column)}  # fmt: skip
    if not sign and amount in asked:
        name, amount = amount, ""
    if name not in asked:
        near = nearest(name, list(asked))
        hint = f" (did you mean {near!r}?)" if near else f"; there are {'; '.join(asked)}"
        raise UntilError(f"no draw gives {name or text!r}{hint}")
    world, level, helps = asked[name]
    found = re.fullmatch(r"([0-9.]+(?:e[+-]?[0-9]+)?)\s*(%|days|)", amount, re.IGNORECASE)
    if found is None or not above_0(found[1]) or (helps and found[2] != "%"):
        raise UntilError(f"expected an error such as {name}={'2%' if helps else '5 days'}, got {amount!r}")
    share = found[2] == "%"
    return PairsUntil(world, level, helps, float(found[1]) / (100.0 if share else 1.0), share and not helps)
