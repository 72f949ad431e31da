"""What caused an event: the chain of causes back to events that nothing in the simulation caused."""

from __future__ import annotations

import difflib
import json

from sim.base.calendar import date_text
from sim.tables.events import causes_of, event_ids, told
from sim.tables.rates import Rates
from sim.tables.stopped_clocks import StoppedClocks
from sim.world.record import RunRecord

SHOWN = 5
"""Names that an error offers."""

LONGEST = 100


class NotFound(LookupError):
    """Nothing has this name; the message offers the nearest."""


def nearest_names(wanted: str, names: list[str]) -> list[str]:
    """The names most like `wanted`, best first; those that contain it count as like it."""
    folded = {name.casefold(): name for name in names}
    low = wanted.casefold()
    inside = [name for key, name in folded.items() if low and low in key]
    near = [folded[key] for key in difflib.get_close_matches(low, folded, n=SHOWN, cutoff=0.4)]
    return list(dict.fromkeys([*inside[:SHOWN], *near]))[:SHOWN]


def causes(record: RunRecord, wanted: str) -> list[tuple[int, int]]:
    """(depth, index of the event) of an event and its causes, depth first, each event once.

    Raises NotFound for an unknown id.
    """
    ids, clocks = event_ids(record), StoppedClocks(record)
    if wanted not in ids:
        near = nearest_names(wanted, ids)
        hint = f"; nearest: {', '.join(near)}" if near else "; ids are in events.csv"
        raise NotFound(f"there is no event '{wanted}'{hint}")
    result: list[tuple[int, int]] = []
    seen: set[int] = set()
    stack = [(0, ids.index(wanted))]
    while stack:
        depth, index = stack.pop()
        result.append((depth, index))
        if index in seen:
            continue
        seen.add(index)
        stack.extend((depth + 1, cause) for cause in reversed(list(dict.fromkeys(causes_of(record, index, clocks)))))
    return result


def causes_text(record: RunRecord, wanted: str) -> str:
    """The chain as an indented tree, the event first, roots marked."""
    ids, start, rates, clocks = event_ids(record), record.draw.start, Rates(record), StoppedClocks(record)
    lines = []
    seen: set[int] = set()
    for depth, index in causes(record, wanted):
        day, _, _, _, _, unit, _, why = record.events[index]
        value, details = told(record, index, rates)
        line = f"{'   ' * depth}{'<- ' if depth else ''}{date_text(day, start)[:10]}  {ids[index]}"
        if value is not None:
            line += f"  {value:,.6g} {unit}".rstrip()
        if index in seen:
            line += "  (as above)"
        elif late := _late(record, *clocks.delay(index)):
            line += f"  ({late})"
        elif not any(cause >= 0 for cause in why):
            line += "  (a root: nothing in the simulation caused it)"
        lines.append(line)
        if details and index not in seen:
            pad = "   " * depth + "   "
            text = ", ".join(f"{key} {_short(item)}" for key, item in details.items())
            room = max(20, LONGEST - len(pad))
            lines.append(pad + (text if len(text) <= room else text[: room - 3] + "..."))
        seen.add(index)
    return "\n".join(lines) + "\n"


def _late(record: RunRecord, days: float, stopped_by: list[int]) -> str:
    """Of a run that is due later because its clock stood still: for how long, and what stopped it."""
    named = (record.events[event][2:4] for event in stopped_by)
    by = dict.fromkeys(f"interventions/{name}" if kind == "intervention_start" else "`pause_when`"
                       for kind, name in named)  # fmt: skip
    return f"its clock stood still for {days:,.6g} day{'' if days == 1.0 else 's'}: {', '.join(by)}" if by else ""


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, dict):
        return " ".join(f"{_short(item)} {key}" for key, item in value.items()) or "none"
    return value if isinstance(value, str) else json.dumps(value)
