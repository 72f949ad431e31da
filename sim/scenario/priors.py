"""The uncertain inputs of a scenario: what each may be, how likely, where that comes from, and what goes together."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.scenario.check_extent import blocks_in
from sim.scenario.draw_error import quantile_text
from sim.scenario.listing import rows
from sim.scenario.problem import one_line
from sim.scenario.quantity import CENTRAL, Quantity, Timeline
from sim.scenario.scenario import Scenario
from sim.scenario.spec import sourced
from sim.scenario.spread import outside
from sim.scenario.support import Support, counted, support_of

QUANTILES = (0.05, CENTRAL, 0.95)


@dataclass(frozen=True, slots=True)
class Prior:
    """One uncertain input. support: what it rests on, in words. kind: which of the three that is. outside: the part of
    it that lies beyond the bounds of its field, where draws take the bound.
    """

    path: str
    quantity: Quantity
    support: str
    kind: Support
    stated: bool
    outside: float

    @property
    def texts(self) -> tuple[str, ...]:
        """Its 5%, 50% and 95% quantile, as they are written in a scenario."""
        return tuple(quantile_text(self.quantity, q) for q in QUANTILES)


def priors(scenario: Scenario) -> list[Prior]:
    """Every uncertain input, in the order of `scenario.uncertain`."""
    found: dict[str, Quantity] = {}
    seen: set[int] = set()
    for top in scenario.blocks:
        for spec in blocks_in(top, seen):
            for value in spec.values.values():
                for item in sourced(value):
                    each = item.quantities() if isinstance(item, Timeline) else [item]
                    found.update((q.path, q) for q in each if isinstance(q, Quantity) and q.uncertain)
    listed = {row.input: row for row in rows(scenario.inputs)}
    return [
        Prior(path, found[path], listed[path].support, support_of(listed[path].guess == "yes", listed[path].source),
              found[path].stated, outside(found[path]))
        for path in scenario.uncertain
    ]  # fmt: skip


def priors_text(scenario: Scenario) -> str:
    """A line for each uncertain input: 5%, 50% and 95%, how it is written, and its source or that it is a guess."""
    found = priors(scenario)
    if not found:
        return "No input of this scenario is uncertain.\n"
    head = ("", "5%", "50%", "95%", "written as", "source or guess")
    lines = [(one_line(p.path, 60), *p.texts, one_line(p.quantity.text, 40), _support(p)) for p in found]
    widths = [max(len(line[column]) for line in [head, *lines]) for column in range(len(head))]
    text = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in [head, *lines]]
    guesses, none = (sum(prior.kind is kind for prior in found) for kind in (Support.GUESS, Support.NONE))
    text.append(f"{len(found)} uncertain inputs: {counted(guesses, none)}; the central case takes the 50%.")
    for (one, other), score in sorted(scenario.correlations.items()):
        text.append(f"{one} and {other} go together: {100.0 * 6.0 / math.pi * math.asin(score / 2.0):.0f}% by rank")
    return "\n".join(text) + "\n"


def _support(prior: Prior) -> str:
    beyond = f" ({100.0 * prior.outside:.2g}% lies beyond its bounds and counts there)" if prior.outside > 1e-4 else ""
    default = "" if prior.stated else "default: "
    return default + one_line(prior.support, 76) + beyond
