"""What accelerators each fleet ran which models on, from each day on which any of it changed."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import NamedTuple

from sim.world.record import Deployed, RunRecord

Use = tuple[str, str]
"""(model, accelerator)"""

Held = list[tuple[Use, float]]
"""Accelerators of each use, none 0, in order."""


class FleetLine(NamedTuple):
    """One fleet: `held[n]` from `days[n]` to the next of `days`.

    totals: accelerator -> how many from each of `days` on, whatever models run on them.
    """

    days: list[float]
    held: list[Held]
    totals: dict[str, list[float]]

    def held_on(self, day: float) -> Held:
        """What the fleet has on a day."""
        n = bisect_right(self.days, day) - 1
        return self.held[n] if n >= 0 else []

    def on(self, day: float) -> dict[str, float]:
        """Accelerators by type on a day, whatever models run on them."""
        n = bisect_right(self.days, day) - 1
        return {kind: counts[n] if n >= 0 else 0.0 for kind, counts in self.totals.items()}


def fleet_lines(record: RunRecord) -> dict[str, dict[str, FleetLine]]:
    """Lab -> fleet -> its line; only fleets that ever had accelerators. By name.

    The days are those of `record.holdings`: a model that came and went within its first day leaves its mark.
    """
    making: dict[str, dict[str, _Making]] = {}
    for day, lab, _, deployed, _ in record.splits:
        of_lab = making.get(lab)
        if of_lab is None:
            of_lab = making[lab] = {}
        first, last = 0, len(deployed)
        while first < last:
            fleet, end = deployed[first][0], first + 1
            while end < last and deployed[end][0] == fleet:
                end += 1
            made = of_lab.get(fleet)
            if made is None:
                made = of_lab[fleet] = _Making()
            models = deployed[first:end]
            if models != made.models:
                made.change(day, models)
            first = end
    result: dict[str, dict[str, FleetLine]] = {}
    for lab, lines in sorted(making.items()):
        known = record.draw.labs[lab].fleets
        for fleet, made in sorted(lines.items()):
            if fleet in known and (line := made.line()).days:
                result.setdefault(lab, {})[fleet] = line
    return result


class _Making:
    """A line that is being made: changes of one day together."""

    __slots__ = ("models", "days", "held", "day", "now", "known", "new")

    def __init__(self) -> None:
        self.models: list[Deployed] = []
        """What the fleet had last."""
        self.days: list[float] = []
        self.held: list[Held] = []
        self.day = -math.inf
        self.now: Held = []
        self.known: dict[str, set[str]] = {}
        """model -> accelerators that it ever had."""
        self.new = False
        """Whether a use is new on the day."""

    def change(self, day: float, models: list[Deployed]) -> None:
        """What the fleet has from a day on; a later call for the same day replaces it."""
        if day != self.day:
            self.close()
            self.day = day
        self.models = models
        now: Held = []
        for _, model, held in models:
            kinds = self.known.get(model)
            for kind, count in held.items():
                if count:
                    now.append(((model, kind), count))
                    if kinds is None:
                        kinds = self.known[model] = set()
                    if kind not in kinds:
                        kinds.add(kind)
                        self.new = True
        if len(now) > 1:
            now.sort()
        self.now = now

    def close(self) -> None:
        """The day is over."""
        if self.new or self.now != (self.held[-1] if self.held else []):
            self.days.append(self.day)
            self.held.append(self.now)
            self.new = False

    def line(self) -> FleetLine:
        """All of it; accelerators in the order of the uses."""
        self.close()
        uses = sorted((model, kind) for model, kinds in self.known.items() for kind in kinds)
        totals = {kind: [0.0] * len(self.held) for _, kind in uses}
        for n, held in enumerate(self.held):
            for (_, kind), count in held:
                counts = totals[kind]
                counts[n] = counts[n] + count
        return FleetLine(self.days, self.held, totals)
