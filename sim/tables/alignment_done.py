"""How much alignment work was done: by whom, what counts, how many serial days, what held it down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

Key = TypeVar("Key")

WORLD = "world"
"""All labs and the people elsewhere together."""

By = tuple[str, str]
"""(lab, model) that did the work; (empty, empty): humans."""

HUMANS: By = ("", "")


@dataclass(slots=True)
class Done:
    """Work of some days in one scope: a lab on its own, or the world."""

    work: dict[By, float] = field(default_factory=dict)
    """Researcher-days."""
    counted: dict[By, float] = field(default_factory=dict)
    """Of them what counts, by `relevance`."""
    serial: dict[By, float] = field(default_factory=dict)
    """Serial days, of whoever was the fastest."""
    serial_counted: dict[By, float] = field(default_factory=dict)
    bound: dict[str, float] = field(default_factory=dict)
    """Days that each reason held; of the world: lab-days."""
    workers: dict[By, float] = field(default_factory=dict)
    """Worker-days: people, or AI workers for which there was demand."""
    offered: dict[By, float] = field(default_factory=dict)
    """Human-equivalents · days before oversight and verification."""
    used: dict[By, float] = field(default_factory=dict)
    """Human-equivalents · days after them."""

    def add(self, other: Done) -> None:
        """Add the work of more days."""
        _add(self.work, other.work)
        _add(self.counted, other.counted)
        _add(self.serial, other.serial)
        _add(self.serial_counted, other.serial_counted)
        _add(self.bound, other.bound)
        _add(self.workers, other.workers)
        _add(self.offered, other.offered)
        _add(self.used, other.used)


def _add(mine: dict[Key, float], theirs: dict[Key, float]) -> None:
    for key, value in theirs.items():
        mine[key] = mine.get(key, 0.0) + value


class Segment(NamedTuple):
    """The work of all scopes between two days."""

    since: float
    until: float
    done: dict[str, Done]
