"""The workforce that each lab deployed, interval by interval, and its windows one after another."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sim.show.simulated import Row, Simulated, rows

SERIES = ("copies", "copies_busy", "human_equivalents", "humans")

Lines = dict[str, dict[float, float]]
"""Name -> start of an interval -> mean over it."""


@dataclass
class Workforce:
    """One lab's deployed copies by model, and human-equivalents by domain, interval by interval."""

    copies: Lines
    busy: dict[float, float]
    equivalents: Lines
    humans: Lines

    @property
    def total(self) -> dict[float, float]:
        """Copies of all models."""
        return summed(self.copies)


def summed(lines: Lines) -> dict[float, float]:
    """The sum of lines at each interval, in order of time."""
    total: dict[float, float] = defaultdict(float)
    for line in lines.values():
        for x, value in line.items():
            total[x] += value
    return dict(sorted(total.items()))


def intervals(result: Simulated) -> list[float]:
    """Starts of the intervals of trajectory.csv, also of those in which nothing was deployed."""
    return sorted({row["date"] for row in rows(result, "trajectory", ("accelerators",))})


def workforces(result: Simulated) -> dict[str, Workforce]:
    """The workforce of each lab that deployed any copies, from trajectory.csv."""
    found: dict[str, Workforce] = {}
    for row in rows(result, "trajectory", SERIES):
        mine = found.setdefault(row["lab"], Workforce({}, {}, {}, {}))
        x, value = row["date"], row["value"]
        if row["series"] == "copies_busy":
            mine.busy[x] = mine.busy.get(x, 0.0) + value
            continue
        key, lines = {
            "copies": (row["model"], mine.copies),
            "human_equivalents": (row["domain"], mine.equivalents),
            "humans": (row["domain"], mine.humans),
        }[row["series"]]
        line = lines.setdefault(key, {})
        line[x] = line.get(x, 0.0) + value
    return {lab: found[lab] for lab in result.record.draw.labs if lab in found and any(found[lab].total.values())}


def chain(windows: list[Row], lab: str) -> list[Row]:
    """The lab's windows one after another: each closes with the model that opens the next."""
    mine = sorted((row for row in windows if row["lab"] == lab), key=lambda row: row["opens"])
    by_name = {row["model"]: row for row in mine}
    found: list[Row] = []
    row = next((row for row in mine if row["closes"] is None or row["closes"] > row["opens"]), None)
    while row is not None and row not in found:
        found.append(row)
        row = by_name.get(row["closed_by"]) if row["closed_by"] else None
    return found
