"""How Python finds the modules that `make compile` has made."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from types import ModuleType


class Finder:
    """Finds a module in a folder of machine code; what is not there is found as ever."""

    folder = ""

    @classmethod
    def find_spec(
        cls, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's specification, or None if it was not compiled."""
        if not name.startswith("sim.") and not name.endswith("__mypyc"):
            return None
        file = os.path.join(cls.folder, *name.split(".")) + EXTENSION_SUFFIXES[0]
        return spec_from_file_location(name, file) if os.path.isfile(file) else None
