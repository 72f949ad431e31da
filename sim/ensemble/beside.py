"""Work done in a thread of its own while this one goes on: for what NumPy and Arrow do, which hold up no other."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from types import TracebackType
from typing import Generic, TypeVar

from sim.ensemble.workers import deaf

Result = TypeVar("Result")


class Beside(Generic[Result]):
    """Begins work at once. As a context it ends when the work does. name: of the thread."""

    def __init__(self, work: Callable[[], Result], name: str) -> None:
        self._work = work
        self._found: list[Result] = []
        self._error: BaseException | None = None
        self._thread = Thread(target=self._do, name=name)
        with deaf():  # a thread has its maker's mask: Ctrl-C would come in through it where the main thread waits
            self._thread.start()

    def _do(self) -> None:
        try:
            self._found.append(self._work())
        except BaseException as error:
            self._error = error

    @property
    def ended(self) -> bool:
        """Whether there is a result, or an error."""
        return not self._thread.is_alive()

    def wait(self) -> None:
        """Until it has ended, whatever it gives."""
        self._thread.join()

    def result(self) -> Result:
        """What the work gives, once it has ended. Raises what it raised."""
        self.wait()
        if self._error is not None:
            raise self._error
        return self._found[0]

    def __enter__(self) -> Beside[Result]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wait()
