"""Tasks spread over processes of this machine: results as they come, whatever becomes of a worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

Spread = Callable[[Callable[[Any], Any], Iterable[Any]], Generator[tuple[Any, Any], None, None]]
"""A way to spread work over tasks: (task, its result), in any order, until all are done or the generator is closed."""

AHEAD = 2
"""Tasks that a worker has at once: it begins the next while the result of one is taken."""

MOST_DEATHS = 3
"""Workers that may die over one task (killed, out of memory) before it is given up."""

FORKS = "fork" in multiprocessing.get_all_start_methods()


class TaskFailed(RuntimeError):
    """The work on a task raised an error; the message is its traceback."""


class WorkerLost(RuntimeError):
    """Workers died again and again over the same task."""


def spread(
    work: Callable[[Task], Result], tasks: Iterable[Task], workers: int
) -> Generator[tuple[Task, Result], None, None]:
    """(task, its result) of each task, in the order in which they are done; tasks are begun in their order.

    workers: processes; with 1, all is done in this one. A worker that dies is replaced, and what it had is done anew.
    Ctrl-C, an error and closing the iterator stop the workers; they end too if this process does, however it ends.
    Raises TaskFailed, and WorkerLost if workers died over the same task three times.
    """
    if workers <= 1:
        for task in tasks:
            yield task, _here(work, task)
        return
    crew = _Crew(work, tasks)
    try:
        crew.fill(workers)
        while crew.members:
            yield from crew.results()
            crew.fill(workers)
    finally:
        crew.stop()


def _here(work: Callable[[Task], Result], task: Task) -> Result:
    try:
        return work(task)
    except Exception:
        raise TaskFailed(traceback.format_exc()) from None


class _Worker:
    __slots__ = ("process", "pipe", "tasks")

    def __init__(self, process: Any, pipe: Connection) -> None:
        self.process = process
        self.pipe = pipe
        self.tasks: deque[Any] = deque()


class _Crew:
    def __init__(self, work: Callable[[Any], Any], tasks: Iterable[Any]) -> None:
        self.work = work
        self.waiting = iter(tasks)
        self.again: deque[Any] = deque()
        self.deaths: dict[Any, int] = {}
        self.members: list[_Worker] = []
        self.context: Any = multiprocessing.get_context("fork" if FORKS else None)

    def next_task(self) -> Any:
        return self.again.popleft() if self.again else next(self.waiting, None)

    def fill(self, workers: int) -> None:
        """Give every worker something to do, and make as many as there is work for; those without any end."""
        for member in list(self.members):
            self._give(member)
            if not member.tasks:
                self._dismiss(member)
        while len(self.members) < workers:
            task = self.next_task()
            if task is None:
                return
            member = self._hire()
            self._send(member, task)
            self._give(member)

    def _give(self, member: _Worker) -> None:
        while len(member.tasks) < AHEAD:
            task = self.next_task()
            if task is None:
                return
            self._send(member, task)

    def _send(self, member: _Worker, task: Any) -> None:
        member.tasks.append(task)
        try:
            member.pipe.send(task)
        except OSError:
            pass  # it is dead: found where its results are asked for

    def _hire(self) -> _Worker:
        mine, its = self.context.Pipe()
        # A forked worker has copies of these ends: open, they would hide from the others that this process ended.
        others = [mine, *(member.pipe for member in self.members)] if FORKS else []
        sys.stdout.flush()
        sys.stderr.flush()
        process = self.context.Process(target=_serve, args=(self.work, its, others), daemon=True)
        member = _Worker(process, mine)
        self.members.append(member)
        with deaf():
            process.start()
        its.close()
        return member

    def results(self) -> Iterator[tuple[Any, Any]]:
        """What is there, waiting for the first."""
        by_pipe = {member.pipe: member for member in self.members}
        for pipe in wait(list(by_pipe)):
            member = by_pipe[pipe]  # type: ignore[index]
            try:
                good, value = member.pipe.recv()
            except (EOFError, OSError):
                self._bury(member)
                continue
            if not good:
                raise TaskFailed(value)
            yield member.tasks.popleft(), value

    def _bury(self, member: _Worker) -> None:
        self.members.remove(member)
        member.pipe.close()
        member.process.join()
        if not member.tasks:
            return
        task = member.tasks[0]
        self.deaths[task] = self.deaths.get(task, 0) + 1
        if self.deaths[task] >= MOST_DEATHS:
            raise WorkerLost(f"{MOST_DEATHS} workers died over the same work, the last with status "
                             f"{member.process.exitcode} (out of memory?)")  # fmt: skip
        self.again.extend(member.tasks)

    def _dismiss(self, member: _Worker) -> None:
        self.members.remove(member)
        member.pipe.close()
        member.process.join()

    def stop(self) -> None:
        for member in self.members:
            if member.process.pid is not None:
                member.process.terminate()
        for member in self.members:
            member.pipe.close()
            if member.process.pid is not None:
                member.process.join()
        self.members.clear()


@contextmanager
def deaf() -> Iterator[None]:
    """Ctrl-C waits until a process is begun, and in the new one until that ignores it: it goes to both at once."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(work: Callable[[Any], Any], pipe: Connection, others: list[Connection]) -> None:
    """In a worker: its tasks one after another, until there are no more or its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops its workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in others:
        other.close()
    parent = os.getppid()
    try:
        while True:
            while not pipe.poll(1.0):
                if os.getppid() != parent:
                    return
            task = pipe.recv()
            try:
                answer: tuple[bool, Any] = True, work(task)
            except Exception:
                answer = False, traceback.format_exc()
            pipe.send(answer)
    except (EOFError, OSError):
        return
