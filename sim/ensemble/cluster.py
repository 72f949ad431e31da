"""Tasks spread over Dask workers, on this machine or on many: the same results as any other way."""

from __future__ import annotations

import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import resource_tracker
from typing import Any

from sim.ensemble.program import WHOLE, program
from sim.ensemble.workers import Spread, TaskFailed, WorkerLost, deaf

LOCAL = "dask"
AHEAD = 3
"""Tasks that are out for each thread of a worker."""

CONNECT_SECONDS = 30

ALONE_SECONDS = 5.0
"""So long no worker may be there before that is told."""

LOOK_SECONDS = 1.0
"""Between two looks at how many workers there are, while none has anything done."""


class ClusterError(RuntimeError):
    """There is no such cluster, or none that can do the work."""


@contextmanager
def on_dask(where: str, workers: int | None = None) -> Iterator[Spread]:
    """A way to spread work over Dask workers.

    where: "dask" for a cluster of processes on this machine, which lives as long as this context (workers: how many);
    else the address of a scheduler, such as `tcp://host:8786`, whose workers have this very package installed.
    Raises ClusterError.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise ClusterError("Dask is not installed: pip install 'manycopies[dask]'") from error
    if where != LOCAL and "://" not in where:
        raise ClusterError(f"expected dask, or the address of a scheduler such as tcp://host:8786, got {where!r}")
    with ExitStack() as stack:
        if where == LOCAL:
            quiet = logging.CRITICAL
            count = workers or os.cpu_count() or 1
            resource_tracker.ensure_running()  # it would let Ctrl-C in again where the first worker is begun
            with deaf():  # the cluster's threads and their workers stay so
                made = LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=":0", silence_logs=quiet)
            cluster: Any = stack.enter_context(made)
        else:
            cluster = where
        try:
            client = stack.enter_context(Client(cluster, timeout=CONNECT_SECONDS, set_as_default=False))
            try:
                client.wait_for_workers(1, timeout=min(ALONE_SECONDS, CONNECT_SECONDS))
            except TimeoutError:
                _tell(client, f"waiting for some, {CONNECT_SECONDS:.0f} s at most")
                client.wait_for_workers(1, timeout=CONNECT_SECONDS)
            theirs = set(client.run(_program).values())
        except (OSError, TimeoutError, ValueError) as error:
            raise ClusterError(f"cannot be reached, or has no workers ({error})") from error
        except ImportError as error:
            raise ClusterError(f"its workers cannot import this package ({error})") from error
        if theirs != {_program()}:
            raise ClusterError(f"its workers have manycopies {', '.join(sorted(theirs))}, not {_program()}")
        yield partial(_spread, client)


class _Watch:
    """Looks whether there are workers at all, and tells once each time that there are none: nothing else is seen then
    but that it takes long.
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        self._next = time.monotonic() + LOOK_SECONDS
        self._since: float | None = None
        self._told = False

    def until(self, asked: Callable[..., Any]) -> Any:
        """What a future that was done gives: if its worker died since, it is done anew, which may take long."""
        while True:
            try:
                return asked(timeout=LOOK_SECONDS)
            except TimeoutError:
                self.look()

    def look(self) -> None:
        """Called again and again while nothing is done."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + LOOK_SECONDS
        try:
            there = bool(self.client.nthreads())
        except (OSError, TimeoutError):
            return  # the scheduler is gone: the tasks that are out say so
        if there:
            self._since, self._told = None, False
            return
        self._since = now if self._since is None else self._since
        if not self._told and now - self._since >= ALONE_SECONDS:
            self._told = True
            _tell(self.client, "waiting for some (Ctrl-C ends it, --resume goes on)")


def _tell(client: Any, what: str) -> None:
    """Say on stderr that there are no workers, in place of the line of progress that may be there."""
    if sys.stderr is not None:
        address = client.scheduler.address
        begin = "\r\033[K" if sys.stderr.isatty() else ""
        print(f"{begin}sim: the Dask scheduler {address} has no workers: {what}; `dask worker {address}` starts one",
              file=sys.stderr, flush=True)  # fmt: skip


def _program() -> str:
    """Of whoever is asked."""
    return program(WHOLE)


def _spread(client: Any, work: Callable[[Any], Any], tasks: Iterable[Any]) -> Generator[tuple[Any, Any], None, None]:
    """(task, result) in the order in which they are done; a task whose worker died is done anew by another."""
    from distributed import as_completed
    from distributed.diagnostics.plugin import WorkerPlugin
    from distributed.scheduler import KilledWorker

    class Work(WorkerPlugin):
        """Workers that join later, and those that replace a dead one, have it too: scattered data would be lost."""

        def __init__(self, work: Callable[[Any], Any]) -> None:
            self.name = f"sim-{os.getpid()}-{id(work)}"
            self.work = work

    plugin = Work(work)
    client.register_plugin(plugin)
    waiting = iter(tasks)
    of: dict[str, Any] = {}
    out = as_completed(loop=client.loop)
    watch = _Watch(client)
    try:
        while True:
            most = AHEAD * max(1, sum(client.nthreads().values()))
            for _ in range(most - len(of)):
                task = next(waiting, None)
                if task is None:
                    break
                future = client.submit(_call, plugin.name, task, pure=False)
                of[future.key] = task
                out.add(future)
            if not of:
                return
            while not out.has_ready():
                watch.look()
                time.sleep(0.01)
            for future in [next(out), *(out.next_batch(block=False) if not out.is_empty() else ())]:
                task = of.pop(future.key)
                error = watch.until(future.exception)
                if isinstance(error, KilledWorker):
                    raise WorkerLost(f"Dask workers died over the same work ({error})")
                if error is not None:
                    raise TaskFailed("".join(traceback.format_exception(error)))
                result = watch.until(future.result)
                future.release()
                yield task, result
    finally:
        client.unregister_worker_plugin(plugin.name)


def _call(name: str, task: Any) -> Any:
    """In a worker."""
    from distributed import get_worker

    plugin: Any = get_worker().plugins[name]
    return plugin.work(task)
