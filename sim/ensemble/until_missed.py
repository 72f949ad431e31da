"""What is said of an error that was asked for and is not reached when the draws are over."""

from __future__ import annotations

import math
from typing import Any

from sim.ensemble.store import CHUNK
from sim.ensemble.until import LEAST, Ending, small_enough


def until_facts(until: Ending, error: float | None, draws: int) -> dict[str, Any]:
    """What was asked for, as `summary.json` has it, and what it came to.

    `reached`, `came_to` (the error of so many draws, as `error` is one; None: not known), `draws_needed` (about how
    many draws it would take, None where none can say).
    """
    reached = small_enough(until, error, draws)
    needed = draws if reached else draws_needed(until.error, error, draws)
    came = None if error is None or math.isinf(error) else error
    return {**until.facts(), "reached": reached, "came_to": came, "draws_needed": needed}


def draws_needed(asked: float, error: float | None, draws: int) -> int | None:
    """About how many draws have the error that is asked for: it falls as one over the square root of their number.

    In whole chunks, after which it is asked, and no fewer than are believed. None where the error is not known, or is
    to be a share of 0.
    """
    if error is None or math.isinf(error):
        return None
    chunks = math.ceil(max(draws * (error / asked) ** 2, LEAST) / CHUNK)
    return chunks * CHUNK


def missed(until: Ending | None, error: float | None, draws: int) -> list[str]:
    """The warning, if it is not reached."""
    if until is None or small_enough(until, error, draws):
        return []
    head = f"`until` {until.name}={_words(until, until.error)} is not reached"
    if error is not None and math.isinf(error):
        return [f"{head}: the median of {draws:,} draws is 0, of which no error is a share; ask for it in {until.unit}"]
    needed = draws_needed(until.error, error, draws)
    if error is None or needed is None:
        return [f"{head}: {draws:,} draws do not tell its error"]
    came = f"its error of {draws:,} draws is {_words(until, error)}"
    few = f", which of fewer than {LEAST:,} is not believed" if error <= until.error else ""
    return [f"{head}: {came}{few}; it would take about {needed:,} draws (the error falls as 1/√n)"]


def _words(until: Ending, error: float) -> str:
    if until.relative or until.unit == "points":
        return f"{100.0 * error:.3g}%"
    return f"{error:.3g} {until.unit}".strip()
