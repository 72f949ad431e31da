"""The standard streams of a command: letters that they do not have, and what nobody reads."""

from __future__ import annotations

import os
import sys


def prepare_streams() -> None:
    """A letter that the terminal's encoding does not have is printed as its escape."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def flush() -> None:
    """What was printed is out, before anything is said on the other stream."""
    if sys.stdout is not None:  # it is None when the shell closed it (`>&-`)
        sys.stdout.flush()


def give_up_stdout() -> None:
    """Nothing more can be printed: let what is still buffered go nowhere, or Python would complain at its end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        pass
