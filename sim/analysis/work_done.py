"""What a world's fleets did until each of some days: tokens, and AI work by domain and by what its models can do."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import Any, NamedTuple

from sim.base.units import SECONDS_PER_DAY
from sim.tables.deployed import busy_tokens
from sim.tables.rates import Rates
from sim.world.frontier import reaches


class Done(NamedTuple):
    """What fleets did until each of some days, cumulative.

    tokens: by lab. work: human-days by (lab, domain, level), of the models that have reached the level; of all models
    where the level is "".
    """

    days: list[float]
    tokens: dict[str, list[float]]
    work: dict[tuple[str, str, str], list[float]]

    def work_until(self, domain: str, day: float, lab: str = "", level: str = "") -> float:
        """Human-days until any day, between the days that are known in proportion; of one lab or domain, or of all."""
        n = bisect_right(self.days, day) - 1
        if n >= 0 and self.days[n] != day and n + 1 < len(self.days):
            left, right = self.days[n : n + 2]
            one, other = self._at(domain, n, lab, level), self._at(domain, n + 1, lab, level)
            return one + (other - one) * (day - left) / (right - left)
        return self._at(domain, max(0, n), lab, level)

    def _at(self, domain: str, n: int, lab: str, level: str) -> float:
        return sum(line[n] for (owner, name, at), line in self.work.items()
                   if at == level and domain in ("", name) and lab in ("", owner))  # fmt: skip

    def tokens_until(self, day: float, lab: str = "") -> float:
        """Tokens until one of the days; of one lab, or of all."""
        n = bisect_left(self.days, day)
        return sum(line[n] for owner, line in self.tokens.items() if lab in ("", owner))


def work_done(rates: Rates, days: list[float], later: float) -> Done:
    """What the fleets of a run did until each of the days, which count from `later` days before its start."""
    draw = rates.draw
    tokens: dict[str, list[float]] = {}
    work: dict[tuple[str, str, str], list[float]] = {}
    able = {
        key: ["", *(level.name for level in draw.levels.values() if reaches(draw, level, model))]
        for key, model in rates.models.items()
    }
    for lab in sorted(draw.labs):
        for name, fleet in sorted(draw.labs[lab].fleets.items()):
            domain, think = draw.domains[fleet.domain], fleet.think_x or 1.0
            whole = [0.0]
            each = {level: [0.0] for level in ("", *sorted(draw.levels))}
            for n, (left, right) in enumerate(pairwise(days)):
                made = 0.0
                for line in each.values():
                    line.append(line[n])
                for model, since, _, done in busy_tokens(rates, lab, name, left - later, right - later):
                    made += done
                    worked = done * rates.worth(rates.models[lab, model], domain, fleet.inference, since, think)
                    for level in able[lab, model]:
                        each[level][-1] += worked
                whole.append(whole[-1] + made * SECONDS_PER_DAY)
            _add(tokens, lab, whole)
            for level, line in each.items():
                _add(work, (lab, fleet.domain, level), line)
    return Done(days, tokens, work)


def _add(totals: dict[Any, list[float]], key: Any, line: list[float]) -> None:
    before = totals.get(key)
    totals[key] = line if before is None else [one + other for one, other in zip(before, line, strict=True)]
