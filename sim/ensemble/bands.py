"""Bands over time as arrays, read from fan.csv; and the first draws, which go on as single worlds."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.ensemble.estimate import Floats
from sim.ensemble.fan import COLUMNS
from sim.ensemble.part import SERIES
from sim.ensemble.store import Store
from sim.ensemble.summary import QUANTILES, days_of


@dataclass(frozen=True)
class Band:
    """Quantiles of one series across draws. days: since 1970. draws: how many had not ended. central: nan after its
    end.
    """

    series: str
    unit: str
    days: Floats
    draws: Floats
    at: dict[float, Floats]
    central: Floats


def read_bands(lines: Iterable[str]) -> dict[str, Band]:
    """Series -> its band, from the lines of fan.csv."""
    rows: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(lines):
        rows.setdefault(row["series"], []).append(row)
    keys = [column.name for column in COLUMNS[-len(QUANTILES) :]]
    return {
        series: Band(
            series,
            of[0]["unit"],
            days_of(np.array([row["date"] for row in of], dtype="datetime64[s]")),
            np.array([float(row["draws"]) for row in of]),
            {q: np.array([float(row[key]) for row in of]) for q, key in zip(QUANTILES, keys, strict=True)},
            np.array([float(row["central"] or "nan") for row in of]),
        )
        for series, of in rows.items()
    }


def examples(store: Store, names: Sequence[str], count: int) -> dict[str, list[tuple[Floats, Floats]]]:
    """Series -> (days since 1970, values) of each of the first `count` draws that could be simulated."""
    chunk: dict[str, Any] = next(store.read(SERIES, ["draw", "date", *names]), {}) if store.has_rows else {}
    found: dict[str, list[tuple[Floats, Floats]]] = {name: [] for name in names}
    if not chunk:
        return found
    days = days_of(chunk["date"])
    for draw in np.unique(chunk["draw"])[:count]:
        mine = chunk["draw"] == draw
        for name in names:
            found[name].append((days[mine], chunk[name][mine]))
    return found
