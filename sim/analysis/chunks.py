"""A sweep's cells in chunks, here or on several processes, kept in a folder so that it can be gone on with.

The folder holds `sweep.json` (what is asked) and `chunk-00000.json`, ... (rows of cells), each written aside and
renamed: whatever happens, at most the chunks in flight are lost. Chunks do not depend on the number of workers.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from math import ceil
from pathlib import Path
from typing import Any

from sim.analysis.sweep import Plan, Row, row

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
    try:
        program = version("manycopies")
    except PackageNotFoundError:
        program = ""
    return {"program": program, **plan.identity(), "chunk": chunk_size(len(plan.cells))}


def begin(plan: Plan, folder: Path) -> None:
    """Make the folder of a sweep, or see that the one there is of the same sweep. Raises OtherSweep, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = spec(plan)
    file = folder / SPEC
    if file.exists():
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            found = None
        if found != wanted:
            raise OtherSweep(str(folder))
        return
    _write(file, wanted)


def run(plan: Plan, folder: Path, workers: int = 1, told: Told | None = None) -> list[Row]:
    """Simulate the cells that are not in the folder yet, and return the rows of all, in order.

    Ctrl-C stops the workers and leaves what is done. Raises OtherSweep, OSError, and RuntimeError if a worker failed.
    """
    begin(plan, folder)
    cells = plan.cells
    size = chunk_size(len(cells))
    chunks = [cells[start : start + size] for start in range(0, len(cells), size)]
    missing = [n for n in range(len(chunks)) if not chunk_file(folder, n).exists()]
    started = time.monotonic()
    before = len(cells) - sum(len(chunks[n]) for n in missing)

    def tell() -> None:
        if told is not None:
            done = before + sum(len(chunks[n]) for n in missing if chunk_file(folder, n).exists())
            told(done, len(cells), time.monotonic() - started)

    tell()
    workers = max(1, min(workers, len(missing)))
    if workers == 1:
        for n in missing:
            _write(chunk_file(folder, n), [row(plan, cell) for cell in chunks[n]])
            tell()
    else:
        _spread(plan, folder, chunks, missing, workers, tell)
    rows: list[Row] = []
    for n, chunk in enumerate(chunks):
        found = json.loads(chunk_file(folder, n).read_text(encoding="utf-8"))
        if len(found) != len(chunk):
            raise OSError(f"{chunk_file(folder, n)} has {len(found)} rows, not {len(chunk)}")
        rows += found
    return rows


def _spread(
    plan: Plan,
    folder: Path,
    chunks: list[list[tuple[int, ...]]],
    missing: list[int],
    workers: int,
    tell: Callable[[], None],
) -> None:
    """Chunks in turn to each worker, a process that writes them itself."""
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else None)
    failed = [folder / f"failed-{os.getpid()}-{k}.txt" for k in range(workers)]
    sys.stdout.flush()
    sys.stderr.flush()
    made: list[Any] = [
        context.Process(target=_work, args=(plan, folder, [(n, chunks[n]) for n in missing[k::workers]], failed[k]))
        for k in range(workers)
    ]
    try:
        for each in made:
            each.start()
        while any(each.is_alive() for each in made):
            made[0].join(0.1) if made[0].is_alive() else time.sleep(0.1)
            tell()
            if any(not each.is_alive() and each.exitcode for each in made):
                break
    finally:
        for each in made:
            if each.pid is not None and each.is_alive():
                each.terminate()
        for each in made:
            if each.pid is not None:
                each.join()
    for each, file in zip(made, failed, strict=True):
        if each.exitcode:
            why = file.read_text(encoding="utf-8") if file.exists() else f"a worker ended with status {each.exitcode}"
            file.unlink(missing_ok=True)
            raise RuntimeError(f"a cell failed: {why}")
    tell()


def _work(plan: Plan, folder: Path, chunks: list[tuple[int, list[tuple[int, ...]]]], failed: Path) -> None:
    """In a worker: its chunks one after another, until its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops its workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = os.getppid()
    try:
        for n, cells in chunks:
            rows = []
            for cell in cells:
                if os.getppid() != parent:
                    return
                rows.append(row(plan, cell))
            _write(chunk_file(folder, n), rows)
    except Exception:
        failed.write_text(traceback.format_exc(), encoding="utf-8")
        sys.exit(1)


def _write(file: Path, value: Any) -> None:
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    aside.write_text(json.dumps(value, allow_nan=False), encoding="utf-8")
    os.replace(aside, file)
