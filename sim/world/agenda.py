"""The kernel's calendar: SimPy's environment steps from instant to instant, and what is due fires in order."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush, heapreplace
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

    Most are dated before the run begins. Those are sorted once, and only the next of them waits in the heap with what
    the run brings about: what an event costs then hardly depends on how many are to come.
    """

    __slots__ = ("_heap", "_dated", "_late", "_dropped", "_count", "_add", "day", "end", "watched")

    def __init__(self) -> None:
        self._heap: list[Entry] = []
        self._dated: list[Entry] = []
        """What was put on before the run began, the last day first. Its last item, the next, is in the heap too."""
        self._late: list[Entry] = []
        self._dropped: set[int] = set()
        """Times of entry of what was dropped and is still in the heap, or taken off it."""
        self._count = 0
        self._add: Callable[[list[Entry], Entry], None] = list.append
        self.day = 0.0
        self.end = inf
        self.watched: dict[str, list[float]] = {}
        """lab -> a heap of the days of what is dated there, for labs that look ahead to them."""

    def at(
        self, day: float, order: int, lab: str, happen: Callable[[Any], None], what: Any = None, clock: object = None
    ) -> None:
        """Let `happen(what)` happen on `day` (a tick, not in the past)."""
        self._count = count = self._count + 1
        add = self._add
        add(self._heap, (day, order, lab, count, happen, what, clock))
        if self.watched and lab in self.watched:
            heappush(self.watched[lab], day)

    def each_at(
        self, dated: list[tuple[float, Any]], late: float, order: int, lab: str, happen: Callable[[Any], None],
        clock: object,
    ) -> None:  # fmt: skip
        """As `at`, for each (day, what) of a clock, some days late."""
        add, heap, count = self._add, self._heap, self._count
        for day, what in dated:
            count += 1
            add(heap, (day + late, order, lab, count, happen, what, clock))
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
        add = self._add
        add(self._heap, (day, order, lab, count, happen, what, clock))
        return count

    def drop(self, number: int) -> None:
        """Let nothing come of what was put on at a time of entry, and has not happened yet."""
        self._dropped.add(number)

    def another_round(self) -> None:
        """Let the labs decide (once more) today."""
        self.put(self.day, Order.DECISION, "", _again)

    def clear(self) -> None:
        """Forget what is left."""
        for entries in self._lists():
            entries.clear()

    def stop(self) -> None:
        """Let nothing more happen: the clock then goes straight to the end."""
        self._heap[:] = self._dated[:] = [NEVER]  # in place: the process that runs holds on to these lists

    def number(self) -> int:
        """The next time of entry, for what is kept elsewhere until it is `put_back`."""
        self._count += 1
        return self._count

    @property
    def next_day(self) -> float:
        """Day of the next entry; infinite if there is none."""
        heap, dropped = self._heap, self._dropped
        while dropped and heap[0][3] in dropped:
            dropped.remove(self._pop()[3])
        return float(heap[0][0])

    def take(self, wanted: Callable[[Entry], bool]) -> list[Entry]:
        """Take entries off the agenda; earliest first. It costs a walk over the agenda."""
        everything = (entry for entries in self._lists() for entry in entries if entry is not NEVER)
        found = {entry[3]: entry for entry in everything if wanted(entry)}
        if found:
            following = self._dated[-1:]
            for entries in self._lists():  # in place: the process that runs holds on to these lists
                entries[:] = [entry for entry in entries if entry[3] not in found]
            if following and self._dated[-1] is not following[0]:
                self._heap.append(self._dated[-1])
            heapify(self._heap)
        return sorted(found.values())

    def put_back(self, entry: Entry, foreseen: bool = False) -> None:
        """Put an entry on again, in the place among others that its time of entry gives it.

        foreseen: whether labs look ahead to it, as with `at`.
        """
        self._add(self._heap, entry)
        if foreseen and entry[2] in self.watched:
            heappush(self.watched[entry[2]], entry[0])

    def _pop(self) -> Entry:
        """Take the next entry off."""
        entry, dated = self._heap[0], self._dated
        if entry is dated[-1]:
            dated.pop()
            heapreplace(self._heap, dated[-1])
        else:
            heappop(self._heap)
        return entry

    def _lists(self) -> tuple[list[Entry], ...]:
        return self._heap, self._dated, self._late

    def begin(self, end: float) -> None:
        """What is put on from now on goes into the heap. On `end` nothing happens any more."""
        self.end = end
        self._dated[:] = [NEVER, *sorted(self._heap, reverse=True)]
        self._heap[:] = self._dated[-1:]
        self._add = heappush

    def instant(self, decide: Callable[[], None], settled: Callable[[], None]) -> bool:
        """Let the next instant before the end happen; False if there is none.

        decide: called after each round of an instant. settled: after the last one. Raises LoopError when an instant
        takes more than 100 rounds, naming the last events.
        """
        heap, dated, late, dropped = self._heap, self._dated, self._late, self._dropped
        day: float = heap[0][0]
        if dropped:
            day = self.next_day  # no instant for what was dropped
        if day >= self.end:
            self.day = self.end
            return False
        self.day = day
        rounds = 1
        while True:
            last = known = -1
            while True:
                entry = heap[0]
                due: float = entry[0]
                if due > day:
                    break
                if entry is dated[-1]:
                    dated.pop()
                    heapreplace(heap, dated[-1])
                else:
                    heappop(heap)
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
                heappush(heap, late.pop())
            decide()
            due = heap[0][0]
            if due > day:
                break
            if rounds == ROUNDS_AT_ONE_INSTANT:
                raise LoopError(self._loop())
            rounds += 1
        settled()
        return True

    def _loop(self) -> str:
        names = sorted({_named(entry) for entry in self._heap if entry[0] <= self.day})
        return (
            f"more than {ROUNDS_AT_ONE_INSTANT} rounds of events at one instant, again and again: {'; '.join(names)}"
        )


class Calendar(simpy.Environment):
    """SimPy's environment of an agenda, whose step is an instant: no event of SimPy's own is made for it."""

    def __init__(self, agenda: Agenda, end: float, decide: Callable[[], None], settled: Callable[[], None]) -> None:
        """As `Agenda.begin` and `Agenda.instant` take them."""
        super().__init__()
        self._agenda, self._decide, self._settled = agenda, decide, settled
        agenda.begin(end)

    def step(self) -> None:
        """The next instant, or an event of SimPy's that is due before it."""
        agenda = self._agenda
        if self._queue and self._queue[0][0] < min(agenda.next_day, agenda.end):
            super().step()
        elif agenda.instant(self._decide, self._settled):
            self._now = agenda.day
        else:
            self._now = agenda.end
            super().step()


def _again(_: Any) -> None:
    """The labs decide once more."""


NEVER: Entry = (inf, Order.DECISION, "", 0, _again, None, None)
"""The last of what is dated on every agenda, so that there is always a next."""


def _named(entry: Entry) -> str:
    """What an entry does, in words (the first sentence of its function's docstring), and at which lab."""
    happen = entry[4]
    what = (happen.__doc__ or happen.__qualname__).split(".\n")[0].strip().rstrip(".")
    return f"{what} (lab {entry[2]})" if entry[2] else what
