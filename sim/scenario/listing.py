"""Every input of a scenario as a list to look at: text for a terminal, CSV, and HTML for a notebook."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from sim.scenario.problem import one_line
from sim.scenario.spec import Input

WORDS = frozenset(("name", "question", "note", "start"))
"""Inputs that say what a scenario is: whether they matter is no question."""

COLUMNS = ("input", "value", "unit", "uncertain", "source", "note", "guess", "origin", "stated", "read",
           "mattered", "effect", "meaning", "parameter")  # fmt: skip

WIDEST = {"value": 44, "source": 76}
"""Columns of the text that are cut, and at how many characters; the CSV has all."""


class Row(NamedTuple):
    """One input. Flags are `yes`, `no`, or empty where they do not apply or are not known.

    uncertain: `derived` if it differs between draws because others do, from which it follows.
    read: something in the run read it. mattered: a headline number moves if it is 10% larger, and effect: by how much
    and which (see `sim.analysis.effects`); both empty unless that was tried.
    parameter: path of the declared parameter; a dated value is one of several inputs of it.
    """

    input: str
    value: str
    unit: str
    uncertain: str
    source: str
    note: str
    guess: str
    origin: str
    stated: str
    read: str
    mattered: str
    effect: str
    meaning: str
    parameter: str

    @property
    def support(self) -> str:
        """What the value rests on, in a few words."""
        if self.guess == "yes":
            rest = self.note or self.source.removeprefix("guess").removeprefix(":").strip()
            return f"guess: {rest}" if rest else "guess"
        return self.source or ("-" if self.input in WORDS else "no source")


def rows(
    inputs: Iterable[Input],
    read: Collection[str] | None = None,
    *,
    defaults: bool = True,
    effects: Mapping[str, str] | None = None,
) -> list[Row]:
    """A row for each input, in its order. read: paths of the parameters that a run read; None: not known.

    defaults: also the inputs that the scenario does not state. effects: path -> what 10% more of it moves, in words,
    or `no`.
    """
    return [_row(item, read, (effects or {}).get(item.path, "")) for item in inputs if item.stated or defaults]


def _row(item: Input, read: Collection[str] | None, effect: str) -> Row:
    known = read is not None and item.parameter not in WORDS
    return Row(
        item.path,
        item.text,
        item.unit,
        "derived" if item.derived else _flag(item.uncertain),
        item.source,
        item.note,
        _flag(item.guess),
        item.origin,
        _flag(item.stated),
        _flag(item.parameter in read) if known and read is not None else "",
        _flag(effect != "no") if effect else "",
        "" if effect == "no" else effect,
        item.meaning,
        item.parameter,
    )


def _flag(value: bool) -> str:
    return "yes" if value else "no"


def grouped(listed: Iterable[Row]) -> dict[str, list[tuple[str, Row]]]:
    """Path of a block -> its rows, each with its path inside the block; what stands at the top comes first."""
    groups: dict[str, list[tuple[str, Row]]] = {"": []}
    for row in listed:
        block = row.parameter.rpartition(".")[0]
        groups.setdefault(block, []).append((row.input[len(block) :].removeprefix("."), row))
    return {block: found for block, found in groups.items() if found}


def text(listed: Iterable[Row], *, effects: bool = False) -> str:
    """Aligned columns under the path of each block: key, value, unit, whether it was read, where it stands, source.

    effects: what the input moves in place of whether it was read.
    """
    groups = grouped(listed)
    head = ("", "value", "unit", "+10% moves" if effects else "read", "from", "source or guess")
    cells = {
        block: [
            (
                f"  {one_line(key, 60)}",
                one_line(row.value, WIDEST["value"]),
                "" if row.unit == "1" else row.unit,
                (row.effect or row.mattered) if effects else row.read,
                one_line(row.origin, 200),
                one_line(row.support, WIDEST["source"]),
            )
            for key, row in found
        ]
        for block, found in groups.items()
    }
    everything = [head, *(line for lines in cells.values() for line in lines)]
    widths = [max(len(line[column]) for line in everything) for column in range(len(head))]

    def aligned(line: tuple[str, ...]) -> str:
        return "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()

    lines = [aligned(head)]
    for block, found in cells.items():
        lines += [one_line(block, 200) or "scenario", *map(aligned, found)]
    return "\n".join(lines) + "\n"


def csv_text(listed: Iterable[Row]) -> str:
    """All columns as CSV, nothing cut."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(listed)
    return out.getvalue()


def html_table(listed: Iterable[Row]) -> str:
    """A table for a notebook, with the meaning of each input as a hover text."""
    head = "".join(f"<th>{name}</th>" for name in ("input", "value", "unit", "source or guess", "from"))
    lines = [
        f'<tr title="{html.escape(row.meaning)}">'
        + "".join(f'<td style="text-align:left">{html.escape(cell)}</td>'
                  for cell in (row.input, row.value, row.unit, row.support, row.origin))
        + "</tr>"
        for row in listed
    ]  # fmt: skip
    body = "".join(lines)
    return (
        '<div style="max-height:30em;overflow:auto"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
