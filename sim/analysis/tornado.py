"""One input at a time: what a result is when it is at its 10% and at its 90%, all others at their medians.

Paired runs: the same seed and random events, and nothing else changed. What goes together with the input follows it, as
its correlation says: an input whose normal score has the correlation r with this one's is at the score r·z.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.ranking import SensitivityError
from sim.ensemble.estimate import Floats
from sim.ensemble.factors import Factor
from sim.ensemble.observed import Observed
from sim.scenario.distribution import FARTHEST, standard_cdf, standard_quantile
from sim.scenario.draw_error import quantile_text
from sim.tables.table import Column, Table

TORNADO = "tornado"
LOW, HIGH = 0.1, 0.9

COLUMNS = [
    Column("input", "", "path in the scenario; of the first, if one quantity stands in several places"),
    Column("also", "", "the other places"),
    Column("low", "", "the input at its 10% quantile"),
    Column("high", "", "the input at its 90% quantile"),
    Column("at_median", "", "the result with all inputs at their medians; a date counts as days since 1970-01-01"),
    Column("at_low", "", "the result with the input at its 10%; empty if there is none"),
    Column("at_high", "", "the result with the input at its 90%; empty if there is none"),
    Column("at_low_open", "", "true if it is at least that: not reached, or open at the end"),
    Column("at_high_open", "", "the same of at_high"),
    Column("moves", "", "true if either differs from at_median"),
    Column("guess", "", "true if its range is a guess"),
    Column("stated", "", "as written in the scenario"),
    Column("source", "", "what its range rests on"),
    Column("goes_with", "", "inputs that follow it, as their correlation says"),
    Column("failed", "", "ends at which the run failed (low, high): nothing is known of them"),
]


@dataclass(frozen=True, slots=True)
class Ends:
    """The result with one input at its 10% and its 90%: values (nan: there is none), and whether they are open.

    low_failed, high_failed: why the run there failed, if it did: what the result would be is not known.
    """

    low: float
    high: float
    low_open: bool
    high_open: bool
    low_failed: str | None = None
    high_failed: str | None = None

    @property
    def failed(self) -> dict[str, str]:
        """Ends at which the run failed, and why."""
        found = {"low": self.low_failed, "high": self.high_failed}
        return {end: why for end, why in found.items() if why is not None}


@dataclass(frozen=True, slots=True)
class Tornado:
    """Ends of all inputs, the widest first. middle: the result with all at their medians; middle_open: whether open."""

    observed: Observed
    factors: tuple[Factor, ...]
    ends: tuple[Ends, ...]
    middle: float
    middle_open: bool
    runs: int
    method: str = TORNADO

    def moves(self, ends: Ends) -> bool:
        """Whether either end whose run did not fail differs from the middle in anything."""
        return _moves(ends, (self.middle, self.middle_open))

    @property
    def moving(self) -> list[Factor]:
        """Inputs that move it, the widest first."""
        return [factor for factor, ends in zip(self.factors, self.ends, strict=True) if self.moves(ends)]

    @property
    def failed(self) -> list[tuple[Factor, str, str]]:
        """Runs that failed: of which input, at which end (low, high), and why."""
        return [(factor, end, why) for factor, ends in zip(self.factors, self.ends, strict=True)
                for end, why in ends.failed.items()]  # fmt: skip

    def at_least(self, share: float) -> int:
        """How many inputs move it by at least such a share of what the widest does."""
        log = goes_by_factors(self.observed)
        widths = [width(ends, self.middle, log) for ends in self.ends]
        return sum(each >= share * widths[0] for each in widths)

    @property
    def unmoved(self) -> list[Factor]:
        """Inputs that move nothing: the result is the same to the last digit at both ends, and neither run failed."""
        return [factor for factor, ends in zip(self.factors, self.ends, strict=True)
                if not self.moves(ends) and not ends.failed]  # fmt: skip

    @property
    def table(self) -> Table:
        """A row for each input, the widest first."""
        rows = []
        for factor, ends in zip(self.factors, self.ends, strict=True):
            item = factor.input
            low, high = (quantile_text(factor.quantity, q) for q in (LOW, HIGH))
            rows.append((factor.path, ";".join(factor.same), low, high, _cell(self.middle), _cell(ends.low),
                         _cell(ends.high), ends.low_open, ends.high_open, self.moves(ends), item.guess, item.text,
                         item.source, ";".join(factor.partly), ";".join(ends.failed)))  # fmt: skip
        unit = "days since 1970-01-01" if self.observed.dated else self.observed.column.unit
        columns = [column._replace(unit=unit) if column.name in ("at_median", "at_low", "at_high") else column
                   for column in COLUMNS]  # fmt: skip
        return Table("tornado", columns, rows)


def tornado_rows(paths: Sequence[str], factors: Sequence[Factor]) -> Floats:
    """Quantiles of the runs: all at their medians, then each factor at its 10% and its 90%."""
    place = {path: n for n, path in enumerate(paths)}
    rows = np.full((1 + 2 * len(factors), len(paths)), 0.5)
    for n, factor in enumerate(factors):
        for row, q in zip(rows[1 + 2 * n : 3 + 2 * n], (LOW, HIGH), strict=True):
            row[place[factor.path]] = q
            for path, score in factor.follows.items():
                at = standard_cdf(score * standard_quantile(q))
                row[place[path]] = min(max(at, FARTHEST), 1.0 - FARTHEST)
    return rows


def tornado(factors: Sequence[Factor], observed: Observed, failed: Mapping[int, str] | None = None) -> Tornado:
    """Ends from the runs of `tornado_rows`. failed: those of the runs that failed, and why.

    Raises SensitivityError if no run has the result.
    """
    if not observed.known.any():
        raise SensitivityError(f"no run has {observed.name}, with all inputs at their medians or one at its 10% or "
                               "90%: there is nothing that could be moved; ask for another result")  # fmt: skip
    values, open_ = observed.values, observed.open
    why = failed or {}
    ends = [Ends(float(values[n]), float(values[n + 1]), bool(open_[n]), bool(open_[n + 1]), why.get(n), why.get(n + 1))
            for n in range(1, values.size, 2)]  # fmt: skip
    middle = float(values[0])
    log = goes_by_factors(observed)
    widths = [width(each, middle, log) for each in ends]
    same = (middle, bool(open_[0]))
    order = sorted(range(len(factors)), key=lambda n: (-widths[n], not _moves(ends[n], same), n))
    return Tornado(observed, tuple(factors[n] for n in order), tuple(ends[n] for n in order), middle, bool(open_[0]),
                   int(values.size))  # fmt: skip


def width(ends: Ends, middle: float, log: bool) -> float:
    """How far the ends and the middle lie apart; by factors if `log`. An end without a result counts as the middle."""
    found = [value for value in (ends.low, middle, ends.high) if not math.isnan(value)]
    if not found:
        return 0.0
    low, high = min(found), max(found)
    return math.log10(high / low) if log else high - low


def goes_by_factors(observed: Observed) -> bool:
    """Whether a result is looked at by factors: one that is no date, length of time or count of models or windows, and
    is above 0 in all runs.
    """
    known = observed.values[observed.known]
    unit = observed.column.unit
    return not observed.dated and unit not in ("days", "models", "windows") and bool((known > 0.0).all())


def _moves(ends: Ends, middle: tuple[float, bool]) -> bool:
    found = {"low": (ends.low, ends.low_open), "high": (ends.high, ends.high_open)}
    return any(not _same(each, middle) for end, each in found.items() if end not in ends.failed)


def _same(one: tuple[float, bool], other: tuple[float, bool]) -> bool:
    return one[1] == other[1] and (one[0] == other[0] or (math.isnan(one[0]) and math.isnan(other[0])))


def _cell(value: float) -> float | None:
    return None if math.isnan(value) else value
