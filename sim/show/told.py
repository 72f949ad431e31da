"""Results of ensembles in words: values with their unit, dates as days, and what is only a bound."""

from __future__ import annotations

from datetime import date, timedelta

from sim.ensemble.observed import Observed
from sim.show.compared import span, words_of_level
from sim.show.style import number
from sim.tables.percent import percent

EPOCH = date(1970, 1, 1)


def name_of(observed: Observed) -> str:
    """`level[automated_coder]` is `date of automated coder`."""
    head, bracket, inside = observed.name.removesuffix("]").partition("[")
    if head in ("level", "milestone") and bracket:
        return f"date of {words_of_level(inside)}"
    if head == "dwell_days" and bracket:
        return f"days from {words_of_level(inside)} to the next level"
    if head in ("length_days", "frontier_length_days") and bracket:
        which = "frontier window" if head.startswith("frontier") else "own window"
        lab, _, k = inside.rpartition("/")
        return f"{which} of {lab}'s new model {k}"
    name, at, day = observed.name.partition("@")
    name, bracket, inside = name.removesuffix("]").partition("[")
    if bracket and "/" in inside:
        lab, _, k = inside.rpartition("/")
        return f"{words_of_level(name)}, {lab}'s new model {k}"
    words = words_of_level(name) + (f", {words_of_level(inside)}" if bracket else "")
    return words + (f", on {day}" if at else "")


def value_of(observed: Observed, value: float, open_: bool = False) -> str:
    """A value to read: a date, a length of time, or a number with its unit."""
    if observed.dated:
        day = (EPOCH + timedelta(days=round(value))).isoformat()
        return f"after {day}" if open_ else day
    more = "> " if open_ else ""
    if observed.column.unit == "days":
        return more + span(value)
    unit = observed.column.unit
    return f"{more}{number(value, 3)}{'' if unit in ('', '1', observed.name) else f' {unit}'}"


def what_is_done(observed: Observed, draws: str = "draws") -> list[str]:
    """What becomes of draws in which the result is open, or is none: sentences."""
    found = []
    lacking = observed.lacking
    if lacking:
        found.append(f"{percent(lacking)} of {draws} have no such result and are left out: what is said holds for the "
                     "others")  # fmt: skip
    if observed.open_share:
        what = "it is not reached by the end" if observed.dated else "it is still open at the end"
        found.append(f"in {percent(observed.open_share)} of {draws} {what}")
    return found
