"""What draws in pairs give up: compute, tokens and AI work until the end, the changed world's less the base's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.compare_columns import SCENARIO
from sim.analysis.compare_cost import cost_rows
from sim.analysis.pair import Pair
from sim.analysis.paired_summary import QUANTILES, which
from sim.ensemble.encode import Texts
from sim.ensemble.estimate import Floats, quantile
from sim.ensemble.part import OUTCOMES
from sim.ensemble.store import Store
from sim.tables.table import Column, Table

KEYS = ("what", "of", "unit")
NUMBERS = ("base", "change")

Amounts = dict[tuple[str, ...], list[NDArray[Any]]]
"""What, of which, in which unit -> draw, the base's amount, the change: of all labs together."""


def costs_of(store: Store, central: Sequence[Pair]) -> dict[str, list[dict[str, Any]]]:
    """Changed world -> a line for each amount of `cost` of all labs together: the base's, and what changes.

    Quantiles across draws, that of the share only of draws in which the base has any; the error of the median is one
    standard error. A draw without such an amount has 0 of it.
    """
    draws = np.sort(np.concatenate([chunk["draw"] for chunk in store.read(OUTCOMES, ["draw"])]))
    return {pair.name: _lines(_amounts(store, pair.name), draws, pair) for pair in central}


def _amounts(store: Store, world: str) -> Amounts:
    found: Amounts = {}
    for chunk in store.read("cost", ["draw", "scenario", "lab", *KEYS, *NUMBERS]):
        labs = chunk["lab"]
        assert isinstance(labs, Texts)
        rows = which(chunk["scenario"], world) & (labs.codes < 0)
        lines: list[Any] = [chunk[name] for name in KEYS]
        codes = np.column_stack([line.codes[rows] for line in lines])
        numbers: list[Any] = [chunk[name] for name in ("draw", *NUMBERS)]
        values = np.column_stack([line[rows].astype(np.float64) for line in numbers])
        kinds, of = np.unique(codes, axis=0, return_inverse=True)
        for n, kind in enumerate(kinds):
            key = tuple("" if code < 0 else line.words[code] for line, code in zip(lines, kind, strict=True))
            found.setdefault(key, []).append(values[of.reshape(-1) == n])
    return found


def _lines(amounts: Amounts, draws: NDArray[Any], pair: Pair) -> list[dict[str, Any]]:
    central = {(row[2], row[3] or ""): row for row in cost_rows(pair) if row[1] is None}
    result = []
    for (what, of, unit), parts in sorted(amounts.items()):
        values = np.concatenate(parts)
        base, change = (np.zeros(draws.size) for _ in NUMBERS)
        at = np.searchsorted(draws, values[:, 0])
        base[at], change[at] = values[:, 1], values[:, 2]
        ours = central.get((what, of))
        result.append({
            "what": what, "of": of or None, "unit": unit, "base": _quantiles(base), "change": _quantiles(change),
            "share": _quantiles(change[base > 0.0] / base[base > 0.0]),
            "central": {"base": 0.0, "change": 0.0} if ours is None else {"base": ours[4], "change": ours[6]},
        })  # fmt: skip
    return result


def _quantiles(values: Floats) -> dict[str, Any]:
    line = np.sort(values)
    found: dict[str, Any] = {"draws": int(line.size)}
    for name, q in QUANTILES.items():
        found[name] = quantile(line, q).value
    found["median_error"] = quantile(line, 0.5).error
    return found


def costs_table(summary: Mapping[str, Any]) -> Table:
    """costs.csv: a row for each changed world and amount."""
    unit = "as in unit"
    columns = [
        SCENARIO,
        Column("what", "", "as in cost: compute, training_flop, tokens, models, ai_work, ai_work_by, other_work_by; of "
               "all labs"),
        Column("of", "", "the use, the domain of work, or the level"),
        Column("unit", "", "unit of the amounts"),
        Column("draws", "draws", "pairs that could be simulated"),
        Column("base_median", unit, "the base's amount from the start to the end, median across draws"),
    ]
    for side, of, meaning in (
        ("change", unit, "the changed world's less the base's, draw by draw: minus is given up"),
        ("share", "share", "the change as a share of the base's, in draws that have any"),
    ):
        for name, q in QUANTILES.items():
            which_one = "median" if q == 0.5 else f"{100 * q:g}% quantile"
            columns.append(Column(f"{side}_{name}", of, f"{which_one}: {meaning}"))
        columns.append(Column(f"{side}_median_error", of, "Monte Carlo error of that median, one standard error"))
    columns += [Column("central_base", unit, "the central case's base"), Column("central_change", unit, "its change")]
    rows = []
    for scenario, found in summary["scenarios"].items():
        for line in found["cost"]:
            quantiles = [line[side][name] for side in ("change", "share") for name in (*QUANTILES, "median_error")]
            central = (line["central"]["base"], line["central"]["change"])
            rows.append((scenario, line["what"], line["of"], line["unit"], line["change"]["draws"],
                         line["base"]["median"], *quantiles, *central))  # fmt: skip
    return Table("costs", columns, rows)
