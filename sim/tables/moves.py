"""Where the accelerators that a run took came from, and where those went that it freed."""

from __future__ import annotations

from typing import Any

from sim.model.lab import EXPERIMENTS, IDLE, TRAINING
from sim.tables.steps import value_at
from sim.world.fleet import total_of
from sim.world.record import Moved, RunRecord
from sim.world.run import NOTHING, Holding, sum_of
from sim.world.split import deployed_of, experiments_of, idle_of

ROUNDING = 1e-9
"""Share of a cluster below which a change is rounding."""


def ends_of(record: RunRecord, lab: str, day: float, held: Holding, moved: Moved) -> dict[str, Any]:
    """`from` and `to` of a move of accelerators: training, and by use how many of each type changed over the instant.

    held: what the run took or freed. If several did at once, each has its part of what changed, and what one of them
    freed for another is `training`.
    """
    takes, before, after, moves = moved
    gained, lost = _changes(record, lab, day, before, after)
    others = lost if takes else gained
    if len(moves) > 1:
        taken = freed = NOTHING
        for took, accelerators in moves:
            if took:
                taken = sum_of(taken, accelerators)
            else:
                freed = sum_of(freed, accelerators)
        within = {kind: min(count, taken[kind]) for kind, count in freed.items() if taken.get(kind)}
        others = _parts(others, within, held, taken if takes else freed)
    return {"from": others, "to": TRAINING} if takes else {"from": TRAINING, "to": others}


def _changes(
    record: RunRecord, lab: str, day: float, before: Any, after: Any
) -> tuple[dict[str, Holding], dict[str, Holding]]:
    """Use -> accelerators by type that it gained, and that it lost, from one split of a lab to another."""
    cluster = {kind: value_at(steps, day) for (owner, kind), steps in record.clusters.items() if owner == lab}
    gained: dict[str, Holding] = {}
    lost: dict[str, Holding] = {}
    uses = [(EXPERIMENTS, experiments_of(before), experiments_of(after))]
    for fleet in sorted({fleet for fleet, _, _ in deployed_of(after)}):
        uses.append((fleet, total_of(deployed_of(before, fleet)), total_of(deployed_of(after, fleet))))
    for use, old, new in (*uses, (IDLE, idle_of(before), idle_of(after))):
        for kind, total in cluster.items():
            change, rounding = new.get(kind, 0.0) - old.get(kind, 0.0), ROUNDING * total
            if change > rounding:
                gained.setdefault(use, {})[kind] = change
            elif change < -rounding:
                lost.setdefault(use, {})[kind] = -change
    return gained, lost


def _parts(by_use: dict[str, Holding], within: Holding, held: Holding, total: Holding) -> dict[str, Holding]:
    """A run's part of what changed at each use, and of what went from one run to another, by its part of each type."""
    if (held is total or held == total) and not within:
        return by_use
    result: dict[str, Holding] = {}
    for use, changed in (*by_use.items(), (TRAINING, within)):
        mine = {kind: count * held[kind] / total[kind] for kind, count in changed.items() if held.get(kind)}
        if mine:
            result[use] = mine
    return result
