"""A clock of its own for each dated process, so that what pauses the process stops its dates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.world.agenda import Agenda


class Clock:
    """Runs with the world until paused; after a pause of T days everything on it comes T days later.

    A paused clock holds its events; an event on it fires when the clock (not the world) reaches its day.
    """

    __slots__ = ("_put", "_agenda", "_order", "_lab", "behind", "_paused_on", "_held")

    def __init__(self, agenda: Agenda, order: int, lab: str, foreseen: bool = True) -> None:
        """foreseen: whether its lab looks ahead to what is on it; nobody foresees chance."""
        self._put = agenda.at if foreseen else agenda.put
        self._agenda = agenda
        self._order = order
        self._lab = lab
        self.behind = 0.0
        self._paused_on: float | None = None
        self._held: list[tuple[float, int, Callable[[Any], None], Any]] = []
        """(day of this clock, order at its instant, what happens, to what) of what waits for `resume`."""

    @property
    def now(self) -> float:
        """The clock's own day."""
        return (self._agenda.day if self._paused_on is None else self._paused_on) - self.behind

    def at(self, day: float, happen: Callable[[Any], None], what: Any = None, order: int | None = None) -> None:
        """Let `happen(what)` happen when this clock shows `day`, in the clock's order at an instant or another."""
        place = self._order if order is None else order
        if self._paused_on is None:
            self._put(day + self.behind, place, self._lab, happen, what, self)
        else:
            self._held.append((day, place, happen, what))

    def clear(self) -> None:
        """Forget what waits for `resume`."""
        self._held.clear()

    def pause(self) -> None:
        """Stop the clock; what is due today and has not fired yet waits too."""
        if self._paused_on is None:
            self._paused_on = self._agenda.day
            behind = self.behind
            self._held = [(entry[0] - behind, entry[1], entry[4], entry[5]) for entry in self._agenda.take_off(self)]

    def resume(self) -> None:
        """Let the clock go on from where it stopped."""
        if self._paused_on is not None:
            self.behind += self._agenda.day - self._paused_on
            self._paused_on = None
            held, self._held = self._held, []
            for day, order, happen, what in held:
                self._put(day + self.behind, order, self._lab, happen, what, self)
