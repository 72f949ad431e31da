"""AI work of a domain over time: what the labs' fleets really did, by quality and kind of model, and its exact sum."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sim.base.piece import Piece
from sim.tables.deployed import busy_tokens, fleet_pieces
from sim.tables.rates import Rates
from sim.tables.steps import value_at
from sim.world.record import ModelRecord

if TYPE_CHECKING:
    import numpy as np  # imported where it is used: loading it takes longer than many a command

KINDS = ("general", "specialised", "distilled")

ROUNDING = 1e-9
"""Share by which a quality may miss an edge: a model at a law's ceiling is there, to rounding."""


class Work(NamedTuple):
    """Work of one model in one fleet between two days on which neither its quality nor its worth changes."""

    lab: str
    domain: str
    model: ModelRecord
    quality: float
    token_days: float
    """tokens/s · days for which there was demand."""
    human_days: float
    """Human-equivalents · days."""


def work_done(rates: Rates, start: float, end: float, until: dict[str, float] | None = None) -> Iterator[Work]:
    """All work in [start, end), by lab and fleet; of a domain in `until` only before that day."""
    draw = rates.draw
    for lab in sorted(draw.labs):
        for name, fleet in sorted(draw.labs[lab].fleets.items()):
            domain, think = draw.domains[fleet.domain], fleet.think_x or 1.0
            last = end if until is None else min(end, until.get(fleet.domain, end))
            for model_name, left, _, tokens in busy_tokens(rates, lab, name, start, last):
                model = rates.models[lab, model_name]
                worth = rates.worth(model, domain, fleet.inference, left, think)
                quality = rates.quality(model, domain, fleet.inference, left, think)
                yield Work(lab, fleet.domain, model, quality, tokens, tokens * worth)


def bands(rates: Rates) -> list[tuple[str, float]]:
    """(band, quality from which it holds), lowest first."""
    return sorted(rates.draw.quality_bands.items(), key=lambda item: item[1])


def band_of(edges: list[tuple[str, float]], quality: float) -> int:
    """Which band a quality lies in: its position in `edges`."""
    return max(0, bisect_right([edge for _, edge in edges], quality * (1.0 + ROUNDING)) - 1)


class Term(NamedTuple):
    """Human-equivalents of one fleet while nothing but efficiency changes, never more than `cap`."""

    until: float
    grows: Piece
    """From its day on, as the efficiency does."""
    cap: float
    parts: list[tuple[ModelRecord, float, float]]
    """(model, quality, its share of the work)."""

    @property
    def since(self) -> float:
        """The day from which it holds."""
        return self.grows.day

    def at(self, day: float) -> float:
        """Human-equivalents on a day inside it."""
        return min(self.grows.at(day), self.cap)


def terms(rates: Rates, domain_name: str) -> list[list[Term]]:
    """For each fleet of a domain, its work as terms one after another; a term ends where demand binds or stops to."""
    draw, end = rates.draw, rates.draw.end
    domain = draw.domains[domain_name]
    found = []
    for lab in sorted(draw.labs):
        for name, fleet in sorted(draw.labs[lab].fleets.items()):
            if fleet.domain != domain_name:
                continue
            demand, think, line = rates.record.demand.get((lab, name)), fleet.think_x or 1.0, []
            for since, until, efficiency, parts in fleet_pieces(rates, lab, name, 0.0, end):
                tokens = sum(each for _, each, _ in parts)
                made = [(rates.models[lab, model], each) for model, each, _ in parts]
                work = [(m, each * rates.worth(m, domain, fleet.inference, since, think)) for m, each in made]
                value = sum(each for _, each in work)
                if value <= 0.0 or efficiency.value <= 0.0:
                    continue
                cap = math.inf if demand is None else value_at(demand, since) * value / tokens
                shares = [
                    (m, rates.quality(m, domain, fleet.inference, since, think), each / value) for m, each in work
                ]
                grows = efficiency._replace(value=value * efficiency.value)
                cuts = [since, until]
                if 0.0 < cap < math.inf and since < (binds := since + grows.days_to(cap)) < until:
                    cuts.insert(1, binds)
                line += [Term(right, grows.moved(left), cap, shares) for left, right in pairwise(cuts)]
            found.append(line)
    return found


