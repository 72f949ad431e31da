"""A table: columns with units, and rows of plain values, written as CSV the same on every machine."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple


class Column(NamedTuple):
    """Name, unit (empty for names and dates) and meaning of a column."""

    name: str
    unit: str
    meaning: str


@dataclass(slots=True)
class Table:
    """Rows of a table; None is an empty cell."""

    name: str
    columns: list[Column]
    rows: list[tuple[Any, ...]]

    def to_csv(self) -> str:
        """The table as CSV text; floats as the shortest text that reads back to the same number."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([column.name for column in self.columns])
        for row in self.rows:
            writer.writerow([_cell(value) for value in row])
        return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    return repr(value) if isinstance(value, float) else str(value)


def units_csv(tables: Iterable[Table]) -> str:
    """The header file beside the tables: what each column means, and its unit."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["table", "column", "unit", "meaning"])
    for table in tables:
        for column in table.columns:
            writer.writerow([table.name, *column])
    return out.getvalue()
