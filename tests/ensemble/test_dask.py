"""A real Dask cluster of two worker processes, one of which is killed in the middle: the same bytes as one process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sim.ensemble.cluster import ClusterError
from sim.ensemble.counting import Progress
from sim.ensembles import run_ensemble
from sim.pairs import compare_many
from tests.cli.command import ROOT
from tests.ensemble.worlds import bytes_of, scenario

PAUSE = {"pause": "pause={starts: 2026-06-01, lasts: 2 to 6 months, stops: [training]}"}


def test_a_worker_killed_in_the_middle_changes_no_byte(small: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from distributed import LocalCluster

    run_ensemble(scenario(), 40, workers=1, out=tmp_path / "one")
    killed: list[int] = []
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster:

        def kill(now: Progress) -> None:
            if now.new and not killed:
                process = next(iter(cluster.workers.values())).process
                killed.append(process.pid)
                os.kill(process.pid, signal.SIGKILL)

        run_ensemble(scenario(), 40, on=cluster.scheduler_address, out=tmp_path / "dask", progress=kill)
        run_ensemble(scenario(), 24, on=cluster.scheduler_address, out=tmp_path / "counts", keep="summary")
        compare_many(scenario(), PAUSE, 24, on=cluster.scheduler_address, out=tmp_path / "pairs")
    assert killed
    assert bytes_of(tmp_path / "dask") == bytes_of(tmp_path / "one")
    run_ensemble(scenario(), 24, workers=1, out=tmp_path / "one-counts", keep="summary")
    assert bytes_of(tmp_path / "counts") == bytes_of(tmp_path / "one-counts")
    pairs = compare_many(scenario(), PAUSE, 24, workers=1, out=tmp_path / "one-pairs")
    assert bytes_of(tmp_path / "pairs") == bytes_of(pairs.folder) and len(pairs.levels) == 48 and pairs.failed == 0


def test_a_cluster_that_is_not_there_is_told(small: pytest.MonkeyPatch, tmp_path: Path) -> None:
    small.setattr("sim.ensemble.cluster.CONNECT_SECONDS", 0.2)
    for where, told in (("nowhere", "expected dask, or the address"), ("tcp://127.0.0.1:1", "cannot be reached"),
                        ("abc://x", "cannot be reached")):  # fmt: skip
        with pytest.raises(ClusterError, match=told):
            run_ensemble(scenario(), 4, on=where, out=tmp_path / "x")
    assert not list(tmp_path.iterdir())


def test_that_all_workers_are_gone_is_told_once_each_time(
    small: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    """None when it begins, and after the first draws again; both times one comes later."""
    from distributed import LocalCluster

    small.setattr("sim.ensemble.cluster.ALONE_SECONDS", 1.0)
    small.setattr("sim.ensemble.cluster.LOOK_SECONDS", 0.1)
    run_ensemble(scenario(), 20, workers=1, out=tmp_path / "one")
    said: list[str] = []
    workers: list[subprocess.Popen[bytes]] = []
    with LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as cluster:
        line = [sys.executable, "-m", "distributed.cli.dask_worker", cluster.scheduler_address, "--nthreads", "1",
                "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path)]  # fmt: skip

        def told() -> int:
            said.append(capfd.readouterr().err)
            return "".join(said).count("has no workers")

        def later() -> None:
            """A worker, some time after it is told that there is none."""
            for times in (1, 2):
                while told() < times:
                    time.sleep(0.1)
                time.sleep(2.0)
                environment = {**os.environ, "PYTHONPATH": str(ROOT)}
                workers.append(subprocess.Popen(line, env=environment, stderr=subprocess.DEVNULL))

        def leave(now: Progress) -> None:
            if now.new and len(workers) == 1:
                workers[0].kill()

        helper = threading.Thread(target=later, daemon=True)
        helper.start()
        try:
            run_ensemble(scenario(), 20, on=cluster.scheduler_address, out=tmp_path / "dask", progress=leave)
            helper.join(10.0)
            assert told() == 2
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
    assert bytes_of(tmp_path / "dask") == bytes_of(tmp_path / "one")
    first, second = [line for line in "".join(said).splitlines() if "has no workers" in line]
    assert "30 s at most; `dask worker tcp://" in first and "Ctrl-C ends it, --resume goes on" in second
