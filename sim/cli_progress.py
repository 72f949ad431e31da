"""Progress of long work: one line of a terminal that is then gone."""

from __future__ import annotations

import os
import shutil
import sys

LEAST_SECONDS = 0.1
"""Between two looks of the line."""


class ProgressLine:
    """Work done, how much a second and time left. what: the work, in the plural."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.done = 0
        self._first: int | None = None
        self._shown = sys.stderr is not None and sys.stderr.isatty()
        self._last = -LEAST_SECONDS

    def told(self, done: int, whole: int, seconds: float, more: str = "") -> None:
        """Take note of what is done, and tell of it where somebody looks. more: said behind it."""
        if self._first is None:
            self._first = done
        self.done = done
        if self._shown and (done == whole or seconds - self._last >= LEAST_SECONDS):
            self._last = seconds
            text = progress_text(done, whole, done - self._first, seconds, self.what, more, _width())
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """The line is gone."""
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _width() -> int:
    """What fits into a line of the terminal as it is now: the last column is left free, some terminals wrap there."""
    try:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        columns = 0
    return (columns or shutil.get_terminal_size().columns) - 1


def progress_text(
    done: int, whole: int, new: int, seconds: float, what: str, more: str = "", width: int | None = None
) -> str:  # fmt: skip
    """`120 of 1,000 cells, 85 a second, 11 s left`, and `more`. new: how many were done in these seconds.

    width: most letters; what tells least is left out. A line that wraps would leave what is above its last one behind.
    """
    text = f"{done:,} of {whole:,} {what}"
    rate = left = ""
    if new and seconds > 0.0:
        each = new / seconds
        rate, left = f", {each:,.3g} a second", f", {_spent((whole - done) / each)} left"
    texts = [f"{text}{rate}{left}{more}", f"{text}{left}{more}", f"{text}{rate}{left}", f"{text}{left}"]
    fitting = (each for each in texts if width is None or len(each) <= width)
    return next(fitting, text[:width])


def _spent(seconds: float) -> str:
    if seconds < 120.0:
        return f"{seconds:,.0f} s"
    return f"{seconds / 60.0:,.0f} min" if seconds < 7200.0 else f"{seconds / 3600.0:,.1f} h"
