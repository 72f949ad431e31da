"""The settings that take an intervention out of a scenario, with what hangs on it."""

from __future__ import annotations

from sim.model.draw import Draw
from sim.model.intervention import PAUSE, Breaks, Intervention, trigger_of
from sim.tables.chance import interventions


def settings_without(draw: Draw, name: str) -> list[str]:
    """`interventions.NAME=null`, and the same for others that would start when it is over, and so on.

    Those that would only end or break when it does stay, without that.
    """
    specs = interventions(draw)
    gone, found = {name}, [name]
    for out in found:
        found += sorted({other for other, spec in specs.items() if _waits_for(spec.starts, out)} - gone)
        gone.update(found)
    sets = [f"{_path(draw, out)}=null" for out in found]
    for other, spec in sorted(specs.items()):
        if other not in gone:
            sets += [f"{_path(draw, other)}.{key}=null" for key in _hanging(spec, gone)]
    return sets


def _path(draw: Draw, name: str) -> str:
    return PAUSE if name == PAUSE and draw.pause is not None else f"interventions.{name}"


def _hanging(spec: Intervention, gone: set[str]) -> list[str]:
    """Fields of an intervention by which it ends or breaks when one of these does."""
    keys = ["ends"] if any(_waits_for(spec.ends, name) for name in gone) else []
    breaks: Breaks | None = spec.breaks
    if breaks is not None and any(_waits_for(breaks.when, name) for name in gone):
        keys += ["breaks.when"] if breaks.rate is not None else ["breaks", "on_break"]
    return keys


def _waits_for(when: float | str | None, name: str) -> bool:
    trigger = trigger_of(when) if isinstance(when, str) else None
    return trigger is not None and trigger.intervention == name
