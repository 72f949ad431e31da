"""Chunks written while draws go on: workers, whose results nobody would take meanwhile, do not stand still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Thread
from types import TracebackType

from sim.ensemble.encode import Values
from sim.ensemble.store import Chunk, Store
from sim.ensemble.workers import deaf
from sim.tables.table import Column


class ChunkWriter:
    """One chunk at a time. As a context it ends when nothing is being written any more."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._chunk: Chunk | None = None
        self._thread: Thread | None = None
        self._error: BaseException | None = None

    def begin(
        self, chunk: Chunk, columns: Mapping[str, Sequence[Column]], parts: Sequence[Mapping[str, Sequence[Values]]],
        failed: int,
    ) -> None:  # fmt: skip
        """As `Store.write`, which goes on after this returns. `written` says when it is there."""

        def write() -> None:
            try:
                self.store.write(chunk, columns, parts, failed)
            except BaseException as error:
                self._error = error

        assert self._thread is None
        self._chunk = chunk
        self._thread = Thread(target=write, name=f"chunk {chunk.n}")
        with deaf():  # a thread has its maker's mask: Ctrl-C would come in through it where the main thread waits
            self._thread.start()

    def written(self, wait: bool) -> Chunk | None:
        """The chunk that was begun, once, if it is there by now. Raises what writing it raised.

        wait: until it is there.
        """
        if self._thread is None or (self._thread.is_alive() and not wait):
            return None
        self._thread.join()
        self._thread = None
        if self._error is not None:
            raise self._error
        return self._chunk

    def __enter__(self) -> ChunkWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._thread.join()
