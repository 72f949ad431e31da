"""Days that a window gains when an input is 10% larger: a table of paired worlds, made at once or on request."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from typing import Any

from sim.analysis.explain_worlds import Lengths, Pairs
from sim.analysis.pair import bought
from sim.scenario import Scenario
from sim.tables.table import Column, Table
from sim.world.record import ModelRecord, RunRecord

AT_ONCE = 25_000
"""Events up to which the paired worlds are simulated unasked: about a third of a second."""

FEEDBACK_COUNTS = 5
"""Times that an event counts against `AT_ONCE` where software follows research: each makes a lab look ahead again."""

COLUMNS = [
    Column("input", "", "path in the scenario; a dated series is moved as a whole"),
    Column("value", "", "as written"),
    Column("change", "", "+10%, or 30 days later"),
    Column("own_days", "days", "change of the own window's length; empty if it is open at the end in both worlds"),
    Column("frontier_days", "days", "the same of the frontier window"),
    Column("own_bound", "", "exact; at least: with the change the window is open at the end; at most: it is without; "
           "unknown: in both worlds"),
    Column("frontier_bound", "", "the same for the frontier window"),
    Column("origin", "", "where the input is written"),
    Column("guess", "", "true if it is a guess"),
]


class Days:
    """The table of days of one model: a row for each input that could move either closing, the largest changes first.

    worlds: inputs that could, each of which takes a world of its own; some turn out not to be read. events: that these
    worlds have together, about. on_request: whether they are more than `AT_ONCE` (see `FEEDBACK_COUNTS`): the table is
    then made when it is asked for, and not to print an explanation.
    """

    def __init__(
        self, scenario: Scenario, record: RunRecord, model: ModelRecord, origins: Mapping[str, str] | None = None
    ) -> None:
        self._pairs = Pairs(scenario, record, model)
        self._origins = origins or {}
        self._table: Table | None = None
        self.without: list[str] = []
        """Of a table that is made: inputs with which the model is not there before the end, or nothing is."""
        self.worlds = len(self._pairs.candidates)
        self.events = self._pairs.events
        feedback = any(lab.software.feedback for lab in record.draw.labs.values())
        self.on_request = self.events * (FEEDBACK_COUNTS if feedback else 1) > AT_ONCE

    @property
    def made(self) -> bool:
        """Whether the table is there."""
        return self._table is not None

    @property
    def table(self) -> Table:
        """The table; simulates the worlds, here and one after another, if they have not been."""
        return self.make()

    def make(self, workers: int = 1, progress: Callable[[int, int], None] | None = None) -> Table:
        """Make the table, if it is not there. workers: processes that simulate; they change nothing in it.

        progress: told after each world how many are done, of how many.
        """
        if self._table is None:
            found: dict[int, Lengths | None] = {}
            numbers = range(len(self._pairs.changes))
            with closing(_simulated(self._pairs, numbers, workers)) as made:
                for number, new in made:
                    found[number] = new
                    if progress is not None:
                        progress(len(found), len(numbers))
            rows = [self._row(number, new) for number in numbers if (new := found[number]) is not None]
            self.without = [self._pairs.changes[number].label for number in numbers if found[number] is None]
            rows.sort(key=lambda row: (-max(abs(days or 0.0) for days in row[3:5]), row[0]))
            self._table = Table("sensitivity", COLUMNS, rows)
        return self._table

    def _row(self, number: int, new: Lengths) -> tuple[Any, ...]:
        change, base = self._pairs.changes[number], self._pairs.base
        assert base is not None
        item = change.inputs[0]
        text = item.text if len(change.inputs) == 1 else f"{item.text} ... {change.inputs[-1].text}"
        own, frontier = (bought(*pair) for pair in zip(base.amounts, new.amounts, strict=True))
        return (
            change.label, text, change.words, own.value, frontier.value, own.bound, frontier.bound,
            self._origins.get(item.path, item.origin), any(each.guess for each in change.inputs),
        )  # fmt: skip


def _simulated(
    pairs: Pairs, numbers: Sequence[int], workers: int
) -> Generator[tuple[int, Lengths | None], None, None]:
    """(number of a change, lengths with it) in the order in which they are done."""
    if workers <= 1:
        for number in numbers:
            yield number, pairs.lengths(number)
        return
    from sim.ensemble.workers import spread

    yield from spread(pairs.lengths, numbers, workers)
