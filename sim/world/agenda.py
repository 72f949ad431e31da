"""The kernel's calendar: one SimPy process that fires what is due, in a fixed order within an instant."""

from __future__ import annotations

from collections.abc import Callable, Generator
from enum import IntEnum
from heapq import heapify, heappop, heappush
from typing import Any

import simpy

ROUNDS_AT_ONE_INSTANT = 100


class Order(IntEnum):
    """The order of events at one instant; starts, stops and moves follow when each lab has decided."""

    REPAIR = 0
    DELIVERY = 1
    COMPLETION = 2
    RELEASE = 3
    SERIES = 4
    MILESTONE = 5
    INTERVENTION_END = 6
    INTERVENTION_START = 7
    RETIREMENT = 8
    FAILURE = 9
    DECISION = 10


class LoopError(RuntimeError):
    """Events go on causing each other at one instant."""


Entry = tuple[float, int, str, int, Callable[[Any], None], Any, object]
"""(day, order, lab, time of entry, what happens, to what, the clock that it is on or None)."""


class Agenda:
    """Future events, ordered by (day, order, lab, time of entry)."""

    __slots__ = ("_entries", "_late", "_count", "day", "watched")

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._late: list[Entry] = []
        self._count = 0
        self.day = 0.0
        self.watched: dict[str, list[float]] = {}
        """lab -> a heap of the days of what is dated there, for labs that look ahead to them."""

    def at(
        self, day: float, order: int, lab: str, happen: Callable[[Any], None], what: Any = None, clock: object = None
    ) -> None:
        """Let `happen(what)` happen on `day` (a tick, not in the past)."""
        self._count += 1
        heappush(self._entries, (day, order, lab, self._count, happen, what, clock))
        if self.watched and lab in self.watched:
            heappush(self.watched[lab], day)

    def put(
        self, day: float, order: int, lab: str, happen: Callable[[Any], None], what: Any = None, clock: object = None
    ) -> None:
        """As `at`, for what no lab looks ahead to: looks at its software, chance, and what only watches."""
        self._count += 1
        heappush(self._entries, (day, order, lab, self._count, happen, what, clock))

    def clear(self) -> None:
        """Forget what is left."""
        self._entries.clear()
        self._late.clear()

    def take_off(self, clock: object) -> list[Entry]:
        """Take what is on a clock off the agenda; earliest first. It costs a walk over the agenda."""
        taken = sorted(entry for entry in (*self._entries, *self._late) if entry[6] is clock)
        if taken:
            # In place: the process that runs holds on to these lists.
            self._entries[:] = [entry for entry in self._entries if entry[6] is not clock]
            self._late[:] = [entry for entry in self._late if entry[6] is not clock]
            heapify(self._entries)
        return taken

    def run(
        self, env: simpy.Environment, end: float, decide: Callable[[], None], settled: Callable[[], None]
    ) -> Generator[simpy.Event, Any, None]:
        """The SimPy process: goes from instant to instant before `end` and calls `decide` after
        each round and `settled` after the last one of an instant.

        Raises LoopError when an instant takes more than 100 rounds, naming the last events.
        """
        entries, late = self._entries, self._late
        while entries and entries[0][0] < end:
            day = entries[0][0]
            if day > env.now:
                yield env.timeout(day - env.now)
            self.day = day
            rounds = 0
            while entries and entries[0][0] <= day:
                rounds += 1
                if rounds > ROUNDS_AT_ONE_INSTANT:
                    names = sorted({_named(entry) for entry in entries if entry[0] <= day})
                    raise LoopError(
                        f"more than {ROUNDS_AT_ONE_INSTANT} rounds of events at one instant, again and again: "
                        f"{'; '.join(names)}"
                    )
                known, order = self._count, -1
                while entries and entries[0][0] <= day:
                    entry = heappop(entries)
                    if entry[1] < order or (entry[1] == order and entry[3] > known):
                        late.append(entry)  # its place in this round is past: a further round
                        continue
                    if entry[1] > order:
                        order, known = entry[1], self._count
                    entry[4](entry[5])
                while late:
                    heappush(entries, late.pop())
                decide()
            settled()
        self.day = end
        if end > env.now:
            yield env.timeout(end - env.now)


def _named(entry: Entry) -> str:
    """What an entry does, in words (the first sentence of its function's docstring), and at which lab."""
    happen = entry[4]
    what = (happen.__doc__ or happen.__qualname__).split(".\n")[0].strip().rstrip(".")
    return f"{what} (lab {entry[2]})" if entry[2] else what
