"""Series that a scenario takes from a CSV file, put into the tree as dated values.

    stock: {csv: capacity.csv, date: quarter, value: h100e, where: {lab: Aurora}, unit: H100e}
    stock: {csv: capacity.csv, date: quarter, p10: low, p50: median, p90: high, unit: H100e}
    length: {empirical: {csv: lengths.csv, value: days, unit: days}}

Any number that may be dated takes one. `dates: month/day/year` reads dates that are not written as in a scenario. The
file is read relative to the one that names it. In the effective scenario the values stand in its place.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from typing import NamedTuple

from sim.scenario.dates import ORDERS, iso_date, looks_like_date
from sim.scenario.files import beside, read_text
from sim.scenario.problem import Place, Problem, Problems, ScenarioError, Unreadable, join, nearest, quoted
from sim.scenario.shape import CSV_KEYS, FACT_KEYS, PERCENTILES, SERIES_KEYS, is_csv
from sim.scenario.units import parse_number
from sim.scenario.yaml_tree import Node, scalar, unreadable

LARGEST_CSV_BYTES = 5_000_000


def inline(node: Node, problems: Problems, path: str = "") -> Node:
    """The tree with each CSV series, and each sample from a CSV file, in place; the same node if there is none."""
    if is_csv(node):
        return _series(node, problems, path)
    sample = node.get("empirical") if node.is_map else None
    if sample is not None and is_csv(sample):
        made = Node("map", node.place, entries=dict(node.entries), keys=dict(node.keys))
        values = _sample(sample, problems, join(path, "empirical"))
        if not values.is_list:
            return unreadable(node.place)
        made.entries["empirical"] = values
        if "source" not in node.entries:
            made.put("source", scalar(sample.entries["csv"].text, node.place, plain=False), node.place)
        return made
    if node.is_list:
        items = [inline(item, problems, f"{path}[{index}]") for index, item in enumerate(node.items)]
        same = all(new is old for new, old in zip(items, node.items, strict=True))
        return node if same else Node("list", node.place, items=items)
    if not node.is_map:
        return node
    entries = {key: inline(item, problems, join(path, key)) for key, item in node.entries.items()}
    if all(entries[key] is item for key, item in node.entries.items()):
        return node
    return Node("map", node.place, entries=entries, keys=dict(node.keys))


def _series(node: Node, problems: Problems, path: str) -> Node:
    result = Node("map", node.place, from_csv=True)
    known = CSV_KEYS | SERIES_KEYS | set(FACT_KEYS)
    for key in node.entries:
        if key not in known:
            near = nearest(key, known)
            problems.add(node.keys[key], join(path, key), f"unknown key {quoted(key)} in a CSV series", near)
        elif key in SERIES_KEYS:
            result.put(key, node.entries[key], node.keys[key])
    named = node.entries["csv"]
    file = beside(named.place, named.text)
    via = f"read by {named.place}" if named.place.line else ""
    # Facts hold for values of the same file: here those of the CSV.
    for key in FACT_KEYS:
        if key in node.entries:
            result.put(key, dataclasses.replace(node.entries[key], place=Place(file, 0, 0, via)), node.keys[key])
    if "source" not in node.entries:
        result.put("source", scalar(named.text, Place(file, 0, 0, via), plain=False), named.place)
    table = _table(node, problems, path)
    if table is None:
        return unreadable(node.place)
    columns = [table.column(node, key, "value" if key == "value" else "", problems, path) for key in _values(node)]
    dates = table.column(node, "date", "date", problems, path)
    rows = table.matching(node, problems, path)
    if dates is None or None in columns or rows is None:
        return unreadable(node.place)
    order = _order(node, problems, path)
    suffix = _suffix(node)
    for place, cells in rows:
        texts = [cells[column] for column in columns if column is not None]
        _row(result, cells[dates], order, _value(node, texts, suffix, place), place, problems, path)
    return result if any(map(looks_like_date, result.entries)) else unreadable(node.place)


def _values(node: Node) -> tuple[str, ...]:
    """The keys that name columns of values: one, or those of three percentiles."""
    return PERCENTILES if any(key in node.entries for key in PERCENTILES) else ("value",)


def _value(node: Node, texts: list[str], suffix: str, place: Place) -> Node:
    """What a row says: one value, or percentiles. A row without any is an empty scalar."""
    nodes = [scalar(_with_unit(text, suffix), place, plain=False) for text in texts]
    if len(nodes) == 1:
        return nodes[0]
    if not all(texts):
        return scalar("", place)
    made = Node("map", place)
    for key, item in zip(PERCENTILES, nodes, strict=True):
        made.put(key, item, place)
    if "family" in node.entries:
        made.put("family", node.entries["family"], node.keys["family"])
    return made


def _sample(node: Node, problems: Problems, path: str) -> Node:
    """The values of one column as a list."""
    known = ("csv", "value", "where", "unit")
    for key in node.entries:
        if key not in known:
            message = f"unknown key {quoted(key)} in a sample from a CSV file"
            problems.add(node.keys[key], join(path, key), message, nearest(key, known))
    table = _table(node, problems, path)
    if table is None:
        return unreadable(node.place)
    column, rows = table.column(node, "value", "value", problems, path), table.matching(node, problems, path)
    if column is None or not rows:
        return unreadable(node.place)
    for place, cells in rows:
        if not cells[column]:
            problems.add(place, path, "this row has no value")
    suffix = _suffix(node)
    items = [scalar(_with_unit(cells[column], suffix), place, plain=False) for place, cells in rows if cells[column]]
    return Node("list", node.place, items=items)


class _Table(NamedTuple):
    """A CSV file that was read: its header, and its rows with the number of their line."""

    file: str
    via: str
    header: list[str]
    rows: list[tuple[int, list[str]]]

    def column(self, node: Node, key: str, default: str, problems: Problems, path: str) -> int | None:
        """Number of the column that a key names; by default the column of a given name."""
        item = node.get(key)
        if item is None and not default:
            problems.add(node.place, join(path, key), f"name the column of `{key}` too")
            return None
        name = item.text if item is not None and item.is_scalar else default
        if name in self.header:
            return self.header.index(name)
        place = item.place if item is not None else node.place
        message = f"no column {quoted(name)}; the columns are {', '.join(map(quoted, self.header))}"
        problems.add(place, join(path, key), message, nearest(name, self.header))
        return None

    def matching(self, node: Node, problems: Problems, path: str) -> list[tuple[Place, list[str]]] | None:
        """The rows that fit `where`, with their place; None if it names no columns."""
        where = _where(node, self.header, problems, path)
        if where is None:
            return None
        found = []
        for line, cells in self.rows:
            place = Place(self.file, line, 1, self.via)
            if len(cells) != len(self.header):
                cells_here = f"{len(cells)} cell" + ("s" if len(cells) != 1 else "")
                problems.add(place, path, f"this row has {cells_here}, the header {len(self.header)}")
                continue
            cells = [cell.strip() for cell in cells]
            if all(cells[column] == wanted for column, wanted in where.items()):
                found.append((place, cells))
        if not found:
            message = f"no row of {self.file} fits `where`" if where else f"{self.file} has no rows"
            problems.add(node.entries["csv"].place, path, message)
        return found


def _table(node: Node, problems: Problems, path: str) -> _Table | None:
    """The file that `csv` names; None, with a problem, if it is no table."""
    named = node.entries["csv"]
    file = beside(named.place, named.text)
    via = f"read by {named.place}" if named.place.line else ""
    try:
        rows = _rows(read_text(file, named.place, via, LARGEST_CSV_BYTES), file, via)
    except ScenarioError as error:
        problems.found.extend(error.problems)
        return None
    if not rows:
        problems.add(named.place, path, f"{file} has no rows")
        return None
    header = [cell.strip() for cell in rows[0][1]]
    other = next((mark for mark in (";", "\t") if len(header) == 1 and mark in header[0]), "")
    if other:
        message = f"the cells of this row are separated by {other!r}; a CSV series takes commas"
        problems.add(Place(file, rows[0][0], 1, via), path, message)
        return None
    return _Table(file, via, header, rows[1:])


def _suffix(node: Node) -> str:
    unit = node.get("unit")
    return f" {unit.text}" if unit is not None and unit.is_scalar else ""


def _with_unit(text: str, suffix: str) -> str:
    """A cell with the unit of its column, if it is a bare number; else it is reported, if need be, when it is read."""
    try:
        parse_number(text)
    except Unreadable:
        return text
    return text + suffix


def _rows(text: str, file: str, via: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, each with the number of its line. Raises `ScenarioError`."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        what = "a quote is opened here and never closed" if "unexpected end" in str(error) else str(error)
        raise ScenarioError([Problem(file, line, 1, "", f"this is not CSV: {what}", via=via)]) from None
    return rows


def _where(node: Node, header: list[str], problems: Problems, path: str) -> dict[int, str] | None:
    """Column number -> text that a row must have there."""
    where = node.get("where")
    if where is None:
        return {}
    if not where.is_map:
        problems.add(where.place, join(path, "where"), f"expected a mapping of columns to texts, got {where.what()}")
        return None
    found: dict[int, str] = {}
    for name, item in where.entries.items():
        if name in header:
            found[header.index(name)] = item.text
        else:
            message = f"no column {quoted(name)}; the columns are {', '.join(map(quoted, header))}"
            problems.add(where.keys[name], join(join(path, "where"), name), message, nearest(name, header))
    return found if len(found) == len(where.entries) else None


def _order(node: Node, problems: Problems, path: str) -> str:
    """The order in which the file's dates are written."""
    item = node.get("dates")
    if item is None or item.is_null:
        return ORDERS[0]
    if item.text not in ORDERS:
        message = f"dates are written {', '.join(ORDERS[:-1])} or {ORDERS[-1]}, got {item.what()}"
        problems.add(item.place, join(path, "dates"), message, nearest(item.text, ORDERS))
        return ORDERS[0]
    return item.text


def _row(result: Node, text: str, order: str, value: Node, place: Place, problems: Problems, path: str) -> None:
    try:
        day = iso_date(text, order)
    except Unreadable as error:
        problems.add(place, path, error.message)
        return
    if value.is_scalar and not value.text:
        problems.add(place, join(path, day), "this row has no value")
    elif day in result.entries:
        problems.add(place, join(path, day), f"the date {day} is stated twice (first on line {result.keys[day].line})")
    else:
        result.put(day, value, place)
