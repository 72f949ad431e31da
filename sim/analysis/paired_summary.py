"""What draws in pairs say: the chance that a change buys time, how much, how long levels then last, and what work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.pair import AT_LEAST, AT_MOST, BOUNDS, EXACT, Pair
from sim.ensemble.bounds import Bounded, as_json, bounded
from sim.ensemble.encode import Texts, Values, join
from sim.ensemble.store import Store

QUANTILES = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}

WORKS = (
    ("work", ("domain", "by"), ("work_bought", "dwell_work_bought")),
    ("alignment", ("by",), ("researcher_years_bought", "serial_days_bought", "dwell_researcher_years_bought",
                            "dwell_serial_days_bought")),
)  # fmt: skip
"""Table, the columns that tell its rows apart besides the level, and the columns of what is bought."""

LEAST_DAYS = 0.5
"""Days that a change must buy at least to count as help: less is a matter of rounding in what it touches."""


def read(store: Store, table: str, names: Sequence[str]) -> dict[str, Values]:
    """Columns of a table over all chunks."""
    chunks = list(store.read(table, names))
    return {name: join(chunk[name] for chunk in chunks) for name in names}


def which(column: Values, word: str) -> NDArray[np.bool_]:
    """The rows that have this text."""
    assert isinstance(column, Texts)
    if word not in column.words:
        return np.zeros(column.codes.size, dtype=bool)
    found: NDArray[np.bool_] = column.codes == column.words.index(word)
    return found


def bought_days(found: Mapping[str, Values], value: str, bound: str, rows: NDArray[np.bool_]) -> Bounded:
    """A column of differences with its bounds."""
    marks = [which(found[bound], word)[rows] for word in (EXACT, AT_LEAST, AT_MOST)]
    values: Any = found[value]
    return bounded(values[rows], *marks)


def levels_of(store: Store, central: Sequence[Pair]) -> dict[str, dict[str, Any]]:
    """Changed world -> level -> chance that it helps, time bought and dwell bought (days)."""
    names = ("scenario", "level", "time_bought_days", "bound", "dwell_bought_days", "dwell_bound")
    found = read(store, "levels", names)
    result: dict[str, dict[str, Any]] = {}
    for pair in central:
        mine = which(found["scenario"], pair.name)
        result[pair.name] = {}
        for n, level in enumerate(pair.levels):
            rows = mine & which(found["level"], level)
            time = bought_days(found, "time_bought_days", "bound", rows)
            ours = pair.time_bought(level)
            entry = {
                **_shares(time),
                "known": {bound: int(which(found["bound"], bound)[rows].sum()) for bound in BOUNDS},
                "time_bought_days": _quantiles(time),
                "central": {"time_bought_days": ours.value, "bound": ours.bound},
            }
            if n + 1 < len(pair.levels):
                dwell = bought_days(found, "dwell_bought_days", "dwell_bound", rows)
                entry["dwell"] = {"next_level": pair.levels[n + 1], **_shares(dwell),
                                  "bought_days": _quantiles(dwell)}  # fmt: skip
            result[pair.name][level] = entry
    return result


def work_of(store: Store, central: Sequence[Pair]) -> dict[str, list[dict[str, Any]]]:
    """Changed world -> a line for each level, kind of work, and who does it: work bought until the level and in the
    dwell after it. The names of the columns are those of the tables.
    """
    result: dict[str, list[dict[str, Any]]] = {pair.name: [] for pair in central}
    for table, keys, columns in WORKS:
        if not store.table_files(table):
            continue
        found = read(store, table, ("scenario", "level", *keys, *columns, "bound", "dwell_bound"))
        for pair in central:
            mine = which(found["scenario"], pair.name)
            for level in pair.levels:
                here = mine & which(found["level"], level)
                for key in _keys(found, keys, here):
                    rows = here.copy()
                    for name, word in key.items():
                        rows &= which(found[name], word)
                    line: dict[str, Any] = {"table": table, "level": level, **key}
                    for column in columns:
                        bound = "dwell_bound" if column.startswith("dwell_") else "bound"
                        line[column] = _quantiles(bought_days(found, column, bound, rows))
                    result[pair.name].append(line)
    return result


def _keys(found: Mapping[str, Values], names: Sequence[str], rows: NDArray[np.bool_]) -> list[dict[str, str]]:
    """Every combination of texts in the rows, in the order in which they come."""
    columns: Any = [found[name] for name in names]
    seen = dict.fromkeys(zip(*(column.codes[rows].tolist() for column in columns), strict=True))
    return [{name: column.words[code] for name, column, code in zip(names, columns, codes, strict=True)}
            for codes in seen]  # fmt: skip


def _shares(found: Bounded) -> dict[str, Any]:
    shares = found.shares(LEAST_DAYS)
    return {"draws": found.size, "helps": shares.helps, "helps_error": shares.error, "harms": shares.harms,
            "same": shares.same, "unclear": shares.unclear}  # fmt: skip


def _quantiles(found: Bounded) -> dict[str, Any]:
    return {name: as_json(found.quantile(q)) for name, q in QUANTILES.items()}
