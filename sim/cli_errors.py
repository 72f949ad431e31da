"""What a command says of an error, and its exit status: whose mistake it was."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sim.cli_streams import give_up_stdout

if TYPE_CHECKING:
    from sim.world.simulate import SimulationError

USER_ERROR, OUR_ERROR = 2, 1

STATUSES = """\
exit status:
  0    done
  1    a fault in this program (please report it)
  2    something to change: a file, the command, a folder that cannot be written, or a run
       that could not go on to its end (its tables up to then are written, and marked)
  130  stopped by Ctrl-C
"""


class UsageError(Exception):
    """An option that makes no sense."""


def tell(error: Exception) -> int:
    """One clear line or block for an error; whose mistake it was decides the exit status."""
    from sim.ensemble.store import Damaged
    from sim.output import OutputError
    from sim.scenario import ScenarioError
    from sim.world.simulate import SimulationError

    if isinstance(error, ScenarioError):
        print(error, file=sys.stderr)
        return USER_ERROR
    if isinstance(error, OutputError | UsageError | Damaged):
        print(f"sim: {error}", file=sys.stderr)
        return USER_ERROR
    if isinstance(error, SimulationError):
        print(f"sim: {error}", file=sys.stderr)
        return status_of(error)
    if isinstance(error, OSError):  # what a command does not expect of files, pipes and terminals
        what = f"{error.filename}: " if error.filename else "cannot write what was to be printed: "
        give_up_stdout()
        print(f"sim: {what}{error.strerror or error}", file=sys.stderr)
        return USER_ERROR
    if isinstance(error, MemoryError):
        print("sim: out of memory; earlier results are as they were. End the scenario sooner, or lower --max-events",
              file=sys.stderr)  # fmt: skip
        return USER_ERROR
    print(f"sim: a fault in this program: {type(error).__name__}: {error}\n"
          "Nothing was written. Run again with --debug to see where, and please report it.",
          file=sys.stderr)  # fmt: skip
    return OUR_ERROR


def status_of(stop: SimulationError) -> int:
    """Whose fault it is that a run could not go on to its end."""
    return OUR_ERROR if stop.ours else USER_ERROR
