"""What is wrong with a scenario, and where: one `Problem` each, all of them in one `ScenarioError`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

MOST_SHOWN = 200
"""Problems that one `ScenarioError` prints; it holds all that were found."""

MOST_FOUND = 300
"""Problems after which reading stops."""

LONGEST_TEXT = 80

MOST_COMPARED = 200
"""Names that a misspelt one is compared with: a file may have thousands, and as many mistakes."""


class Place(NamedTuple):
    """Where a text stands. `line` and `column` count from 1; line 0 is a file as a whole, or an option.

    `via` says how the file came to be read ("extended by my.yaml:2"), empty for the scenario itself.
    """

    file: str
    line: int = 0
    column: int = 0
    via: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


NOWHERE = Place("")

DEFAULT = Place("default")
"""The place of what no file states."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the place, the path of the value (`labs.Aurora.use`), and what."""

    file: str
    line: int
    column: int
    path: str
    message: str
    nearest: str = ""
    via: str = ""

    def __str__(self) -> str:
        """One line: `file:line:column: path: what is wrong (did you mean 'nearest'?)`."""
        place = one_line(self.file, 300) + (f":{self.line}:{self.column}" if self.line else "")
        shown = "" if not self.path or self.file == f"--set {self.path}" else one_line(self.path, 200) + ": "
        near = f" (did you mean '{one_line(self.nearest)}'?)" if self.nearest else ""
        via = f" [{one_line(self.via, 300)}]" if self.via else ""
        return f"{place}: {shown}{one_line(self.message, 2000)}{near}{via}"


class ScenarioError(Exception):
    """A scenario that cannot be used. `problems` has every problem found, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        unique = dict.fromkeys(problems)
        self.problems: list[Problem] = sorted(unique, key=lambda p: (p.file, p.line, p.column, p.path))
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if len(self.problems) > MOST_SHOWN:
            lines.append(f"... and {len(self.problems) - MOST_SHOWN} more problems")
        return "\n".join(lines)


@dataclass(slots=True)
class Problems:
    """Collects problems while a scenario is read. Raises `ScenarioError` when there are too many."""

    found: list[Problem] = field(default_factory=list)

    def add(self, place: Place, path: str, message: str, nearest: str = "") -> None:
        self.found.append(Problem(place.file, place.line, place.column, path, message, nearest, place.via))
        if len(self.found) >= MOST_FOUND:
            raise ScenarioError(self.found)

    def stop_if_any(self) -> None:
        """Raises `ScenarioError` if anything was found."""
        if self.found:
            raise ScenarioError(self.found)


class Unreadable(ValueError):
    """A text that is not what was expected: the message for a `Problem`, with the nearest valid text.

    place: where it stands, if that is not where the whole value begins. Without a message: it is told already.
    """

    def __init__(self, message: str, nearest: str = "", place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.nearest = nearest
        self.place = place


def nearest(wanted: str, valid: Iterable[str]) -> str:
    """The valid name most like `wanted`, or "" if none is. Of very many, the first are looked at."""
    names = {name.casefold(): name for name in islice(valid, MOST_COMPARED)}
    found = difflib.get_close_matches(wanted[:LONGEST_TEXT].casefold(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else ""


def one_line(text: str, longest: int = LONGEST_TEXT) -> str:
    """`text` fit for one line of a terminal: control characters escaped, cut to `longest`."""
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text[: longest + 1])
    return safe if len(text) <= longest else safe[:longest] + "..."


def quoted(text: str) -> str:
    """`text` in quotes, fit for a message."""
    return f"'{one_line(text)}'"


def join(path: str, key: str) -> str:
    """The path of `key` in the mapping at `path`."""
    return f"{path}.{key}" if path and not key.startswith("[") else path + key
