"""What pictures and tables of a comparison need of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Protocol

from sim.analysis.pair import AT_LEAST, AT_MOST, EXACT, Pair
from sim.base.units import DAYS_PER_MONTH
from sim.show.facts import PictureFacts
from sim.show.simulated import Row, date_number
from sim.show.style import LABS
from sim.tables import Table
from sim.tables.chance import has_chance


class Compared(Protocol):
    """A comparison: `sim.comparison.Comparison`, or anything that has these."""

    base: Any

    @property
    def pairs(self) -> list[Pair]: ...

    def table(self, name: str) -> Table: ...


BASE = "#57606a"
"""Colour of the base."""

COLOURS = LABS
"""Colours of the changed worlds, in order."""

DASHES: tuple[Any, ...] = ("-", (0, (4, 1.5)), (0, (1.2, 1.2)))


def colours(comparison: Compared) -> dict[str, str]:
    """Name of a changed world -> its colour in all pictures."""
    return {pair.name: COLOURS[n % len(COLOURS)] for n, pair in enumerate(comparison.pairs)}


def line_styles(comparison: Compared) -> dict[str, Any]:
    """Name of a changed world -> its dashes, which tell apart worlds of the same colour."""
    return {pair.name: DASHES[n // len(COLOURS) % len(DASHES)] for n, pair in enumerate(comparison.pairs)}


def rows_of(comparison: Compared, table: str, scenario: str | None = None) -> list[Row]:
    """Rows of a table as dicts, dates as date numbers; of one changed world only, if named."""
    found = comparison.table(table)
    names = [column.name for column in found.columns]
    dated = {column.name for column in found.columns if column.unit == "date"}
    result = []
    for values in found.rows:
        row: Row = dict(zip(names, values, strict=True))
        if scenario is None or row["scenario"] == scenario:
            result.append({key: date_number(value) if key in dated and value else value for key, value in row.items()})
    return result


def facts_of(comparison: Compared, *, names: Sequence[str] | None = None) -> PictureFacts:
    """The base's facts, with the names of the worlds set against it."""
    facts: PictureFacts = comparison.base.facts
    shown = [pair.name for pair in comparison.pairs] if names is None else list(names)
    stopped = facts.stopped or next(
        (f"of {pair.name} {pair.world.record.stop_text}" for pair in comparison.pairs
         if pair.name in shown and pair.world.record.stopped), "")  # fmt: skip
    seeds = [pair.world.record.draw.seed for pair in comparison.pairs
             if pair.name in shown and has_chance(pair.world.record.draw)]  # fmt: skip
    seed = next(iter(seeds), facts.seed)
    return dataclasses.replace(facts, seed=seed, name=f"{facts.name} against {', '.join(shown)}", stopped=stopped)


def words_of_level(level: str) -> str:
    """A level's or a domain's name to read: `automated_coder` is `automated coder`, `ai_research` `AI research`."""
    return " ".join("AI" if word == "ai" else word for word in level.split("_"))


def span(days: float) -> str:
    """A length of time to read: 12 days, 5.8 months, 3.1 years."""
    size = abs(days)
    if size < 0.5:
        return "0 days"
    if size < 60.0:
        return f"{days:,.0f} day{'' if round(size) == 1 else 's'}"
    if size < 730.0:
        return f"{days / DAYS_PER_MONTH:.1f} months"
    return f"{days / 365.25:.1f} years"


def signed(days: float | None, bound: str | None) -> str:
    """A difference in days with how well it is known: +5.8 months, > +2.0 years, unknown."""
    if days is None:
        return "unknown" if bound else ""
    text = span(days)
    mark = {EXACT: "", AT_LEAST: "> ", AT_MOST: "< "}.get(bound or EXACT, "")
    return f"{mark}{'+' if days >= 0.5 else ''}{text.replace('-', '−')}"
