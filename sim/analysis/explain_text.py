"""An explanation as text, at most 100 columns wide."""

from __future__ import annotations

import textwrap
from collections.abc import Container
from typing import TYPE_CHECKING

from sim.analysis.explain_days import COLUMNS as DAYS
from sim.analysis.explain_notes import MARK, Cited
from sim.analysis.explain_split import PARTS
from sim.analysis.explain_step import num
from sim.analysis.explain_windows import Limit, Window
from sim.analysis.pair import AT_LEAST, AT_MOST, UNKNOWN
from sim.base.calendar import date_text
from sim.tables.chance import chances

if TYPE_CHECKING:
    from sim.analysis.explain import Explanation

WIDE = 100
MOST = 12
"""Rows of the table of days that are shown."""

SEEN = 0.05
"""Days from which on a change is one."""


def text(explanation: Explanation) -> str:
    """The whole explanation; the table of days where it is made, or soon is."""
    return f"{derivation_text(explanation)}\n{days_text(explanation)}"


def derivation_text(explanation: Explanation) -> str:
    """All but the table of days."""
    model, start = explanation.model, explanation.record.draw.start
    public = "never" if model.public is None else date_text(model.public, start)[:10]
    name = f"{model.lab}/{model.name}"
    lines = [f"{name}: usable inside {date_text(model.internal, start)[:10]}, public {public}", ""]
    lines += _steps(explanation)
    lines += ["", f"What set the dates of {model.name}:"]
    for limit in explanation.limits:
        lines += _limit(limit, explanation)
    for window in explanation.windows_explained:
        lines += ["", *_window(window, explanation)]
    for chance in chances(explanation.record):
        lines += ["", *textwrap.wrap(f"Chance: {chance}", WIDE, subsequent_indent="  ", break_on_hyphens=False)]
    lines += ["", *_inputs(explanation)]
    return "\n".join(lines) + "\n"


def _cut(line: str, width: int = WIDE) -> str:
    return line if len(line) <= width else line[: width - 3] + "..."


