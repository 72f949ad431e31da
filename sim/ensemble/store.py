"""An ensemble's folder: one Parquet file for each table and chunk of 256 draws, each chunk with a list of its files.

`ensemble.json` says what was asked. A chunk is there when `chunk-00000.json` is, which is written last and has the size
and digest of each of its files: what is cut short or changed is found, and made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from sim.ensemble.encode import DRAW, Values, decode, join, parquet
from sim.ensemble.files import replace_file, sweep_parts
from sim.tables.table import Column

CHUNK = 256
"""Draws of a chunk."""

SPEC = "ensemble.json"
_OF_A_CHUNK = re.compile(r".+-[0-9]{5,}\.parquet")


class Damaged(RuntimeError):
    """A file of finished draws is missing, or not as it was written; the message says which, and what to do."""

    def __init__(self, folder: Path, file: str, why: str) -> None:
        super().__init__(f"{folder}: {file} {why}; the command that made the folder makes what is missing there anew "
                         "with --resume (in Python: resume=True)")  # fmt: skip


class Chunk(NamedTuple):
    """Draws `start` to `stop` (exclusive): the n-th chunk."""

    n: int
    start: int
    stop: int


def chunks_of(draws: int) -> list[Chunk]:
    """Chunks by number of the draw; the last may be shorter."""
    return [Chunk(n, start, min(start + CHUNK, draws)) for n, start in enumerate(range(0, draws, CHUNK))]


def table_file(name: str, n: int) -> str:
    """Name of the file of a table's n-th chunk."""
    return f"{name}-{n:05d}.parquet"


def chunk_file(n: int) -> str:
    """Name of the file that lists a chunk's files."""
    return f"chunk-{n:05d}.json"


