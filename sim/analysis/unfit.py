"""Overlays that are written for another scenario and cannot be laid on the base: which, and what to run instead."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sim.analysis.worlds import Changed, OtherBase, changed
from sim.scenario.problem import Problem

if TYPE_CHECKING:
    from sim.scenario import Scenario

SKIP = "--skip-unfit"


def fitting(base: Scenario, changes: Mapping[str, Changed]) -> tuple[dict[str, Changed], list[OtherBase]]:
    """The changed worlds that can be made of the base, and why others, written for another base, cannot.

    What is wrong otherwise raises `ScenarioError`, as ever.
    """
    fit: dict[str, Changed] = {}
    unfit: list[OtherBase] = []
    for name, change in changes.items():
        try:
            fit[name] = changed(base, change)
        except OtherBase as error:
            unfit.append(error)
    return fit, unfit


def advice(unfit: Sequence[OtherBase], base: str, count: int) -> list[Problem]:
    """What to do where some of `count` worlds are written for another base: a last line for the user."""
    if not unfit or count == len(unfit) == 1:
        return []
    files = ", ".join(file for error in unfit for file in error.files)
    them, change = ("it", "it changes") if len(unfit) == 1 else ("them", "they change")
    message = (f"{len(unfit)} of {count} cannot be laid on {base}: leave out {files} ({SKIP} does so and says so), and "
               f"compare {them} with what {change}: {commands(unfit)}")  # fmt: skip
    return [Problem("sim compare", 0, 0, "", message)]


def told(unfit: Sequence[OtherBase], base: str) -> str:
    """The worlds that were left out of a comparison, and the commands that compare them."""
    files = ", ".join(file for error in unfit for file in error.files)
    return f"Left out, as written for another scenario and not to be laid on {base}: {files}. Run {commands(unfit)}"


def commands(unfit: Sequence[OtherBase]) -> str:
    """A `sim compare` for each base that the overlays name."""
    by_base: dict[str, list[str]] = {}
    for error in unfit:
        by_base.setdefault(error.over, []).extend(error.files)
    return "; ".join(" ".join(["sim compare", os.path.relpath(over), *files]) for over, files in by_base.items())
