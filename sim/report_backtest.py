"""The part of a printed report on a backtest: real against predicted closings."""

from __future__ import annotations

from typing import IO, Any

from sim.analysis.backtest import NOT_CLOSED, OUTCOMES
from sim.report_text import Head, columns, day_text
from sim.result import Result

BACKTEST_HEADS = [
    Head("", name, right=name.startswith("error"))
    for name in (
        "flagship",
        "scope",
        "public",
        "really closed",
        "by",
        "predicted",
        "by",
        "interval",
        "error, days",
        "outcome",
    )
]


def print_backtest(result: Result, out: IO[str]) -> None:
    table, counts = result.backtest
    names = [column.name for column in table.columns]
    lines = []
    for row in table.rows:
        cell: dict[str, Any] = dict(zip(names, row, strict=True))
        lines.append(
            [
                f"{cell['lab']}/{cell['flagship']}",
                cell["scope"],
                day_text(cell["public"]),
                day_text(cell["actual_closes"]),
                cell["actual_closed_by"] or "-",
                day_text(cell["predicted_closes"]),
                cell["predicted_closed_by"] or "-",
                f"{day_text(cell['predicted_earliest'])} to {day_text(cell['predicted_latest'])}",
                "-" if cell["error_days"] is None else f"{cell['error_days']:+,.0f}",
                cell["outcome"],
            ]
        )
    print("\nBacktest: real against predicted closing of each flagship's window, by public dates", file=out)
    columns(BACKTEST_HEADS, lines, out)
    for scope, found in counts.items():
        if not isinstance(found, dict):
            continue
        middle = found["median_absolute_error_days"]
        closed = [f"{kind} {found[kind]}" for kind in OUTCOMES if found[kind] and kind not in NOT_CLOSED]
        others = [f"{kind} {found[kind]}" for kind in NOT_CLOSED if found[kind]]
        print(
            f"{scope}: {found['really_closed']} really closed{': ' if closed else ''}{', '.join(closed)}"
            + (f"; not closed: {', '.join(others)}" if others else "")
            + f"; median error {'-' if middle is None else f'{middle:,.0f}'} days;"
            + f" real date inside the interval: {found['real_closing_inside_interval']}",
            file=out,
        )
    wrong = counts["pairs_in_wrong_order"]
    print(f"Pairs of one lab's flagships in the wrong order: {len(wrong)} of {counts['pairs_of_flagships']}", file=out)
    for item in wrong:
        print(f"  {item}", file=out)