class Store:
    """The chunks in a folder. checks: whether files are held against their digests where they are read."""

    has_rows = True
    """Whether rows of draws are kept."""

    def __init__(self, folder: Path, checks: bool = False) -> None:
        self.folder, self.checks = folder, checks

    def check(self, draws: int) -> None:
        """Raises Damaged if a list of files is not there: its draws would be left out without a word."""
        reached = n = 0
        for chunk in self.chunks():
            if chunk["n"] != n or chunk["draws"][0] != reached:
                break
            reached, n = chunk["draws"][1], n + 1
        if reached < draws:
            there = (self.folder / chunk_file(n)).exists()
            raise Damaged(self.folder, chunk_file(n), "cannot be read" if there else "is missing")

    def begin(self, spec: Mapping[str, Any], scenarios: Mapping[str, str]) -> None:
        """Make the folder, with what is asked, and scenarios (file -> text) to compare with later. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        sweep_parts(self.folder)
        for name, text in scenarios.items():
            replace_file(self.folder / name, text.encode())
        self.write_spec(spec)

    def write_spec(self, spec: Mapping[str, Any]) -> None:
        """Keep what is asked."""
        replace_file(self.folder / SPEC, (json.dumps(spec, indent=2, ensure_ascii=False) + "\n").encode())

    @property
    def spec(self) -> dict[str, Any] | None:
        """What was asked; None if that cannot be read."""
        try:
            found = json.loads((self.folder / SPEC).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def listed(self, n: int) -> dict[str, Any] | None:
        """What `chunk-….json` says; None if there is none, or it cannot be read."""
        try:
            found = json.loads((self.folder / chunk_file(n)).read_text(encoding="utf-8"))
            return found if isinstance(found["files"], dict) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def holds(self, chunk: Chunk) -> bool:
        """Whether the chunk is there with every byte of its files."""
        found = self.listed(chunk.n)
        if found is None or found.get("draws") != [chunk.start, chunk.stop]:
            return False
        try:
            return all(
                hashlib.sha256((self.folder / name).read_bytes()).hexdigest() == facts["sha256"]
                for name, facts in found["files"].items()
            )
        except (OSError, KeyError, TypeError):
            return False

    def write(
        self, chunk: Chunk, columns: Mapping[str, Sequence[Column]], parts: Sequence[Mapping[str, Sequence[Values]]],
        failed: int,
    ) -> None:  # fmt: skip
        """Write a chunk's files, then the list of them. parts: of its draws in order. Raises OSError."""
        files = {}
        for name, found in columns.items():
            values = [join(each) for each in zip(*(part[name] for part in parts), strict=True)]
            data = parquet([DRAW, *found], [values])
            file = table_file(name, chunk.n)
            replace_file(self.folder / file, data)
            files[file] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        listed = {"draws": [chunk.start, chunk.stop], "failed": failed, "files": files}
        replace_file(self.folder / chunk_file(chunk.n), (json.dumps(listed, indent=1) + "\n").encode())

    def chunks(self) -> list[dict[str, Any]]:
        """What is listed of each chunk that is there, in order: `n`, `draws` (start, stop), `failed`, `files`."""
        numbers = sorted(int(file.stem.partition("-")[2]) for file in self.folder.glob("chunk-*.json"))
        return [{"n": n, **listed} for n in numbers if (listed := self.listed(n)) is not None]

    def files(self) -> list[str]:
        """Names of the files of all chunks that are there."""
        return [name for chunk in self.chunks() for name in (*chunk["files"], chunk_file(chunk["n"]))]

    def take(self, other: Path) -> None:
        """Have the chunks of another folder here too: links to the same bytes where the file system has them."""
        for name in Store(other).files():
            with suppress(FileNotFoundError):  # what is missing is made anew
                link(other / name, self.folder / name)

    def drop_after(self, chunks: Sequence[Chunk]) -> None:
        """Remove chunks beyond those that are wanted, and files of chunks that were never finished."""
        wanted = {chunk.n for chunk in chunks}
        for chunk in self.chunks():
            if chunk["n"] not in wanted:
                for name in (chunk_file(chunk["n"]), *chunk["files"]):
                    (self.folder / name).unlink(missing_ok=True)
        known = set(self.files())
        for file in self.folder.glob("*-*.parquet"):
            if file.name not in known and _OF_A_CHUNK.fullmatch(file.name):
                file.unlink(missing_ok=True)

    def table_files(self, name: str, n: int | None = None) -> list[Path]:
        """The files of a table, chunk by chunk (or of the n-th only): those of chunks that are there."""
        found = self.chunks() if n is None else [{"n": n, **(self.listed(n) or {"files": {}})}]
        files = [(table_file(name, chunk["n"]), chunk["files"]) for chunk in found]
        return [self.folder / file for file, listed in files if file in listed]

    def read(self, name: str, wanted: Sequence[str], n: int | None = None) -> Iterator[dict[str, Values]]:
        """Some columns of a table, chunk by chunk (or of the n-th only), without pandas. Raises Damaged."""
        for file in self.table_files(name, n):
            with self.opened(file, wanted) as found:
                table = found.read(columns=list(wanted), use_threads=False)
            yield {column: decode(table.column(column)) for column in wanted}

    @contextmanager
    def opened(self, file: Path, texts: Sequence[str] = ()) -> Iterator[Any]:
        """A file of a table (`pyarrow.parquet.ParquetFile`). texts: columns that are read as dictionaries.

        Raises Damaged if it cannot be read.
        """
        from pyarrow import ArrowException
        from pyarrow import parquet as pq

        why = self._damage(file) if self.checks else ""
        if why:
            raise Damaged(self.folder, file.name, why)
        try:
            with pq.ParquetFile(file, read_dictionary=list(texts)) as found:
                yield found
        except MemoryError:
            raise
        except (ArrowException, OSError) as error:
            raise Damaged(self.folder, file.name, self._damage(file) or f"cannot be read ({error})") from error

    def _damage(self, file: Path) -> str:
        """How a file is not as it was written; "" if it is."""
        listed = self.listed(int(file.stem.rpartition("-")[2])) or {"files": {}}
        facts = listed["files"].get(file.name, {})
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            return "is missing"
        except OSError as error:
            return f"cannot be read ({error.strerror})"
        if len(data) < facts.get("bytes", 0):
            return f"is cut short ({len(data):,} of {facts['bytes']:,} bytes)"
        return "" if hashlib.sha256(data).hexdigest() == facts.get("sha256") else "is not as it was written"


def link(source: Path, target: Path) -> None:
    """The same file under a second name; a copy where that cannot be. What is there is replaced."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
