"""What `sim compare` prints."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import IO

from sim.analysis.compare import warnings_of
from sim.analysis.not_split import not_split
from sim.comparison import Comparison
from sim.report_compare_short import in_short
from sim.show.break_even import break_even
from sim.show.compared import rows_of, words_of_level
from sim.show.post import post
from sim.tables.chance import chances

WIDTH = 120

MOST_WARNINGS = 12
"""Warnings of one world that are printed."""


def print_comparison(comparison: Comparison, folder: Path | None, out: IO[str], pictures: bool = True) -> None:
    """The table of time bought, what it rests on, what came back, warnings, the answer in short, where the files are.

    pictures: whether the folder has some.
    """
    draw = comparison.base.record.draw
    _say(f"{draw.name}: {draw.question}" if draw.question else draw.name, out)
    print(file=out)
    heads, rows, notes = post(comparison)
    _table(heads, rows, out)
    print(file=out)
    for note in notes:
        _say(note, out)
    heads, rows, notes = break_even(comparison)
    if rows:
        print(file=out)
        _table(heads, rows, out)
        print(file=out)
        for note in notes:
            _say(note, out)
    for name in comparison.results:
        for line in _told(comparison, name):
            _say(f"{name}: {line}", out)
    for name, record in [("base", comparison.base.record),
                         *((pair.name, pair.world.record) for pair in comparison.pairs)]:  # fmt: skip
        for line in chances(record):
            _say(f"chance: {name}: {line}", out)
    for warning in comparison.summary["warnings"]:
        _say(f"warning: {warning}", out)
    for pair in comparison.pairs:
        warnings = warnings_of(pair)
        for warning in warnings[:MOST_WARNINGS]:
            _say(f"warning: {pair.name}: {warning}", out)
        if len(warnings) > MOST_WARNINGS:
            _say(f"warning: {pair.name}: and {len(warnings) - MOST_WARNINGS} more, in summary.json", out)
    seed = comparison.base.facts.seed
    case = "the central case" if seed is None else f"medians of the inputs, one draw of chance (seed {seed})"
    print(f"\nIn short ({case}; against {draw.name}):", file=out)
    for line in in_short(comparison):
        print(textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False,
                            break_on_hyphens=False), file=out)  # fmt: skip
    if folder is not None:
        what, picture = ("Tables and pictures", "time_bought.png, ") if pictures else ("Tables", "")
        print(f"\n{what}: {folder}/ (levels.csv, work.csv, cost.csv, {picture}...)", file=out)


def _told(comparison: Comparison, name: str) -> list[str]:
    """What came back after an intervention, and how many levels are not known exactly."""
    lines = comparison.explain(name)
    if "returned" in comparison.made:
        pair = next(pair for pair in comparison.pairs if pair.name == name)
        why = not_split(pair, rows_of(comparison, "returned", name), rows_of(comparison, "rebound", name))
        lines += [f"--split: {why}"] if why else []
    levels = rows_of(comparison, "levels", name)
    open_ones = [row for row in levels if row["bound"] != "exact"]
    if open_ones:
        lines.append(
            f"of {len(levels)} levels, {len(levels) - len(open_ones)} exact, "
            + ", ".join(f"{words_of_level(row['level'])} {row['bound']}" for row in open_ones)
        )
    return lines


def _table(heads: list[str], rows: list[list[str]], out: IO[str]) -> None:
    """Columns as wide as their cells, headings in several lines."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(heads))]
    wrapped = []
    for n, head in enumerate(heads):
        widths[n] = max(widths[n], min(len(head), 14), *(len(word) for word in head.split() or [""]))
        wrapped.append(textwrap.wrap(head, widths[n]) or [""])
    tall = max(map(len, wrapped))
    lines = [[(["", *[""] * tall][: tall - len(head)] + head)[k] for head in wrapped] for k in range(tall)]
    for line in [*lines, *rows]:
        cells = [text.ljust(width) if n == 0 else text.rjust(width)
                 for n, (text, width) in enumerate(zip(line, widths, strict=True))]  # fmt: skip
        print("  ".join(cells).rstrip(), file=out)


def _say(text: str, out: IO[str]) -> None:
    print(textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False), file=out)
