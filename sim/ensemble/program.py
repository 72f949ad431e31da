"""Which program this is: its version, and a digest of its code and data, so that draws of two are never mixed."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
DIGITS = 16
"""Hexadecimal digits of the digest that are told: enough to tell programs apart."""


@cache
def program() -> str:
    """The version and the SHA-256 of all that the package consists of, as in `1.0.0+sha256.0f1e2d3c4b5a6978`."""
    try:
        known = version("manycopies")
    except PackageNotFoundError:
        known = "0"
    return f"{known}+sha256.{digest(PACKAGE)[:DIGITS]}"


def digest(package: Path) -> str:
    """SHA-256 over the names and bytes of a package's files, without what Python and editors add to them."""
    found = hashlib.sha256()
    files = {path.relative_to(package).as_posix(): path for path in package.rglob("*") if path.is_file()}
    for name in sorted(files):
        if any(word.startswith(".") or word == "__pycache__" for word in name.split("/")) or name.endswith("~"):
            continue
        data = files[name].read_bytes()
        found.update(f"{name}\n{len(data)}\n".encode())
        found.update(data)
    return found.hexdigest()
