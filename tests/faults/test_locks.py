"""Locks of folders: a worker that outlives the process that made it keeps none of them."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from sim.aside import Busy, working
from sim.ensemble.workers import FORKS


def _stay(pipe: Connection) -> None:
    pipe.send("here")
    pipe.poll(None)


@pytest.mark.skipif(not FORKS, reason="no process is forked here")
def test_a_forked_process_neither_keeps_a_lock_nor_gives_it_up(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    mine, its = context.Pipe()
    with working(tmp_path):
        child = context.Process(target=_stay, args=(its,), daemon=True)
        child.start()
        assert mine.recv() == "here"
        with pytest.raises(Busy), working(tmp_path):
            pass
    assert child.is_alive()
    with working(tmp_path):
        pass
    mine.send("end")
    child.join()
