"""An ensemble's folder of which only the summary is kept: one file of counts, and what it is of.

`reduced.json` says of how many draws from the first on `reduced-….parquet` is, and has its digest; it is written last,
so that what was there before holds until then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from sim.ensemble.encode import Texts, Values, decode, parquet
from sim.ensemble.files import replace_file
from sim.ensemble.part import Failed
from sim.ensemble.reduce import Line
from sim.ensemble.sketch import MIDDLE, ROOM, Binned, Sketch, bins_of, edges, empty
from sim.ensemble.store import Chunk, Damaged, Store, link
from sim.tables.table import Column

LISTED = "reduced.json"
MOST_TOLD = 1000
"""Failed draws that are listed; all are counted."""

ROWS_AT_ONCE = 131_072
"""Rows of a row group: so many are made and read at once."""

COLUMNS = [
    Column("line", "1", "number of the line"),
    Column("what", "", "what is counted: outcomes, dwell, windows (by lab and generation) or series, and of it what"),
    Column("from", "as counted", "least value of the bin; inf: not reached. Dates as days since 1970-01-01"),
    Column("to", "as counted", "where the bin ends"),
    Column("value", "", "what the bin stands for: its middle, or the whole number"),
    Column("count", "1", "how many values are in it"),
]


class NotKept(ValueError):
    """Rows are asked of draws of which only the summary was kept."""


class ReducedStore(Store):
    """The counts in a folder, and the draws that they are of."""

    has_rows = False

    def read(self, name: str, wanted: Sequence[str], n: int | None = None) -> Iterator[dict[str, Values]]:
        """Raises NotKept: there are no rows."""
        raise NotKept(f"{self.folder}: only the summary of its draws was kept (--keep summary), no {name}")

    def chunks(self) -> list[dict[str, Any]]:
        """All draws that are there, as one."""
        found = self._listed()
        return [] if found is None else [{"n": 0, "draws": [0, found["draws"]], "failed": found["failed"], "files": {}}]

    def holds(self, chunk: Chunk) -> bool:
        """Whether draws are there, by their number."""
        found = self._listed()
        return found is not None and found["draws"] >= chunk.stop

    def files(self) -> list[str]:
        """Names of the files that are there."""
        found = self._listed()
        return [] if found is None else [found["file"], LISTED]

    def check(self, draws: int) -> None:
        """Raises Damaged if the counts, or what they are of, are not there as they were written."""
        if self._listed() is None:
            file = self.folder / LISTED
            try:
                file = self.folder / json.loads(file.read_text(encoding="utf-8"))["file"]
            except (OSError, ValueError, KeyError, TypeError):
                pass
            raise Damaged(self.folder, file.name, "is not as it was written" if file.exists() else "is missing")

    def drop_after(self, chunks: Sequence[Chunk]) -> None:
        """Nothing: what was counted cannot be taken back."""

    def _listed(self) -> dict[str, Any] | None:
        try:
            found = json.loads((self.folder / LISTED).read_text(encoding="utf-8"))
            data = (self.folder / found["file"]).read_bytes()
            return found if hashlib.sha256(data).hexdigest() == found["sha256"] else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, sketch: Sketch, lines: Sequence[Line], draws: int, failed: list[Failed]) -> None:
        """Keep the counts of the first draws. failed: those of them that could not be simulated. Raises OSError."""
        before = self._listed()
        data = parquet(COLUMNS, _parts(sketch, lines))
        file = f"reduced-{draws:08d}.parquet"
        replace_file(self.folder / file, data)
        told = {
            "draws": draws, "failed": len(failed), "file": file, "sha256": hashlib.sha256(data).hexdigest(),
            "failures": [{"draw": draw, "message": text, "ours": ours} for draw, text, ours in failed[:MOST_TOLD]],
        }  # fmt: skip
        replace_file(self.folder / LISTED, (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode())
        if before is not None and before["file"] != file:
            with suppress(OSError):
                (self.folder / before["file"]).unlink()

    def load(self, lines: Sequence[Line]) -> tuple[Sketch, int, list[Failed]]:
        """(counts, of how many draws from the first on, those that failed); nothing if that cannot be read."""
        found = self._listed()
        if found is None:
            return empty(len(lines)), 0, []
        from pyarrow import parquet as pq

        sketch, whole = empty(len(lines)), np.array([each.whole for each in lines])
        keys, counts = [sketch.keys], [sketch.counts]
        with pq.ParquetFile(self.folder / found["file"]) as file:
            for n in range(file.num_row_groups):
                table = file.read_row_group(n, columns=["line", "from", "to", "value", "count"], use_threads=False)
                columns: list[Any] = [decode(column) for column in table.columns]
                begin, end, value = columns[1:4]
                line = columns[0].astype(np.int64)
                keys.append(line * ROOM + bins_of(value, whole[line]) + MIDDLE)
                counts.append(columns[4].astype(np.int64))
                np.minimum.at(sketch.least, line, begin)
                np.maximum.at(sketch.most, line, end)
        sketch = sketch._replace(keys=np.concatenate(keys), counts=np.concatenate(counts))
        failed = [(each["draw"], each["message"], each["ours"]) for each in found["failures"]]
        failed += failed[-1:] * (found["failed"] - len(failed))  # those that are not listed count too
        return sketch, found["draws"], failed

    def values(self, *name: str) -> Binned:
        """The values of one line by its name, in order; none if no draw gives one."""
        from pyarrow import parquet as pq

        found = self._listed()
        wanted = ["what", "value", "count"]
        nothing = Binned(np.zeros(0), np.zeros(0, dtype=np.int64))
        if found is None:
            return nothing
        with pq.ParquetFile(self.folder / found["file"], read_dictionary=["what"]) as file:
            table = file.read(columns=wanted, use_threads=False)
        columns: list[Any] = [decode(table.column(each)) for each in wanted]
        what: Texts = columns[0]
        value, counts = columns[1:]
        if text_of(name) not in what.words:
            return nothing
        here = what.codes == what.words.index(text_of(name))
        return Binned(value[here], counts[here].astype(np.int64))

    def take(self, other: Path) -> None:
        """Have the counts of another folder here too."""
        for name in ReducedStore(other).files():
            link(other / name, self.folder / name)


def _parts(sketch: Sketch, lines: Sequence[Line]) -> Iterator[list[Values]]:
    """The columns of the file, a row group after another: bins cut to the least and most of their line."""
    whole = np.array([each.whole for each in lines])
    for start in range(0, max(1, sketch.keys.size), ROWS_AT_ONCE):
        here = slice(start, start + ROWS_AT_ONCE)
        line, bins = sketch.keys[here] // ROOM, sketch.keys[here] % ROOM - MIDDLE
        exact = whole[line]
        begin, end = (np.where(exact, *both) for both in zip(edges(bins, True), edges(bins, False), strict=True))
        begin = np.maximum(begin, np.where(exact, -np.inf, sketch.least[line]))
        end = np.minimum(end, np.where(exact, np.inf, sketch.most[line]))
        with np.errstate(invalid="ignore"):
            value = np.where(exact, begin, begin + (end - begin) / 2.0)
        known, codes = np.unique(line, return_inverse=True)
        what = Texts(codes.astype(np.int32), [text_of(lines[n].name) for n in known.tolist()])
        yield [line.astype(np.float64), what, begin, end, value, sketch.counts[here].astype(np.float64)]


def text_of(name: Sequence[str]) -> str:
    """How a line is called in the file."""
    return " / ".join(name)
