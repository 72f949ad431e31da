"""Files that are whole or not there: written aside, then renamed."""

from __future__ import annotations

import os
import re
from collections.abc import Container
from contextlib import suppress
from pathlib import Path

_PART = re.compile(r"\..+\.[0-9]+\.part")


def replace_file(file: Path, data: bytes) -> None:
    """Write a file aside and rename it to its place. Raises OSError; what was there then stays, and nothing aside."""
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with open(aside, "wb") as out:
            out.write(data)
        os.replace(aside, file)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(aside)
        if isinstance(error, OSError) and error.filename is None:  # a full disk is told without the file
            error.filename = str(file)
        raise


def sweep_parts(folder: Path) -> None:
    """Remove what writers that were killed left aside. Call it while nobody else writes there."""
    for file in folder.iterdir():
        if _PART.fullmatch(file.name):
            with suppress(OSError):
                file.unlink()


def holds_only(folder: Path, names: Container[str]) -> bool:
    """Whether there is no file but these in a folder, and what writers that were killed left aside."""
    return all(file.name in names or _PART.fullmatch(file.name) for file in folder.iterdir())