def _values(line: list[Term], days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Work of one fleet on each of `days`, and just before the next of them (at the last: on it)."""
    import numpy as np

    now, later = np.zeros(len(days)), np.zeros(len(days))
    if not line:
        return now, later
    starts, value, rate, power, pull = (np.array(column) for column in zip(*(term.grows for term in line), strict=True))
    ends, cap = np.array([term.until for term in line]), np.array([term.cap for term in line])
    index = np.searchsorted(starts, days, side="right") - 1
    inside = (index >= 0) & (days < ends[np.maximum(index, 0)])
    index = np.maximum(index, 0)
    following = np.append(days[1:], days[-1])

    def at(when: np.ndarray) -> np.ndarray:
        """As `Piece.at`, for all days at once."""
        span = np.where(inside, when - starts[index], 0.0)
        by_pull, by_power = pull[index] != 0.0, power[index] != 0.0
        some_pull, some_power = np.where(by_pull, pull[index], 1.0), np.where(by_power, power[index], 1.0)
        span = np.where(by_pull, np.expm1(np.where(by_pull, some_pull * span, 0.0)) / some_pull, span)
        grown = np.log1p(np.where(by_power, rate[index] / some_power * span, 0.0)) * some_power
        log = np.where(by_power, grown, rate[index] * span)
        return np.where(inside, np.minimum(value[index] * np.exp(log), cap[index]), 0.0)

    return at(days), at(following)


class Sum:
    """The sum of several fleets' work, and when it first reaches a level."""

    def __init__(self, lines: list[list[Term]], more_days: set[float], end: float) -> None:
        """more_days: further days on which what it is held against changes."""
        import numpy as np

        self._lines = lines
        cuts = {0.0, *more_days}
        for line in lines:
            for term in line:
                cuts.update((term.since, term.until))
        self._days = np.array(sorted(day for day in cuts if 0.0 <= day < end))
        self._end = end
        now, later = np.zeros(len(self._days)), np.zeros(len(self._days))
        grid = np.append(self._days, end)
        for line in lines:
            here, after = _values(line, grid)
            now, later = now + here[:-1], later + after[:-1]
        self._now, self._later = now, later

    def running(self, day: float) -> list[Term]:
        """The terms that hold on a day."""
        found = []
        for line in self._lines:
            index = bisect_right(line, day, key=lambda term: term.since) - 1
            if index >= 0 and day < line[index].until:
                found.append(line[index])
        return found

    def at(self, day: float) -> float:
        """Human-equivalents on a day."""
        return sum(term.at(day) for term in self.running(day))

    def first(self, wanted: list[tuple[float, float]]) -> float | None:
        """The first day on which the sum is at or above a step function `wanted`, where that is above 0; or None.

        Between the days on which anything changes `wanted` is constant and each fleet's work moves one way: if all
        rise, or all grow or shrink exponentially (the sum is then convex), the sum crosses from below at most once,
        and only if it ends above.
        """
        import numpy as np

        place = np.searchsorted([day for day, _ in wanted], self._days, side="right") - 1
        levels = np.where(place >= 0, np.array([level for _, level in wanted])[np.maximum(place, 0)], 0.0)
        reached = (levels > 0.0) & ((self._now >= levels) | (self._later >= levels))
        if not reached.any():
            return None
        k = int(np.argmax(reached))
        left, level = float(self._days[k]), float(levels[k])
        right = float(self._days[k + 1]) if k + 1 < len(self._days) else self._end
        held = self.running(left)
        if sum(term.at(left) for term in held) >= level:
            return left
        for _ in range(200):
            middle = (left + right) / 2.0
            if middle in (left, right):
                break
            if sum(term.at(middle) for term in held) >= level:
                right = middle
            else:
                left = middle
        return right
