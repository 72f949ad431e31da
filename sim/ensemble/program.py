"""Which program this is: its version, and a digest of its code and data, so that draws of two are never mixed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
DIGITS = 16
"""Hexadecimal digits of the digest that are told: enough to tell programs apart."""

DRAWS = ("base", "physics", "model", "world", "scenario", "tables", "ensemble", "policy.py")
"""What decides a draw: no layer imports from those above it, so that a changed picture or command changes no draw."""

CELLS = (*DRAWS, "analysis")
"""What decides a cell of a sweep, too."""

WHOLE: tuple[str, ...] = ()
"""All that the package consists of."""


@cache
def program(parts: tuple[str, ...] = DRAWS) -> str:
    """The version and the SHA-256 of parts of the package (`WHOLE`: all), as in `1.0.0+sha256.0f1e2d3c4b5a6978`."""
    try:
        known = version("manycopies")
    except PackageNotFoundError:
        known = "0"
    return f"{known}+sha256.{digest(PACKAGE, parts)[:DIGITS]}"


def digest(package: Path, parts: tuple[str, ...] = WHOLE) -> str:
    """SHA-256 over the names and bytes of files of a package, without what Python and editors add to them.

    parts: folders and files at its top that count; `WHOLE`: all.
    """
    found = hashlib.sha256()
    for name in sorted(_files(package, parts)):
        data = (package / name).read_bytes()
        found.update(f"{name}\n{len(data)}\n".encode())
        found.update(data)
    return found.hexdigest()


def _files(package: Path, parts: tuple[str, ...]) -> Iterator[str]:
    """Paths of the files that count, from the package's folder on, with `/` between their names."""
    for folder, inner, names in os.walk(package):
        above = Path(folder).relative_to(package).as_posix()
        within = "" if above == "." else f"{above}/"
        kept = [name for name in inner if not name.startswith(".") and name != "__pycache__"]
        inner[:] = [name for name in kept if within or not parts or name in parts]
        for name in names:
            if name.startswith(".") or name.endswith("~") or (parts and not within and name not in parts):
                continue
            if os.path.isfile(os.path.join(folder, name)):
                yield within + name
