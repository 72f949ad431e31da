"""Series that a scenario takes from a CSV file, put into the tree as dated values.

    stock: {csv: capacity.csv, date: quarter, value: h100e, where: {lab: Aurora}, unit: H100e}

Any number that may be dated takes one. `dates: month/day/year` reads dates that are not written as in a scenario. The
file is read relative to the one that names it. In the effective scenario the values stand in its place.
"""

from __future__ import annotations

import csv
import dataclasses
import io

from sim.scenario.dates import ORDERS, iso_date, looks_like_date
from sim.scenario.files import beside, read_text
from sim.scenario.problem import Place, Problem, Problems, ScenarioError, Unreadable, join, nearest, quoted
from sim.scenario.shape import CSV_KEYS, FACT_KEYS, SERIES_KEYS, is_csv
from sim.scenario.units import parse_number
from sim.scenario.yaml_tree import Node, scalar, unreadable

LARGEST_CSV_BYTES = 5_000_000


def inline(node: Node, problems: Problems, path: str = "") -> Node:
    """The tree with each CSV series replaced by its values; the same node if there is none."""
    if is_csv(node):
        return _series(node, problems, path)
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
    try:
        rows = _rows(read_text(file, named.place, via, LARGEST_CSV_BYTES), file, via)
    except ScenarioError as error:
        problems.found.extend(error.problems)
        return unreadable(node.place)
    if not rows:
        problems.add(named.place, path, f"{file} has no rows")
        return unreadable(node.place)
    header = [cell.strip() for cell in rows[0][1]]
    other = next((mark for mark in (";", "\t") if len(header) == 1 and mark in header[0]), "")
    if other:
        message = f"the cells of this row are separated by {other!r}; a CSV series takes commas"
        problems.add(Place(file, rows[0][0], 1, via), path, message)
        return unreadable(node.place)
    columns = {key: _column(node, key, key, header, problems, path) for key in ("date", "value")}
    where = _where(node, header, problems, path)
    date_column, value_column = columns["date"], columns["value"]
    if date_column is None or value_column is None or where is None:
        return unreadable(node.place)
    unit = node.get("unit")
    order = _order(node, problems, path)
    suffix = f" {unit.text}" if unit is not None and unit.is_scalar else ""
    matched = 0
    for line, cells in rows[1:]:
        place = Place(file, line, 1, via)
        if len(cells) != len(header):
            cells_here = f"{len(cells)} cell" + ("s" if len(cells) != 1 else "")
            problems.add(place, path, f"this row has {cells_here}, the header {len(header)}")
            continue
        cells = [cell.strip() for cell in cells]
        if any(cells[column] != wanted for column, wanted in where.items()):
            continue
        matched += 1
        _row(result, cells[date_column], order, cells[value_column], suffix, place, problems, path)
    if not matched:
        problems.add(named.place, path, f"no row of {file} fits `where`" if where else f"{file} has no rows")
    return result if any(map(looks_like_date, result.entries)) else unreadable(node.place)


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


def _column(node: Node, key: str, default: str, header: list[str], problems: Problems, path: str) -> int | None:
    """Number of the column that `date:` or `value:` names; by default the column of that name."""
    item = node.get(key)
    name = item.text if item is not None and item.is_scalar else default
    if name in header:
        return header.index(name)
    place = item.place if item is not None else node.place
    message = f"no column {quoted(name)}; the columns are {', '.join(map(quoted, header))}"
    problems.add(place, join(path, key), message, nearest(name, header))
    return None


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


def _row(
    result: Node, text: str, order: str, value: str, suffix: str, place: Place, problems: Problems, path: str
) -> None:
    try:
        day = iso_date(text, order)
    except Unreadable as error:
        problems.add(place, path, error.message)
        return
    if not value:
        problems.add(place, join(path, day), "this row has no value")
    elif day in result.entries:
        problems.add(place, join(path, day), f"the date {day} is stated twice (first on line {result.keys[day].line})")
    else:
        try:
            parse_number(value)
            value += suffix
        except Unreadable:
            pass  # a text with its own unit, or one that is reported when it is read
        result.put(day, scalar(value, place, plain=False), place)
