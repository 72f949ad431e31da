"""Ctrl-C: whenever it comes, a command ends with one line and status 130, and with no half of anything.

Python raises KeyboardInterrupt between any two steps of the main thread, which is not always where it can do its work:
an import may turn it into another error, `__del__` and other people's `except:` swallow it, and one that comes while
the interpreter ends may abort it. So a command (not a library call) takes the signal itself, once `watch` was called.
Nothing is imported here that Python has not imported before it runs a program.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

STATUS = 130
"""What a shell says of a program that Ctrl-C ended."""

AS_BEFORE = "earlier results are as they were"
AT_ONCE = "\nstopped at once; a folder of results is whole, be it the earlier or the new one\n"


class _State:
    came = False
    standing = AS_BEFORE


def watch() -> None:
    """From now on SIGINT raises KeyboardInterrupt once; another one, or one that Python loses, ends the process.

    For the main thread of a command. Does nothing where SIGINT is ignored, as under `nohup`.
    """
    import signal

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        sys.unraisablehook = _lost
        signal.signal(signal.SIGINT, _take)


def _take(number: int, frame: object) -> None:
    if _State.came:
        _end_at_once()
    _State.came = True
    raise KeyboardInterrupt


def _lost(error: Any) -> None:
    """An error that Python can only tell of, as in `__del__`: an interrupt there would be forgotten."""
    if issubclass(error.exc_type, KeyboardInterrupt):
        _end_at_once()
    sys.__unraisablehook__(error)


def _end_at_once() -> NoReturn:
    """Like `kill -9`, of which nothing takes harm, but with a line that says so."""
    try:
        os.write(2, AT_ONCE.encode())
    finally:
        os._exit(STATUS)


def interrupted(error: BaseException, outer: BaseException | None = None) -> bool:
    """Whether an error is an interrupt, or what became of one on its way, or came while one was dealt with.

    outer: what was being handled when the work began; an interrupt from there on outwards does not count.
    """
    met: set[int] = {id(outer)}
    waiting: list[BaseException | None] = [error]
    while waiting:
        found = waiting.pop()
        if found is None or id(found) in met:
            continue
        if isinstance(found, KeyboardInterrupt):
            return True
        met.add(id(found))
        waiting += [found.__cause__, found.__context__]
    return _State.came


def check() -> None:
    """Raise KeyboardInterrupt if there was one and something swallowed it: asked before results are replaced."""
    if _State.came:
        raise KeyboardInterrupt


def stands(text: str = AS_BEFORE) -> None:
    """Note what the line after an interrupt says of the results from now on."""
    _State.standing = text


def note(stop: KeyboardInterrupt, text: str) -> None:
    """Say of an interrupt what it left: on the error, for who called from Python, and in a command's line."""
    stop.add_note(text)
    stands(text)


def told() -> str:
    """The line after an interrupt."""
    return f"\nstopped; {_State.standing}"


def ignore() -> None:
    """All is done: an interrupt is too late to stop anything, and would only disturb the interpreter's end."""
    import signal

    if signal.getsignal(signal.SIGINT) is _take:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def leave() -> NoReturn:
    """End an interrupted command, without the interpreter's own end: threads may still be at work."""
    ignore()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass
    os._exit(STATUS)
