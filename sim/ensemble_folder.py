"""A folder of draws: their tables as DataFrames, read when first asked for."""

from __future__ import annotations

import json
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.ensemble.kept import store_of
from sim.ensemble.part import FAILURES
from sim.ensemble.store import Damaged, Store
from sim.output import OutputError
from sim.scenario import Scenario, load
from sim.scenario.files import EFFECTIVE

if TYPE_CHECKING:
    import pandas as pd


SUMMARY = "summary.json"


class OtherDrawsError(OutputError):
    """A folder holds draws, but those of a comparison where an ensemble is asked for, or the other way round."""


class Draws:
    """Draws in a folder. Tables are DataFrames with a column `draw`, read when first asked for.

    folder: where they are. draws: how many. failed: how many of them could not be simulated (see `failures`).
    """

    _kind = "ensemble"
    """What is in such a folder."""

    def __init__(self, folder: str | os.PathLike[str], temporary: Any = None) -> None:
        """Raises `sim.output.OutputError` if the folder holds nothing finished of this kind, and
        `sim.ensemble.store.Damaged` if a file of it is missing or cut short; of a table's, when that is read.
        """
        self.folder = Path(folder)
        self._temporary = temporary
        spec = Store(self.folder).spec
        there = spec is not None and (self.folder / SUMMARY).exists()
        held = self._kind if spec is None else spec.get("kind", Draws._kind)
        if held != self._kind:
            raise OtherDrawsError(f"{self.folder}: holds {'an' if held[0] in 'aeiou' else 'a'} {held}, no {self._kind}")
        if spec is None or not there:
            raise OutputError(f"{self.folder}: holds no finished {self._kind}")
        self.spec = spec
        self.store = store_of(self.folder, spec["keep"], checks=True)
        self.draws: int = spec["draws"]
        self.store.check(self.draws)
        self._frames: dict[str, pd.DataFrame] = {}

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What summary.json says."""
        try:
            found: dict[str, Any] = json.loads((self.folder / SUMMARY).read_text(encoding="utf-8"))
        except ValueError:
            raise Damaged(self.folder, SUMMARY, "is not as it was written") from None
        return found

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as it was run."""
        text = (self.folder / EFFECTIVE).read_text(encoding="utf-8")
        return load(f"{self.spec['name']}.yaml", text=text)

    @property
    def failed(self) -> int:
        """Draws that could not be simulated to their end."""
        return int(self.summary["failed"])

    def frame(self, name: str) -> pd.DataFrame:
        """A table of all draws, with units in `.attrs["units"]`.

        name: of the table; KeyError for one that there is not, as for all where only the summary was kept. A large
        ensemble may not fit into memory: read its Parquet files one by one then.
        """
        if name not in self._frames:
            import pyarrow as pa

            files = self.store.table_files(name)
            if not files:
                why = "" if self.store.has_rows else f": only the summary of these draws was kept ({self.folder})"
                raise KeyError(f"no table {name!r}{why}")
            parts = []
            for file in files:
                with self.store.opened(file) as part:
                    parts.append(part.read())
            table = pa.concat_tables(parts)
            found = table.to_pandas()
            for key in ("unit", "meaning"):
                of = {field.name: (field.metadata or {}).get(key.encode(), b"").decode() for field in table.schema}
                found.attrs["units" if key == "unit" else key] = of
            self._frames[name] = found
        return self._frames[name]

    @property
    def inputs(self) -> pd.DataFrame:
        """A row for each draw: the value of every uncertain input, in its canonical unit."""
        return self.frame("inputs")

    @property
    def failures(self) -> pd.DataFrame:
        """A row for each draw that could not be simulated: the error and its traceback."""
        return self.frame(FAILURES)
