"""What a branch's summary says of what is drawn anew and what is kept, in words for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.base.words import plural
from sim.scenario.support import Support, counted

MOST_LINES = 40
"""Inputs of a kind that are printed; all are in branch.csv."""


def head(summary: Mapping[str, Any]) -> str:
    """Which draw, from when on, and what becomes of each input."""
    from sim.ensemble_report import failed_text, table

    branch = summary["branch"]
    inputs = branch["inputs"]
    rows: list[tuple[str, ...]]
    anew = [row for row in inputs if row["drawn"] != "kept"]
    kept = [row for row in inputs if row["drawn"] == "kept"]
    part = sum(row["drawn"] == "in part" for row in anew)
    none = sum(row.get("support") == Support.NONE.value for row in anew)
    supports = counted(sum(row["guess"] for row in anew), none, "")
    lines = [
        f"{summary['name']}: {plural(summary['draws'], 'world')} that share the past of draw {branch['draw']} before "
        f"{branch['from']} ({summary['method']}, seed {summary['seed']}){failed_text(summary)}",
        f"{len(anew)} of {len(inputs)} uncertain inputs are drawn anew" + (f", {part} of them from a part of their "
        f"range" if part else "") + f"; {supports}. Random events from then on: "
        + ("drawn anew" if branch["chance"] else "there are none"),
    ]  # fmt: skip
    if alike(summary):
        lines.append(f"Nothing that was drawn anew moves these results: {summary['draws']:,} worlds that are alike.")
    if anew:
        rows = [("drawn anew", "in the draw", "from", "outside of it this would be another")]
        rows += [(_name(row), row["in_draw"], f"{row['low']} to {row['high']}",
                  row["would_change"] or ("" if row["moves"] else "(moves nothing by itself)")) for row in anew]
        lines += ["", *table(_cut(rows))]
    if kept:
        rows = [("kept", "at", "as another value would change what was before")]
        rows += [(_name(row), row["in_draw"], row["would_change"]) for row in kept]
        lines += ["", *table(_cut(rows))]
    return "\n".join(lines)


def alike(summary: Mapping[str, Any]) -> bool:
    """Whether the worlds of a branch are the same in every result and date: no range, and the draw itself amid them."""
    found = [*summary["results"].values(), *summary["levels"].values(), *summary["milestones"].values()]
    errors = [row.get("median_error", row.get("median_error_days")) for row in found]
    amid = all(row["central_at"] in (None, 0.5) and row.get("not_reached", 0.0) in (0.0, 1.0) for row in found)
    return summary["draws"] > 1 and amid and not any(errors) and all(row["p5"] == row["p95"] for row in found)


def _name(row: Mapping[str, Any]) -> str:
    also = row["also"].count(";") + 1 if row["also"] else 0
    return row["input"] + (f" (+{also})" if also else "")


def _cut(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    more = len(rows) - 1 - MOST_LINES
    if more <= 0:
        return rows
    return [*rows[: 1 + MOST_LINES], (f"... and {more} more, in branch.csv", *[""] * (len(rows[0]) - 1))]
