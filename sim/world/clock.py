"""A clock of its own for each dated process, so that what pauses or slows the process moves its dates."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush
from typing import Any

from sim.base.calendar import tick
from sim.world.agenda import Agenda, Entry


class Clock:
    """Runs with the world until paused or slowed; after a pause of T days everything on it comes T days later.

    A paused clock holds its events; an event on it fires when the clock (not the world) reaches its day.
    """

    __slots__ = ("_foreseen", "_agenda", "_order", "_lab", "behind", "_slow", "_held", "_speeds", "_stood", "_since")

    def __init__(self, agenda: Agenda, order: int, lab: str, foreseen: bool = True) -> None:
        """foreseen: whether its lab looks ahead to what is on it; nobody foresees chance."""
        self._foreseen = foreseen
        self._agenda = agenda
        self._order = order
        self._lab = lab
        self.behind = 0.0
        self._slow: tuple[float, float, float] | None = None
        """(day of the world, own day, own days in a day of the world) since it has not run with the world."""
        self._held: list[tuple[float, int, int, Callable[[Any], None], Any]] = []
        """(day of this clock, order at its instant, time of entry, what happens, to what): what waits."""
        self._speeds: dict[str, float] = {}
        """Who slows it, and how fast it runs for each; the slowest counts."""
        self._since: float | None = None
        """The day since which everything here stands still."""
        self._stood: list[Entry] = []
        """Then: what is to happen, on the day of the world on which it would if all went on at once."""

    @property
    def now(self) -> float:
        """The clock's own day."""
        today = self._agenda.day if self._since is None else self._since
        if self._slow is None:
            return today - self.behind
        day, own, speed = self._slow
        return tick(own + (today - day) * speed) if speed else own

    @property
    def _today(self) -> float:
        return self._agenda.day if self._since is None else self._since

    def at(self, day: float, happen: Callable[[Any], None], what: Any = None, order: int | None = None) -> None:
        """Let `happen(what)` happen when this clock shows `day`, in the clock's order at an instant or another."""
        place = self._order if order is None else order
        if self._since is not None and (self._slow is None or self._slow[2]):
            number = self._agenda.number()
            self._hold((self._in_world(day), place, self._lab, number, happen, what, self))
        elif self._slow is not None and not self._slow[2]:
            self._held.append((day, place, self._agenda.number(), happen, what))
        else:
            when = day + self.behind if self._slow is None else self._in_world(day)
            if self._foreseen:
                self._agenda.at(when, place, self._lab, happen, what, self)
            else:
                self._agenda.put(when, place, self._lab, happen, what, self)

    def each_at(self, dated: list[tuple[float, Any]], happen: Callable[[Any], None]) -> None:
        """Let `happen(what)` happen at each (day of this clock, what)."""
        if self._slow is None and self._foreseen:
            self._agenda.each_at(dated, self.behind, self._order, self._lab, happen, self)
            return
        for day, what in dated:
            self.at(day, happen, what)

    def _in_world(self, own: float) -> float:
        """The day of the world on which the clock will show a day of its own, if its speed stays as it is."""
        if self._slow is None:
            return own + self.behind
        day, since, speed = self._slow
        return tick(day + (own - since) / speed)

    def clear(self) -> None:
        """Forget what waits while it is paused."""
        self._held.clear()

    def stand(self, since: float, held: list[Entry]) -> None:
        """Everything here stands still since a day; `held` takes what is put on the clock until it goes on."""
        self._since, self._stood = since, held

    def go_on(self, late: float) -> None:
        """The world around it stood still for some days: what is held goes back on the agenda by as many later."""
        self._since, self._stood = None, []
        self.behind += late
        if self._slow is not None:
            day, own, speed = self._slow
            self._slow = (day + late, own, speed)

    def _hold(self, entry: Entry) -> None:
        self._stood.append(entry)
        watched = self._agenda.watched.get(self._lab)
        if watched is not None and self._foreseen:
            heappush(watched, entry[0])

    def pause(self, by: str = "") -> None:
        """Stop the clock; what is due today and has not fired yet waits too."""
        self.run(0.0, by)

    def resume(self, by: str = "") -> None:
        """Let the clock go on from where it stopped (unless another still stops it)."""
        self.run(1.0, by)

    def run(self, speed: float, by: str) -> None:
        """Let it run at a share of the world's speed, as far as `by` is concerned."""
        if speed == 1.0:
            self._speeds.pop(by, None)
        else:
            self._speeds[by] = speed
        speed = min(self._speeds.values(), default=1.0)
        if speed == (1.0 if self._slow is None else self._slow[2]):
            return
        agenda, now, slow = self._agenda, self.now, self._slow
        held, self._held = self._held, []
        taken = agenda.take(lambda entry: entry[6] is self)
        if self._since is not None:
            taken += [entry for entry in self._stood if entry[6] is self]
            self._stood[:] = [entry for entry in self._stood if entry[6] is not self]
        for day, order, _, count, happen, what, _ in taken:
            own = day - self.behind if slow is None else tick(slow[1] + (day - slow[0]) * slow[2])
            held.append((own, order, count, happen, what))
        if speed == 1.0:
            self.behind, self._slow = self._today - now, None
        else:
            self._slow = (self._today, now, speed)
        if not speed:
            self._held = held
            return
        for own, order, count, happen, what in held:
            entry = (self._in_world(own), order, self._lab, count, happen, what, self)
            if self._since is None:
                agenda.put_back(entry, self._foreseen)
            else:
                self._hold(entry)
