"""Each model from its first day to its closings, as strips: what the picture of windows draws and its title counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.show.simulated import Simulated, rows, span_of
from sim.tables.closings import FACTORS


@dataclass
class Strip:
    """One model: (scope, factor) -> (closes or the end, open at the end, length in days)."""

    lab: str
    name: str
    opens: float
    closings: dict[tuple[str, float], tuple[float, bool, float]] = field(default_factory=dict)


def strips(result: Simulated, kind: str = "internal") -> list[Strip]:
    """Strips by lab and opening date, from closings.csv."""
    _, end = span_of(result)
    found: dict[tuple[str, str], Strip] = {}
    for row in rows(result, "closings"):
        if row["dates"] == kind:
            strip = found.setdefault((row["lab"], row["model"]), Strip(row["lab"], row["model"], row["opens"]))
            closes = end if row["censored"] else row["closes"]
            strip.closings[row["scope"], row["factor"]] = closes, row["censored"], row["length_days"]
    order = {lab: n for n, lab in enumerate(result.record.draw.labs)}
    return sorted(found.values(), key=lambda strip: (order[strip.lab], strip.opens, strip.name))


def closed(found: list[Strip], scope: str, start: float) -> list[float]:
    """Lengths (days) of the windows, at the first factor, that closed.

    Models from before the start do not count, nor those that were surpassed on their first day.
    """
    ends = [strip.closings[scope, FACTORS[0]] for strip in found if strip.opens >= start]
    return [length for _, is_open, length in ends if not is_open and length > 0.0]


def at_once(found: list[Strip], scope: str, start: float) -> int:
    """How many models from after the start were surpassed on their first day: `closed` leaves them out."""
    ends = [strip.closings[scope, FACTORS[0]] for strip in found if strip.opens >= start]
    return sum(1 for _, is_open, length in ends if not is_open and length <= 0.0)
