"""An explanation as HTML for a notebook: its tables, with the sources of inputs in full."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sim.analysis.explain_step import num
from sim.analysis.explain_text import days_text
from sim.base.calendar import date_text
from sim.tables.table import Table

if TYPE_CHECKING:
    from sim.analysis.explain import Explanation

LEFT = ' style="text-align:left"'


def page(explanation: Explanation) -> str:
    """All parts of an explanation."""
    model, start = explanation.model, explanation.record.draw.start
    windows = explanation.windows_explained
    parts = [f"<b>{html.escape(model.lab)}/{html.escape(model.name)}</b>, usable inside the lab from"
             f" {date_text(model.internal, start)[:10]}",
             _table("Derivation", explanation.steps_table.rows, ("quantity", "value", "unit", "formula"))]  # fmt: skip
    for window in windows:
        by = f"closed by {window.found.by.lab}/{window.found.by.name}" if window.found.by else "open at the end"
        title = f"{window.scope.capitalize()} window: {window.found.length:,.0f} days, {by}"
        heads = ("part of the gain", "factor", "share of ln(gain)", "from", "to")
        parts.append(_table(title, window.parts, heads))
        held = [(date_text(limit.since, start)[:10], "" if limit.until is None else date_text(limit.until, start)[:10],
                 limit.what, "; ".join(f"{each.text} ({each.origin})" for each in limit.inputs))
                for limit in window.limits]  # fmt: skip
        parts.append(_table("", held, ("from", "to", "what bound the closer", "inputs")))
    parts.append(_named("Inputs; of an interval the median is taken", explanation.notes.table()))
    if explanation.days.on_request and not explanation.days.made:
        parts.append(f"<p>{html.escape(days_text(explanation))}</p>")
    else:
        parts.append(_named("Days that the windows gain if an input is 10% larger", explanation.sensitivity_table))
    return "".join(parts)


def _named(title: str, table: Table) -> str:
    return _table(title, table.rows, [column.name for column in table.columns])


def _table(title: str, rows: Iterable[Iterable[Any]], heads: Iterable[str]) -> str:
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
    if not body:
        return f"<p><b>{html.escape(title)}</b></p>" if title else ""
    head = "".join(f"<th{LEFT}>{html.escape(name)}</th>" for name in heads)
    caption = f"<p><b>{html.escape(title)}</b></p>" if title else ""
    return f"{caption}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return f"<td{LEFT}>{'yes' if value else ''}</td>"
    if isinstance(value, float):
        return f"<td>{num(value)}</td>"
    return f"<td{LEFT}>{'' if value is None else html.escape(str(value))}</td>"
