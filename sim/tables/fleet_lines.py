"""What accelerators each fleet ran which models on, from each day on which any of it changed."""

from __future__ import annotations

from typing import NamedTuple

from sim.world.record import RunRecord, Steps

Use = tuple[str, str]
"""(model, accelerator)"""

Held = list[tuple[Use, float]]
"""Accelerators of each use, none 0, in order."""


class FleetLine(NamedTuple):
    """One fleet: `held[n]` from `days[n]` to the next of `days`.

    totals: accelerator -> step function of accelerators, whatever models run on them.
    """

    days: list[float]
    held: list[Held]
    totals: dict[str, Steps]


def fleet_lines(record: RunRecord) -> dict[str, dict[str, FleetLine]]:
    """Lab -> fleet -> its line; only fleets that ever had accelerators. By name.

    The days are those of `record.holdings`: a model that came and went within its first day leaves its mark.
    """
    making: dict[tuple[str, str], _Making] = {}
    last: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    for day, lab, _, fleets, _ in record.splits:
        before = last.get(lab)
        last[lab] = fleets
        for fleet, models in fleets.items():
            if before is not None and models == before.get(fleet):
                continue
            made = making.get((lab, fleet))
            if made is None:
                made = making[lab, fleet] = _Making()
            made.change(day, models)
    result: dict[str, dict[str, FleetLine]] = {}
    for (lab, fleet), made in sorted(making.items()):
        if fleet in record.draw.labs[lab].fleets and (line := made.line()).days:
            result.setdefault(lab, {})[fleet] = line
    return result


class _Making:
    """A line that is being made: changes of one day together."""

    __slots__ = ("days", "held", "totals", "day", "now", "known", "new")

    def __init__(self) -> None:
        self.days: list[float] = []
        self.held: list[Held] = []
        self.totals: dict[str, Steps] = {}
        self.day: float | None = None
        self.now: Held = []
        self.known: set[Use] = set()
        self.new: set[str] = set()
        """Accelerators of which a use is new on the day."""

    def change(self, day: float, models: dict[str, dict[str, float]]) -> None:
        """What the fleet has from a day on; a later call for the same day replaces it."""
        if day != self.day:
            self.close()
            self.day = day
        self.now = now = []
        for model, held in models.items():
            for kind, count in held.items():
                if count:
                    use = model, kind
                    now.append((use, count))
                    if use not in self.known:
                        self.known.add(use)
                        self.new.add(kind)
        if len(now) > 1:
            now.sort()

    def close(self) -> None:
        """The day is over."""
        if self.day is None:
            return
        now, kinds = self.now, self.new
        before = self.held[-1] if self.held else []
        if now != before:
            changed = set(now).symmetric_difference(before) if len(now) + len(before) > 2 else (*now, *before)
            kinds.update([use[1] for use, _ in changed])
        if kinds:
            self.days.append(self.day)
            self.held.append(now)
            for kind in kinds:
                total = 0.0
                for use, count in now:
                    if use[1] == kind:
                        total += count
                self.totals.setdefault(kind, []).append((self.day, total))
            kinds.clear()

    def line(self) -> FleetLine:
        """All of it; accelerators in the order of the uses."""
        self.close()
        kinds = dict.fromkeys(kind for _, kind in sorted(self.known))
        return FleetLine(self.days, self.held, {kind: self.totals[kind] for kind in kinds})