def _steps(explanation: Explanation) -> list[str]:
    rows = _shown(explanation)
    names = [_readable(row[0]) for row in rows]
    left = max(len(name) for name in names)
    values = [f"{num(row[1])} {_unit(row[2])}".rstrip() for row in rows]
    middle = max(len(value) for value in values)
    lines = ["Derivation ([n]: inputs below)"]
    for name, value, row in zip(names, values, rows, strict=True):
        head = f"  {name:<{left}}  {value:>{middle}}  = "
        lines += textwrap.wrap(row[3], WIDE, initial_indent=head, subsequent_indent=" " * len(head),
                               break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return lines


def _shown(explanation: Explanation) -> list[tuple[str, float, str, str]]:
    """The steps; of domains with the same number only the first, which names them all."""
    groups: dict[tuple[str, float], list[tuple[str, float, str, str]]] = {}
    for row in explanation.steps_table.rows:
        name = _readable(row[0])
        head, comma, rest = name.partition(", ")
        alike = comma and rest in explanation.record.draw.domains
        groups.setdefault((head if alike else name, row[1]), []).append((row[0], row[1], row[2], row[3]))
    result = []
    for rows in groups.values():
        first = rows[0]
        if len(rows) > 1:
            names = ", ".join(_readable(row[0]).partition(", ")[2] for row in rows[1:])
            first = (first[0], first[1], first[2], f"{first[3]}; the same in {names}")
        result.append(first)
    return result


UNITS = {"parameters": "", "full-time humans": "humans", "copies": "", "1": "", "tokens": "", "accelerators": ""}
NAMES = {
    "training_flop": "training FLOP",
    "total_params": "total parameters",
    "params": "active parameters",
    "effective_flop": "effective FLOP",
    "copies_from_training_compute": "copies, training chips",
    "tokens_per_s_from_training_compute": "tokens/s, training chips",
    "copies_at_open": "copies at opening",
    "copies_peak": "copies, peak",
    "tokens_per_s_at_open": "tokens/s at opening",
    "speed_vs_human": "speed vs human",
    "length_days": "own window",
    "frontier_length_days": "frontier window",
}


def _readable(name: str) -> str:
    if name.startswith("human_equivalents_at_open_"):
        return "humans' work, " + name.removeprefix("human_equivalents_at_open_")
    first, _, rest = name.partition(", ")
    return NAMES.get(first, first) + (f", {rest}" if rest else "")


def _unit(unit: str) -> str:
    return UNITS.get(unit, unit)


def _window(window: Window, explanation: Explanation) -> list[str]:
    record, found = explanation.record, window.found
    draw = record.draw
    title = f"{window.scope.capitalize()} window: "
    opens = date_text(found.opens, draw.start)[:10]
    if found.by is None or found.closes is None:
        lines = [f"{title}more than {found.length:,.0f} days: open at the end, "
                 f"{date_text(record.end, draw.start)[:10]}"]  # fmt: skip
        return lines + _near(window, explanation)
    closes = date_text(found.closes, draw.start)[:10]
    name = f"{found.by.lab}/{found.by.name}"
    lines = [f"{title}{found.length:,.0f} days, {opens} to {closes}, closed by {name}: {num(window.gain or 0.0)}x"
             f" (needs {draw.stronger_by:g}x)"]  # fmt: skip
    if len(lines[0]) > WIDE:
        lines = textwrap.wrap(lines[0], WIDE, subsequent_indent="  ")
    if found.by.internal < found.opens:
        lines.append(f"  It was already surpassed: {found.by.name} is usable since"
                     f" {date_text(found.by.internal, draw.start)[:10]}.")  # fmt: skip
    own, frontier = explanation.windows_explained[0], explanation.windows_explained[-1]
    if window is frontier and window is not own and own.found.by is found.by:
        return [*lines, "  The same model closes the own window: see there."]
    lines.append(f"  {'gain in effective FLOP':<22}{'factor':>9}{'of ln gain':>12}  {'from':>10}  {'to':>10}")
    same = [part.name for part in window.parts if abs(part.factor - 1.0) < 1e-9]
    for part in window.parts:
        if part.name in same:
            continue
        before = "" if part.before is None else num(part.before)
        after = "" if part.after is None else num(part.after)
        lines.append(_cut(f"  {part.name:<22}{'x' + num(part.factor):>9}{part.log_share:>12.1%}  {before:>10}  "
                          f"{after:>10}  {PARTS[part.name]}"))  # fmt: skip
    lines.append(f"  {'product':<22}{'x' + num(window.gain or 0.0):>9}{sum(p.log_share for p in window.parts):>12.1%}")
    if same:
        lines.append(f"  The same in both: {', '.join(same)}.")
    lines += _near(window, explanation)
    lines.append(f"  What set the dates of {found.by.name}:")
    for limit in window.limits:
        lines += _limit(limit, explanation)
    return lines


def _near(window: Window, explanation: Explanation) -> list[str]:
    if window.near is None:
        return []
    draw, (other, ratio) = explanation.record.draw, window.near
    when = date_text(other.internal, draw.start)[:10]
    return [_cut(f"  Nearest to closing it otherwise: {other.lab}/{other.name}, {when}, {ratio:.2f}x of the"
                 f" {draw.stronger_by:g}x")]  # fmt: skip


def _limit(limit: Limit, explanation: Explanation) -> list[str]:
    start = explanation.record.draw.start
    dates = date_text(limit.since, start)[:10]
    if limit.until is not None:
        dates += f" to {date_text(limit.until, start)[:10]}"
    facts = "; ".join(f"{cited.text} ({_where(cited.origin)}{', guess' if 'guess' in cited.basis else ''})"
                      for cited in limit.inputs)  # fmt: skip
    line = f"{dates:<24}  {limit.what}{': ' + facts if facts else ''}"
    return textwrap.wrap(line, WIDE, initial_indent="    ", subsequent_indent=" " * 30, break_on_hyphens=False)


def _where(origin: str) -> str:
    """file:line, of a file without its folders."""
    head, _, column = origin.rpartition(":")
    if not head or not column.isdigit():
        return origin
    return head.replace("\\", "/").rsplit("/", 1)[-1]


def days_text(explanation: Explanation, command: str = ".sensitivity") -> str:
    """The table of days; where it is not made and takes long, what it would take, and the command that makes it."""
    days = explanation.days
    if days.on_request and not days.made:
        return (f"Days that the windows gain per +10% of an input: not made yet, as that simulates up to\n"
                f"{days.worlds:,} worlds, about {days.events:,} events in all. To make the table:\n"
                f"  {command}\n")  # fmt: skip
    return "\n".join(_days(explanation)) + "\n"


def _days(explanation: Explanation) -> list[str]:
    table = explanation.sensitivity_table
    names = [column.name for column in DAYS]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    moved = [row for row in rows if any(abs(row[name] or 0.0) >= SEEN for name in ("own_days", "frontier_days"))]
    lines = [f"Days that the windows gain per +10% of an input (dates: 30 days later), of {len(rows)} tried"]
    if moved:
        left = min(36, max(len(row["input"].removeprefix("labs.")) for row in moved[:MOST]))
        lines.append(f"  {'input':<{left}}  {'own':>7}  {'frontier':>8}  value")
    for row in moved[:MOST]:
        name = row["input"].removeprefix("labs.")
        name = name if len(name) <= left else "..." + name[3 - left :]
        own, frontier = _signed(row["own_days"], row["own_bound"]), _signed(row["frontier_days"], row["frontier_bound"])
        where = _where(row["origin"]) + (", guess" if row["guess"] else "")
        room = WIDE - left - 26 - len(where)
        lines.append(_cut(f"  {name:<{left}}  {own:>7}  {frontier:>8}  {_cut(row['value'], max(10, room))}"
                          f" ({where})"))  # fmt: skip
    if len(moved) > MOST:
        lines.append(f"  ... and {len(moved) - MOST} more that move a window (.sensitivity has all)")
    still = len(rows) - len(moved)
    if still:
        neither = "no closing before the end" if any(UNKNOWN in row.values() for row in rows) else "neither closing"
        why = _because(explanation) if not moved or still > len(moved) else ""
        lines += textwrap.wrap(f"{still} other inputs move {neither}{why}", WIDE, initial_indent="  ",
                               subsequent_indent="    ")  # fmt: skip
    without = [name.removeprefix("labs.") for name in explanation.days.without]
    if without:
        lines += textwrap.wrap(f"Changed so, the model is not there before the end, or no run is possible: "
                               f"{', '.join(without)}", WIDE, initial_indent="  ", subsequent_indent="    ",
                               break_on_hyphens=False)  # fmt: skip
    return lines


def _because(explanation: Explanation) -> str:
    closers = [window.found.by for window in explanation.windows_explained if window.found.by is not None]
    if closers and all("pinned" in window.limits[-1].what for window in explanation.windows_explained if window.limits):
        return ": dates are pinned, only a threshold crossed moves them"
    return ""


def _signed(days: float | None, bound: str) -> str:
    if days is None:
        return "open"
    sign = {AT_LEAST: ">", AT_MOST: "<"}.get(bound, "")
    return f"{sign}{days:+,.1f}" if sign or abs(days) >= SEEN else "0"


def _inputs(explanation: Explanation) -> list[str]:
    used = {int(n) for row in _shown(explanation) for n in MARK.findall(row[3])}
    return inputs_text(explanation.notes.cited, used)


def inputs_text(cited: list[Cited], used: Container[int] | None = None) -> list[str]:
    """The numbered inputs of a derivation as lines; of them only those `used`."""
    rows = [(n, item) for n, item in enumerate(cited, 1) if used is None or n in used]
    lines = ["Inputs (of an interval the median is taken; .inputs has the sources in full)"]
    texts = []
    for n, item in rows:
        short = item.path.removeprefix("labs.")
        texts.append((f"[{n}]", short, item.text, _where(item.origin), _basis(item.basis, item.source)))
    widths = [max((len(row[k]) for row in texts), default=0) for k in range(4)]
    widths[1], widths[2], widths[3] = min(widths[1], 34), min(widths[2], 20), min(widths[3], 17)
    for row in texts:
        name = row[1] if len(row[1]) <= widths[1] else "..." + row[1][3 - widths[1] :]
        line = (f"  {row[0]:>{widths[0]}} {name:<{widths[1]}} {_cut(row[2], widths[2]):<{widths[2]}} "
                f"{_cut(row[3], widths[3]):<{widths[3]}} {row[4]}")  # fmt: skip
        lines.append(_cut(line.rstrip()))
    return lines


def _basis(basis: str, source: str) -> str:
    if "guess" in basis:
        return "guess"
    return source or ("catalog" if basis == "catalog" else "no source")
