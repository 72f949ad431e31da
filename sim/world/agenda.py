"""The kernel's calendar: SimPy's environment steps from instant to instant, and what is due fires in order."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush
from math import inf
from typing import Any, Final

import simpy

from sim.world.errors import LoopError

ROUNDS_AT_ONE_INSTANT: Final = 100


class Order:
    """The order of events at one instant; starts, stops and moves follow when each lab has decided.

    Plain numbers: an event's order is looked up each time that one is put on the agenda.
    """

    REPAIR: Final = 0
    DELIVERY: Final = 1
    COMPLETION: Final = 2
    RELEASE: Final = 3
    SERIES: Final = 4
    MILESTONE: Final = 5
    INTERVENTION_END: Final = 6
    INTERVENTIONS_OVER: Final = 7
    """What those that ended held is free, of all together."""
    INTERVENTION_START: Final = 8
    INTERVENTIONS_HOLD: Final = 9
    """Those that started take effect, all together."""
    RETIREMENT: Final = 10
    FAILURE: Final = 11
    DECISION: Final = 12


Entry = tuple[Any, ...]
"""(day, order, lab, time of entry, what happens, to what, the clock that it is on or None)."""


class Agenda:
    """Future events, ordered by (day, order, lab, time of entry).

    Most are dated before the run begins, and sorted once. What the run brings about soon happens: it finds its place
    near the end of the list, so that what it costs hardly depends on how many are to come.
    """

    __slots__ = (
        "_ahead", "_late", "_dropped", "_count", "_begun", "_decide", "_settled", "day", "today", "end", "watched",
    )  # fmt: skip

    def __init__(self) -> None:
        self._ahead: list[Entry] = []
        """Before the run begins as they were put on; then the last first, so that the next is at the end."""
        self._late: list[Entry] = []
        self._dropped: set[int] = set()
        """Times of entry of what was dropped and is still ahead, or taken off."""
        self._count = 0
        self._begun = False
        self._decide = self._settled = _nothing
        self.day = 0.0
        self.today: Any = 0.0
        """The same, for what is recorded: compiled, one object for all of an instant, where `day` makes one each time.
        """
        self.end = inf
        self.watched: dict[str, list[float]] = {}
        """lab -> a heap of the days of what is dated there, for labs that look ahead to them."""

    def at(
        self, day: float, order: int, lab: str, happen: Callable[[Any], None], what: Any = None, clock: object = None
    ) -> None:
        """Let `happen(what)` happen on `day` (a tick, not in the past)."""
        self._count = count = self._count + 1
        self._add((day, order, lab, count, happen, what, clock))
        if self.watched and lab in self.watched:
            heappush(self.watched[lab], day)

    def each_at(
        self, dated: list[tuple[float, Any]], late: float, order: int, lab: str, happen: Callable[[Any], None],
        clock: object,
    ) -> None:  # fmt: skip
        """As `at`, for each (day, what) of a clock, some days late."""
        count = self._count
        for day, what in dated:
            count += 1
            self._add((day + late, order, lab, count, happen, what, clock))
        self._count = count
        if lab in self.watched:
            for day, _ in dated:
                heappush(self.watched[lab], day + late)

    def put(
        self, day: float, order: int, lab: str, happen: Callable[[Any], None], what: Any = None, clock: object = None
    ) -> int:
        """As `at`, for what no lab looks ahead to: looks at its software, chance, and what only watches.

        Returns the time of entry, by which it can be dropped.
        """
        self._count = count = self._count + 1
        self._add((day, order, lab, count, happen, what, clock))
        return count

    def drop(self, number: int) -> None:
        """Let nothing come of what was put on at a time of entry, and has not happened yet."""
        self._dropped.add(number)

    def another_round(self) -> None:
        """Let the labs decide (once more) today."""
        self.put(self.day, Order.DECISION, "", _again)

    def clear(self) -> None:
        """Forget what is left, and what was to be done."""
        self._ahead.clear()
        self._late.clear()
        self._decide = self._settled = _nothing

    def stop(self) -> None:
        """Let nothing more happen: the clock then goes straight to the end."""
        self._ahead[:] = [NEVER]  # in place: the instant that happens holds on to it

    def number(self) -> int:
        """The next time of entry, for what is kept elsewhere until it is `put_back`."""
        self._count += 1
        return self._count

    @property
    def next_day(self) -> float:
        """Day of the next entry; infinite if there is none."""
        ahead, dropped = self._ahead, self._dropped
        while dropped and ahead[-1][3] in dropped:
            dropped.remove(ahead.pop()[3])
        return float(ahead[-1][0])

    def take(self, wanted: Callable[[Entry], bool]) -> list[Entry]:
        """Take entries off the agenda; earliest first. It costs a walk over the agenda."""
        found = []
        for entries in (self._ahead, self._late):
            taken = [entry for entry in entries if entry is not NEVER and wanted(entry)]
            if taken:
                entries[:] = [entry for entry in entries if entry is NEVER or not wanted(entry)]  # in place, as above
                found += taken
        return sorted(found)

    def put_back(self, entry: Entry, foreseen: bool = False) -> None:
        """Put an entry on again, in the place among others that its time of entry gives it.

        foreseen: whether labs look ahead to it, as with `at`.
        """
        self._add(entry)
        if foreseen and entry[2] in self.watched:
            heappush(self.watched[entry[2]], entry[0])

    def _add(self, entry: Entry) -> None:
        """Put an entry in its place."""
        ahead = self._ahead
        if not self._begun:
            ahead.append(entry)
            return
        day: float = entry[0]
        place, end = 0, len(ahead)
        while place < end:
            middle = (place + end) // 2
            other = ahead[middle]
            when: float = other[0]
            if when > day or (when == day and other > entry):
                place = middle + 1
            else:
                end = middle
        ahead.insert(place, entry)

    def begin(self, end: float, decide: Callable[[], None], settled: Callable[[], None]) -> None:
        """Put all in order. On `end` nothing happens any more.

        decide: called after each round of an instant. settled: after the last one.
        """
        self.end, self._decide, self._settled = end, decide, settled
        self._ahead.append(NEVER)
        self._ahead.sort(reverse=True)
        self._begun = True

    def instant(self) -> bool:
        """Let the next instant before the end happen; False if there is none.

        Raises LoopError when one takes more than 100 rounds, naming the last events.
        """
        ahead, late, dropped = self._ahead, self._late, self._dropped
        decide, settled = self._decide, self._settled
        day: float = ahead[-1][0]
        if dropped:
            day = self.next_day  # no instant for what was dropped
        if day >= self.end:
            self.day = self.today = self.end
            return False
        self.day = self.today = day
        rounds = 1
        while True:
            last = known = -1
            while True:
                entry = ahead[-1]
                due: float = entry[0]
                if due > day:
                    break
                ahead.pop()
                order: int = entry[1]
                number: int = entry[3]
                if dropped and number in dropped:
                    dropped.remove(number)
                    continue
                if order > last:
                    last, known = order, self._count  # what is put on from here on comes after this order
                elif order < last or number > known:
                    late.append(entry)  # its place in this round is past: a further round
                    continue
                happen = entry[4]
                happen(entry[5])
            while late:
                self._add(late.pop())
            decide()
            due = ahead[-1][0]
            if due > day:
                break
            if rounds == ROUNDS_AT_ONE_INSTANT:
                raise LoopError(self._loop())
            rounds += 1
        settled()
        return True

    def _loop(self) -> str:
        names = sorted({_named(entry) for entry in self._ahead if entry[0] <= self.day})
        return (
            f"more than {ROUNDS_AT_ONE_INSTANT} rounds of events at one instant, again and again: {'; '.join(names)}"
        )


class Calendar(simpy.Environment):
    """SimPy's environment of an agenda, whose step is an instant: no event of SimPy's own is made for it."""

    def __init__(self, agenda: Agenda, end: float, decide: Callable[[], None], settled: Callable[[], None]) -> None:
        """As `Agenda.begin` takes them."""
        super().__init__()
        self._agenda = agenda
        agenda.begin(end, decide, settled)

    def step(self) -> None:
        """The next instant, or an event of SimPy's that is due before it."""
        agenda = self._agenda
        if self._queue and self.peek() < min(agenda.next_day, agenda.end):
            super().step()
        elif agenda.instant():
            self._now = agenda.today
        else:
            self._now = agenda.end
            super().step()


def _again(_: Any) -> None:
    """The labs decide once more."""


def _nothing() -> None:
    """Before a run begins."""


NEVER: Entry = (inf, Order.DECISION, "", 0, _again, None, None)
"""The last of what is dated on every agenda, so that there is always a next."""


def _named(entry: Entry) -> str:
    """What an entry does, in words (the first sentence of its function's docstring), and at which lab."""
    happen = entry[4]
    what = (happen.__doc__ or happen.__qualname__).split(".\n")[0].strip().rstrip(".")
    return f"{what} (lab {entry[2]})" if entry[2] else what
