"""How long levels last: from the first crossing of each to that of the next, open at the end where that is not seen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from sim.ensemble.encode import DATE, kind_of
from sim.ensemble.estimate import Floats
from sim.ensemble.part import OUTCOMES
from sim.ensemble.store import Store
from sim.ensemble.summary import days_of, gathered
from sim.ensemble.survival import Survival, kaplan_meier
from sim.tables.table import Column

PREFIX = "level["


def level_names(columns: Sequence[Column]) -> list[str]:
    """The levels of `outcomes`, the lowest first."""
    return [column.name[len(PREFIX) : -1] for column in columns
            if kind_of(column) == DATE and column.name.startswith(PREFIX)]  # fmt: skip


def dwell(store: Store, columns: Sequence[Column], central: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For each level but the highest: how long it lasts, in the draws that reach it (Kaplan-Meier).

    columns: of `outcomes`. central: its values. median_days and the 5% and 95% are None where so many draws have not
    left the level by their end; median_error_days is one standard error.
    """
    names = level_names(columns)
    if len(names) < 2:
        return []
    values = gathered(store, OUTCOMES, [*(f"{PREFIX}{name}]" for name in names), "end"])
    days = {name: days_of(line) for name, line in values.items()}
    found = {(here, after): kaplan_meier(*lengths(days, here, after)) for here, after in pairwise(names)}
    return dwells(found, central)


def dwells(found: Mapping[tuple[str, str], Survival], central: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same of the survival of each pair of levels."""
    return [{"level": here, "next_level": after, "draws": line.of, **line.facts(), **_central(central, here, after)}
            for (here, after), line in found.items()]  # fmt: skip


def lengths(days: Mapping[str, Floats], here: str, after: str) -> tuple[Floats, Any]:
    """Days from one level to another in the draws that reach it, and whether the other was reached."""
    since, until, end = days[f"{PREFIX}{here}]"], days[f"{PREFIX}{after}]"], days["end"]
    reached = np.isfinite(since)
    closed = np.isfinite(until[reached])
    return np.where(closed, until[reached], end[reached]) - since[reached], closed


def _central(central: Mapping[str, Any], here: str, after: str) -> dict[str, Any]:
    names = (f"{PREFIX}{here}]", f"{PREFIX}{after}]", "end")
    since, until, end = days_of(np.array([central.get(name) for name in names], dtype="datetime64[s]")).tolist()
    known = math.isfinite(since)
    return {
        "central_days": min(until, end) - since if known else None,
        "central_open": not math.isfinite(until) if known else None,
    }
