"""A lab's cluster in the kernel: accelerators that come and go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from sim.base.limits import MOST_ACCELERATORS, check_size
from sim.world.record import go_on

if TYPE_CHECKING:
    from sim.world.lab import LabState

ROUNDING: Final = 1e-9
"""Share of what goes below which what is left is rounding."""


def resize(lab: LabState, kind: str, count: float) -> None:
    """Set the number of accelerators of a type."""
    lab.total[kind] = count
    day, line = lab.world.agenda.day, lab.stock.get(kind)
    if line is None:
        lab.stock[kind] = lab.world.record.clusters[lab.name, kind] = [(day, count)]
    else:
        go_on(line, day, count)


def receive(lab: LabState, kind: str, count: float, event: int) -> None:
    """Add accelerators of a batch to the cluster."""
    total = lab.total.get(kind, 0.0) + count
    if not total <= MOST_ACCELERATORS:
        check_size(total, MOST_ACCELERATORS, "{}: accelerators of type {}", lab.name, kind)
    resize(lab, kind, total)
    lab.changed(event)


def lose(lab: LabState, kind: str, count: float, event_kind: str, causes: tuple[int, ...] = ()) -> None:
    """Take accelerators out of the cluster; those that a run in progress holds follow when it ends."""
    world = lab.world
    busy = sum(run.held.get(kind, 0.0) for run in lab.running if not run.spec.elastic)
    now = min(count, max(0.0, lab.total.get(kind, 0.0) - busy))
    if now > 0.0:
        lab.tight = True
        left = lab.total[kind] - now
        resize(lab, kind, left if left > ROUNDING * now else 0.0)
        event = world.event(lab.name, event_kind, kind, now, "accelerators", None, causes)
        lab.changed(event)
    if count > now:
        lab.retiring[kind] = lab.retiring.get(kind, 0.0) + count - now
        world.event(lab.name, "retirement_waits", kind, count - now, "accelerators",
                    {"reason": "runs in progress hold them"}, causes)  # fmt: skip


def retire_what_waited(lab: LabState, freed: Mapping[str, float], cause: int) -> None:
    """A gang has freed accelerators: as many of those that were to go, go."""
    for kind in sorted(lab.retiring):
        count = min(lab.retiring[kind], freed.get(kind, 0.0))
        if count > 0.0:
            lab.retiring[kind] -= count
            lose(lab, kind, count, "retirement", (cause,))
