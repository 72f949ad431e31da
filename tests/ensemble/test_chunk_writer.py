"""Chunks that are written while draws go on: begun one at a time, told of once, errors handed on."""

from __future__ import annotations

import signal
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from sim.ensemble.chunk_writer import ChunkWriter
from sim.ensemble.store import Chunk, Store

FIRST, SECOND = Chunk(0, 0, 16), Chunk(1, 16, 32)


class Slow(Store):
    """Writes when it may; a draw that failed fails the writing, too."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.may = Event()
        self.chunks_written: list[Chunk] = []
        self.masked: set[int] = set()

    def write(self, chunk: Chunk, columns: Any, parts: Any, failed: int) -> None:
        assert self.may.wait(60.0)
        if failed:
            raise OSError("No space left on device")
        self.chunks_written.append(chunk)
        if hasattr(signal, "pthread_sigmask"):
            self.masked = set(signal.pthread_sigmask(signal.SIG_BLOCK, []))


def test_a_chunk_is_there_when_it_is_written_and_told_of_once(tmp_path: Path) -> None:
    store = Slow(tmp_path)
    with ChunkWriter(store) as writer:
        assert writer.written(wait=True) is None
        writer.begin(FIRST, {}, [], 0)
        assert writer.written(wait=False) is None
        store.may.set()
        assert writer.written(wait=True) == FIRST
        assert writer.written(wait=True) is None
        writer.begin(SECOND, {}, [], 0)
    assert store.chunks_written == [FIRST, SECOND]


def test_what_writing_raises_is_raised_where_it_is_asked_for(tmp_path: Path) -> None:
    store = Slow(tmp_path)
    store.may.set()
    with ChunkWriter(store) as writer:
        writer.begin(FIRST, {}, [], 1)
        with pytest.raises(OSError, match="No space left"):
            writer.written(wait=True)


def test_it_ends_with_what_it_has_begun_also_after_an_error(tmp_path: Path) -> None:
    store = Slow(tmp_path)
    with pytest.raises(KeyboardInterrupt), ChunkWriter(store) as writer:
        writer.begin(FIRST, {}, [], 0)
        store.may.set()
        raise KeyboardInterrupt
    assert store.chunks_written == [FIRST]


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals cannot be masked here")
def test_ctrl_c_does_not_come_in_through_it_while_a_worker_is_begun(tmp_path: Path) -> None:
    store = Slow(tmp_path)
    store.may.set()
    with ChunkWriter(store) as writer:
        writer.begin(FIRST, {}, [], 0)
    assert signal.SIGINT in store.masked
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
