"""A clock of its own for each dated process, so that what pauses the process stops its dates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.world.agenda import Agenda


class Clock:
    """Runs with the world until paused; after a pause of T days everything on it comes T days later.

    A paused clock holds its next event; an event on it fires when the clock (not the world) reaches its day.
    """

    __slots__ = ("_agenda", "_order", "_lab", "behind", "_paused_on", "_waiting", "_version")

    def __init__(self, agenda: Agenda, order: int, lab: str) -> None:
        self._agenda = agenda
        self._order = order
        self._lab = lab
        self.behind = 0.0
        self._paused_on: float | None = None
        self._waiting: list[tuple[float, Callable[[Any], None], Any]] = []
        self._version = 0

    @property
    def now(self) -> float:
        """The clock's own day."""
        return (self._agenda.day if self._paused_on is None else self._paused_on) - self.behind

    def at(self, day: float, happen: Callable[[Any], None], what: Any = None) -> None:
        """Let `happen(what)` happen when this clock shows `day`."""
        item = (day, happen, what)
        self._waiting.append(item)
        if self._paused_on is None:
            self._agenda.at(day + self.behind, self._order, self._lab, self._fire, (self._version, item))

    def pause(self) -> None:
        """Stop the clock; what is due today and has not fired yet waits too."""
        if self._paused_on is None:
            self._paused_on = self._agenda.day
            self._version += 1

    def resume(self) -> None:
        """Let the clock go on from where it stopped."""
        if self._paused_on is not None:
            self.behind += self._agenda.day - self._paused_on
            self._paused_on = None
            for item in self._waiting:
                self._agenda.at(item[0] + self.behind, self._order, self._lab, self._fire, (self._version, item))

    def _fire(self, what: tuple[int, tuple[float, Callable[[Any], None], Any]]) -> None:
        version, item = what
        if version == self._version:
            self._waiting.remove(item)
            item[1](item[2])
