"""Reading the text files that make up a scenario, with limits, and every failure as a `Problem`."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

from sim.scenario.problem import Place, Problem, ScenarioError, nearest

MARKS = ((codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"))
"""Byte-order marks of encodings that are not read (the longest first)."""

LARGEST_BYTES = 1_000_000
"""A scenario file above this is refused unread."""

EFFECTIVE = "effective.yaml"
"""In the folder of a run: the scenario as it was simulated."""


def read_text(path: str, asked_by: Place | None = None, via: str = "", largest: int = LARGEST_BYTES) -> str:
    """The text of a UTF-8 file (a byte-order mark is dropped).

    `asked_by` is the place that names the file: a missing one is that place's problem. via: of the file's problems.
    Raises `ScenarioError` if the file is missing, no regular file, too large, unreadable, not UTF-8 or has NUL bytes.
    """

    def refuse(message: str, near: str = "", before: bytes | None = None) -> ScenarioError:
        line = column = 0
        if before is not None:
            line = before.count(b"\n") + 1
            column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        if asked_by is not None and not line:
            text = f"{path}: {message}"
            return ScenarioError([Problem(asked_by.file, asked_by.line, asked_by.column, "", text, near, asked_by.via)])
        return ScenarioError([Problem(path, line, column, "", message, near, via)])

    try:
        about = os.stat(path)
        if stat.S_ISDIR(about.st_mode):
            run = os.path.join(path, EFFECTIVE)
            hint = f"; the scenario of the run in it is {run}" if os.path.isfile(run) else ""
            raise refuse(f"is a directory, not a file{hint}")
        if not stat.S_ISREG(about.st_mode):
            raise refuse("is not a regular file")
        if about.st_size > largest:
            raise refuse(f"has {about.st_size:,} bytes; files above {largest:,} bytes are refused")
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise refuse("no such file", _neighbour(path)) from None
    except PermissionError:
        raise refuse("no permission to read it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refuse(f"cannot be read: {reason}") from None
    for mark, encoding in MARKS:
        if data.startswith(mark):
            raise refuse(f"is {encoding} text; save it as UTF-8")
    if b"\0" in data:
        message = "holds a NUL byte, so it is not UTF-8 text; if it is a text, save it as UTF-8"
        raise refuse(message, before=data[: data.index(b"\0")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 text from here on (byte {data[error.start]:#04x}); save it as UTF-8"
        raise refuse(message, before=data[: error.start]) from None


def readable(name: str) -> str:
    """The name of a file as text: read as UTF-8 whatever the locale; what is no text is replaced."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def beside(place: Place, name: str) -> str:
    """The path of the file that `name` means at `place`: relative to the file in which it stands."""
    folder = os.path.dirname(place.file) if place.line else ""
    return os.path.normpath(os.path.join(folder, name))


def _neighbour(path: str) -> str:
    """The file name in the same folder that is most like a missing one."""
    folder, name = os.path.split(path)
    try:
        with os.scandir(folder or ".") as entries:
            names = [entry.name for entry, _ in zip(entries, range(1000), strict=False) if entry.is_file()]
    except (OSError, ValueError):
        return ""
    return nearest(name, sorted(names))
