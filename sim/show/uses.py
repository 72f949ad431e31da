"""What a lab's accelerators did, exactly, from the record: uses as step functions, and what finished runs freed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.tables.moves import ends_of
from sim.world.record import MOVED, RunRecord, Steps

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Uses:
    """A lab's compute by use as step functions, in H100e."""

    days: Array
    """Days on which something changes; a value holds from its day to the next. The last is the end."""
    by_use: dict[str, Array]
    cluster: Array

    def at(self, use: str, day: float, *, before: bool = False) -> float:
        """H100e of a use on a day, or just before it."""
        line = self.by_use.get(use)
        index = int(np.searchsorted(self.days, day, side="left" if before else "right")) - 1
        return 0.0 if line is None or index < 0 else float(line[index])


@dataclass(frozen=True)
class Move:
    """Accelerators that a finished run freed, and where most of them went."""

    day: float
    run: str
    accelerators: float
    h100e: float
    to: str | None


@dataclass(frozen=True)
class Earmark:
    """Accelerators of a finished run that a fleet holds for its model, until the earmark ends."""

    fleet: str
    model: str
    steps: list[tuple[float, float]]
    """(day, H100e from then on): it begins, is cut when a run needs some of them, and ends at 0."""

    @property
    def since(self) -> float:
        """The day on which it began."""
        return self.steps[0][0]

    @property
    def h100e(self) -> float:
        """What it began with."""
        return self.steps[0][1]


def earmarks_of(record: RunRecord, lab: str) -> list[Earmark]:
    """The earmarks of a lab that began: the events `earmark_started`, `earmark_cut` and `earmark_ended`."""
    found: list[Earmark] = []
    latest: dict[str, Earmark] = {}
    for day, owner, kind, subject, _, _, details, _ in record.events:
        if owner != lab or not kind.startswith("earmark_"):
            continue
        if kind == "earmark_started":
            fleet, _, model = subject.partition(":")
            latest[subject] = Earmark(fleet, model, [])
            found.append(latest[subject])
        if subject in latest and kind in ("earmark_started", "earmark_cut", "earmark_ended"):
            held = 0.0 if kind == "earmark_ended" else _h100e(record, (details or {})["accelerators"])
            latest[subject].steps.append((day, held))
    return sorted(found, key=lambda mark: (mark.since, mark.model))


def sampled(steps: Steps, days: Array) -> Array:
    """A step function on days; 0 before its first."""
    at = np.array([day for day, _ in steps])
    values = np.array([0.0, *(value for _, value in steps)])
    return values[np.searchsorted(at, days, side="right")]


def uses_of(record: RunRecord, lab: str) -> Uses:
    """Compute of a lab by use, from what the run recorded."""
    lines = [(use, kind, steps) for (owner, use, _, kind), steps in sorted(record.holdings.items()) if owner == lab]
    stock = [(kind, steps) for (owner, kind), steps in sorted(record.clusters.items()) if owner == lab]
    changes = {0.0, record.end}
    for steps in [*(line[2] for line in lines), *(line[1] for line in stock)]:
        changes.update(day for day, _ in steps if 0.0 <= day < record.end)
    days = np.array(sorted(changes))
    by_use: dict[str, Array] = {}
    for use, kind, steps in lines:
        more = sampled(steps, days) * record.draw.accelerators[kind].h100e
        by_use[use] = by_use[use] + more if use in by_use else more
    total = np.zeros(len(days))
    for kind, steps in stock:
        total = total + sampled(steps, days) * record.draw.accelerators[kind].h100e
    return Uses(days, {use: line for use, line in by_use.items() if line.any()}, total)


def moves_of(record: RunRecord, lab: str) -> list[Move]:
    """What finished runs freed: the events `accelerators_moved` from training."""
    found = []
    for day, owner, kind, subject, value, _, details, _ in record.events:
        if kind == "accelerators_moved" and owner == lab and details and not details[MOVED][0]:
            ends = ends_of(record, lab, day, details["accelerators"], details[MOVED])
            gained = {use: _h100e(record, held) for use, held in ends["to"].items()}
            to = max(sorted(gained), key=lambda use: gained[use]) if gained else None
            found.append(Move(day, subject, value or 0.0, _h100e(record, details["accelerators"]), to))
    return found


def _h100e(record: RunRecord, held: dict[str, float]) -> float:
    return sum(count * record.draw.accelerators[kind].h100e for kind, count in held.items())
