"""What the range of an uncertain input rests on: a source, a guess, or nothing that is named."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Support(Enum):
    """The three there are; the value is how it is called."""

    SOURCE = "from a source"
    GUESS = "a guess"
    NONE = "no source"


NONE_AMONG = "without_source_among_them"
"""Key of a summary: how many of the uncertain inputs name no source."""

WEAKEST = (Support.GUESS, Support.NONE, Support.SOURCE)


def support_of(guess: bool, source: str) -> Support:
    """Of an input that is marked as a guess or not, and its source, empty if it names none."""
    return Support.GUESS if guess else Support.SOURCE if source else Support.NONE


def weakest(found: Iterable[Support]) -> Support:
    """Of several that are looked at as one: a guess if any is, else no source if any names none."""
    held = set(found)
    return next((each for each in WEAKEST if each in held), Support.NONE)


def each_kind(found: Iterable[Support]) -> str:
    """How many of each kind."""
    held = list(found)
    words = {Support.SOURCE: "from a source", Support.GUESS: "guessed", Support.NONE: "without a source"}
    return ", ".join(f"{held.count(kind)} {word}" for kind, word in words.items())


def counted(guesses: int, none: int, of_them: str = " of them") -> str:
    """How many ranges are guesses, and how many name no source where there are any."""
    return f"the ranges of {guesses}{of_them} are guesses" + (f", those of {none} name no source" if none else "")
