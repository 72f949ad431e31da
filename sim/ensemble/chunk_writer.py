"""Chunks written while draws go on: workers, whose results nobody would take meanwhile, do not stand still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import TracebackType

from sim.ensemble.beside import Beside
from sim.ensemble.encode import Values
from sim.ensemble.store import Chunk, Store
from sim.tables.table import Column


class ChunkWriter:
    """One chunk at a time. As a context it ends when nothing is being written any more."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._begun: tuple[Chunk, Beside[None]] | None = None

    def begin(
        self, chunk: Chunk, columns: Mapping[str, Sequence[Column]], parts: Sequence[Mapping[str, Sequence[Values]]],
        failed: int,
    ) -> None:  # fmt: skip
        """As `Store.write`, which goes on after this returns. `written` says when it is there."""
        assert self._begun is None
        work = partial(self.store.write, chunk, columns, parts, failed)
        self._begun = chunk, Beside(work, name=f"chunk {chunk.n}")

    def written(self, wait: bool) -> Chunk | None:
        """The chunk that was begun, once, if it is there by now. Raises what writing it raised.

        wait: until it is there.
        """
        if self._begun is None:
            return None
        chunk, writing = self._begun
        if not (wait or writing.ended):
            return None
        self._begun = None
        writing.result()
        return chunk

    def __enter__(self) -> ChunkWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._begun is not None:
            self._begun[1].wait()
