"""Progress of long work: one line of a terminal that is then gone."""

from __future__ import annotations

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
            text = progress_text(done, whole, done - self._first, seconds, self.what)
            print(f"\r\033[K{text}{more}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """The line is gone."""
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def progress_text(done: int, whole: int, new: int, seconds: float, what: str) -> str:
    """`120 of 1,000 cells, 85 a second, 11 s left`. new: how many were done in these seconds."""
    text = f"{done:,} of {whole:,} {what}"
    if not new or seconds <= 0.0:
        return text
    rate = new / seconds
    left = (whole - done) / rate
    spent = (
        f"{left:,.0f} s" if left < 120.0 else f"{left / 60.0:,.0f} min" if left < 7200.0 else f"{left / 3600.0:,.1f} h"
    )
    return f"{text}, {rate:,.3g} a second, {spent} left"
