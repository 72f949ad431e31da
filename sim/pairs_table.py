"""chances.csv: what draws in pairs say, a row for each changed world and level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.compare_columns import LEVEL, SCENARIO
from sim.analysis.paired_summary import LEAST_DAYS, QUANTILES
from sim.tables.table import Column, Table

WHAT = Column("what", "", "time: how much later the level is first reached; dwell: how much longer it lasts")
SHARES = (
    Column("draws", "draws", "pairs that could be simulated"),
    Column("helps", "share", f"of them, those in which it is at least {LEAST_DAYS:g} days more for certain"),
    Column("helps_error", "share", "its Monte Carlo error, one standard error"),
    Column("harms", "share", f"those in which it is at least {LEAST_DAYS:g} days less for certain"),
    Column("same", "share", "those in which it is neither"),
    Column("unclear", "share", "those in which the end of the worlds leaves open which of these it is"),
)
SIDES = (("at_least", "what the {q} across draws is at least, whatever happens after the end; empty: no bound"),
         ("at_most", "what it is at most; the same where all that matters is known"))  # fmt: skip


def chances_table(summary: Mapping[str, Any]) -> Table:
    """A row for each changed world, level, and time or dwell."""
    columns = [SCENARIO, LEVEL, WHAT, *SHARES]
    for name, q in QUANTILES.items():
        words = "median" if q == 0.5 else f"{100 * q:g}% quantile"
        columns += [Column(f"{name}_{side}_days", "days", meaning.format(q=words)) for side, meaning in SIDES]
    columns.append(Column("median_error_days", "days", "Monte Carlo error of the median, one standard error"))
    columns.append(Column("central_days", "days", "the central case; a bound where it is not exact"))
    rows = []
    for scenario, found in summary["scenarios"].items():
        for level, line in found["levels"].items():
            rows.append((scenario, level, "time", *_row(line, line["time_bought_days"]),
                         line["central"]["time_bought_days"]))  # fmt: skip
            if "dwell" in line:
                rows.append((scenario, level, "dwell", *_row(line["dwell"], line["dwell"]["bought_days"]), None))
    return Table("chances", columns, rows)


def _row(shares: Mapping[str, Any], quantiles: Mapping[str, Any]) -> tuple[Any, ...]:
    ends = [quantiles[name][side] for name in QUANTILES for side, _ in SIDES]
    return (*(shares[column.name] for column in SHARES), *ends, quantiles["median"]["error"])
