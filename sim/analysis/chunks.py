"""A sweep's cells in chunks, here or on several processes, kept in a folder so that it can be gone on with.

The folder holds `sweep.json` (what is asked) and `chunk-00000.json`, ... (rows of cells), each written aside and
renamed: whatever happens, at most the chunks in flight are lost. A chunk that is damaged, or of other cells, is made
anew. Chunks do not depend on the number of workers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from errno import EBUSY
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

from sim.analysis.sweep import Plan, Row, columns, row
from sim.aside import Busy, working
from sim.ensemble.files import holds_only, replace_file, sweep_parts
from sim.ensemble.program import CELLS, program
from sim.ensemble.workers import TaskFailed, WorkerLost, spread

SPEC = "sweep.json"
LARGEST_CHUNK, CHUNKS = 32, 50

Told = Callable[[int, int, float], None]
"""Called with cells done, all cells, and seconds since this call of `run` began."""


class OtherSweep(Exception):
    """The folder holds an unfinished sweep of something else."""


def chunk_size(cells: int) -> int:
    """Cells of one chunk: about 50 chunks, of at most 32 cells."""
    return max(1, min(LARGEST_CHUNK, ceil(cells / CHUNKS)))


def chunk_file(folder: Path, n: int) -> Path:
    """Where the rows of a chunk are kept."""
    return folder / f"chunk-{n:05d}.json"


def spec(plan: Plan) -> dict[str, Any]:
    """What `sweep.json` says."""
    return {"program": program(CELLS), **plan.identity(), "chunk": chunk_size(len(plan.cells))}


def holds_work(folder: Path) -> bool:
    """Whether there is anything in the folder but a sweep that was begun and has nothing done yet."""
    return not holds_only(folder, {SPEC})


def begin(plan: Plan, folder: Path) -> None:
    """Make the folder of a sweep, or see that the one there is of the same sweep. Raises OtherSweep, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    sweep_parts(folder)
    wanted = spec(plan)
    file = folder / SPEC
    if file.exists():
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            found = None
        if found == wanted:
            return
        if holds_work(folder):
            raise OtherSweep(str(folder))
    _write(file, wanted)


def run(plan: Plan, folder: Path, workers: int = 1, told: Told | None = None) -> list[Row]:
    """Simulate the cells that are not in the folder yet, and return the rows of all, in order; alone in the folder.

    Raises `sim.aside.Busy` if another sweep is at work there, and what `go_on` raises.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder):
        return go_on(plan, folder, workers, told)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No other sweep is at work in the folder meanwhile. Raises `sim.aside.Busy` at once if one is."""
    try:
        with working(folder):
            yield
    except Busy:
        raise Busy(EBUSY, "another sweep is at work there", str(folder)) from None


def go_on(plan: Plan, folder: Path, workers: int = 1, told: Told | None = None) -> list[Row]:
    """`run` for who is `alone` in the folder.

    Ctrl-C stops the workers and leaves what is done. Raises OtherSweep, OSError, and RuntimeError if a worker failed.
    """
    begin(plan, folder)
    cells = plan.cells
    size = chunk_size(len(cells))
    chunks = [cells[start : start + size] for start in range(0, len(cells), size)]
    found_there = {n: _kept(plan, chunk, chunk_file(folder, n)) for n, chunk in enumerate(chunks)}
    kept = {n: rows for n, rows in found_there.items() if rows is not None}
    missing = [n for n in range(len(chunks)) if n not in kept]
    started = time.monotonic()

    def tell() -> None:
        if told is not None:
            told(sum(len(rows) for rows in kept.values()), len(cells), time.monotonic() - started)

    tell()
    work = partial(_rows, plan, chunks)
    try:
        with closing(spread(work, missing, max(1, min(workers, len(missing))))) as made:
            for n, found in made:
                _write(chunk_file(folder, n), found)
                kept[n] = found
                tell()
    except (TaskFailed, WorkerLost) as error:
        raise RuntimeError(f"a cell failed: {error}") from None
    return [each for n in range(len(chunks)) for each in kept[n]]


def _kept(plan: Plan, chunk: list[tuple[int, ...]], file: Path) -> list[Row] | None:
    """The rows in a chunk's file; None if it is not there, cannot be read, or is not of these cells."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(found, list) or len(found) != len(chunk):
        return None
    width = len(columns(plan))
    for each, cell in zip(found, chunk, strict=True):
        if not isinstance(each, list) or len(each) != width or each[: len(cell)] != plan.inputs(cell):
            return None
    return found


def _rows(plan: Plan, chunks: list[list[tuple[int, ...]]], n: int) -> list[Row]:
    """The rows of one chunk."""
    return [row(plan, cell) for cell in chunks[n]]


def _write(file: Path, value: Any) -> None:
    replace_file(file, json.dumps(value, allow_nan=False).encode())
