"""The simulation as machine code, where `make compile` has made it: the same results to the byte, in less time.

It is used only while it was made from just these source files; otherwise Python reads them as ever.
"""

from __future__ import annotations

import os
import sys

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_compiled")
"""Where it is kept: a folder for each kind of Python, so that a checkout can serve several."""

LAYERS = ("base", "physics", "model", "world", "tables")
"""Packages whose sources it was made from, or rests on."""

STAMP = "sources.txt"
SWITCH = "MANYCOPIES_COMPILED"
"""Set to "no" in the environment, Python reads the sources even where there is machine code."""


def kind() -> str:
    """The kind of Python and machine that machine code is for, as `cpython-311-x86_64-linux-gnu`."""
    import _imp

    return str(_imp.extension_suffixes()[0]).strip(".").rsplit(".", 1)[0]


def sources() -> str:
    """What the layers' source files are now: a line of path, size and time of change for each."""
    root = os.path.dirname(FOLDER)
    lines = []
    for layer in LAYERS:
        with os.scandir(os.path.join(root, layer)) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    about = entry.stat()
                    lines.append(f"{layer}/{entry.name} {about.st_size} {about.st_mtime_ns}\n")
    return "".join(sorted(lines))


def state() -> str:
    """Which is used: "compiled", or "interpreted" and why."""
    if "sim.compiled_finder" in sys.modules:
        return "compiled"
    if os.environ.get(SWITCH) == "no":
        return f"interpreted: {SWITCH} is no"
    if not os.path.isdir(os.path.join(FOLDER, kind())):
        return "interpreted: `make compile` has not been run"
    return "interpreted: sources have changed since `make compile`"


def use() -> None:
    """Have the layers' modules imported as machine code, where it is there and of these sources."""
    if not os.path.isdir(FOLDER) or os.environ.get(SWITCH) == "no":
        return
    folder = os.path.join(FOLDER, kind())
    try:
        with open(os.path.join(folder, STAMP), encoding="utf-8") as file:
            if file.read() != sources():
                return
    except OSError:
        return
    from sim.compiled_finder import Finder

    Finder.folder = folder
    sys.meta_path.insert(0, Finder)
