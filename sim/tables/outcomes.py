"""The results of one draw in one row: what its windows, copies, levels and milestones came to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.model.draw import Draw
from sim.model.level import threshold
from sim.tables.beyond_peak import beyond_peak
from sim.tables.rates import Rates
from sim.tables.summary import headlines
from sim.tables.table import Column, Table

MAIN = "own_window_median_days"
"""The result whose running median is told while draws are made."""

TOO_FAST = "models_beyond_peak"
"""How many new models make more tokens/s than their parameters allow at their chips' peak."""

_COPIES = ("most_copies_at_open", "most_copies_from_training_compute")


def outcome_columns(draw: Draw) -> list[Column]:
    """The columns; levels and milestones are those of the scenario. Dates and lengths are empty where not reached."""
    levels = sorted(draw.levels, key=lambda name: (threshold(draw, name), name))
    return [
        Column("models", "models", "models with a window, those there at the start too"),
        Column(MAIN, "days", "median of the new models' own windows that closed"),
        Column("own_windows_closed", "windows", "of new models, by another of their lab"),
        Column("own_windows_open_at_end", "windows", "own windows open at the end, of those there at the start too"),
        Column("frontier_window_median_days", "days", "median of the new models' frontier windows that closed"),
        Column("frontier_windows_closed", "windows", "of new models, by another of any lab"),
        Column("frontier_windows_open_at_end", "windows", "the same of frontier windows"),
        Column(_COPIES[0], "copies", "the most copies of any model that could run when its lab has it"),
        Column(_COPIES[1], "copies", "the most copies of any model on the accelerators that trained it"),
        Column("best_effective_flop", "FLOP", "effective FLOP of the strongest model at the end"),
        Column(TOO_FAST, "models", "new models with more tokens/s than their parameters allow at their chips' peak"),
        *(Column(f"level[{name}]", "date", "first crossing by any lab; empty if none before the end")
          for name in levels),
        *(Column(f"milestone[{name}]", "date", "first date; empty if not before the end")
          for name in sorted(draw.milestones)),
        Column("end", "date", "when this draw ends"),
    ]  # fmt: skip


def outcome_row(rates: Rates, windows: Table, columns: Sequence[Column]) -> tuple[Any, ...]:
    """The row of a draw. rates: of its record. windows: its table of windows. columns: `outcome_columns`."""
    record = rates.record
    found = headlines(windows)
    values: dict[str, Any] = {name: value for name, value in found.items() if not isinstance(value, dict)}
    values |= {name: found[name]["copies"] for name in _COPIES if name in found}
    there = (model.effective_flop for model in record.models if model.internal < record.end)
    values["best_effective_flop"] = max(there, default=None)
    values[TOO_FAST] = len(beyond_peak(rates))
    for (level, lab), (day, _) in record.levels.items():
        if not lab:
            values[f"level[{level}]"] = rates.dates.of(day)
    for name, day in record.milestones.items():
        values[f"milestone[{name}]"] = rates.dates.of(day)
    values["end"] = rates.dates.of(record.end)
    return tuple(values.get(column.name) for column in columns)
