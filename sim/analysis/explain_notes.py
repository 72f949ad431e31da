"""Numbered references to the inputs of a derivation: what was written, where, and who says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from sim.scenario import Scenario
from sim.scenario.quantity import Quantity, Sourced, Timeline
from sim.tables.table import Column, Table

MARK = re.compile(r"\[(\d+)\]")

COLUMNS = [
    Column("n", "", "number in the derivation"),
    Column("input", "", "path in the scenario"),
    Column("value", "", "as written"),
    Column("origin", "", "file:line:column, --set, default or catalog"),
    Column("basis", "", "stated, guess, derived, default, or a default that is a guess"),
    Column("source", "", "who says so"),
]


class Cited(NamedTuple):
    """One input."""

    path: str
    text: str
    origin: str
    basis: str
    source: str


class Notes:
    """Collects the inputs that a derivation uses; `mark` gives each its number.

    origins: path -> where the input was written, if that is known better than by the scenario (a run's folder).
    """

    def __init__(self, scenario: Scenario, origins: Mapping[str, str] | None = None) -> None:
        self.scenario = scenario
        self.origins = origins or {}
        self.cited: list[Cited] = []

    def find(self, *steps: str | int, day: float | None = None) -> Cited | None:
        """The input at a path (see `Scenario.sourced`); of a dated one what holds on `day`."""
        item = self.scenario.sourced(*steps)
        return None if item is None else self._cited(item, day)

    def _cited(self, item: Sourced, day: float | None) -> Cited:
        path, text, origin, guess, source = item.path, item.text, item.origin, item.guess, item.source
        if isinstance(item, Timeline) and not item.constant:
            ordinal = self.scenario.start.toordinal() + (day or 0.0)
            earlier = [q for since, q in item.points if since is None or since <= ordinal] or [item.points[0][1]]
            point, last = earlier[-1], item.points[-1][1]
            path, text, origin = point.path, point.text, point.origin
            guess, source = point.guess, point.source or item.source
            if point is last and item.then is not None:
                text += f", then {item.then.text}"
            elif point is not last and item.exponential:
                text += f", growing to {item.points[[q for _, q in item.points].index(point) + 1][1].text}"
        derived = isinstance(item, Quantity | Timeline) and item.rests_on
        basis = "guess" if guess else "derived" if derived else "stated"
        if not item.stated:
            basis = "default, guess" if guess else "catalog" if origin == "catalog" else "default"
        return Cited(path, text, self.origins.get(path, origin), basis, "" if source == "guess" else source)

    def mark(self, *steps: str | int, day: float | None = None) -> str:
        """` [n]` for an input; nothing if the scenario has no such value."""
        cited = self.find(*steps, day=day)
        if cited is None:
            return ""
        if cited not in self.cited:
            self.cited.append(cited)
        return f" [{self.cited.index(cited) + 1}]"

    def renumber(self, texts: list[str]) -> list[str]:
        """The texts with the inputs numbered in the order in which they appear; what none refers to is dropped."""
        used = dict.fromkeys(int(n) for text in texts for n in MARK.findall(text))
        numbers = {old: new for new, old in enumerate(used, 1)}
        self.cited = [self.cited[old - 1] for old in used]
        return [MARK.sub(lambda found: f"[{numbers[int(found[1])]}]", text) for text in texts]

    def table(self) -> Table:
        """The inputs as rows."""
        return Table("inputs", COLUMNS, [(n, *cited) for n, cited in enumerate(self.cited, 1)])
