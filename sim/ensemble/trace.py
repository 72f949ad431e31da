"""Tracebacks whose text is the same wherever the program is installed: they are kept in tables."""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterable
from traceback import FrameSummary, StackSummary, TracebackException

from sim.ensemble.program import PACKAGE

ROOT = str(PACKAGE.parent)


def trace_text(error: BaseException) -> str:
    """As `traceback.format_exception`, without marks under what failed, which machine code does not have."""
    found = TracebackException.from_exception(error)
    _without_folders(found)
    return "".join(found.format())


def _without_folders(found: TracebackException) -> None:
    found.stack = StackSummary.from_list([_frame(each) for each in found.stack])
    for other in (found.__cause__, found.__context__, *(getattr(found, "exceptions", None) or ())):
        if other is not None:
            _without_folders(other)


def _frame(frame: FrameSummary) -> FrameSummary:
    name = place(frame.filename)
    line = frame.line or linecache.getline(os.path.join(ROOT, name), frame.lineno or 0).strip()
    return FrameSummary(name, frame.lineno, frame.name, lookup_line=False, line=line)


def place(file: str, folders: Iterable[str] | None = None) -> str:
    """`sim/world/run.py`, `simpy/core.py`: a file by the folder that its package is found in; any other as it is.

    A policy's file is called as its scenario calls it. folders: where packages are found (default: `sys.path`).
    """
    if not os.path.isabs(file):
        return file.replace(os.sep, "/")
    known = [ROOT] if _within(file, str(PACKAGE)) else sys.path if folders is None else folders
    longest = max((each for each in known if each and _within(file, each)), key=len, default="")
    return os.path.relpath(file, longest).replace(os.sep, "/") if longest else file


def _within(file: str, folder: str) -> bool:
    return file.startswith(os.path.join(folder, ""))
