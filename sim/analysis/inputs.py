"""Which inputs of a run are guesses, and which name no source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sim.model.draw import Draw
from sim.scenario import Input

QUESTION = frozenset(("start", "end", "base_date", "trajectory", "levels", "milestones"))
"""Blocks whose numbers only say what is asked: they need no source."""


def guesses(inputs: Iterable[Input], read: set[str], draw: Draw) -> list[dict[str, Any]]:
    """The guesses among the inputs that something read, alike ones together: stated ones first.

    Each is {"inputs": path with * for names and dates, "count", "stated", "values": up to 3 of them}.
    """
    names = _names(draw)
    groups: dict[tuple[bool, str], list[str]] = {}
    for item in inputs:
        if item.guess and item.parameter in read:
            groups.setdefault((not item.stated, _pattern(item.path, names)), []).append(item.text)
    return [
        {
            "inputs": pattern,
            "count": len(values),
            "stated": not default,
            "values": list(dict.fromkeys(values))[:3],
        }
        for (default, pattern), values in sorted(
            groups.items(), key=lambda item: (item[0][0], -len(item[1]), item[0][1])
        )
    ]


def unsourced(inputs: Iterable[Input], read: set[str]) -> list[str]:
    """Stated numbers that something read, that name no source and are not marked as guesses: `path: value`."""
    return [
        f"{item.path}: {item.text}"
        for item in inputs
        if item.stated and item.unit and not item.source and not item.guess
        if item.parameter in read and item.parameter.partition(".")[0] not in QUESTION
    ]


def _names(draw: Draw) -> re.Pattern[str]:
    names: set[str] = set(draw.labs) | set(draw.domains)
    for lab in draw.labs.values():
        names |= {run.name for run in lab.runs if run.name} | {model.name for model in lab.models} | set(lab.fleets)
    listed = "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))
    return re.compile(rf"(?<=\.)(?:{listed}|\d{{4}}-\d\d(?:-\d\d)?|\d+)(?=\.|$)")


def _pattern(path: str, names: re.Pattern[str]) -> str:
    return names.sub("*", path)
